import { cron } from "inngest";
import { isBackfillComplete } from "@/sync/inbound/backfill";
import { runPoll } from "@/sync/inbound/poll";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { backfillRequested, pollRequested } from "../events";
import { listSyncedAccounts } from "./accounts";

/**
 * Reads what changed in Keap: when asked, and on a schedule. Each table has its own rhythm within that (seconds after
 * activity, minutes when idle), so a tick that finds nothing due makes no call. A copy that never finished goes on.
 */
export const pollAccount = inngest.createFunction(
  {
    id: "poll-account",
    triggers: [pollRequested, cron("*/10 * * * *")],
    concurrency: { limit: 1, key: "event.data.account_id" },
    retries: 2,
  },
  async ({ event, step }) => {
    const asked = "account_id" in event.data ? String(event.data.account_id) : null;
    const force = "force" in event.data && event.data.force === true;
    const polled = await step.run("poll", async () => {
      const { service, keapFor, now } = await getDeps();
      const store = createSupabaseStore(service);
      const incomplete: string[] = [];
      const results: {
        account_id: string;
        state: string;
        changed: Record<string, number>;
        error: string | null;
        cure: string | null;
      }[] = [];
      for (const accountId of asked ? [asked] : await listSyncedAccounts()) {
        const state = await store.readState(accountId);
        if (!isBackfillComplete(state)) incomplete.push(accountId);
        const result = await runPoll(
          { accountId, keap: keapFor(accountId).inLane("reconcile"), store, now },
          { force, idleSeconds: Number(process.env.KEAPSAKE_POLL_IDLE_SECONDS) || undefined },
        );
        results.push({
          account_id: accountId,
          state: result.state,
          changed: result.changed,
          error: result.error ?? null,
          cure: result.cure ?? null,
        });
      }
      return { incomplete, results };
    });
    if (polled.incomplete.length > 0) {
      await step.sendEvent(
        "go on copying",
        polled.incomplete.map((account_id) => backfillRequested.create({ account_id })),
      );
    }
    return polled;
  },
);
