import type { Query } from "@/analytics/query/query";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import type { Understanding } from "../understand";
import { denominatorWords } from "./denominators";
import { againDrawn } from "./turned/again-drawn";
import { sibling } from "./turned/another-name";
import { inOrderTurn } from "./turned/in-order";
import { turnOfList } from "./turned/of-lists";
import { cause, ends, howManyPeople, inAmounts, mean, per, shares, whichOfThem } from "./turned/of-one";
import { betweenTheTwo, change, sum, together } from "./turned/of-two";
import type { Shown, Turn } from "./turned/shown";
import { direction, moved, ofTotal, percent, those, why } from "./turned/words";

/**
 * Turning the answers just shown: their shares, the difference between the last two, both in one chart, their sum, their
 * mean, the number per lead or per order. Each of these is read whole, from the first word to the last, so that nothing
 * else is ever taken for it; what can't be derived is said.
 */
export function turnOfLast(
  question: string,
  memory: Memory,
  { today, index }: PlanContext,
  read: () => Understanding,
): Reply | null {
  if (memory.unanswered) return null;
  const said = bare(question);
  const ofList = turnOfList(said, question, memory, read);
  if (ofList) return ofList;
  if (!memory.last || memory.people || memory.records || memory.shape) return null;
  const shown: Shown = {
    now: [...(memory.beside ?? []), memory.last.query],
    pair: pairOf(memory),
    leader: memory.leader,
    drawing: memory.last.drawing,
    title: memory.last.title,
    said: question.trim().replace(/"/g, ""),
    today,
    read,
  };
  for (const [pattern, turn] of turns) {
    const match = pattern.exec(said);
    const reply = match && turn(shown, match);
    if (reply) return reply;
  }
  return sibling(shown, said, index);
}

function pairOf({ last, beside = [], earlier }: Memory): [Query, Query] | null {
  if (!last || beside.length > 1) return null;
  const before = beside[0] ?? earlier;
  return before ? [before, last.query] : null;
}

/** Politeness and joints at both ends say nothing. */
function bare(question: string): string {
  let text = question
    .toLowerCase()
    .replace(/[?.!,;:]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(
        /^(?:and|so|ok|okay|now|then|please|pls|but|also|hm+|great|thanks|(?:can|could|would) you|i want|i'd like|let's see|just|tell me|what about|how about) /,
        "",
      )
      .replace(/ (?:please|pls|too|as well|then|thanks|instead|again)$/, "");
  }
  return text;
}

const turns: [RegExp, Turn][] = [
  [why, cause],
  inOrderTurn,
  ...againDrawn,
  [
    /^(?:who|which)(?: one| of (?:them|those|the two))? (?:has|had|won|made|sold|did|got|gets|brought|is|was|were)(?: the)? (?:more|most|higher|highest|bigger|biggest|better|best|ahead|less|fewer|least|lower|lowest)$/,
    change,
  ],
  [
    /^(?:is|was|did|has|are|were|does|do) (?:it|that|this|they|we|things)(?: (?:get|getting|gotten|go|gone|going|any|been|got))* (?:better|worse|higher|lower|up|down|improv(?:e|ed|ing)|increase[ds]?|decrease[ds]?|grow(?:n|ing)?|drop(?:ped)?)$/,
    betweenTheTwo,
  ],
  [
    /^how many (?:(?:different |single )?(?:people|customers|persons|clients|buyers))(?: (?:is|are|was|were) (?:that|it|those|they|this))?$/,
    howManyPeople,
  ],
  [
    /^(?:(?:and|which(?: one)?|what|who)(?: is| was)? )?(?:the )?(?<end>fastest|quickest|slowest|cheapest|priciest|most expensive)(?: one| of (?:them|those|all))?$/,
    ends,
  ],
  [/\b(?:of|bought|buys?|for|with|by|about|from|to|sell|sold) (?:it|that one|this one)$/, whichOfThem],
  [
    /^(?:in|as) (?:money|dollars|cash|absolute (?:numbers|terms|values|amounts)|absolutes|numbers|real money|usd|\$)$/,
    inAmounts,
  ],
  [
    new RegExp(
      `^(?:(?:show|give|put|make|turn|see|express|have|get|what(?:'s| is| are)|how much is)(?: me| us)? )?(?:(?:${those}) )?(?:(?:as|in|into|by) )?(?:an? |the |their |its )?(?:${percent})(?: (?:share|split|breakdown|terms|wise|points))?(?: (?:of each|for each|each))?(?: ${ofTotal})?$`,
    ),
    shares,
  ],
  [
    new RegExp(
      `^(?:what|which|how big an?|how much) ?(?:${percent}|fraction)?(?: ${ofTotal})? (?:is|are|was|were|do|does|did|has|have) (?:${those}|each)(?: (?:make up|come to|represent|one|account for|of))?(?: (?:${ofTotal}|in (?:percent|%)))?$`,
    ),
    shares,
  ],
  [
    new RegExp(
      `^(?:what(?:'s| is| was)? |show (?:me )?|give me )?(?:the |a )?(?:% |percent(?:age)? |relative |absolute |total )?(?:difference|diff|delta|change|gap)(?: (?:between|of) (?:${those}|the last two|the two (?:months|years|numbers|periods)))?(?: there)?(?: (?:in|as)(?: an?)? (?:percent(?:age)?|%|pct|absolute (?:terms|numbers)|total|numbers|money|dollars|%))?$`,
    ),
    change,
  ],
  [
    new RegExp(
      `^(?:by )?how (?:much|many)(?: %| percent)?(?: (?:did (?:${those}|we|things)|has (?:${those})|is (?:${those})|was (?:${those})))?(?: (?:${moved}|${direction}))?(?: (?:is|was|were|are) (?:${those}))?(?: (?:in|as)(?: an?)? (?:percent(?:age)?|%))?$`,
    ),
    change,
  ],
  [
    new RegExp(
      `^(?:(?:put|show|draw|plot|chart|see|have|combine|merge|overlay|display)(?: me)? )?(?:(?:${those}) )?(?:(?:together|combined|side by side|overlaid|next to each other|merged|stacked up) )?(?:in|on|into) (?:one|a single|the same|1) (?:chart|graph|diagram|plot|picture|table|view)$|^(?:(?:put|show|draw|plot|chart|see|have|display)(?: me)? )?(?:(?:${those}) )?(?:side by side|next to each other|overlaid)$|^(?:(?:put|show|draw|plot|chart)(?: me)? )(?:${those}) together$|^(?:combine|merge|overlay|compare) (?:${those})$`,
    ),
    together,
  ],
  [
    new RegExp(
      `^(?:add|sum|total)(?: (?:${those}))?(?: (?:up|together))*$|^(?:what(?:'s| is) )?(?:the )?(?:sum|total)(?: (?:of|for) (?:${those}))?$|^(?:all )?(?:together|altogether|combined|in sum|all in all)$|^what(?:'s| is| does| do| are)(?: the (?:total|sum))?(?: (?:${those}))? (?:make|come to|add up to|altogether|combined|together|in total|in all)(?: (?:in total|altogether|together))?$`,
    ),
    sum,
  ],
  [
    new RegExp(
      `^(?:(?:what(?:'s| is| was| are)|show|give)(?: me)? )?(?:the |an? |on )?(?:(?:monthly|weekly|daily|quarterly|yearly) )?(?:average|avg|mean)(?: (?:of|for) (?:${those}))?(?: (?:over|across|for|of|in) (?:the |this |that |all )?(?:whole |entire |full )?(?:year|quarter|month|period|time|range|months|weeks|days|quarters|years))?(?: (?:per|a|each|by) (?<unit>day|week|month|quarter|year))?$|^(?:per|a|each|by) (?<unit2>day|week|month|quarter|year) on average$|^on average(?: (?:per|a|each|by) (?<unit3>day|week|month|quarter|year))?$`,
    ),
    mean,
  ],
  [
    new RegExp(
      `^(?:(?:what(?:'s| is)|how much is) (?:that|it|this) |that |it |on average |(?:the |an? )?(?:average|avg|mean) )?(?:per|for each|for every) (?:single |each |one )?(?<thing>${denominatorWords})$`,
    ),
    per,
  ],
];
