import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { SupabaseClient } from "@/supabase/client";
import { type Clock, systemClock } from "./clock";
import { errorFromFetch, KeapError } from "./errors";
import type { SecretBox } from "./secret-box";
import type { AccessTokens } from "./transport";

/** Keap's consent page. The tenant is chosen there and comes back inside `scope`. */
export const authorizeEndpoint = "https://accounts.infusionsoft.com/app/oauth/authorize";

export interface OAuthOptions {
  service: SupabaseClient;
  accountId: string;
  clientId: string;
  clientSecret: string;
  box: SecretBox;
  /** Keap's host; `/token` is appended. */
  baseUrl: string;
  fetch?: typeof fetch;
  clock?: Clock;
  /** Refresh this long before the access token ends, so that no call meets its end. */
  refreshAheadMs?: number;
  timeoutMs?: number;
}

export type ConnectionState =
  | { state: "unconnected"; cure: string }
  | {
      state: "active";
      tenant: string | null;
      access_expires_at: string;
      issued_at: string;
      idle_until: string;
    }
  | { state: "refreshing" | "uncertain"; tenant: string | null; reason: string | null }
  | { state: "reauthorise"; reason: string; cure: string };

export interface OAuthTokens extends AccessTokens {
  /** Trades the code of the consent page for the first pair and stores it. */
  connect(code: string, redirectUri: string): Promise<{ tenant: string | null }>;
  /** Refreshes when the stored pair is older than this, so that an idle connection does not die after 45 days. */
  refreshIfOlderThan(ageMs: number): Promise<boolean>;
  connectionState(): Promise<ConnectionState>;
}

const cure = "Open Settings > Keap connection and connect Keap again.";

const tokenAnswerSchema = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  scope: z.string().nullish(),
});

const storedSchema = z.object({
  generation: z.int(),
  client_id: z.string(),
  tenant: z.string().nullable(),
  access_token_encrypted: z.string(),
  refresh_token_encrypted: z.string(),
  access_expires_at: z.string(),
  issued_at: z.string(),
  state: z.enum(["active", "refreshing", "uncertain", "reauthorise"]),
  state_reason: z.string().nullable(),
});
type Stored = z.infer<typeof storedSchema>;

interface SealedPair {
  client_id: string;
  tenant: string | null;
  access_token_encrypted: string;
  refresh_token_encrypted: string;
  access_expires_at: string;
}

interface UnstoredPair {
  generation: number;
  tokens: SealedPair;
}

export function authorizeUrl(options: {
  clientId: string;
  redirectUri: string;
  state: string;
  endpoint?: string;
}): string {
  const url = new URL(options.endpoint ?? authorizeEndpoint);
  url.searchParams.set("client_id", options.clientId);
  url.searchParams.set("redirect_uri", options.redirectUri);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("scope", "full");
  url.searchParams.set("state", options.state);
  return url.href;
}

/**
 * OAuth tokens of one account, shared by all processes through the database. A refresh token works once, so one
 * process at a time refreshes (a lease in the row), and the new pair is stored before anybody uses it. A process that
 * dies in between leaves the state "refreshing" behind; the next one tries the old pair and, if Keap refuses it, sets
 * the state "reauthorise" with the cure. The connection is never lost silently.
 */
export function createOAuthTokens(options: OAuthOptions): OAuthTokens {
  const { service, accountId, box, clock = systemClock } = options;
  const refreshAheadMs = options.refreshAheadMs ?? 10 * 60_000;
  const timeoutMs = options.timeoutMs ?? 30_000;
  const owner = randomUUID();
  const context = (kind: "access" | "refresh") => `${accountId}:${kind}_token`;
  let known: { generation: number; token: string; expiresAt: number } | null = null;
  let refreshing: Promise<string> | null = null;
  let refused: string | null = null;
  let unstored: UnstoredPair | null = null;

  async function rpc<T>(name: string, args: Record<string, unknown>, schema: z.ZodType<T>): Promise<T> {
    const { data, error } = await service.rpc(name, { p_account: accountId, ...args });
    if (error)
      throw new Error(`The tokens of Keap could not be reached in the database: ${error.message}`, {
        cause: error,
      });
    return schema.parse(data);
  }

  function remember(stored: Stored): string {
    const token = box.open(stored.access_token_encrypted, context("access"));
    known = { generation: stored.generation, token, expiresAt: Date.parse(stored.access_expires_at) };
    return token;
  }

  function sealed(answer: z.infer<typeof tokenAnswerSchema>): SealedPair {
    return {
      client_id: options.clientId,
      tenant: tenantOf(answer.scope),
      access_token_encrypted: box.seal(answer.access_token, context("access")),
      refresh_token_encrypted: box.seal(answer.refresh_token, context("refresh")),
      access_expires_at: new Date(clock.now() + answer.expires_in * 1000).toISOString(),
    };
  }

  const read = () => rpc("keap_tokens_read", {}, storedSchema.nullable());
  const isFresh = (stored: Stored, aheadMs: number) =>
    Date.parse(stored.access_expires_at) - clock.now() > aheadMs;

  /** Refreshes unless somebody else already has, or is at it. */
  async function refresh(stale: Stored): Promise<string> {
    const deadline = clock.now() + timeoutMs + 5_000;
    const leaseMs = timeoutMs + 15_000;
    let generation = stale.generation;
    for (;;) {
      const begun = await rpc(
        "keap_tokens_begin_refresh",
        { p_owner: owner, p_generation: generation, p_lease_ms: leaseMs },
        storedSchema.extend({ granted: z.boolean() }),
      );
      if (begun.granted) return await callAndStore(begun);
      if (begun.state === "reauthorise") throw mustReauthorise(begun.state_reason);
      if (begun.generation > generation) {
        if (isFresh(begun, 0)) return remember(begun);
        generation = begun.generation;
        continue;
      }
      // Somebody is at it: the old token serves while it lasts, unless Keap has just refused it.
      if (isFresh(begun, 0) && box.open(begun.access_token_encrypted, context("access")) !== refused)
        return remember(begun);
      if (clock.now() > deadline) {
        throw new KeapError({
          kind: "timeout",
          operation: "POST /token",
          message:
            "Another process has been refreshing the Keap connection for too long. Try again in a minute.",
        });
      }
      await clock.sleep(200);
    }
  }

  async function callAndStore(stored: Stored): Promise<string> {
    const fail = (outcome: "refused" | "unsent" | "unknown", reason: string) =>
      rpc(
        "keap_tokens_fail_refresh",
        { p_owner: owner, p_generation: stored.generation, p_outcome: outcome, p_reason: reason },
        z.unknown(),
      );
    let answer: Awaited<ReturnType<typeof requestToken>>;
    try {
      const refreshToken = box.open(stored.refresh_token_encrypted, context("refresh"));
      answer = await requestToken(
        { grant_type: "refresh_token", refresh_token: refreshToken },
        `Basic ${Buffer.from(`${options.clientId}:${options.clientSecret}`).toString("base64")}`,
      );
    } catch (error) {
      const kind = error instanceof KeapError ? error : null;
      const spent = kind?.kind === "auth" && kind.code === "invalid_grant";
      const outcome = spent ? "refused" : kind?.outcome === "unknown" ? "unknown" : "unsent";
      const reason = spent
        ? `Keap no longer accepts the connection (the refresh token is spent or expired). ${cure}`
        : messageOf(error);
      await fail(outcome, reason);
      throw spent ? mustReauthorise(reason) : error;
    }
    return await store({ generation: stored.generation, tokens: sealed(answer) });
  }

  /** The pair in hand is the only one Keap still honours: a database that blinks must not lose it. */
  async function store(pair: UnstoredPair): Promise<string> {
    unstored = pair;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const finished = await rpc(
          "keap_tokens_finish_refresh",
          { p_generation: pair.generation, p_tokens: pair.tokens },
          storedSchema.extend({ stored: z.boolean() }),
        );
        unstored = null;
        return remember(finished);
      } catch (error) {
        if (attempt === 5) throw error;
        await clock.sleep(100 * 2 ** attempt);
      }
    }
  }

  async function requestToken(form: Record<string, string>, authorization: string | null) {
    const operation = "POST /token";
    const timeout = AbortSignal.timeout(timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await (options.fetch ?? fetch)(`${options.baseUrl.replace(/\/+$/, "")}/token`, {
        method: "POST",
        redirect: "manual",
        signal: timeout,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          ...(authorization ? { authorization } : {}),
        },
        body: new URLSearchParams(form).toString(),
      });
      text = await response.text();
    } catch (cause) {
      throw errorFromFetch(cause, {
        operation,
        isRead: false,
        aborted: false,
        timedOutAfterMs: timeout.aborted ? timeoutMs : undefined,
      });
    }
    if (response.ok) {
      const parsed = tokenAnswerSchema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      throw new KeapError({
        kind: "malformed",
        operation,
        outcome: "unknown",
        message: "Keap's token answer could not be read. Try again; if Keap then refuses, connect it again.",
      });
    }
    throw refusalOf(operation, response.status, text);
  }

  /** One refresh in this process, however many calls need it. */
  function single(stale: Stored): Promise<string> {
    refreshing ??= (unstored ? store(unstored) : refresh(stale)).finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function load(): Promise<Stored> {
    const stored = await read();
    if (!stored) {
      throw new KeapError({
        kind: "auth",
        operation: "POST /token",
        message: `This account is not connected to Keap. ${cure}`,
      });
    }
    if (stored.state === "reauthorise") throw mustReauthorise(stored.state_reason);
    return stored;
  }

  return {
    async current() {
      if (known && known.expiresAt - clock.now() > refreshAheadMs) return known.token;
      const stored = await load();
      return isFresh(stored, refreshAheadMs) ? remember(stored) : await single(stored);
    },

    async afterRefusal(token) {
      const stored = await load();
      const newest = box.open(stored.access_token_encrypted, context("access"));
      if (newest !== token && isFresh(stored, 0)) return remember(stored);
      refused = token;
      return await single(stored);
    },

    async connect(code, redirectUri) {
      const answer = await requestToken(
        {
          grant_type: "authorization_code",
          client_id: options.clientId,
          client_secret: options.clientSecret,
          code,
          redirect_uri: redirectUri,
        },
        // The endpoint dislikes an Authorization header on this call.
        null,
      );
      const stored = await rpc("keap_tokens_connect", { p_tokens: sealed(answer) }, storedSchema);
      remember(stored);
      return { tenant: stored.tenant };
    },

    async refreshIfOlderThan(ageMs) {
      const stored = await load();
      if (clock.now() - Date.parse(stored.issued_at) < ageMs) return false;
      await single(stored);
      return true;
    },

    async connectionState(): Promise<ConnectionState> {
      const stored = await read();
      if (!stored) return { state: "unconnected", cure };
      const { state, tenant, state_reason: reason } = stored;
      if (state === "reauthorise") return { state, reason: reason ?? "Keap refused the connection.", cure };
      if (state === "active") {
        const { access_expires_at, issued_at } = stored;
        return { state, tenant, access_expires_at, issued_at, idle_until: idleUntil(issued_at) };
      }
      return { state, tenant, reason };
    },
  };
}

/** A refresh token dies after 45 days without use (said by Keap's staff; its age is in no answer). */
function idleUntil(issuedAt: string): string {
  return new Date(Date.parse(issuedAt) + 45 * 86_400_000).toISOString();
}

/** Keap says `full|<tenant>.infusionsoft.com`. */
function tenantOf(scope: string | null | undefined): string | null {
  return scope?.split("|")[1] || null;
}

function mustReauthorise(reason: string | null): KeapError {
  const why = reason ?? "Keap no longer accepts the connection.";
  return new KeapError({
    kind: "auth",
    operation: "POST /token",
    code: "reauthorise",
    message: why.includes(cure) ? why : `${why} ${cure}`,
  });
}

function refusalOf(operation: string, status: number, text: string): KeapError {
  const body = parseJson(text);
  const { error, error_description } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const code = typeof error === "string" ? error : undefined;
  const said = typeof error_description === "string" ? `: ${error_description}` : "";
  if (status >= 500 || status === 429) {
    return new KeapError({
      kind: "server",
      operation,
      status,
      code,
      outcome: status === 429 ? "not_applied" : "unknown",
      message: `Keap answered ${status} to a token request${said}. Try again later.`,
    });
  }
  const fix = code === "invalid_client" ? "Check the client id and secret of the Keap app." : cure;
  return new KeapError({
    kind: "auth",
    operation,
    status,
    code,
    message: `Keap refused the token request (${status}${said}). ${fix}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
