import type { SupabaseClient } from "@/supabase/client";
import { createKeapClient, type KeapClient } from "./client";
import type { Clock } from "./clock";
import { createOAuthTokens, type OAuthTokens } from "./oauth";
import { documentedLimits } from "./quota";
import { createDatabaseQuota, type DatabaseQuota, poolOf } from "./quota-database";
import { createSecretBox } from "./secret-box";
import type { KeapSettings } from "./settings";
import type { CallReport } from "./transport";

export interface KeapConnector {
  /** The client of one account. All clients of a credential, in all processes, share its rate limit. */
  clientFor(accountId: string): KeapClient;
  /** The account's OAuth tokens; null when a key from the environment is used. */
  tokensFor(accountId: string): OAuthTokens | null;
  /** Gives the shares of the rate limits back, for a process that ends. */
  close(): Promise<void>;
}

/** Wires credential, shared quota and client from the settings, once per process. */
export function createKeapConnector(options: {
  service: SupabaseClient;
  settings: KeapSettings;
  fetch?: typeof fetch;
  clock?: Clock;
  onCall?: (report: CallReport) => void;
}): KeapConnector {
  const { service, settings, clock } = options;
  const clients = new Map<string, KeapClient>();
  const tokens = new Map<string, OAuthTokens>();
  const { KEAP_TOKEN: token, KEAP_CLIENT_ID: clientId, KEAP_CLIENT_SECRET: clientSecret } = settings;
  // Keap counts per credential: a key is one, an OAuth client is one over all the accounts it connects.
  const quota: DatabaseQuota = createDatabaseQuota(service, {
    pool: poolOf(token ?? clientId ?? ""),
    limits: token ? documentedLimits.token : documentedLimits.oauth,
    pace: settings.KEAPSAKE_KEAP_PACE,
    clock,
  });

  function tokensFor(accountId: string): OAuthTokens | null {
    if (token || !clientId || !clientSecret || !settings.KEAPSAKE_ENCRYPTION_KEY) return null;
    const known = tokens.get(accountId);
    if (known) return known;
    const made = createOAuthTokens({
      service,
      accountId,
      clientId,
      clientSecret,
      box: createSecretBox(settings.KEAPSAKE_ENCRYPTION_KEY),
      baseUrl: settings.KEAP_BASE_URL,
      fetch: options.fetch,
      clock,
    });
    tokens.set(accountId, made);
    return made;
  }

  function clientFor(accountId: string): KeapClient {
    const known = clients.get(accountId);
    if (known) return known;
    const oauth = tokensFor(accountId);
    const client = createKeapClient({
      baseUrl: settings.KEAP_BASE_URL,
      auth: oauth ? { kind: "oauth", tokens: oauth } : { kind: "token", token: token ?? "" },
      quota,
      fetch: options.fetch,
      clock,
      onCall: options.onCall,
    });
    clients.set(accountId, client);
    return client;
  }

  return { clientFor, tokensFor, close: () => quota.close() };
}
