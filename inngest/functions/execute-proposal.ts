import { NonRetriableError } from "inngest";
import { executeProposal } from "@/agent/actions/execute-proposal";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { proposalApproved, pushRequested } from "../events";

/** Carries out what an admin approved, then asks the sync to take the rows to Keap. */
export const executeProposalFunction = inngest.createFunction(
  {
    id: "execute-proposal",
    triggers: [proposalApproved],
    concurrency: { limit: 1, key: "event.data.account_id" },
    retries: 5,
  },
  async ({ event, step }) => {
    const { account_id, proposal_id } = event.data;
    if (!account_id || !proposal_id) throw new NonRetriableError("The event names no proposal.");
    const result = await step.run("write the rows", async () => {
      const { service } = await getDeps();
      return executeProposal(proposal_id, account_id, service);
    });
    if (result.changed > 0) await step.sendEvent("ask for a push", pushRequested.create({ account_id }));
    return result;
  },
);
