import { z } from "zod";
import { anyChartSchema } from "@/analytics/charts/any-chart";
import { runChart } from "@/analytics/charts/run-chart";
import { asToolError } from "../query-errors";
import { refuseFieldsForViewers } from "../query-rights";
import { resultText } from "../result-text";
import { findBoard } from "./boards";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { chartSchema, queryResultSchema } from "./schemas";
import { shapeChartSchema, shapeResultSchema } from "./shape";

/** Charts of a board that are computed at once; a board that holds more is read in parts. */
const mostCharts = 12;

export const getBoardTool = defineTool({
  name: "get_board",
  group: "boards",
  title: "Read a board",
  description:
    'The charts of one saved board with their numbers of now. Use it for "what is on the sales board" and to summarise a board. Name it as list_boards does. Example: {"board":"Sales overview"}.',
  input: z.strictObject({
    board: z.string().min(1).max(200).describe("Name or id of the board."),
    from: z.number().int().min(0).default(0).describe("First chart, for boards with more than 12."),
  }),
  output: z.object({
    board: z.object({ id: z.string(), name: z.string(), description: z.string().nullable() }),
    charts: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        chart: z.union([chartSchema, shapeChartSchema]).nullable(),
        result: z.union([queryResultSchema, shapeResultSchema]).nullable(),
        problem: z.string().nullable(),
      }),
    ),
    total: z.number(),
    truncated: z.boolean(),
    url: z.string(),
  }),
  annotations: readOnly,
  handler: async ({ board: wanted, from }, context) => {
    const { db, principal, door, account, clock, app_url } = context;
    const board = await findBoard(wanted, context);
    const { data, error, count } = await db
      .from("board_charts")
      .select("id, title, spec", { count: "exact" })
      .eq("account_id", principal.account_id)
      .eq("board_id", board.id)
      .order("position")
      .order("id")
      .range(from, from + mostCharts - 1);
    if (error)
      throw new ToolError("unavailable", "The board could not be read. Try again.", { retryable: true });
    const charts = [];
    for (const { id, title, spec } of data) {
      const parsed = anyChartSchema.safeParse(spec);
      if (!parsed.success) {
        charts.push({
          id,
          title,
          chart: null,
          result: null,
          problem: "Saved by another version; open the board in the app.",
        });
        continue;
      }
      const chart = parsed.data;
      try {
        if ("query" in chart) refuseFieldsForViewers(chart.query, principal);
        const result = await runChart(chart, { principal, door, account, clock }).catch(asToolError);
        charts.push({ id, title, chart, result, problem: null });
      } catch (failed) {
        if (!(failed instanceof ToolError)) throw failed;
        charts.push({ id, title, chart, result: null, problem: failed.message });
      }
    }
    const total = count ?? charts.length;
    return {
      board,
      charts,
      total,
      truncated: from + charts.length < total,
      url: `${app_url ?? ""}/boards/${board.id}`,
    };
  },
  describe: ({ board, charts, total, url }) =>
    [
      `Board "${board.name}"${board.description ? `: ${board.description}` : ""} (${total} ${total === 1 ? "chart" : "charts"}): ${url}`,
      ...charts.map(({ title, result, problem }) => `## ${title}\n${result ? resultText(result) : problem}`),
    ].join("\n\n"),
});
