import { z } from "zod";
import { type Mailer, openMailer } from "@/agent/watching/mail";
import { createServiceClient, type SupabaseClient } from "@/supabase/client";
import type { SyncDeps } from "@/sync/context";
import { createHookStore, type HookStore } from "@/sync/hooks/store";
import { reachableUrl } from "@/sync/hooks/watch";
import type { KeapClient } from "@/sync/keap/client";
import { createKeapConnector } from "@/sync/keap/connect";
import type { Lane } from "@/sync/keap/quota";
import { keapSettingsSchema } from "@/sync/keap/settings";
import { createSupabaseStore } from "@/sync/stores/supabase";

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
  /** Address of the app as Keap can reach it; null where its hooks cannot come. */
  appUrl: string | null;
  /** Sends alerts by e-mail; left out or null where no mail server is set up. */
  mailer?: Mailer | null;
  /** Address of the app for people, in mails. */
  linkUrl?: string | null;
  /** Longest pause between polls for an account whose calls cost nothing (the sandbox). */
  pollIdleSeconds?: number;
  /** How long a poll that found changes goes on looking, milliseconds; 40 seconds unless told. */
  pollFollowMs?: number;
}

let deps: JobDeps | undefined;

/** Gives the jobs another world, for tests that drive them through the serve protocol. */
export function setDeps(other: JobDeps | undefined): void {
  deps = other;
}

/** What a run of the sync for one account needs. */
export function syncDepsFor(
  { service, keapFor, now }: JobDeps,
  accountId: string,
  lane: Lane,
): SyncDeps & { hooks: HookStore; now: () => Date } {
  return {
    accountId,
    keap: keapFor(accountId).inLane(lane),
    store: createSupabaseStore(service),
    hooks: createHookStore(service),
    now,
  };
}

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
  const settings = keapSettingsSchema.parse(env);
  const connector = createKeapConnector({ service, settings });
  return {
    service,
    keapFor: (accountId) => connector.clientFor(accountId),
    now: () => new Date(),
    appUrl: reachableUrl(env.KEAPSAKE_URL || undefined, settings.KEAP_BASE_URL),
    mailer: openMailer(env),
    linkUrl: env.KEAPSAKE_URL || null,
    pollIdleSeconds: Number(env.KEAPSAKE_POLL_IDLE_SECONDS) || undefined,
  };
}
