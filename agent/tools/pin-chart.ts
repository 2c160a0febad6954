import { z } from "zod";
import { type AnyChart, chartOf } from "@/analytics/charts/any-chart";
import { type Drawing, drawingSchema, suggestDrawing } from "@/analytics/charts/chart-spec";
import { type Query, querySchema } from "@/analytics/query/query";
import { runShape } from "@/analytics/shapes/run-shape";
import { asToolError } from "../query-errors";
import { findBoard } from "./boards";
import type { ToolContext } from "./context";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";
import { titleOf } from "./query-metric";
import { shapeInputSchema, toShapeQuery } from "./shape";

export const pinChartTool = defineTool({
  name: "pin_chart",
  group: "boards",
  title: "Pin a chart to a board",
  description:
    'Saves a chart on a board of this account, where it is run again each time the board is opened. Use it when someone says "pin it" or "save this". Changes nothing in the CRM. Example: {"title":"Revenue by month","query":{"metrics":["revenue_collected"],"dimensions":["time"],"grain":"month","range":{"preset":"this_year"}}}.',
  input: z.strictObject({
    title: z.string().min(1).max(200).optional(),
    query: querySchema.optional(),
    shape: z
      .looseObject({})
      .optional()
      .describe("Instead of query: what the shape tool was called with, without open."),
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
  handler: async ({ title, query, shape, drawing, board }, context) => {
    const { db, principal, app_url } = context;
    const spec = await specOf({ title, query, shape, drawing }, context);
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

interface Pinned {
  title?: string | undefined;
  query?: Query | undefined;
  shape?: Record<string, unknown> | undefined;
  drawing?: Drawing | undefined;
}

/** The chart to keep. A shape is run once: its title names the account's own tags, and a wrong one is refused now. */
export async function specOf(
  { title, query, shape, drawing }: Pinned,
  context: ToolContext,
): Promise<AnyChart> {
  if (query && !shape)
    return {
      version: 1,
      title: title ?? titleOf(query),
      query,
      drawing: drawing ?? suggestDrawing(query),
    };
  const parsed = shapeInputSchema.safeParse(shape);
  if (query || !parsed.success)
    throw new ToolError(
      "invalid_input",
      "Give either query or shape, as query_metric or shape were called. Nothing was saved.",
    );
  const { principal, door, account, clock } = context;
  const result = await runShape(toShapeQuery(parsed.data), { principal, door, account, clock }).catch(
    asToolError,
  );
  const chart = chartOf(result);
  return { ...chart, title: title ?? chart.title, drawing: drawing ?? chart.drawing };
}

const pinnedSchema = z.object({ chart_id: z.string(), board_id: z.string(), board_name: z.string() });
