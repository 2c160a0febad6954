import { scoreRisk } from "@/agent/actions/score-risk";
import { openQueryDoor } from "@/analytics/query/door";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { scoreRequested } from "../events";

/** Scores one account's customers and, unless told otherwise, proposes the tag for the riskiest. One run per account at a time. */
export const scoreRecencyRiskFunction = inngest.createFunction(
  {
    id: "score-recency-risk",
    triggers: [scoreRequested],
    concurrency: { limit: 1, key: "event.data.account_id" },
    retries: 3,
  },
  async ({ event, step }) =>
    step.run("score and propose", async () => {
      const { service, now } = await getDeps();
      const { account_id, propose } = event.data;
      return scoreRisk(account_id, { service, door: openQueryDoor(service), now: now(), propose });
    }),
);
