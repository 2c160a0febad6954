import { z } from "zod";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const boardSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  charts: z.array(z.object({ id: z.string(), title: z.string() })),
});

export const listBoardsTool = defineTool({
  name: "list_boards",
  group: "boards",
  title: "List boards",
  description:
    "The saved boards of the account with the titles of their charts. Use it before pin_chart when a board is named. Example: {}.",
  input: z.strictObject({}),
  output: z.object({ boards: z.array(boardSchema), total: z.number() }),
  annotations: readOnly,
  handler: async (_, { db, principal }) => {
    const account = principal.account_id;
    const [boards, charts] = await Promise.all([
      db
        .from("boards")
        .select("id, name, description")
        .eq("account_id", account)
        .order("position")
        .order("id")
        .limit(200),
      db
        .from("board_charts")
        .select("id, board_id, title")
        .eq("account_id", account)
        .order("position")
        .order("id")
        .limit(1_000),
    ]);
    if (boards.error || charts.error)
      throw new ToolError("unavailable", "The boards could not be read. Try again.", { retryable: true });
    const list = boards.data.map((board) => ({
      ...board,
      charts: charts.data
        .filter(({ board_id }) => board_id === board.id)
        .map(({ id, title }) => ({ id, title })),
    }));
    return { boards: list, total: list.length };
  },
  describe: ({ boards }) =>
    boards.length === 0
      ? "There are no boards yet. Pin a chart to make the first one."
      : boards
          .map(
            ({ name, charts }) =>
              `- ${name}: ${charts.map(({ title }) => title).join("; ") || "no charts yet"}`,
          )
          .join("\n"),
});
