import type { VocabularyIndex } from "../vocabulary";

/**
 * Ways to ask for records that hold no word for them, or none that a reader could place, in one form: `what's on my plate
 * today` are open tasks, `why are we losing deals` are the lost ones with their reasons.
 */
export function inOneForm(
  said: string,
  index: VocabularyIndex,
): { text: string; listed: boolean; mine: boolean; titled?: string } {
  const calls = callsAhead.exec(said)?.groups;
  const booked = calls ? said.replace(callsAhead, "appointments") : said;
  let text = booked;
  let listed = false;
  let mine = false;
  // What deals that were won came to is a number of its own.
  const ended = /(?<![\p{L}])(?:won|win|lost|lose|per|by|each)(?![\p{L}])/u.test(said);
  for (const [pattern, to, also] of forms) {
    const changed = ended && pattern === withDetails ? text : text.replace(pattern, to);
    if (changed === text) continue;
    text = changed;
    listed = true;
    if (also === "mine") mine = true;
  }
  const titled =
    calls?.what && !/^(?:phone|video|zoom|sales|all|our|my|the)$/.test(calls.what) ? calls.what : undefined;
  return {
    text: enquiries(text, index).replace(/\s+/g, " ").trim(),
    listed: listed || calls !== undefined,
    mine,
    ...(titled ? { titled } : {}),
  };
}

/** `discovery calls booked next week`: calls that have a day are appointments; to call somebody is something else. */
const callsAhead =
  /(?<=^|^how many |(?:^|[^\p{L}])(?:which|what|any|the|our|my|all|show|list|see|are there|have|much) )(?:(?<what>discovery|intro|introductory|sales|coaching|zoom|video|phone|consultation|onboarding|follow-?up|demo|strategy) )?(?:calls|consultations|demos|sessions)(?= .*(?:booked|scheduled|planned|coming up|upcoming|today|tomorrow|next (?:week|month|\d)|this week|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|last (?:week|month)|calendar|set up)(?![\p{L}]))(?!.*(?:notes?|logged|made|task))/u;

const shown =
  "(?:(?:their|the|its) )*(?:values?|amounts?|worth|totals?|owners?|stages?|names?|people|contacts?|dates?|details?|reps?|due dates?|customers?)";
const withDetails = new RegExp(
  `,? (?:and|with|incl(?:uding)?|show(?:ing)?) ${shown}(?:(?: and|,) ${shown})*(?: (?:too|as well|please))?$`,
  "u",
);
const forms: [RegExp, string, "mine"?][] = [
  // what stands in the list anyway
  [withDetails, ""],
  [/(?<= los[te](?: .*)?),? (?:and|with)(?: the)? (?:why|reasons?)(?: for each| why)?$/u, ""],
  [
    /^(?:and )?why (?:did|do|are|were|have) (?:we|you|i) (?:keep )?(?:los(?:e|ing|t)) (?:all |the |our |so many |those |these )*(deals?|opportunit(?:y|ies))/u,
    "list lost $1",
  ],
  [
    /^(?:and )?why (?:did|were|are|have) (?:the |our |those |so many )*(deals?|opportunit(?:y|ies)) (?:been )?(?:get )?lost/u,
    "list lost $1",
  ],
  // what became of them, said otherwise
  [
    /^((?:(?:show|list|give|find|which|what|all|the|our|my|how many|me) )*)(deals?|opportunit(?:y|ies))(?: (?:that|which))?(?: (?:have|has|we let))?(?: (?:got|gotten|get|slipped|slip) away|(?: we)? (?:fell|fall|fallen) (?:through|apart)|(?: we)? (?:didn't|did not) (?:get|win|land|close|work out|happen|come off)| (?:went|gone) (?:south|to (?:a |the )?competitors?)| (?:slipped|slip) through)(?= |$)/u,
    "$1lost $2",
  ],
  [
    /^((?:(?:show|list|give|find|which|what|all|the|our|my|how many|me) )*)(deals?|opportunit(?:y|ies))(?: (?:that|which))?(?: (?:do we|we|have|has|are|is|still))* (?:going|alive|in play|on the table|in progress|underway|under way|undecided|not decided|in the works)(?: (?:right )?now)?$/u,
    "$1open $2",
  ],
  [
    /^how many (deals?|opportunit(?:y|ies)) (?:do we (?:currently )?have|have we got|are there)(?: (?:right )?now| at the moment)?$/u,
    "list open $1",
  ],
  // what is to be done
  [
    /^(?:(?:show|list|give|see|what (?:is|are) on)(?: me)? )?(?:the )?(?:to[- ]?do|task) list (?:of|for) (?!me$|today|tomorrow|this|next)(\p{L}+(?: \p{L}+)?)$/u,
    "list open tasks of $1",
  ],
  [
    /^(?:(?:show|list|give|see|what (?:is|are) on)(?: me)? )?(\p{L}+?)(?:'s) (?:to[- ]?do|task) list$/u,
    "list open tasks of $1",
  ],
  [
    /^(?:what|which) (tasks?|deals?|appointments?) (?:are|is) (?:assigned|given) to (?:me|us)(?= |$)/u,
    "my $1",
  ],
  [
    /^((?:open |overdue )?(?:tasks?|to-?dos?|deals?|appointments?|meetings?)) (?:assigned|given) to (?:me|us)(?= |$)/u,
    "my $1",
  ],
  [
    /^do i have (?:any )?((?:open |overdue )?(?:tasks?|to-?dos?|deals?|appointments?|meetings?))(?= |$)/u,
    "list my $1",
  ],
  [
    /^what (?:is|are) (\p{L}+) (?:currently |now )?(?:working on|busy with|doing)(?: (?:now|right now|at the moment|these days))?(?= |$)/u,
    "list open tasks of $1",
  ],
  [
    /^(?:so )?what (?:do|does|did|should|must|can) (?:i|we) (?:still )?(?:have|need|got) to (?:do|get done)/u,
    "list open tasks",
    "mine",
  ],
  [/^(?:so )?what (?:is|are) (?:still )?(?:there )?(?:left )?to do(?= |$)/u, "list open tasks", "mine"],
  [/^what (?:still )?needs? (?:doing|to be done|to get done)/u, "list open tasks", "mine"],
  [
    /^what (?:is |do i have )?(?:on )?(?:my|our) (?:plate|desk|list|to[- ]?do list|to[- ]?dos|agenda)(?= |$)/u,
    "list open tasks",
    "mine",
  ],
  [/^what (?:is )?on (?:my|our|the) (?:plate|desk|to[- ]?do list|list)(?= |$)/u, "list open tasks", "mine"],
  [
    /^(?:(?:show|list|give)(?: me)? )?my (?:to[- ]?do list|to[- ]?dos|day)(?= |$)/u,
    "list open tasks",
    "mine",
  ],
  [
    /^(?:what|anything|whatever)(?: is| are)? due(?= (?:today|tomorrow|this|next|on|by|now)| ?$)/u,
    "list open tasks due",
    "mine",
  ],
  [
    /^what (?:does|did|do) (\p{L}+) (?:still )?(?:have|need|got) to (?:do|get done)/u,
    "list open tasks of $1",
  ],
  [/^what (?:is|are) on (\p{L}+?)(?:'s|s) (?:plate|desk|to-?do list|list)(?= |$)/u, "list open tasks of $1"],
  [/^what (?:did|has|have) (\p{L}+) (?:get|got|gotten) done(?= |$)/u, "list done tasks of $1"],
  [
    /^(?:and )?(?:what|who) (?:is|are) on (?:my|our|the) (?:calendar|schedule|agenda|diary)(?= |$)/u,
    "list appointments",
  ],
  [
    /^(?:(?:show|open|see|give|check|what is|what's)(?: (?:me|us|on))* )?(?:(?:the|my|our) )?(?:calendar|agenda|schedule|diary)(?: (?:for|of|on|looks? like))*(?= |$)/u,
    "list appointments",
  ],
  [
    /^(?:what|who) (?:is|do (?:we|i) have|have (?:we|i) got) (?:booked|scheduled|planned|lined up|on)(?= (?:for |on |in )?(?:today|tomorrow|next|this|mon|tues|wednes|thurs|fri|satur|sun))/u,
    "list appointments",
  ],
  [
    /^(?:(?:is|are) (?:there )?|do (?:we|i) have |have (?:we|i) got )(?:anything|something|any ?one|any) (?:planned|scheduled|booked|lined up|set up|coming up)(?= |$)/u,
    "list appointments",
  ],
  [/^who (?:are|do|will) (?:we|i) (?:be )?(?:meeting|meet|seeing)(?: with)?(?= |$)/u, "list appointments"],
  [
    /^who (?:should|do|must|can) (?:i|we) (?:need to |have to )?(?:call|contact|ring|phone|follow up with|get back to|reach out to)(?= |$)/u,
    "list open tasks",
    "mine",
  ],
  [
    /^who (?:is|are|do we have) (?:currently |now |still )*(?:in|at) (?:the )?(?:stage )?([\p{L} ]{3,30}?) stage$/u,
    "list open deals in $1",
  ],
  // nothing happened
  [
    /(?:,? (?:that|which|and|who))?(?: (?:have|has|had|with|is|are|were|was))*(?: (?:no|not|without(?: any)?|nobody|no one|none|zero))(?: (?:has|have|had|been|any|seen|one|recent))*(?: (?:activity|activities|movement|progress|updates?|changes?|contact|action|touch|touched|moved|updated|changed|worked on|contacted|progressed|looked at|followed up(?: on)?))(?: (?:them|it|on (?:them|it)))?(?: (?:for|in|since|over|within))?(?: (?:the )?(?:last|past))?(?: (?:more than|over|at least))? (\d{1,3}|an?|one|two|three|four|five|six) (day|week|month)s?/u,
    " idle for more than $1 $2s",
  ],
  [
    /(?<![\p{L}])(deals?|opportunit(?:y|ies)) (?:(?:that|which|who) )?(?:(?:are|is|have|has|keep|just|do|does) )*(?:(?:going|getting|got|gone|go|leading) nowhere|not (?:going|getting|go) anywhere|dragging(?: on)?|on ice|lingering|languishing|in limbo|gathering dust|asleep|not (?:moving|move|progressing)(?: forward| along| ahead)?|standing still|hanging(?: around)?|gone (?:stale|dark))(?= |$)(?! (?:for|since|over|more|in))/u,
    "$1 idle for more than 30 days",
  ],
  [
    /(?<![\p{L}])(?:stale|dead|neglected|forgotten|dormant|inactive|untouched) (deals?|opportunit(?:y|ies))(?= |$)(?! (?:for|since|over|more))/u,
    "$1 idle for more than 30 days",
  ],
  // in which order
  [
    /,? (?:sorted|ranked|ordered|sort|rank|order|by) (?:by )?(?:(?:their|the|its) )*(?:value|amount|size|worth|total|price)(?: desc(?:ending)?)?$/u,
    " biggest",
  ],
  [
    /,? (?:sorted|ranked|ordered|sort|rank|order) by (?:(?:their|the|its) )*(?:age|time in (?:the )?stage|how (?:old|long).{0,20})$/u,
    " oldest",
  ],
  [
    /,? (?:sorted|ranked|ordered|sort|rank|order) by (?:(?:their|the|its) )*(?:date|creation date|newest)$/u,
    " newest",
  ],
  [/,? (biggest|largest|highest|oldest|newest|latest|smallest|lowest)(?: ones)? (?:first|on top)$/u, " $1"],
  [/ as of (?:today|now|right now|this moment)(?= |$)/u, ""],
];

/** `new enquiries this week`: a stage that is called so, in the plural, means its deals. */
function enquiries(text: string, index: VocabularyIndex): string {
  if (
    /(?<![\p{L}])(?:deals?|opportunit(?:y|ies)|tasks?|orders?|appointments?|meetings?|calls?)(?![\p{L}])/u.test(
      text,
    )
  )
    return text;
  for (const { key, kind } of index.byLength) {
    if (kind !== "stage" || !key.includes(" ")) continue;
    const plural = key.endsWith("y") ? `${key.slice(0, -1)}ies` : `${key}s`;
    const at = text.search(
      new RegExp(`(?<![\\p{L}])${plural.replace(/[^\p{L}\p{N} ]/gu, ".")}(?![\\p{L}])`, "u"),
    );
    if (at >= 0) return `${text.slice(0, at)}deals in ${key}${text.slice(at + plural.length)}`;
  }
  return text;
}
