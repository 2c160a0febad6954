/**
 * What a tool says when it cannot do what was asked. The words are ours (never SQL or upstream text) and say what
 * happened, to what, and what to do next, since a model or a person reads them and acts on them.
 */
export class ToolError extends Error {
  readonly code: ToolErrorCode;
  /** Would the same call succeed later? */
  readonly retryable: boolean;

  constructor(code: ToolErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "ToolError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

export type ToolErrorCode =
  | "invalid_input"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "unavailable"
  | "internal";
