import { z } from "zod";
import { asToolError } from "../query-errors";
import { readableViews } from "../sql/allowed";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

export const describeSchemaTool = defineTool({
  name: "describe_schema",
  group: "sql",
  title: "Describe the views",
  description:
    'The views run_sql may read, with what a row is, and the columns of one of them. Example: {} or {"view":"orders"}.',
  input: z.strictObject({
    view: z.string().min(1).max(100).optional().describe("Name of one view, for its columns."),
  }),
  output: z.object({
    views: z.array(z.object({ name: z.string(), row: z.string(), columns: z.array(z.string()).nullable() })),
  }),
  annotations: readOnly,
  handler: async ({ view }, { door, principal }) => {
    if (!view)
      return { views: Object.entries(readableViews).map(([name, row]) => ({ name, row, columns: null })) };
    const row = Object.hasOwn(readableViews, view) ? readableViews[view] : undefined;
    if (!row)
      throw new ToolError(
        "not_found",
        `There is no view "${view}". Views: ${Object.keys(readableViews).join(", ")}.`,
      );
    // The name is one of ours, so it may stand in the text.
    const { rows } = await door(
      `select v.* from (select 1) one left join (select * from analytics.${view} limit 1) v on true`,
      [],
      principal,
    ).catch(asToolError);
    return { views: [{ name: view, row, columns: Object.keys(rows[0] ?? {}) }] };
  },
  describe: ({ views }) =>
    views
      .map(
        ({ name, row, columns }) => `- ${name}: ${row}${columns ? ` Columns: ${columns.join(", ")}.` : ""}`,
      )
      .join("\n"),
});
