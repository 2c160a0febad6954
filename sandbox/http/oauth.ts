import { randomBytes } from "node:crypto";
import type { SandboxClock } from "../clock";
import type { Switches } from "../switches";
import type { Credential } from "./auth";
import type { Answer } from "./call";

export interface OAuthClient {
  client_id: string;
  client_secret: string;
}

export interface RefreshGrant {
  token: string;
  client_id: string;
  userId: string;
  expiresAt: number;
}

const accessSeconds = 24 * 3600;
const refreshMs = 45 * 24 * 3600 * 1000;

const refuse = (status: number, error: string, error_description: string): Answer => ({
  status,
  body: { error, error_description },
});

function basicClient(headers: Headers): { id: string; secret: string } | null {
  const encoded = headers.get("authorization")?.match(/^Basic\s+(\S+)$/i)?.[1];
  if (!encoded) return null;
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { id, secret: rest.join(":") };
}

/** Keap's authorization code flow: 24-hour access tokens and rotating refresh tokens that work once. */
export function createOAuth(options: {
  clock: SandboxClock;
  tenantId: () => string;
  credentials: Map<string, Credential>;
  clients: Map<string, OAuthClient>;
  switches: () => Switches;
}) {
  const codes = new Map<string, { client_id: string; redirect_uri: string; userId: string }>();
  const refreshes = new Map<string, RefreshGrant>();

  function issue(client_id: string, userId: string): Answer {
    const access_token = randomBytes(21).toString("base64url");
    const refresh_token = randomBytes(24).toString("base64url");
    const now = options.clock.now();
    options.credentials.set(access_token, {
      token: access_token,
      kind: "oauth",
      userId,
      clientId: client_id,
      expiresAt: now + accessSeconds * 1000,
    });
    refreshes.set(refresh_token, { token: refresh_token, client_id, userId, expiresAt: now + refreshMs });
    return {
      status: 200,
      body: {
        access_token,
        refresh_token,
        token_type: "bearer",
        expires_in: accessSeconds,
        scope: `full|${options.tenantId()}`,
      },
    };
  }

  function knownClient(id: string | null, secret: string | null): boolean {
    return id !== null && secret !== null && options.clients.get(id)?.client_secret === secret;
  }

  function exchange(form: URLSearchParams, headers: Headers): Answer {
    if (headers.has("authorization"))
      return refuse(401, "invalid_client", "Send the client in the body of a code exchange");
    if (!knownClient(form.get("client_id"), form.get("client_secret")))
      return refuse(401, "invalid_client", "Client credentials are invalid");
    const code = form.get("code") ?? "";
    const grant = codes.get(code);
    codes.delete(code);
    if (
      !grant ||
      grant.client_id !== form.get("client_id") ||
      grant.redirect_uri !== form.get("redirect_uri")
    ) {
      return refuse(400, "invalid_grant", "Invalid authorization code");
    }
    return issue(grant.client_id, grant.userId);
  }

  function refresh(form: URLSearchParams, headers: Headers): Answer {
    const basic = basicClient(headers);
    const id = basic?.id ?? (options.switches().refresh_client === "body_too" ? form.get("client_id") : null);
    const secret =
      basic?.secret ?? (options.switches().refresh_client === "body_too" ? form.get("client_secret") : null);
    if (!knownClient(id, secret)) return refuse(401, "invalid_client", "Client credentials are invalid");
    const token = form.get("refresh_token") ?? "";
    const grant = refreshes.get(token);
    // Used once, it is gone, whether or not the answer arrives.
    refreshes.delete(token);
    if (!grant || grant.client_id !== id || grant.expiresAt <= options.clock.now())
      return refuse(400, "invalid_grant", "Invalid refresh token");
    return issue(grant.client_id, grant.userId);
  }

  return {
    refreshes,
    /** The consent page, which here agrees at once: the address to send the browser to, or null for an unknown client. */
    authorize(url: URL, userId = "1"): string | null {
      const client_id = url.searchParams.get("client_id") ?? "";
      const redirect_uri = url.searchParams.get("redirect_uri");
      if (
        !options.clients.has(client_id) ||
        !redirect_uri ||
        url.searchParams.get("response_type") !== "code"
      )
        return null;
      const code = randomBytes(12).toString("base64url");
      codes.set(code, { client_id, redirect_uri, userId });
      const back = new URL(redirect_uri);
      back.searchParams.set("code", code);
      back.searchParams.set("scope", `full|${options.tenantId()}`);
      const state = url.searchParams.get("state");
      if (state) back.searchParams.set("state", state);
      return back.toString();
    },
    token(form: URLSearchParams, headers: Headers): Answer {
      if (form.get("grant_type") === "authorization_code") return exchange(form, headers);
      if (form.get("grant_type") === "refresh_token") return refresh(form, headers);
      return refuse(400, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
    },
    /** A pair as if the consent had been given, for tests. */
    grant(client_id: string, userId = "1") {
      return issue(client_id, userId).body as {
        access_token: string;
        refresh_token: string;
        expires_in: number;
      };
    },
  };
}

export type OAuth = ReturnType<typeof createOAuth>;
