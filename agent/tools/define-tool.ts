import type { z } from "zod";
import type { ToolContext } from "./context";
import { ToolError } from "./errors";
import { preferencesOf } from "./preferences";
import { mayUse, refusalFor, type ToolGroup } from "./rights";

/** The four hints of the Model Context Protocol, all of them, for every tool. */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** A read of our own database: changes nothing, may be repeated, reaches nobody outside. */
export const readOnly: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Adds something of ours (a chart on a board, a proposal) and takes nothing away. */
export const additive: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
};

export interface ToolDefinition<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  name: Name;
  group: ToolGroup;
  title: string;
  /** When to use it, when not, and an example: read by models. */
  description: string;
  input: Input;
  output: Output;
  annotations: ToolAnnotations;
  /** False where the installation lacks what the tool needs; it is then not offered. Left out: always there. */
  isPresent?: (context: ToolContext) => boolean;
  handler: (input: z.output<Input>, context: ToolContext) => Promise<z.input<Output>>;
  /** One compact, complete text of the result: many MCP clients show a model only that. */
  describe: (output: z.output<Output>) => string;
}

/** Declares one tool and keeps its exact types. */
export function defineTool<Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  definition: ToolDefinition<Name, Input, Output>,
): ToolDefinition<Name, Input, Output> {
  return definition;
}

/** Whether a tool is offered to this caller: by rights, by what the installation has and what the account left on. */
export function isOffered(tool: ToolDefinition, context: ToolContext): boolean {
  return (
    mayUse(tool, context.principal) && !isSwitchedOff(tool, context) && (tool.isPresent?.(context) ?? true)
  );
}

function isSwitchedOff({ group }: Pick<ToolDefinition, "group">, context: ToolContext): boolean {
  return preferencesOf(context).tool_groups_off.includes(group);
}

/**
 * Runs a tool for one caller: rights, input, handler, output, in this order.
 * Throws `ToolError` only; anything unexpected is reported to the operator and becomes a plain sentence.
 */
export async function runTool<Input extends z.ZodType, Output extends z.ZodType>(
  tool: ToolDefinition<string, Input, Output>,
  rawInput: unknown,
  context: ToolContext,
): Promise<z.output<Output>> {
  refuseWithoutRights(tool, context);
  const parsed = tool.input.safeParse(rawInput);
  if (!parsed.success) throw invalidInput(tool.name, parsed.error);
  try {
    return tool.output.parse(await tool.handler(parsed.data, context));
  } catch (error) {
    if (error instanceof ToolError) throw error;
    context.report?.(error, `tool ${tool.name}`);
    throw new ToolError(
      "internal",
      `${tool.title} failed inside Keapsake. Nothing was changed. Try again; if it goes on, tell your administrator.`,
      {
        retryable: true,
        cause: error,
      },
    );
  }
}

function refuseWithoutRights(tool: ToolDefinition, context: ToolContext): void {
  const refusal = refusalFor(tool, context.principal);
  if (!refusal && isSwitchedOff(tool, context))
    throw new ToolError(
      "forbidden",
      `The tool group "${tool.group}" is switched off in this account. An administrator can switch it on in settings.`,
    );
  if (!refusal) return;
  const { principal } = context;
  const { reason, needed } = refusal;
  const words = {
    role: `${tool.title} is not open to the role "${principal.role}"; it needs ${needed}. Ask an administrator of this account.`,
    group: `This key does not include the tool group "${needed}". Make a key with that group in settings.`,
    scope: `This key does not have the scope "${needed}". Make a key with it in settings.`,
  };
  throw new ToolError("forbidden", words[reason]);
}

function invalidInput(name: string, error: z.ZodError): ToolError {
  const problems = error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`)
    .join("; ");
  return new ToolError(
    "invalid_input",
    `The input of ${name} is not valid. ${problems}. Correct these fields and call it again.`,
  );
}
