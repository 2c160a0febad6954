import { ToolError } from "./tools/errors";

/** An error of the query layer in the words of a tool; unexpected ones pass through to be reported. */
export function asToolError(error: unknown): never {
  if (error instanceof Error && error.name === "QueryError") {
    throw new ToolError("invalid_input", error.message, { cause: error });
  }
  if (error instanceof Error && error.name === "QueryDoorError") {
    const retryable = "retryable" in error && error.retryable === true;
    throw new ToolError("unavailable", error.message, { retryable, cause: error });
  }
  throw error;
}
