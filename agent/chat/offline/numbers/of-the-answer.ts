import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { allOf, filterInWords, partsOf } from "../build-filters";
import type { Memory } from "../memory";
import type { Reply } from "../plan";
import { exampleQuestions } from "../suggest";
import type { Understanding } from "../understand";
import type { QueryInput } from "./draft";
import { theirsOf } from "./follow";
import { refuseFilter } from "./replies";
import { isDefault } from "./set-time";

/** What is asked of the whole business, whatever was shown before. */
const ofAll =
  /\b(?:we|our|us|my|i|business|company|everyone|everybody|total|overall|altogether|all|ever|in general|today|yesterday|now|currently|business)\b/i;
const pronoun = /\b(?:it|that|this|those|these|them|they|their)\b/i;
const ofThat =
  /\b(?:of|from|for|to|by|in|about|with|are|is|was|were|do|did) (?:it|that|this|those|these|them|they)\b/i;
/** A few words that only make sense behind something. */
const bit =
  /^\s*(?:(?:and|so|ok|but|now|then) )*(?:only|just|in|as|gross|net|how much(?: (?:money|revenue|income|cash|is|was|were|are|did|does))*|what(?:'s| is| was)? (?:the )?(?:revenue|money|amount|value|worth|share)|share|part|percent\w*|%)\b/i;

const askBack = (text: string, suggestions: string[]): Reply => ({
  kind: "say",
  topic: "clarify",
  text,
  suggestions: suggestions.length > 0 ? suggestions : exampleQuestions.slice(0, 2),
});

/**
 * A number that was asked for in a few words behind something else, and would be everybody's of the last twelve months:
 * a wrong answer that looks right. Asked back where what was shown can't be taken into it.
 */
export function ofEverybody(understanding: Understanding, memory: Memory): Reply | null {
  const { metrics, time, names, splits, raw } = understanding;
  const { people, shape, unanswered } = memory;
  const [id = ""] = metrics.ids;
  const words = raw.trim().split(/\s+/).length;
  if (!id || time.period || time.grain || time.against || names.length > 0 || words > 9) return null;
  const label = getMetric(id)?.label ?? id;
  const whole = [`${label} this year`];
  if (
    unanswered &&
    (ofThat.test(raw) || /^\s*(?:and |so )*(?:the )?(?:share|part|percent\w*|%)\b/i.test(raw))
  )
    return askBack(
      "The question before was not answered, so I don't know what this is to be a part of. Ask it in full, with the number and the period.",
      whole,
    );
  if (ofAll.test(raw) || splits.ids.length > 0) return null;
  const isBit = bit.test(raw) || pronoun.test(raw) || /\bonly\s*[?.!]*$/i.test(raw);
  if (shape && (isBit || unanswered))
    return askBack(
      `I can't take the answer before into ${label.toLowerCase()}: as it stands this would be everybody's. Ask it in full if that is what you mean.`,
      whole,
    );
  if (people && (isBit || words < 3) && !theirsOf(memory))
    return askBack(
      `I can't take the people of that list into ${label.toLowerCase()}: its conditions are more than a filter can say. Without them it would be everybody's.`,
      whole,
    );
  return null;
}

/**
 * `cost per lead` behind Facebook's leads of October: still of Facebook, which is said. Null where the new number cannot
 * be narrowed so, or the words ask for all.
 */
export function keepsConditions(
  query: QueryInput,
  { metrics, names, splits, time, raw, sides, overview }: Understanding,
  memory: Memory,
): string | null {
  const { last, people, unanswered } = memory;
  const before = people ? theirsOf(memory) : last?.query.filters;
  const words = raw.trim().split(/\s+/).length;
  if (!before || unanswered || sides || overview || query.filters || names.length > 0) return null;
  if (metrics.ids.length === 0 || time.period || time.against || ofAll.test(raw)) return null;
  if (words > 4 && !pronoun.test(raw)) return null;
  if (splits.ids.length > 0 && words > 4) return null;
  const filters = allOf(partsOf(before));
  if (!filters || refuseFilter({ ...query, filters })) return null;
  query.filters = filters;
  if (last && !people && isDefault(query.range) && !last.query.metrics.every(isStock))
    query.range = last.query.range;
  return `Still of what the answer before was narrowed to: ${filterInWords(filters)}. Ask "in total" for everybody's.`;
}
