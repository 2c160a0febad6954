import { sql } from "kysely";
import type { Principal } from "@/supabase/contract/principal";
import type { QueryDoor } from "../query/door";
import { instant, toStatement } from "../query/sql-text";

/** How overdue a customer is (METRICS 17). Money is in minor units of `currency`. */
export interface RecencyRisk {
  contact_id: string;
  contact_keap_id: number | null;
  name: string | null;
  email: string | null;
  /** Days since the last purchase occasion ÷ usual gap. 1 is due, 2 is twice as late as usual; null while no gap is known. */
  score: number | null;
  /** Median days between the person's occasions; the account's median below three occasions. */
  gap_days: number | null;
  /** Whether `gap_days` is the person's own. */
  own_gap: boolean;
  days_since: number;
  last_occasion_at: string;
  occasions: number;
  /** Net revenue to date. */
  value_minor: number;
  currency: string;
  /** Score of 2 or more, and worth more than the account's median customer. */
  at_risk: boolean;
}

export interface RecencyRiskScores {
  customers: RecencyRisk[];
  /** Median days between occasions in the account; null while nobody bought twice. */
  account_gap_days: number | null;
  /** From this score on a valuable customer is at risk. */
  threshold: number;
  as_of: string | null;
  scored_at: string;
  sql: string;
  params: unknown[];
}

/** The name and version of this model in stored predictions. */
export const recencyRiskModel = "recency_risk/1";
export const atRiskThreshold = 2;

/**
 * Scores every customer's risk of not coming back, most overdue first. A customer has bought at least once and paid
 * more than was refunded; deleted contacts are left out. Occasions after `now` are ignored. Throws QueryDoorError.
 */
export async function scoreRecencyRisk(options: {
  door: QueryDoor;
  principal: Principal;
  now: Date;
}): Promise<RecencyRiskScores> {
  const now = instant(options.now.toISOString());
  // One json value: an account may have more customers than an answer may have rows.
  const statement = toStatement(sql`with past as (
  select contact_id, occasion_at, previous_at from analytics.occasions where occasion_at <= ${now}
),
gaps as (
  select contact_id, extract(epoch from occasion_at - previous_at)::float8 / 86400 as days from past where previous_at is not null
),
usual as (
  select percentile_cont(0.5) within group (order by days) as days from gaps
),
own as (
  select contact_id, percentile_cont(0.5) within group (order by days) as days from gaps group by contact_id
),
buyers as (
  select contact_id, max(occasion_at) as last_at, count(*) as occasions from past group by contact_id
),
worth as (
  select distinct on (v.contact_id) v.contact_id, v.currency, v.value_minor
  from analytics.customer_value v cross join analytics.account a
  where v.value_minor > 0
  order by v.contact_id, (v.currency = a.currency) desc, v.value_minor desc
),
medians as (
  select currency, percentile_cont(0.5) within group (order by value_minor) as value_minor from worth group by currency
),
scored as (
  select
    b.contact_id, c.keap_id, c.name, c.email, b.last_at, b.occasions, w.value_minor, w.currency,
    extract(epoch from ${now} - b.last_at)::float8 / 86400 as days_since,
    b.occasions >= 3 as own_gap,
    case when b.occasions >= 3 then o.days else u.days end as gap_days,
    w.value_minor > m.value_minor as valuable
  from buyers b
  join worth w using (contact_id)
  join medians m using (currency)
  join analytics.contacts c on c.contact_id = b.contact_id and c.deleted_at is null
  left join own o on o.contact_id = b.contact_id
  cross join usual u
)
select
  (select days from usual) as account_gap_days,
  (
    select json_agg(json_build_object(
      'contact_id', s.contact_id, 'contact_keap_id', s.keap_id, 'name', s.name, 'email', s.email,
      'score', round((s.days_since / s.gap_days)::numeric, 4), 'gap_days', round(s.gap_days::numeric, 4), 'own_gap', s.own_gap,
      'days_since', round(s.days_since::numeric, 4), 'last_occasion_at', s.last_at, 'occasions', s.occasions,
      'value_minor', s.value_minor, 'currency', s.currency,
      'at_risk', coalesce(s.valuable and s.days_since / s.gap_days >= ${atRiskThreshold}::float8, false)
    ) order by s.days_since / s.gap_days desc nulls last, s.contact_id)
    from scored s
  ) as customers`);
  const answer = await options.door(statement.text, statement.params, options.principal);
  const row = (answer.rows[0] ?? {}) as { customers?: unknown; account_gap_days?: unknown };
  return {
    customers: (row.customers ?? []) as RecencyRisk[],
    account_gap_days:
      row.account_gap_days === null || row.account_gap_days === undefined
        ? null
        : Number(row.account_gap_days),
    threshold: atRiskThreshold,
    as_of: answer.as_of,
    scored_at: options.now.toISOString(),
    sql: statement.shown,
    params: statement.shown_params,
  };
}
