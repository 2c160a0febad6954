import { describe, expect, it } from "vitest";
import { converse } from "@/agent/testing/offline";
import { studioContext } from "@/agent/testing/studio";

const context = studioContext();
const planned = (...turns: string[]) => {
  const reply = converse(turns, context);
  return reply.kind === "call" ? reply : null;
};
const queries = (...turns: string[]) =>
  planned(...turns)?.calls.map(({ input }) => input.query as Record<string, unknown>) ?? [];

describe("two questions in one sentence", () => {
  it("are both answered, the second as what goes on of the first", () => {
    const all = queries("how many refunds this month and how many orders");
    expect(all.flatMap((query) => query.metrics)).toEqual(["refunds_given", "orders"]);
    expect(all.map(({ range }) => range)).toEqual(all.map(() => ({ preset: "this_month" })));
  });

  it("are one where the second only splits the first", () => {
    const all = queries("how many new leads did we get this month and where did they come from");
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      range: { preset: "this_month" },
    });
  });

  it("keep their conditions where the second names another", () => {
    const filters = queries("how many active members are in Club Annual and how many in Club Monthly");
    expect(filters).toHaveLength(2);
    expect(JSON.stringify(filters[1])).not.toContain("Annual");
  });

  it("say which of them was not understood", () => {
    const reply = planned("new leads this month and where are the flarps");
    expect(reply?.meanings.join(" ")).toContain('"where are the flarps" I did not understand');
  });

  it("never split what is to be done from whom it is done to", () => {
    expect(
      planned("tag the leads of this month with Advanced and how many are there")?.calls ?? [],
    ).not.toHaveLength(2);
  });
});

describe("some of those that were asked about", () => {
  it("are never given as one number for everybody", () => {
    expect(planned("failed payments in the last 7 days", "which of those have paid since")).toBeNull();
    expect(planned("how many wobblers paid and gave back", "list the people who paid and come")).toBeNull();
  });
});

describe("what goes on of an answer", () => {
  it("adds another one beside the first, and does not put it in its place", () => {
    const [query] = queries("revenue from Facebook Ads this year", "add Google Search");
    expect(query).toMatchObject({
      dimensions: ["lead_source"],
      filters: { dimension: "lead_source", is: ["Facebook Ads", "Google Search"] },
    });
  });

  it("draws every month from one period to the other", () => {
    expect(queries("mrr now versus january", "show it as a chart by month")).toMatchObject([
      { metrics: ["mrr"], grain: "month", range: { from: "2026-01-01", to: "2026-11-23" } },
    ]);
  });

  it("counts the last months where somebody did not buy, and not those after a tag", () => {
    expect(planned("people tagged Advanced who haven't ordered in 6 months")?.calls[0]?.input).toMatchObject({
      has_tag: ["Advanced"],
      no_order_since: "2026-05-23",
    });
  });

  it("takes words for the one tag that tells of them", () => {
    const reply = planned("how many showed up");
    expect(reply?.calls[0]?.input).toMatchObject({ query: { filters: { has_tag: ["Webinar: attended"] } } });
    expect(reply?.meanings.join(" ")).toContain('for the tag "Webinar: attended"');
  });
});
