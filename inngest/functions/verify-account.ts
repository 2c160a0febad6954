import { cron } from "inngest";
import { createRpc } from "@/sync/operations/deps";
import { runVerify } from "@/sync/operations/verify/verify";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { verifyRequested } from "../events";
import { listSyncedAccounts } from "./accounts";

/** Between two full comparisons: little by little, so that the quota stays with the sync. */
const sampleCalls = 2;
/** Calls of one step of a full comparison; a step stays short enough for a serve handler with a time limit. */
const stepCalls = 20;
const maxSteps = 60;

/**
 * Compares both sides. Every two hours a few calls' worth, going on where the last one stopped; every night, and when
 * asked, until every table is through. In the lane that gives way to everything but the first copy.
 */
export const verifyAccount = inngest.createFunction(
  {
    id: "verify-account",
    triggers: [verifyRequested, cron("43 */2 * * *"), cron("17 3 * * *")],
    concurrency: { limit: 1, key: "event.data.account_id" },
    retries: 1,
  },
  async ({ event, step }) => {
    const asked = "account_id" in event.data ? String(event.data.account_id) : null;
    const full = asked !== null || ("cron" in event.data && event.data.cron === "17 3 * * *");
    const accounts = asked ? [asked] : await step.run("accounts", listSyncedAccounts);
    const since = await step.run("clock", async () => new Date().toISOString());
    const totals = { compared: 0, unexplained: 0, in_flight: 0, calls: 0 };
    for (const accountId of accounts) {
      for (let n = 1; n <= (full ? maxSteps : 1); n += 1) {
        const done = await step.run(`compare ${accountId} ${n}`, async () => {
          const { service, keapFor, now } = await getDeps();
          const result = await runVerify(
            {
              accountId,
              keap: keapFor(accountId).inLane("verify"),
              store: createSupabaseStore(service),
              now,
              rpc: createRpc(service),
              actor: "schedule",
            },
            full
              ? { maxCalls: stepCalls, since, restart: asked !== null && n === 1 }
              : { maxCalls: sampleCalls },
          );
          const { state, complete, compared, unexplained, in_flight, calls } = result;
          return { state, complete, compared, unexplained, in_flight, calls };
        });
        for (const key of ["compared", "unexplained", "in_flight", "calls"] as const)
          totals[key] += done[key];
        if (done.state !== "paused" || done.complete || done.calls === 0) break;
      }
    }
    return totals;
  },
);
