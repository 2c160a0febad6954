import { DateTime } from "luxon";
import { z } from "zod";
import { chartOf, type ShapeChart } from "@/analytics/charts/any-chart";
import { QueryError } from "@/analytics/query/errors";
import { rangeSchema } from "@/analytics/query/query";
import { shapeCellSchema } from "@/analytics/shapes/cell";
import { drillShape } from "@/analytics/shapes/drill-shape";
import { runShape } from "@/analytics/shapes/run-shape";
import {
  attributionModels,
  type FunnelStep,
  type ShapeQuery,
  type ShapeQueryInput,
  shapeKinds,
} from "@/analytics/shapes/shape";
import { formatDay, formatMoney } from "../format";
import { asToolError } from "../query-errors";
import { resultText } from "../result-text";
import { defineTool, readOnly } from "./define-tool";
import { columnSchema, resolvedRangeSchema, rowSchema } from "./schemas";

/** One flat form for all shapes: a schema per shape would repeat the range in each and cost models ten times as much. */
export const shapeInputSchema = z.strictObject({
  shape: z.enum(shapeKinds),
  range: rangeSchema.optional(),
  steps: z
    .array(z.string().min(3).max(310))
    .min(2)
    .max(8)
    .optional()
    .describe('funnel: in order, each "lead", "purchase" (the first), "tag:NAME" or "product:NAME".'),
  window_days: z.number().int().min(1).max(730).optional().describe("funnel: days from first to last step."),
  months: z.number().int().min(1).max(60).optional().describe("survival"),
  grain: z.enum(["week", "month", "quarter", "year"]).optional().describe("mrr_bridge"),
  kind: z.enum(["purchase", "subscription"]).optional().describe("retention_cohorts"),
  by: z.enum(["touch_kind", "touch", "campaign"]).optional().describe("attribution; touch comes with ROI."),
  models: z
    .array(z.enum(attributionModels.map(([id]) => id)))
    .min(1)
    .optional()
    .describe("attribution"),
});
export type ShapeInput = z.infer<typeof shapeInputSchema>;

/** `tag:VIP` as a step of a funnel. */
function stepOf(text: string): FunnelStep {
  const said = text.trim();
  if (said === "lead") return { lead: true };
  if (said === "purchase") return { purchase: true };
  const named = /^(tag|product)\s*:\s*(.+)$/s.exec(said);
  if (named?.[1] === "tag") return { tag: named[2] ?? "" };
  if (named) return { bought_product: named[2] ?? "" };
  throw new QueryError(
    "invalid_query",
    `"${said}" is no step of a funnel. A step is "lead", "purchase", "tag:NAME" or "product:NAME".`,
    ["lead", "purchase", `tag:${said}`, `product:${said}`],
  );
}

/** The question in the form of the registry; what does not belong to the shape is refused there by name. */
export function toShapeQuery({ steps, ...rest }: ShapeInput): ShapeQueryInput {
  return { ...rest, ...(steps ? { steps: steps.map(stepOf) } : {}) } as ShapeQueryInput;
}

/** The other way, as the offline analyst and follow-ups write a call. */
export function toShapeInput(query: ShapeQuery): ShapeInput {
  if (query.shape !== "funnel") return query;
  const steps = query.steps.map((step) => {
    if ("lead" in step) return "lead";
    if ("purchase" in step) return "purchase";
    return "tag" in step ? `tag:${step.tag}` : `product:${step.bought_product}`;
  });
  return { ...query, steps };
}

// Made by the registry and checked there; a client is spared the schema of every shape.
const querySchema = z.looseObject({ shape: z.enum(shapeKinds) }) as unknown as z.ZodType<ShapeQuery>;
export const shapeChartSchema = z.looseObject({ title: z.string() }) as unknown as z.ZodType<ShapeChart>;

export const shapeResultSchema = z.object({
  query: querySchema,
  title: z.string(),
  definition: z.string(),
  drawing: z.enum(["funnel", "line", "table", "cohort", "bridge"]),
  columns: z.array(columnSchema),
  rows: z.array(rowSchema).describe("Money is whole minor units (cents); ratios are fractions."),
  totals: z.array(rowSchema),
  range: resolvedRangeSchema,
  comparison_range: z.null(),
  grain: z.null(),
  currency: z.string().nullable(),
  as_of: z.string().nullable(),
  sql: z.string(),
  params: z.array(z.unknown()),
  definitions: z.array(
    z.object({
      id: z.enum(shapeKinds),
      version: z.number(),
      label: z.string(),
      description: z.string(),
      formula: z.string(),
      edge_cases: z.array(z.string()),
    }),
  ),
  row_count: z.number(),
  truncated: z.boolean(),
  copying: z.string().optional().describe("Say this first: what is still being copied from Keap."),
  notes: z.array(z.string()),
});

export const behindSchema = z.object({
  cell: shapeCellSchema,
  target: z.enum(["contacts", "orders", "payments", "subscriptions"]),
  rows: z.array(rowSchema),
  total: z.number().nullable().describe("Equals the cell."),
  unit: z.string(),
  currency: z.string().nullable(),
  row_count: z.number(),
  truncated: z.boolean(),
});

export const shapeTool = defineTool({
  name: "shape",
  group: "analytics",
  title: "Funnels, cohorts and other shapes",
  description:
    "Answers that are no metric by dimension. funnel: who went from step to step. survival: how long subscribers stay. rfm_moves: who moved between RFM groups over the range. reconciliation: why invoiced is not collected. attribution: net revenue by what brought it, per model. revenue_cohorts, retention_cohorts: by month of first purchase. mrr_bridge: how MRR moved. " +
    'Example: {"shape":"funnel","steps":["tag:Webinar","tag:Attended","purchase"],"range":{"preset":"this_year"}}. Who is behind a number: add open, as in {"shape":"rfm_moves","range":{"preset":"this_year"},"open":{"column":"at risk","row":"champions"}}.',
  input: z.strictObject({
    ...shapeInputSchema.shape,
    title: z.string().min(1).max(200).optional(),
    open: shapeCellSchema.optional(),
  }),
  output: z.object({ result: shapeResultSchema, chart: shapeChartSchema, behind: behindSchema.nullable() }),
  annotations: readOnly,
  handler: async ({ title, open, ...input }, { principal, door, account, clock }) => {
    const context = { principal, door, account, clock };
    return answerShape().catch(asToolError);

    async function answerShape() {
      const query = toShapeQuery(input);
      const result = await runShape(query, context);
      const opened = open ? await drillShape(result.query, open, context, { limit: 50 }) : null;
      return {
        result,
        chart: { ...chartOf(result), ...(title ? { title } : {}) },
        behind: opened && open ? { ...opened, cell: open } : null,
      };
    }
  },
  describe: ({ result, chart, behind }) =>
    [chart.title, resultText(result), ...(behind ? [behindText(behind, result.range.zone)] : [])].join("\n"),
});

/** Who or what stands behind an opened cell, a line each. */
export function behindText(
  { cell, target, rows, unit, currency, row_count, truncated }: z.infer<typeof behindSchema>,
  /** The account's; days are told in it. */
  zone?: string,
): string {
  const where = [cell.row, cell.time, cell.column].filter(Boolean).join(", ");
  const lines = rows.map((row) => {
    const name = [row.contact_name, row.email].filter(Boolean).join(", ");
    const what = target === "contacts" ? name : [row.title, name].filter(Boolean).join(": ");
    const minor = unit === "money" ? row.value : row.amount_minor;
    const worth =
      typeof minor === "number" && (unit === "money" || target !== "contacts")
        ? formatMoney(minor, typeof row.currency === "string" ? row.currency : (currency ?? "USD"))
        : "";
    const day = zone && target !== "contacts" && row.at ? dayIn(row.at, zone) : "";
    return `- ${[oneLine(what || String(row.keap_id ?? "")), worth, day].filter(Boolean).join(", ")}`;
  });
  return [
    `Behind ${where || "it"}: ${row_count} ${row_count === 1 ? target.slice(0, -1) : target}${truncated ? `, the first ${rows.length}` : ""}.`,
    ...lines,
  ].join("\n");
}

/** `3 Mar 2026`, of a moment as the database gave it. */
function dayIn(at: unknown, zone: string): string {
  const moment = DateTime.fromJSDate(new Date(String(at)), { zone });
  return moment.isValid ? formatDay(moment.toISODate() ?? "") : "";
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim().slice(0, 200);
