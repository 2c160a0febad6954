import { tools } from "../../tools/catalog";
import type { ToolDefinition } from "../../tools/define-tool";

/** The words of a tool's own description of its result; every tool brings one. */
export function composeTool(name: string, output: unknown): string {
  const tool = (tools as unknown as Record<string, ToolDefinition | undefined>)[name];
  const parsed = tool?.output.safeParse(output);
  if (!tool || !parsed?.success) return "Done.";
  return tool.describe(parsed.data);
}
