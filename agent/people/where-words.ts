import { placeName } from "../chat/offline/places";
import { formatDay } from "../format";
import type { Attributes, BoughtCondition, SubscriptionCondition, Where } from "./where";
import { isMoney, type MoneyCondition } from "./where-sql";

type State = Extract<Where, { is: unknown }>["is"];
type Deed = Extract<Where, { did: unknown }>["did"];

const stateWords: Record<State, [string, string]> = {
  customer: ["are customers", "are no customers"],
  active_customer: ["are active customers", "are no active customers"],
  lapsed_customer: ["are lapsed customers", "are no lapsed customers"],
  subscriber: ["have a paying subscription", "have no paying subscription"],
  ever_subscribed: ["ever paid for a subscription", "never paid for a subscription"],
  mailable: ["may be mailed", "may not be mailed"],
  unsubscribed: ["unsubscribed", "did not unsubscribe"],
  has_email: ["have an e-mail address", "have no e-mail address"],
  has_phone: ["have a phone number", "have no phone number"],
  has_owner: ["have an owner", "have no owner"],
  has_lead_source: ["have a lead source", "have no lead source"],
  tagged: ["hold any tag", "hold no tag"],
  owes: ["owe money", "owe nothing"],
  overdue: ["are overdue with a payment", "are not overdue with a payment"],
  task_open: ["have an open task", "have no open task"],
  task_overdue: ["have an overdue task", "have no overdue task"],
};
const deedWords: Record<Deed, [string, string]> = {
  joined: ["were added", "were not added"],
  first_bought: ["became customers", "did not become customers"],
  got_email: ["were sent an e-mail", "were sent no e-mail"],
  opened_email: ["opened an e-mail", "opened no e-mail"],
  clicked_email: ["clicked in an e-mail", "clicked in no e-mail"],
  got_refund: ["got a refund", "got no refund"],
  failed_payment: ["had a payment fail", "had no payment fail"],
  met: ["had an appointment", "had no appointment"],
};
const subscriptionWords: Record<SubscriptionCondition["subscription"], [string, string]> = {
  runs: ["have a paying subscription", "have no paying subscription"],
  started: ["took out their first subscription", "did not take out their first subscription"],
  ended: ["left with their last subscription", "did not leave with their last subscription"],
  ends: ["have a subscription that is to end", "have no subscription that is to end"],
  renews: ["have a subscription that renews", "have no subscription that renews"],
};
const monthNames =
  "January February March April May June July August September October November December".split(" ");

const any = (list: readonly string[]) => list.map((name) => `"${name}"`).join(" or ");
const sum = (value: number) => value.toLocaleString("en-US");

/** The conditions as the end of `people who …`. */
export function whereInWords(where: Where, no = false): string {
  const be = (yes: string, not: string) => (no ? not : yes);
  if ("not" in where) return whereInWords(where.not, !no);
  if ("and" in where || "or" in where) {
    const parts = ("and" in where ? where.and : where.or).map((part) => whereInWords(part, no));
    const joint = "and" in where === !no ? " and " : " or ";
    const text = parts.join(joint);
    return joint === " or " && parts.length > 1 ? `either ${text}` : text;
  }
  if ("is" in where) return be(...stateWords[where.is]);
  if ("did" in where)
    return `${be(...deedWords[where.did])}${where.product ? ` for ${any(where.product)}` : ""}${days(where)}`;
  if ("tag" in where)
    return `${be("hold", "do not hold")} the tag ${any(where.tag)}${days(where, " put on")}`;
  if ("bought" in where) return boughtInWords(where, no);
  if ("subscription" in where) return subscriptionInWords(where, no);
  if ("deal" in where)
    return `${be("have", "have no")} ${no ? "" : `${where.deal === "open" ? "an" : "a"} `}${where.deal} deal${where.reason ? ` with "${where.reason}" in the reason` : ""}${days(where)}`;
  if ("ids" in where)
    return `${be("are", "are not")} ${where.ids.length === 1 ? "the one" : `the ${where.ids.length}`} shown before`;
  if ("rfm" in where)
    return `${where.on ? be("were", "were not") : be("are", "are not")} in the RFM group ${any(where.rfm)}${where.on ? ` on ${formatDay(where.on)}` : ""}`;
  if (isMoney(where)) return moneyInWords(where, no);
  return attributesInWords(where, no);
}

function attributesInWords(where: Attributes, no: boolean): string {
  const be = (yes: string, not: string) => (no ? not : yes);
  const { country, region, city, lead_source, owner, mail_domain, birthday_month, owes_over, overdue_days } =
    where;
  const live = be("live", "do not live");
  const parts = [
    country && `${live} in ${any(country.map((code) => placeName("country", code)))}`,
    region && `${live} in ${any(region.map((code) => placeName("region", code)))}`,
    city && `${live} in the town ${any(city)}`,
    lead_source && `${be("came", "did not come")} from ${any(lead_source)}`,
    owner && `${be("belong", "do not belong")} to ${owner.join(" or ")}`,
    mail_domain && `${be("have", "do not have")} an e-mail address at ${mail_domain.join(" or ")}`,
    birthday_month && `${be("have", "do not have")} their birthday in ${monthNames[birthday_month - 1]}`,
    owes_over !== undefined && `${be("owe", "do not owe")} more than ${sum(owes_over)}`,
    overdue_days !== undefined &&
      `${be("are", "are not")} more than ${overdue_days} days late with a payment`,
  ];
  return parts.filter(Boolean).join(no ? " or " : " and ");
}

function moneyInWords(
  { paid_over, paid_under, order_over, order_under, ...period }: MoneyCondition,
  no: boolean,
) {
  const paid = bounds(paid_over, paid_under, no ? "did not pay" : "paid", no, days(period) || " in all");
  const order = bounds(
    order_over,
    order_under,
    no ? "placed no single order of" : "placed a single order of",
    no,
    days(period),
  );
  return [paid, order].filter(Boolean).join(no ? " or " : " and ");
}

function bounds(
  over: number | undefined,
  under: number | undefined,
  verb: string,
  no: boolean,
  when: string,
): string {
  const parts = [
    over !== undefined && `${verb} more than ${sum(over)}`,
    under !== undefined && `${verb} less than ${sum(under)}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(no ? " or " : " and ") + when : "";
}

function boughtInWords(where: BoughtCondition, no: boolean): string {
  const what = where.category
    ? `anything of ${any(where.category)}`
    : where.bought.length > 0
      ? any(where.bought)
      : "anything";
  const { at_least: least = 1, at_most: most, after_tag, within_days: within } = where;
  const often =
    least <= 1 && most === undefined
      ? ""
      : most === undefined
        ? ` at least ${least} times`
        : least === most
          ? ` exactly ${least === 1 ? "once" : `${least} times`}`
          : least === 0
            ? ` at most ${most} times`
            : ` ${least} to ${most} times`;
  const after = after_tag ? `the tag ${any(after_tag)}` : "they were added";
  const then =
    within === undefined
      ? after_tag
        ? ` after they got ${after}`
        : ""
      : ` within ${within} days after ${after_tag ? "they got " : ""}${after}`;
  return `${no ? "did not buy" : "bought"} ${what}${often}${then}${days(where)}`;
}

function subscriptionInWords(where: SubscriptionCondition, no: boolean): string {
  const what = [
    ...(where.every ? [`billed every ${where.every}`] : []),
    ...(where.product ? [`to ${any(where.product)}`] : []),
    ...(where.plan ? [`on the plan ${any(where.plan)}`] : []),
    ...(where.reason ? [`with the reason "${where.reason}"`] : []),
  ];
  return `${subscriptionWords[where.subscription][no ? 1 : 0]}${what.length > 0 ? ` (${what.join(", ")})` : ""}${days(where)}`;
}

function days({ from, to }: { from?: string; to?: string }, before = ""): string {
  if (from && to)
    return from === to
      ? `${before} on ${formatDay(from)}`
      : `${before} from ${formatDay(from)} to ${formatDay(to)}`;
  if (from) return `${before} since ${formatDay(from)}`;
  return to ? `${before} up to ${formatDay(to)}` : "";
}
