import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { converse } from "../../testing/offline";
import { unframed } from "./framing";

const questions = [
  "revenue last month",
  "how many new leads this quarter",
  "refund rate by product this year",
  "number of active members",
  "unpaid invoices older than 30 days",
  "churn rate by month",
  "people who have not bought since june",
  "customers in California who bought this year",
];
const before = [
  "",
  "morning! ",
  "thanks. now ",
  "sorry to bother you, ",
  "quick one: ",
  "before I call the bank, ",
  "for the board meeting: ",
  "my accountant asks for ",
  "can you pull up ",
  "would you mind showing me ",
  "I'm trying to find out ",
  "kindly provide ",
  "give me a quick rundown of ",
  "wanna see ",
  "what's the story with ",
];
const behind = [
  "",
  " please",
  ", thanks a lot",
  ", if that is possible",
  " for my accountant",
  ", just the number",
  ", no chart needed",
  ", so I can tell my partner",
  ", because the bank asked",
  ", I need it for a grant application",
  ", according to keap",
  " for the whole company",
  ", it's urgent",
];

const callsOf = (question: string) => {
  const reply = converse([question]);
  return reply.kind === "call" ? reply.calls : reply.text;
};

describe("what is said around a question", () => {
  it("changes nothing of its plan, whatever stands before and behind it", () => {
    const bare = new Map(questions.map((question) => [question, callsOf(question)]));
    fc.assert(
      fc.property(
        fc.constantFrom(...questions),
        fc.constantFrom(...before),
        fc.constantFrom(...behind),
        (question, opening, closing) => {
          expect(callsOf(`${opening}${question}${closing}`)).toEqual(bare.get(question));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("is named with the answer where it gives a reason", () => {
    const reply = converse(["revenue last month, because the bank asked"]);
    expect(reply).toMatchObject({
      kind: "call",
      meanings: expect.arrayContaining(['I passed over "because the bank asked".']),
    });
  });

  it.each([
    "since we moved, revenue by month",
    "if we raise prices by 10%, what is revenue",
    "orders with a picture",
    "members who need help",
    "revenue because of the podcast",
    "revenue last month so we lost money",
    "sales to the bank",
    "before we launched the club, how much did we sell",
  ])("stays where it may be a condition: %s", (question) => {
    expect(converse([question])).toMatchObject({ kind: "say" });
  });

  it("is never taken out of quotation marks, and a question of courtesies alone stays whole", () => {
    expect(unframed('revenue of "thanks, that is all"')).toBeNull();
    expect(unframed("is it possible")).toBeNull();
  });
});
