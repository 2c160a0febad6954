import type { Scanner } from "./scanner";

/**
 * Things that happen to people, deals and mails, said with a verb: `how many members cancelled`, `subscribers we lost`,
 * `deals did we lose`. A noun and what happened to it make one number, wherever the helping words stand.
 */
interface EventForm {
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
  "(?: (?:did|do|does|have|has|had|we|were|was|are|is|that|who|which|it|our|us|been|get|got|actually|ever|their|the|a|has|just))*";
const subscriber = "(?:(?:active |paying |current )?(?:subscribers?|members?|subscriptions?|memberships?))";
const leaving =
  "(?:lose|lost|losing|cancel(?:s|l?ed|l?ing)?|cancellations?|churn(?:ed|ing)?|left|leave|leaving|quit|quitting|drop(?:ped)? (?:off|out)|end(?:ed)? (?:their (?:subscriptions?|memberships?))|stopped paying)";
const coming =
  "(?:gain(?:ed|ing)?|add(?:ed|ing)?|get|got|getting|sign(?:ed)?[- ]?up|join(?:ed|ing)?|start(?:ed|ing)?|acquire[ds]?|win|won|came in|come in|brought in|bring in)";
const back =
  "(?:c[ao]me back|coming back|return(?:ed|ing)?|resubscribe[ds]?|reactivate[ds]?|win back|won back|rejoin(?:ed|ing)?)";
const customer = "(?:customers?|clients?|buyers?)";
const buying = "(?:bought|buy|ordered|purchased|placed (?:an )?orders?|made (?:a )?purchases?)";

const forms: EventForm[] = [
  { id: "subscribers_returned", before: subscriber, after: back },
  {
    id: "subscribers_lost",
    before: `(?:${subscriber}|${customer}|people|clients)`,
    after: "(?:cancel(?:led|ed)?|churn(?:ed)?)(?: (?:on us|their (?:subscriptions?|memberships?)))?",
    phrases: `(?:churned|cancell?ed|lost) (?:${subscriber}|${customer})|(?:subscription|membership|member|subscriber) (?:cancell?ations?|losses)|cancell?ations?(?= |$)(?! rate)|number of (?:people|customers) who (?:cancell?ed|churned)`,
  },
  { id: "subscribers_lost", before: subscriber, after: leaving },
  {
    id: "subscribers_gained",
    before: subscriber,
    after: coming,
    phrases: `new (?:paying )?${subscriber}|(?:subscription|membership) sign[- ]?ups`,
  },
  {
    id: "deals_lost",
    before: "(?:deals?|opportunit(?:y|ies))",
    after: "(?:lose|lost|losing)",
    phrases: "(?:lost|closed[- ]lost) (?:deals?|opportunities)",
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
      "(?:c[ao]me back|coming back|return(?:ed|ing)?|reactivate[ds]?|win back|won back|bought again after (?:a |an )?(?:long )?(?:break|pause|gap))",
  },
  {
    id: "new_customers",
    phrases: `(?:${customer}|people) (?:who |that )?(?:bought|ordered|purchased) (?:from us )?for the first time`,
  },
  {
    id: "revenue_subscription",
    phrases:
      "(?:subscriptions?|recurring) (?:revenue|sales|income|money|earnings)(?! churn| retention)|(?:revenue|sales|income|money|earnings)(?: (?:we|did|do|collected|made|comes?|came|earned|is|was|that|which))* (?:from|of|through|via) (?:the |our |all |recurring )*(?:subscriptions?|subscribers?)(?: payments?| only)?",
  },
  {
    id: "revenue_single",
    phrases:
      "(?:one[- ](?:time|off)|non[- ]?(?:recurring|subscription)|single) (?:revenue|sales|income|money)|(?:revenue|sales|income|money) (?:from|of|on|through) (?:one[- ](?:time|off)|single|non[- ]?(?:recurring|subscription)) (?:purchases?|orders?|sales|payments?|products?)",
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
    phrases: "(?<=how many |number of |count of )(?:repeat|returning) (?:customers|buyers)(?! rate)",
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
  ...(phrases ? [{ id, pattern: new RegExp(`${edge}(?:${phrases})${end}`, "u") }] : []),
]);
const buyers = new RegExp(
  `${edge}(?:how many|number of|count of)(?: different| unique| distinct)? (?:people|customers?|clients?|persons|contacts|buyers|different people)${helpers} ${buying}(?: (?:something|anything|from us))?${end}`,
  "u",
);

/** Takes what happened to whom out of the question. */
export function readEvents(scanner: Scanner): EventReading[] {
  const found: EventReading[] = [];
  for (const { id, pattern } of readers) {
    const match = scanner.take(pattern);
    if (!match) continue;
    if (!found.some((each) => each.id === id)) found.push({ id, said: match[0].trim() });
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
