import { expect, it } from "vitest";
import { testContext } from "../../testing/offline";
import { normalise } from "./normalise";
import { withoutSlips } from "./slips";
import { mend } from "./words";

const { index } = testContext();
const read = (question: string) => mend(normalise(withoutSlips(question)).clean, index).text;

it.each([
  ["who bougth more then two thousand dollars", "who bought more than 2000 dollars"],
  ["payed over a hundred", "paid over 100"],
  ["evrybody taged", "everybody tagged"],
  ["2.5 thousand", "2500"],
  ["who spent more than 2.5 thousand", "who spent more than 2500"],
  // `then` and `a hundred` where they are meant as they stand.
  ["and then by month", "and then by month"],
  ["thanks a million", "thanks a million"],
])("reads %s as %s", (typed, meant) => {
  expect(read(typed)).toBe(meant);
});
