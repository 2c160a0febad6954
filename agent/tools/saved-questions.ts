import { z } from "zod";
import { runChart } from "@/analytics/charts/run-chart";
import { asToolError } from "../query-errors";
import { refuseFieldsForViewers } from "../query-rights";
import { resultText } from "../result-text";
import { findSaved, listSaved } from "../saved/saved-questions";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { chartSchema, queryResultSchema } from "./schemas";
import { shapeChartSchema, shapeResultSchema } from "./shape";

export const savedQuestionsTool = defineTool({
  name: "saved_questions",
  group: "boards",
  title: "Saved questions",
  description:
    'Questions that people saved by name; with a name, that one is asked again, with the numbers of now. Example: {"name":"Weekly sales"}.',
  input: z.strictObject({
    name: z.string().min(1).max(200).optional().describe("Without it: all of them."),
  }),
  output: z.object({
    saved: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        question: z.string().nullable(),
        readable: z.boolean().describe("False: saved by another version; it can't be run."),
      }),
    ),
    total: z.number(),
    run: z
      .object({
        chart: z.union([chartSchema, shapeChartSchema]),
        result: z.union([queryResultSchema, shapeResultSchema]),
      })
      .nullable(),
    url: z.string(),
  }),
  annotations: readOnly,
  handler: async ({ name }, context) => {
    const { db, principal, door, account, clock, app_url } = context;
    const of = { db, account_id: principal.account_id };
    const listed = name ? [await findSaved(name, of)] : await listSaved(of);
    const saved = listed.map(({ id, name: called, question, chart }) => ({
      id,
      name: called,
      question,
      readable: chart !== null,
    }));
    const url = `${app_url ?? ""}/saved${name ? `/${listed[0]?.id}` : ""}`;
    const [first] = listed;
    if (!name || !first) return { saved, total: saved.length, run: null, url };
    const { chart } = first;
    if (!chart)
      throw new ToolError(
        "conflict",
        `"${first.name}" was saved by another version and can't be run any more. Ask it anew and save that; the old one can be deleted on the Saved page.`,
      );
    if ("query" in chart) refuseFieldsForViewers(chart.query, principal);
    const result = await runChart(chart, { principal, door, account, clock }).catch(asToolError);
    return { saved, total: 1, run: { chart, result }, url };
  },
  describe: ({ saved, run, url }) => {
    const [first] = saved;
    if (run && first) return `${first.name}: ${run.chart.title}\n${resultText(run.result)}\n${url}`;
    if (!first)
      return 'No question has been saved yet. Ask one, then say "save this as" with a name, or press Save on its chart.';
    return [
      ...saved.map(
        ({ name, question, readable }) =>
          `- ${name}${question ? `: ${question}` : ""}${readable ? "" : " (saved by another version)"}`,
      ),
      url,
    ].join("\n");
  },
});
