import { monthNumbers } from "../calendar";

/**
 * Ways to say whom one means that come to the same, in the one form the clauses are read in. Each keeps every word that
 * chooses: what is put in the place of a phrase means that phrase and nothing less.
 */
export function inPlainForms(clean: string): string {
  return forms.reduce(
    (text, [pattern, to]) => (typeof to === "string" ? text.replace(pattern, to) : text.replace(pattern, to)),
    clean,
  );
}

const months = Object.keys(monthNumbers).join("|");
const period = `${months}|(?:this|last) (?:week|month|quarter|year)(?:'s)?|today(?:'s)?|yesterday(?:'s)?`;
const firstTimers =
  "(?:first[- ]?timers?|first[- ]time (?:buyers?|customers?|purchasers?|orderers?|shoppers?))";

const forms: [RegExp, string | ((said: string, part: string) => string)][] = [
  // where they come from
  [
    /(?<![\p{L}])(?:came|come|coming|entered|arrived|found us|signed up|joined|reached us)(?: in| to us)? (?:by|via|through|over|thanks to|out of) (?:means of )?(?=(?:the |our |a )?[\p{L}@])/gu,
    "from ",
  ],
  // what they like
  [
    /(?<![\p{L}])(?:(?:is|are|who are) )?(?:interested in|keen on|fans? of|fond of)(?= \p{L})|(?<=(?:who|that|people|folks|customers|members|leads) )(?:likes?|loves?)(?= \p{L})/gu,
    "likes",
  ],
  [
    /(?<=(?:who|that|and|but) )(?:are|is)( also| already)? (?:customers|clients|buyers)(?= too| as well| also|$)/gu,
    "are a customer",
  ],
  // `got no e-mail`: nothing was sent to them; an address is what they have
  [
    /(?<![\p{L}])(?:got|received|get|had) (?:no|zero|not a single|none of (?:our|the)) (e-?mails?|newsletters?|mails?|messages?)(?: from us)?(?! address)(?= |$|,)/gu,
    "not received $1",
  ],
  // a period behind `but did not` is one of both
  [
    /(?<![\p{L}])(opened|received|got)((?: (?:an?|the|our|any|e-?mails?|newsletters?))*),? (?:but|and|yet) (?:(?:did|have|has|do) )?(not|never|didn't|haven't|hasn't|don't) (click(?:ed)?|open(?:ed)?|read)((?: (?:on|in|a|any|it|them|anything|links?|e-?mails?))*) ((?:this|last|in|since|over|during|within|today|yesterday)(?: .+)?)$/gu,
    "$1$2 $6 but not $4$5 $6",
  ],
  // neither of two
  [
    /(?<![\p{L}])(have|has|had|bought|ordered|own|owns|with|are|hold|holds) neither (.{2,40}?) (?:nor|or) (?=\p{L}|@)/gu,
    "$1 no $2 and $1 no ",
  ],
  [
    /(?<=\p{L}) of the (day|week|month|quarter|year)(?= *$|,)/gu,
    (_, unit) => (unit === "day" ? " today" : ` this ${unit}`),
  ],
  [/(?<= are )no (?=(?:an? )?(?:members?|customers?|subscribers?)(?![\p{L}]))/gu, "not "],
  // a negation said twice is one
  [
    /(?<![\p{L}])((?:never|not|haven't|hasn't|didn't|don't)(?: (?:yet|ever))?) (bought|ordered|purchased|buy|order|spent|paid) (?:nothing|no things?)(?![\p{L}])/gu,
    "$1 $2 anything",
  ],
  // when a membership is billed again
  [
    /(?<![\p{L}])(?:whose|their|with) (?:next )?renewals?(?: dates?)? (?:is|are|comes?|falls?|falling|coming)(?: up| due)?(?= (?:in|within|on|this|next|before|by|until|during) )/gu,
    "up for renewal",
  ],
  [/(?<=(?:who|that|and|but) )(?:is|are) (?:an? )?(open|won|lost) (deals?)(?= |$)/gu, "with an $1 $2"],
  // nobody's
  [
    /(?<![\p{L}])(?:(?:that|who|which|whom) )?(?:nobody|no one|no-one|noone) (?:looks after|owns|is responsible for|takes care of|manages|handles|is assigned to)(?![\p{L}])/gu,
    "without an owner",
  ],
  // gone since
  [
    /(?<=(?:who|that|and|but) )(?:have |has |are )?(?:already|since|meanwhile) (?:left|cancell?ed|quit|gone|churned)(?: again)?(?= *$|,)/gu,
    "no longer subscribed",
  ],
  [/(?<![\p{L}])(?:have |has )?(opened|clicked) nothing(?![\p{L}])/gu, "have not $1 an email"],
  [/(?<=(?:who|that) )(?:is |are )?(?:brand )?new since(?= )/gu, "joined since"],
  // what somebody spent in all, was spent before
  [/(?<=(?:spent|paid) (?:over|above|more than|at least) [$€£]?\d[\d,.]*k?(?: \p{L}+)?) before(?= *$)/gu, ""],
  [
    /(?<=(?:customers|people|buyers|clients|members) )(?=(?:over|above|under|below|between|more than|less than|at least) [$€£]?\d[\d,.]*k?(?: and [$€£]?\d[\d,.]*k?)? ?(?:dollars|usd|bucks|euros?)(?![\p{L}]))/gu,
    "who spent ",
  ],
  [/^(?:the |a |our )?birthday list (?:for|of|in)(?= )/gu, "people with a birthday in"],
  // their first purchase
  [
    new RegExp(`(?<![\\p{L}])(?:(?:the|our) )?(?:(${period}) )${firstTimers}(?![\\p{L}])`, "gu"),
    "people who bought for the first time in $1",
  ],
  [new RegExp(`(?<![\\p{L}])${firstTimers}(?![\\p{L}])`, "gu"), "people who bought for the first time"],
  [/(?<=first time in )((?:this|last) (?:week|month|quarter|year)|today|yesterday)(?:'s)?/gu, "$1"],
  [/(?<=for the first time) in (?=(?:this|last) |today|yesterday)/gu, " "],
];
