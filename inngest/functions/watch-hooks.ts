import { createHookStore } from "@/sync/hooks/store";
import { watchHooks } from "@/sync/hooks/watch";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { pollRequested, watchRequested } from "../events";
import { perAccount } from "./flow";
import { recordFailure } from "./record-failure";

/** Subscribes to Keap's events for a newly connected account; afterwards the tick looks after the subscriptions. */
export const watchHooksFunction = inngest.createFunction(
  {
    id: "watch-hooks",
    triggers: [watchRequested],
    ...perAccount,
    retries: 3,
    onFailure: recordFailure("subscribes to Keap's events"),
  },
  async ({ event, step }) => {
    const { account_id } = event.data;
    const watched = await step.run("compare subscriptions", async () => {
      const { service, keapFor, now, appUrl } = await getDeps();
      const { state, verified, created, moved, revived, gaps } = await watchHooks({
        accountId: account_id,
        keap: keapFor(account_id).inLane("hook"),
        hooks: createHookStore(service),
        appUrl,
        now,
      });
      return { state, verified, created, moved, revived, gaps };
    });
    if (watched.gaps.length > 0) await step.sendEvent("fill the gap", pollRequested.create({ account_id }));
    return watched;
  },
);
