import { sql } from "kysely";
import type { ResultRow } from "../query/result";
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
  const statement = toStatement(sql`select ${key} as touch, c.currency, ${sql.join(
    models.map(
      ([model]) =>
        sql`coalesce(sum(c.amount_minor) filter (where c.model = ${model}::text), 0)::bigint as ${sql.raw(model)}`,
    ),
  )}
from analytics.attribution_credits c
where c.paid_at >= ${instant(range.start)} and c.paid_at < ${instant(range.end)} and c.model = any(${texts(models.map(([id]) => id))})
group by 1, 2 order by (${key} = ${unattributed}::text), ${sql.raw(first[0])} desc, 1, 2`);
  const answer = await ask(statement, context);
  const spent = query.by === "touch" ? await costsIn(range.start, range.end, context) : [];
  const rows = answer.rows.map((row): ResultRow => {
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
    notes: [...(await coverageNotes(query, context)), ...costNotes(query, spent, rows)],
  };
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

/** Coverage under the account's own model, of people who came since tracking began (METRICS 13). */
async function coverageNotes({ range }: ShapeOf<"attribution">, context: QueryContext): Promise<string[]> {
  const { totals } = await runMetricQuery({ metrics: ["attribution_coverage"], range }, context);
  return totals.flatMap(({ attribution_coverage: share, currency }) =>
    typeof share === "number"
      ? [
          `Coverage${totals.length > 1 ? ` in ${currency}` : ""}: ${(share * 100).toFixed(1)} % of the net revenue of people who came since tracking began is attributed, under the account's own model.`,
        ]
      : [],
  );
}
