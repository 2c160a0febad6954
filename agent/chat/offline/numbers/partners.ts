import type { Understanding } from "../understand";

const partnerSplits = new Set(["affiliate", "sale_affiliate"]);
/** What is said of partners where their own sales are meant. */
const sales = new Set(["revenue_collected", "sales_invoiced", "orders", "units"]);

/** `which affiliate brought the most sales`: their sales and their commissions are numbers of their own. */
export function ofPartners(understanding: Understanding): Understanding {
  const { splits, metrics } = understanding;
  if (!splits.ids.some((id) => partnerSplits.has(id))) return understanding;
  const ids = [
    ...new Set(
      metrics.ids.length > 0
        ? metrics.ids.map((id) => (sales.has(id) ? "affiliate_revenue" : id))
        : ["affiliate_revenue"],
    ),
  ];
  const own = ids.every((id) => id === "affiliate_commissions") ? "affiliate" : "sale_affiliate";
  const said = metrics.ids.length > 0 ? metrics.meanings : [];
  return {
    ...understanding,
    splits: {
      ...splits,
      ids: [...new Set(splits.ids.map((id) => (partnerSplits.has(id) ? own : id)))],
      unknown: splits.unknown.filter((name) => name !== "affiliate"),
    },
    metrics: {
      ...metrics,
      ids,
      weak: false,
      joined: [],
      meanings: said.map((each) => (sales.has(each.id) ? { ...each, id: "affiliate_revenue" } : each)),
    },
    notes:
      metrics.ids.some((id) => sales.has(id)) || metrics.ids.length === 0
        ? [
            ...understanding.notes,
            "This is the net revenue of the orders they brought; commissions are another number.",
          ]
        : understanding.notes,
  };
}

/**
 * `our best affiliates`: ranked by what they sold, not people who hold a tag of that name. Told here, before people are
 * looked for.
 */
export function asksForPartners(question: string): boolean {
  return (
    /\b(?:best|top|worst|biggest|leading|strongest|which|what) (?:\d+ |performing |selling )*(?:affiliates?|partners)\b|\b(?:by|per|each) (?:affiliate|partner)\b/i.test(
      question,
    ) && !/\btag(?:ged|s)?\b/i.test(question)
  );
}
