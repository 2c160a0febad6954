import { metrics } from "@/analytics/metrics/catalog";
import { fold } from "./normalise";
import { everydayLists, everydayNames } from "./numbers/everyday-names";
import type { Scanner } from "./scanner";

/**
 * Things that happen to people, deals and mails, said with a verb: `how many members cancelled`, `subscribers we lost`,
 * `deals did we lose`. A noun and what happened to it make one number, wherever the helping words stand.
 */
export interface EventForm {
  id: string;
  /** Either order: the noun before its verb, or behind it. */
  before?: string;
  after?: string;
  /** Whole phrases. */
  phrases?: string;
}

export interface EventReading {
  id: string;
  said: string;
}

const helpers =
  "(?: (?:did|do|does|have|has|had|we|were|was|are|is|that|who|which|it|our|us|been|get|got|actually|ever|their|the|a|has|just|¤+))*";
const subscriber =
  "(?:(?:active |paying |current )?(?:subscribers?|subs|members?|subscriptions?|memberships?))";
const leaving =
  "(?:lose|lost|losing|cancel(?:s|l?ed|l?ing)?|cancellations?|churn(?:ed|ing)?|left|leave|leaving|quit|quitting|drop(?:ped)? (?:off|out)|end(?:ed)? (?:their (?:subscriptions?|memberships?))|stopped paying)";
const coming =
  "(?:gain(?:ed|ing)?|add(?:ed|ing)?|get|got|getting|sign(?:ed)?[- ]?up|join(?:ed|ing)?|start(?:ed|ing)?|acquire[ds]?|win|won|came in|come in|brought in|bring in)";
const back =
  "(?:c[ao]me back|coming back|return(?:ed|ing)?|resubscribe[ds]?|reactivate[ds]?|win back|won back|rejoin(?:ed|ing)?)";
const customer = "(?:customers?|clients?|buyers?)";
const buying = "(?:bought|buy|ordered|purchased|placed (?:an )?orders?|made (?:a )?purchases?)";

const per = "(?:per|for each|for every|by each|from each|an?|each)";
const cash = "(?:money|revenue|income|sales|cash|earnings|value|dollars)";
const sale = "(?:order|sale|purchase|transaction|checkout|invoice)";
const someone =
  "(?:people|they|leads?|contacts?|customers?|someone|somebody|folks|new leads?|a (?:new )?lead|our leads)";

/** One thing divided by another, and medians that are asked for with `how long`. */
const definitions: EventForm[] = [
  { id: "lead_value", phrases: `${cash} ${per} (?:new )?(?:lead|contact|sign[- ]?up|opt[- ]?in)` },
  {
    id: "revenue_per_customer",
    phrases: `(?<=how much )(?:does|do|did) (?:the |an |our )?(?:average|typical) (?:customer|buyer|client|person) (?:spend|spends|pay|pays|bring in)|(?<=how much (?:does|do|did) .*)(?:spend|spends|pay) (?:with us )?on average|${cash} ${per} (?:customer|buyer|client|person|shopper)|spend ${per} (?:customer|buyer|client|person)`,
  },
  {
    id: "aov",
    phrases: `${cash} ${per} ${sale}|how much (?:do|does|did) (?:an |the |our )?(?:average|typical) (?:order|sale|purchase) (?:bring in|come to|cost)|how much is (?:an|our|the) average (?:order|sale|purchase)(?: worth)?`,
  },
  { id: "arpa", phrases: `${cash} ${per} (?:subscriber|member|subscription|membership)` },
  {
    id: "revenue_per_email",
    phrases: `(?:${cash}|(?<=(?:what|how much) (?:money )?(?:do|did|does) we )(?:make|earn|get|bring in)) ${per} (?:e-?mail|message|mail|broadcast)(?: sent)?`,
  },
  {
    id: "orders_per_customer",
    phrases: `(?:orders?|purchases?|sales) ${per} (?:customer|buyer|client|person|head)|how many (?:orders|purchases|times) (?:does|do|did) (?:an? |the |our )?(?:average |typical )?(?:customers?|buyers?|people|clients?|persons?) (?:place|make|have|order|buy|purchase)`,
  },
  { id: "items_per_order", phrases: `(?:units|items|products|pieces) ${per} ${sale}` },
  {
    id: "cost_per_lead",
    phrases:
      "(?:cost|costs|spend|ad spend|price|pay|paying|paid)(?: us| me)? (?:per|for each|for a|for every) (?:new )?lead|(?:does|did) (?:an? |each )?(?:new )?lead cost(?: us)?",
  },
  {
    id: "cac",
    phrases:
      "(?:cost|costs|spend|ad spend|price|pay|paying|paid)(?: us| me)? (?:per|for each|for a|for every|to get a|to acquire a) (?:new )?(?:customer|client|buyer)|(?:does|did) (?:an? |each )?(?:new )?customer cost(?: us)?",
  },
  {
    id: "second_purchase_gap",
    phrases:
      "(?:how long|how many days|days|time|average time|gap)(?: (?:does it take|is it|is there|it takes|do (?:people|customers) (?:take|wait)|passes|usually|typically|on average|the))* (?:between|from|to|until|till|for|before) (?:the |a |their |someone's )?(?:first (?:order|purchase|sale)? ?(?:and|to|until) (?:the |a |their )?)?second (?:order|purchase|sale)s?",
  },
  {
    id: "purchase_gap_median",
    phrases:
      "(?:how long|how much time|how many days)(?: (?:is there|is it|passes|do (?:people|customers) wait|it is|usually|typically|on average|does it take))* between (?:their |two |the )?(?:orders|purchases|sales)|how (?:often|frequently) do (?:our |the )?(?:people|customers|clients|buyers|they) (?:usually |typically )?(?:buy|order|purchase|come back)(?: (?:again|from us))?|(?:time|days) between (?:two |their |the )?(?:orders|sales)|time between purchases|how long (?:until|till|before) (?:people|customers|they|a customer) (?:buy|order|purchase|come back|return)s?(?: again)?(?<=again|back|return|returns)",
  },
  {
    id: "time_to_first_purchase",
    phrases: `how (?:long|many days|much time|quickly|fast|soon)(?: (?:does it take|do|does|did|it takes|until|till|before|for|is it|an?|the|our|average|typical|new|¤+))* ${someone}(?: (?:take|takes|took|wait|need|needs|usually|typically|actually|finally|to|until|till|before))* (?:buys?|purchases?|orders?|converts?|becomes? (?:a )?customers?|to convert|(?:make|place)s? (?:a|their) (?:first )?(?:purchase|order))(?! again)(?: (?:something|anything|for the first time|after (?:signing up|opting in|joining|becoming a lead)))?`,
  },
  {
    id: "lead_conversion_rate",
    phrases:
      "(?<=(?:which|what|best|how well|how|where|source|sources|tag|tags|country|state|leads) (?:[^ ]+ ){0,4})(?:converts?|converting|converted)(?! (?:to|into|from))|(?<=where (?:do|did) (?:our|the|my)? ?)best leads(?= come)",
  },
  {
    id: "refund_rate",
    phrases:
      "(?:what |how many |how much |which )?(?:%|percent(?:age)?|share|proportion|part|portion|fraction)(?: of (?:our |the )?(?:it|them|sales|revenue|that))?(?: (?:got|gets|get|is|was|were|are|has been))* refunded|(?:(?:gets?|got|is|are|was|were) )?refunded(?: (?:the )?most)? (?:as )?(?:a )?(?:%|percent(?:age)?|share) of (?:sales|revenue|orders)(?: not (?:\\$|dollars|money))?",
  },
  { id: "refunds", phrases: "(?:gets?|got|is|was|are|were) refunded(?= (?:the )?(?:most|least))" },
  {
    id: "lead_source_roi",
    phrases:
      "(?:is |are |was |were )?(?:it |they )?worth (?:it|the (?:money|spend|cost|investment))|pay(?:s|ing)? (?:off|for (?:itself|themselves))",
  },
  {
    id: "contacts",
    phrases:
      "(?<=(?:is|has|did|was) )(?:our|the|my) (?:contact )?(?:list|database|audience|crm)(?= ?¤)|how (?:big|large) is (?:our|the|my) (?:list|database|crm|audience|contact list)|(?:contact )?list size|size of (?:our|the|my) (?:contact )?(?:list|database|crm)",
  },
  {
    id: "mailable_contacts",
    phrases:
      "(?<=(?:is|has|did|was) )(?:our|the|my) (?:e-?mail|mailing|newsletter) list(?= ?¤)|how (?:big|large|long) is (?:our|the|my) (?:e-?mail|mailing|newsletter) list|(?:e-?mail|mailing|newsletter) list size|size of (?:our|the|my) (?:e-?mail|mailing|newsletter) list",
  },
  {
    id: "notes",
    phrases:
      "notes (?:did we|were|have we|we|have been|did the team) (?:write|wrote|written|take|took|taken|make|made|add|added)",
  },
  {
    id: "tasks_completed",
    phrases:
      "tasks (?:did we|were|have we|we|have been|did the team|got) (?:completed?|finish(?:ed)?|do|done|close|closed)",
  },
  {
    id: "unused_tags",
    phrases: "tags (?:that |which )?(?:nobody|no one|no-one|none of them) (?:uses?|has|have|holds?)",
  },
  {
    id: "subscription_ltv",
    phrases:
      "(?:average |typical )?(?:member|subscriber)s? worth(?: to us)?(?: over (?:their|its|a|the) (?:life|lifetime|whole life))?",
  },
  {
    id: "mrr_churn",
    phrases:
      "(?:mrr|recurring revenue)(?: (?:did|do|have|has|had|we|was|is|got))* (?:lose|lost|losing|churn(?:ed)?)(?: (?:to|from) (?:churn|cancell?ations?))?|los(?:e|t|ing) (?:in )?(?:mrr|recurring revenue)",
  },
  {
    id: "mrr_new",
    phrases:
      "(?:new )?(?:mrr|recurring revenue)(?: (?:did|do|have|has|had|we|was|is|got|new))* (?:gain(?:ed)?|add(?:ed)?|came in|come in|win|won|brought in|bring in)",
  },
  {
    id: "revenue_share_subscription",
    phrases:
      "(?:how much|what (?:share|percent(?:age)?|part|proportion)) of (?:our |the |my |total |all )*(?:revenue|income|sales|money) (?:is|was|are|comes?|came)(?: from)? (?:recurring|subscriptions?|subscribers)",
  },
];

const forms: EventForm[] = [
  ...everydayNames,
  ...definitions,
  { id: "subscribers_returned", before: subscriber, after: back },
  {
    id: "subscribers_lost",
    before: `(?:${subscriber}|${customer}|people|clients)`,
    after: "(?:cancel(?:led|ed)?|churn(?:ed)?)(?: (?:on us|their (?:subscriptions?|memberships?)))?",
    phrases: `(?:churned|cancell?ed|lost) (?:${subscriber}|${customer})|(?:subscription|membership|member|subscriber) (?:cancell?ations?|losses)|cancell?ations?(?= |$)(?! rate| reasons?)|(?:who|people whose (?:subscriptions?|memberships?))(?: (?:have|has|had|was|were|just|recently))* (?:cancell?ed|churned|ended|quit)(?: on us)?`,
  },
  { id: "subscribers_lost", before: subscriber, after: leaving },
  {
    id: "subscribers_gained",
    // `what do memberships bring in` asks for money
    before: `(?:new )?${subscriber}(?! (?:bring|brought) in)`,
    after: coming,
    phrases: `new (?:paying )?${subscriber}|(?:subscription|membership) sign[- ]?ups`,
  },
  {
    id: "deals_lost_value",
    phrases:
      "(?:how much|what)(?: (?:money|value|revenue|pipeline|business))*(?: (?:did|do|have|has|was|were|we|is|are))* (?:lose|lost|losing) (?:in|on|to|through|with|from)? ?(?:lost )?(?:deals?|opportunities)|(?:value|worth|amount)(?: of)?(?: (?:the|our|all))* (?:lost (?:deals?|opportunities)|(?:deals?|opportunities) (?:we )?(?:that )?(?:were )?lost)|lost (?:deals?|pipeline) (?:value|worth|amount)",
  },
  {
    id: "deals_created",
    before: "(?:new )?(?:deals?|opportunit(?:y|ies))",
    after: "(?:creat(?:e|ed|ing)|open(?:ed)|add(?:ed|ing)?|start(?:ed)|enter(?:ed)?|came in|come in)",
    phrases: "(?:new|created|newly created) (?:deals?|opportunit(?:y|ies))",
  },
  {
    id: "deals_lost",
    before: "(?:deals?|opportunit(?:y|ies))",
    after: "(?:lose|lost|losing)",
    phrases: "(?:lost|closed[- ]lost) (?:deals?|opportunities)",
  },
  {
    id: "deals_won",
    before: "(?:deals?|opportunit(?:y|ies))",
    after: "(?:win|won|winning|close[sd]?|land(?:ed)?|sign(?:ed)?)",
  },
  {
    id: "deals_open",
    phrases:
      "(?<=how many |number of |count of )(?:open |active |current )(?:deals?|opportunities)|(?<=how many |number of |count of )(?:deals?|opportunities)(?= (?:are |do we have )?(?:still )?(?:open|in (?:the |our )?pipeline))",
  },
  {
    id: "refunds_given",
    phrases:
      "(?<=how many |number of |count of )(?:refunds?|refund payments)(?: (?:did we (?:give|issue|make|process|have)|were (?:given|issued|made|there)|have we (?:given|issued|made|had)|we (?:gave|issued|made)|there were))?|refund count",
  },
  {
    id: "reactivated_customers",
    before: customer,
    after:
      "(?:c[ao]me back|coming back|returned|reactivate[ds]?|win back|won back|bought again after (?:a |an )?(?:long )?(?:break|pause|gap))",
  },
  {
    id: "new_customers",
    phrases: `(?:${customer}|people) (?:who |that )?(?:bought|ordered|purchased) (?:from us )?for the first time`,
  },
  {
    id: "revenue_subscription",
    phrases:
      "(?:subscriptions?|recurring) (?:revenue|sales|income|money|earnings)(?! churn| retention)|(?:revenue|sales|income|money|earnings)(?: (?:we|did|do|collected|made|comes?|came|earned|is|was|that|which))* (?:from|of|through|via) (?:the |our |all |recurring )*(?:subscriptions?|subscribers?)(?: payments?| only)?|(?:what|how much)(?: (?:money|revenue|income|cash))?(?: (?:do|did|does|have|has|the|our|all|my))* (?:subscriptions|memberships|recurring (?:billing|payments))(?: (?:have|has|did))* (?:bring in|brought in|bring|make|made|earn|earned|generate|generated|yield|contribute)(?: us)?(?! (?:a|per|each|every) month| monthly)|(?<=how much (?:money )?(?:do|did|does|have|has) (?:we|i) )(?:make|made|earn|earned|collect|collected|get|bring in|take in) (?:from|on|with|through) (?:our |the )?(?:subscriptions?|recurring billing)",
  },
  {
    id: "revenue_single",
    phrases:
      "(?:what|how much)(?: (?:money|revenue|income|cash))?(?: (?:do|did|does|have|has|the|our|all))* (?:one[- ](?:time|off)|single|non[- ]?recurring) (?:purchases|orders|sales|payments|products)(?: (?:have|has|did))* (?:bring in|brought in|bring|make|made|earn|earned|generate|generated|come to|contribute)(?: us)?|(?:one[- ](?:time|off)|non[- ]?(?:recurring|subscription)|single) (?:revenue|sales|income|money)|(?:revenue|sales|income|money) (?:from|of|on|through) (?:one[- ](?:time|off)|single|non[- ]?(?:recurring|subscription)) (?:purchases?|orders?|sales|payments?|products?)",
  },
  {
    id: "emails_opened",
    phrases:
      "(?<=how many |number of )(?:e-?mails?|messages?|mails?)(?: (?:were|got|have been|did people|was|are|get))* (?:opened|open)|(?<=how many |number of )opens",
  },
  {
    id: "emails_clicked",
    phrases:
      "(?<=how many |number of )(?:e-?mails?|messages?|mails?)(?: (?:were|got|have been|did people|was|are|get))* (?:clicked|click)|(?<=how many |number of )clicks(?: did (?:we|our e-?mails) get)?",
  },
  {
    id: "repeat_customers",
    phrases: "(?<=how many |number of |count of )repeat (?:customers|buyers)(?! rate)",
  },
  {
    id: "mailable_contacts",
    phrases:
      "(?<=how many |number of )(?:people|contacts|persons|leads|customers) (?:can (?:we|i) (?:still )?(?:e-?mail|mail|market to|reach by e-?mail)|may we (?:e-?mail|mail)|are (?:mailable|emailable|marketable|opted in))",
  },
];

const edge = String.raw`(?<![\p{L}\p{N}])`;
const end = String.raw`(?![\p{L}\p{N}])`;
const readers = forms.flatMap(({ id, before, after, phrases }) => [
  ...(phrases ? [{ id, pattern: new RegExp(`${edge}(?:${phrases})${end}`, "u") }] : []),
  ...(before && after
    ? [
        { id, pattern: new RegExp(`${edge}${before}${helpers} ${after}${end}`, "u") },
        {
          id,
          pattern: new RegExp(
            `${edge}${after}(?: (?:of|our|the|any|some|in))* ${before}${end}(?! rate)`,
            "u",
          ),
        },
      ]
    : []),
]);
/** One noun, two verbs; and what people sum up in a word. */
const several = [
  ...everydayLists.map(({ ids, phrases }) => ({
    ids,
    pattern: new RegExp(`${edge}(?:${phrases})${end}`, "u"),
  })),
  {
    ids: ["subscribers_lost", "subscribers_gained"],
    pattern: new RegExp(
      `${edge}${leaving} (?:more|fewer|as many) ${subscriber} (?:than|as)${helpers} ${coming}${end}`,
      "u",
    ),
  },
  {
    ids: ["subscribers_gained", "subscribers_lost"],
    pattern: new RegExp(
      `${edge}${coming} (?:more|fewer|as many) ${subscriber} (?:than|as)${helpers} ${leaving}${end}`,
      "u",
    ),
  },
  {
    ids: ["subscribers_gained", "subscribers_lost"],
    pattern: new RegExp(
      `${edge}${subscriber}${helpers} ${coming} (?:and|vs|versus|or)${helpers} ${leaving}${end}`,
      "u",
    ),
  },
  {
    ids: ["subscribers_lost", "subscribers_gained"],
    pattern: new RegExp(
      `${edge}${subscriber}${helpers} ${leaving} (?:and|vs|versus|or)${helpers} ${coming}${end}`,
      "u",
    ),
  },
  {
    ids: ["emails_sent", "email_open_rate", "email_click_rate"],
    pattern: new RegExp(
      `${edge}(?:e-?mail|newsletter|broadcast)s? (?:marketing )?(?:performance|stats|statistics|results|numbers|metrics|engagement report|report)${end}|(?<=how )(?:is|are|was|were|did|do|does|have|has) (?:our |the |my )?(?:e-?mails?|newsletters?|e-?mail marketing) (?:doing|performing|do|perform|performed|done)${end}`,
      "u",
    ),
  },
];
const buyers = new RegExp(
  `${edge}(?:how many|number of|count of)(?: different| unique| distinct)? (?:people|customers?|clients?|persons|contacts|buyers|different people)(?: (?:in|from|of|at|on)(?: the)?(?= ¤))?${helpers} ${buying}(?: (?:something|anything|from us))?${end}`,
  "u",
);

/** What the registry calls numbers, in several words: `customer churn rate` is no `customer churn`. */
const registered = metrics.flatMap(({ id, label, synonyms }) =>
  [label, ...synonyms]
    .map(fold)
    .filter((phrase) => phrase.includes(" ") || phrase.includes("-"))
    .map((phrase) => ({ id, phrase })),
);
/** Asked for as a number of things, where the registry's phrase is of a rate. */
const counted = new Set([
  "emails_opened",
  "emails_clicked",
  "refunds_given",
  "repeat_customers",
  "deals_open",
]);

function isRegistered(text: string, id: string, from: number, to: number): boolean {
  if (counted.has(id)) return false;
  return registered.some(({ id: other, phrase }) => {
    if (other === id) return false;
    for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1))
      if (at <= from && at + phrase.length >= to) return true;
    return false;
  });
}

/** As it was said, with names that were read already left open. */
const inWords = (said: string) => said.replace(/¤+/g, "…").trim();

/** Takes what happened to whom out of the question. */
export function readEvents(scanner: Scanner): EventReading[] {
  const found: EventReading[] = [];
  for (const { ids, pattern } of several) {
    const match = scanner.take(pattern);
    if (match) found.push(...ids.map((id) => ({ id, said: inWords(match[0]) })));
  }
  for (const { id, pattern } of readers) {
    const match = scanner.find(pattern);
    if (!match || isRegistered(scanner.rest, id, match.index, match.index + match[0].length)) continue;
    scanner.blank(match.index, match.index + match[0].length);
    if (!found.some((each) => each.id === id)) found.push({ id, said: inWords(match[0]) });
  }
  // `how many people bought`, of any product: different people, not orders.
  if (
    found.length === 0 &&
    !/(?<![\p{L}])(?:not|never|again|once|twice|times|more than|at least|only|without|nothing)(?![\p{L}])/u.test(
      scanner.rest,
    )
  ) {
    const match = scanner.take(buyers);
    if (match) found.push({ id: "buyers", said: match[0].trim() });
  }
  return found;
}
