import { RetryAfterError } from "inngest";
import { runBackfill } from "@/sync/inbound/backfill";
import { inngest } from "../client";
import { getDeps, syncDepsFor } from "../deps";
import {
  backfillRequested,
  knowledgeRequested,
  pollRequested,
  rollupsRequested,
  scoreRequested,
  watchRequested,
} from "../events";
import { perAccount } from "./flow";
import { recordFailure } from "./record-failure";

/** Steps of one run; what is left goes on in the next run. */
const maxSteps = 100;
/** Short enough that a serve handler with a time limit of a minute can run a step. */
const stepMs = 20_000;
const waitingHelps = new Set(["server", "timeout", "network", "malformed"]);

/**
 * Copies one Keap account in, page by page; a killed or failed run goes on where it stopped. One run per account at a
 * time. Keap's events are subscribed to first, so that nothing changes unheard while the copy is under way.
 */
export const backfillAccount = inngest.createFunction(
  {
    id: "backfill-account",
    triggers: [backfillRequested],
    ...perAccount,
    retries: 5,
    onFailure: recordFailure("copies the account"),
  },
  async ({ event, step }) => {
    const { account_id } = event.data;
    await step.sendEvent("listen", watchRequested.create({ account_id }));
    let records = 0;
    for (let n = 1; n <= maxSteps; n += 1) {
      const copied = await step.run(`copy ${n}`, async () => {
        const deps = syncDepsFor(await getDeps(), account_id, "backfill");
        const result = await runBackfill(deps, { maxMs: stepMs });
        if (result.state === "error" && waitingHelps.has(result.error_kind ?? "")) {
          throw new RetryAfterError(`${result.error} ${result.cure ?? ""}`, "10s");
        }
        const { state, complete, pages, error_kind } = result;
        return { state, complete, pages, records: result.records, error_kind: error_kind ?? null };
      });
      records += copied.records;
      if (copied.complete && copied.pages > 0)
        await step.sendEvent("catch up", [
          pollRequested.create({ account_id }),
          rollupsRequested.create({ account_id }),
          // Search and scores wait for no hour and no night on the first day; proposals do.
          knowledgeRequested.create({ account_id }),
          scoreRequested.create({ account_id, propose: false }),
        ]);
      // the state of the connection says what to do; the tick tries again
      if (copied.complete || copied.state !== "running") return { ...copied, records };
    }
    await step.sendEvent("go on", backfillRequested.create({ account_id }));
    return { complete: false, state: "running", records };
  },
);
