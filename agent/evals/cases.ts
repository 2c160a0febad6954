import { type EvalCase, type Expected, isHeldOut } from "./case";
import { composedCases } from "./cases-composed";
import { continuedCases } from "./cases-continued";
import { dayCases } from "./cases-days";
import { derivedCases } from "./cases-derived";
import { everydayCases } from "./cases-everyday";
import { freshCases } from "./cases-fresh";
import { goalCases } from "./cases-goals";
import { listedCases } from "./cases-listed";
import { listCases } from "./cases-lists";
import { compareCases, filterCases, splitCases, totalCases } from "./cases-numbers";
import { peopleCases } from "./cases-people";
import { personCases } from "./cases-persons";
import { secondCases } from "./cases-second";
import { shapeCases } from "./cases-shapes";
import { followUpCases, talkCases } from "./cases-talk";
import { thirdCases } from "./cases-third";
import { turnedCases } from "./cases-turned";

export const cases: EvalCase[] = [
  ...totalCases,
  ...compareCases,
  ...splitCases,
  ...filterCases,
  ...followUpCases,
  ...talkCases,
  ...turnedCases,
  ...freshCases,
  ...secondCases,
  ...thirdCases,
  ...composedCases,
  ...shapeCases,
  ...peopleCases,
  ...personCases,
  ...listCases,
  ...listedCases,
  ...everydayCases,
  ...derivedCases,
  ...goalCases,
  ...continuedCases,
  ...dayCases,
];

export interface EvalQuestion {
  group: string;
  /** The conversation, the graded question last. */
  turns: string[];
  expected: Expected;
  /** Kept aside from building. */
  held_out: boolean;
}

/** Every wording as a question of its own. */
export const questions: EvalQuestion[] = cases
  .flatMap(({ group, wordings, before = [], expected }) =>
    wordings.map((wording) => ({ group, turns: [...before, wording], expected })),
  )
  .map((question, index) => ({
    ...question,
    held_out: /^(?:fresh|second|third): /.test(question.group) || isHeldOut(index),
  }));
