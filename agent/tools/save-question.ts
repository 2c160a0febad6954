import { z } from "zod";
import { drawingSchema } from "@/analytics/charts/chart-spec";
import { querySchema } from "@/analytics/query/query";
import { saveQuestion } from "../saved/saved-questions";
import { additive, defineTool } from "./define-tool";
import { specOf } from "./pin-chart";

export const saveQuestionTool = defineTool({
  name: "save_question",
  group: "boards",
  title: "Save a question",
  description:
    'Keeps a question about numbers under a name, for saved_questions. Use it for "save this as"; for people create_segment, for boards pin_chart. Example: {"name":"Sales","query":{"metrics":["sales_invoiced"]}}.',
  input: z.strictObject({
    name: z.string().trim().min(1).max(200),
    question: z.string().max(2_000).optional(),
    title: z.string().min(1).max(200).optional(),
    query: querySchema.optional(),
    shape: z.looseObject({}).optional().describe("As in pin_chart."),
    drawing: drawingSchema.optional(),
  }),
  output: z.object({ id: z.string(), name: z.string(), title: z.string(), url: z.string() }),
  annotations: additive,
  handler: async ({ name, question, ...asked }, context) => {
    const { db, principal, app_url } = context;
    const chart = await specOf(asked, context);
    const id = await saveQuestion(
      { name, question, chart },
      { db, account_id: principal.account_id, actor: principal.user_id },
    );
    return { id, name, title: chart.title, url: `${app_url ?? ""}/saved/${id}` };
  },
  describe: ({ name, url }) =>
    `Saved the question as "${name}". It is computed anew each time it is opened or run: ${url}`,
});
