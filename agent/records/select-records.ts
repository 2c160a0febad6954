import { z } from "zod";
import type { DimensionId } from "@/analytics/metrics/dimensions";
import { openNames } from "@/analytics/query/names";
import { nearest } from "@/analytics/query/nearest";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";

export const recordKinds = ["deal", "task", "appointment", "order"] as const;
export type RecordKind = (typeof recordKinds)[number];
/**
 * `open`: not yet done, won or lost, still to come, or (an order) not paid in full. `overdue`: open past its day (a deal:
 * past its next action).
 */
export const recordStates = ["open", "overdue", "done", "won", "lost", "any"] as const;
export type RecordState = (typeof recordStates)[number];

export const recordOrders = ["oldest", "newest", "value", "smallest"] as const;
export type RecordOrder = (typeof recordOrders)[number];

/** Days are the account's; both ends are included. Lists are met by any of their ids. */
export interface RecordConditions {
  kind: RecordKind;
  state: RecordState;
  owner_ids?: string[];
  stage_ids?: string[];
  contact_id?: string;
  /** Part of the title or of the person's name. */
  search?: string;
  /** Part of why a deal was lost. */
  reason?: string;
  /** A deal: created, or closed when it is won or lost. A task: due. An appointment: starts. */
  from?: string;
  to?: string;
  /** A deal: days in its stage. A task: days past due. */
  waiting_over_days?: number;
  /** Which day of a deal from and to are of, where it is not the usual one. */
  dated?: "created" | "expected_close" | undefined;
  /** Smallest unit of the account's currency; both ends left out. */
  value_over_minor?: number | undefined;
  value_under_minor?: number | undefined;
  order: RecordOrder;
}

export const recordSchema = z.object({
  record_id: z.string(),
  keap_id: z.number().nullable(),
  title: z.string().nullable(),
  contact_id: z.string().nullable(),
  contact: z.string().nullable(),
  owner: z.string().nullable(),
  stage: z.string().nullable().describe("Of a deal."),
  reason: z.string().nullable().describe("Of a deal: why it was lost, where it was written down."),
  state: z.enum(["open", "overdue", "done", "won", "lost"]),
  value: z
    .number()
    .nullable()
    .describe("Of a deal; of an order its total, or what is unpaid of it: minor units of currency."),
  currency: z.string().nullable(),
  day: z
    .string()
    .nullable()
    .describe("Deal: of its next action. Task: due. Appointment: starts. In the account's zone."),
  time: z.string().nullable().describe("Appointment: when it starts, HH:MM in the account's zone."),
  days: z.number().nullable().describe("Deal: whole days in its stage. Task: days past due."),
});
export type FoundRecord = z.infer<typeof recordSchema>;

/** What a kind of record is read from. Columns are named alike, so that one statement serves all three. */
const sources: Record<RecordKind, string> = {
  deal: `select d.account_id, d.deal_id as record_id, d.keap_id, d.title, d.contact_id, d.user_id, d.stage_id, d.value_minor as value, d.currency,
      case when d.outcome = 'open' and d.next_action_at < :now then 'overdue' else d.outcome end as state,
      d.next_action_at as happens_at, case when d.outcome = 'open' then d.created_at else d.closed_at end as ranged_at,
      case when d.outcome = 'open' then floor(extract(epoch from :now - d.in_stage_since) / 86400)::int end as days,
      d.in_stage_since as since, null::text as time, why.reason, d.created_at, d.estimated_close_at as expected_close
    from analytics.deal_records d left join analytics.deal_reasons why on why.account_id = d.account_id and why.deal_id = d.deal_id`,
  task: `select t.account_id, t.task_id as record_id, t.keap_id, t.title, t.contact_id, t.user_id, null::uuid as stage_id, null::bigint as value,
      null::text as currency,
      case when t.done then 'done' when t.due_at < :now then 'overdue' else 'open' end as state,
      t.due_at as happens_at, t.due_at as ranged_at,
      case when not t.done and t.due_at < :now then floor(extract(epoch from :now - t.due_at) / 86400)::int end as days,
      t.due_at as since, null::text as time, null::text as reason, t.created_at, null::timestamptz as expected_close
    from analytics.tasks t`,
  appointment: `select a.account_id, a.appointment_id as record_id, a.keap_id, a.title, a.contact_id, a.user_id, null::uuid as stage_id,
      null::bigint as value, null::text as currency,
      case when coalesce(a.ends_at, a.starts_at) < :now then 'done' else 'open' end as state,
      a.starts_at as happens_at, a.starts_at as ranged_at, null::int as days, a.starts_at as since,
      to_char(a.starts_at at time zone :zone, 'HH24:MI') as time, null::text as reason, null::timestamptz as created_at,
      null::timestamptz as expected_close
    from analytics.appointments a`,
  // What is owed is worked out for all orders at once; the owner is whoever the contact belongs to.
  order: `select o.account_id, o.order_id as record_id, o.keap_id, o.title, o.contact_id, k.owner_id as user_id, null::uuid as stage_id,
      coalesce(w.open_minor, o.total_minor) as value, o.currency,
      case when w.open_minor is null then 'done' when w.due_at < :now then 'overdue' else 'open' end as state,
      o.order_time as happens_at, o.order_time as ranged_at,
      case when w.due_at < :now then floor(extract(epoch from :now - w.due_at) / 86400)::int end as days,
      o.order_time as since, null::text as time, null::text as reason, o.order_time as created_at, null::timestamptz as expected_close
    from analytics.orders o
    left join (select r.order_id, sum(r.open_minor)::bigint as open_minor, min(r.due_at) as due_at from analytics.receivables r
      where r.open_minor > 0 group by r.order_id) w on w.order_id = o.order_id
    left join analytics.contacts k on k.account_id = o.account_id and k.contact_id = o.contact_id`,
};

const states: Record<RecordState, string> = {
  open: "r.state in ('open', 'overdue')",
  overdue: "r.state = 'overdue'",
  done: "r.state = 'done'",
  won: "r.state = 'won'",
  lost: "r.state = 'lost'",
  any: "true",
};

const orders: Record<RecordConditions["order"], string> = {
  oldest: "r.since asc nulls last",
  newest: "r.since desc nulls last",
  value: "r.value desc nulls last, r.since asc nulls last",
  smallest: "r.value asc nulls last, r.since asc nulls last",
};

const any = (column: string, index: number) =>
  `(jsonb_array_length($1->${index}) = 0 or ${column}::text in (select jsonb_array_elements_text($1->${index})))`;

/** All values are parameters; what is written into the text is ours. */
function recordsSql(conditions: RecordConditions): string {
  const { order } = conditions;
  return `select r.record_id, r.keap_id, r.title, r.contact_id, c.name as contact, u.name as owner, s.name as stage, r.reason, r.state, r.value, r.currency,
  to_char(r.happens_at at time zone ${zone}, 'YYYY-MM-DD') as day, r.time, r.days, count(*) over () as total,
  sum(r.value) over (partition by r.currency) as currency_total
${chosenSql(conditions)}
order by ${orders[order]}, r.record_id
limit ($1->>9)::int offset ($1->>10)::int`;
}

const now = "($1->>0)::timestamptz";
const zone = "($1->>1)";
const local = (column: string) => `(${column} at time zone ${zone})::date`;

/** From where, and which of them. */
function chosenSql({ kind, state, dated }: RecordConditions): string {
  const day =
    dated === "created" ? "r.created_at" : dated === "expected_close" ? "r.expected_close" : "r.ranged_at";
  const source = sources[kind];
  // An order that is asked for whatever its state is shown with its total, not with what is unpaid of it.
  const shown =
    state === "any" || state === "done"
      ? source.replace("coalesce(w.open_minor, o.total_minor)", "o.total_minor")
      : source;
  return `from (${shown.replaceAll(":now", now).replaceAll(":zone", zone)}) r
left join analytics.contacts c on c.account_id = r.account_id and c.contact_id = r.contact_id
left join analytics.users u on u.account_id = r.account_id and u.user_id = r.user_id
left join analytics.stages s on s.account_id = r.account_id and s.stage_id = r.stage_id
where ${states[state]}
  and ${any("r.user_id", 2)}
  and ${any("r.stage_id", 3)}
  and (($1->>4) is null or r.contact_id = ($1->>4)::uuid)
  and (($1->>5) is null or r.title ilike ($1->>5) or c.name ilike ($1->>5))
  and (($1->>6) is null or ${local(day)} >= ($1->>6)::date)
  and (($1->>7) is null or ${local(day)} <= ($1->>7)::date)
  and (($1->>8) is null or r.days > ($1->>8)::int)
  and (($1->>11) is null or r.value > ($1->>11)::bigint)
  and (($1->>12) is null or r.value < ($1->>12)::bigint)
  and (($1->>13) is null or r.reason ilike ($1->>13))`;
}

/** How many each owner has, the most first; who has none is left out. */
export async function countByOwner(
  context: Pick<ToolContext, "door" | "principal" | "account" | "clock">,
  conditions: RecordConditions,
): Promise<{ owners: { owner: string | null; total: number }[]; as_of: string | null }> {
  const { rows, as_of } = await context.door(
    `select u.name as owner, count(*) as total ${chosenSql(conditions)} group by u.name order by count(*) desc, u.name`,
    paramsOf(conditions, { limit: 100 }, context),
    context.principal,
  );
  return {
    owners: rows.map(({ owner, total }) => ({
      owner: typeof owner === "string" ? owner : null,
      total: Number(total),
    })),
    as_of,
  };
}

function paramsOf(
  conditions: RecordConditions,
  page: { limit: number; offset?: number },
  { account, clock }: Pick<ToolContext, "account" | "clock">,
): unknown[] {
  const { search, reason } = conditions;
  const part = (text: string | undefined) => (text ? `%${text.trim().replace(/[\\%_]/g, "\\$&")}%` : null);
  return [
    clock().toISOString(),
    account.time_zone,
    conditions.owner_ids ?? [],
    conditions.stage_ids ?? [],
    conditions.contact_id ?? null,
    part(search),
    conditions.from ?? null,
    conditions.to ?? null,
    conditions.waiting_over_days ?? null,
    page.limit,
    page.offset ?? 0,
    conditions.value_over_minor ?? null,
    conditions.value_under_minor ?? null,
    part(reason),
  ];
}

/** Records that meet the conditions; `total` and `values` (minor units per currency) are of all of them, whatever the page. */
export async function selectRecords(
  context: Pick<ToolContext, "door" | "principal" | "account" | "clock">,
  conditions: RecordConditions,
  page: { limit: number; offset?: number },
): Promise<{
  records: FoundRecord[];
  total: number;
  values: { currency: string; minor: number }[];
  as_of: string | null;
}> {
  const { rows, as_of } = await context.door(
    recordsSql(conditions),
    paramsOf(conditions, page, context),
    context.principal,
  );
  const values = new Map<string, number>();
  for (const { currency, currency_total } of rows)
    if (typeof currency === "string" && currency_total !== null) values.set(currency, Number(currency_total));
  return {
    records: rows.map((row) =>
      recordSchema.parse({ ...row, value: row.value === null ? null : Number(row.value) }),
    ),
    total: Number(rows[0]?.total ?? 0),
    values: [...values].map(([currency, minor]) => ({ currency, minor })),
    as_of,
  };
}

/**
 * Ids of the users or stages with these names or ids. A part of a name that fits one of them is enough (`Theo` for
 * Theo Marsh). @throws ToolError naming the nearest.
 */
export async function recordNames(
  kind: Extract<DimensionId, "owner" | "stage">,
  said: readonly string[],
  { door, principal }: Pick<ToolContext, "door" | "principal">,
): Promise<{ id: string; name: string }[]> {
  if (said.length === 0) return [];
  const values = await openNames(door, principal).values(kind);
  return said.flatMap((name) => {
    const wanted = name.trim().toLowerCase();
    const exact = values.filter(
      ({ id, names }) =>
        id.toLowerCase() === wanted || names.some((each) => each.trim().toLowerCase() === wanted),
    );
    const parts = values.filter(({ names }) => (names[0] ?? "").toLowerCase().split(/\s+/).includes(wanted));
    const found = exact.length > 0 ? exact : parts;
    if (exact.length > 0 || parts.length === 1)
      return found.map(({ id, names }) => ({ id, name: names[0] ?? id }));
    const near = nearest(name, values).map((id) => values.find((value) => value.id === id)?.names[0] ?? id);
    const offered = parts.length > 1 ? parts.map(({ names }) => names[0] ?? "") : near;
    const hint = offered.length > 0 ? ` The nearest: ${offered.map((each) => `"${each}"`).join(", ")}.` : "";
    throw new ToolError(
      "not_found",
      `${parts.length > 1 ? "More than one" : "No"} ${kind} is called "${name}".${hint}`,
    );
  });
}
