import { z } from "zod";
import type { DoorAnswer } from "../query/door";
import { rangeSchema } from "../query/query";
import { resolveRange } from "../query/range";
import type { ResolvedRange, ResultColumn, ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import type { Statement } from "../query/sql-text";

const name = z.string().min(1).max(300);

/** One step of a funnel. */
export const funnelStepSchema = z.union([
  z.strictObject({ lead: z.literal(true).describe("Became a contact.") }),
  z.strictObject({ tag: name.describe("Got this tag (name or id).") }),
  z.strictObject({ purchase: z.literal(true).describe("Bought for the first time.") }),
  z.strictObject({ bought_product: name.describe("Bought this product.") }),
]);
export type FunnelStep = z.infer<typeof funnelStepSchema>;

const defaultRange = { last: 12, unit: "month", including_current: true } as const;

/** Questions whose answer is no list of metrics by dimension, but a shape of its own. */
export const shapeQuerySchema = z.discriminatedUnion("shape", [
  z.strictObject({
    shape: z.literal("funnel"),
    steps: z.array(funnelStepSchema).min(2).max(8),
    range: rangeSchema.default(defaultRange).describe("When people took the first step."),
    window_days: z
      .number()
      .int()
      .min(1)
      .max(730)
      .default(90)
      .describe("Days from the first step to the last."),
  }),
  z.strictObject({
    shape: z.literal("survival"),
    range: rangeSchema.default(defaultRange).describe("When the subscriptions began."),
    months: z.number().int().min(1).max(60).default(12),
  }),
  z.strictObject({
    shape: z.literal("rfm_moves"),
    from: z.iso.date().describe("First snapshot: the end of this day."),
    to: z.iso.date().describe("Second snapshot: the end of this day."),
  }),
  z.strictObject({
    shape: z.literal("reconciliation"),
    range: rangeSchema.default({ preset: "this_month" }),
  }),
  z.strictObject({
    shape: z.literal("attribution"),
    by: z.enum(["touch_kind", "touch", "campaign"]).default("touch_kind"),
    range: rangeSchema.default(defaultRange),
  }),
  z.strictObject({
    shape: z.literal("revenue_cohorts"),
    range: rangeSchema.default(defaultRange).describe("Months of the first purchase."),
  }),
]);
export type ShapeQuery = z.infer<typeof shapeQuerySchema>;
export type ShapeQueryInput = z.input<typeof shapeQuerySchema>;
export type ShapeOf<K extends ShapeQuery["shape"]> = Extract<ShapeQuery, { shape: K }>;

/** An answer as a table, so that whatever draws and exports query results draws and exports shapes. */
export interface ShapeResult {
  query: ShapeQuery;
  title: string;
  /** The rule by which it was counted, in words. */
  definition: string;
  drawing: "funnel" | "line" | "table" | "cohort" | "bar";
  columns: ResultColumn[];
  rows: ResultRow[];
  range: ResolvedRange;
  as_of: string | null;
  sql: string;
  params: unknown[];
  notes: string[];
}

/** Runs a statement over copies of costly facts where they are kept and true, else over the facts. */
export async function ask(statement: Statement, context: QueryContext): Promise<DoorAnswer> {
  const { door, principal, account } = context;
  const { text, params } = statement;
  return (
    (await door.rolled?.(text, params, principal, account, new Map())) ??
    (await door(text, params, principal))
  );
}

export const nowOf = (context: QueryContext): Date => context.clock?.() ?? new Date();

export const rangeFor = (range: z.infer<typeof rangeSchema>, context: QueryContext): Promise<ResolvedRange> =>
  resolveRange(range, context.account, nowOf(context), async () => null);

export const column = (
  id: string,
  label: string,
  unit: ResultColumn["unit"],
  kind: ResultColumn["kind"] = "metric",
): ResultColumn => ({ id, label, kind, unit, additive: false });

/** part ÷ whole; null where there is no whole. */
export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e6) / 1e6;

/** A chart of a shape is data, as one of a query is: the question and how its rows are drawn. */
export const shapeChartSchema = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(200),
  shape: shapeQuerySchema,
  drawing: z.strictObject({ kind: z.enum(["funnel", "line", "table", "cohort", "bar"]) }),
});
export type ShapeChart = z.infer<typeof shapeChartSchema>;

/** The chart that shows an answer. */
export const chartOf = ({ title, query, drawing }: ShapeResult): ShapeChart => ({
  version: 1,
  title,
  shape: query,
  drawing: { kind: drawing },
});
