import { createClient, type SupabaseClient } from "@supabase/supabase-js";

export type { SupabaseClient } from "@supabase/supabase-js";

type Fetch = typeof fetch;

/**
 * A client with the secret key: bypasses row level security. For jobs and the query door only, never in a browser.
 */
export function createServiceClient(options: {
  url: string;
  secretKey: string;
  fetch?: Fetch;
}): SupabaseClient {
  return createClient(options.url, options.secretKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: options.fetch ? { fetch: options.fetch } : {},
  });
}

/**
 * A client that acts as one signed-in user (or as `anon` without a token): row level security decides what it sees.
 */
export function createUserClient(options: {
  url: string;
  publishableKey: string;
  accessToken?: string;
  fetch?: Fetch;
}): SupabaseClient {
  return createClient(options.url, options.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      ...(options.fetch ? { fetch: options.fetch } : {}),
      ...(options.accessToken ? { headers: { Authorization: `Bearer ${options.accessToken}` } } : {}),
    },
  });
}
