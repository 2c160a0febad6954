import { rule } from "./reword-rule";

const money = "income|revenue|sales|turnover|takings|earnings|money";
const customers = "customers|clients|buyers";
const returning = "(?:repeat|returning|regular|loyal|existing)";
const fresh = "(?:new|fresh|newly won|newly acquired)";
const parts = "part|slice|portion|share|percentage|proportion|chunk";

/** Whole sentences that ask for one of our numbers without naming it, put as its name. */
export const numbersInOtherWords: [RegExp, string][] = [
  // how something went over time
  rule(
    "(how (?:has|have|did) (?:our |the |my )?(?:(?!\\b(?:up|down)\\b).){3,40}?) (?:gone|developed|evolved|run|played out)(?= (?:over (?:the )?(?:days|weeks|months|quarters|years)|from|by|per|each|every|(?:day|week|month|quarter|year) (?:by|after|to)))",
    "$1",
  ),
  rule("from (day|week|month|quarter|year) to \\1", "by $1"),
  rule(
    `((?:daily|weekly|monthly|quarterly|yearly|annual) (?:${money}|orders|leads)) (?:overview|history|summary|breakdown|picture|pattern|report)`,
    "$1",
  ),
  rule(
    `(?:is|are) (?:our |the |my )?(${money}|orders|refunds|leads|mrr|churn|new customers)(?: count| numbers?)? (?:rising or falling|falling or rising|growing or shrinking|trending up(?:wards?)?|trending down(?:wards?)?|trending up or down|increasing or decreasing|picking up or slowing down) this (day|week|month|quarter|year)`,
    "$1 this $2 vs the previous period",
  ),
  rule(
    "are we (?:making|earning|selling|taking in) (?:more or less|less or more)(?: money)? this (day|week|month|quarter|year)",
    "revenue this $1 vs the previous period",
  ),
  rule(
    `are (?:we getting|people placing|(?:people|${customers}) making) (?:more or (?:less|fewer)|(?:less|fewer) or more) (orders|leads|refunds|sign-?ups) this (day|week|month|quarter|year)`,
    "$1 this $2 vs the previous period",
  ),
  rule(
    `are (?:people|${customers}) (?:ordering|buying) (?:more or less|less or more) this (day|week|month|quarter|year)`,
    "orders this $1 vs the previous period",
  ),
  // how something falls into parts
  rule(
    "(?:split|spread|divided|divided up|distributed) (?:across|among|amongst|over)(?: (?:the|our|all|all the|all our))?(?= (?:different )?(?:products?|items|categories|countries|regions|states|sources|lead sources|reps|owners|tags|plans|weekdays|stages|campaigns)\\b)",
    "by",
  ),
  rule(
    `(?:what|which) (?:${parts}) of (?:our |the |all )?(?:${money}) (?:comes? from|does|do|is from) (?:each|every)(?: single)? (product|category|country|region|source|lead source|owner|tag)(?: (?:have|has|make up|makes up|bring in|bring|account for))?`,
    "share of revenue by $1",
  ),
  rule(
    `(?:where in the world|from which countries) (?:do|does|did) (?:our |the )?(${money}|orders|leads|${customers}) come(?: from)?`,
    "$1 by country",
  ),
  rule(
    "where in the world (?:do|did) we (?:earn|sell|make) (?:the )?most(?: money)?",
    "top country by revenue",
  ),
  // what is left of it
  rule(
    "(?:what|how much)(?: (?:money|of it))? (?:is|was|did we|do we|have we) (?:left|left over|keep|kept|retain|retained) after (?:all )?(?:the )?refunds",
    "net revenue",
  ),
  rule(
    `(?:net )?(?:${money}) (?:less|minus|net of|after deducting|after) (?:the |all )?(?:refunds|money returned)`,
    "net revenue",
  ),
  rule("(?:refund|refunds|money[- ]back) ratio", "refund rate"),
  rule("money (?:handed|given|paid) back(?: to (?:people|customers|clients|buyers))?", "refunds"),
  // how big it is in the middle
  rule(
    "how (?:big|large|high) (?:is|was|are|were) (?:the |our |an? )?(?:average|typical|usual|normal) (?:order|basket|cart|purchase)",
    "average order value",
  ),
  rule(
    "how much (?:does|did|is|was) (?:the |our |an? )?(?:average|typical|usual|normal) (?:order|basket|cart|purchase) (?:bring in|bring|come to|make|worth|amount to)",
    "average order value",
  ),
  rule(
    "how (?:big|large|high) (?:is|was|are|were) (?:the |our |an? )?(?:average|typical|usual|normal) deal",
    "average deal size",
  ),
  rule("length of (?:our |the )?sales cycle", "how long do deals take to close"),
  // whose it is
  rule(
    `(?:what|how much(?: money)?) (?:did|do|have) (?:our )?${returning} (?:${customers}) (?:bring in|bring|brought in|spend|spent|pay|paid)(?: us)?(?: again)?`,
    "revenue from returning customers",
  ),
  rule(
    `(?:what|how much(?: money)?) (?:did|do|have) (?:our )?${fresh} (?:${customers}) (?:bring in|bring|brought in|spend|spent|pay|paid)(?: us)?`,
    "revenue from new customers",
  ),
  rule(`(?:${money}) from (?:our )?${returning} (?:${customers})`, "revenue from returning customers"),
  rule(`(?:${money}) from (?:our )?${fresh} (?:${customers})`, "revenue from new customers"),
  rule("fresh (leads|contacts|members|customers|buyers|clients)", "new $1"),
  rule(
    "who (?:in|on|of|from) (?:the|our|my) (?:sales )?team (?:sells?|sold|brings? in|brought in|earns|earned) (?:the )?most(?: money)?",
    "top owner by revenue",
  ),
  rule("(orders|transactions|purchases) (?:that )?(?:contained|included)", "$1 with"),
  rule("(people|contacts|customers|members|leads) (?:carry|wear)(?= )", "$1 have"),
  rule(
    "(which product) (?:moves|shifts|moved|shifted) the (most|fewest) (?:pieces|units)",
    "$1 sold the $2 units",
  ),
  // what is owed
  rule("how much do (?:people|customers|clients|buyers) (?:still )?owe us", "receivable"),
  rule("money still to come(?: in)? from invoices", "receivable"),
  rule("how much money is (?:late|overdue|past due)", "overdue receivable"),
];
