import { cron } from "inngest";
import { keepRollups } from "@/analytics/rollups/keep";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { listSyncedAccounts } from "./accounts";

/** Longest that one run works; a first build of a large account takes several. */
const budgetMs = 40_000;

/**
 * Twice an hour: builds what large accounts' boards are answered from, and works out what changed. A question that
 * comes earlier does the part it needs itself.
 */
export const refreshRollupsFunction = inngest.createFunction(
  { id: "refresh-rollups", triggers: [cron("7,37 * * * *")], concurrency: { limit: 1 }, retries: 1 },
  async ({ step }) =>
    step.run("work out what changed", async () => {
      const { service } = await getDeps();
      const over = Date.now() + budgetMs;
      const done: Record<string, boolean> = {};
      for (const account of await listSyncedAccounts()) {
        const left = over - Date.now();
        if (left <= 0) break;
        const report = await keepRollups(service, account, { budgetMs: left });
        if (report) done[account] = report.ready;
      }
      return done;
    }),
);
