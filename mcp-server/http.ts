import { createMcpHandler } from "@modelcontextprotocol/server";
import type { ToolContext } from "@/agent/tools/context";
import type { KeyOwner } from "./keys";
import { createRateLimit, type RateLimit } from "./rate-limit";
import { createMcpServer } from "./server";

export interface McpEndpointDeps {
  findKeyOwner: (key: string) => Promise<KeyOwner | null>;
  contextFor: (owner: KeyOwner) => ToolContext;
  rateLimit?: RateLimit;
  report?: (error: unknown) => void;
}

/**
 * MCP over Streamable HTTP: one stateless endpoint for both protocol revisions. Every request carries a key; without a
 * valid one nothing of the protocol is spoken.
 */
export function createMcpEndpoint(deps: McpEndpointDeps): (request: Request) => Promise<Response> {
  const rateLimit = deps.rateLimit ?? createRateLimit();
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const owner = authInfo?.extra?.owner as KeyOwner | undefined;
      if (!owner) throw new Error("The request was not authenticated.");
      return createMcpServer(deps.contextFor(owner));
    },
    { onerror: (error) => deps.report?.(error), maxRequestBodySize: 1_000_000 },
  );
  return async (request) => {
    const key = bearerIn(request);
    if (!key)
      return refuse(
        401,
        "Send a key: the header Authorization with the value Bearer <key>. Keys are made in settings or with npm run keys -- create.",
      );
    let owner: KeyOwner | null;
    try {
      owner = await deps.findKeyOwner(key);
    } catch (error) {
      deps.report?.(error);
      return refuse(503, "The key could not be checked just now. Try again in a moment.");
    }
    if (!owner)
      return refuse(
        401,
        "This key is not valid: it is unknown, expired or revoked. Make a new one in settings.",
      );
    const wait = rateLimit.take(owner.key_id);
    if (wait > 0)
      return refuse(429, `Too many calls with this key. Try again in ${wait} seconds.`, {
        "retry-after": String(wait),
      });
    return handler.fetch(request, {
      authInfo: { token: "", clientId: owner.key_id, scopes: owner.principal.scopes, extra: { owner } },
    });
  };
}

function bearerIn(request: Request): string | null {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

function refuse(status: number, message: string, headers: Record<string, string> = {}): Response {
  const challenge: Record<string, string> =
    status === 401 ? { "www-authenticate": 'Bearer realm="keapsake"' } : {};
  return Response.json(
    { jsonrpc: "2.0", id: null, error: { code: -32_001, message } },
    { status, headers: { ...challenge, ...headers } },
  );
}
