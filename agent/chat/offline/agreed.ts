import type { Reply } from "./plan";
import { exampleQuestions } from "./suggest";

/** Ends the words of a reply that offers to answer without what it did not understand. */
export const offersWithout = "Should I answer without it";

const joints = "(?:(?:ok|okay|well|oh|ah|then|so|please|pls|sorry)[ ,]+)*";
const consent =
  "(?:yes|yep|yeah|yup|ya|sure|ok|okay|fine|correct|right|exactly|absolutely|of course|go ahead|go on|do (?:it|that|so)|please do|that's fine|that is fine|that works|sounds good|why not)";
const without =
  "(?:(?:answer |do (?:it|that) |just |then )*(?:without(?: (?:it|that|them))?|leave (?:it|that|them) (?:out|away)|ignore (?:it|that|them)|drop (?:it|that|them)|skip (?:it|that|them)|forget (?:it|that) part))";
const closing = "(?:[ ,]+(?:please|pls|then|thanks|thank you))*";
const agreeing = new RegExp(
  `^${joints}(?:${consent}(?:[ ,]+${consent})*(?:[ ,]+${without})?|${without})${closing}[.! ]*$`,
  "i",
);
const places: [RegExp, number][] = [
  [new RegExp(`^${joints}(?:the )?(?:first|1st|1|a)(?: (?:one|option|question))?${closing}[.! ]*$`, "i"), 0],
  [new RegExp(`^${joints}(?:the )?(?:second|2nd|2|b)(?: (?:one|option|question))?${closing}[.! ]*$`, "i"), 1],
  [new RegExp(`^${joints}(?:the )?(?:third|3rd|3|c)(?: (?:one|option|question))?${closing}[.! ]*$`, "i"), 2],
];

/**
 * The question that `yes`, `without it` or `the second one` stands for, behind a reply that asked something back; null
 * where it stands for none, so that a "yes" to nothing starts nothing. Pure.
 */
export function agreedTo(answer: string, before: Reply): string | null {
  if (before.kind !== "say" || before.topic === "chat") return null;
  const said = answer.trim().replace(/[’‘]/g, "'");
  const offered = before.suggestions.filter((each) => !exampleQuestions.includes(each));
  if (agreeing.test(said))
    return before.text.includes(offersWithout) || offered.length === 1 ? (offered[0] ?? null) : null;
  const place = places.find(([pattern]) => pattern.test(said))?.[1];
  return place === undefined ? null : (before.suggestions[place] ?? null);
}
