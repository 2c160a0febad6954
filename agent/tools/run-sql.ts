import { z } from "zod";
import { asToolError } from "../query-errors";
import { readableViews } from "../sql/allowed";
import { checkSelect, SqlRefusal } from "../sql/check-select";
import { PlanError } from "../sql/planner";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { rowSchema } from "./schemas";

const mostRows = 500;
/** Estimates of the planner above these are refused: the embedded database can't stop a query that runs away. */
const mostCost = 3_000_000;
const mostNodeRows = 3_000_000;

export const runSqlTool = defineTool({
  name: "run_sql",
  group: "sql",
  title: "Run ad-hoc SQL",
  description: `Runs one SELECT over the analytics views, for questions no metric covers; prefer query_metric. The result is labelled ad-hoc: its definition is nobody's but yours. Money is in minor units. Views: ${Object.keys(readableViews).join(", ")} (see describe_schema). Example: {"sql":"select count(*) as people from contacts where deleted_at is null"}.`,
  input: z.strictObject({
    sql: z.string().min(1).max(10_000).describe("One SELECT. No parameters, no functions with side effects."),
  }),
  output: z.object({
    columns: z.array(z.string()),
    rows: z.array(rowSchema),
    row_count: z.number(),
    truncated: z.boolean(),
    as_of: z.string().nullable(),
    sql: z.string(),
    label: z.literal("ad-hoc SQL, not a registered metric"),
  }),
  annotations: readOnly,
  isPresent: ({ planner }) => planner !== undefined,
  handler: async ({ sql }, { door, planner, principal }) => {
    if (!planner)
      throw new ToolError(
        "unavailable",
        "Ad-hoc SQL is switched off in this installation. Use query_metric.",
      );
    const text = sql.trim().replace(/;\s*$/, "");
    await checkSelect(text).catch(refusalAsToolError);
    const capped = `select * from (\n${text}\n) as asked limit ${mostRows + 1}`;
    // The text as it will run, checked again: what stands inside must not be able to leave its parentheses.
    await checkSelect(capped).catch(refusalAsToolError);
    const plan = await planner(capped, principal).catch(planAsToolError);
    if (plan.total_cost > mostCost || plan.largest_node_rows > mostNodeRows) {
      throw new ToolError(
        "invalid_input",
        "This would read or make too many rows. Join on ids, filter earlier, or group before joining.",
      );
    }
    const answer = await door(capped, [], principal).catch(asToolError);
    const rows = answer.rows.slice(0, mostRows);
    return {
      columns: Object.keys(rows[0] ?? {}),
      rows: rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, cell(value)])),
      ),
      row_count: rows.length,
      truncated: answer.rows.length > mostRows || answer.truncated,
      as_of: answer.as_of,
      sql: text,
      label: "ad-hoc SQL, not a registered metric" as const,
    };
  },
  describe: ({ columns, rows, row_count, truncated, as_of, label }) =>
    [
      `${label}. ${row_count} rows${truncated ? " (cut)" : ""}, ${as_of ? `data as of ${as_of}` : "the first copy of Keap is not complete"}.`,
      columns.join(" | "),
      ...rows.slice(0, 100).map((row) =>
        columns
          .map((column) =>
            String(row[column] ?? "")
              .replace(/[\s|]+/g, " ")
              .slice(0, 200),
          )
          .join(" | "),
      ),
      ...(rows.length > 100 ? [`… ${rows.length - 100} more rows.`] : []),
    ].join("\n"),
});

/** Nested values (arrays, objects) as text: a cell is a scalar. */
function cell(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  return JSON.stringify(value) ?? null;
}

function refusalAsToolError(error: unknown): never {
  if (error instanceof SqlRefusal) throw new ToolError("invalid_input", error.message, { cause: error });
  throw error;
}

const planProblems: Record<string, string> = {
  "42703": "A column is not there. describe_schema lists the columns of each view.",
  "42P01": "A view is not there. describe_schema lists the views.",
  "42883": "A function or operator does not fit its values. Cast them, for example amount_minor::numeric.",
  "42803": "A column must stand in GROUP BY or inside an aggregate.",
  "42702": "A column name is in several views. Say which, such as orders.currency.",
};

function planAsToolError(error: unknown): never {
  if (!(error instanceof PlanError)) throw error;
  throw new ToolError(
    "invalid_input",
    planProblems[error.code] ??
      "The database does not accept this statement. Check names and types with describe_schema.",
    { cause: error },
  );
}
