import { RetryAfterError } from "inngest";
import { runBackfill } from "@/sync/inbound/backfill";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { backfillRequested } from "../events";

/** Steps of one run; what is left goes on in the next run. */
const maxSteps = 100;
/** Short enough that a serve handler with a time limit of a minute can run a step. */
const stepMs = 20_000;
const waitingHelps = new Set(["server", "timeout", "network", "malformed"]);

/** Copies one Keap account in, page by page; a killed or failed run goes on where it stopped. One run per account at a time. */
export const backfillAccount = inngest.createFunction(
  {
    id: "backfill-account",
    triggers: [backfillRequested],
    concurrency: { limit: 1, key: "event.data.account_id" },
    retries: 5,
  },
  async ({ event, step }) => {
    const { account_id } = event.data;
    let records = 0;
    for (let n = 1; n <= maxSteps; n += 1) {
      const copied = await step.run(`copy ${n}`, async () => {
        const { service, keapFor, now } = await getDeps();
        const result = await runBackfill(
          {
            accountId: account_id,
            keap: keapFor(account_id).inLane("backfill"),
            store: createSupabaseStore(service),
            now,
          },
          { maxMs: stepMs },
        );
        if (result.state === "error" && waitingHelps.has(result.error_kind ?? "")) {
          throw new RetryAfterError(`${result.error} ${result.cure ?? ""}`, "10s");
        }
        const { state, complete, pages, cure, error } = result;
        return { state, complete, pages, records: result.records, error: error ?? null, cure: cure ?? null };
      });
      records += copied.records;
      // the state of the connection says what to do; the schedule of the polls tries again
      if (copied.complete || copied.state !== "running") return { ...copied, records };
    }
    await step.sendEvent("go on", backfillRequested.create({ account_id }));
    return { complete: false, state: "running", records };
  },
);
