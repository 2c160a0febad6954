import { describe, expect, it } from "vitest";
import { converse } from "../../testing/offline";
import { corrected } from "./about-answer";

const first = "revenue last month";
const calls = (...turns: string[]) => {
  const reply = converse(turns);
  return reply.kind === "call" ? reply.calls : reply;
};
const definition = [{ tool: "describe_metric", input: { metric: "revenue_collected" } }];

describe("turns about the answer before", () => {
  it.each([
    "are you sure?",
    "is that right",
    "that's wrong",
    "that seems low",
    "how did you calculate that",
    "where does this number come from",
    "is that with tax",
    "does it include refunds?",
    "explain",
    "what's the formula",
    "can I trust this number",
  ])("%s tells how it was counted", (question) => {
    expect(calls(first, question)).toEqual(definition);
  });

  it.each(["which dates exactly", "what period is this", "show me the sql", "repeat that", "again please"])(
    "%s shows it again",
    (question) => {
      expect(calls(first, question)).toMatchObject([
        { tool: "query_metric", input: { query: { range: { preset: "previous_month" }, dimensions: [] } } },
      ]);
    },
  );

  it("goes back to the answer before that, and says where there is none", () => {
    expect(calls(first, "by product", "go back")).toMatchObject([{ input: { query: { dimensions: [] } } }]);
    expect(converse([first, "undo"])).toMatchObject({
      kind: "say",
      text: expect.stringContaining("nothing to undo"),
    });
  });

  it("sets a number beside the year before where it is asked whether it is good", () => {
    expect(calls(first, "is that good?")).toMatchObject([
      { input: { query: { comparison: "previous_year", range: { preset: "previous_month" } } } },
    ]);
  });

  it("draws one number over its days", () => {
    expect(calls(first, "in a chart")).toMatchObject([
      { input: { query: { dimensions: ["time"], range: { preset: "previous_month" } } } },
    ]);
  });

  it.each([
    ["no, I meant last year", "last year"],
    ["sorry, I meant refunds", "refunds"],
    ["oops I wanted last week", "last week"],
    ["I was asking about the newsletter", "the newsletter"],
  ])("%s is %s", (question, meant) => {
    expect(corrected(question)).toBe(meant);
    expect(calls(first, question)).toEqual(calls(first, meant));
  });

  it.each([
    ["where does this revenue come from", "lead_source"],
    ["which month was the best", "time"],
  ])("leaves %s to its readers", (question, dimension) => {
    expect(JSON.stringify(calls("revenue this year", question))).toContain(dimension);
  });

  it("is about nothing where nothing was answered", () => {
    expect(converse(["are you sure?"]).kind).toBe("say");
    expect(converse(["start over"])).toMatchObject({ kind: "say", topic: "chat" });
  });
});
