import { z } from "zod";
import { createServiceClient, type SupabaseClient } from "@/supabase/client";
import type { KeapClient } from "@/sync/keap/client";
import { createKeapConnector } from "@/sync/keap/connect";
import { keapSettingsSchema } from "@/sync/keap/settings";

const databaseSettingsSchema = z.object({
  SUPABASE_URL: z.url("SUPABASE_URL must be the address of your Supabase, such as https://xyz.supabase.co."),
  SUPABASE_SECRET_KEY: z
    .string({ error: "SUPABASE_SECRET_KEY is missing: copy it from Project settings → API keys." })
    .min(1),
});

/** What the jobs need of the world. */
export interface JobDeps {
  service: SupabaseClient;
  /** The Keap client of one account. All clients of a credential, in all processes, share its rate limit. */
  keapFor: (accountId: string) => KeapClient;
  now: () => Date;
}

let deps: JobDeps | undefined;

/**
 * Builds the real clients once per process, on first use.
 * @throws ZodError naming the variable and the cure.
 */
export async function getDeps(): Promise<JobDeps> {
  deps ??= buildDeps(process.env);
  return deps;
}

export function buildDeps(env: Record<string, string | undefined>): JobDeps {
  const database = databaseSettingsSchema.parse(env);
  const service = createServiceClient({
    url: database.SUPABASE_URL,
    secretKey: database.SUPABASE_SECRET_KEY,
  });
  const connector = createKeapConnector({ service, settings: keapSettingsSchema.parse(env) });
  return { service, keapFor: (accountId) => connector.clientFor(accountId), now: () => new Date() };
}
