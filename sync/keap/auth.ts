import type { AccessTokens } from "./transport";

/**
 * A personal access token or a service account key: one tenant, no published expiry, nothing to refresh. A key acts
 * with its user's view (token) or sees everything (service account). Sent as a bearer token, or, where Keap refuses
 * that, in Keap's own header.
 */
export function createTokenAuth(token: string): AccessTokens {
  if (token.trim() === "")
    throw new Error("The Keap token is empty: set KEAP_TOKEN to a key made in Keap under Settings > API.");
  const forms: readonly Record<string, string>[] = [
    { authorization: `Bearer ${token}` },
    { "x-keap-api-key": token },
  ];
  let form = 0;
  let accepted = false;
  return {
    current: async () => token,
    // Keap documents both headers and promises neither: "no or malformed credential" may be about the header
    async afterRefusal(_refused, _signal, code) {
      if (accepted || !code?.startsWith("oauth.v2.")) return null;
      form = (form + 1) % forms.length;
      return token;
    },
    header: () => forms[form] as Record<string, string>,
    worked: () => {
      accepted = true;
    },
  };
}
