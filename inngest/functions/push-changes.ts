import { runPush } from "@/sync/outbound/push";
import { inngest } from "../client";
import { getDeps, syncDepsFor } from "../deps";
import { pushRequested } from "../events";
import { perAccount } from "./flow";
import { recordFailure } from "./record-failure";

/** Records per step, so that a step stays short under Keap's rate limit. */
const maxRecords = 300;
const maxSteps = 60;
/** Between two looks while another run of the account is at work. */
const busyMs = 2_000;

/** Carries edits to Keap: woken as soon as rows are dirty, and by the tick as the net under that. */
export const pushChanges = inngest.createFunction(
  {
    id: "push-changes",
    triggers: [pushRequested],
    ...perAccount,
    retries: 2,
    onFailure: recordFailure("carries edits to Keap"),
  },
  async ({ event, step }) => {
    const { account_id } = event.data;
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
        const deps = syncDepsFor(await getDeps(), account_id, "interactive");
        const {
          state,
          more,
          busy,
          error: _error,
          cure: _cure,
          ...counts
        } = await runPush(deps, { maxRecords });
        // what another run found too late to carry is still asked for
        if (busy) await new Promise((resolve) => setTimeout(resolve, busyMs));
        return { more: busy || (more && state === "done"), counts };
      });
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += pushed.counts[key];
      if (!pushed.more) break;
    }
    return totals;
  },
);
