import { NonRetriableError } from "inngest";
import { executeProposal } from "@/agent/actions/execute-proposal";
import { createOutreach } from "@/sync/keap/outreach";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { proposalApproved, pushRequested } from "../events";

/** Carries out what an admin approved: rows, which the sync is asked to take to Keap, or calls to Keap, each made once. */
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
    const result = await step.run("carry it out", async () => {
      const { service, keapFor } = await getDeps();
      return executeProposal(proposal_id, account_id, service, createOutreach(keapFor(account_id)));
    });
    if (result.more)
      await step.sendEvent("carry it on", proposalApproved.create({ account_id, proposal_id }));
    if (result.changed > 0) await step.sendEvent("ask for a push", pushRequested.create({ account_id }));
    return result;
  },
);
