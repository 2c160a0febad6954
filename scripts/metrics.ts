/**
 * `npm run metrics -- list|show ID|query '<json>'|shape '<json>' [--json]`: the metric registry on the command line. `query`
 * and `shape` read the running Keapsake named in .keapsake/dev.json, or SUPABASE_URL and SUPABASE_SECRET_KEY.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { getMetric, listMetrics, metrics, summarizeMetric } from "@/analytics/metrics/catalog";
import type { MetricSummary } from "@/analytics/metrics/definition";
import type { AnalyticsAccount } from "@/analytics/query/account";
import { openQueryDoor } from "@/analytics/query/door";
import { QueryDoorError, QueryError } from "@/analytics/query/errors";
import { nearest } from "@/analytics/query/nearest";
import type { QueryInput } from "@/analytics/query/query";
import type { QueryResult, ResultRow } from "@/analytics/query/result";
import { type QueryContext, runMetricQuery } from "@/analytics/query/run";
import { runShape } from "@/analytics/shapes/run-shape";
import type { ShapeQueryInput, ShapeResult } from "@/analytics/shapes/shape";
import { createServiceClient } from "@/supabase/client";

const usage = `Usage:
  npm run metrics -- list [SECTION] [--json]
  npm run metrics -- show ID [--json]
  npm run metrics -- query '{"metrics":["revenue_collected"],"grain":"month","range":{"preset":"this_year"}}' [--json]
  npm run metrics -- shape '{"shape":"funnel","steps":[{"lead":true},{"purchase":true}]}' [--json]`;

/** Something the person at the keyboard can put right. */
class UsageError extends Error {}

type PrintedResult = Pick<
  QueryResult | ShapeResult,
  "columns" | "rows" | "totals" | "range" | "currency" | "as_of" | "notes" | "copying"
> & { definitions: { label: string; formula: string }[] };

const devSchema = z.object({ supabase_url: z.string(), secret_key: z.string() });

function connection(): { url: string; secretKey: string } {
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secretKey } = process.env;
  if (url && secretKey) return { url, secretKey };
  const file = join(process.env.KEAPSAKE_DATA_DIR ?? ".keapsake", "dev.json");
  if (!existsSync(file)) {
    throw new UsageError(
      `Keapsake is not running here: ${file} does not exist. Run npm start first, or set SUPABASE_URL and SUPABASE_SECRET_KEY.`,
    );
  }
  const dev = devSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return { url: dev.supabase_url, secretKey: dev.secret_key };
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new UsageError(`The query is not valid JSON: ${(error as Error).message}.\n${usage}`);
  }
}

async function openContext(): Promise<QueryContext> {
  const service = createServiceClient(connection());
  const { data, error } = await service
    .from("accounts")
    .select("id, name, time_zone, currency, week_start")
    .order("created_at")
    .limit(1);
  if (error)
    throw new UsageError(`The database did not answer: ${error.message}. Is npm start still running?`);
  const account = (data as AnalyticsAccount[] | null)?.[0];
  if (!account) throw new UsageError("There is no account yet. Connect Keap, or let npm start finish.");
  const principal = {
    account_id: account.id,
    user_id: null,
    role: "analyst" as const,
    scopes: [],
    via: "cli" as const,
  };
  return { principal, account, door: openQueryDoor(service) };
}

function cellText(value: ResultRow[string] | undefined, unit: string, currency: string): string {
  if (value === null || value === undefined) return "n/a";
  if (unit === "ratio") return `${(Number(value) * 100).toFixed(1)} %`;
  if (unit !== "money") return String(value);
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(Number(value) / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function printResult(result: PrintedResult): void {
  const show = (row: ResultRow, name: string) => {
    const shown = result.columns.map((column) => {
      const value = column.kind === "time" ? (row.time_label ?? name) : row[column.id];
      const isGroup = column.kind === "dimension" || column.kind === "time";
      return isGroup
        ? String(value ?? name)
        : cellText(value, column.unit, String(row.currency ?? result.currency ?? "USD"));
    });
    return shown.join("\t");
  };
  if (result.copying) console.log(`${result.copying}\n`);
  console.log(result.columns.map(({ label }) => label).join("\t"));
  for (const row of result.rows) console.log(show(row, ""));
  for (const row of result.totals) console.log(show(row, "Total"));
  console.log(
    `\n${result.range.label} · ${result.range.zone} · ${result.as_of ? `as of ${result.as_of}` : "first copy not complete"}`,
  );
  for (const definition of result.definitions) console.log(`${definition.label}: ${definition.formula}`);
  for (const note of result.notes) if (note !== result.copying) console.log(`· ${note}`);
}

function printMetric(metric: MetricSummary): void {
  console.log(
    `${metric.label} (${metric.id}, version ${metric.version}, ${metric.unit})\n${metric.description}\n`,
  );
  console.log(`Formula     ${metric.formula}`);
  console.log(`Split by    ${metric.dimensions.join(", ")}`);
  console.log(`Filters     ${metric.filters.join(", ")}`);
  console.log(`Grains      ${metric.grains.join(", ")}`);
  console.log(`Opens       ${metric.drill ?? "nothing"}`);
  if (metric.settings.length > 0) console.log(`Settings    ${metric.settings.join(", ")}`);
  console.log(`Source      ${metric.source}`);
  for (const edge of metric.edge_cases) console.log(`· ${edge}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false } },
  });
  const [command, argument] = positionals;
  const print = (data: unknown) => console.log(JSON.stringify(data, null, 2));
  switch (command) {
    case "list": {
      const sections = [...new Set(metrics.map(({ section }) => section))];
      if (argument && !(sections as string[]).includes(argument))
        throw new UsageError(`There is no section "${argument}". There are ${sections.join(", ")}.`);
      const list = listMetrics(argument);
      if (values.json) return print(list);
      for (const metric of list) console.log(`${metric.id.padEnd(26)} ${metric.description}`);
      return;
    }
    case "show": {
      const metric = getMetric(argument ?? "");
      if (!metric) {
        const near = nearest(
          argument ?? "",
          metrics.map(({ id, label, synonyms }) => ({ id, names: [label, ...synonyms] })),
        );
        throw new UsageError(`There is no metric "${argument ?? ""}". The nearest: ${near.join(", ")}.`);
      }
      return values.json ? print(summarizeMetric(metric)) : printMetric(summarizeMetric(metric));
    }
    case "query": {
      if (!argument) throw new UsageError(usage);
      const result = await runMetricQuery(parse<QueryInput>(argument), await openContext());
      return values.json ? print(result) : printResult(result);
    }
    case "shape": {
      if (!argument) throw new UsageError(usage);
      const result = await runShape(parse<ShapeQueryInput>(argument), await openContext());
      return values.json ? print(result) : printResult(result);
    }
    default:
      throw new UsageError(usage);
  }
}

main().catch((error: unknown) => {
  const known = error instanceof UsageError || error instanceof QueryError || error instanceof QueryDoorError;
  console.error(known ? error.message : error);
  process.exitCode = known && !(error instanceof QueryDoorError) ? 2 : 1;
});
