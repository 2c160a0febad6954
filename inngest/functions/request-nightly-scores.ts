import { cron } from "inngest";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { scoreRequested } from "../events";

/** Every night: ask for the scores of each account that has data. */
export const requestNightlyScores = inngest.createFunction(
  { id: "request-nightly-scores", triggers: [cron("0 7 * * *")], retries: 3 },
  async ({ step }) => {
    const accounts = await step.run("list accounts", async () => {
      const { service } = await getDeps();
      const { data, error } = await service
        .from("accounts")
        .select("id")
        .not("data_as_of", "is", null)
        .order("id")
        .limit(1_000);
      if (error) throw new Error(`The accounts could not be read: ${error.message}`);
      return data.map(({ id }) => String(id));
    });
    if (accounts.length > 0) {
      await step.sendEvent(
        "ask for scores",
        accounts.map((account_id) => scoreRequested.create({ account_id })),
      );
    }
    return { accounts: accounts.length };
  },
);
