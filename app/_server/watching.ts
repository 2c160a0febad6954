import "server-only";
import { z } from "zod";
import { formatValue } from "@/agent/format";
import { peopleInWords, peopleShape } from "@/agent/people/people-input";
import { alertConditionSchema } from "@/agent/watching/alert";
import { getMetric } from "@/analytics/metrics/catalog";
import { querySchema } from "@/analytics/query/query";
import type { Session } from "./session";

const alertSchema = z.object({
  id: z.string(),
  name: z.string(),
  query: z.unknown(),
  condition: z.unknown(),
  channels: z.array(
    z.looseObject({ kind: z.string(), url: z.string().optional(), to: z.array(z.string()).optional() }),
  ),
  enabled: z.boolean(),
  state: z.looseObject({ seen: z.string().optional(), error: z.string().optional() }),
  last_checked_at: z.string().nullable(),
  last_fired_at: z.string().nullable(),
});

export interface AlertRow {
  id: string;
  name: string;
  /** `Orders below 5 in a week`. */
  watches: string;
  /** `hooks.example.com` and mail addresses it tells beside the app. */
  also: string[];
  /** What could not be delivered last time, and whether it is still tried. */
  undelivered: string | null;
  enabled: boolean;
  seen: string | null;
  error: string | null;
  last_checked_at: string | null;
  last_fired_at: string | null;
}

/** The account's alerts, the newest first. */
export async function listAlerts({ db, account }: Session): Promise<AlertRow[]> {
  const [{ data, error }, troubles] = await Promise.all([
    db
      .from("alerts")
      .select(Object.keys(alertSchema.shape).join(", "))
      .eq("account_id", account.id)
      .order("created_at", { ascending: false })
      .limit(200),
    listTroubles({ db, account }),
  ]);
  if (error) throw new Error(`The alerts could not be read (${error.message}).`);
  return alertSchema
    .array()
    .parse(data)
    .map(({ query, condition, channels, state, ...row }) => ({
      ...row,
      watches: watchesInWords(query, condition, account.currency),
      also: channels.flatMap(({ url, to }) => [...(url ? [new URL(url).host] : []), ...(to ?? [])]),
      undelivered: troubles.get(row.id) ?? null,
      seen: state.seen ?? null,
      error: state.error ?? null,
    }));
}

const troubleSchema = z.object({
  alert_id: z.string(),
  channel: z.string(),
  status: z.enum(["waiting", "failed"]),
  attempts: z.number(),
  error: z.string(),
});

/** The latest trouble of each alert in telling somebody. */
async function listTroubles({ db, account }: Pick<Session, "db" | "account">): Promise<Map<string, string>> {
  const { data, error } = await db
    .from("alert_deliveries")
    .select(Object.keys(troubleSchema.shape).join(", "))
    .eq("account_id", account.id)
    .neq("status", "sent")
    .not("error", "is", null)
    .order("fired_at")
    .limit(100);
  if (error) throw new Error(`The deliveries could not be read (${error.message}).`);
  return new Map(
    troubleSchema
      .array()
      .parse(data)
      .map(({ alert_id, channel, status, attempts, error: reason }) => [
        alert_id,
        `${channel.startsWith("email:") ? `E-mail to ${channel.slice(6)}` : "Webhook"} ${status === "failed" ? "given up" : "will be tried again"} after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${reason}`,
      ]),
  );
}

function watchesInWords(query: unknown, condition: unknown, currency: string): string {
  const [read, when] = [querySchema.safeParse(query), alertConditionSchema.safeParse(condition)];
  if (!read.success || !when.success) return "An alert of another version: delete it and make it again.";
  const names = read.data.metrics.map((id) => getMetric(id)?.label ?? id);
  const period = { day: "each day", week: "each week", month: "each month" }[when.data.period];
  switch (when.data.kind) {
    case "threshold":
      return `${names[0]} ${when.data.when} ${formatValue(when.data.value, getMetric(read.data.metrics[0] ?? "")?.unit ?? "count", currency)}, ${period}`;
    case "change":
      return `${names[0]} ${when.data.when} by ${when.data.percent}% or more, ${period}`;
    case "unusual":
      return `${names[0]} out of the ordinary, ${period}`;
    default:
      return `Digest of ${names.join(", ")}, ${period}`;
  }
}

const notificationSchema = z.object({
  id: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  created_at: z.string(),
  read_at: z.string().nullable(),
});
export type NotificationRow = z.infer<typeof notificationSchema>;

/** What this person was told, the newest first. */
export async function listNotifications({ db, account, principal }: Session): Promise<NotificationRow[]> {
  const { data, error } = await db
    .from("notifications")
    .select(Object.keys(notificationSchema.shape).join(", "))
    .eq("account_id", account.id)
    .eq("user_id", principal.user_id)
    .order("created_at", { ascending: false })
    .limit(30);
  if (error) throw new Error(`The notifications could not be read (${error.message}).`);
  return notificationSchema.array().parse(data);
}

/** How many of them are unread, for the number beside "Alerts". Never fails a page. */
export async function countUnread({ db, account, principal }: Session): Promise<number> {
  if (principal.role === "viewer") return 0;
  const { count } = await db
    .from("notifications")
    .select("id", { count: "exact", head: true })
    .eq("account_id", account.id)
    .eq("user_id", principal.user_id)
    .is("read_at", null);
  return count ?? 0;
}

const segmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  kind: z.string(),
  definition: z.unknown(),
  member_count: z.number().nullable(),
  refreshed_at: z.string().nullable(),
});
export interface SegmentRow extends Omit<z.infer<typeof segmentSchema>, "definition"> {
  definition: string;
}

/** The account's saved groups of people. */
export async function listSegments({ db, account }: Session): Promise<SegmentRow[]> {
  const { data, error } = await db
    .from("segments")
    .select(Object.keys(segmentSchema.shape).join(", "))
    .eq("account_id", account.id)
    .order("name")
    .limit(200);
  if (error) throw new Error(`The segments could not be read (${error.message}).`);
  const rows = segmentSchema.array().parse(data);
  const nameOf = await namesIn({ db, account }, JSON.stringify(rows.map(({ definition }) => definition)));
  return rows.map(({ definition, ...row }) => {
    const read = z.object({ people: z.object(peopleShape) }).safeParse(definition);
    const words = read.success ? peopleInWords(read.data.people).replace(anId, nameOf) : null;
    const chosen = row.kind === "static" ? "Chosen as people who" : "People who";
    return { ...row, definition: words === null ? "A list" : `${chosen} ${words}` };
  });
}

const anId = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
const namedSchema = z.object({ supabase_id: z.string(), name: z.string().nullable() });

/** Conditions hold ids of tags, products and lead sources, which may be called anew; a reader is shown their names of now. */
async function namesIn(
  { db, account }: Pick<Session, "db" | "account">,
  text: string,
): Promise<(id: string) => string> {
  const ids = [...new Set(text.match(anId))].slice(0, 200);
  if (ids.length === 0) return (id) => id;
  const read = await Promise.all(
    (["tags", "products", "lead_sources"] as const).map((table) =>
      db.from(table).select("supabase_id, name").eq("account_id", account.id).in("supabase_id", ids),
    ),
  );
  const named = read.flatMap(({ data }) => namedSchema.array().parse(data ?? []));
  const names = new Map(named.map(({ supabase_id, name }) => [supabase_id, name]));
  return (id) => names.get(id) ?? id;
}

const memberSchema = z.object({
  entered_at: z.string(),
  contacts: z.object({
    supabase_id: z.string(),
    given_name: z.string().nullable(),
    family_name: z.string().nullable(),
    email: z.string().nullable(),
  }),
});
export type SegmentMember = z.infer<typeof memberSchema>;

/** Who is in a segment now: the first two hundred, the newest first. */
export async function listSegmentMembers(
  { db, account }: Session,
  segment: string,
): Promise<SegmentMember[]> {
  const { data, error } = await db
    .from("segment_members")
    .select("entered_at, contacts(supabase_id, given_name, family_name, email)")
    .eq("account_id", account.id)
    .eq("segment_id", segment)
    .is("left_at", null)
    .order("entered_at", { ascending: false })
    .order("contact_id")
    .limit(200);
  if (error) throw new Error(`The people could not be read (${error.message}).`);
  return memberSchema.array().parse(data);
}
