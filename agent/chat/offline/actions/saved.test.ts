import { describe, expect, it } from "vitest";
import { converse } from "../../../testing/offline";

const calls = (questions: string[]) => {
  const reply = converse(questions);
  return reply.kind === "call" ? reply.calls : reply.text;
};

describe("saved questions in words", () => {
  it.each([
    "save this as Weekly sales",
    'save it as "Weekly sales"',
    "Save this question as Weekly sales.",
    "please save the chart under the name Weekly sales",
    "save that as a question called Weekly sales",
  ])("saves the last answer: %s", (words) => {
    expect(calls(["revenue by week this year", words])).toMatchObject([
      {
        tool: "save_question",
        input: { name: "Weekly sales", query: { metrics: ["revenue_collected"], grain: "week" } },
      },
    ]);
  });

  it("saves a shape under its name", () => {
    expect(calls(["mrr bridge this year", "save this as MRR moves"])).toMatchObject([
      { tool: "save_question", input: { name: "MRR moves", shape: { shape: "mrr_bridge" } } },
    ]);
  });

  it.each([
    ["run my saved question Weekly sales", { name: "Weekly sales" }],
    ['run "Weekly sales"', { name: "Weekly sales" }],
    ["open the saved question called Top 5 products", { name: "Top 5 products" }],
    ["run Weekly sales from my saved questions", { name: "Weekly sales" }],
    ["show saved questions", {}],
    ["what are my saved questions?", {}],
    ["which saved queries do I have", {}],
  ])("asks again or lists: %s", (words, input) => {
    expect(calls([words])).toEqual([{ tool: "saved_questions", input }]);
  });

  it("saves nothing where nothing was answered", () => {
    expect(calls(["save this as Weekly sales"])).toMatch(/no answer to save/);
  });

  it("leaves people, boards and files to others", () => {
    expect(calls(["who holds the tag VIP", "save them as Big spenders"])).toMatchObject([
      { tool: "create_segment", input: { name: "Big spenders" } },
    ]);
    expect(calls(["revenue by week this year", "save this as csv"])).toMatch(/CSV file/);
    expect(JSON.stringify(calls(["revenue by week this year", "pin it"]))).toContain("pin_chart");
  });

  it("takes no older answer for the saved one", () => {
    const reply = calls(["revenue by week this year", "run my saved question Weekly leads", "by product"]);
    expect(JSON.stringify(reply)).not.toContain("revenue_collected");
  });
});

describe("frozen and live segments in words", () => {
  it.each([
    ["save them as a frozen segment called June VIPs", "frozen"],
    ["save these people as a static segment June VIPs", "frozen"],
    ["freeze this list as June VIPs", "frozen"],
    ['freeze them as segment "June VIPs"', "frozen"],
    ["save them as a frozen list called June VIPs", "frozen"],
    ["save them as a live segment June VIPs", "live"],
    ["save them as segment June VIPs", undefined],
  ])("makes of a list: %s", (words, kind) => {
    expect(calls(["who holds the tag VIP", words])).toEqual([
      {
        tool: "create_segment",
        input: { name: "June VIPs", has_tag: ["VIP"], ...(kind ? { kind } : {}) },
      },
    ]);
  });

  it("freezes people named in the request", () => {
    expect(calls(["freeze everyone tagged VIP as June VIPs"])).toMatchObject([
      { tool: "create_segment", input: { name: "June VIPs", kind: "frozen", has_tag: ["VIP"] } },
    ]);
  });

  it("asks for a name, and points to the page", () => {
    expect(calls(["who holds the tag VIP", "freeze them"])).toMatch(/What should the segment be called/);
    expect(calls(["freeze the segment Loyal"])).toMatch(/frozen on its page/);
  });
});
