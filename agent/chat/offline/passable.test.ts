import { describe, expect, it } from "vitest";
import { converse } from "../../testing/offline";
import { withoutPassable } from "./passable";

describe("words an answer may be given without", () => {
  it.each([
    ["how much is still owed to us", "how much is owed to us", ["still"]],
    ["how many refunds were processed in Q3", "how many refunds in Q3", ["processed"]],
    ["hey y'all, what was the actual revenue last month", "revenue last month", ["y'all", "actual"]],
    ["leads captured in the month of october", "leads in october", ["captured"]],
  ])("%s is %s, and says what was passed over", (question, plain, words) => {
    const reply = converse([question]);
    expect(reply).toMatchObject({ kind: "call" });
    const bare = converse([plain]);
    if (reply.kind !== "call" || bare.kind !== "call") return;
    expect(reply.calls).toEqual(bare.calls);
    for (const word of words) expect(reply.meanings).toContain(`I passed over "${word}".`);
  });

  it.each([
    "customers that are real",
    "revenue from friends",
    "the orders of Guy Friend",
    "orders returned last week",
    "leads qualified in october",
    "several customers in october",
    "ladies who bought in october",
  ])("%s says which ones are meant, and is asked about", (question) => {
    const reply = converse([question]);
    const passed = reply.kind === "call" ? reply.meanings.filter((line) => /passed over/.test(line)) : [];
    expect(passed).toEqual([]);
  });

  it("takes nothing from a name in quotation marks", () => {
    expect(withoutPassable('people tagged "Still here"').words).toEqual([]);
  });
});
