import { getMetric } from "@/analytics/metrics/catalog";
import type { Scanner } from "../scanner";
import type { Understanding } from "../understand";

/** A change of the business as a whole: `are we growing`, `yoy growth`, `October vs September`. */
function asksForChange(raw: string, compared: boolean): boolean {
  const business =
    /^\s*(?:(?:and|so|ok) )*(?:are we|have we|did we|how (?:much|fast|well|quickly) (?:did|have|are|do) we grow(?:n|ing)?|is (?:the |our |my )?business|has (?:the |our |my )?business)(?![\p{L}])|^\s*(?:our |the |what(?:'s| is) (?:our|the) )?(?:yoy|mom|qoq|year[- ]over[- ]year|month[- ]over[- ]month|quarter[- ]over[- ]quarter) (?:growth|change)|^\s*(?:our )?growth(?![\p{L}])/iu;
  const periods =
    /^\s*(?:(?:please |can you )?compare )?[\p{L}\d' -]+ (?:vs\.?|versus|and|with|to|against) [\p{L}\d' -]+\s*\??$/iu;
  if (/(?<![\p{L}])(?:list|people|customers|leads|members|e-?mails?)(?![\p{L}])/iu.test(raw)) return false;
  return business.test(raw) || (compared && periods.test(raw));
}

/** What says how a business does, as the overview of the boards has it. */
export const mainNumbers = [
  "revenue_collected",
  "orders",
  "new_leads",
  "new_customers",
  "mrr",
  "customer_churn_rate",
];

const overview =
  /(?<![\p{L}])(?:how (?:are|is|was|were|did|have|has)(?: [\p{L}\d]+){0,3} (?:doing|going|go|gone|been|performing|do|perform|business|look|looking)|what happened|overview|summary|recap|snapshot|performance|business|dashboard|report|kpis?)(?![\p{L}])/iu;
/** `are we doing ok`, `how was last week`, `give me the numbers`. */
const months =
  "jan\\p{L}*|feb\\p{L}*|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug\\p{L}*|sept?\\p{L}*|oct\\p{L}*|nov\\p{L}*|dec\\p{L}*";
/** A period and nothing else, up to the end of the question. */
const periodOnly = `(?= *$|(?: (?:the|since|last|this|past|previous|current|first|second|third|fourth|half|of|in|for|\\d{1,4}|${months}|days?|weeks?|weekend|fortnight|months?|quarters?|years?|today|yesterday|ytd|mtd|q[1-4]|h[12]|so far|go|going|been|look|looking|do))+ *$)`;
const wellBeing = new RegExp(
  [
    "^ ?(?:(?:so|ok|hey|hi|hello|and) )*(?:",
    "how (?:is|was|were|are|did|do|does|has|have)(?: (?:it|we|things|everything|life|that|my|our|the))*(?: (?:business|company|shop|studio|store|doing|going|looking|been|go|do|did|all|far|so))*",
    periodOnly,
    "|(?:are|were) (?:we|things) (?:doing |going |looking )?(?:ok|okay|alright|all right|well|good|fine|healthy|on track)",
    periodOnly,
    "|(?:give|show|tell|send)(?: me| us)?(?: (?:an?|the|our|my|all|main|key|top|important|big|current|latest|headline|quick|short|brief))* (?:numbers|kpis|figures|stats|overview|summary|rundown|headlines|picture)",
    periodOnly,
    "|(?:what|whats|what's|anything)(?: (?:has|have|is|is it that|was|else))* (?:changed|new|different|happened|moved)(?: (?:in|around) (?:the |our )?(?:business|numbers|studio|shop))?",
    periodOnly,
    "|(?:the )?(?:main|key|headline|top) (?:numbers|figures|kpis|stats)",
    periodOnly,
    ")(?![\\p{L}])",
  ].join(""),
  "u",
);

/** Takes the words that ask how things go out of the question; what they were, to be said back. */
export function takeOverview(scanner: Scanner): string | undefined {
  return scanner.take(wellBeing)?.[0].trim();
}

/** What `list our tags` is answered with: each with the number that says most about it. */
const listedBy: Partial<Record<string, string>> = {
  product: "units",
  category: "units",
  tag: "contacts",
  lead_source: "new_leads",
  country: "customers",
  region: "customers",
  plan: "active_subscriptions",
  stage: "deals_open",
  sale_affiliate: "affiliate_revenue",
};

/** What groups are ranked by that no revenue is split by. */
const rankedBy: Partial<Record<string, string>> = {
  sale_affiliate: "affiliate_revenue",
  plan: "active_subscriptions",
  stage: "pipeline_value",
  tag: "contacts",
};

export function chooseMetrics(
  { metrics, splits, rank, time, names, raw, overview: said, direction }: Understanding,
  meanings: string[],
): string[] {
  // What is popular among plans is what people subscribe to; no revenue is split by them.
  if (splits.ids[0] === "plan" && metrics.weak && metrics.ids.every((id) => id === "revenue_collected")) {
    meanings.push("By plan I took how many subscriptions run.");
    return ["active_subscriptions"];
  }
  if (metrics.ids.length > 0)
    return metrics.ids.slice(0, 8).map((id) => gained(id, raw, understandingHasPeriod(time), meanings));
  // Which of them is better is a matter of what their leads are worth, not of how many they are.
  if (
    splits.ids[0] === "lead_source" &&
    splits.ids.length === 1 &&
    /\b(?:best|better|worst|worse)\b/i.test(raw)
  ) {
    meanings.push("You named no number, so here is how many of the leads buy and what a lead is worth.");
    return ["lead_conversion_rate", "lead_value"];
  }
  const listed = listedBy[splits.ids[0] ?? ""];
  if (
    listed &&
    !rank &&
    splits.ids.length === 1 &&
    /^\s*(?:please )?(?:list|show|what|which|see|give me|all|where)\b/i.test(raw)
  ) {
    meanings.push(`You named no number, so here is ${getMetric(listed)?.label.toLowerCase()} of each.`);
    return [listed];
  }
  if (rank && (splits.ids.length > 0 || rank.bucket)) {
    const by = rankedBy[splits.ids[0] ?? ""] ?? "revenue_collected";
    meanings.push(`You named no number to rank by, so I took ${getMetric(by)?.label.toLowerCase()}.`);
    return [by];
  }
  if (
    overview.test(raw) &&
    names.length > 0 &&
    splits.ids.length === 0 &&
    names.every(({ negated }) => !negated)
  ) {
    meanings.push("You named no number, so here are revenue collected and orders.");
    return ["revenue_collected", "orders"];
  }
  if ((said || overview.test(raw)) && names.length === 0 && splits.ids.length === 0) {
    meanings.push(
      `${said ? `You asked how things go ("${said}")` : "You asked how things go"}, so here are the main numbers: revenue, orders, new leads, new customers, recurring revenue and churn.`,
    );
    return mainNumbers;
  }
  // `how was Cyber Monday`, `the figures for Q3`
  if (
    time.period &&
    names.length === 0 &&
    splits.ids.length === 0 &&
    /^\s*(?:(?:so|and|ok) )*(?:how (?:is|was|were|are|did)|what about)\b|\b(?:numbers|figures|results|stats|kpis)\s*[?.!]*$/i.test(
      raw,
    )
  ) {
    meanings.push(
      "You named no number, so here are the main ones: revenue, orders, new leads, new customers, recurring revenue and churn.",
    );
    return mainNumbers;
  }
  if (
    names.length > 0 &&
    names.every(({ kind }) => kind === "tag") &&
    /\b(?:how many|number of|count)\b/i.test(raw)
  ) {
    meanings.push("I counted the people who hold the tag now.");
    return ["contacts"];
  }
  if (names.length === 0 && splits.ids.length === 0 && asksForChange(raw, Boolean(time.against))) {
    meanings.push("You named no number, so I took revenue collected.");
    return ["revenue_collected"];
  }
  // `how much is in negotiation`
  if (names.length > 0 && names.every(({ kind }) => kind === "stage")) {
    const count = /\b(?:how many|number of|count)\b/i.test(raw);
    meanings.push(
      `I took the deals that stand there: ${count ? "how many they are" : "what they are worth"}.`,
    );
    return [count ? "deals_open" : "pipeline_value"];
  }
  if (
    direction &&
    names.length > 0 &&
    names.every(({ kind, negated }) => kind === "lead_source" && !negated)
  ) {
    meanings.push("You named no number, so here are new leads and how many of them buy.");
    return ["new_leads", "lead_conversion_rate"];
  }
  if (names.some(({ kind }) => kind !== "tag") && (time.period || time.grain)) {
    meanings.push("You named no number, so I took revenue collected.");
    return ["revenue_collected"];
  }
  return [];
}

const gainedBy: Record<string, string> = { contacts: "new_leads", customers: "new_customers" };

/** `how many customers did we get last month` asks for those who came, not for those there are. */
function gained(id: string, raw: string, hasPeriod: boolean, meanings: string[]): string {
  const came = gainedBy[id];
  if (!came || !getMetric(came) || !hasPeriod) return id;
  if (
    !/\b(?:since|get|got|gain|gained|add|added|acquire|acquired|win|won|join|joined|sign|signed|come|came|receive|received)\b/i.test(
      raw,
    )
  )
    return id;
  meanings.push(`I counted those who came in the period: ${getMetric(came)?.label.toLowerCase()}.`);
  return came;
}

function understandingHasPeriod(time: Understanding["time"]): boolean {
  return Boolean(time.period ?? time.grain);
}
