import { monthNumbers, weekdayNumbers } from "../calendar";
import type { Memory } from "../memory";
import { fill, periodIn } from "../nearest-questions";
import { fold, normalise } from "../normalise";
import type { PlanContext } from "../plan";
import type { FoundName } from "../read-names";
import { understand } from "../understand";
import { mend } from "../words";
import { holdsAWording, type NearWording, nearestWording } from "./nearest-wording";

/** A question of ours that somebody's own words most likely stand for. */
export interface Meant {
  question: string;
  /** Words of theirs that it has nothing for. */
  missing: string[];
  /** Their words are almost those of a known wording. */
  sure: boolean;
}

/**
 * From here on, and so far ahead of any other question, the nearest is answered and called the nearest. Leaving each
 * wording of the bank out in turn, seven of ten that pass are right, see the test.
 */
export const near = { score: 0.3, margin: 0.11 };
/** From here on it is worth offering. */
const similar = 0.15;

/** Words that point at something said before, which a question of its own has none of. */
const pointing =
  /\b(?:it|its|those|these|them|they|their|theirs|he|she|him|his|her|hers|the same|that one|this one|the others?|the rest)\b|\b(?:is|was|are|were|about|of|for|by|with|to) (?:that|this)\b(?! (?:day|week|month|quarter|year|summer|winter|spring|autumn|fall|morning|afternoon))/;
/** What goes on of an answer before is no question of its own. */
const goesOn =
  /^(?:and|also|or|but|then|now|only|just|what about|how about|same|instead|by|per|with|without|who|which|from|in|of|to|at|since|until|between|as|vs)\b/;
/** Something is to be done, and not told. */
const acts =
  /^(?:(?:please|pls|can you|could you|now|and|then) )*(?:set|add|create|make|send|delete|remove|change|update|edit|cancel|merge|approve|reject|decline|move|assign|tag|untag|call|remind|book|schedule|pay|refund|import|export|connect|invite|share|print|stop|start|run|turn|write|post|charge|unsubscribe|subscribe|block|archive|clean)\b/;

const slotKinds = new Set([
  "tag",
  "product",
  "lead_source",
  "country",
  "region",
  "owner",
  "plan",
  "category",
]);

interface Compared {
  found: NearWording;
  clean: string;
  names: readonly FoundName[];
  when: string | undefined;
}

/** A question held against the bank; null where it is of something said before, asks for a deed, or holds what no wording can. */
function compared(asked: string, memory: Memory, context: PlanContext): Compared | null {
  if (asked.length > 200 || /["“”«»]/.test(asked)) return null;
  const clean = mend(normalise(asked).clean, context.index).text;
  const follows = memory.last || memory.people || memory.records || memory.shape || memory.unanswered;
  if (pointing.test(clean) || acts.test(clean) || (follows && goesOn.test(clean))) return null;
  if (follows && clean.split(" ").length < 4) return null;
  const { names, choices, time } = understand(asked, context.index, context.today);
  if (choices.length > 0 || time.problem) return null;
  const when = periodIn(clean, context);
  const timeless = (when ? clean.replace(when, " ") : clean).replace(/\s+/g, " ").trim();
  if (periodIn(timeless, context)) return null;
  const found = foundFor(timeless, names);
  // `how much did we lose` behind lost deals is about those.
  return found && (!follows || found.size > 2) ? { found, clean, names, when } : null;
}

/** As names were said: the readers know how one is meant from what stands around it. */
function filled(form: string, { when, names }: Compared): string | null {
  const question = fill(form, when, names, ({ said, value }) => said ?? value);
  return question && question.charAt(0).toUpperCase() + question.slice(1);
}

/**
 * The known question that somebody's own words stand for, where they are near enough to one of its wordings and clearly
 * nearer than to any other. Numbers, a second period, a name it has no place for and words that turn it round rule it
 * out. Pure.
 */
export function questionMeant(
  asked: string,
  memory: Memory,
  context: PlanContext,
  only?: "known",
): Meant | null {
  if (only && !holdsAWording(normalise(asked).clean)) return null;
  const all = compared(asked, memory, context);
  if (!all) return null;
  const { found, clean, when } = all;
  const sure = found.exact && found.wording !== found.form;
  if (!sure && (!found.sameKind || found.score < near.score || found.margin < near.margin)) return null;
  if (when && !found.form.includes("{when:")) return null;
  const { missing } = found;
  if (missing.some((word) => word in monthNumbers || word in weekdayNumbers || narrows(word, clean)))
    return null;
  const question = filled(found.form, all);
  return question ? { question, missing, sure } : null;
}

/** Known questions whose wordings are most like it, best first; for offering. Pure. */
export function questionsNear(asked: string, memory: Memory, context: PlanContext): string[] {
  const all = compared(asked, memory, context);
  if (!all || all.found.score < similar) return [];
  return all.found.forms.slice(0, 3).flatMap((form) => filled(form, all) ?? []);
}

/** `in euros`, `from glazing`: what stands behind such a word says which of it is meant, and can't be left out. */
const narrows = (word: string, clean: string): boolean =>
  new RegExp(
    `\\b(?:from|in|by|with|for|about|of|via|through|at|to|on|under|over|tagged|called|named|who|that|is|are|was|were) (?:(?:a|an|the|our|my|any|all|have|has|had) )*${word.replace(/[^\p{L}\p{N}]/gu, ".")}(?![\\p{L}])`,
    "u",
  ).test(clean);

function foundFor(timeless: string, names: readonly FoundName[]): NearWording | null {
  const marked = withSlots(timeless, names);
  const byNames = marked === null || /\d/.test(marked) ? null : nearestWording(marked);
  if ((byNames && byNames.score >= near.score) || names.length === 0 || /\d/.test(timeless)) return byNames;
  // `brand new members`, where a campaign is called Brand: a wording word for word needs no name.
  const plain = nearestWording(timeless);
  return plain?.exact ? plain : null;
}

/** The names of a question as `{tag}`, `{product}`; null where one is left out, of a kind without a slot, or not found. */
function withSlots(clean: string, names: readonly FoundName[]): string | null {
  let text = clean;
  for (const { kind, value, said, negated } of names) {
    const key = fold(said ?? value);
    if (negated || !slotKinds.has(kind) || !text.includes(key)) return null;
    text = text.replace(key, `{${kind}}`);
  }
  return text;
}
