import { sql } from "kysely";
import { rfmAt, rfmGroups, rfmKeptAt } from "../metrics/rfm";
import type { ResultRow } from "../query/result";
import { type RollupUses, readsStandings } from "../query/rolled";
import type { QueryContext } from "../query/run";
import { instants, toStatement } from "../query/sql-text";
import { ask, column, nowOf, rangeFor, type ShapeCore, type ShapeOf } from "./shape";

export const nobody = "no customer";
export const rfmStates = [...rfmGroups, nobody] as const;

/**
 * SQL of one row per customer at either moment: where they stood when the range began and when it ended (or now, while
 * it runs), METRICS 11. With `uses` it reads where they stood when those days began, if that is kept.
 */
export async function rfmMoves(query: ShapeOf<"rfm_moves">, context: QueryContext) {
  const range = await rangeFor(query.range, context);
  const now = nowOf(context).toISOString();
  const end = Date.parse(range.end) < Date.parse(now) ? range.end : now;
  const moves = (uses?: RollupUses) => sql`with ends as (
  select m.bucket, m.at from unnest(${instants([range.start, end])}) with ordinality as m (at, bucket)
),
scores as materialized (select s.bucket, s.contact_id, s.rfm_group from ${scoresFor(uses)} s),
moves as (
  select contact_id, coalesce(a.rfm_group, ${nobody}::text) as was, coalesce(b.rfm_group, ${nobody}::text) as is_now
  from (select contact_id, rfm_group from scores where bucket = 1) a
  full join (select contact_id, rfm_group from scores where bucket = 2) b using (contact_id)
)`;
  const scoresFor = (uses?: RollupUses) =>
    sql.raw(
      readsStandings(uses, [range.start, end], { account: context.account, now })
        ? rfmKeptAt("(select * from ends)")
        : rfmAt("(select * from ends)"),
    );
  return { range, with: moves };
}

/** Who moved from which RFM group to which between two moments. Rows add up to all customers. */
export async function runRfmMoves(query: ShapeOf<"rfm_moves">, context: QueryContext): Promise<ShapeCore> {
  const { range, with: moves } = await rfmMoves(query, context);
  const counted = (uses?: RollupUses) =>
    toStatement(sql`${moves(uses)} select m.was, m.is_now, count(*) as people from moves m group by 1, 2`);
  const statement = counted();
  const answer = await ask(counted, context);
  const counts = new Map(answer.rows.map((row) => [`${row.was}|${row.is_now}`, Number(row.people)]));
  const rows = rfmStates.flatMap((was): ResultRow[] => {
    const cells = rfmStates.map((group) => [group, counts.get(`${was}|${group}`) ?? 0] as const);
    const people = cells.reduce((sum, [, count]) => sum + count, 0);
    return people === 0 ? [] : [{ was, was_id: was, people, ...Object.fromEntries(cells) }];
  });
  const ends = range.complete ? `at the end of ${range.to}` : "now";
  return {
    title: "Moves between RFM groups",
    definition: `RFM groups when ${range.from} began (rows) and ${ends} (columns), by the purchases of the 24 months before each moment. "${nobody}" bought nothing in those months, or got everything back.`,
    drawing: "cohort",
    columns: [
      column("was", `When ${range.from} began`, "text", "dimension"),
      ...rfmStates.map((group) =>
        column(group, `${group.charAt(0).toUpperCase()}${group.slice(1)}`, "count"),
      ),
      column("people", "People", "count"),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: rows.length === 0 ? ["Nobody bought anything in the 24 months before either moment."] : [],
  };
}
