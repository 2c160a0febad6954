import { getMetric } from "@/analytics/metrics/catalog";
import type { Understanding } from "../understand";

/** A change of the business as a whole: `are we growing`, `yoy growth`, `October vs September`. */
function asksForChange(raw: string, compared: boolean): boolean {
  const business =
    /^\s*(?:(?:and|so|ok) )*(?:are we|have we|did we|is (?:the |our |my )?business|has (?:the |our |my )?business)(?![\p{L}])|^\s*(?:our |the |what(?:'s| is) (?:our|the) )?(?:yoy|mom|qoq|year[- ]over[- ]year|month[- ]over[- ]month|quarter[- ]over[- ]quarter) (?:growth|change)|^\s*(?:our )?growth(?![\p{L}])/iu;
  const periods =
    /^\s*(?:(?:please |can you )?compare )?[\p{L}\d' -]+ (?:vs\.?|versus|and|with|to|against) [\p{L}\d' -]+\s*\??$/iu;
  if (/(?<![\p{L}])(?:list|people|customers|leads|members|e-?mails?)(?![\p{L}])/iu.test(raw)) return false;
  return business.test(raw) || (compared && periods.test(raw));
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
};

export function chooseMetrics(
  { metrics, splits, rank, time, names, raw }: Understanding,
  meanings: string[],
): string[] {
  if (metrics.ids.length > 0)
    return metrics.ids.slice(0, 8).map((id) => gained(id, raw, understandingHasPeriod(time), meanings));
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
    meanings.push(`You named no number to rank by, so I took revenue collected.`);
    return ["revenue_collected"];
  }
  const overview =
    /(?<![\p{L}])(?:how (?:are|is|was|were|did|have|has)(?: [\p{L}\d]+){0,3} (?:doing|going|go|gone|been|performing|do|perform|business|look|looking)|what happened|overview|summary|recap|snapshot|performance|business|dashboard|report|kpis?)(?![\p{L}])/iu;
  if (
    overview.test(raw) &&
    names.length > 0 &&
    splits.ids.length === 0 &&
    names.every(({ negated }) => !negated)
  ) {
    meanings.push("You named no number, so here are revenue collected and orders.");
    return ["revenue_collected", "orders"];
  }
  if (overview.test(raw) && names.length === 0 && splits.ids.length === 0) {
    meanings.push("You asked for an overview, so here are revenue collected, orders and new leads.");
    return ["revenue_collected", "orders", "new_leads"];
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
