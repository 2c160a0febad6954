import type { EvalCase, Expected } from "./case";
import { compareCases, filterCases, splitCases, totalCases } from "./cases-numbers";
import { followUpCases, talkCases } from "./cases-talk";
import { turnedCases } from "./cases-turned";

export const cases: EvalCase[] = [
  ...totalCases,
  ...compareCases,
  ...splitCases,
  ...filterCases,
  ...followUpCases,
  ...talkCases,
  ...turnedCases,
];

export interface EvalQuestion {
  group: string;
  /** The conversation, the graded question last. */
  turns: string[];
  expected: Expected;
}

/** Every wording as a question of its own. */
export const questions: EvalQuestion[] = cases.flatMap(({ group, wordings, before = [], expected }) =>
  wordings.map((wording) => ({ group, turns: [...before, wording], expected })),
);
