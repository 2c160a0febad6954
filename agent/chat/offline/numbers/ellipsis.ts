import { getMetric } from "@/analytics/metrics/catalog";
import { type Grain, querySchema } from "@/analytics/query/query";
import type { Memory } from "../memory";
import type { Reply } from "../plan";
import type { Understanding } from "../understand";
import { rates } from "./read-pairs";

/**
 * A word or two that only mean something after the answer before: `and lost` after deals that were won, `how many of
 * those are new` after customers. They are put in full, so that all readers understand them.
 */
const families: { of: Set<string>; words: [RegExp, string][] }[] = [
  {
    of: new Set([
      "deals_won",
      "deals_lost",
      "deals_won_value",
      "win_rate",
      "deal_size",
      "deals_open",
      "pipeline_value",
      "days_to_win",
    ]),
    words: [
      [/^(?:lost|lose|losses)$/, "number of deals lost"],
      [/^(?:won|win|wins)$/, "number of deals won"],
      [/^(?:average|avg|mean)(?: (?:value|size|worth|amount|deal))?$|^size$/, "average deal size"],
      [
        /^(?:(?:what |which |their |total |in )*(?:values?|worth|amounts?)|worth (?:what|how much)|for how much)$/,
        "value of deals won",
      ],
      [/^(?:rate|success rate)$/, "win rate"],
    ],
  },
  {
    of: new Set([
      "subscribers",
      "active_subscriptions",
      "subscribers_lost",
      "subscribers_gained",
      "subscribers_returned",
      "customer_churn_rate",
    ]),
    words: [
      [/^(?:lost|left|cancell?ed|cancell?ations|leavers|quit)$/, "subscribers lost"],
      [/^(?:gained|joined|added|new|joiners|signed up|sign ?ups)$/, "new subscribers"],
      [/^(?:returned|came back|won back)$/, "subscribers won back"],
      [/^rate$/, "churn rate"],
      [/^net(?: growth| change| gain| new)?$/, "net new members"],
    ],
  },
  {
    of: new Set(["emails_sent", "emails_opened", "emails_clicked", "email_open_rate", "email_click_rate"]),
    words: [
      [/^(?:opened|opens)$/, "emails opened"],
      [/^(?:clicked|clicks)$/, "emails clicked"],
      [/^sent$/, "emails sent"],
    ],
  },
  {
    of: new Set(["customers", "new_customers", "active_customers", "lapsed_customers", "buyers"]),
    words: [
      [/^(?:new|new ones|first[- ]time)$/, "new customers"],
      [/^(?:active|active ones)$/, "active customers"],
      [/^(?:lapsed|inactive|lost)(?: ones)?$/, "lapsed customers"],
    ],
  },
  {
    of: new Set([
      "mrr_new",
      "mrr_expansion",
      "mrr_contraction",
      "mrr_churn",
      "mrr_reactivation",
      "mrr_net_new",
    ]),
    words: [
      [/^(?:net|net (?:new|change|growth)|the net)$/, "net new mrr"],
      [/^new$/, "new mrr"],
      [/^(?:expansion|upgrades?)$/, "expansion mrr"],
      [/^(?:contraction|downgrades?)$/, "contraction mrr"],
      [/^(?:churn|churned|lost|losses)$/, "churned mrr"],
    ],
  },
  {
    of: new Set(["contacts", "new_leads"]),
    words: [[/^new(?: ones)?$/, "new leads"]],
  },
  {
    of: new Set(["orders", "revenue_collected", "revenue_net", "units"]),
    words: [[/^(?:average|avg)(?: (?:value|order|basket|size|sale|amount))?$/, "average order value"]],
  },
];

/** What those that were lost or are open are worth is another number than what was won. */
const insteadFor: Record<string, Record<string, string>> = {
  deals_lost: { "value of deals won": "value of deals lost" },
  deals_open: { "value of deals won": "pipeline value" },
  pipeline_value: { "value of deals won": "pipeline value" },
};

const people = new Set([
  "customers",
  "new_customers",
  "active_customers",
  "lapsed_customers",
  "buyers",
  "contacts",
  "new_leads",
  "subscribers",
  "subscribers_lost",
  "subscribers_gained",
]);

const bare =
  /^\s*(?:(?:and|or|now|also|then|plus|what about|how about|ok) )*(?:the |their |our |how many (?:(?:people|members|of (?:them|those|these)|have|has|did we|did|were|was|are|got|actually|then) )*)?([\p{L} -]{2,24}?)(?: (?:ones|too|as well|then|instead))*(?<days> (?:in|during|since|this|last|so far|over|within|yesterday|today)(?= |\s*[?.!]*$)[^?.!]{0,40})?\s*[?.!]*$/iu;
const newOfThem =
  /^\s*(?:(?:and|so|ok|but) )*how many(?: of (?:those|them|these|which|the))?(?: (?:are|were|is|was))? (?:brand )?(new|first[- ]time)(?: ones)?(?![\p{L}])/iu;
const fromWhere =
  /^\s*(?:(?:and|so|ok|but) )*(?:from where|where from|wherefrom|where)(?: (?:did|do|have|are|were))?(?: (?:they|those|these|them))?(?: (?:came|come|coming|from))*(?: from)?\s*[?.!]*$/iu;
const whereFrom =
  /^\s*(?:(?:and|so|ok|but) )*(?:where|which countr(?:y|ies)|what countr(?:y|ies)) (?:are|do|did|were) (?:they|those|these|them)(?: (?:customers|people|members|clients|contacts|leads))?(?: (?:all|mostly|mainly))* (from|live|living|based|located|come from|coming from)(?: in)?\s*[?.!]*$/iu;

const counted =
  "(?:(?:new|open|active|paying|late|failed|won|lost|unpaid|different) )*(?:leads|orders|customers|clients|buyers|contacts|people|members|subscribers|subscriptions|deals|refunds|units|pieces|tasks|appointments|meetings|notes|emails|invoices|opt-?ins|sign-?ups)";
const money =
  "spend|spent|pay|paid|owe|bring|brought|make|made|cost|worth|are worth|were worth|revenue|money|in (?:money|dollars)";
const muchOf = new RegExp(
  `(?<![\\p{L}])how much (?=${counted}(?![\\p{L}])(?!(?: [\\p{L}]+){0,2} (?:${money})(?![\\p{L}])))`,
  "giu",
);

/** `how much leads`: of what is counted, how many. */
const manyOf = (question: string): string => question.replace(muchOf, "how many ");

/** `which converts better`, of leads that stand side by side. */
const convertsBest =
  /^\s*(?:and |so )?(?:which|who|what)(?: (?:one|ones|of (?:them|those|these)|sources?|channels?))? (?:convert(?:s|ed)?|(?:is|are) converting) (?:the )?(?:better|more)\s*[?.!]*$/i;

export function inFull(asked: string, past: Memory): string {
  return afterLast(manyOf(asked), past);
}

function afterLast(question: string, { last, people: listed, unanswered }: Memory): string {
  const metric = last?.query.metrics[0];
  if (!last || !metric || listed || unanswered) return question;
  const family = families.find(({ of }) => of.has(metric));
  const match = bare.exec(question);
  const word = match?.[1]?.toLowerCase().trim();
  const days = match?.groups?.days ?? "";
  const named = word && family?.words.find(([pattern]) => pattern.test(word))?.[1];
  const found = (named && insteadFor[metric]?.[named]) || named;
  // After a rate the other rate is meant, after a count the other count.
  const phrase = metric.endsWith("_rate")
    ? (found || "").replace(/^emails (open|click)ed$/, "$1 rate")
    : found;
  if (phrase && !(last.query.dimensions.includes("time") && /^(?:average|avg|mean)$/.test(word ?? "")))
    return /\b(?:too|as well|also|add)\b/i.test(question)
      ? `and ${phrase}${days} too`
      : `and ${phrase}${days}`;
  if (/^\s*(?:and )?(?:vs\.?|versus) (?:the )?(?:last|previous)(?: one)?\s*[?.!]*$/i.test(question))
    return "vs the previous period";
  if (
    /^\s*(?:(?:and|what about|how about) )*(?:a|one|1) year (?:ago|earlier|before)\s*[?.!]*$/i.test(question)
  )
    return "vs last year";
  // `which one has the highest rate` after refunds: their rate.
  const rate = rates[metric];
  const label = rate && getMetric(rate)?.label.toLowerCase();
  if (label && /\b(?:highest|lowest|best|worst|the) rate\b/i.test(question))
    return question
      .replace(/^\s*(?:and )?(which|who) (?=ha[sd]|is|was)/i, "$1 one ")
      .replace(/(?:the )?(highest|lowest|best|worst)?( ?)rate\b/i, `$1$2${label}`);
  if (/^\s*(?:and )?(?:by|per|with) (?:the )?reasons?\s*[?.!]*$/i.test(question)) {
    if (metric.startsWith("deals_lost")) return "now by loss reason";
    if (metric === "subscribers_lost") return "now by stop reason";
  }
  // `add new and churned` beside recurring revenue are its movements.
  if (
    metric === "mrr" &&
    /^\s*(?:(?:and|now|also) )*(?:add|include|with|plus|show)\b/i.test(question) &&
    !/\bmrr\b/i.test(question)
  )
    return question.replace(
      /\b(new|expansion|contraction|churned|churn|lost)\b(?! (?:rate|members|subscribers|customers|leads))/gi,
      (_, word) => (/churn|lost/i.test(word) ? "churned mrr" : `${word} mrr`),
    );
  if (metric === "new_leads" && convertsBest.test(question)) return "which one converts best";
  const fresh = newOfThem.exec(question);
  const newly = fresh && family?.words.find(([pattern]) => pattern.test("new"))?.[1];
  if (fresh && newly) return `and ${newly}${question.slice(fresh[0].length)}`;
  const where = whereFrom.exec(question);
  if (where && people.has(metric))
    return metric === "new_leads" && /come|coming/.test(where[1] ?? "") ? "by lead source" : "by country";
  if (fromWhere.test(question) && people.has(metric))
    return metric === "new_leads" ? "by lead source" : "by country";
  return question;
}

const everything =
  /^\s*(?:(?:and|ok|now|please) )*(?:(?:show|give|list|see)(?: me)? )?(?:them )?all(?: of (?:them|it))?(?: please)?\s*[?.!]*$/iu;

/** `show all` after the first ten: the same without a limit. */
export function allOfLast(
  question: string,
  { last, people: listed, records }: Memory,
  read: () => Understanding,
): Reply | null {
  if (!everything.test(question) || listed || records || !last?.query.limit) return null;
  const { limit: _, others: __, ...query } = last.query;
  return {
    kind: "call",
    calls: [{ tool: "query_metric", input: { query: querySchema.parse(query), title: last.title ?? "All" } }],
    meanings: [],
    understanding: read(),
  };
}

const mean =
  /^\s*(?:(?:and|so|ok|now) )*(?:(?:what|whats|what's)(?: is| was)? |give me |show (?:me )?)?(?:the |our |an? )?(?:average|avg|mean)(?: (?:of (?:that|those|these|them|it)|there))?(?: (?:over|across|for|of|in) (?:the |this |that |all )?(?:whole |entire |full )?(?:(?:year|quarter|month|period|time|range|months|weeks|days|quarters)|all (?:of )?(?:them|the months)))?(?: (?:per|a|each|by) (day|week|month|quarter|year))?\s*[?.!]*$/iu;

/** `whats the average` after a number over time: the mean of its buckets. */
export function meanOfLast(question: string, { last }: Memory, understanding: Understanding): Reply | null {
  const match = mean.exec(question);
  if (!match || !last?.query.dimensions.includes("time")) return null;
  const metric = getMetric(last.query.metrics[0] ?? "");
  if (!metric) return null;
  const grain = match[1] as Grain | undefined;
  const { order: _, ...kept } = last.query;
  const query = querySchema.parse({ ...kept, ...(grain ? { grain } : {}) });
  return {
    kind: "call",
    calls: [
      {
        tool: "query_metric",
        input: { query, title: last.title ?? metric.label, average: true },
      },
    ],
    meanings: [],
    understanding,
  };
}
