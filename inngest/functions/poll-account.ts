import { runPoll } from "@/sync/inbound/poll";
import { resumeErasures } from "@/sync/operations/erase/erase";
import { inngest } from "../client";
import { getDeps, syncDepsFor } from "../deps";
import { pollRequested } from "../events";
import { perAccount } from "./flow";
import { recordFailure } from "./record-failure";

/** Short enough for a serve handler with a time limit of a minute; what is left goes on in the next run. */
const maxMs = 20_000;
/** While something moves, the run looks again after a few seconds instead of waiting for the next tick. */
const followMs = 40_000;
/** The tick comes every four minutes: what falls due before the next one is looked at now. */
const aheadSeconds = 4 * 60;

/**
 * Reads what changed in Keap: what is due, and what hooks may have missed. Each table has its own rhythm, so a run that
 * finds nothing due makes no call. It has no steps, because a poll may be repeated at any point: the watermark moves
 * with the rows. So an idle run is one execution.
 */
export const pollAccount = inngest.createFunction(
  {
    id: "poll-account",
    triggers: [pollRequested],
    ...perAccount,
    retries: 2,
    onFailure: recordFailure("reads Keap's changes"),
  },
  async ({ event }) => {
    const { account_id, force = false } = event.data;
    const jobs = await getDeps();
    const deps = syncDepsFor(jobs, account_id, "reconcile");
    await resumeErasures({ ...deps, rpc: deps.hooks.rpc, actor: "sync" });
    const began = Date.now();
    const totals: Record<string, number> = {};
    for (;;) {
      const { gaps } = await deps.hooks.read(account_id);
      const result = await runPoll(deps, {
        force,
        also: Object.keys(gaps),
        idleSeconds: jobs.pollIdleSeconds,
        aheadSeconds: jobs.pollIdleSeconds ? 0 : aheadSeconds,
        maxMs,
      });
      for (const [table, changed] of Object.entries(result.changed))
        totals[table] = (totals[table] ?? 0) + changed;
      if (result.state !== "paused") {
        const failed = new Set(result.errors.map((one) => one.entity));
        await deps.hooks.closeGaps(
          account_id,
          Object.fromEntries(
            Object.entries(gaps).filter(([table]) => !failed.has(table) && !result.unread.includes(table)),
          ),
        );
      }
      if (result.unread.length > 0 && result.state !== "paused") {
        await inngest.send(pollRequested.create({ account_id }));
        return { state: result.state, changed: totals, more: true };
      }
      const waitMs =
        result.nextDueAt === null ? Infinity : Date.parse(result.nextDueAt) - jobs.now().getTime();
      const follow = !jobs.pollIdleSeconds && !force && Object.keys(result.changed).length > 0;
      if (!follow || result.state !== "done" || Date.now() - began + waitMs > (jobs.pollFollowMs ?? followMs))
        return { state: result.state, changed: totals, more: false };
      await new Promise((resolve) => setTimeout(resolve, Math.max(1_000, waitMs)));
    }
  },
);
