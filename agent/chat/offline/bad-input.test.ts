import { describe, expect, it } from "vitest";
import { converse, testContext } from "../../testing/offline";
import { indexVocabulary } from "./vocabulary";

const reply = (question: string) => converse([question]);
const said = (question: string) => {
  const answer = reply(question);
  return answer.kind === "say"
    ? answer
    : { topic: "call", text: JSON.stringify(answer.calls), suggestions: [] };
};

describe("questions that are none", () => {
  it.each(["", "   ", "?!…", "👋🎉", "\u0000", "\n\n"])("answers %j with what could be asked", (question) => {
    const answer = said(question);
    expect(answer.topic).toBe("chat");
    expect(answer.suggestions.length).toBeGreaterThan(0);
  });

  it("reads the beginning of 20,000 characters quickly", () => {
    const started = performance.now();
    const answer = reply(`revenue this year ${"and so on ".repeat(2_000)}`);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(answer.kind === "say" ? answer.text : answer.meanings.join()).toMatch(
      /very long|did not understand/,
    );
  });

  it("is not made to work by a crafted question", () => {
    for (const text of [
      "tagged ".repeat(600),
      "a, ".repeat(900),
      "not ".repeat(900),
      `${"(".repeat(1_500)}x`,
      "@0@ ".repeat(700),
    ]) {
      const started = performance.now();
      expect(reply(`list people ${text}`)).toBeDefined();
      expect(performance.now() - started, text.slice(0, 20)).toBeLessThan(3_000);
    }
  });
});

describe("other languages", () => {
  it.each([
    "¿Cuánto vendimos el mes pasado?",
    "Combien avons-nous vendu ?",
    "売上は？",
    "как дела с продажами",
    "wie viel umsatz",
  ])("says plainly that it does not understand %s", (question) => {
    const answer = said(question);
    expect(["lost", "clarify"]).toContain(answer.topic);
    expect(answer.text).toMatch(/did not understand|only understand questions in English/);
  });

  it("reads emoji past the words", () => {
    expect(said("revenue this year 🚀💰").topic).toBe("call");
  });
});

describe("names that mean more than one thing", () => {
  it("asks which, for a name of two kinds", () => {
    const answer = said("revenue for newsletter this year");
    expect(answer.topic).toBe("clarify");
    expect(answer.text).toMatch(/tag.*lead source|lead source.*tag/);
  });

  it("asks which of two tags that differ by case", () => {
    expect(said("list people tagged newsletter").text).toMatch(
      /"Newsletter".*"newsletter"|"newsletter".*"Newsletter"/,
    );
    // Capital letters that were typed decide.
    expect(said('list people tagged "Newsletter"').topic).toBe("call");
  });

  it("takes a tag named like a number by its kind", () => {
    const index = indexVocabulary({ names: [{ kind: "tag", value: "Orders" }] });
    const answer = converse(["list people with the tag Orders"], testContext({ index }));
    expect(answer.kind === "call" && answer.calls[0]?.input).toMatchObject({ has_tag: ["Orders"] });
    const plain = converse(["orders this year"], testContext({ index }));
    expect(plain.kind === "call" && plain.calls[0]?.tool).toBe("query_metric");
  });

  it("says what it took an ambiguous word for", () => {
    const answer = reply("sales last month");
    expect(answer.kind === "call" && answer.meanings.join(" ")).toMatch(
      /took "sales" to mean|revenue collected/i,
    );
  });
});

describe("conditions and days that cannot be", () => {
  it.each([
    "revenue on february 30 2026",
    "revenue on 2026-02-29",
    "orders on 31 june",
    "revenue from december 2026 to march 2026",
  ])("refuses the day of %s", (question) => {
    expect(["refuse", "clarify"]).toContain(said(question).topic);
  });

  it("plans contradictory conditions as they were said", () => {
    // Nobody can be both: the answer is nobody, and the conditions stand beside it.
    const answer = reply("list people tagged VIP without the tag VIP");
    expect(answer.kind === "call" && answer.calls[0]?.input).toMatchObject({
      has_tag: ["VIP"],
      without_tag: ["VIP"],
    });
  });

  it("refuses a due day that does not exist", () => {
    expect(said('create a task "Call" for VIPs due 2026-02-30').topic).toBe("clarify");
  });
});

describe("alerts that are not clear", () => {
  it.each([
    ["alert me when things go wrong", /When should I tell you|did not understand|Which number/],
    ["alert me when profit drops below 5", /did not understand|Which number|profit/],
    ["alert me when revenue and orders drop below 5", /one number|Which one/i],
    ["alert me when revenue changes by 10%", /rises or when it falls/],
  ])("asks back for %s", (question, words) => {
    const answer = said(question);
    expect(answer.topic).not.toBe("call");
    expect(answer.text).toMatch(words);
  });
});
