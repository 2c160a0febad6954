import type { AccessTokens } from "./transport";

/**
 * A personal access token or a service account key: one tenant, no published expiry, nothing to refresh. A key acts
 * with its user's view (token) or sees everything (service account).
 */
export function createTokenAuth(token: string): AccessTokens {
  if (token.trim() === "")
    throw new Error("The Keap token is empty: set KEAP_TOKEN to a key made in Keap under Settings > API.");
  return { current: async () => token, afterRefusal: async () => null };
}
