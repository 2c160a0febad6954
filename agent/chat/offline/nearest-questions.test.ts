import { describe, expect, it } from "vitest";
import { testContext, testNames } from "../../testing/offline";
import { knownQuestions } from "./nearest-questions";
import { plan } from "./plan";
import { indexVocabulary } from "./vocabulary";

const context = testContext({
  index: indexVocabulary({
    names: [
      ...testNames,
      { kind: "owner", value: "Ann Miller" },
      { kind: "category", value: "Workshops" },
      { kind: "plan", value: "Mastery Monthly" },
    ],
  }),
});
const samples: Record<string, string> = {
  tag: 'the tag "VIP"',
  product: 'the product "Starter Kit"',
  lead_source: 'the lead source "Facebook Ads"',
  country: "Canada",
  region: "Texas",
  owner: "Ann Miller",
  category: 'the product category "Workshops"',
  plan: 'the plan "Mastery Monthly"',
};

describe("a known question", () => {
  it.each(knownQuestions)("%s leads to an answer", (form) => {
    const question = form.replace(
      /\{([a-z_]+)(?::([^}]*))?\}/g,
      (_, slot, usual) => usual ?? samples[slot] ?? slot,
    );
    expect(plan(question, {}, context)).toMatchObject({ kind: "call" });
  });
});

const offered = (question: string) => {
  const reply = plan(question, {}, context);
  if (reply.kind === "say") return reply.suggestions;
  return [/^I took this as "([^"]+)"/.exec(reply.lead ?? "")?.[1] ?? "(answered)"];
};

describe("what was not understood", () => {
  it.each([
    ["what % of members vanish each month in 2025", "Churn rate by month in 2025"],
    ["how many refunds flarp last month", "How many refunds did we give last month"],
    ["open deals gribble", "Show open deals"],
    ["pipeline wobble by stage", "Pipeline by stage"],
  ])("%s is met with %s", (question, near) => {
    expect(offered(question)).toContain(near);
  });

  it("is met with nothing of ours where it shares nothing with it", () => {
    expect(offered("wie viele Bäume stehen im Wald").some((each) => /churn|deal|affiliate/i.test(each))).toBe(
      false,
    );
  });

  it("keeps the period and the name of the question", () => {
    expect(offered("gribbles from Facebook Ads in march 2026")).toContain(
      'Revenue from the lead source "Facebook Ads" in march 2026',
    );
  });
});
