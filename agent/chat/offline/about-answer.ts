import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import type { Query } from "@/analytics/query/query";
import { peopleInWords } from "../../people/people-input";
import type { Memory } from "./memory";
import { call } from "./numbers/set-form";
import type { PlannedCall, Reply } from "./plan";
import { exampleQuestions } from "./suggest";
import type { Understanding } from "./understand";

/**
 * Turns that speak about the answer just given and ask for no other: whether it is right, how it was counted, which days
 * it covers, to say it again, to go back. Each is read from its first word to its last, so that nothing else is taken
 * for one of them.
 */
export function aboutAnswer(question: string, memory: Memory, read: () => Understanding): Reply | null {
  const said = bare(question);
  if (startsOver.test(said))
    return {
      kind: "say",
      topic: "chat",
      text: "Gladly. Ask a new question in full, and nothing of the answers before counts for it.",
      suggestions: exampleQuestions.slice(0, 3),
    };
  if (memory.unanswered) return null;
  const { last, people, records, shape, person, search } = memory;
  const made = (calls: PlannedCall[], ...meanings: string[]): Reply => ({
    kind: "call",
    calls,
    meanings,
    understanding: read(),
    whole: true,
  });
  if (people && doubts.some((pattern) => pattern.test(said)))
    return {
      kind: "say",
      topic: "chat",
      text: `That list holds everybody who ${peopleInWords(people)}, counted in the copy of Keap as it stands; what was looked for and the SQL stand below it. If somebody is missing, look them up by name, or ask "when was the last sync".`,
      suggestions: ["When was the last sync?"],
    };
  if (!last || people || records || shape || person || search) return null;
  const again = (query: Query) => call(query, last.drawing, last.title);
  if (doubts.some((pattern) => pattern.test(said)))
    return made(
      last.query.metrics.slice(0, 2).map((metric) => ({ tool: "describe_metric", input: { metric } })),
      `"${question.trim().replace(/"/g, "").slice(0, 60)}": this is how it is counted. Its days, its SQL and the number of rows behind it stand below the answer before; "show the records behind it" lists them.`,
    );
  if (days.test(said))
    return made([again(last.query)], "The days stand in the answer, in the account's zone.");
  if (sql.test(said)) return made([again(last.query)], "The SQL that ran stands below this answer.");
  if (repeats.test(said)) return made([again(last.query)], "The same again, computed now.");
  if (amounts.test(said) && last.query.metrics.every((id) => getMetric(id)?.unit === "money"))
    return made([again(last.query)], "The amount stands in the answer before; here it is again.");
  if (goesBack.test(said))
    return memory.earlier
      ? made([call(memory.earlier, undefined)], "This is the answer before that one.")
      : {
          kind: "say",
          topic: "clarify",
          text: "There is no answer before that one to go back to. Nothing I show changes anything in Keap, so there is nothing to undo either.",
          suggestions: exampleQuestions.slice(0, 2),
        };
  if (judges.test(said) && !last.query.comparison && !isToday(last.query))
    return made(
      [again({ ...last.query, comparison: "previous_year" })],
      "Good or bad I can't judge; here it stands against the same days a year before.",
    );
  return null;
}

/** `no, I meant last year`: what was meant, without the excuse. */
export const corrected = (question: string): string =>
  question.replace(
    /^\s*(?:(?:no+|nope|nah|sorry|oops|ups|wait|hmm+|ah|oh|ok|actually|wrong|my bad|my mistake|not that(?: one)?|not this(?: one)?)[\s,.!:;–-]+)*(?:(?:i|we) (?:actually |really |just )?(?:meant|mean|wanted|want|was asking (?:for|about)|am asking (?:for|about)|asked (?:for|about)|was after|am after)|i'm asking (?:for|about))(?: to (?:say|know|see|ask(?: for| about)?))?[\s,:]+(?=\S)/i,
    "",
  );

/** Politeness and joints at both ends say nothing. */
function bare(question: string): string {
  return question
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/[?.!,;:"]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(
      /^(?:(?:and|so|ok|okay|but|now|then|hm+|sorry|please|pls|well|wait|just|can you|could you|tell me|show me|i wonder) )+/,
      "",
    )
    .replace(/(?: (?:please|pls|exactly|again|now|then|though|actually|really|here|thanks))+$/, "");
}

const it =
  "(?:this|that|it|these|those|they|the number|the figure|the answer|the result|this number|that number|these numbers|those numbers|this figure|that figure|your answer|your numbers?)";
const doubts = [
  new RegExp(
    `^(?:are you|you(?:'re)?) (?:really |absolutely |quite |very |100% )*(?:sure|certain|positive|serious)(?: (?:about|of) ${it})?(?: (?:is|are) (?:right|correct|true))?$`,
  ),
  new RegExp(
    `^(?:is|are|was) ${it} (?:really |even |actually )*(?:right|correct|true|accurate|reliable|real|wrong|complete|trustworthy|off|up[- ]to[- ]date)$`,
  ),
  /^(?:(?:that|this|it|the number|that number|this number)(?:'s| is| was| looks?| seems?| sounds?| feels?| must be| can't be| cannot be| can not be| isn't| is not) ?)(?:(?:very|too|a bit|a little|way|quite|kind of|so|not|rather|pretty|really|really not) )*(?:wrong|right|off|low|high|strange|odd|weird|incorrect|correct|much|little|few|fishy|suspicious|impossible|unlikely|surprising|funny|true)$/,
  /^(?:really|seriously|wrong|incorrect|not right|not true|i (?:don't|do not) (?:believe|trust|think) (?:it|that|this|so)(?:'s| is)?(?: (?:right|true|correct))?|(?:that )?can(?:'t| ?not) be(?: (?:right|true))?|i doubt (?:it|that))$/,
  new RegExp(
    `^(?:can|should|could|may) (?:i|we) (?:trust|believe|rely on|use|count on) ${it}$|^how (?:sure|reliable|accurate|exact|precise|certain|confident|good) (?:are you|is it|is this|is that|is the number|are they)(?: (?:about|of) ${it})?$`,
  ),
  new RegExp(
    `^how (?:did|do|have|was|is|were|are) (?:you |we |${it} )?(?:calculated?|computed?|get|got|work(?:ed)? out|come up with|came up with|arrived? at|count(?:ed)?|measured?|determined?|defined?|made)(?: (?:up|to))?(?: ${it})?$`,
  ),
  /^where (?:does|did|do) (?:this|that|the|these|those|your) (?:number|numbers|figure|figures|answer|data|result)s? come from$/,
  new RegExp(
    `^what(?:'s| is| are| does| do| goes)? ?(?:all )?(?:${it} )?(?:includes?|included|counts?|counted|contain|cover|based on|made up of|mean|in)(?: (?:in|into|as))?(?: ${it})?$`,
  ),
  new RegExp(
    `^(?:is|are|was|does|do|did) ${it} (?:with|without|incl|including|includes?|excl|excluding|exclude|before|after|net of|gross of|count|contain|cover|inclusive of|exclusive of|minus)(?: of)?(?: (?:the|any|our))?(?: (?:sales )?(?:tax|taxes|vat|gst|refunds?|shipping|discounts?|fees|renewals|cancell?ed orders|everything|everyone|all|test orders))+$`,
  ),
  new RegExp(
    `^(?:explain|define|clarify)(?: (?:${it}|yourself|how you got (?:this|that|it)))?$|^(?:(?:what(?:'s| is)|show|give|see)(?: me)? )?(?:the |its |your )?(?:formula|definition|calculation|method|methodology)(?: (?:of|for|behind|used for) ${it})?$`,
  ),
];
const days = new RegExp(
  `^(?:for |over |in |from |of )?(?:which|what) (?:period|time ?frame|time ?span|time ?range|dates?|days?|range|month|year|quarter|week)(?: (?:range|period))?(?: (?:is|was|are|were|does|do|did) (?:${it})(?: (?:for|cover|from|in|about|of|over|span))?)?$|^(?:from|since) when(?: (?:to|till|until) when)?(?: (?:is|was|are|were) ${it})?$|^(?:what|which)(?: are| were)? the (?:dates|days|exact dates)$`,
);
const sql = new RegExp(
  `^(?:(?:what(?:'s| is| was)|show|give|see|can i (?:see|have)|may i see|let me see|display)(?: me)? )?(?:the |its |your |raw )*(?:sql|query|code|statement)(?: (?:of|for|behind|to|that made) ${it}| you (?:used|ran)| used| (?:behind|for) it)?$`,
);
const repeats =
  /^(?:repeat|again|once more|once again|come again|same again|redo|rerun|refresh|reload|run again|say again|(?:repeat|rerun|redo|refresh|recalculate|recompute|update) (?:that|it|this|the (?:last )?(?:answer|chart|number|question))|(?:say|show|run|do|calculate|compute) (?:me )?(?:that|it|this|the same)(?: (?:again|once more|one more time))?)$/;
const amounts = new RegExp(
  `^how much (?:money )?(?:is|was|are|were|does|did) ${it}(?: come to| make| in total| altogether| in all| together)*$`,
);
const goesBack =
  /^(?:undo|undo (?:that|it|this)|go back|back|step back|one back|previous|the previous one|revert|go to the previous(?: one)?|(?:go )?back to (?:the )?(?:previous|last|first|one before|chart before|answer before|other)(?: (?:one|chart|answer|question|number))?|(?:show )?(?:me )?the (?:one|answer|chart|number|previous (?:one|answer|chart)) before|(?:as|like) (?:it was )?before)$/;
const startsOver =
  /^(?:start over|start again|restart|reset|new (?:question|topic|subject|chat)|clear|clear (?:all|chat|the chat|everything|memory)|forget (?:it|that|this|everything|all that)|never ?mind|scratch that|next topic|different (?:question|topic)|let's start over|begin again)$/;
const judges = new RegExp(
  `^(?:is|was|are|were) ${it} (?:any |very |really )?(?:good|bad|ok|okay|normal|a lot|much|high|low|usual|unusual|healthy|fine|enough|great|decent|alright|better or worse|(?:more|less|better|worse|higher|lower|fewer) than (?:normal|usual|it should be|expected))(?: or (?:bad|not|low|high|little|good|what|unusual|not so (?:good|much)))?(?: for us)?$|^(?:good or bad|how good is (?:that|it|this)|is that a good (?:number|month|result|figure)|should (?:i|we) be (?:worried|happy|concerned|pleased|proud))(?: (?:about|with|of) ${it})?$`,
);
const isToday = ({ range, metrics }: Query): boolean =>
  metrics.every(isStock) && "preset" in range && range.preset === "today";
