import { z } from "zod";
import { createServiceClient, type SupabaseClient } from "@/supabase/client";
import { createKeapClient, type KeapClient } from "@/sync/keap/client";

const depsSettingsSchema = z.object({
  SUPABASE_URL: z.url("SUPABASE_URL must be the address of your Supabase, such as https://xyz.supabase.co."),
  SUPABASE_SECRET_KEY: z
    .string({ error: "SUPABASE_SECRET_KEY is missing: copy it from Project settings → API keys." })
    .min(1),
  KEAP_BASE_URL: z.url("KEAP_BASE_URL must be Keap's host, such as https://api.infusionsoft.com.").optional(),
  KEAP_TOKEN: z
    .string({ error: "KEAP_TOKEN is missing: make a key in Keap under Settings > API and set it." })
    .min(1),
  KEAPSAKE_KEAP_PACE: z.enum(["polite", "full"]).default("polite"),
});

/** What the jobs need of the world. */
export interface JobDeps {
  service: SupabaseClient;
  /** The Keap client of one account; all of a process's calls for it share one quota gate. */
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
  const settings = depsSettingsSchema.parse(env);
  const clients = new Map<string, KeapClient>();
  return {
    service: createServiceClient({ url: settings.SUPABASE_URL, secretKey: settings.SUPABASE_SECRET_KEY }),
    keapFor: (accountId) => {
      const known = clients.get(accountId);
      if (known) return known;
      const client = createKeapClient({
        baseUrl: settings.KEAP_BASE_URL,
        auth: { kind: "token", token: settings.KEAP_TOKEN },
        pace: settings.KEAPSAKE_KEAP_PACE,
      });
      clients.set(accountId, client);
      return client;
    },
    now: () => new Date(),
  };
}
