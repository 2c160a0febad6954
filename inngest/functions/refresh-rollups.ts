import { cron } from "inngest";
import { keepRollups } from "@/analytics/rollups/keep";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { rollupsRequested } from "../events";
import { listSyncedAccounts } from "./accounts";

/** Longest that one step works. */
const budgetMs = 40_000;
/** Steps of one run: enough for the first build of an account with a million orders; the next run goes on from there. */
const mostSteps = 30;

/**
 * Twice an hour and after the first copy: builds what large accounts' boards are answered from, and works out what changed. A question that
 * comes earlier does the part it needs itself. Where nothing is to be done it is one step.
 */
export const refreshRollupsFunction = inngest.createFunction(
  {
    id: "refresh-rollups",
    triggers: [cron("7,37 * * * *"), rollupsRequested],
    concurrency: { limit: 1 },
    retries: 1,
  },
  async ({ step }) => {
    const done: Record<string, boolean> = {};
    for (let n = 1; n <= mostSteps; n++) {
      const now = await step.run(`work out what changed ${n}`, refreshAll);
      Object.assign(done, now.done);
      if (now.all) break;
    }
    return done;
  },
);

/** Brings the rollups of each account up to date, as far as the time goes. */
async function refreshAll(): Promise<{ all: boolean; done: Record<string, boolean> }> {
  const { service } = await getDeps();
  const over = Date.now() + budgetMs;
  const done: Record<string, boolean> = {};
  for (const account of await listSyncedAccounts()) {
    const left = over - Date.now();
    if (left <= 0) return { all: false, done };
    const report = await keepRollups(service, account, { budgetMs: left });
    if (report) done[account] = report.ready;
  }
  return { all: Object.values(done).every(Boolean), done };
}
