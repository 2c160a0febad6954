import type { DrawingKind } from "@/analytics/charts/chart-spec";
import { getMetric, metrics } from "@/analytics/metrics/catalog";
import { dimensions } from "@/analytics/metrics/dimensions";
import { fold } from "./normalise";

/**
 * The words the analyst knows, as tables: adding a word here is all it takes to be understood. Metrics and dimensions
 * bring their own labels and synonyms from the registry; these tables add what people say beside them.
 */

/** Further ways to say a metric. A phrase whose metric is not registered is known but not answerable (`unavailable`). */
const metricPhrases: Record<string, string[]> = {
  revenue_collected: [
    "money",
    "money makers",
    "money maker",
    "moneymakers",
    "earners",
    "made",
    "sold",
    "did we make",
    "we make",
    "make",
    "makes",
    "earn",
    "earned",
    "bring in",
    "brought in",
    "take in",
    "took in",
    "total sales",
    "sales revenue",
    "sales volume",
    "sales figures",
    "sales numbers",
    "revenues",
    "money received",
    "money earned",
    "cash collected",
    "received",
    "pay us",
    "paid us",
    "cash in",
    "amount collected",
    "amount paid",
    "paid",
    "spend",
    "spends",
    "spent",
    "billings",
    "takings",
    "proceeds",
    "dollars",
    "gross sales",
    "gross",
    "total revenue",
    "total income",
    "rev",
    "best selling",
    "best-selling",
    "bestselling",
    "bestseller",
    "bestsellers",
    "best sellers",
    "selling",
    "sell",
    "sold the most for",
  ],
  refunds: [
    "refund amount",
    "refunded amount",
    "money returned",
    "paid back",
    "money refunded",
    "total refunds",
    "give back",
    "gave back",
    "refunding",
    "reimbursements",
  ],
  revenue_net: [
    "net sales",
    "net",
    "net of refunds",
    "revenue without refunds",
    "revenue excluding refunds",
    "sales without refunds",
    "after refunds",
    "revenue minus refunds",
    "sales minus refunds",
    "revenue less refunds",
    "money after refunds",
    "sales after refunds",
  ],
  revenue_collected_ex_tax: [
    "revenue excluding tax",
    "revenue excluding taxes",
    "revenue net of tax",
    "sales excluding tax",
    "sales without tax",
    "revenue minus tax",
  ],
  orders: [
    "number of sales",
    "sales number",
    "count of orders",
    "order volume",
    "orders placed",
    "transactions",
    "how many sales",
    "how many orders",
    "how many purchases",
    "how many invoices",
    "how many times did people buy",
    "number of purchases",
    "total orders",
    "purchase count",
    "checkouts",
    "orders count",
    "number of invoices",
  ],
  aov: [
    "average order size",
    "avg order value",
    "average basket size",
    "basket size",
    "avg order",
    "average basket",
    "average ticket",
    "average transaction",
    "average transaction value",
    "average purchase value",
    "mean order value",
    "average invoice",
    "basket value",
    "order size",
    "per order",
    "revenue per order",
    "sales per order",
    "average cart",
  ],
  units: [
    "unit sales",
    "units did we move",
    "units we moved",
    "units moved",
    "units shipped",
    "units were sold",
    "copies",
    "copies sold",
    "items",
    "items were sold",
    "pieces sold",
    "products were sold",
    "number of units",
    "number of items",
    "unit count",
    "how many units",
    "how many items",
    "quantity sold",
    "how many products",
  ],
  new_leads: [
    "new contact",
    "sign ups",
    "opt ins",
    "optins",
    "opt-in",
    "signup",
    "new signups",
    "how many leads",
    "contacts added",
    "leads generated",
    "lead generation",
    "leads created",
    "new people",
    "people joined",
    "people signed up",
    "signed up",
    "sign up",
    "joined",
    "registrations",
    "prospects",
    "new prospects",
    "lead volume",
    "number of leads",
    "incoming leads",
    "leads came in",
    "leads come in",
    "come in",
    "came in",
    "lead count",
    "contacts created",
    "contacts joined",
    "got leads",
  ],
  contacts: ["contacts", "people", "how many people", "how many contacts"],
  mrr: ["mrr", "monthly recurring revenue", "recurring revenue"],
  arr: ["arr", "annual recurring revenue", "annual run rate"],
  customer_churn_rate: ["churn", "churn rate", "churned", "customer churn", "cancellation rate", "attrition"],
  active_subscriptions: ["subscriptions", "active subscriptions", "active subscribers", "subscribers"],
  customers: ["customers", "number of customers", "customer count", "buyers", "paying customers", "clients"],
  new_customers: ["new customers", "first time buyers", "first-time buyers", "new buyers"],
  active_customers: ["active customers"],
  lapsed_customers: ["lapsed customers"],
  repeat_purchase_rate: [
    "repeat purchase rate",
    "repeat rate",
    "repeat customers",
    "repeat buyers",
    "returning customers",
  ],
  retention_rate: ["retention", "retention rate"],
  clv: ["lifetime value", "ltv", "clv", "customer lifetime value"],
  lead_conversion_rate: ["conversion rate", "conversion", "lead conversion", "close rate", "conversions"],
  receivable: [
    "receivables",
    "outstanding invoices",
    "unpaid invoices",
    "open receivables",
    "outstanding receivables",
    "accounts receivable",
    "owed",
    "overdue",
    "unpaid",
  ],
  failed_payments: [
    "failed payments",
    "declined payments",
    "failed charges",
    "declines",
    "failed transactions",
    "failed cards",
    "failed card payments",
    "declined cards",
    "bounced cards",
  ],
  refund_rate: [
    "refund rate",
    "return rate",
    "share of revenue was refunded",
    "share of revenue refunded",
    "share of revenue that was refunded",
    "percentage of revenue was refunded",
    "percentage of revenue refunded",
    "percent of revenue was refunded",
    "percent of revenue refunded",
  ],
  email_open_rate: [
    "open rate",
    "email opens",
    "opens",
    "emails got opened",
    "emails were opened",
    "emails are opened",
    "emails get opened",
    "emails opened",
  ],
  email_click_rate: ["click rate", "click through rate", "ctr"],
  emails_clicked: ["email clicks", "clicks"],
  emails_sent: [
    "emails sent",
    "emails",
    "broadcasts",
    "emails did we send",
    "emails we sent",
    "emails were sent",
    "emails have we sent",
    "emails went out",
  ],
  unsubscribes: ["unsubscribes", "unsubscribed", "unsubs", "unsubscribers", "opt outs", "opt-outs"],
  pipeline_value: ["pipeline", "pipeline value", "open deals"],
  deals_won: [
    "deals won",
    "won deals",
    "deals",
    "opportunities",
    "closed deals",
    "deals closed",
    "deals did we close",
    "deals we closed",
    "deals did we win",
    "deals we won",
  ],
  win_rate: ["win rate"],
  affiliate_commissions: ["commissions", "affiliate commissions", "commission", "commission earned"],
  appointments: ["appointments", "meetings"],
  cac: ["cac", "acquisition cost", "cost of acquisition"],
  cost_per_lead: ["cost per lead", "cpl"],
  revenue_at_risk: ["mrr at risk", "mrr is at risk", "revenue is at risk", "recurring revenue is at risk"],
  lead_source_roi: ["roi", "return on investment", "roas"],
  quick_ratio: ["quick ratio"],
  nrr: ["nrr", "net revenue retention"],
  revenue_per_customer: ["revenue per customer", "average revenue per customer", "arpu", "arpa"],
  upgrade_rate: ["upgrade rate", "expansion rate", "upsell rate"],
  tags_applied: ["tags applied", "tags were applied", "tags were put on", "tags did we apply"],
  items_per_order: [
    "units per order",
    "items per order",
    "products per order",
    "units per sale",
    "units sold per order",
    "items sold per order",
    "products sold per order",
    "units in an order",
  ],
};

/** What a phrase means in the words of METRICS, when no metric of that id is registered yet. */
const unavailableLabels: Record<string, string> = {
  upgrade_rate: "Share of members who upgrade",
  mrr: "Monthly recurring revenue",
  arr: "Annual recurring revenue",
  customer_churn_rate: "Churn",
  active_subscriptions: "Active subscriptions",
  customers: "Customers",
  new_customers: "New customers",
  active_customers: "Active customers",
  lapsed_customers: "Lapsed customers",
  repeat_purchase_rate: "Repeat purchase rate",
  retention_rate: "Retention",
  clv: "Customer lifetime value",
  lead_conversion_rate: "Lead conversion",
  receivable: "Receivables",
  failed_payments: "Failed payments",
  refund_rate: "Refund rate",
  email_open_rate: "E-mail open rate",
  email_click_rate: "E-mail click rate",
  emails_sent: "E-mails sent",
  unsubscribes: "Unsubscribes",
  pipeline_value: "Pipeline value",
  deals_won: "Deals won",
  win_rate: "Win rate",
  affiliate_commissions: "Affiliate commissions",
  appointments: "Appointments",
  cac: "Customer acquisition cost",
  cost_per_lead: "Cost per lead",
  lead_source_roi: "Return on a lead source",
  quick_ratio: "Quick ratio",
  nrr: "Net revenue retention",
  revenue_per_customer: "Revenue per customer",
  tags_applied: "Tags applied",
  items_per_order: "Items per order",
};

/** Which registered metric stands nearest to one that is not computed yet. */
export const nearestToUnavailable: Record<string, string> = {
  mrr: "revenue_collected",
  arr: "revenue_collected",
  customers: "orders",
  new_customers: "new_leads",
  active_subscriptions: "orders",
  clv: "aov",
  revenue_per_customer: "aov",
  refund_rate: "refunds",
  lead_conversion_rate: "new_leads",
  receivable: "revenue_collected",
  failed_payments: "revenue_collected",
  repeat_purchase_rate: "orders",
  retention_rate: "orders",
  customer_churn_rate: "orders",
  cost_per_lead: "new_leads",
  cac: "new_leads",
  nrr: "revenue_net",
  deals_won: "orders",
  unsubscribes: "new_leads",
  upgrade_rate: "mrr_expansion",
};

/** Synonyms that are said far more often for something else (`people tagged VIP`). */
const notMetrics = new Set([
  "tagged",
  "tagging",
  "opened",
  "user",
  "sales forecast",
  "forecast pipeline",
  "expected deals",
]);

export interface MetricPhrase {
  phrase: string;
  id: string;
  /** False when METRICS knows the number but it is not registered. */
  available: boolean;
  label: string;
}

/** All phrases, longest first, so that `net revenue` is read before `revenue`. A registered synonym wins over ours. */
export function metricPhraseTable(): MetricPhrase[] {
  metricPhrasesKept ??= makeMetricPhrases();
  return metricPhrasesKept;
}

let metricPhrasesKept: MetricPhrase[] | undefined;

function makeMetricPhrases(): MetricPhrase[] {
  const table = new Map<string, MetricPhrase>();
  const add = (phrase: string, id: string) => {
    const key = fold(phrase.replaceAll("_", " "));
    const metric = getMetric(id);
    if (key && !table.has(key))
      table.set(key, {
        phrase: key,
        id,
        available: Boolean(metric),
        label: metric?.label ?? unavailableLabels[id] ?? id,
      });
  };
  for (const metric of metrics)
    for (const phrase of [metric.label, ...metric.synonyms])
      if (!notMetrics.has(phrase)) add(phrase, metric.id);
  // After the words people use: `clv` is what they call the average.
  for (const metric of metrics) if (!notMetrics.has(metric.id)) add(metric.id, metric.id);
  for (const [id, phrases] of Object.entries(metricPhrases))
    for (const phrase of [id, ...phrases]) add(phrase, id);
  return [...table.values()].sort((a, b) => b.phrase.length - a.phrase.length);
}

/** Ways to say a dimension. */
const dimensionPhrases: Record<string, string[]> = {
  product: ["products", "items", "skus", "offers", "courses", "what sells"],
  tag: ["tags", "labels"],
  lead_source: [
    "lead sources",
    "sources",
    "leadsource",
    "leadsources",
    "channel",
    "channels",
    "ads",
    "adverts",
    "where they came from",
    "where they come from",
    "traffic source",
    "traffic sources",
    "acquisition channel",
    "ad channel",
    "ad channels",
    "advertising channel",
    "marketing channels",
    "channels of marketing",
    "marketing source",
    "marketing channel",
    "referrer",
  ],
  owner: ["seller", "salespeople", "sales people", "sales person", "team mate", "teammate", "colleague"],
  country: ["countries", "nations", "geography", "location"],
  sale_affiliate: ["affiliates", "partners"],
  region: ["regions", "states", "provinces", "us state", "us states"],
};

/** Dimension phrases, longest first, to dimension ids. */
export function dimensionPhraseTable(): DimensionPhrase[] {
  dimensionPhrasesKept ??= makeDimensionPhrases();
  return dimensionPhrasesKept;
}

export interface DimensionPhrase {
  phrase: string;
  id: string;
}

let dimensionPhrasesKept: DimensionPhrase[] | undefined;

function makeDimensionPhrases(): DimensionPhrase[] {
  const table = new Map<string, string>();
  for (const dimension of Object.values(dimensions)) {
    const own = dimensionPhrases[dimension.id] ?? [];
    for (const phrase of [
      dimension.label,
      dimension.id.replaceAll("_", " "),
      ...dimension.synonyms,
      ...own,
    ]) {
      const key = fold(phrase);
      for (const form of [key, pluralOf(key)]) if (!table.has(form)) table.set(form, dimension.id);
    }
  }
  return [...table].map(([phrase, id]) => ({ phrase, id })).sort((a, b) => b.phrase.length - a.phrase.length);
}

const pluralOf = (phrase: string) =>
  /(?:s|[^aeiou]y)$/.test(phrase) ? phrase.replace(/([^aeiou])y$/, "$1ies") : `${phrase}s`;

/** Splits people ask for that no registered metric offers; named so that the refusal is precise. */
const everAsked: Record<string, string> = {
  city: "city",
  cities: "city",
  town: "city",
  gender: "gender",
  age: "age",
  device: "device",
  browser: "browser",
  salesperson: "owner",
  "sales rep": "owner",
  rep: "owner",
  reps: "owner",
  owner: "owner",
  owners: "owner",
  employee: "employee",
  campaign: "campaign",
  campaigns: "campaign",
  affiliate: "affiliate",
  affiliates: "affiliate",
  company: "company",
  companies: "company",
  weekday: "day of the week",
  "day of week": "day of the week",
  "day of the week": "day of the week",
  hour: "hour of the day",
  "hour of day": "hour of the day",
  "time of day": "hour of the day",
  category: "category",
  "kind of product": "category",
  "kinds of products": "category",
  "kinds of product": "category",
  "type of product": "category",
  "types of products": "category",
  "types of product": "category",
  "sort of product": "category",
  "product type": "category",
  "product types": "category",
  "product kind": "category",
  categories: "category",
  plan: "plan",
  plans: "plan",
  "payment method": "payment method",
  utm: "UTM record",
  customer: "person",
  customers: "person",
  person: "person",
  client: "person",
  clients: "person",
  buyer: "person",
  buyers: "person",
};

/** `everAsked` without what is registered by now. */
export const unknownDimensions: Record<string, string> = Object.fromEntries(
  Object.entries(everAsked).filter(
    ([word]) => !dimensionPhraseTable().some(({ phrase }) => phrase === word || `${phrase}s` === word),
  ),
);

export const drawingWords: Record<string, DrawingKind> = {
  line: "line",
  lines: "line",
  "line chart": "line",
  "line graph": "line",
  linechart: "line",
  curve: "line",
  bar: "bar",
  bars: "bar",
  "bar chart": "bar",
  "bar graph": "bar",
  barchart: "bar",
  column: "bar",
  columns: "bar",
  "column chart": "bar",
  histogram: "bar",
  "stacked bar": "stacked_bar",
  "stacked bars": "stacked_bar",
  "stacked bar chart": "stacked_bar",
  stacked: "stacked_bar",
  "stacked chart": "stacked_bar",
  area: "area",
  "stacked area": "area",
  "stacked area chart": "area",
  "area chart": "area",
  "area graph": "area",
  pie: "pie",
  "pie chart": "pie",
  piechart: "pie",
  donut: "pie",
  doughnut: "pie",
  "donut chart": "pie",
  table: "table",
  grid: "table",
  spreadsheet: "table",
  list: "table",
  number: "number",
  "single number": "number",
  kpi: "number",
  "big number": "number",
  scorecard: "number",
};

/** Numbers nobody here keeps, with why, so that the refusal can name the nearest registered metric. */
export const outOfScope: Record<string, { what: string; nearest: string }> = {
  profit: { what: "profit, because costs are not in Keap", nearest: "revenue_net" },
  profits: { what: "profit, because costs are not in Keap", nearest: "revenue_net" },
  profitable: { what: "profit, because costs are not in Keap", nearest: "revenue_net" },
  margin: { what: "margins, because costs are not in Keap", nearest: "revenue_net" },
  margins: { what: "margins, because costs are not in Keap", nearest: "revenue_net" },
  cost: { what: "costs other than those of lead sources", nearest: "cost_per_lead" },
  costs: { what: "costs other than those of lead sources", nearest: "cost_per_lead" },
  expenses: { what: "expenses other than those of lead sources", nearest: "cost_per_lead" },
  visitors: { what: "website visitors", nearest: "new_leads" },
  visits: { what: "website visits", nearest: "new_leads" },
  traffic: { what: "website traffic", nearest: "new_leads" },
  pageviews: { what: "page views", nearest: "new_leads" },
  followers: { what: "social media followers", nearest: "new_leads" },
  likes: { what: "social media likes", nearest: "new_leads" },
  inventory: { what: "inventory", nearest: "units" },
  stock: { what: "stock levels or share prices", nearest: "units" },
  salary: { what: "salaries", nearest: "revenue_collected" },
  salaries: { what: "salaries", nearest: "revenue_collected" },
  payroll: { what: "payroll", nearest: "revenue_collected" },
  tax: { what: "taxes owed", nearest: "revenue_collected" },
  taxes: { what: "taxes owed", nearest: "revenue_collected" },
  ads: { what: "advertising beyond what lead sources cost", nearest: "cost_per_lead" },
  nps: { what: "satisfaction scores", nearest: "orders" },
  satisfaction: { what: "satisfaction scores", nearest: "orders" },
  reviews: { what: "reviews", nearest: "orders" },
  bitcoin: { what: "exchange rates", nearest: "revenue_collected" },
  weather: { what: "the weather", nearest: "revenue_collected" },
};

/** Words that carry no meaning of their own in a question. Everything else must be understood or be said to be unknown. */
export const stopwords = new Set(
  `a about again all also am an and any are as at available be been being business by can chart check come could data did do does doing done each entire ever every
  gave comes doing exactly breakdown typical idea portion slice fetch figure figures find for from full generate get getting give given go going got graph had happened has have having hello help hey hi how i i'd i'll i'm in into is it it's
  its just know kindly let let's like look looked looking many me mean might much must my need needs now number numbers of ok okay on one only or our ours out over overall
  part performance perform performed performing period please plot plotted present pull put quick quickly really report results right run same say see seen shall should show showing shown shows so some stats
  statistics sum summary than thank thanks that that's the their them then there these they thing things this those through time to too total totals totalled up us use using value values versus very via view visual visualize
  visualise visualization want wanna was we we'd we've were what what's whats when where which while who whose will with within would yes you your yours yourself
  plus amount amounts account accounts altogether break breakdown broken brought bring came compare compared comparison count counts currently display draw during follow followed individually
  keap keapsake list listed listing most name named occurred okay per pls plz regarding respectively separate separately shop split splitted store such tell trend trending trends understand went whole calculated computed formula definition define defined mean meant meaning explain explains explained causes caused driving drove drives why reason reasons forecast forecasts predict predicted prediction projected projection expect expected share percent percentage proportion since difference between us compare comparing well instead filter filtered narrow zoom restrict limited same back please date dates
  company's customer's people's business's grouped group groups segmented sorted sort ordered rank ranked ranking order's coming evolve evolved evolution develop developed month-by-month
  buy buying bought purchase purchased sold sale who've person's individual individuals somebody anyone anybody everyone everybody worth average's generated generate generates generating produce produces produced producing earns brings more less better worse higher lower fewer greater than received made been far else different various kind kinds type types`
    .split(/\s+/)
    .filter(Boolean),
);

/** Rank words: which end of the order is wanted. */
export const rankWords: Record<string, "desc" | "asc"> = {
  top: "desc",
  best: "desc",
  highest: "desc",
  biggest: "desc",
  largest: "desc",
  most: "desc",
  leading: "desc",
  strongest: "desc",
  greatest: "desc",
  busiest: "desc",
  slowest: "asc",
  quietest: "asc",
  "best performing": "desc",
  bottom: "asc",
  worst: "asc",
  lowest: "asc",
  smallest: "asc",
  fewest: "asc",
  least: "asc",
  weakest: "asc",
  poorest: "asc",
  "worst performing": "asc",
};
