import { fold } from "../normalise";
import { literal } from "../patterns";
import type { FoundName } from "../read-names";
import type { MetricsReading } from "../read-shape";
import type { TimeReading } from "../read-time";
import type { VocabularyIndex } from "../vocabulary";

const signedUp =
  /^(?:people )?(?:signed up|sign(?:ed)?[- ]?ups?|sign up|joined|registrations?|registered|enrolled|enrolments?|signups?|sign-ups?|opt[- ]?ins?)$/;

/**
 * Whose number it is, where the words one by one say another: `signed up for Portrait Intensive` bought it, `lapsed
 * customers who came back` lapse no longer, and `subscribers to the newsletter` hold its tag and pay nothing.
 */
export function ofWhomItIs(
  text: string,
  metrics: MetricsReading,
  names: FoundName[],
  notes: string[],
  index: VocabularyIndex,
): FoundName[] {
  const become = (id: string, said: string) => {
    metrics.ids = [id];
    metrics.meanings = [{ said, id }];
    metrics.weak = false;
    metrics.joined = [];
    metrics.dropped = [];
  };
  const [only, another] = metrics.ids;
  if (!only || another) return names;
  if (only === "reactivated_customers")
    return names.filter(({ kind, value }) => kind !== "customer_status" || value !== "lapsed");
  const said = metrics.meanings[0]?.said ?? "";
  const product = names.find(({ kind, negated }) => kind === "product" && !negated);
  if (only === "new_leads" && product && signedUp.test(said)) {
    // Of a membership every renewal is an order: who signs up is a new subscriber.
    const words = fold(product.value)
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 3);
    const ofPlan = (key: string) => words.some((word) => key.split(/[^\p{L}\p{N}]+/u).includes(word));
    if (index.byLength.some(({ kind, key }) => kind === "plan" && ofPlan(key))) {
      become("subscribers_gained", said);
      notes.push(`"${said}" for a membership: people who pay for a subscription for the first time.`);
      return names;
    }
    become("buyers", said);
    notes.push(`"${said}" for a product: people who bought it in the period.`);
    return names;
  }
  // `kits sold in December` are pieces, unless money is asked for.
  const thing = names.some(({ kind, negated }) => (kind === "product" || kind === "category") && !negated);
  if (
    only === "revenue_collected" &&
    said === "sold" &&
    thing &&
    !/how much|money|revenue|worth|most|best|least|worst|top|\$/.test(text)
  ) {
    become("units", said);
    return names;
  }
  // `mini course signups last month`: how often the tag of that name was put on.
  const tags = names.filter(({ kind, negated }) => kind === "tag" && !negated);
  const signups = new RegExp(
    `(?<![\\p{L}])(?:${tags.map((each) => literal(each.said ?? fold(each.value)).replace(/[ -]/g, "[ -]")).join("|")}) (?:sign[- ]?ups?|opt[- ]?ins?|registrations?|downloads?)(?![\\p{L}])`,
    "u",
  );
  if (only === "new_leads" && tags.length > 0 && tags.length === names.length && signups.test(text)) {
    become("tags_applied", said);
    notes.push(`"${said}" for a tag: how often it was put on in the period.`);
    return names;
  }
  const tag = names.find(({ kind, negated }) => kind === "tag" && !negated);
  const listing =
    /(?:new )?(?:subscribers?|subscriptions?|sign[- ]?ups?|subscribed|signed up|joined) (?:to|for|on|at)? ?(?:the |our |my )?(?:e-?mail )?(?:newsletter|list|mailing list)(?![\p{L}])|(?:newsletter|mailing list) (?:subscribers?|subscriptions?|sign[- ]?ups?|signups?|opt[- ]?ins?)(?![\p{L}])/u.exec(
      text,
    );
  if (tag && listing && /^(?:subscribers|subscribers_gained|new_leads|active_subscriptions)$/.test(only)) {
    become(
      only === "subscribers" || only === "active_subscriptions" ? "contacts" : "tags_applied",
      listing[0],
    );
    notes.push(`I took "${listing[0]}" by the tag of that name.`);
  }
  return names;
}

/** `what do members buy`, `which products do repeat customers buy`: who they are, and no number beside the pieces. */
export function whoBought(metrics: MetricsReading, text: string, notes: string[]): FoundName[] {
  const drop = (ids: string[]) => {
    metrics.ids = metrics.ids.filter((id) => !ids.includes(id));
    metrics.meanings = metrics.meanings.filter(({ id }) => !ids.includes(id));
    metrics.joined = metrics.joined.filter((pair) => !pair.some((id) => ids.includes(id)));
  };
  const named = (kind: FoundName["kind"], value: string, said: string): FoundName[] => [
    { kind, value, filter: value, negated: false, hinted: true, said, group: said },
  ];
  if (metrics.ids.includes("subscribers")) {
    drop(["subscribers"]);
    // `newsletter subscribers` hold a tag, which is a condition already.
    const of = /¤ (subscribers|members)/u.exec(text)?.[1];
    if (!of) return named("customer_status", "subscriber", "members");
    notes.push(`"${of}" are those of the name before it.`);
    return [];
  }
  if (metrics.ids.some((id) => id === "repeat_purchase_rate" || id === "repeat_customers")) {
    drop(["repeat_purchase_rate", "repeat_customers"]);
    return named("purchase", "repeat", "repeat customers");
  }
  if (metrics.ids.includes("new_customers")) {
    drop(["new_customers"]);
    return named("purchase", "first", "new customers");
  }
  return [];
}

const people = new Set(["contacts", "new_leads", "customers", "subscribers", "tags_applied"]);

/**
 * `how many people started a trial in October`, where a tag is called so: how often that tag was put on in October. Only
 * where the question says what the tag's own name says (its verb stands in both), so that nothing is guessed.
 */
export function tagEvent(
  text: string,
  names: readonly FoundName[],
  metrics: MetricsReading,
  time: TimeReading,
): { id: string; said: string } | undefined {
  if (!time.period && !time.grain) return undefined;
  if (metrics.ids.length > 0 && !(metrics.ids.every((id) => people.has(id)) && metrics.ids.length === 1))
    return undefined;
  const tags = names.filter(({ kind, negated }) => kind === "tag" && !negated);
  const [tag] = tags;
  if (!tag || names.some(({ kind }) => kind !== "tag" && kind !== "product")) return undefined;
  const happened = ({ value }: FoundName) => {
    const verb = fold(value)
      .split(/[^\p{L}]+/u)
      .find((word) => /(?:ed|got|took|bought|began)$/.test(word) && word.length > 3);
    return verb !== undefined && new RegExp(`(?<![\\p{L}])${verb}(?![\\p{L}])`, "u").test(text);
  };
  if (!tags.every(happened)) return undefined;
  return { id: "tags_applied", said: tag.said ?? fold(tag.value) };
}
