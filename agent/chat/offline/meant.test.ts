import { expect, it } from "vitest";
import { converse } from "../../testing/offline";

/** What the first tool is asked after these turns; the sentence where none is. */
const asked = (...turns: string[]) => {
  const reply = converse(turns);
  return reply.kind === "call" ? { tool: reply.calls[0]?.tool, ...reply.calls[0]?.input } : reply.text;
};

it("counts and lists one group of customers when it is named", () => {
  const champions = { metrics: ["rfm"], filters: { dimension: "rfm_group", is: ["champions"] } };
  expect(asked("how many champions do we have")).toMatchObject({ query: { ...champions, dimensions: [] } });
  expect(asked("how many champions do we have", "who are they")).toMatchObject({
    query: champions,
    behind: true,
  });
  expect(asked("rfm split right now, how many in each group")).toMatchObject({
    query: { metrics: ["rfm"], dimensions: ["rfm_group"] },
  });
});

it("tells recurring revenue at risk from people at risk", () => {
  expect(asked("how much mrr is at risk")).toMatchObject({ query: { metrics: ["revenue_at_risk"] } });
  expect(asked("who is at risk")).toMatchObject({ tool: "find_contacts", at_risk: true });
});

it("averages in a follow-up as in a question of its own", () => {
  const daily = { query: { metrics: ["orders"], grain: "day" }, average: true };
  expect(asked("whats the avg orders per day last week")).toMatchObject(daily);
  expect(asked("orders per day last week", "whats the avg per day")).toMatchObject(daily);
  expect(asked("orders by month this year", "average over the year")).toMatchObject({
    query: { metrics: ["orders"], grain: "month", range: { preset: "this_year" } },
    average: true,
  });
  expect(asked("orders per day last week")).not.toHaveProperty("average");
});

it("names the costs there are where it holds no others", () => {
  expect(asked("what did materials cost us")).toContain("cost per lead");
  const ads = converse(["what did ads cost us"]);
  expect(JSON.stringify(ads.kind === "call" && ads.calls)).toContain("marketing_cost");
  for (const question of ["how much did we spend last month", "how much did we spend on rent last month"])
    expect(converse([question]).kind).toBe("say");
});
