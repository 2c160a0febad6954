import { z } from "zod";
import { rangeSchema } from "../query/query";
import { resolveRange } from "../query/range";
import type { ResolvedRange, ResultColumn, ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";

const name = z.string().min(1).max(300);

/** One step of a funnel. */
export const funnelStepSchema = z.union([
  z.strictObject({ lead: z.literal(true).describe("Became a contact.") }),
  z.strictObject({ tag: name.describe("Got this tag (name or id).") }),
  z.strictObject({ purchase: z.literal(true).describe("Bought for the first time.") }),
  z.strictObject({ bought_product: name.describe("Bought this product.") }),
]);
export type FunnelStep = z.infer<typeof funnelStepSchema>;

export { ask } from "../query/ask";

const defaultRange = { last: 12, unit: "month", including_current: true } as const;

export const attributionModels = [
  ["first", "First touch"],
  ["last", "Last touch"],
  ["lead_creation", "Lead creation"],
  ["linear", "Linear"],
  ["position", "Position (40/40/20)"],
  ["w", "W (30/30/30/10)"],
  ["full_path", "Full path"],
  ["decay", "Decay (7 days)"],
] as const;
const modelIds = attributionModels.map(([id]) => id);

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
    range: rangeSchema.default(defaultRange).describe("When people began to pay."),
    months: z.number().int().min(1).max(60).default(12),
  }),
  z.strictObject({
    shape: z.literal("rfm_moves"),
    range: rangeSchema
      .default({ preset: "this_year" })
      .describe("First snapshot: its beginning. Second: its end, or now."),
  }),
  z.strictObject({
    shape: z.literal("reconciliation"),
    range: rangeSchema.default({ preset: "this_month" }),
  }),
  z.strictObject({
    shape: z.literal("attribution"),
    by: z.enum(["touch_kind", "touch", "campaign"]).default("touch_kind"),
    models: z
      .array(z.enum(modelIds))
      .min(1)
      .max(8)
      .default([...modelIds]),
    range: rangeSchema.default(defaultRange),
  }),
  z.strictObject({
    shape: z.literal("revenue_cohorts"),
    range: rangeSchema.default(defaultRange).describe("Months of the first purchase."),
  }),
  z.strictObject({
    shape: z.literal("retention_cohorts"),
    kind: z.enum(["purchase", "subscription"]).default("purchase"),
    range: rangeSchema.default(defaultRange).describe("Months of the first purchase or subscription."),
  }),
  z.strictObject({
    shape: z.literal("mrr_bridge"),
    grain: z.enum(["week", "month", "quarter", "year"]).default("month"),
    range: rangeSchema.default(defaultRange),
  }),
]);
export type ShapeQuery = z.infer<typeof shapeQuerySchema>;
export type ShapeQueryInput = z.input<typeof shapeQuerySchema>;
export type ShapeOf<K extends ShapeQuery["shape"]> = Extract<ShapeQuery, { shape: K }>;
export const shapeKinds = shapeQuerySchema.options.map(({ shape: { shape } }) => shape.value);

export type ShapeDrawing = "funnel" | "line" | "table" | "cohort" | "bridge";

/** What a shape works out by itself; the rest of an answer follows from it. */
export interface ShapeCore {
  title: string;
  /** The rule by which it was counted, in words. */
  definition: string;
  drawing: ShapeDrawing;
  columns: ResultColumn[];
  rows: ResultRow[];
  range: ResolvedRange;
  as_of: string | null;
  sql: string;
  params: unknown[];
  notes: string[];
}

/** How a shape is counted, as a metric says it of itself. */
export interface ShapeDefinition {
  id: ShapeQuery["shape"];
  version: number;
  label: string;
  description: string;
  formula: string;
  edge_cases: string[];
}

/** An answer as a table, so that whatever draws and exports query results draws and exports shapes. */
export interface ShapeResult extends ShapeCore {
  query: ShapeQuery;
  /** Shapes have no totals: their rows are parts of one picture. */
  totals: ResultRow[];
  comparison_range: null;
  grain: null;
  /** The only currency of the answer, or null when there are several (rows then carry `currency`) or none. */
  currency: string | null;
  definitions: ShapeDefinition[];
  row_count: number;
  truncated: boolean;
  /** Set while the records it rests on are still being copied: the first sentence of whatever shows this answer. */
  copying?: string;
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

/** The column that names the currency where rows differ in it. */
export const currencyColumn = (currencies: readonly string[]): ResultColumn[] =>
  currencies.length > 1 ? [column("currency", "Currency", "text", "dimension")] : [];

/** A column of money; its currency stands in the rows where there are several. */
export const moneyColumn = (id: string, label: string, currencies: readonly string[]): ResultColumn => ({
  ...column(id, label, "money"),
  currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
});

export const currenciesOf = (rows: readonly ResultRow[]): string[] =>
  [...new Set(rows.flatMap(({ currency }) => (typeof currency === "string" ? [currency] : [])))].sort();
