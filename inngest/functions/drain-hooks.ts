import { drainHooks } from "@/sync/hooks/drain";
import { inngest } from "../client";
import { getDeps, syncDepsFor } from "../deps";
import { hooksReceived, pollRequested } from "../events";
import { perAccount } from "./flow";
import { recordFailure } from "./record-failure";

const maxSteps = 50;

/** Reads what Keap's hooks announced, in batches; asks for a poll where only a list can tell what changed. */
export const drainHooksFunction = inngest.createFunction(
  {
    id: "drain-hooks",
    triggers: [hooksReceived],
    ...perAccount,
    retries: 3,
    onFailure: recordFailure("reads what Keap's hooks announced"),
  },
  async ({ event, step }) => {
    const { account_id } = event.data;
    const totals = { deliveries: 0, records: 0, retried: 0, refused: 0 };
    let gaps = 0;
    for (let n = 1; n <= maxSteps; n += 1) {
      const drained = await step.run(`drain ${n}`, async () => {
        const deps = syncDepsFor(await getDeps(), account_id, "hook");
        const { state, deliveries, records, retried, refused, more } = await drainHooks(deps);
        const open = await deps.hooks.read(account_id);
        return {
          state,
          deliveries,
          records,
          retried,
          refused,
          more: more && state === "done",
          gaps: Object.keys(open.gaps).length,
        };
      });
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += drained[key];
      gaps = drained.gaps;
      if (!drained.more) break;
    }
    if (gaps > 0) await step.sendEvent("read the lists", pollRequested.create({ account_id }));
    return { ...totals, gaps };
  },
);
