import { everydayNouns } from "./reword-nouns";
import { numbersInOtherWords } from "./reword-numbers";
import { peopleInOtherWords } from "./reword-people";
import { rule } from "./reword-rule";

/**
 * The same question in plainer words. People wrap what they ask in courtesies (`any idea how …`, `when you get a chance`)
 * and have many ways to say one thing (`pull in`, `rake in`, `ring up`). Both are settled here, before any reader looks,
 * so that each reader and the audit see the words they know. Nothing that could carry a condition is taken away, and
 * nothing is put in that was not said.
 */
export function reword(question: string): string {
  // What stands in quotation marks is a name or a text, and is left as it was typed.
  if (question.length > 1_000 || /["“”«»]/.test(question)) return question;
  // `bought from us`: the business itself. The country is written in capitals, with an article or before a noun.
  // The strongest month in general is the strongest there ever was.
  const straight = question
    .replace(/[’‘]/g, "'")
    .replace(
      /(?<=\b(?:buy|buys|bought|buying|order|orders|ordered|ordering|purchase|purchased|pays?|paid|spend|spent|hear|heard|joined|come|came|leave|left|stay|stayed|found|find) )(?:from|with|to|at) us(?! (?:only|customers|people|orders|leads|states)\b)(?=[\s?.!,]|$)/g,
      "",
    )
    .replace(
      /\b((?:strong|weak|b|high|low|bigg|busi|slow|quiet|larg)est|worst|top)\b(.*) (?:in general|generally|overall|of all)\s*[?.!]*$/i,
      "$1$2 ever",
    );
  const plain = rules.reduce((text, [pattern, to]) => text.replace(pattern, to), withoutCourtesy(straight));
  const trimmed = plain
    .replace(/\s+/g, " ")
    .replace(/ ([,?.!])/g, "$1")
    .trim();
  return /[\p{L}\p{N}]/u.test(trimmed) ? trimmed : question;
}

/** Orders for later are another request than a question now: `send me revenue every Monday`, `tell me when …`. */
const standing =
  /\b(?:every|each|whenever|when(?:ever)? (?!did|do|does|was|were|is|are|have|has|will|you|can)\p{L}|once|if|alert|alerts|digest|notify|ping|warn|weekly|daily|monthly (?:summary|report|digest|e-?mail)|remind|reminder|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b/iu;

const openings = new RegExp(
  [
    "quick (?:one|question|check)|(?:just )?one (?:more )?(?:quick )?(?:thing|question)|last (?:one|question)|question",
    "(?:i(?:'m| am) |just |we(?:'re| are) )*(?:curious|wondering|interested)(?: to know)?(?: about| in| if you know| whether you know)?|i was wondering(?: about| if you know)?",
    "(?:do you have |have you (?:got )?|got |you got )?any (?:idea|clue)(?: of| on| about)?|do you (?:happen to )?know|any chance you (?:know|can tell me|could tell me)",
    "i(?:'d| would) (?:really )?(?:like|love) to (?:know|see|understand|find out|hear|learn|get|have|look at)(?: about)?|i (?:just )?(?:want|wanted|need|was hoping|am trying|'m trying) to (?:know|see|understand|find out|hear|learn|get|look at|figure out)(?: about)?",
    "(?:can|could|would|will) you (?:please |kindly |maybe |just |quickly |possibly )*(?:tell|remind|let)(?: me| us)(?: know)?(?: again)?(?: about)?",
    "(?:please |just )?(?:remind me|let me know|fill me in|walk me through|catch me up)(?: again)?(?: on| about)?",
    "(?:let me|let's|lets|can we|could we|can i|could i|may i) (?:see|have a look at|look at|take a look at|get|have|go over)",
    "(?:have a look at|take a look at|work out|figure out|calculate|compute)",
  ].join("|"),
  "iu",
);
const opening = new RegExp(
  `^\\s*(?:(?:hey|hi|hello|ok|okay|well|right|alright|hm+|oh|um+|uh)\\b[,!. ]+)*(?:please[, ]+)?(?:${openings.source})(?![\\p{L}'])[,:;. -]*(?=.*\\p{L}{2})`,
  "iu",
);
const greeting =
  /^\s*(?:hey|hi|hello|well|alright|hm+|oh|um+|uh)\b(?: there| again)?[,!. ]+(?=\S+ \S+ ?\S*)/iu;
const closing =
  /[,;. ]+(?:please|pls|plz|thanks(?: a lot| in advance)?|thank you|thx|ta|cheers|if (?:you|that is|that's|it's|it is)(?: can| could| possible| ok| okay| not too much trouble)?|if possible|when you (?:can|get (?:a chance|the chance|a minute|time)|have (?:a moment|time|a minute|a sec))|real quick|asap|by the way|btw|just curious|off the top of your head|in general|generally speaking|give or take|or so|eh|huh)\s*[?.!]*$/iu;
const fillers =
  /(?<![\p{L}'-])(?:actually|basically|honestly|literally|frankly|hopefully|obviously|roughly|approximately|approx|ballpark|by the way|btw|as it stands|as things stand|if any|in your opinion|kinda|sorta|(?<!(?:which|what|each|every|any|some|a|this|that|same|one|per|by|all|the|other) )(?:kind of|sort of))(?![\p{L}'-]),?/giu;

function withoutCourtesy(question: string): string {
  let text = question;
  for (let turn = 0; turn < 4; turn++) {
    const before = text;
    text = text
      .replace(greeting, "")
      .replace(closing, (said, at) => (/\S\s+\S/.test(before.slice(0, at)) ? "" : said));
    if (!standing.test(text)) text = text.replace(opening, "");
    if (text === before) break;
  }
  if (!standing.test(text))
    text = text.replace(
      /^\s*((?:please|can you|could you|now|and|then|ok|okay|just)[, ]+)*(?:send|forward|hand)(?: over)? (?:me|us)(?: over)?(?= )/iu,
      "show me",
    );
  // One space each, or no rule below would find `can I send` where `actually` stood between.
  return text.replace(fillers, " ").replace(/(?<=\S) {2,}(?=\S)/g, " ");
}

const months = "january|february|march|april|june|july|august|september|october|november|december";

const ended = "finish(?:ed)?|completed?|do|done|get done|got done|close|closed|tick off|ticked off";

const rules: [RegExp, string][] = [
  // how people type in a hurry
  [/(?<=\S )n(?= \S)/giu, "and"],
  [/^(\s*)n (?=\S)/iu, "$1and "],
  rule("(?<=(?:this|last|next|per|each|a|previous|\\d+) )mo", "month"),
  rule("rev", "revenue"),
  rule("brand[- ]new", "new"),
  ...numbersInOtherWords,
  ...everydayNouns,
  ...peopleInOtherWords,
  // everyday names of what we know under another
  rule("shoppers|purchasers", "buyers"),
  rule("(?:running|ongoing|pending|current|live) (deals|opportunities)", "open $1"),
  rule("(?:successful|closed[- ]won) (deals|opportunities)", "won $1"),
  rule("(?:unsuccessful|closed[- ]lost) (deals|opportunities)", "lost $1"),
  rule(
    "(customers|members|buyers|clients|subscribers) (?:(?:who|that) )?(?:are )?(?:in danger(?: of (?:leaving|quitting))?|likely to (?:quit|go|cancel)|drifting away|on the brink|we (?:could|might|may) lose)",
    "$1 at risk",
  ),
  rule(
    "follow[- ]?ups?(?= (?:(?:that )?(?:are |is )?(?:due|overdue|late|missed)|this week|next week|today|tomorrow)\\b)",
    "tasks",
  ),
  rule(
    "(?:new )?(customers|clients|members|buyers) (?:we )?(?:gained|won|acquired)(?: in number)?(?! (?:from|through|via|by|over|back|in|during|since)\\b)",
    "new $1",
  ),
  rule("(?:without|with no|lacking) (?:an? |any )?labels?", "without any tags"),
  rule("(day|week|month|quarter|year) after \\1", "by $1"),
  rule(
    "(daily|weekly|monthly|quarterly) (sales|revenue|income|turnover|orders|leads) (?:chart|graph|figures)",
    "$1 $2",
  ),
  rule(
    "how often (?:did|do|have) we (?:give|given|pay|paid|hand)(?: (?:people|customers))?(?: (?:their|the))? money back",
    "how many refunds did we give",
  ),
  rule("whom did we (?:refund|reimburse|pay back)", "who had a refund"),
  rule("late payers", "who has an overdue invoice"),
  rule(
    "(?:customer|client) directory|(?:directory|address book) of (?:our |the |all )*(?:customers|clients)",
    "show customers",
  ),
  rule("size of (?:our |the )?(?:customer|client) base", "number of customers"),
  rule(
    "whose (?:payments?|cards?|charges?) (?:(?:did(?:n't| not)|have not|haven't) go(?:ne)? through|bounced)",
    "whose card failed",
  ),
  rule(
    "(?:payments|charges|cards) (?:that |which )?(?:(?:did(?:n't| not)) go through|bounced)",
    "failed payments",
  ),
  rule("average amount of (?:an? |each |every |our )?(?:sales?|orders?|purchases?)", "average order value"),
  rule(
    "(?:contradictions|mismatches|discrepancies|differences) between (?:the two systems|keap and (?:the|our|this) (?:copy|database|data))|records that differ",
    "show conflicts",
  ),
  rule(
    "what (?:fell through the cracks|did we forget(?: to do)?|have we forgotten(?: to do)?)",
    "show overdue tasks",
  ),
  rule("memos", "notes"),
  rule(
    "how much of the (?:outstanding|unpaid|open) (?:money|amount|balance|invoices) is (?:past due|overdue|late)",
    "overdue receivable",
  ),
  rule(
    "(?:who is|people|members|subscribers) (?:who are )?(?:close|near) to the end of (?:the |a |their )?(?:subscription|membership)",
    "people whose subscription ends",
  ),
  rule("(?:who is|people|contacts|everyone) off the mailing list", "people who unsubscribed"),
  [
    /^\s*(?:has|have|did|is|are) (?:our |the )?(\p{L}+(?: \p{L}+){0,2}?) (?:gone|go|going|been|moved|move) (?:up or down|up|down|down or up)(?: or (?:up|down))? (this (?:day|week|month|quarter|year))(?=[\s?.!]*$)/giu,
    "$1 $2 vs the previous period",
  ],
  rule(
    "of (?:the |our )?(?:people|customers|clients|buyers) who (?:first bought|bought first|came|joined|started) (?:in )?(?:each|every|per) month(?: this year| last year)?,? how many (?:came back|bought again|ordered again|returned|come back|buy again)(?: for (?:a|their) second (?:order|purchase|time))?",
    "customer cohorts",
  ),
  rule(
    "(?:what|which|how big a) (?:share|percentage|percent|part|proportion|%) of (?:the |our |all )*(?:people|leads|contacts|ones)? ?(?:who|that) (?:took|got|get|requested|downloaded|received|have|had|did|finished) (?:the |our |a )?([\\p{L}][\\p{L} '-]{2,40}?) (?:go on to|went on to|later|then|end up|ended up|also) (?:buy(?:ing)?|bought|purchased?|order(?:ed)?|becom(?:e|ing) customers)(?= (?:something |anything )?(?:within|in) \\d| *[?.!]*$)",
    "funnel from tag $1 to purchase",
  ),
  rule("(yesterday|today|tomorrow)s(?= \\p{L})", "$1's"),
  rule(
    "(last|this|next) (week|month|quarter|year)s(?= (?:orders|sales|revenue|leads|refunds|numbers|appointments|tasks|deals|customers|invoices|income|figures))",
    "$1 $2's",
  ),
  rule(
    "(open|click) rates?(?: of (?:all )?(?:our |the |my )?(?:e-?mails?|mails|mailings|newsletters))",
    "$1 rate",
  ),
  rule(
    "(?:which|what) tags (?:(?:are|do) )?(?:we |you )?(?:(?:are|do) )?(?:not|no longer|never|don't) (?:being )?(?:using|use|used|in use)(?: any ?more| any longer| now)?",
    "unused tags",
  ),
  rule(
    "how many (?:of (?:our|the|my) )?(?:people|contacts) can (?:i|we) (?:actually |still |really |legally )?(?:send (?:an? )?(?:e-?mails?|mails?|newsletters?) to|send to)(?: (?:right )?now)?",
    "mailable contacts",
  ),
  rule(
    "(?:which|what) (?:mailings|newsletters|e-?mails|broadcasts) (?:went out|did we send(?: out)?|were sent(?: out)?)( .+?)? and how (?:did|have) they (?:do|perform|done|performed|go)",
    "email performance$1",
  ),
  [/(?<=(?:overdue|unpaid|late|outstanding)) and (?:by )?how much(?=[\s?.!]*$)/giu, ""],
  rule(
    "did (?:any|some) (?:card )?(?:payments?|cards?|charges?) (?:fail|bounce|get declined|go wrong)",
    "failed payments",
  ),
  rule(
    "did (?:they|anyone|anybody|people) (?:say|tell us|mention|give a reason) why(?: (?:they )?(?:left|cancell?ed|quit))?",
    "by reason",
  ),
  rule(
    "(?:against|versus|vs\\.?|compared (?:to|with)) (?:the )?same (?:time|period|days|point)(?: of| in)? last year",
    "vs last year",
  ),
  rule("this year (?:up to|until|till|through) (?:today|now)", "this year"),
  rule(
    "open deals by stage with (?:their |the )?(?:total )?(?:values?|amounts?|worth)",
    "pipeline value by stage",
  ),
  [
    /what did (january|february|march|april|may|june|july|august|september|october|november|december) (?:bring(?: in)?|come to|make|look like) last year/giu,
    "revenue in $1 last year",
  ],
  rule("(?<=customers? .*)with (?:their |the )?(?:e-?mail(?: address(?:es)?)?|e-?mails)(?= *[?.!]*$)", ""),
  [
    /(?:let me know|tell me|warn me|alert me|notify me) (?:when(?:ever)?|if) (?:fewer|less) than (\d+) (.+?) (?:come in|arrive|sign up|are made|happen|join)(?: us)? (?:in|within|per) (?:a |one )?(day|week|month)/giu,
    "alert me when $2 are under $1 in a $3",
  ],
  [
    /(?:let me know|tell me|warn me|alert me|notify me) (?:when(?:ever)?|if) more than (\d+) (.+?) (?:come in|arrive|sign up|are made|happen|join)(?: us)? (?:in|within|per) (?:a |one )?(day|week|month)/giu,
    "alert me when $2 are over $1 in a $3",
  ],
  [
    /(?<=^| )(\p{L}+(?: \p{L}+)?)(?:'s|s') (?:to[- ]?do list|to[- ]?dos|task list|list of tasks)(?![\p{L}])/giu,
    "tasks of $1",
  ],
  rule("(?:to[- ]?do list|task list|list of tasks)(?= (?:of|for) )", "tasks"),
  rule("amount (?:of money )?(?:paid|given|handed) back", "refunds"),
  rule(
    "(?:which|what) (?:things|products?|items?) do (?:people|customers|clients) (?:want|ask for|demand|claim) (?:their )?money back (?:for|on)",
    "refunds by product",
  ),
  rule(
    "(?:wins?|gets?|brings?|brought|sends?|delivers?|finds?)(?: in)? us (?:the )?(most |more )?(?:new )?(?:customers|clients|buyers)",
    "brings in the $1new customers",
  ),
  rule("monthly recurring (?:income|money|cash|sales)", "mrr"),
  rule(
    "where (?:did|does|has) (?:our |the )?mrr (?:come|came) from and (?:go|went|gone)(?: to)?",
    "mrr bridge",
  ),
  rule(
    "(?:when|after how long|after how many months) do (?:our |the )?(?:people|members|subscribers|customers) (?:usually |typically |normally |mostly |tend to )?(?:cancel|quit|leave)",
    "how long do subscribers stay",
  ),
  rule(
    "(which|what) (source|channel|country|state|region)s? (?:has|have|gives?|sends?|brings?)(?: us)? (?:the )?leads (?:that|who) (?:spend|pay|buy) (?:the )?most",
    "value per lead by $2",
  ),
  rule("(?:customer |client )?(?:retention|cohort) table", "customer cohorts"),
  rule(
    "(?:(?:list|names) of |the |our |upcoming |next )*(?:upcoming )?renewals(?: (?:coming up|due|ahead|that are coming up))?(?: by name)?(?= (?:this|next|in the next|over the next|within)\\b)",
    "people whose membership renews",
  ),
  rule(
    "members whose (?:paid )?time is (?:up|over|running out)|(?:people|members) (?:who are )?about to lose (?:their )?membership|who is about to lose (?:their |the )?membership",
    "people whose subscription ends",
  ),
  rule(
    "(?:latest|last|newest|most recent) (?:people|customers|clients|buyers) (?:to|who) (?:purchase|buy|order|bought|ordered|purchased)",
    "who bought most recently",
  ),
  rule(
    "deals (?!(?:that|which|we|i|who|of|in|with|from)\\b)(\\p{L}+(?: \\p{L}+)?) (?:has|have|has got|have got) (?:going|running|on the go|in progress|on|open)",
    "open deals of $1",
  ),
  rule(
    "who (?:in (?:the|our) (?:team|office|company) )?(?:wrote|writes|has written|took|takes|made|logged|logs) the most notes",
    "notes by owner",
  ),
  rule(
    "do (?:our |the |most )?(?:customers|clients|buyers|people) (?:usually |often |generally |tend to |ever )?(?:come back|return|buy again|order again)(?: (?:to buy|for more))?(?! (?:after|within|by|in \\d))",
    "repeat purchase rate",
  ),
  [
    /(?<![\p{L}])(?:has|have|is|are|did) (?:our |the |my )?((?:(?!(?: |^)(?:this|last|in|since)(?: |$)).){3,30}?) (?:gone up|gone down|go up|go down|going up|going down|risen|rise|fallen|fall|grown|grow|increased?|decreased?|dropped|drop|improved?|changed?|up|down|higher|lower|better|worse) (?:since|from|compared to|compared with|than|on|over) last (year|month|quarter|week)(?=[\s?.!]*$)/giu,
    "$1 this $2 vs last $2",
  ],
  rule(
    "when (?:was|is) (?:our |the |my )?(?:last|latest|most recent|newest) (order|sale|purchase|invoice)",
    "latest orders",
  ),
  rule(
    "who should have (?:already )?paid(?: us)?(?: (?:by now|already|long ago))*",
    "who has an overdue invoice",
  ),
  rule(
    "(?:value|total|amount|sum|worth) of (?:the |our |all )*(?:invoices|bills)(?: (?:that )?(?:we )?(?:have )?(?:written|wrote|raised|issued|sent(?: out)?|made out|billed))?",
    "sales invoiced",
  ),
  rule(
    "value of (?:the |our |all )*(?:open )?(?:deals|opportunities)(?= (?:per|by|in each|at each) (?:pipeline )?stages?)",
    "pipeline value",
  ),
  rule(
    "how did (?:our |the |most |all )*(customers|clients|buyers|members|leads|people|contacts) (?:find|hear about|discover|come to|get to|learn about) (?:us|our (?:business|studio|shop|store|company|brand))",
    "$1 by lead source",
  ),
  rule(
    "how (?:do|are) (?:new |our |the |most )*(?:people|leads|prospects|customers|clients|contacts) (?:find(?:ing)?|hear(?:ing)? about|discover(?:ing)?|com(?:e|ing) to|learn(?:ing)? about) (?:us|our (?:business|studio|shop|store|company|brand))",
    "new leads by lead source",
  ),
  rule(
    "(?<!\\b(?:leads?|prospects?|of|those|these|them|who)\\b.*)how many (?:people |contacts )?(?:have |has )?(?:became?|become|turned into|turned) (?:an? )?(?:new |paying )*(?:customers?|clients?|buyers?)",
    "how many new customers",
  ),
  rule(
    "(?:tasks?|to-?dos?) (?:that (?:is|are) )?(?:past due|late|behind schedule|past (?:its|their) (?:due )?date)",
    "overdue task",
  ),
  rule("where do (?:our |the |most |all )*(\\p{L}+) come from(?= (?:by|per) )", "$1"),
  // what came, where days or a split say when; what is to come has none
  rule(
    "(?:money|cash|income|payments) (?:that (?:is|was) |which (?:is|was) )?coming in(?= (?:per|by|each|every|this|last|during|so far|in (?:the )?(?:last|past|20\\d\\d|january|february|march|april|may|june|july|august|september|october|november|december)|(?:day|week|month|quarter|year) by )\\b)",
    "revenue",
  ),
  rule(
    "first[- ]time (?:buyers|shoppers|purchasers|clients|customers)(?! (?:who|that|which|from|of|with|in \\p{L}+ (?:who|that)))(?<!\\b(?:list|show|names|who are|january|february|march|april|june|july|august|september|october|november|december)\\b.*)",
    "new customers",
  ),
  [
    new RegExp(
      `(between|from) (\\d{1,2})(?:st|nd|rd|th)? (and|to|until|till|-) (\\d{1,2})(?:st|nd|rd|th)? (?:of )?(${months}|may)`,
      "giu",
    ),
    "$1 $2 $5 $3 $4 $5",
  ],
  [/\$\$+/gu, "money"],
  [/^(\s*)r (?=we |our |they )/iu, "$1are "],
  [
    new RegExp(`(?:the )?(?:whole |entire |full )?(?:calendar )?month of (?=(?:${months}|may)\\b)`, "giu"),
    "",
  ],
  rule("fb", "facebook"),
  rule("ig|insta", "instagram"),
  rule("yt", "youtube"),
  rule("smth|sth|smthing|sumthing", "something"),
  rule("sept", "september"),
  [/(?<![\p{L}\p{N}])AR(?= (?:over|older|by|aging|ageing|past))/gu, "receivables"],
  rule("reffered|refered", "referred"),
  // what one does with a chart or a record, which says nothing of what it holds
  [
    /^(\s*(?:(?:please|pls|plz|can you|could you|now)[, ]+)*)(?:chart|plot|graph|draw|visuali[sz]e)(?= (?!it\b|that\b|this\b|them\b|as\b|by\b|the same))/iu,
    "$1show",
  ],
  rule(
    "(?<=(?:meetings?|appointments?|calls?) )(?:held|taken|attended)(?= (?:by|with|last|this|in|on|per|since|yesterday|today))",
    "",
  ),
  rule(
    "notes (?:did|has|have|does) (\\p{L}+(?: \\p{L}+)?) (?:write|written|make|made|add|added|take|taken|leave|left)",
    "notes by $1",
  ),
  rule(
    `tasks? (?:did|has|have) (?:each|every) (?:person|user|owner|seller|employee|team member|one)(?: of us| of them)? (?:${ended})`,
    "tasks completed by owner",
  ),
  rule(`tasks? (?:did|has|have) (\\p{L}+(?: \\p{L}+)?) (?:${ended})`, "tasks completed by $1"),
  rule("why (?:so|that|this) (?:few|many|low|high|bad|good|much|little)", "why"),
  rule("who came in new", "who joined"),
  rule(
    "(?:deals?|opportunities) (?:that |which |we )?(?:fell through|fall through|got away|get away|slipped away|slip away|went elsewhere|didn't work out|did not work out|came to nothing)",
    "lost deals",
  ),
  rule("(?:the )?(?:number|count) of (?:buyers|purchasers|owners) of", "how many people bought"),
  rule("(?:the )?(?:buyers|purchasers) of", "people who bought"),
  rule(
    "(?:customers|people|clients|buyers|who)(?: (?:who|that))?(?: are)? still (?:buy|buys|buying|order|orders|ordering|shop|shops|shopping|purchase|purchasing)(?: from us| with us)?(?= *[?.!]*$)",
    "active customers",
  ),
  rule(
    "(?:with|have|has|had|placed|made) (?:several|multiple) (?:orders|purchases)",
    "who bought more than once",
  ),
  rule(
    "what (?:money )?(?:came|comes|has come) in(?= (?:per|by|each|every|last|this|in|on|yesterday|today)\\b)",
    "how much did we earn",
  ),
  rule("(?<=(?:months?|weeks?|days?|quarters?) )of the year(?= *[?.!]*$)", "this year"),
  rule(
    "(?:what(?:'s| is|s)?|which deals are|everything|what do we have|anything) (?:still |currently )?(?:open|left|sitting)? ?in (?:the|our) (?:sales )?pipeline(?= *[?.!]*$)",
    "show open deals",
  ),
  rule("(bought|ordered|purchased|came back for) (?:for )?(?:a|the) second time", "bought more than once"),
  rule(
    "(?:put|lay|set|show|place|overlay|add) (last year|the (?:previous|prior) year|the year before|last month|last quarter|last week|20\\d\\d|the (?:previous|prior) (?:month|quarter|week|period))(?:'s)?(?: numbers?| figures?| line)? (?:next to|beside|alongside|against|on top of|over|along with|with) (?:it|that|this|them|those)",
    "compare to $1",
  ),
  rule(
    "who (?:looks after|owns|manages|handles) (?:the )?most (customers|leads|contacts|members)",
    "which owner has the most $1",
  ),
  rule(
    "lead[- ]to[- ](?:customer|client|buyer|sale)s? (?:conversion|rate|conversion rate)",
    "lead conversion rate",
  ),
  rule("(?:average|mean) (?:value|worth) (?:of a|per|of each|of every) lead", "value per lead"),
  rule("hide (.{2,60}?) from (.+)", "$2 excluding $1"),
  rule(
    "which (?:product|source|country|tag|plan)s? (?:made the difference|(?:is|was) behind (?:it|that|this)|caused (?:it|that|this|the (?:drop|rise|change)))",
    "what made the difference",
  ),
  rule(
    "since when (?:is|are|has|have|was) (?:it|this|that|they)(?: been)? (?:going|falling|dropping|declining|shrinking|rising|growing|sinking)(?: (?:down|up))?",
    "by month over the last 12 months",
  ),
  [/(?<![\p{L}])(?:L|TT|T)(\d{1,2})M(?![\p{L}\p{N}])/gu, "last $1 months"],
  [/(?<![\p{L}])(?:LTM|TTM)(?![\p{L}\p{N}])/gu, "last 12 months"],
  rule("(?:developing|evolving|trending)(?= *[?.!]*$)", "over time"),
  rule("chart (?:it|that|this)", "as a chart"),
  [/(?<![\p{L}])single (?=best|worst|biggest|largest|highest|lowest|strongest|weakest)/giu, ""],
  rule(
    "(?<=(?:leads|contacts|orders|invoices) )(?:created|entered|recorded|placed|generated)(?= (?:in|on|since|during|this|last|between|from|yesterday|today)\\b)",
    "",
  ),
  rule("(?<=(?:per|by|each|every) )(?:staff(?: member)?|rep|team member)", "owner"),
  rule("whats in the pipe|what's in the pipe|what is in the pipe", "pipeline value"),
  // whom and what one waits for
  rule(
    "(?:how many|the number of|number of) (?:open |pending )?(proposals|approvals)(?: (?:are|is|we have|do we have|there are))*(?: (?:still |currently )?(?:waiting|pending|open|to approve))(?: for (?:approval|me|us))?(?= *[?.!]*$)",
    "which proposals are waiting for approval",
  ),
  rule(
    "(?:people|persons|leads|contacts|prospects|customers|clients) (?:(?:that|who) )?(?:(?:are|is) )?in (?:talks|negotiations?)(?: with(?: us)?)?(?= *[?.!]*$)",
    "people with an open deal",
  ),
  rule("(people|customers|clients|contacts) behind (?:the |our )?(won|lost|open) deals", "$1 with a $2 deal"),
  // money that comes in
  rule("(?:pull|rake|haul|scoop) in", "bring in"),
  rule("(?:pulled|raked|hauled|scooped) in", "brought in"),
  rule("(?:pulling|raking|hauling) in", "bringing in"),
  rule(
    "(?<=(?:did|do|does|have|has) (?:we|i|it|they) )(?:turn over|rack up|ring up|gross|bank|pocket|take home)",
    "bring in",
  ),
  rule(
    "(?<=(?:we|i|have|has) )(?:turned over|racked up|rung up|rang up|grossed|banked|pocketed)",
    "brought in",
  ),
  rule(
    `(?<=(?:did|do) we )take(?= (?:last|this|on|over|from|during|since|yesterday|today|per|each|by|in (?:the|20|q[1-4]|may|${months}))|[?.!]*$)`,
    "take in",
  ),
  rule("(?<=(?:we|i) )spen[dt](?= (?:per|for each|for every) (?:new )?(?:lead|customer))", "pay"),
  rule("costing", "cost"),
  rule("dough|moolah", "money"),
  rule(
    "how much (?:money )?(?:did|do|does|have|has|will) (?:our |the )?(?:members|subscribers) (?:spend|spent|pay|paid)(?: us)?(?! (?:on average|each|per|altogether|in total))",
    "revenue from people who are members",
  ),
  rule(
    "(orders|average order|average order value|aov|refunds|units)(?: (?:came|come))? (of|from|by|for) (?:our |the )?(?:members|subscribers)(?! (?:vs|and|or|who))",
    "$1 $2 people who are members",
  ),
  [
    new RegExp(
      `(?:is|was) (${months}|may|(?:this|last) (?:week|month|quarter|year)|q[1-4]|20\\d\\d) (?:better|worse|stronger|weaker|busier) than (?=\\S)`,
      "giu",
    ),
    "how was $1 vs ",
  ],
  rule(
    "(?:how much|what) (?:does|do|will) (?:an? |the |our )?(?:average )?(?:member|subscriber)s? (?:bring in|bring|pay|spend)(?: us)? (?:altogether|in total|in all|overall|ever)",
    "lifetime value of a member",
  ),
  rule("mrr movements?", "mrr bridge"),
  rule("percent(?:age)? (change|growth|increase|decrease|difference)", "$1"),
  rule("avg\\.?", "average"),
  rule(
    "(days?|weekdays?|hours?|time)((?: of (?:the )?(?:day|week))?) to (?:send|mail|e-?mail|mail out|send out)(?: out)?(?: (?:our|an?|the))*(?: (?:e-?mails?|newsletters?|mailings?|campaigns?))?",
    "$1$2 for open rate",
  ),
  rule("(how|what|where)'?s", "$1 is"),
  rule(
    "(?:typical|usual|normal|avg)(?= (?:order|sale|purchase|basket|cart|customer|client|buyer|member|subscriber|deal|day|week|month|quarter|year|lead)(?![\\p{L}]))",
    "average",
  ),
  rule("(?:ad|advertising|marketing|acquisition) (channel|source)", "$1"),
  rule(
    "(?:best|most valuable|highest[- ]value|biggest[- ]spending|most profitable) (?:customers|buyers|clients)(?= (?:by|per) (?:lead )?(?:source|channel|country|state|region|campaign|owner))",
    "highest lifetime value",
  ),
  rule(
    "(?<=(?:source|channel|country|state|region|campaign|where)s?(?: [\\p{L}]+){0,4} )(?:the |our )?(?:best|most valuable|highest[- ]value|biggest[- ]spending|most profitable) (?:customers|buyers|clients)",
    "highest lifetime value",
  ),
  rule("(?<=(?:how many|number of) [^?]*)bring in", "get"),
  rule("(?<=(?:how many|number of) [^?]*)brought in", "got"),
  // ways to say all but
  rule(
    "(?:everything|everyone|everybody|all(?: of them| products| sales)?)(?:,)? (?:but|except(?: for)?|excluding|other than|apart from|besides|save|minus)(?! (?:not|also|only|now))",
    "excluding",
  ),
  rule(
    "(?:apart|aside) from|with the exception of|not including|not counting|not taking into account|leaving aside",
    "excluding",
  ),
  rule("(?:of|from|for|on|in) excluding", "excluding"),
  // periods
  rule("(?:the )?(first|second|1st|2nd) half of (?:the |this )year", "$1 half of this year"),
  rule(
    "(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th) quarter of (?:the |this )year",
    "$1 quarter of this year",
  ),
  rule("(?<=(?:in|over|during|within|for|across) )the last year", "the past year"),
  rule(
    `(?<=${`(?:${months}|this (?:week|month|quarter|year))`} )(?:un)?til+ (?:now|today|date)|(?<=(?:${months}|this (?:week|month|quarter|year)) )up (?:to|until) (?:now|today|date)`,
    "so far",
  ),
  rule("(?:up )?(?:un)?til+ (?:now|today)(?! \\d)|up to (?:now|today)", "so far"),
  rule(
    `(compared (?:to|with)|vs\\.?|versus|against|than|and) (?:in )?last (?:${months}) (?:(?:un)?til+|up (?:to|until)|by|through|at) (?:the )?same (?:date|day|time|point)(?: of the month)?`,
    "$1 same time last year",
  ),
  rule(
    "(this|last) (year|quarter|month|week)('s [\\p{L}]+)? (vs\\.?|versus|compared (?:to|with)|against|and) (?:the )?(?:last|previous|prior|one before)(?: one)?(?=[?.!]*$)",
    "$1 $2$3 vs previous $2",
  ),
  rule("(up|down|ahead|behind) on(?= (?:the )?(?:last|previous|prior|same))", "$1 vs"),
  rule("(?<!(?:the|this) )same time (last year|a year ago)", "the same time $1"),
  rule("year on year", "yoy"),
  // `biggest`, `record`, `busiest`
  rule("(?:record|peak|all[- ]time high|record[- ]breaking)(?= (?:day|week|month|quarter|year)s?)", "best"),
  rule("most (?:popular|sold|bought|purchased|ordered)(?! (?:often|recently))", "best selling"),
  rule("least (?:popular|sold|bought|purchased|ordered)(?! (?:often|recently))", "worst selling"),
  rule(
    "(?<=how many (?:new )?(?:customers|clients|buyers|members|subscribers|leads|contacts) )(?:did|have) we (?:win|won|sign|signed|make|made)(?! back)(?: up)?",
    "did we get",
  ),
  rule(
    "(lapsed|inactive|dormant) (customers|clients|buyers) who (?:bought|ordered|purchased) again",
    "$1 $2 who came back",
  ),
  rule(
    "(?:what is |whats |what's )?(?:the )?(?:%|percent(?:age)?|share) of (?:orders |sales |revenue )?refunds",
    "refund rate",
  ),
  [/refunds? (?:%|percent(?:age)?)(?= |[?.!]*$)/giu, "refund rate"],
  // several numbers that share a noun
  [
    /(refund\p{L}*)(.*?),? (?:and|plus)(?: also)? (?:as|in|what) (?:an? |the )?(?:percentage|percent|%|share) (?:of|is that of|that is of) (?:our |the |total |all )*(?:sales|revenue)/giu,
    "$1$2 and refund rate",
  ],
  rule(
    "(won|lost|failed|recovered|open) (and|vs\\.?|versus|&) (won|lost|failed|recovered|open) (deals|payments)",
    "$1 $4 $2 $3 $4",
  ),
  [
    /how many (?:e-?mails?|mails?|newsletters?)(?: (?:did we|have we|were|we|did i))? (?:sen[dt])(?: out)?(.*?)(?:,| and| &) (?:how many|what (?:share|percent|%))(?: of (?:them|those|these))? (?:were|got|was|have been|did people|people) (open|click)(?:ed)?/giu,
    "emails sent and emails $2ed$1",
  ],
  [
    /(?:which|what|how many) (?:payments|charges|cards)(?: have| were| has| got)? (?:failed|declined|bounced)(.*?)(?:,| and) (?:did|have) we (?:get|got|recover|recovered|win|won)(?: (?:any|some|all|many|much|of))*(?: (?:them|those|it))?(?: back)?/giu,
    "failed payments and recovered payments$1",
  ],
  [
    /(?<=(?:leads?|conversion).*[:,]\s*|[:,]\s*)(?:number|count|volume|how many)(?=\s*(?:,|and|&)[^?]*conversion)/giu,
    "number of leads",
  ],
  [/(?<=conversion[^?]*(?:,|and|&) *)(?:average |avg )?value(?! (?:of|per))/giu, "lead value"],
  [
    /e-?mails?(?:,|:)? ?sent(?: and| &|,) ?opened(?! ?(?:,| and| &)+ ?clicked)(?![\p{L}])/giu,
    "emails sent and emails opened",
  ],
  [
    /e-?mails?(?:,|:)? ?sent(?:,| and| &) ?opened(?:,| and| &)+ ?clicked/giu,
    "emails sent, emails opened and emails clicked",
  ],
  rule("(?<=(?:most|fewest|least|highest number of|number of|how many) )opens", "emails opened"),
  rule("(?<=(?:most|fewest|least|highest number of|number of|how many) )clicks", "emails clicked"),
  rule(
    "(subscriber|member|customer|contact|lead|order)(?= (?:growth|count|numbers|trend|development|gain|loss))",
    "$1s",
  ),
  [
    new RegExp(
      `how many of (?:the |our )?(${months}|may)(?:'s)? leads (?:have )?(?:bought|ordered|become customers|became customers|converted)(?: (?:something|anything))?(?: (?:by now|so far|yet|since))?`,
      "giu",
    ),
    "how many people who joined in $1 are customers",
  ],
  rule("(sent|opened|clicked) (e-?mails)(?! (?:and|or|vs))", "emails $1"),
  rule("(?:no\\.?|nr\\.?) of(?= [\\p{L}]+s(?![\\p{L}]))", "number of"),
  [/(?<=(?:came|come) back) after (?:leaving|they left|quitting|cancell?ing)(?![\p{L}])/giu, ""],
  rule(
    "(?:customers|clients|buyers) (?:(?:that |who )?(?:were |we )?)?(?:acquired|won|gained) (?:via|through|from|on|by)(?=.*\\b(?:this|last|in|since|during|year|month|week|quarter)\\b)",
    "new customers from",
  ),
  rule("acquired (?:via|through|from|on|by)", "from"),
  // one period against another
  [
    /(?<![\p{L}])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s?-\s?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?![\p{L}])/giu,
    "$1 to $2",
  ],
  [
    new RegExp(
      `(${months}|q[1-4]|h[12]) (vs\\.?|versus|and|with|to|against|compared (?:to|with)) (?:the )?(?:same (?:month|quarter|period) (?:of )?|\\1 (?:of |in )?)?(?:last year|a year ago|the year before)(?= |[?.!]*$)`,
      "giu",
    ),
    "$1 vs last year",
  ],
  [
    new RegExp(
      `this (${months}|may)((?:'s)?(?: [\\p{L}]+){0,2}) (?:vs\\.?|versus|and|with|to|against|compared (?:to|with)) (?:the )?last \\1`,
      "giu",
    ),
    "$1$2 vs last year",
  ],
  rule(
    "(now|today|right now|currently) (?:and|vs\\.?|versus|compared (?:to|with)) (?:a|one|1) year ago",
    "now vs a year ago",
  ),
  [
    /how much (?:bigger|larger|smaller|higher|lower|more|less|better|worse) (?:is|are|was|were) (.+?) than (?=(?:the )?(?:last|previous|prior|same|a year|this time|in ))/giu,
    "$1 vs ",
  ],
  [
    /when did (?:our |the )?(.+?) (?:peak|top out|hit (?:its|a|an all-time) (?:peak|high)|reach its (?:peak|highest(?: point| value)?))/giu,
    "best month for $1",
  ],
  rule("(?:(?:at|as of) )?(?:the )?end of (?:each|every)", "per"),
  rule("(?:are|were) we making", "do we make"),
  rule("new people (joined|signed up|came in)", "people $1"),
  // ways to say money comes, goes or is owed
  rule("(?:did )?anything (?:sell|sold)", "what did we sell"),
  [
    /how much (?:money )?(?:did|do|does|have|has|will) (?!(?:we|i|you|they|it|each|every|an?|the average|our average)(?![\p{L}]))(.{2,40}?) (leads|customers|people|clients|contacts|buyers) (?:spend|spent|pay|paid)(?: us| with us)?(?! (?:on average|each|per))/giu,
    "revenue from $1 $2",
  ],
  rule("worth (?:the|our) (?:money|spend|cost|investment|price)", "worth it"),
  rule(
    "how long do (?:people|customers|folks|they) (?:stay|remain) (?:subscribed|members|subscribers|on)",
    "how long do subscribers stay",
  ),
  rule("how long are (?:our |the )?deals(?= in )", "how long do deals stay"),
  rule("reorder", "order again"),
  rule("q([1-4]) (?:numbers|figures|results|stats|kpis)", "how was q$1"),
  rule(
    "(?:did|do|have) we (?:lose|lost|give back|hand back|pay out|pay back)(?: (?:to|in|on|through|for|because of))? refunds?",
    "were refunds",
  ),
  rule(
    "how much (?:money |cash )?(?:will|should|is going to) come in(?= (?:next month|(?:over|in|within|during) the next))",
    "money due to come in",
  ),
  [
    /(?<=(?:owed?|receivables?|outstanding|invoices|overdue)[^?]*)by age(?! (?:group|of))/giu,
    "by days overdue",
  ],
  rule(
    "how old are (?:our |the |my )?(?:unpaid|open|outstanding|overdue) (?:invoices|receivables|bills)",
    "receivables by days overdue",
  ),
  rule(
    "how many (?:customers|clients|buyers) have we lost(?=[?.!]*$)",
    "how many lapsed customers do we have",
  ),
  rule(
    "(?:biggest|largest|highest) (?:single )?(?:sale|purchase)(?! (?:month|day|week|quarter|year|ever)s?)",
    "biggest order",
  ),
  // what a number is made of, and how a list grows
  rule(
    "what (?:was|is|were|does|did) (?:the |our )?(?:mrr|monthly recurring revenue|recurring revenue) (?:made (?:up )?of|composed of|consist of|built from)",
    "mrr bridge",
  ),
  rule(
    "(?:our |the |my )?(?:e-?mail |mailing |contact )?list growth(?= (?:by|per) (?:day|week|month|quarter|year))",
    "list size",
  ),
  rule(
    "(?:our |the |my )?(?:e-?mail |mailing |contact )?list growth|how (?:fast|quickly|quick) (?:is|has|did) (?:our |the |my )?(?:e-?mail |mailing |contact )?(?:list|database|audience) (?:growing|grown|grow|been growing)",
    "list size by month",
  ),
  rule("what(?: has| is|'s)? been coming in", "revenue"),
  rule(
    "(?<=how many [^?]*)(?:went out|shipped out|left the (?:shop|warehouse|studio)|flew off the shelves)",
    "were sold",
  ),
  rule("what are we going to (?:make|earn|sell)", "what will we make"),
  rule("(?:what is|what's) going to happen (?:with|to)(?: our| the)?", "forecast"),
  // how things stand
  rule(
    "(?<=(?:is|are|was|were|what's|whats|how's|hows|where's|wheres)(?: [\\p{L}'-]+){1,4} )(?:running|sitting|standing|tracking|hovering|holding up|shaping up|coming along|faring)(?: at)?(?= (?:now|right|this|last|for|so|today|at the moment|currently)|[?.!]*$)",
    "doing",
  ),
  rule("(?:in terms of|when it comes to|with regards? to|regarding|as far as|with respect to)", "on"),
  rule("did we (?:gain|pick up|land|acquire|attract|onboard|bag|score)(?! back)", "did we get"),
  rule("have we (?:gained|picked up|landed|acquired|attracted|onboarded|bagged|scored)", "have we got"),
  rule(
    "how (?:quick|quickly|fast|rapidly) (?:do|did|does|are|have) (?:our |the |my )?deals (?:get |being |been )?(?:close|closed|won|win|signed|sign|land|landed)",
    "how long do deals take to close",
  ),
  rule(
    "how (?:quick|quickly|fast|rapidly) (?:do|did|are|have) we (?:closing |closed |close |winning |win |won )(?:our |the )?deals",
    "how long do deals take to close",
  ),
  rule("(?:came|come|gone|went) through(?! (?:the|our|a|an) )", "came in"),
];
