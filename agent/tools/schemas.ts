import { z } from "zod";
import { chartSpecSchema } from "@/analytics/charts/chart-spec";
import type { MetricSection, Unit } from "@/analytics/metrics/definition";
import { grainSchema, querySchema } from "@/analytics/query/query";

/** Shapes that several tools return. They mirror the types of `analytics`, so that MCP clients get a schema to check. */

const cellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const rowSchema = z.record(z.string(), cellSchema);

/** Closed sets of the registry, which grows: named by its types, checked where they are made. */
const sectionSchema = z.string() as z.ZodType as z.ZodType<MetricSection>;
const unitSchema = z.string() as z.ZodType as z.ZodType<Unit>;
const columnUnitSchema = z.string() as z.ZodType as z.ZodType<Unit | "text" | "date">;

export const metricSummarySchema = z.object({
  id: z.string(),
  version: z.number(),
  section: sectionSchema,
  label: z.string(),
  unit: unitSchema,
  description: z.string(),
  formula: z.string(),
  synonyms: z.array(z.string()),
  dimensions: z.array(z.string()),
  grains: z.array(grainSchema),
  edge_cases: z.array(z.string()),
  source: z.string(),
  better: z.enum(["up", "down", "neutral"]),
  filters: z.array(z.string()),
  drill: z.enum(["contacts", "orders", "payments", "subscriptions"]).nullable(),
  settings: z.array(z.string()),
});

export const resolvedRangeSchema = z.object({
  from: z.string().describe("First day, included, in the account's zone."),
  to: z.string().describe("Last day, included."),
  start: z.string(),
  end: z.string(),
  zone: z.string(),
  label: z.string(),
  complete: z.boolean().describe("False while the last day or period is still running."),
});

export const columnSchema = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(["time", "dimension", "metric", "comparison", "change"]),
  unit: columnUnitSchema,
  currency: z.string().nullable().optional(),
  metric: z.string().optional(),
  additive: z.boolean().optional(),
});

export const queryResultSchema = z.object({
  query: querySchema,
  columns: z.array(columnSchema),
  rows: z.array(rowSchema).describe("Money is whole minor units (cents); ratios are fractions."),
  totals: z.array(rowSchema),
  range: resolvedRangeSchema,
  comparison_range: resolvedRangeSchema.nullable(),
  grain: grainSchema.nullable(),
  currency: z.string().nullable(),
  as_of: z.string().nullable().describe("Null while the first copy of Keap is not complete."),
  sql: z.string(),
  params: z.array(z.unknown()),
  definitions: z.array(metricSummarySchema),
  row_count: z.number(),
  truncated: z.boolean(),
  copying: z.string().optional().describe("Say this first: what is still being copied from Keap."),
  notes: z.array(z.string()),
  drill: z.record(z.string(), z.enum(["contacts", "orders", "payments", "subscriptions"]).nullable()),
});

export const chartSchema = chartSpecSchema;
