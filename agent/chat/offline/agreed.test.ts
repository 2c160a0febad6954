import { describe, expect, it } from "vitest";
import { converse } from "@/agent/testing/offline";

const queries = (...turns: string[]) => {
  const reply = converse(turns);
  return reply.kind === "call" ? reply.calls.map(({ input }) => input.query) : reply.topic;
};

describe("consent to what was offered", () => {
  const asked = "revenue from glazing last month";

  it("asks before it leaves a word out", () => expect(queries(asked)).toBe("clarify"));

  for (const answer of [
    "yes",
    "Yes please",
    "ok, go ahead",
    "without it",
    "sure, leave it out",
    "the first one",
  ])
    it(`answers without the word after "${answer}", and says so`, () => {
      const reply = converse([asked, answer]);
      expect(reply.kind === "call" && reply.meanings.join(" ")).toContain(`I took "${answer}"`);
      expect(queries(asked, answer)).toEqual(queries("revenue from last month"));
    });

  it("goes on from there", () =>
    expect(queries(asked, "yes", "and the month before that")).toMatchObject([
      { range: { from: "2026-09-01", to: "2026-09-30" } },
    ]));

  it("takes yes to nothing for nothing", () => {
    expect(queries("yes")).toEqual(expect.any(String));
    expect(queries("revenue last month", "yes")).toEqual(expect.any(String));
    expect(queries("tell me a joke", "yes")).toEqual(expect.any(String));
  });

  it("takes one of several by its place, and yes to several for none", () => {
    const asked = "revenue from NEWSLETTER last month";
    expect(queries(asked, "the third one")).toMatchObject([
      { filters: { dimension: "lead_source", is: ["Newsletter"] } },
    ]);
    expect(queries(asked, "2nd")).toMatchObject([{ filters: { has_tag: ["newsletter"] } }]);
    expect(queries(asked, "yes")).toBe("clarify");
  });
});
