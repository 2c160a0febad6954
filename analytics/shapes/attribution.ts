import { sql } from "kysely";
import { netMoney } from "../metrics/customers";
import type { ResolvedRange, ResultRow } from "../query/result";
import type { RollupUses } from "../query/rolled";
import type { QueryContext } from "../query/run";
import { runMetricQuery } from "../query/run";
import { instant, texts, toStatement } from "../query/sql-text";
import {
  ask,
  attributionModels,
  column,
  currenciesOf,
  currencyColumn,
  moneyColumn,
  rangeFor,
  type ShapeCore,
  type ShapeOf,
} from "./shape";

export const unattributed = "unattributed";

/** SQL of the value that credits `c` are grouped by. */
export const touchKey = (by: ShapeOf<"attribution">["by"]) =>
  sql.raw(
    by === "campaign"
      ? `case when c.touch is null then '${unattributed}' else coalesce(c.campaign, 'no campaign') end`
      : `coalesce(c.${by}, '${unattributed}')`,
  );

const labels = { touch_kind: "Kind of touch", touch: "Touch", campaign: "Campaign" };

/**
 * What lead sources cost in the range, by the UTM source that at least half of a lead source's people (of those with
 * one) came by: Keap books expenses to lead sources, and touches go by their UTM source. touch is null where no UTM
 * source stands for the lead source.
 */
const costs = (
  start: string,
  end: string,
) => sql`select x.currency, s.name, u.touch, sum(x.amount_minor)::bigint as amount
from analytics.lead_source_costs x
join analytics.lead_sources s on s.lead_source_id = x.lead_source_id
left join (
  select distinct on (n.lead_source_id) n.lead_source_id, case when 2 * n.people >= n.of_all then n.touch end as touch
  from (
    select p.lead_source_id, t.touch, count(distinct t.contact_id) as people,
      sum(count(distinct t.contact_id)) over (partition by p.lead_source_id) as of_all
    from analytics.touches t join analytics.contacts p on p.contact_id = t.contact_id
    where t.touch_kind = 'utm' group by 1, 2
  ) n order by n.lead_source_id, n.people desc, n.touch
) u on u.lead_source_id = x.lead_source_id
where x.incurred_at >= ${instant(start)} and x.incurred_at < ${instant(end)}
group by 1, 2, 3 order by 1, 2`;

const money = (minor: number, currency: string) => {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
};

/** (credit − cost) ÷ cost; null where nothing was spent. */
const returnOn = (credit: number, cost: number | null): number | null =>
  cost === null || cost === 0 ? null : Math.round(((credit - cost) / cost) * 1e6) / 1e6;

/**
 * Net revenue by what brought it, under each model side by side (METRICS 13). Under each model the column, with the
 * row "unattributed", adds up to net revenue to the cent. By touch, beside what the lead sources cost.
 */
export async function runAttribution(
  query: ShapeOf<"attribution">,
  context: QueryContext,
): Promise<ShapeCore> {
  const range = await rangeFor(query.range, context);
  const models = attributionModels.filter(([id]) => query.models.includes(id));
  const [first] = models as [(typeof models)[number]];
  const key = touchKey(query.by);
  const values = (value: (model: string) => ReturnType<typeof sql>) =>
    sql.join(models.map(([model]) => sql`${value(model)}::bigint as ${sql.raw(model)}`));
  // From the touches on where purchases are kept, else from all money on: the same rows.
  const credited = (uses?: RollupUses) =>
    toStatement(sql`select ${key} as touch, c.currency, ${values(
      (model) => sql`coalesce(sum(c.amount_minor) filter (where c.model = ${model}::text), 0)`,
    )}
from ${sql.raw(creditsOf(uses))} c
where c.paid_at >= ${instant(range.start)} and c.paid_at < ${instant(range.end)} and c.model = any(${texts(models.map(([id]) => id))}) and c.touch is not null
group by 1, 2 order by ${sql.raw(first[0])} desc, 1, 2`);
  const statement = credited();
  const [answer, whole, spent, coverage] = await Promise.all([
    ask(credited, context),
    runMetricQuery({ metrics: ["revenue_net"], range: query.range }, context),
    query.by === "touch" ? costsIn(range.start, range.end, context) : [],
    coverageNotes(query.range, range, context),
  ]);
  const all = [
    ...answer.rows,
    ...unattributedRows(
      answer.rows,
      whole.totals,
      models.map(([id]) => id),
    ),
  ];
  const rows = all.map((row): ResultRow => {
    const currency = String(row.currency);
    const own = spent.filter((each) => each.touch === row.touch && each.currency === currency);
    const cost = own.length > 0 ? own.reduce((sum, each) => sum + each.amount, 0) : null;
    return {
      touch: String(row.touch),
      touch_id: String(row.touch),
      currency,
      ...Object.fromEntries(models.map(([model]) => [model, Number(row[model])])),
      ...(spent.length > 0
        ? {
            cost,
            ...Object.fromEntries(
              models.map(([model]) => [`${model}_roi`, returnOn(Number(row[model]), cost)]),
            ),
          }
        : {}),
    };
  });
  const currencies = currenciesOf(rows);
  return {
    title: `Net revenue by ${labels[query.by].toLowerCase()}${models.length === 1 ? `, ${first[1].toLowerCase()}` : ""}`,
    definition:
      "Every payment and refund shared over the touches before its sale within the account's look-back, under each model; renewals inherit the shares of the first sale. What no touch brought is unattributed; each model's column adds up to net revenue. ROI = (credit − cost) ÷ cost; the cost of a lead source stands beside the UTM source that at least half of its people came by.",
    drawing: "table",
    columns: [
      column("touch", labels[query.by], "text", "dimension"),
      ...currencyColumn(currencies),
      ...models.map(([model, label]) => ({ ...moneyColumn(model, label, currencies), additive: true })),
      ...(spent.length > 0
        ? [
            moneyColumn("cost", "Cost", currencies),
            ...models.map(([model, label]) => column(`${model}_roi`, `ROI, ${label.toLowerCase()}`, "ratio")),
          ]
        : []),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: [...coverage, ...costNotes(query, spent, rows)],
  };
}

const creditsOf = (uses?: RollupUses) => (uses ? "analytics.touch_credits" : "analytics.attribution_credits");

/** What is left of net revenue under each model, per currency; no row where nothing is. */
function unattributedRows(
  credited: readonly ResultRow[],
  whole: readonly ResultRow[],
  models: readonly string[],
): ResultRow[] {
  return whole.flatMap(({ currency, revenue_net }) => {
    const left = models.map((model) =>
      credited
        .filter((row) => row.currency === currency)
        .reduce((rest, row) => rest - Number(row[model]), Number(revenue_net ?? 0)),
    );
    if (left.every((each) => each === 0)) return [];
    return [{ touch: unattributed, currency, ...Object.fromEntries(models.map((id, at) => [id, left[at]])) }];
  }) as ResultRow[];
}

interface Spent {
  currency: string;
  name: string;
  touch: string | null;
  amount: number;
}

async function costsIn(start: string, end: string, context: QueryContext): Promise<Spent[]> {
  const { rows } = await ask(toStatement(costs(start, end)), context);
  return rows.map((row) => ({
    currency: String(row.currency),
    name: String(row.name),
    touch: row.touch === null ? null : String(row.touch),
    amount: Number(row.amount),
  }));
}

/** Cost that stands in no row is said, so that nobody takes the rows' cost for all that was spent. */
function costNotes(
  { by }: ShapeOf<"attribution">,
  spent: readonly Spent[],
  rows: readonly ResultRow[],
): string[] {
  if (by !== "touch") return [];
  if (spent.length === 0) return ["No cost of lead sources is recorded in this period, so there is no ROI."];
  const shown = (each: Spent) =>
    rows.some((row) => row.touch === each.touch && row.currency === each.currency);
  const counted = spent.filter(shown).map(({ name, touch }) => `${name} at ${touch}`);
  const apart = spent
    .filter((each) => !shown(each))
    .map(({ name, amount, currency }) => `${name} (${money(amount, currency)})`);
  return [
    ...(counted.length > 0 ? [`Cost counted: ${counted.join(", ")}.`] : []),
    ...(apart.length > 0 ? [`Cost that belongs to no touch and is in no ROI: ${apart.join(", ")}.`] : []),
  ];
}

/**
 * Coverage under the account's own model, of people who came since tracking began (METRICS 13): attribution_coverage,
 * from the
 * touches on where purchases are kept. Net revenue of those people is the whole less that of the others, who are few.
 */
async function coverageNotes(
  asked: ShapeOf<"attribution">["range"],
  range: ResolvedRange,
  context: QueryContext,
): Promise<string[]> {
  const within = (column: string) =>
    sql`${sql.raw(column)} >= ${instant(range.start)} and ${sql.raw(column)} < ${instant(range.end)}`;
  const sides =
    toStatement(sql`with began as materialized (select min(t.touched_at) as at from analytics.touches t),
earlier as materialized (
  select c.contact_id from analytics.contacts c where c.created_at is null or c.created_at < (select b.at from began b)
),
sides as (
  select c.currency, c.amount_minor as credited, 0 as apart
  from analytics.touch_credits c
  where ${within("c.paid_at")} and c.model = (select a.attribution_model from analytics.account a)
    and c.contact_id is not null and not exists (select from earlier e where e.contact_id = c.contact_id)
  union all
  -- Payments person by person, refunds (few, and not known by person) all at once.
  select p.currency, 0, p.amount_minor
  from earlier e
  cross join lateral (
    select f.currency, f.amount_minor from analytics.payments f
    where f.kind = 'payment' and f.contact_id = e.contact_id and ${within("f.paid_at")} offset 0
  ) p
  union all
  select f.currency, 0, -f.amount_minor from analytics.payments f
  where f.kind = 'refund' and ${within("f.paid_at")} and f.contact_id in (select e.contact_id from earlier e)
  union all
  select f.currency, 0, ${sql.raw(netMoney)} from analytics.payments f where f.contact_id is null and ${within("f.paid_at")}
  union all
  select null, 0, 0
)
select s.currency, sum(s.credited)::bigint as credited, sum(s.apart)::bigint as apart,
  (select b.at from began b) is not null as tracked from sides s group by 1`);
  const nothing = toStatement(sql`select null::text as currency`);
  const [{ rows }, { totals }] = await Promise.all([
    ask((uses) => (uses ? sides : nothing), context),
    runMetricQuery({ metrics: ["revenue_net"], range: asked }, context),
  ]);
  const kept = rows[0] && "tracked" in rows[0];
  if (!kept) return coverageFromFacts(asked, context);
  return totals.flatMap(({ revenue_net, currency }) => {
    const own = rows.find((row) => row.currency === currency);
    const whole = Number(revenue_net ?? 0) - Number(own?.apart ?? 0);
    if (rows[0]?.tracked !== true || whole === 0) return [];
    const covered = Math.round((Number(own?.credited ?? 0) / whole) * 1e6) / 1e6;
    return coverageNote(covered, totals.length > 1 ? currency : null);
  });
}

async function coverageFromFacts(
  range: ShapeOf<"attribution">["range"],
  context: QueryContext,
): Promise<string[]> {
  const { totals } = await runMetricQuery({ metrics: ["attribution_coverage"], range }, context);
  return totals.flatMap(({ attribution_coverage: share, currency }) =>
    typeof share === "number" ? [coverageNote(share, totals.length > 1 ? currency : null)] : [],
  );
}

const coverageNote = (share: number, currency: ResultRow[string] | undefined) =>
  `Coverage${currency ? ` in ${currency}` : ""}: ${(share * 100).toFixed(1)} % of the net revenue of people who came since tracking began is attributed, under the account's own model.`;
