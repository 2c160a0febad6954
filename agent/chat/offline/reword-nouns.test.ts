import { describe, expect, test } from "vitest";
import { asked as askedIn } from "@/agent/testing/asked";
import { studioContext } from "@/agent/testing/studio";

const context = studioContext();

const asked = (question: string) => askedIn(question, context);

/** None of these stands in the bank of wordings. */
const pairs: [string, string][] = [
  ["revenue of each team member this year", "revenue by owner this year"],
  ["newly acquired customers last month", "new customers last month"],
  ["how many percent of our clients come back", "repeat purchase rate"],
  ["the long-term worth of a typical client", "average lifetime value"],
  ["what percentage of our deals are won this year", "win rate this year"],
  ["how often do subscribers open our newsletters", "open rate"],
  ["how many newsletters went out last month", "emails sent last month"],
  ["typical duration of a membership", "how long do subscribers stay"],
  ["everyone who belongs to the club", "who are our members"],
  ["debtors ageing", "receivable by receivable age"],
  ["sales apart from subscriptions this year", "revenue from single purchases this year"],
  ["mrr projection", "forecast MRR for the next 3 months"],
  ["projected orders for next quarter", "forecast orders for next quarter"],
  ["how are new leads developing this year", "new leads by month this year"],
];

describe("our names for things in everyday words", () => {
  test.each(pairs)("%s: %s", (question, plain) => {
    expect(asked(question)).toEqual(asked(plain));
    expect(asked(question)).toBeInstanceOf(Array);
  });

  test.each([
    ["customer acquisition cost this year", "new customers this year"],
    ["who in the team won the most deals this year", "new customers by owner this year"],
    ["people with a tag who belong to the club in Canada", "who are our members"],
    ["sales outlook for Canada", "forecast revenue for the next 3 months"],
  ])("%s is another question than %s", (question, other) => {
    expect(asked(question)).not.toEqual(asked(other));
  });
});
