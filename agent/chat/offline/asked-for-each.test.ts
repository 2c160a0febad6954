import { describe, expect, it } from "vitest";
import { studioContext } from "@/agent/testing/studio";
import { plan } from "./plan";

const context = studioContext();
const answered = (question: string) => {
  const reply = plan(question, {}, context);
  return reply.kind === "call" && !reply.lead ? reply.calls[0]?.input : undefined;
};

describe("a number that was asked for as a list", () => {
  it.each([
    "list the refunds of this month",
    "refunds one by one this month",
    "every refund since october",
    "deals that fell through this quarter",
    "members who dropped out this month",
    "which orders came in this week",
  ])("%s shows each of them", (question) => {
    const input = answered(question);
    expect(input && ("behind" in input || !("query" in input))).toBe(true);
  });

  it.each(["how many refunds this month", "refunds this month", "refunds by product this month"])(
    "%s asks for none",
    (question) => expect(answered(question)).not.toHaveProperty("behind"),
  );
});

describe("what was asked for is held against the kind of number", () => {
  it.each([
    "what do our wholesale fans spend on average days",
    "value of the tasks this month",
    "how much did our newsletter people earn in opens",
  ])("%s is no count", (question) => {
    const input = answered(question) as { query?: { metrics: string[] } } | undefined;
    for (const metric of input?.query?.metrics ?? [])
      expect(metric).not.toMatch(/^(?:buyers|tasks|deals_won|emails)/);
  });

  it("takes us for ourselves, and for the country where it is one", () => {
    expect(JSON.stringify(answered("refunds from us this month"))).not.toContain("USA");
    expect(JSON.stringify(answered("customers from us"))).toContain("USA");
    expect(JSON.stringify(answered("revenue in the us this month"))).toContain("USA");
  });
});
