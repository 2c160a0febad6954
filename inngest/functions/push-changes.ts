import { cron } from "inngest";
import { runPush } from "@/sync/outbound/push";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { pushRequested } from "../events";
import { listSyncedAccounts } from "./accounts";

/** Records per step, so that a step stays short under Keap's rate limit. */
const maxRecords = 300;
const maxSteps = 60;
/** Between two looks while another run of the account is at work. */
const busyMs = 2_000;

/** Carries edits to Keap: woken as soon as rows are dirty, and by a schedule as the net under that. */
export const pushChanges = inngest.createFunction(
  {
    id: "push-changes",
    triggers: [pushRequested, cron("*/10 * * * *")],
    concurrency: { limit: 1, key: "event.data.account_id" },
    retries: 2,
  },
  async ({ event, step }) => {
    const asked = "account_id" in event.data ? String(event.data.account_id) : null;
    const totals = {
      updated: 0,
      created: 0,
      tags_applied: 0,
      tags_removed: 0,
      agreed: 0,
      restored: 0,
      held: 0,
      failed: 0,
      retried: 0,
    };
    for (let n = 1; n <= maxSteps; n += 1) {
      const pushed = await step.run(`push ${n}`, async () => {
        const { service, keapFor, now } = await getDeps();
        const store = createSupabaseStore(service);
        const results = [];
        for (const accountId of asked ? [asked] : await listSyncedAccounts()) {
          results.push(
            await runPush(
              { accountId, keap: keapFor(accountId).inLane("interactive"), store, now },
              { maxRecords },
            ),
          );
        }
        // what another run found too late to carry is still asked for
        const busy = asked !== null && results.some((one) => one.busy);
        if (busy) await new Promise((resolve) => setTimeout(resolve, busyMs));
        return { more: busy || results.some((one) => one.more && one.state === "done"), results };
      });
      for (const result of pushed.results)
        for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += result[key];
      if (!pushed.more) break;
    }
    return totals;
  },
);
