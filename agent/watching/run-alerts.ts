import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { QueryDoor } from "@/analytics/query/door";
import type { Principal } from "@/supabase/contract/principal";
import type { ToolAccount } from "../tools/context";
import { type AlertChannel, type AlertPeriod, storedAlertSchema } from "./alert";
import { type AlertFinding, checkAlert } from "./check-alert";

export interface AlertDeps {
  service: SupabaseClient;
  door: QueryDoor;
  clock: () => Date;
}

const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  week_start: z.number(),
  data_as_of: z.string().nullable(),
});

const dueSchema = z.object({ id: z.string(), account_id: z.string(), next_check_at: z.string() });

/** Alerts looked at in one run; the rest is due at the next. */
const mostAlerts = 200;

/**
 * Looks at every alert that is due and tells the people of its account. An alert tells once per period: the period it
 * told about is remembered, and a notification carries a key, so that a run that dies half-way tells nobody twice.
 */
export async function checkDueAlerts(
  deps: AlertDeps,
): Promise<{ checked: number; fired: number; failed: number }> {
  const { service, clock } = deps;
  const { data, error } = await service
    .from("alerts")
    .select("id, account_id, next_check_at, name, query, condition, channels, state")
    .eq("enabled", true)
    .lte("next_check_at", clock().toISOString())
    .order("next_check_at")
    .limit(mostAlerts);
  if (error) throw new Error(`The alerts could not be read: ${error.message}`);
  const result = { checked: 0, fired: 0, failed: 0 };
  for (const row of data) {
    const { id, account_id } = dueSchema.parse(row);
    const account = await accountOf(account_id, service);
    // Half of the data would set off every alert that waits for a low number.
    if (!account?.data_as_of) {
      await save(service, account_id, id, {}, deps);
      continue;
    }
    result.checked++;
    try {
      if (await checkOne(row, account, deps)) result.fired++;
    } catch (failure) {
      result.failed++;
      const reason = failure instanceof Error ? failure.message : String(failure);
      // What was told stays told.
      const state = z.record(z.string(), z.unknown()).catch({}).parse(row.state);
      await save(service, account_id, id, { state: { ...state, error: reason.slice(0, 500) } }, deps);
    }
  }
  return result;
}

async function checkOne(
  row: unknown,
  account: z.infer<typeof accountSchema>,
  deps: AlertDeps,
): Promise<boolean> {
  const alert = storedAlertSchema.parse(row);
  const principal: Principal = {
    account_id: account.id,
    user_id: null,
    role: "analyst",
    scopes: [],
    via: "schedule",
  };
  const { data_as_of: _, ...rest } = account;
  const toolAccount: ToolAccount = rest;
  const finding = await checkAlert(alert, {
    principal,
    door: deps.door,
    account: toolAccount,
    clock: deps.clock,
  });
  const news = finding.fired && alert.state.told_period !== finding.period;
  if (news) await tell(alert, finding, account.name, deps);
  await save(
    deps.service,
    account.id,
    alert.id,
    {
      state: {
        told_period: finding.fired ? finding.period : alert.state.told_period,
        value: finding.value,
        seen: finding.title,
      },
      ...(news ? { last_fired_at: deps.clock().toISOString() } : {}),
    },
    deps,
    alert.condition.period,
  );
  return news;
}

async function tell(
  alert: z.infer<typeof storedAlertSchema>,
  finding: AlertFinding,
  account: string,
  { service, clock }: AlertDeps,
): Promise<void> {
  for (const channel of alert.channels) {
    const payload = {
      account,
      name: alert.name,
      title: finding.title,
      body: finding.body,
      period: finding.period,
      value: finding.value,
    };
    if (channel.kind === "app") {
      const { error } = await service.rpc("notify_members", {
        p_account: alert.account_id,
        p_roles: ["admin", "analyst"],
        p_notification: {
          kind: "alert",
          title: finding.title.slice(0, 300),
          body: finding.body.slice(0, 2_000),
          link: "/alerts",
          dedupe_key: `alert:${alert.id}:${finding.period}`,
        },
      });
      if (error) throw new Error(`The notification could not be stored: ${error.message}`);
    }
    // A run that died after these were written begins again: the period is there, and nothing is sent twice.
    const { error } = await service.from("alert_deliveries").upsert(
      targetsOf(channel).map(({ name, more }) => ({
        account_id: alert.account_id,
        alert_id: alert.id,
        fired_at: clock().toISOString(),
        channel: name,
        period: finding.period,
        payload: { ...payload, ...more },
        ...(channel.kind === "app" ? { status: "sent", sent_at: clock().toISOString() } : {}),
      })),
      { onConflict: "alert_id,channel,period", ignoreDuplicates: true },
    );
    if (error) throw new Error(`The delivery could not be stored: ${error.message}`);
  }
}

/** Each mailbox is told by itself, so that one that refuses holds up no other. */
function targetsOf(channel: AlertChannel): { name: string; more: Record<string, string> }[] {
  if (channel.kind === "email")
    return [...new Set(channel.to.map((to) => to.toLowerCase()))].map((to) => ({
      name: `email:${to}`,
      more: { to },
    }));
  return [{ name: channel.kind, more: channel.kind === "webhook" ? { url: channel.url } : {} }];
}

/** Days and running sums change within a day; weeks and months are looked at twice a day. */
const hoursUntilNext: Record<AlertPeriod, number> = { day: 1, week: 6, month: 6 };

async function save(
  service: SupabaseClient,
  account_id: string,
  id: string,
  changes: Record<string, unknown>,
  { clock }: AlertDeps,
  period: AlertPeriod = "day",
): Promise<void> {
  const next = new Date(clock().getTime() + hoursUntilNext[period] * 3_600_000).toISOString();
  const { error } = await service
    .from("alerts")
    .update({ ...changes, last_checked_at: clock().toISOString(), next_check_at: next })
    .eq("account_id", account_id)
    .eq("id", id);
  if (error) throw new Error(`The alert could not be saved: ${error.message}`);
}

async function accountOf(id: string, service: SupabaseClient) {
  const { data, error } = await service
    .from("accounts")
    .select("id, name, time_zone, currency, week_start, data_as_of")
    .eq("id", id)
    .maybeSingle();
  if (error) throw new Error(`The account could not be read: ${error.message}`);
  return accountSchema.nullable().parse(data);
}
