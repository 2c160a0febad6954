import { getMetric } from "@/analytics/metrics/catalog";

/** What a finished plan holds, for the words of the question to be held against. */
export interface Evidence {
  /** Stems of everything the plan names: metrics with their synonyms, dimensions, names, conditions. */
  stems: Set<string>;
  /** The same without the account's own names: what the plan does. */
  does: Set<string>;
  /** The account's names in the plan, folded. */
  names: string[];
  /** Words of those that stand in the question in full. */
  named: Set<string>;
  numbers: Set<number>;
  /** First and last day of every range in the plan, and each single day. */
  spans: [string, string][];
  metrics: string[];
  /** Keys used anywhere in the plan, such as `comparison` or `limit`. */
  keys: Set<string>;
  tools: Set<string>;
  /** More than one thing stands side by side. */
  several: boolean;
}

/** Plural, past and agent of a word fall together: `cancelled`, `cancels`, `cancel`. */
export function stem(word: string): string {
  let at = word.replace(/'s?$/, "").replace(/ies$/, "y");
  if (at.length > 3) at = at.replace(/s$/, "");
  for (let before = ""; before !== at && at.length > 4; ) {
    before = at;
    at = at.replace(/(?:ations?|ings?|ers?|ed|es|s|e)$/, "").replace(/(.)\1$/, "$1");
  }
  return at;
}

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter(Boolean));

/** Words that only hold a sentence together. A word that could carry a condition does not belong here. */
export const closed =
  list(`a about again also am an and any are as at be been being but by can could did do does doing for from get gets getting got give given gives go goes going
  had has have having he her here hers hey hi hello him his how i if in into is it its itself just let like lets me mine my of off ok okay on or our ours out over please pls plz really she should so
  some tell than that the their them then there these they this thing things those to too up us was we were what when where which who whom whose why will with would yes you your yours
  thanks thank show shown see look looking find list want need know think give me pull put make made use kindly only all each every per many much people person contact contacts everyone everybody anyone anybody somebody someone
  folks right total totals sum altogether overall list lists name names quick quickly exactly actually still far now came come comes coming back well data numbers number figure figures report business keap account company store shop`);

/** Words that turn a condition round. */
export const turns = list(
  "not no never none nobody nothing without except excluding exclude excludes neither nor unless besides minus",
);
export const turned = new Set(
  "no not without sync risk nothing never lapsed inactive unsubscribed under ex net nobody failed lost overdue owe owes open unpaid at_risk at_most missing reconciliation unused"
    .split(" ")
    .map(stem),
);

export const timeWords =
  list(`today yesterday tomorrow day days daily week weeks weekly weekend weekends fortnight month months monthly quarter quarters quarterly year years yearly annual annually
  last previous past prior current next recent recently since until till between before after ago earlier later during within first second third fourth half start started begin began beginning end ended ending
  q1 q2 q3 q4 h1 h2 ytd mtd qtd wtd yoy mom wow qoq date completed complete full whole ever lifetime history historically time times period trend trends trending over through this spring summer autumn fall winter
  christmas easter thanksgiving black cyber long morning night dates same yet`);

interface Kind {
  said: ReadonlySet<string>;
  stands: (evidence: Evidence) => boolean;
}

/** Split once for all plans: every word of a question is held against every kind. */
const does = (stems: string, tools = "") => {
  const wanted = stems
    .split(" ")
    .filter(Boolean)
    .map((each) => each.split("_").map(stem));
  const named = tools.split(" ").filter(Boolean);
  return ({ does: done, tools: used }: Evidence): boolean =>
    wanted.some((parts) => parts.every((part) => done.has(part))) || named.some((tool) => used.has(tool));
};

const has =
  (keys: string) =>
  ({ keys: given }: Evidence): boolean =>
    keys.split(" ").some((key) => given.has(key));

const onlyPeople = new Set(["new_leads", "contacts"]);
const either =
  (...tests: ((evidence: Evidence) => boolean)[]) =>
  (evidence: Evidence) =>
    tests.some((test) => test(evidence));
const isRatio = ({ metrics }: Evidence) => metrics.some((id) => getMetric(id)?.unit === "ratio");

const isMedian = ({ metrics }: Evidence) =>
  metrics.some(
    (id) =>
      getMetric(id)?.unit === "number" || / per |median|average/i.test(` ${getMetric(id)?.label ?? ""}`),
  );

/** Words that ask for something of a kind, and what in a plan stands for it. */
export const kinds: Kind[] = [
  {
    said: list(
      "vs versus against compare compared compares comparing comparison than difference differ change changed changing more less fewer better worse higher lower bigger beat beats ahead behind split break broken down instead between both growth grow grew grown growing grows",
    ),
    stands: either(
      ({ several }) => several,
      has(
        "comparison dimensions at_least at_most paid_over paid_under spent_over spent_under waiting_over_days value value_over value_under order_over order_under owes_over overdue_days within_days from",
      ),
      has("and or has_all_tags"),
      does("", "explain_change shape list_conflicts"),
    ),
  },
  {
    said: list(
      "performing performed performer performers perform popular breakdown split earning earner earners selling seller sellers",
    ),
    stands: has("order limit dimensions grain drawing"),
  },
  {
    said: list("average avg mean typical typically usual usually"),
    stands: either(has("average shape"), isMedian),
  },
  {
    said: list("share percent percentage % proportion fraction rate"),
    stands: either(isRatio, has("among drawing comparison percent"), does("", "shape cohort")),
  },
  {
    said: list("customer customers buyer buyers client clients shopper shoppers"),
    stands: either(
      ({ metrics }) => metrics.length > 0 && !metrics.every((id) => onlyPeople.has(id)),
      does("customer bought paid spent risk order", "shape cohort"),
    ),
  },
  { said: list("lead leads prospect prospects"), stands: does("lead nothing join added", "find_contacts") },
  {
    said: list(
      "subscriber subscribers subscription subscriptions member members membership memberships paying",
    ),
    stands: does("subscriber subscription member churn mrr arr survival mailable"),
  },
  {
    said: list(
      "buy buys buying bought order orders ordered ordering purchase purchased purchases pay pays paid paying spend spends spender spenders spent invoiced collected anything something money dollars value sell sold own",
    ),
    stands: does(
      "bought product order ordered purchase customer paid spent owes nothing revenue collected invoiced units reconciliation revenue_cohorts",
    ),
  },
  {
    said: list(
      "become became becoming turn turned turns convert converts converted conversion take takes took",
    ),
    stands: does("first_bought bought conversion purchase rfm_moves customer", "shape"),
  },
  {
    said: list(
      "stay stays staying stayed retain retained retention leave leaving left return returned lasts loyal old",
    ),
    stands: does("survival retention cohort churn risk orders", "cohort"),
  },
  { said: list("once twice often frequently times"), stands: has("at_least at_most order") },
  { said: list("recently recent newest latest new last"), stands: has("order from") },
  {
    said: list("under over above below drop drops fall falls go goes went up down tops exceeds zero"),
    stands: has(
      "when value comparison at_least value_over value_under order_over order_under spent_over spent_under paid_over paid_under owes_over",
    ),
  },
  {
    said: list(
      "up down drop drops dropped fall fell rise rose increase increased decrease decreased caused cause driving drove drive drives driver reason reasons behind jump jumped happened good bad slow weak strong quiet busy great poor well badly so spike spiked surge dip dipped",
    ),
    stands: either(does("", "explain_change"), has("comparison")),
  },
  { said: list("both each every"), stands: has("has_all_tags and") },
  {
    said: list("worth value valued"),
    stands: ({ metrics }) => metrics.some((id) => getMetric(id)?.unit === "money"),
  },
  { said: list("else other others rest remaining world"), stands: ({ several }) => several },
  {
    said: list("more another also plus add include"),
    stands: ({ several, keys }) => several || keys.has("order"),
  },
  {
    said: list("filter filters restriction restrictions clear remove drop comparison"),
    stands: has("range"),
  },
  {
    said: list(
      "turn turned switch change make chart graph plot draw drawn visualize visualise curve display explain explained",
    ),
    stands: has("dimensions drawing shape"),
  },
  {
    said: list(
      "bring brings brought bringing generate generates generated produce produces produced produced drive drives driven gave attributed attribute",
    ),
    stands: has("lead_source dimension dimensions by models"),
  },
  {
    said: list("improve improved improving improvement worsen worsened deteriorate"),
    stands: has("comparison grain"),
  },
  {
    said: list(
      "revenue sales money recurring roi waterfall reconcile record sign signed signup signups create created",
    ),
    stands: either(
      does("spent owe joined purchase attribution mrr_bridge reconciliation reached added shape"),
      has("shape"),
      does("", "cohort"),
    ),
  },
  { said: list("live lives living based located"), stands: does("region country") },
  {
    said: list("unpaid outstanding due owed invoice invoices overdue"),
    stands: does("owes overdue receivable"),
  },
  { said: list("went go moved move moves group groups step steps"), stands: does("", "shape") },
  { said: list("email emails mail mails address addresses phone phones"), stands: does("", "find_contacts") },
  { said: list("outside lacking non missing never"), stands: does("not without no") },
  { said: list("riskiest losing lose"), stands: does("at_risk churn risk") },
  {
    said: list("predict predicted project projected projection expect expected outlook"),
    stands: does("", "forecast"),
  },
  {
    said: list(
      "goal goals target targets quota quotas track pace course progress stand standing hit reach reached met meet missed against vs versus towards toward",
    ),
    stands: does("", "list_goals set_goal"),
  },
  {
    said: list("keep stay below under at_most most less than fewer set change raise lower update define"),
    stands: does("", "set_goal"),
  },
  {
    said: list("notify alert warn ping tell remind text message set watch goes crosses"),
    stands: does("", "create_alert"),
  },
  {
    said: list(
      "add create save set called named put apply assign segment note change update tag sequence task",
    ),
    stands: does("", "propose_tags propose_update propose_outreach create_segment"),
  },
  {
    said: list(
      "pending waiting wait approval approvals approve approved anything stuck deal sync database fresh old conflict stale measure metrics anything",
    ),
    stands: does("", "list_proposals list_conflicts sync_status list_metrics list_boards"),
  },
  { said: list("stuck sitting sit waiting wait idle still"), stands: has("waiting_over_days") },
  { said: list("touch touches click clicks"), stands: does("attribution") },
  { said: list("summary email mail send report digest every"), stands: does("digest") },
  {
    said: list("export exported csv download spreadsheet file"),
    stands: does("", "find_contacts find_records"),
  },
  { said: list("lifetime ever"), stands: has("order") },
  { said: list("lose losing leave leaving churn churning quit"), stands: does("risk") },
  { said: list("everything records conflicts problems errors wrong"), stands: does("", "sync_status") },
  // What people are chosen by, in the words that people use for it.
  {
    said: list("cancelled canceled cancel quit left ended because cause reason price due"),
    stands: has("subscription reason"),
  },
  {
    said: list(
      "renew renews renewal renewing up due expire expires expiring end ends ending run runs out stop stops",
    ),
    stands: has("subscription"),
  },
  {
    said: list(
      "joined join started subscribed signed took member members membership annual yearly monthly quarterly plan plans",
    ),
    stands: has("subscription"),
  },
  {
    said: list("late overdue owe owes owing owed behind past due money unpaid long older"),
    stands: does("overdue_days owes_over owe late"),
  },
  { said: list("refund refunded refunds money returned asked requested wanted"), stands: does("refund") },
  {
    said: list("open opens opened opening read reads click clicks clicked clicking"),
    stands: does("opened_email clicked_email opened clicked"),
  },
  {
    said: list("slipping slipped fading faded cooling dropping lapsing sliding drifting cold away"),
    stands: has("on"),
  },
  {
    said: list("used anymore longer still once ever already"),
    stands: has("where paid_over spent_over spent_under is did not"),
  },
  {
    said: list("address adress addresses mail email domain account accounts users"),
    stands: has("mail_domain"),
  },
  { said: list("phone phones mobile telephone cell number"), stands: does("phone") },
  { said: list("owner rep assigned unassigned belong managed"), stands: does("owner has_owner") },
  {
    said: list("later then afterwards afterward since eventually after getting got receiving within"),
    stands: has("after_tag within_days product"),
  },
  {
    said: list("added add created joined signed came registered entered older"),
    stands: does("added joined"),
  },
  { said: list("win wins winning lose loses losing why reason reasons"), stands: does("won lost") },
  { said: list("most fewest least person people rep reps user users owner each"), stands: has("by_owner") },
  {
    said: list("value total worth sum amount single size invoice invoices bill bills"),
    stands: does("", "find_records"),
  },
  { said: list("close closing closes about"), stands: has("dated") },
  {
    said: list("monday tuesday wednesday thursday friday saturday sunday every morning"),
    stands: does("digest"),
  },
  { said: list("changed change changes happened updated new"), stands: does("", "sync_status") },
  { said: list("balance balances debt debts debtor debtors outstanding"), stands: does("owes") },
  { said: list("active current running"), stands: does("subscriber subscription runs deal") },
  { said: list("affected"), stands: has("behind") },
  { said: list("meeting meetings booking bookings call calls"), stands: does("appointment") },
  {
    said: list("count number headcount many total"),
    stands: either(does("", "find_contacts find_records"), ({ metrics }) =>
      metrics.some((id) => getMetric(id)?.unit === "count"),
    ),
  },
  { said: list("first last top"), stands: has("limit") },
  { said: list("list listed names em them ones one"), stands: does("", "find_contacts find_records") },
  { said: list("missed failed declined bounced payment card charge"), stands: does("fail failed_payment") },
  { said: list("birthday birthdays born"), stands: has("birthday_month") },
  {
    said: list("january february march april may june july august september october november december"),
    stands: has("birthday_month"),
  },
  {
    said: list("subscribed opted mailable email emailed mailed reach contact"),
    stands: does("mailable unsubscribed"),
  },
  { said: list("unsubscribed"), stands: does("unsubscribed") },
  {
    said: list(
      "sort sorted rank ranked ordered biggest largest most least first top highest lowest best total",
    ),
    stands: has("order"),
  },
  { said: list("first"), stands: either(does("first", "cohort"), has("order shape")) },
];

/** Tools whose input is the person's own words, or has none that could be dropped. */
export const unaudited = new Set([
  "search_knowledge",
  "get_contact",
  "describe_metric",
  "get_board",
  "pin_chart",
  "keap_lookup",
  "run_sql",
]);
