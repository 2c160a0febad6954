import { z } from "zod";

/** Sizes of a time bucket. Buckets are half-open and cut in the account's zone. */
export const grains = ["day", "week", "month", "quarter", "year"] as const;
export const grainSchema = z.enum(grains);
export type Grain = z.infer<typeof grainSchema>;

const dateSchema = z.iso.date().describe("A calendar day in the account's zone, such as 2026-03-31.");

export const rangePresets = [
  "today",
  "yesterday",
  "this_week",
  "this_month",
  "this_quarter",
  "this_year",
  "previous_week",
  "previous_month",
  "previous_quarter",
  "previous_year",
  "week_to_date",
  "month_to_date",
  "quarter_to_date",
  "year_to_date",
  "all_time",
] as const;

/**
 * Which days a question is about. Both ends of an absolute range are included. `this_…` and `…_to_date` end today and
 * are marked incomplete. `last: 6, unit: "month"` means the six completed months, unless the current one is asked for.
 */
export const rangeSchema = z.union([
  z.strictObject({ from: dateSchema, to: dateSchema.describe("Last day, included.") }),
  z.strictObject({ preset: z.enum(rangePresets) }),
  z.strictObject({
    last: z.number().int().min(1).max(3660),
    unit: grainSchema,
    including_current: z
      .boolean()
      .default(false)
      .describe("Count the running period as the last one. Default: completed periods only."),
  }),
]);
export type Range = z.infer<typeof rangeSchema>;

const namesSchema = z
  .array(z.string().min(1).max(300))
  .min(1)
  .max(200)
  .describe("Names or ids, any of which may match. 'unknown' matches what has no value.");

const boundSchema = z.union([z.number(), dateSchema]);

/**
 * Conditions, freely nested. `dimension`/`is` restricts the rows counted. The others restrict the people: whoever
 * holds one of the tags now (or none of them), ever bought one of the products (or none), is in one of the saved
 * segments, or whose custom field holds one of the values or lies between two numbers or days, both included.
 */
export type Filter =
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | { dimension: string; is: string[] }
  | { has_tag: string[] }
  | { without_tag: string[] }
  | { bought_product: string[] }
  | { not_bought_product: string[] }
  | { in_segment: string[] }
  | { field: string; is: string[] }
  | { field: string; at_least?: number | string; at_most?: number | string };

export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    z.strictObject({ and: z.array(filterSchema).min(1).max(20) }),
    z.strictObject({ or: z.array(filterSchema).min(1).max(20) }),
    z.strictObject({ not: filterSchema }),
    z.strictObject({ dimension: z.string().min(1), is: namesSchema }),
    z.strictObject({ has_tag: namesSchema }),
    z.strictObject({ without_tag: namesSchema }),
    z.strictObject({ bought_product: namesSchema }),
    z.strictObject({ not_bought_product: namesSchema }),
    z.strictObject({ in_segment: namesSchema }),
    z.strictObject({ field: z.string().min(1), is: namesSchema }),
    z.strictObject({
      field: z.string().min(1).describe("Name or id of a custom field of contacts."),
      at_least: boundSchema.optional(),
      at_most: boundSchema.optional(),
    }),
  ]),
);

export const comparisonSchema = z.enum(["previous_period", "previous_year"]);
export type Comparison = z.infer<typeof comparisonSchema>;

/**
 * One question about numbers, as data. Chat, boards, MCP, alerts and exports all send this; `compile.ts` turns it into
 * SQL. Metric and dimension ids are checked against the registry when the query is resolved, so that a wrong one is
 * answered with the nearest right one.
 */
export const querySchema = z.strictObject({
  metrics: z
    .array(z.string().min(1))
    .min(1)
    .max(8)
    .describe("Ids of registered metrics, such as revenue_collected. See list_metrics."),
  dimensions: z
    .array(z.string().min(1))
    .max(3)
    .default([])
    .describe(
      "How to split: time, product, tag, lead_source, country, region … as the metric allows; field:Name for a custom field of contacts.",
    ),
  grain: grainSchema
    .optional()
    .describe("Bucket size for the dimension time; chosen by the range when left out."),
  filters: filterSchema.optional(),
  range: rangeSchema.default({ last: 12, unit: "month", including_current: true }),
  comparison: comparisonSchema.optional().describe("Also give the same numbers for an earlier range."),
  order: z
    .strictObject({ by: z.string().min(1), direction: z.enum(["asc", "desc"]).default("desc") })
    .optional()
    .describe("A metric or dimension of this query. Default: time, then the first metric downwards."),
  limit: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Keep the first N groups of the non-time dimension."),
  others: z
    .boolean()
    .default(true)
    .describe("With limit: add up what was cut in a group named others, where that is right."),
});
export type Query = z.infer<typeof querySchema>;
/** A query as people and models write it: defaults may be left out. */
export type QueryInput = z.input<typeof querySchema>;
