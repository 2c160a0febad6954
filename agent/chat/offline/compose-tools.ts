import type { z } from "zod";
import type { QueryResult } from "@/analytics/query/result";
import { tools } from "../../tools/catalog";
import type { ToolDefinition } from "../../tools/define-tool";
import type { savedQuestionsTool } from "../../tools/saved-questions";
import { composeResult } from "./compose";
import { composeShape, type ShapeAnswer } from "./shapes/compose-shape";

/** The words of a tool's own description of its result; every tool brings one. */
export function composeTool(name: string, output: unknown): string {
  const tool = (tools as unknown as Record<string, ToolDefinition | undefined>)[name];
  const parsed = tool?.output.safeParse(output);
  if (!tool || !parsed?.success) return "Done.";
  if (name === "saved_questions") {
    const { run } = parsed.data as z.output<typeof savedQuestionsTool.output>;
    // What was asked again is said as it was the first time.
    if (run)
      return "shape" in run.chart
        ? composeShape({ result: run.result as ShapeAnswer["result"], behind: null })
        : composeResult(run.result as QueryResult);
  }
  const text = tool.describe(parsed.data);
  return shownBeside.has(name) ? text.split("\n").slice(0, 2).join("\n") : text;
}

/** Tools whose rows the app draws: beside a table, a list of the same is noise. */
const shownBeside = new Set(["cohort"]);
