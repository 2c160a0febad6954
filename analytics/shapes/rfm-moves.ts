import { sql } from "kysely";
import { rfmAt, rfmGroups } from "../metrics/rfm";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instants, toStatement } from "../query/sql-text";
import { ask, column, nowOf, rangeFor, type ShapeOf, type ShapeResult } from "./shape";

const nobody = "no customer";

/** Who moved from which RFM group to which between the ends of two days (METRICS 11). Rows add up to all customers. */
export async function runRfmMoves(query: ShapeOf<"rfm_moves">, context: QueryContext): Promise<ShapeResult> {
  const range = await rangeFor({ from: query.from, to: query.to }, context);
  const first = await rangeFor({ from: query.from, to: query.from }, context);
  const now = nowOf(context).toISOString();
  const end = Date.parse(range.end) < Date.parse(now) ? range.end : now;
  const scores = sql.raw(rfmAt("(select * from moments)"));
  const statement = toStatement(sql`with moments as (
  select m.bucket, m.at from unnest(${instants([first.end, end])}) with ordinality as m (at, bucket)
),
scores as (select s.bucket, s.contact_id, s.rfm_group from ${scores} s)
select coalesce(a.rfm_group, ${nobody}::text) as was, coalesce(b.rfm_group, ${nobody}::text) as is_now, count(*) as people
from (select contact_id, rfm_group from scores where bucket = 1) a
full join (select contact_id, rfm_group from scores where bucket = 2) b using (contact_id)
group by 1, 2`);
  const answer = await ask(statement, context);
  const order = [...rfmGroups, nobody] as readonly string[];
  const counts = new Map(answer.rows.map((row) => [`${row.was}|${row.is_now}`, Number(row.people)]));
  const rows = order.flatMap((was): ResultRow[] => {
    const cells = order.map((group) => [group, counts.get(`${was}|${group}`) ?? 0] as const);
    const people = cells.reduce((sum, [, count]) => sum + count, 0);
    return people === 0 ? [] : [{ was, was_id: was, people, ...Object.fromEntries(cells) }];
  });
  return {
    query,
    title: "Moves between RFM groups",
    definition: `RFM groups at the end of ${query.from} (rows) and of ${query.to} (columns), by the purchases of the 24 months before each. "${nobody}" bought nothing in those months.`,
    drawing: "table",
    columns: [
      column("was", `On ${query.from}`, "text", "dimension"),
      ...order.map((group) => column(group, group, "count")),
      column("people", "People", "count"),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: [],
  };
}
