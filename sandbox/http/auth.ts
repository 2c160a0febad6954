import type { SandboxClock } from "../clock";
import type { Switches } from "../switches";
import type { Actor } from "./call";
import { gatewayFault } from "./errors";

/** A credential the account accepts, and whose limits it counts against. */
export interface Credential {
  token: string;
  kind: "pat" | "sak" | "oauth";
  userId?: string;
  /** Milliseconds since 1970 on the sandbox's clock; absent = never. */
  expiresAt?: number;
  revoked?: boolean;
  /** Calls of one OAuth client count together. */
  clientId?: string;
}

/** The bearer credential of a call, or the gateway's 401: decided before the path is even looked at. */
export function authenticate(
  headers: Headers,
  credentials: ReadonlyMap<string, Credential>,
  clock: SandboxClock,
  switches: Switches,
): Credential {
  const authorization = headers.get("authorization");
  const bearer = authorization?.match(/^Bearer\s+(\S+)$/i)?.[1];
  const apiKey = headers.get("x-keap-api-key")?.trim();
  const token = bearer ?? apiKey;
  if (!token) throw gatewayFault(401, "oauth.v2.InvalidAccessToken", "Invalid access token");
  const credential = credentials.get(token);
  if (!credential || credential.revoked) {
    throw gatewayFault(401, "keymanagement.service.invalid_access_token", "Invalid Access Token");
  }
  if (credential.expiresAt !== undefined && credential.expiresAt <= clock.now()) {
    throw gatewayFault(401, "keymanagement.service.access_token_expired", "Access Token expired");
  }
  const viaKey = bearer === undefined;
  const refused =
    credential.kind === "oauth"
      ? viaKey
      : switches.auth_headers === "bearer"
        ? viaKey
        : switches.auth_headers === "api_key"
          ? !viaKey
          : false;
  if (refused) throw gatewayFault(401, "oauth.v2.InvalidAccessToken", "Invalid access token");
  return credential;
}

export function actorOf(credential: Credential): Actor {
  return { kind: credential.kind, ...(credential.userId === undefined ? {} : { userId: credential.userId }) };
}
