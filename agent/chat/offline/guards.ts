import { getMetric } from "@/analytics/metrics/catalog";
import type { Reply } from "./plan";
import type { Understanding } from "./understand";

/**
 * Wordings that mean something else than their words one by one. They are looked for in the question without the
 * account's names, before anything is computed, so that a number which looks right is never given for another one.
 */
interface Guard {
  pattern: RegExp;
  /** What is missing, and what there is instead. */
  text: string;
  suggestions: string[];
}

const payingWith =
  "cash|cards?|credit cards?|debit cards?|che(?:que|ck)s?|paypal|stripe|bank transfer|wire|apple pay|venmo";

const guards: Guard[] = [
  {
    pattern: words(
      "(?:orders?|sales|purchases|invoices?|transactions)(?: (?:that|which|were|was|are|is|we|had|worth|of|for|with|a|total|value))* (?:over|above|under|below|more than|less than|at least|at most|bigger than|larger than|smaller than|greater than|exceeding|between) [$€£]?\\d[\\d,]*(?:k|\\b)|(?:largest|biggest|smallest|highest|most expensive|cheapest|single largest) (?:single )?(?:order|sale|purchase|invoice|transaction)(?! (?:month|day|week|year|quarter|count|counts|value|values|total|frequency|gap|volume|size|number|rate|amount))",
    ),
    text: "I don't look at orders one by one by their size. I can give the average order, how many there were, and who paid more than an amount.",
    suggestions: ["Average order value this year", "Orders last quarter", "People who spent more than 1000"],
  },
  {
    pattern: words(
      "(?:orders?|purchases|invoices?|sales|baskets?)(?: (?:that|which|who|have|had|has|held|hold|holding))* (?:with|of|having|have|had|containing|contain) (?:more than|at least|over|only|just|exactly|fewer than|less than)? ?(?:one|two|three|four|five|several|multiple|\\d+) (?:or more )?(?:items?|products?|lines?|articles?|things)",
    ),
    text: "I don't count orders by how many items they hold. I know orders, units sold and the average order.",
    suggestions: ["Orders this year", "Units sold this year", "Average order value this year"],
  },
  {
    pattern: words(
      "how many (?:different |active |unique )?(?:products|tags|lead sources|sources|campaigns|countries|states|regions|plans|users|reps|categories)(?: (?:do we have|are there|have we got|do you have|do we sell|do we use|do we offer|we have|exist))?(?= *$)",
    ),
    text: "I don't count products, tags and the like themselves. I can show the numbers of each.",
    suggestions: ["Units sold by product this year", "Contacts by tag", "New leads by lead source this year"],
  },
  {
    pattern: words(
      "(?:not|never|haven't|hasn't|havent|hasnt|nobody|no one)(?: (?:yet|ever|been|we|i|has|have|had|\\p{L}+)){0,3} (?:contacted|called(?: back)?|phoned|rung|reached out to|followed up(?: with| on)?|spoken (?:to|with)|talked (?:to|with))",
    ),
    text: "Whether somebody was called or contacted is kept in no field. I can list who was sent no e-mail, who has no open task and who had no appointment, and search what was written about them.",
    suggestions: ["People with an open deal and no open task", "People who got no email this month"],
  },
  {
    pattern: words("birthdays?|birth dates?|born"),
    text: "Of birthdays I know the month, not the day: I can list the people whose birthday is in a month. The day stands in the record of each.",
    suggestions: ["People with a birthday this month", "People with a birthday next month"],
  },
  {
    pattern: words(
      "(?:street |postal |mailing |home |shipping |billing )?address(?:es)? (?:missing|on file|is missing|are missing)|(?:no|without(?: an?)?|missing(?: an?| the)?|lacking(?: an?)?|with no|have no|has no) (?:street |postal |mailing |home |shipping |billing )*address(?:es)?",
    ),
    text: "I can't choose people by whether a street address is kept. I can list those who have no e-mail address or no phone number, and those of a country, a state or a town.",
    suggestions: ["People without an e-mail address", "People without a phone number"],
  },
  {
    pattern: words("(?:phone|mobile|fax) ?(?:numbers?)?|job titles?"),
    text: "Phone numbers and job titles stand in the record of each person; they are in no list and can't be counted. I can list who has a phone number and who has none.",
    suggestions: ["People without a phone number", "Contacts without e-mail"],
  },
  {
    pattern: words(
      "(?:every|each) (?:single )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning|evening)s?",
    ),
    text: "I can't report on a weekday of your choice. A digest comes every day, week or month.",
    suggestions: ["Send me a weekly summary of revenue and new leads", "New leads by week this year"],
  },
  {
    pattern: words(
      "(?:do|did|have|are|were) (?:we|i) (?:really )?(?:spend|spent|spending)(?! (?:on|for|in|per|with))",
    ),
    text: "What the business spends is not kept here, except what is noted on lead sources. Revenue is what came in.",
    suggestions: ["Marketing cost by lead source this year", "Cost per lead by lead source this year"],
  },
  {
    pattern: words("discounts?(?: given| amount| total)?|discounted|discounting"),
    text: "What discounts came to is no number here yet. Orders with a promo code are, and what they brought.",
    suggestions: ["Orders with a promo code this year", "Revenue by promo code this year"],
  },
  {
    pattern: words("cumulative(?:ly)?|running (?:total|sum)s?|accumulated?|adding up over time"),
    text: "I don't add up running totals yet. I can show the number for a period and how it developed, or the lifetime value of everybody.",
    suggestions: ["Revenue this year", "Revenue by month this year", "Total lifetime value"],
  },
  {
    pattern: words(
      `refunded (?:orders?|purchases?|sales|invoices?|payments?|customers?|people|units|items)|(?:orders?|purchases?|sales|invoices?|payments?|customers|people|units|items)(?: (?:that|which|who|were|was|are|is|have|has|had|been|got|get|did))* (?:refunded|refund|returned)`,
    ),
    text: "I count refunds and know their amounts and their share of revenue, not how many orders, units or people they were for.",
    suggestions: ["How many refunds did we give last month", "Refunds last month", "Refund rate last month"],
  },
  {
    pattern: words(
      `(?:paid|pay|paying|bought|charged|settled|collected|received|made)(?: \\p{L}+)? (?:in|by|with|via|through|using|on) (?:a |an |the )?(?:${payingWith})|(?:in|by|via) (?:${payingWith})|(?:cash|card|credit card|paypal|stripe|che(?:que|ck)) (?:orders?|payments?|sales|customers|revenue)`,
    ),
    text: "I can't tell payments apart by how they were paid. I can compute revenue and orders as a whole.",
    suggestions: ["Revenue last month", "Orders last month"],
  },
  {
    pattern: words(
      "subscriptions? (?:orders|payments)|(?:orders|refunds) (?:from|of|by) (?:the |our |active )*(?:subscriptions?|subscribers?|memberships?)|(?:one[- ](?:time|off)|non[- ]?(?:recurring|subscription)) (?:orders|payments|purchases|customers|buyers)",
    ),
    text: "I tell subscriptions and single purchases apart in revenue, not in orders or refunds.",
    suggestions: [
      "Subscription revenue last month",
      "Revenue from single purchases last month",
      "Active subscriptions",
    ],
  },
  {
    pattern: words(
      "(?:buy|buys|bought|purchase|purchased|order|ordered|start with|started with) (?:\\p{L}+ )?first|(?:entry|gateway|first) products?(?: (?:people|customers) (?:buy|bought))?",
    ),
    text: "I can't tell yet which product somebody bought first. I can show what sells, also to people with a tag, and who bought one product but not another.",
    suggestions: ["Top 5 products this year", "Top 5 products this year for people tagged VIP"],
  },
  {
    pattern: words("net (?:income|profit|earnings)|bottom line|ebitda|operating income"),
    text: "I can't answer that: Keapsake does not hold profit, because costs are not in Keap. The nearest number I have is net revenue: revenue collected less refunds.",
    suggestions: ["Net revenue this year", "Net revenue by month this year"],
  },
  {
    pattern: words(
      "(?:bought|purchased|ordered|own|owns|have|has|hold|holds|having|holding|tagged(?: with)?) (?:only|just|nothing but)|(?:only|just) (?:ever )?(?:bought|purchased|ordered|hold|holds|tagged)|(?:who|that) (?:only|just|merely) (?:registered|attended|joined|started|got|took|came|signed)",
    ),
    text: "I can find who holds a tag or bought a product, not who holds or bought only that one.",
    suggestions: [],
  },
];

function words(source: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${source})(?![\p{L}\p{N}])`, "u");
}

/** Metrics of people that a product bought, or buying at all, would have to narrow. */
const peopleMetrics = new Set(["contacts", "new_leads"]);

/** Numbers of customers, whom `who bought` would narrow to a period. */
const buyersOf = new Set(["customers", "active_customers", "lapsed_customers"]);

/** A reply where the wording as a whole says something that the words one by one would miss; null when it does not. */
export function guard(understanding: Understanding): Reply | null {
  const { guarded: text, metrics, names, bought, raw } = understanding;
  for (const { pattern, text: reason, suggestions } of guards)
    if (pattern.test(text)) return { kind: "say", topic: "refuse", text: reason, suggestions };
  const [joined] = metrics.joined;
  if (joined) {
    const [first, second] = joined.map((id) => getMetric(id)?.label ?? id);
    return {
      kind: "say",
      topic: "clarify",
      text: `I know ${first?.toLowerCase()} and ${second?.toLowerCase()}, each on its own, but not the one taken from, by or for the other. Do you want both side by side?`,
      suggestions: [`${first} and ${second?.toLowerCase()} last month`, `${first} last month`],
    };
  }
  const units = metrics.ids.map((id) => getMetric(id)?.unit);
  const asksCount =
    /(?<![\p{L}])(?:how many|number of|count of)(?! (?:dollars|euros|pounds|money|days))(?![\p{L}])/u.test(
      text,
    );
  if (asksCount && units.length > 0 && units.every((unit) => unit === "money" || unit === "ratio")) {
    const metric = getMetric(metrics.ids[0] ?? "");
    return {
      kind: "say",
      topic: "clarify",
      text: `You asked how many, and ${metric?.label.toLowerCase()} is ${metric?.unit === "money" ? "an amount of money" : "a share"}. Do you want that instead?`,
      suggestions: [`${metric?.label} last month`, `${metric?.label} by month this year`],
    };
  }
  const buys =
    bought ||
    /(?<![\p{L}])(?:bought|buy|buys|buying|purchased?|purchases|purchasing|ordered|spent)(?![\p{L}])/u.test(
      text,
    );
  if (
    buys &&
    metrics.ids.length > 0 &&
    metrics.ids.every((id) => peopleMetrics.has(id)) &&
    !names.some(({ kind }) => kind === "product")
  ) {
    if (understanding.unknown.some((word) => turningWords.has(word)))
      return {
        kind: "say",
        topic: "clarify",
        text: "I can't single out people who have not bought yet. I can count everybody, customers, active customers and lapsed customers. Which one?",
        suggestions: ["Contacts", "Customers", "Lapsed customers"],
      };
    return {
      kind: "say",
      topic: "clarify",
      text: "People who bought are customers here. Do you want customers, new customers or active customers?",
      suggestions: ["Customers", "New customers last month", "Active customers"],
    };
  }
  const boughtAnything =
    bought && metrics.ids.some((id) => buyersOf.has(id)) && !names.some(({ kind }) => kind === "product");
  if (boughtAnything)
    return {
      kind: "say",
      topic: "clarify",
      text: "Do you want the people who bought in that period, or all customers at its end?",
      suggestions: ["How many people bought last month?", "Customers"],
    };
  const counts = metrics.ids.length > 0 && metrics.ids.every((id) => getMetric(id)?.unit !== "money");
  const sum =
    counts &&
    /(?<![\p{L}])how much (?:money |cash |revenue |income )?(?:do|did|does|have|has|are|is) (?:we|i|they|our business)(?: (?:make|made|earn|earned|bring|brought|collect|collected|take|took|get))/u.exec(
      text,
    );
  if (sum) {
    const label = getMetric(metrics.ids[0] ?? "")?.label ?? "That";
    return {
      kind: "say",
      topic: "clarify",
      text: `You asked how much money, and ${label.toLowerCase()} is no amount of money. Which do you want?`,
      suggestions: [`${label} last month`, "Revenue last month", "Subscription revenue last month"],
    };
  }
  const lost = metrics.dropped.filter((word) => raw.toLowerCase().includes(word));
  if (lost.length > 0) {
    const said = lost.map((word) => `"${word}"`).join(", ");
    return {
      kind: "say",
      topic: "clarify",
      text: `I did not understand ${said} beside ${getMetric(metrics.ids[0] ?? "")?.label.toLowerCase() ?? "the rest"}: there is no such number here. Near it are these:`,
      suggestions: [
        `${getMetric(metrics.ids[0] ?? "")?.label} last month`,
        `${getMetric(metrics.ids[0] ?? "")?.label} by month this year`,
      ],
    };
  }
  return null;
}

/** Words that turn a condition round; where nobody understood one, leaving it out would be another question. */
export const turningWords = new Set(
  "not no never nothing none nobody without except excluding exclude but neither nor unless besides minus outside other apart aside non lost became vs versus".split(
    " ",
  ),
);
