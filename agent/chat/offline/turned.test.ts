import { describe, expect, it } from "vitest";
import { querySchema } from "@/analytics/query/query";
import { converse } from "../../testing/offline";
import { answer } from "./answer";
import { filterInWords } from "./build-filters";

const said = (question: string) => {
  const reply = converse([question]);
  return reply.kind === "say"
    ? reply.text
    : JSON.stringify(reply.calls.map(({ tool, input }) => [tool, input]));
};

describe("words that turn a meaning round", () => {
  it.each([
    ['tag everyone except VIP with "X"', { without_tag: ["VIP"] }],
    ['propose the tag "X" for people without the tag VIP', { without_tag: ["VIP"] }],
    ['propose the tag "X" for people who aren\'t tagged VIP', { without_tag: ["VIP"] }],
    [
      'propose the tag "X" for people who bought the Starter Kit but not the Coaching Call',
      { bought_product: ["Starter Kit"], not_bought_product: ["Coaching Call"] },
    ],
    [
      'propose the tag "X" for people tagged VIP who never bought',
      { has_tag: ["VIP"], bought_nothing: true },
    ],
    ['propose the tag "X" for people tagged At risk and VIP', { has_all_tags: ["At risk", "VIP"] }],
    [
      'propose the tag "X" for VIPs who have not ordered in the last 3 months',
      { has_tag: ["VIP"], no_order_since: "2026-08-23" },
    ],
    [
      'propose the tag "X" for people tagged VIP since January',
      { where: { tag: ["VIP"], from: "2026-01-01" } },
    ],
    [
      'propose the tag "X" for people who bought the Starter Kit in 2025',
      { where: { bought: ["Starter Kit"], from: "2025-01-01", to: "2025-12-31" } },
    ],
    [
      'propose the tag "X" for people who did not order in 2024',
      { where: { not: { bought: [], from: "2024-01-01", to: "2024-12-31" } } },
    ],
    [
      'propose the tag "X" for people tagged VIP or who bought the Starter Kit',
      { where: { or: [{ tag: ["VIP"] }, { bought: ["Starter Kit"] }] } },
    ],
    [
      'propose the tag "X" for people who bought the Starter Kit and the Coaching Call',
      { where: { and: [{ bought: ["Starter Kit"] }, { bought: ["Coaching Call"] }] } },
    ],
  ])("turns the condition of %s", (question, people) => {
    const reply = converse([question]);
    const { reason: _, ...input } = (reply.kind === "call" && reply.calls[0]?.input) || {};
    expect(input).toEqual({ tag: "X", ...people });
  });

  it.each([
    'propose the tag "X" for people who bought only the Starter Kit',
    'propose the tag "X" for people tagged newsletter',
    'propose the tag "X" for almost everyone tagged VIP',
    'propose the tag "X" for them',
    'tag VIPs as "X" and delete the rest',
  ])("proposes nothing for %s", (question) => {
    expect(converse([question]).kind).toBe("say");
  });

  it("says who gets a proposed tag", () => {
    const reply = converse(['propose the tag "Cold" for people tagged At risk or VIP']);
    expect(reply.kind === "call" && reply.calls).toEqual([
      {
        tool: "propose_tags",
        input: {
          tag: "Cold",
          has_tag: ["At risk", "VIP"],
          reason: 'For people who hold the tag "At risk" or "VIP".',
        },
      },
    ]);
  });

  it("gives net new MRR, and neither MRR nor new MRR for it", () => {
    const reply = converse(["net new MRR last month"]);
    expect(reply.kind === "call" && querySchema.parse(reply.calls[0]?.input.query).metrics).toEqual([
      "mrr_net_new",
    ]);
  });

  it("offers nothing that drops a negation", () => {
    for (const question of ["all revenue unless California", "revenue of people who haven't bought"]) {
      const reply = converse([question]);
      if (reply.kind !== "say") throw new Error(`answered "${question}"`);
      expect(reply.suggestions.join(" ")).not.toMatch(/california|(?<!not |never )bought/i);
    }
  });

  it("joins two numbers only as a list", () => {
    expect(said("orders from new leads this year")).toMatch(/each on its own/);
    expect(said("orders and new leads this year")).toContain('"metrics":["orders","new_leads"]');
    expect(said("orders, new leads this year")).toContain('"metrics":["orders","new_leads"]');
  });
});

describe("what is said", () => {
  it("names a region by its name", () => {
    expect(filterInWords({ dimension: "region", is: ["US-CA", "Bavaria"] })).toBe(
      'region "California" or "Bavaria"',
    );
  });

  it("names every kind of condition", () => {
    expect(filterInWords({ and: [{ without_tag: ["VIP"] }, { in_segment: ["Loyal"] }] })).toBe(
      'people without the tag "VIP" and people in the segment "Loyal"',
    );
    expect(filterInWords({ not_bought_product: ["Kit"] })).toBe('people who never bought "Kit"');
    expect(filterInWords({ field: "Shoe size", at_least: 40, at_most: 44 })).toBe(
      "Shoe size at least 40 and at most 44",
    );
    expect(filterInWords({ field: "Colour", is: ["red", "blue"] })).toBe('Colour "red" or "blue"');
  });

  it("shows a failure without its class", () => {
    const reply = converse(["revenue last month"]);
    if (reply.kind !== "call") throw new Error("not planned");
    const { text } = answer(reply, [
      { tool: "query_metric", error: "ToolError: The names could not be read. Try again.", output: null },
    ]);
    expect(text).toBe("The names could not be read. Try again.");
  });
});
