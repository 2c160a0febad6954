import { cron } from "inngest";
import { chooseEmbedder } from "@/agent/knowledge/embedder";
import { indexKnowledge } from "@/agent/knowledge/index-account";
import { agentSettingsSchema } from "@/agent/settings";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { knowledgeRequested } from "../events";
import { listSyncedAccounts } from "./accounts";

/** Every hour, and once the first copy is complete: brings what can be searched in step with what was written, changed and deleted. */
export const indexKnowledgeFunction = inngest.createFunction(
  {
    id: "index-knowledge",
    triggers: [cron("7 * * * *"), knowledgeRequested],
    // One at a time: two would cut the same texts.
    concurrency: { limit: 1 },
    retries: 2,
  },
  async ({ event, step }) => {
    const accounts =
      "account_id" in event.data
        ? [event.data.account_id]
        : await step.run("list accounts", listSyncedAccounts);
    const results: Record<string, unknown> = {};
    for (const account_id of accounts.slice(0, 150)) {
      results[account_id] = await step.run(`index ${account_id}`, async () => {
        const { service } = await getDeps();
        const filled = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
        return indexKnowledge(account_id, {
          service,
          embedder: chooseEmbedder(agentSettingsSchema.parse(filled)),
        });
      });
    }
    return results;
  },
);
