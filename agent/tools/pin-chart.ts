import { z } from "zod";
import { drawingSchema, suggestDrawing } from "@/analytics/charts/chart-spec";
import { querySchema } from "@/analytics/query/query";
import { findBoard } from "./boards";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";
import { titleOf } from "./query-metric";

export const pinChartTool = defineTool({
  name: "pin_chart",
  group: "boards",
  title: "Pin a chart to a board",
  description:
    'Saves a chart on a board of this account, where it is run again each time the board is opened. Use it when someone says "pin it" or "save this". Changes nothing in the CRM. Example: {"title":"Revenue by month","query":{"metrics":["revenue_collected"],"dimensions":["time"],"grain":"month","range":{"preset":"this_year"}}}.',
  input: z.strictObject({
    title: z.string().min(1).max(200).optional(),
    query: querySchema,
    drawing: drawingSchema.optional(),
    board: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        "Name or id of a board from list_boards. Without it: the first board, made when there is none.",
      ),
  }),
  output: z.object({
    chart_id: z.string(),
    board_id: z.string(),
    board_name: z.string(),
    title: z.string(),
    url: z.string(),
  }),
  annotations: additive,
  handler: async ({ title, query, drawing, board }, context) => {
    const { db, principal, app_url } = context;
    const spec = {
      version: 1,
      title: title ?? titleOf(query),
      query,
      drawing: drawing ?? suggestDrawing(query),
    };
    const { data, error } = await db.rpc("pin_chart", {
      p_account: principal.account_id,
      p_board: board ? (await findBoard(board, context)).id : null,
      p_title: spec.title,
      p_spec: spec,
      p_actor: principal.user_id,
    });
    if (error) {
      throw new ToolError("unavailable", "The chart could not be pinned. Nothing was saved; try again.", {
        retryable: true,
        cause: error,
      });
    }
    const pinned = pinnedSchema.parse(data);
    return { ...pinned, title: spec.title, url: `${app_url ?? ""}/boards/${pinned.board_id}` };
  },
  describe: ({ title, board_name, url }) => `Pinned "${title}" to the board "${board_name}": ${url}`,
});

const pinnedSchema = z.object({ chart_id: z.string(), board_id: z.string(), board_name: z.string() });
