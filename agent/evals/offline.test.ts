import { expect, it } from "vitest";
import { converse } from "../testing/offline";
import { questions } from "./cases";
import { gradeReply } from "./grade";

const graded = questions.map((question) => ({
  ...question,
  grade: gradeReply(converse(question.turns), question.expected),
  heldOut: question.held_out,
}));
const shown = (grade: string) =>
  graded.filter((each) => each.grade === grade).map(({ turns }) => turns.join(" → "));

it("holds at least two hundred and fifty questions", () => {
  expect(questions.length).toBeGreaterThanOrEqual(250);
});

it("answers nothing wrongly with confidence", () => {
  expect(shown("wrong")).toEqual([]);
});

for (const [name, heldOut] of [
  ["the questions built with", false],
  ["the questions kept aside", true],
] as const) {
  it(`gets 95 in 100 of ${name}`, () => {
    const share = graded.filter((each) => each.heldOut === heldOut);
    const right = share.filter(({ grade }) => grade === "right").length;
    expect(right / share.length, `refused: ${shown("refused").join(" | ")}`).toBeGreaterThanOrEqual(0.95);
  });
}
