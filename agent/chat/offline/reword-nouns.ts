import { rule } from "./reword-rule";

const customers = "customers|clients|buyers";
const amounts =
  "income|revenue|sales|turnover|takings|earnings|recurring revenue|mrr|orders|purchases|leads|new leads|new customers|new clients|refunds|churn";
const share =
  "what (?:share|part|portion|percentage|percent|proportion)|how many percent|how (?:much|many) percent";
const people = "people|customers|clients|readers|subscribers|contacts";
const mails = "e-?mails|mails|newsletters|mailings";

const ahead = [
  `(?:predicted|projected|expected future) (?:number of )?(${amounts})(?: count| numbers?)?`,
  `(${amounts}) (?:outlook|prediction|projection)`,
  `(?:an? |the )?(?:estimate|prediction|projection) of (?:our )?(?:future )?(${amounts})`,
  `where (?:is|are) (?:our |the )?(${amounts}) heading`,
].join("|");

/** Parts of questions that name something of ours in everyday words, put as its name. */
export const everydayNouns: [RegExp, string][] = [
  // everyone who sells
  rule(
    "(?:each|every one|everyone|everybody) (?:of us|(?:of|in|on) (?:the|our|my) team)|(?:each|every) (?:member of the team|team member)",
    "each owner",
  ),
  rule("which of us|who (?:in|on) (?:the|our|my) team", "which owner"),
  // customers
  rule(
    `(?:wins?|won|gains?|gained) (how many|(?:the )?most|(?:the )?fewest|more|fewer) (?:new )?(?:${customers})`,
    "got $1 new customers",
  ),
  rule("customer acquisition(?! costs?\\b)(?: count| numbers?)?", "new customers"),
  rule(`newly (?:won|acquired|gained) (?:${customers})`, "new customers"),
  rule(`(?:count|number) of (?:unique|individual|distinct) (?:${customers})`, "how many people bought"),
  rule(
    `how many (?:unique|individual|distinct) (?:${customers})(?: (?:were there|did we have))?`,
    "how many people bought",
  ),
  rule(`how many (?:${customers}) (?:shopped|spent money) with us`, "how many people bought"),
  rule(
    `(?:${share}) (?:of )?(?:our |the )?(?:${customers}) (?:come back|return|buy again|purchase again|order again|order a second time|buy a second time|reorder)`,
    "repeat purchase rate",
  ),
  rule("customer loyalty(?: rate)?", "repeat purchase rate"),
  rule(`how loyal are (?:our |the )?(?:${customers})`, "repeat purchase rate"),
  rule(
    "(?:long[- ]term|long[- ]run) (?:value|worth) of (?:a |the |an |our )?(?:average |typical )?(?:customers?|clients?|buyers?)",
    "average lifetime value",
  ),
  rule(
    "what is (?:a |one |the average |the typical )?(?:customer|client|buyer) worth (?:over the years|in the long run|altogether|over (?:a|their) lifetime)",
    "average lifetime value",
  ),
  rule("(?:spread|distributed) (?:around|over|across) the world", "by country"),
  rule("(?:the )?rfm (?:segmentation|segments)", "customers by RFM group"),
  // shares of what was tried
  rule(
    "(?:" +
      share +
      ") (?:of )?(?:our |the |all )?leads (?:buys?|turns into (?:customers|buyers)|becomes (?:customers|buyers)|converts?)",
    "lead conversion rate",
  ),
  rule(
    "how good are we at (?:turning|converting) leads (?:into|to) (?:customers|buyers)",
    "lead conversion rate",
  ),
  rule(
    `(?:${share}) (?:of )?(?:our |the |all )?deals (?:do we (?:win|close)|closes?|(?:is|are|gets?) won)|how often do we (?:win|close) (?:a deal|deals)|how good are we at closing(?: deals)?|(?:our |the )?(?:success rate with|closing rate (?:of|for)) (?:our )?deals`,
    "win rate",
  ),
  rule(
    "(?:success|closing) rate(?= (?:of|per|by|for) (?:each |every |our )?(?:rep|owner|salesperson|sales person))",
    "win rate",
  ),
  rule(
    `(?:${share}) (?:of )?(?:our |the )?(?:${mails}) (?:gets?|is|are) opened|how often do (?:${people}) open (?:our|the) (?:${mails})`,
    "open rate",
  ),
  rule(
    `(?:${share}) (?:of )?(?:our |the )?(?:readers|recipients) (?:clicks?|click through)|how often do (?:${people}) click (?:our links|the links|links in our (?:${mails}))|how well do (?:our|the) (?:${mails}) get clicked`,
    "click rate",
  ),
  rule(`how many (?:${mails}) (?:went out|were sent out|left the house)`, "emails sent"),
  rule(
    "how many (?:people )?(?:did we lose from|left) (?:the|our) (?:mailing|e-?mail|newsletter|contact) list",
    "unsubscribes",
  ),
  // memberships
  rule(
    "(?:how long do (?:people|members|customers) keep (?:a|their) (?:membership|subscription)|(?:average|mean|typical) (?:length|duration) of (?:a |the |our )?(?:memberships?|subscriptions?)|(?:average|mean|typical) time until a (?:member|subscriber) (?:quits|leaves|cancels)|how (?:many months|long) does a (?:membership|subscription) last|how long before (?:members|subscribers) (?:drop out|quit|leave|cancel))",
    "how long do subscribers stay",
  ),
  rule(
    "(?:the |full |our )*(?:membership roster|roster of (?:our )?members)|who (?:holds|has) a membership|(?:people|those|everyone) who (?:belong|belongs) to the club|who is in the club|people paying (?:for )?a subscription",
    "who are our members",
  ),
  rule(
    "(?:people|everyone|those|anyone)? ?who used to be (?:a |our )?(?:members?|subscribers?)|members of old",
    "former members",
  ),
  // what is owed
  rule(
    "(?:aging|ageing) report|(?:ar|a/r|debtors?|receivables?) (?:aging|ageing)",
    "receivable by receivable age",
  ),
  rule("(?:accounts )?receivables? balance", "receivable"),
  rule(
    "(?:the |our )?(?:total|sum of|total of) (?:open|outstanding|unpaid) (?:bills|invoices)(?: amount)?",
    "receivable",
  ),
  rule("amount in arrears|delinquent balance|(?:total )?past due (?:amount|total)", "overdue receivable"),
  // what is sold once
  rule(
    "(?:income|revenue|sales|turnover|takings|earnings) (?:outside(?: of)?|without|except|other than|apart from|excluding) (?:the |our )?(?:subscriptions|memberships)",
    "revenue from single purchases",
  ),
  rule(
    "(?<=(?:from|on|with|in) )(?:one[- ]off|non[- ]?recurring) (?:orders|sales|purchases)",
    "single purchases",
  ),
  rule("what (?:did|do|have) (?:the |our )?refunds (?:cost|costed)(?: us)?", "refunds"),
  // what is to come; a month alone, of which most may be over, is no outlook
  rule(`(?:${ahead})(?=[\\s?.!]*$)`, "forecast $1$2$3$4 for the next 3 months"),
  rule(ahead, "forecast $1$2$3$4"),
  rule(
    `how (?:has|have|is|are|did) (?:our |the )?(?:number of )?(${amounts}|members|subscribers|open rate|click rate|win rate|average order value) (?:developed|developing|evolved|evolving|develop|evolve)(?= (?:this|last) (?:year|quarter))`,
    "$1 by month",
  ),
];
