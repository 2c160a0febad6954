/**
 * Everything that can go wrong between us and Keap, in one class. It answers three questions: can the caller fix
 * it (`callerCanFix`), does waiting help and how long (`retryable`, `retryAfterMs`), and might a write have
 * happened all the same (`outcome: "unknown"`: read before you write again; Keap has no idempotency keys).
 */

export type KeapErrorKind =
  | "auth"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "throttled"
  | "server"
  | "timeout"
  | "network"
  | "malformed"
  | "aborted";

export interface KeapErrorOptions {
  kind: KeapErrorKind;
  /** What was asked, as `PATCH /v2/contacts/{id}`: the template, so that no address or name reaches a log. */
  operation: string;
  message: string;
  status?: number;
  /** Keap's own word for it, such as `keymanagement.service.access_token_expired`. */
  code?: string;
  retryAfterMs?: number;
  outcome?: "not_applied" | "unknown";
  details?: unknown;
  cause?: unknown;
}

const waitingHelps: ReadonlySet<KeapErrorKind> = new Set([
  "throttled",
  "server",
  "timeout",
  "network",
  "malformed",
]);
const callerFixes: ReadonlySet<KeapErrorKind> = new Set([
  "auth",
  "forbidden",
  "not_found",
  "invalid",
  "conflict",
]);

/** One failed call to Keap. Messages say what happened, to what, and what to do next. */
export class KeapError extends Error {
  override readonly name = "KeapError";
  readonly kind: KeapErrorKind;
  readonly operation: string;
  readonly status: number | null;
  readonly code: string | null;
  /** Repeating the same call later can work. False for a write whose outcome is unknown: look first. */
  readonly retryable: boolean;
  /** How long to wait before that, where Keap said so. */
  readonly retryAfterMs: number | null;
  readonly callerCanFix: boolean;
  readonly outcome: "not_applied" | "unknown";
  readonly details: unknown;

  constructor(options: KeapErrorOptions) {
    super(options.message, { cause: options.cause });
    this.kind = options.kind;
    this.operation = options.operation;
    this.status = options.status ?? null;
    this.code = options.code ?? null;
    this.outcome = options.outcome ?? "not_applied";
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.retryable = waitingHelps.has(options.kind) && this.outcome === "not_applied";
    this.callerCanFix = callerFixes.has(options.kind);
    this.details = options.details;
  }
}

export function isKeapError(error: unknown): error is KeapError {
  return error instanceof KeapError;
}

/** A request that the client refuses to send because Keap would misread it. */
export function invalidRequest(operation: string, message: string): KeapError {
  return new KeapError({
    kind: "invalid",
    operation,
    message: `${message} (${operation}; nothing was sent)`,
  });
}

interface Answer {
  operation: string;
  status: number;
  body: unknown;
  isRead: boolean;
  retryAfterMs?: number;
}

/** Turns an answer that is not a success into one error, whichever of Keap's layers wrote it. */
export function errorFromAnswer({ operation, status, body, isRead, retryAfterMs }: Answer): KeapError {
  const { text, code, details } = readErrorBody(body);
  const said = text ? `: ${text}` : "";
  const common = { operation, status, code, details, retryAfterMs };
  const prefix = `Keap answered ${status} to ${operation}${said}.`;
  // A gateway may report a spent quota as a fault with another status than 429.
  if (status === 429 || /quota|throttl|spikearrest|ratelimit/i.test(code ?? "")) {
    return new KeapError({
      ...common,
      kind: "throttled",
      message: `${prefix} The rate limit is reached: wait, then go on.`,
    });
  }
  if (status === 401) {
    return new KeapError({
      ...common,
      kind: "auth",
      message: `${prefix} The credential is wrong, expired or revoked: connect Keap again, or make a new key in Keap under Settings > API and set KEAP_TOKEN.`,
    });
  }
  if (status === 403) {
    return new KeapError({
      ...common,
      kind: "forbidden",
      message: `${prefix} The user behind the credential lacks this permission: grant it in Keap or use a service account key.`,
    });
  }
  if (status === 404 || status === 410) {
    return new KeapError({
      ...common,
      kind: "not_found",
      message: `${prefix} The record or path does not exist (any more).`,
    });
  }
  if (status === 409) {
    return new KeapError({
      ...common,
      kind: "conflict",
      message: `${prefix} It collides with what Keap holds: read the record again, then decide.`,
    });
  }
  if (status >= 400 && status < 500 && status !== 408) {
    return new KeapError({
      ...common,
      kind: "invalid",
      message: `${prefix} Correct the request: sending it again will not help.`,
    });
  }
  if (status === 501) {
    return new KeapError({ ...common, kind: "invalid", message: `${prefix} Keap does not offer this call.` });
  }
  return new KeapError({
    ...common,
    kind: "server",
    outcome: isRead ? "not_applied" : "unknown",
    message: isRead
      ? `${prefix} Keap has a problem of its own: try again later.`
      : `${prefix} Whether the change was made is not known: read the record before sending it again.`,
  });
}

/** The gateway's `fault`, v2's `{code, message, status, details}`, v1's `{message}`, the throttle's, HTML, or nothing. */
function readErrorBody(body: unknown): { text?: string; code?: string; details?: unknown } {
  if (typeof body === "string") {
    const plain = body
      .replace(/<(style|script)[\s\S]*?<\/\1>/gi, " ")
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim();
    return plain ? { text: plain.slice(0, 200) } : {};
  }
  if (typeof body !== "object" || body === null) return {};
  const { fault, message, status, code, details, error, error_description } = body as Record<string, unknown>;
  if (typeof fault === "object" && fault !== null) {
    const { faultstring, detail } = fault as { faultstring?: unknown; detail?: { errorcode?: unknown } };
    return { text: asText(faultstring), code: asText(detail?.errorcode) };
  }
  return {
    text: asText(message) ?? asText(error_description) ?? asText(error),
    code: asText(status) ?? asText(error) ?? asText(code),
    details: details ?? undefined,
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, 500) : undefined;
}

/** Errors of the socket that prove the request never reached Keap. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Turns a thrown fetch into one error: our abort, our timeout, or the network. */
export function errorFromFetch(
  cause: unknown,
  context: { operation: string; isRead: boolean; timedOutAfterMs?: number; aborted: boolean },
): KeapError {
  const { operation, isRead, timedOutAfterMs, aborted } = context;
  const outcome = isRead ? "not_applied" : "unknown";
  const look = isRead
    ? "Try again later."
    : "Whether the change was made is not known: read the record before sending it again.";
  if (aborted)
    return new KeapError({
      kind: "aborted",
      operation,
      outcome,
      cause,
      message: `${operation} was cancelled by us.`,
    });
  if (timedOutAfterMs !== undefined) {
    return new KeapError({
      kind: "timeout",
      operation,
      outcome,
      cause,
      message: `Keap did not answer ${operation} within ${Math.round(timedOutAfterMs / 1000)} s. ${look}`,
    });
  }
  const code = socketCode(cause);
  const sent = !code || !neverSent.has(code);
  return new KeapError({
    kind: "network",
    operation,
    code,
    cause,
    outcome: sent ? outcome : "not_applied",
    message: `The connection to Keap failed during ${operation}${code ? ` (${code})` : ""}. ${sent ? look : "Nothing was sent: check the network and KEAP_BASE_URL."}`,
  });
}

function socketCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return undefined;
}
