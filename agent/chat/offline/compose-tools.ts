import { tools } from "../../tools/catalog";
import type { ToolDefinition } from "../../tools/define-tool";

/** The words of a tool's own description of its result; every tool brings one. */
export function composeTool(name: string, output: unknown): string {
  const tool = (tools as unknown as Record<string, ToolDefinition | undefined>)[name];
  const parsed = tool?.output.safeParse(output);
  if (!tool || !parsed?.success) return "Done.";
  const text = tool.describe(parsed.data);
  return shownBeside.has(name) ? text.split("\n").slice(0, 2).join("\n") : text;
}

/** Tools whose rows the app draws: beside a table, a list of the same is noise. */
const shownBeside = new Set(["cohort"]);
