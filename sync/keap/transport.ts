import { type Clock, systemClock } from "./clock";
import { errorFromAnswer, errorFromFetch, invalidRequest, isKeapError, KeapError } from "./errors";
import { defaultTimeoutMs } from "./lists";
import { malformed } from "./pages";
import type { Lane, QuotaGate } from "./quota";
import { readQuotaHeaders } from "./quota-headers";

/** Where the bearer credential comes from. */
export interface AccessTokens {
  /** The credential to send now, refreshed beforehand when it is about to expire. */
  current(signal?: AbortSignal): Promise<string>;
  /** Called with a credential that Keap refused: another one to try once, or null when there is none. */
  afterRefusal(refused: string, signal?: AbortSignal, code?: string | null): Promise<string | null>;
  /** The header that carries the credential; `Authorization: Bearer` unless told. */
  header?(token: string): Record<string, string>;
  /** Told when Keap has taken the credential. */
  worked?(): void;
}

export interface CallOptions {
  lane?: Lane;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Longest wait for a turn under the rate limit. */
  maxWaitMs?: number;
}

export interface KeapRequest extends CallOptions {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** A template such as `/v2/contacts/{contact_id}`: it names the operation in errors and logs, without data. */
  path: string;
  params?: Readonly<Record<string, string | number>>;
  /** Already encoded `key=value` pairs, in order. */
  query?: readonly string[];
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** A success without a JSON body (202, 204, and some 200). */
  expectsNothing?: boolean;
}

export interface KeapAnswer {
  status: number;
  body: unknown;
  headers: Headers;
}

/** One line per HTTP call, without data of the account: for logs, counters and benchmarks. */
export interface CallReport {
  operation: string;
  lane: Lane;
  status: number | null;
  error: KeapError["kind"] | null;
  attempt: number;
  durationMs: number;
}

export interface TransportOptions {
  /** The host; `/crm/rest/…` is appended. */
  baseUrl: string;
  tokens: AccessTokens;
  quota: QuotaGate;
  fetch?: typeof fetch;
  clock?: Clock;
  lane?: Lane;
  random?: () => number;
  /** Tries of one call, counting the first. */
  maxAttempts?: number;
  /** Longest pause between two tries; a longer one is left to the caller. */
  maxRetryWaitMs?: number;
  onCall?: (report: CallReport) => void;
}

export interface Transport {
  send(request: KeapRequest): Promise<KeapAnswer>;
}

/**
 * The only way to Keap: every try asks the quota gate first and reports the answer's headers to it. Reads are tried
 * again by class of error; a write only when it is certain that nothing was applied.
 */
export function createTransport(options: TransportOptions): Transport {
  const {
    quota,
    tokens,
    clock = systemClock,
    random = Math.random,
    maxAttempts = 4,
    maxRetryWaitMs = 60_000,
  } = options;
  const base = options.baseUrl.replace(/\/+$/, "");
  const call = options.fetch ?? fetch;

  async function attempt(
    request: KeapRequest,
    url: string,
    lane: Lane,
    attemptNumber: number,
    token: string,
  ) {
    const operation = operationOf(request);
    const permit = await quota.acquire(lane, {
      operation,
      signal: request.signal,
      maxWaitMs: request.maxWaitMs,
    });
    const started = clock.now();
    const report = (status: number | null, error: KeapError["kind"] | null) =>
      options.onCall?.({
        operation,
        lane,
        status,
        error,
        attempt: attemptNumber,
        durationMs: clock.now() - started,
      });
    try {
      // Keap counted the call before its answer began: the turn is over with the first byte, not the last.
      const { status, headers, text } = await exchange(call, request, {
        url,
        credential: tokens.header?.(token) ?? { authorization: `Bearer ${token}` },
        onAnswer: permit.settle,
      });
      quota.observe(headers, { status, lane });
      if (status !== 401) tokens.worked?.();
      const answer = read(request, status, headers, text, clock.now());
      report(status, null);
      return answer;
    } catch (error) {
      if (isKeapError(error)) report(error.status, error.kind);
      throw error;
    } finally {
      permit.settle();
    }
  }

  async function send(request: KeapRequest): Promise<KeapAnswer> {
    const url = base + urlOf(request);
    const lane = request.lane ?? options.lane ?? "interactive";
    let token = await tokens.current(request.signal);
    let renewed = false;
    for (let number = 1; ; number += 1) {
      try {
        return await attempt(request, url, lane, number, token);
      } catch (error) {
        if (!isKeapError(error)) throw error;
        // A refused credential proves that nothing was applied: a fresh one may try again, once.
        if (error.kind === "auth" && !renewed) {
          renewed = true;
          const fresh = await tokens.afterRefusal(token, request.signal, error.code);
          if (fresh === null) throw error;
          token = fresh;
          continue;
        }
        if (!error.retryable || wasNotSent(error) || number >= maxAttempts) throw error;
        // A throttled lane is held by the gate until Keap's time; anything else pauses here.
        if (error.kind === "throttled") continue;
        const pauseMs = error.retryAfterMs ?? 500 * 2 ** number * (0.5 + random());
        if (pauseMs > maxRetryWaitMs) throw error;
        await clock.sleep(pauseMs, request.signal).catch(() => Promise.reject(error));
      }
    }
  }

  return { send };
}

/** The call's name in errors and logs: `GET /v2/contacts/{contact_id}`. */
export function operationOf(request: Pick<KeapRequest, "method" | "path">): string {
  return `${request.method} ${request.path}`;
}

function urlOf(request: KeapRequest): string {
  const path = request.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = request.params?.[name];
    if (value === undefined || value === "")
      throw invalidRequest(operationOf(request), `The ${name} is missing`);
    return encodeURIComponent(String(value));
  });
  const query = request.query?.length ? `?${request.query.join("&")}` : "";
  return `/crm/rest${path}${query}`;
}

async function exchange(
  call: typeof fetch,
  request: KeapRequest,
  {
    url,
    credential,
    onAnswer,
  }: { url: string; credential: Readonly<Record<string, string>>; onAnswer: () => void },
) {
  const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    const response = await call(url, {
      method: request.method,
      signal,
      // A redirect would carry the credential to another place; Keap's API has none.
      redirect: "manual",
      headers: {
        accept: "application/json",
        ...credential,
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
    });
    onAnswer();
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw errorFromFetch(cause, {
      operation: operationOf(request),
      isRead: request.method === "GET",
      timedOutAfterMs: timeout.aborted && !request.signal?.aborted ? timeoutMs : undefined,
      aborted: request.signal?.aborted ?? false,
    });
  }
}

function read(request: KeapRequest, status: number, headers: Headers, text: string, now: number): KeapAnswer {
  const operation = operationOf(request);
  const isRead = request.method === "GET";
  const body = parseBody(text);
  if (status >= 200 && status < 300) {
    if (request.expectsNothing || (body !== undefined && typeof body !== "string"))
      return { status, body, headers };
    const what =
      text.trim() === "" ? "an empty answer" : /^\s*</.test(text) ? "a web page instead of JSON" : "no JSON";
    throw malformed(operation, what, !isRead);
  }
  const seen = readQuotaHeaders(headers, now);
  const spent =
    seen.day?.available === 0 && seen.day.resetsAtMs !== null ? Math.max(0, seen.day.resetsAtMs - now) : null;
  const retryAfterMs = seen.retryAfterMs ?? (status === 429 ? spent : null);
  throw errorFromAnswer({ operation, status, body, isRead, retryAfterMs: retryAfterMs ?? undefined });
}

/** JSON, or the text as it is, or undefined when there is none. */
function parseBody(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Whether an error came from the gate and not from Keap: nothing was sent. */
export function wasNotSent(error: unknown): boolean {
  return error instanceof KeapError && error.kind === "throttled" && error.status === null;
}
