import { type RawBuilder, sql } from "kysely";
import { drillKeys } from "../query/compile";
import { type DrillPage, type DrillResult, drill, targets, thingsInOrder } from "../query/drill";
import { QueryError } from "../query/errors";
import { nearest } from "../query/nearest";
import { pageOf, readPage } from "../query/pages";
import type { ResultRow } from "../query/result";
import type { RollupUses } from "../query/rolled";
import { type QueryContext, runMetricQuery } from "../query/run";
import { cohortPeople, dayBefore } from "../query/shapes";
import { instant, integer, text, toStatement } from "../query/sql-text";
import { touchKey } from "./attribution";
import { type ShapeCell, shapeCellSchema } from "./cell";
import { reached } from "./funnel";
import { reconciliationLines } from "./reconciliation";
import { cohortMoney } from "./revenue-cohorts";
import { rfmMoves, rfmStates } from "./rfm-moves";
import { parseShape, runShape } from "./run-shape";
import { ask, attributionModels, rangeFor, type ShapeOf, type ShapeQueryInput, share } from "./shape";
import { daysOf, stays, survivalAt } from "./survival";

type Sql = RawBuilder<unknown>;

/** What stands behind a cell, before it is listed. */
interface Behind {
  target: DrillResult["target"];
  unit: string;
  currency: string | null;
  /** Tables that `base` reads, as `with …`; given `uses`, from what is kept where that is possible. */
  with?: Sql | ((uses?: RollupUses) => Sql);
  /** One row per thing: entity_id and value. */
  base: Sql;
  /** The cell's value from the whole of `base`. */
  total: "sum" | "share" | "median" | "mean" | (() => Promise<number | null>);
}

function invalid(message: string, choices: readonly string[] = []): QueryError {
  return new QueryError("invalid_cell", message, choices);
}

/** Throws with the nearest of the choices there are. */
function choose<T extends string>(what: string, given: string | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === given);
  if (found) return found;
  const close = nearest(
    given ?? "",
    choices.map((id) => ({ id, names: [] })),
  );
  throw invalid(
    `There is no ${what} "${given ?? ""}" to open${given && close.length > 0 ? `; the nearest is "${close[0]}"` : ""}. It can be ${choices.join(", ")}.`,
    close,
  );
}

async function behindFunnel(
  query: ShapeOf<"funnel">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  const { sources, chain, mature } = await reached(query, context);
  const column = choose("column", cell.column, [
    "people",
    "from_previous",
    "from_start",
    "median_days",
    "lost",
  ]);
  const steps = sources.map((_, index) => String(index + 1));
  const step = Number(choose("step", cell.row, steps));
  const at = (number: number) => sql.raw(`p.at${number}`);
  const people = { target: "contacts", unit: "count", currency: null } as const;
  const before = column === "from_start" ? 1 : Math.max(1, step - 1);
  switch (column) {
    case "people":
      return {
        ...people,
        base: sql`select p.contact_id as entity_id, 1 as value from (${chain}) p where ${at(step)} is not null`,
        total: "sum",
      };
    case "lost":
      if (step === sources.length) throw invalid("Nobody drops off after the last step.", ["people"]);
      return {
        ...people,
        base: sql`select p.contact_id as entity_id, 1 as value from (${chain}) p where ${at(step)} is not null and ${at(step + 1)} is null`,
        total: "sum",
      };
    case "from_previous":
    case "from_start":
      return {
        ...people,
        unit: "ratio",
        base: sql`select p.contact_id as entity_id, (${at(step)} is not null)::int as value from (${chain}) p where ${mature} and ${at(before)} is not null`,
        total: "share",
      };
    case "median_days":
      return {
        ...people,
        unit: "days",
        base: sql`select p.contact_id as entity_id, (extract(epoch from ${at(step)} - ${at(before)}) / 86400)::float8 as value from (${chain}) p where ${at(step)} is not null`,
        total: "median",
      };
  }
}

async function behindSurvival(
  query: ShapeOf<"survival">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  const column = choose("column", cell.column, ["still_paying", "watched", "left"]);
  const months = Array.from({ length: query.months + 1 }, (_, month) => String(month));
  const month = Number(choose("month", cell.row, months));
  const followed = await stays(query.range, context);
  const days = sql`${daysOf(month)}::float8`;
  const left = sql`f.ended and f.days <= ${days}`;
  const all = { target: "subscriptions", currency: null, with: followed.with } as const;
  const select = sql`select f.subscription_id as entity_id`;
  if (column === "still_paying") {
    const counts = toStatement(
      sql`${followed.with} select f.days, f.ended, count(*) as people from followed f group by 1, 2`,
    );
    return {
      ...all,
      unit: "ratio",
      base: sql`${select}, (not (${left}))::int as value from followed f`,
      total: async () => {
        const { rows } = await ask(counts, context);
        const seen = rows.map((row) => ({
          days: Number(row.days),
          ended: row.ended === true,
          count: Number(row.people),
        }));
        return seen.length === 0 ? null : Math.round(survivalAt(seen, daysOf(month)) * 1e6) / 1e6;
      },
    };
  }
  if (column === "watched")
    return {
      ...all,
      unit: "count",
      base: sql`${select}, 1 as value from followed f where f.days >= ${days}`,
      total: "sum",
    };
  const since = month === 0 ? sql`` : sql` and f.days > ${daysOf(month - 1)}::float8`;
  return {
    ...all,
    unit: "count",
    base: sql`${select}, 1 as value from followed f where ${left}${since}`,
    total: "sum",
  };
}

async function behindRfm(
  query: ShapeOf<"rfm_moves">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  const was = choose("group", cell.row, rfmStates);
  const now = choose("column", cell.column, [...rfmStates, "people"]);
  const moves = await rfmMoves(query, context);
  const and = now === "people" ? sql`` : sql` and m.is_now = ${text(now)}`;
  return {
    target: "contacts",
    unit: "count",
    currency: null,
    with: moves.with,
    base: sql`select m.contact_id as entity_id, 1 as value from moves m where m.was = ${text(was)}${and}`,
    total: "sum",
  };
}

async function behindReconciliation(
  query: ShapeOf<"reconciliation">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  choose("column", cell.column, ["amount"]);
  const ids = reconciliationLines.map(([id]) => id.replace(/_minor$/, ""));
  const line = choose("line", cell.row, ids);
  const range = await rangeFor(query.range, context);
  const [start, end] = [instant(range.start), instant(range.end)];
  const currency = cell.currency ?? context.account.currency;
  const orders = sql`analytics.orders o where o.order_time >= ${start} and o.order_time < ${end} and o.currency = ${text(currency)}`;
  const money = { unit: "money", currency, total: "sum" } as const;
  // Payments until the end of the range, each with the time of the order it was for.
  const paid = sql`(select p.payment_id, p.order_id, p.amount_minor, p.paid_at, o.order_time
    from analytics.payment_orders p left join analytics.orders o on o.account_id = p.account_id and o.order_id = p.order_id
    where p.kind = 'payment' and p.paid_at < ${end} and p.currency = ${text(currency)}) p`;
  const payments = (value: Sql, where: Sql): Behind => ({
    ...money,
    target: "payments",
    base: sql`select p.payment_id as entity_id, sum(${value}) as value from ${paid} where ${where} group by 1`,
  });
  const plus = sql`p.amount_minor`;
  const inside = sql`p.order_time >= ${start} and p.order_time < ${end}`;
  switch (line) {
    case "invoiced":
      return {
        ...money,
        target: "orders",
        base: sql`select o.order_id as entity_id, o.sales_minor as value from ${orders}`,
      };
    case "tax":
      return {
        ...money,
        target: "orders",
        base: sql`select o.order_id as entity_id, o.total_minor - o.sales_minor as value from ${orders} and o.total_minor <> o.sales_minor`,
      };
    case "open":
      return {
        ...money,
        target: "orders",
        base: sql`select e.entity_id, sum(e.value) as value from (
    select o.order_id as entity_id, -o.total_minor as value from ${orders}
    union all
    select p.order_id, p.amount_minor from ${paid} where ${inside}
  ) e group by 1 having sum(e.value) <> 0`,
      };
    case "prepaid":
      return payments(sql`-p.amount_minor`, sql`${inside} and p.paid_at < ${start}`);
    case "earlier":
      return payments(plus, sql`p.paid_at >= ${start} and p.order_time < ${start}`);
    case "later":
      return payments(plus, sql`p.paid_at >= ${start} and p.order_time >= ${end}`);
    case "elsewhere":
      return payments(plus, sql`p.paid_at >= ${start} and p.order_time is null`);
    default:
      return payments(plus, sql`p.paid_at >= ${start}`);
  }
}

async function behindAttribution(
  query: ShapeOf<"attribution">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  const models: string[] = attributionModels.map(([id]) => id).filter((id) => query.models.includes(id));
  const column = choose("column", cell.column, [...models, ...models.map((id) => `${id}_roi`)]);
  const model = column.replace(/_roi$/, "");
  const touch = cell.row;
  if (touch === undefined) throw invalid("Say which touch to open: row is its name.");
  const range = await rangeFor(query.range, context);
  const currency = cell.currency ?? context.account.currency;
  const behind = {
    target: "payments",
    unit: "money",
    currency,
    base: sql`select c.payment_id as entity_id, sum(c.amount_minor) as value from analytics.attribution_credits c
  where c.model = ${text(model)} and c.paid_at >= ${instant(range.start)} and c.paid_at < ${instant(range.end)}
    and c.currency = ${text(currency)} and ${touchKey(query.by)} = ${text(touch)} group by 1 having sum(c.amount_minor) <> 0`,
    total: "sum",
  } as const satisfies Behind;
  if (column === model) return behind;
  return {
    ...behind,
    unit: "ratio",
    total: async () => {
      const { rows } = await runShape(query, context);
      const row = rows.find((each) => each.touch === touch && each.currency === currency);
      return typeof row?.[column] === "number" ? Number(row[column]) : null;
    },
  };
}

/** Which of the periods begins on the day asked for. */
function bucketOf<T extends { time: string }>(time: string | undefined, buckets: readonly T[]): T {
  const found = buckets.find((bucket) => bucket.time === time);
  if (found) return found;
  throw invalid(
    `There is no period that begins on ${time ?? "that day"}. The first begins on ${buckets[0]?.time}, the last on ${buckets.at(-1)?.time}.`,
    buckets.slice(0, 3).map((bucket) => bucket.time),
  );
}

async function behindMoney(
  query: ShapeOf<"revenue_cohorts">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  const column = choose("column", cell.column, ["people", "revenue", "per_person"]);
  const { months, with: money } = await cohortMoney(query, context);
  const cohort = integer(bucketOf(cell.time, months).index);
  const upTo = integer(bucketOf(cell.time, months).index + (cell.month ?? 0));
  const currency = cell.currency ?? context.account.currency;
  const own = sql`m.cohort = ${cohort} and m.bucket <= ${upTo} and m.currency = ${text(currency)}`;
  if (column === "people")
    return {
      target: "contacts",
      unit: "count",
      currency: null,
      with: money,
      base: sql`select p.contact_id as entity_id, 1 as value from people p where p.cohort = ${cohort}`,
      total: "sum",
    };
  if (column === "revenue")
    return {
      target: "payments",
      unit: "money",
      currency,
      with: money,
      base: sql`select m.payment_id as entity_id, sum(m.amount) as value from money m where ${own} group by 1`,
      total: "sum",
    };
  return {
    target: "contacts",
    unit: "money",
    currency,
    with: money,
    base: sql`select p.contact_id as entity_id, coalesce((select sum(m.amount) from money m where m.contact_id = p.contact_id and ${own}), 0) as value
  from people p where p.cohort = ${cohort}`,
    total: "mean",
  };
}

async function behindRetention(
  { kind, range }: ShapeOf<"retention_cohorts">,
  cell: ShapeCell,
  context: QueryContext,
): Promise<Behind> {
  const column = choose("column", cell.column, ["size", "people", "rate"]);
  const { months, with: tables } = await cohortPeople({ kind, range }, context);
  const cohort = integer(bucketOf(cell.time, months).index);
  const month = integer(bucketOf(cell.time, months).index + (cell.month ?? 0));
  const there = sql`exists (select from there t where t.contact_id = c.contact_id and t.bucket = ${month})`;
  const all = { target: "contacts", currency: null, with: tables } as const;
  const of = sql`from cohorts c where c.bucket = ${cohort}`;
  if (column === "rate")
    return {
      ...all,
      unit: "ratio",
      base: sql`select c.contact_id as entity_id, (${there})::int as value ${of}`,
      total: "share",
    };
  const and = column === "people" ? sql` and ${there}` : sql``;
  return {
    ...all,
    unit: "count",
    base: sql`select c.contact_id as entity_id, 1 as value ${of}${and}`,
    total: "sum",
  };
}

/** A bridge's cells are metrics, and open as these do. */
async function drillBridge(
  query: ShapeOf<"mrr_bridge">,
  cell: ShapeCell,
  context: QueryContext,
  page: DrillPage,
): Promise<DrillResult> {
  const column = choose("column", cell.column, [
    "opening",
    "new",
    "reactivation",
    "expansion",
    "contraction",
    "churn",
    "closing",
  ]);
  const currency = cell.currency ?? context.account.currency;
  const moved = { metrics: ["mrr"], dimensions: ["time"], grain: query.grain, range: query.range };
  if (column === "opening") {
    const { rows, range } = await runMetricQuery(moved, context);
    const { time } = bucketOf(
      cell.time,
      rows.map((row) => ({ time: String(row.time) })),
    );
    const day = dayBefore([time, range.from].sort().at(-1) ?? time);
    const before = { metrics: ["mrr"], range: { from: day, to: day } };
    return drill(before, { metric: "mrr", currency }, context, page);
  }
  const metric = column === "closing" ? "mrr" : `mrr_${column}`;
  const found = await drill(
    { ...moved, metrics: [metric] },
    { metric, currency, ...(cell.time ? { time: cell.time } : {}) },
    context,
    page,
  );
  if (column !== "contraction" && column !== "churn") return found;
  // What went is negative in the bridge.
  return {
    ...found,
    rows: found.rows.map((row) => ({ ...row, value: -Number(row.value) || 0 })),
    total: found.total === null ? null : -found.total || 0,
  };
}

/**
 * The people, orders, payments or subscriptions behind a cell of a shape. `total` is worked out over all of them, not
 * only those listed, and equals the cell. Throws QueryError for a cell there is not, and for viewers, who may not
 * read contacts.
 */
export async function drillShape(
  input: ShapeQueryInput,
  wanted: ShapeCell,
  context: QueryContext,
  page: DrillPage = {},
): Promise<DrillResult> {
  if (context.principal.role === "viewer")
    throw new QueryError(
      "not_allowed",
      "Viewers see the numbers, not the people behind them. Ask an admin for the role of analyst.",
    );
  const query = parseShape(input);
  const cell = shapeCellSchema.parse(wanted);
  switch (query.shape) {
    case "funnel":
      return list(await behindFunnel(query, cell, context), context, page);
    case "survival":
      return list(await behindSurvival(query, cell, context), context, page);
    case "rfm_moves":
      return list(await behindRfm(query, cell, context), context, page);
    case "reconciliation":
      return list(await behindReconciliation(query, cell, context), context, page);
    case "attribution":
      return list(await behindAttribution(query, cell, context), context, page);
    case "revenue_cohorts":
      return list(await behindMoney(query, cell, context), context, page);
    case "retention_cohorts":
      return list(await behindRetention(query, cell, context), context, page);
    case "mrr_bridge":
      return drillBridge(query, cell, context, page);
  }
}

async function list(behind: Behind, context: QueryContext, page: DrillPage): Promise<DrillResult> {
  const target = targets[behind.target];
  const { after } = page;
  const [limit, offset] = [page.limit ?? 100, page.offset ?? 0];
  const median =
    behind.total === "median"
      ? sql`, (select percentile_cont(0.5) within group (order by b.value) from base b) as median`
      : sql``;
  const tables = (uses?: RollupUses) => {
    const before = typeof behind.with === "function" ? behind.with(uses) : behind.with;
    return before ? sql`${before}, base as (${behind.base})` : sql`with base as (${behind.base})`;
  };
  // The whole comes with every row, and alone where a page past the end has none.
  const listed = (uses?: RollupUses) =>
    toStatement(sql`${tables(uses)},
whole as (select count(*) as things, sum(b.value) as sum${median} from base b)
select w.things as things__whole, w.sum as sum__whole${behind.total === "median" ? sql`, w.median as median__whole` : sql``}, r.*
from whole w left join lateral (
  select ${sql.raw(target.columns)}, e.value, e.entity_id as ${sql.raw(drillKeys.thing)}, e.value as ${sql.raw(drillKeys.value)}
  from base e${sql.raw(target.joins)} order by ${sql.raw(target.order)} limit ${integer(after ? null : limit)} offset ${integer(offset)}
) r on true`);
  const statement = listed();
  const paged = (uses?: RollupUses) => {
    const whole = listed(uses);
    return after ? { ...whole, ...pageOf(whole, thingsInOrder, after, limit) } : whole;
  };
  const answer = await ask(paged, context);
  const read = after ? readPage(answer.rows, thingsInOrder, limit) : { rows: answer.rows };
  const first = answer.rows[0] ?? {};
  const [things, sum] = [Number(first.things__whole ?? 0), Number(first.sum__whole ?? 0)];
  const rows = read.rows
    .filter((row) => row.value !== null)
    .map((row): ResultRow => {
      const shown = Object.entries(row).filter(([name]) => !name.endsWith("__whole"));
      return { ...Object.fromEntries(shown), value: Number(row.value) };
    });
  return {
    target: behind.target,
    rows,
    total: await totalOf(behind, { things, sum, median: first.median__whole }),
    unit: behind.unit,
    currency: behind.currency,
    row_count: things,
    truncated: things > offset + rows.length,
    ...("next" in read ? { next: read.next } : {}),
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
  };
}

async function totalOf(
  { total }: Behind,
  { things, sum, median }: { things: number; sum: number; median: ResultRow[string] | undefined },
): Promise<number | null> {
  if (typeof total === "function") return total();
  switch (total) {
    case "sum":
      return sum;
    case "share":
      return share(sum, things);
    case "mean":
      return things === 0 ? null : Math.round(sum / things);
    case "median":
      return median === null || median === undefined ? null : Math.round(Number(median) * 100) / 100;
  }
}
