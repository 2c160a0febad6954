import { cron } from "inngest";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { proposalApproved } from "../events";

/**
 * The net under `proposal/approved`: an approval is a row, and an event may be lost between the row and the job (the app
 * was killed, the job server was away). Carries those on, and lets overdue proposals expire.
 */
export const sweepProposals = inngest.createFunction(
  { id: "sweep-proposals", triggers: [cron("*/30 * * * *")], retries: 1 },
  async ({ step }) => {
    const waiting = await step.run("find approved proposals", async () => {
      const { service } = await getDeps();
      const expired = await service.rpc("expire_proposals");
      if (expired.error) throw new Error(`Overdue proposals could not be expired: ${expired.error.message}`);
      const { data, error } = await service
        .from("proposals")
        .select("id, account_id")
        .in("status", ["approved", "executing"])
        .order("approved_at")
        .limit(100);
      if (error) throw new Error(`The approved proposals could not be read: ${error.message}`);
      return data.map(({ id, account_id }) => ({ proposal_id: String(id), account_id: String(account_id) }));
    });
    if (waiting.length > 0) {
      await step.sendEvent(
        "carry them on",
        waiting.map((ids) => proposalApproved.create(ids)),
      );
    }
    return { waiting: waiting.length };
  },
);
