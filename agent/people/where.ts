import { z } from "zod";
import { spans } from "@/analytics/metrics/spans";
import { placeName } from "../chat/offline/places";
import { formatDay } from "../format";
import type { ToolContext } from "../tools/context";
import { idsOf } from "./select-people";

const names = z.array(z.string().min(1)).min(1).max(50);
const span = { from: z.iso.date().optional(), to: z.iso.date().optional() };

/** What somebody is now. */
export const states = [
  "customer",
  "active_customer",
  "lapsed_customer",
  "subscriber",
  "ever_subscribed",
  "mailable",
  "unsubscribed",
  "has_email",
  "tagged",
  "owes",
  "overdue",
] as const;
/** What somebody did, once or more often. */
export const deeds = [
  "joined",
  "first_bought",
  "opened_email",
  "clicked_email",
  "got_refund",
  "failed_payment",
] as const;

/** Conditions on people, freely nested. Days are included at both ends. */
export type Where =
  | { and: Where[] }
  | { or: Where[] }
  | { not: Where }
  | { is: (typeof states)[number] }
  | { did: (typeof deeds)[number]; from?: string; to?: string }
  | { tag: string[]; from?: string; to?: string }
  | { bought: string[]; from?: string; to?: string; at_least?: number; at_most?: number }
  | { paid_over?: number; paid_under?: number; from?: string; to?: string }
  | { country: string[] }
  | { region: string[] }
  | { lead_source: string[] };

const amount = z.number().min(0);
const times = z.number().int().min(0).max(10_000);
export const whereSchema: z.ZodType<Where> = z.lazy(() =>
  z.union([
    z.strictObject({ and: z.array(whereSchema).min(1).max(20) }),
    z.strictObject({ or: z.array(whereSchema).min(1).max(20) }),
    z.strictObject({ not: whereSchema }),
    z.strictObject({ is: z.enum(states) }),
    z.strictObject({ did: z.enum(deeds), ...span }),
    z.strictObject({ tag: names.describe("Holds any now, put on from … to."), ...span }),
    z.strictObject({
      bought: z.array(z.string().min(1)).max(50).describe("Any of these products; none named: anything."),
      at_least: times.optional().describe("Times, without renewals; default 1."),
      at_most: times.optional(),
      ...span,
    }),
    z.strictObject({ paid_over: amount.optional(), paid_under: amount.optional(), ...span }),
    z.strictObject({ country: names }),
    z.strictObject({ region: names }),
    z.strictObject({ lead_source: names }),
  ]),
);

/** SQL over the person `c`; `:w0`, `:w1` … stand for the parameters. */
export interface WhereSql {
  text: string;
  params: unknown[];
}

const stateSql: Record<(typeof states)[number], (now: string) => string> = {
  customer: () => inList("select k.contact_id from analytics.customers k where k.contact_id is not null"),
  active_customer: (now) => inList(activity("active", now)),
  lapsed_customer: (now) => inList(activity("lapsed", now)),
  subscriber: (now) =>
    inList(
      `select s.contact_id from ${spansAt(now)} s where s.contact_id is not null and s.valid_from < ${now} and (s.ends_at is null or s.ends_at >= ${now})`,
    ),
  ever_subscribed: (now) =>
    inList(
      `select s.contact_id from ${spansAt(now)} s where s.contact_id is not null and s.valid_from < ${now}`,
    ),
  mailable: (now) => inList(address(now, "'mailable', 'soft_bounced'")),
  unsubscribed: (now) => inList(address(now, "'unsubscribed', 'complained'")),
  has_email: () => "nullif(btrim(c.email), '') is not null",
  tagged: () =>
    `exists (select from analytics.contact_tags t join analytics.tags n on n.tag_id = t.tag_id
    where t.contact_id = c.contact_id and t.removed_at is null and n.deleted_at is null)`,
  owes: () =>
    inList(
      "select r.contact_id from analytics.receivables r where r.contact_id is not null and r.open_minor > 0",
    ),
  overdue: (now) =>
    inList(
      `select r.contact_id from analytics.receivables r where r.contact_id is not null and r.open_minor > 0 and r.due_at < ${now}`,
    ),
};

const inList = (select: string) => `c.contact_id in (${select})`;
const activity = (state: string, now: string) =>
  `select a.contact_id from analytics.activity a where a.contact_id is not null and a.state = '${state}' and a.valid_from < ${now} and (a.valid_to is null or a.valid_to >= ${now})`;
const spansAt = (now: string) => spans.replaceAll(":now", now);
const address = (now: string, states: string) =>
  `select e.contact_id from analytics.email_states e where e.contact_id is not null and e.email_state in (${states}) and e.valid_from < ${now} and (e.valid_to is null or e.valid_to >= ${now})`;

/** Where each deed happened and when. */
const deedSql: Record<(typeof deeds)[number], { from: string; at: string; where?: string }> = {
  joined: { from: "analytics.leads", at: "created_at" },
  first_bought: { from: "analytics.customers", at: "customer_since" },
  opened_email: { from: "analytics.emails", at: "opened_at" },
  clicked_email: { from: "analytics.emails", at: "clicked_at" },
  got_refund: { from: "analytics.payments", at: "paid_at", where: "d.kind = 'refund'" },
  failed_payment: { from: "analytics.failed_charges", at: "failed_at" },
};

/** The conditions as SQL, names turned into ids. @throws ToolError naming what there is none of. */
export async function whereSql(where: Where, context: ToolContext): Promise<WhereSql> {
  const { account } = context;
  const params: unknown[] = [];
  const param = (value: unknown, type: string) => `(:w${params.push(value) - 1})::${type}`;
  const zone = param(account.time_zone, "text");
  const now = param(context.clock().toISOString(), "timestamptz");
  const list = (ids: string[]) =>
    `(select jsonb_array_elements_text((:w${params.push(JSON.stringify(ids)) - 1})::jsonb))`;
  const between = (column: string, { from, to }: { from?: string; to?: string }) =>
    [
      from && `${column} >= (${param(from, "date")}::timestamp at time zone ${zone})`,
      to && `${column} < ((${param(to, "date")} + 1)::timestamp at time zone ${zone})`,
    ]
      .filter(Boolean)
      .map((part) => ` and ${part}`)
      .join("");

  const write = async (condition: Where): Promise<string> => {
    if ("and" in condition) return joined(condition.and, " and ");
    if ("or" in condition) return joined(condition.or, " or ");
    if ("not" in condition) return `(not coalesce(${await write(condition.not)}, false))`;
    if ("is" in condition) return stateSql[condition.is](now);
    if ("did" in condition) {
      const { from, at, where: also } = deedSql[condition.did];
      return inList(
        `select d.contact_id from ${from} d where d.contact_id is not null and d.${at} is not null${also ? ` and ${also}` : ""}${between(`d.${at}`, condition)}`,
      );
    }
    if ("tag" in condition) {
      const ids = await idsOf("tag", condition.tag, context);
      return `exists (select from analytics.contact_tags t where t.contact_id = c.contact_id and t.removed_at is null and t.tag_id::text in ${list(ids)}${between("t.applied_at", condition)})`;
    }
    if ("bought" in condition) return bought(condition);
    if ("country" in condition)
      return `exists (select from analytics.contact_places p where p.contact_id = c.contact_id and p.country in ${list(await idsOf("country", condition.country, context))})`;
    if ("region" in condition)
      return `exists (select from analytics.contact_places p where p.contact_id = c.contact_id and p.region in ${list(await idsOf("region", condition.region, context))})`;
    if ("lead_source" in condition)
      return `coalesce(c.lead_source_id::text in ${list(await idsOf("lead_source", condition.lead_source, context))}, false)`;
    return paid(condition);
  };
  const joined = async (parts: Where[], joint: string): Promise<string> => {
    const written: string[] = [];
    // One after the other: the parameters are numbered as they come.
    for (const part of parts) written.push(await write(part));
    return `(${written.join(joint)})`;
  };

  async function bought(condition: Extract<Where, { bought: string[] }>): Promise<string> {
    const ids = condition.bought.length > 0 ? await idsOf("product", condition.bought, context) : undefined;
    const { at_least: least = 1, at_most: most } = condition;
    const ever = least <= 1 && most === undefined;
    if (ever && least === 0) return "true";
    if (ever)
      return inList(
        ids
          ? `select o.contact_id from analytics.order_lines o where o.contact_id is not null and o.part = 'goods' and o.product_id::text in ${list(ids)}${between("o.order_time", condition)}`
          : `select o.contact_id from analytics.orders o where o.contact_id is not null${between("o.order_time", condition)}`,
      );
    // How often somebody bought: occasions, as the repeat purchase rate counts them; a renewal is not another purchase.
    const inside = ids
      ? `select o.contact_id from analytics.order_lines o where o.contact_id is not null and o.part = 'goods' and not o.is_renewal and o.product_id::text in ${list(ids)}${between("o.order_time", condition)}`
      : `select o.contact_id from analytics.occasions o where o.contact_id is not null${between("o.occasion_at", condition)}`;
    const counted = ids ? "count(distinct o.order_id)" : "count(*)";
    const grouped = (having: string) => inList(`${inside} group by o.contact_id having ${having}`);
    // Who never bought counts as zero times.
    if (least === 0) return `(not ${grouped(`${counted} > ${param(most, "int")}`)})`;
    const bounds = [`${counted} >= ${param(least, "int")}`];
    if (most !== undefined) bounds.push(`${counted} <= ${param(most, "int")}`);
    return grouped(bounds.join(" and "));
  }

  function paid({
    paid_over,
    paid_under,
    ...days
  }: {
    paid_over?: number;
    paid_under?: number;
    from?: string;
    to?: string;
  }): string {
    const sum = "sum(case when y.kind = 'payment' then y.amount_minor else -y.amount_minor end)";
    const inside = `select y.contact_id from analytics.payments y where y.contact_id is not null and y.currency = ${param(account.currency, "text")}${between("y.paid_at", days)} group by y.contact_id`;
    const minor = (value: number) => param(minorOf(value, account.currency), "bigint");
    const parts: string[] = [];
    if (paid_over !== undefined) parts.push(inList(`${inside} having ${sum} > ${minor(paid_over)}`));
    // Who paid nothing paid less.
    if (paid_under !== undefined)
      parts.push(`(not ${inList(`${inside} having ${sum} >= ${minor(paid_under)}`)})`);
    return parts.length > 0 ? `(${parts.join(" and ")})` : "true";
  }

  const text = await write(where);
  return { text, params };
}

/** `500` as people write it, in the currency's smallest unit. */
export function minorOf(amountSaid: number, currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en-US", {
    style: "currency",
    currency,
  }).resolvedOptions();
  return Math.round(amountSaid * 10 ** maximumFractionDigits);
}

const stateWords: Record<(typeof states)[number], [string, string]> = {
  customer: ["are customers", "are no customers"],
  active_customer: ["are active customers", "are no active customers"],
  lapsed_customer: ["are lapsed customers", "are no lapsed customers"],
  subscriber: ["have a paying subscription", "have no paying subscription"],
  ever_subscribed: ["ever paid for a subscription", "never paid for a subscription"],
  mailable: ["may be mailed", "may not be mailed"],
  unsubscribed: ["unsubscribed", "did not unsubscribe"],
  has_email: ["have an e-mail address", "have no e-mail address"],
  tagged: ["hold any tag", "hold no tag"],
  owes: ["owe money", "owe nothing"],
  overdue: ["are overdue with a payment", "are not overdue with a payment"],
};
const deedWords: Record<(typeof deeds)[number], [string, string]> = {
  joined: ["were added", "were not added"],
  first_bought: ["became customers", "did not become customers"],
  opened_email: ["opened an e-mail", "opened no e-mail"],
  clicked_email: ["clicked in an e-mail", "clicked in no e-mail"],
  got_refund: ["got a refund", "got no refund"],
  failed_payment: ["had a payment fail", "had no payment fail"],
};

/** The conditions as the end of `people who …`. */
export function whereInWords(where: Where, no = false): string {
  const any = (list: string[]) => list.map((name) => `"${name}"`).join(" or ");
  if ("not" in where) return whereInWords(where.not, !no);
  if ("and" in where || "or" in where) {
    const parts = ("and" in where ? where.and : where.or).map((part) => whereInWords(part, no));
    const joint = "and" in where === !no ? " and " : " or ";
    const text = parts.join(joint);
    return joint === " or " && parts.length > 1 ? `either ${text}` : text;
  }
  if ("is" in where) return stateWords[where.is][no ? 1 : 0];
  if ("did" in where) return deedWords[where.did][no ? 1 : 0] + days(where);
  if ("tag" in where)
    return `${no ? "do not hold" : "hold"} the tag ${any(where.tag)}${days(where, " put on")}`;
  if ("bought" in where) {
    const what = where.bought.length > 0 ? any(where.bought) : "anything";
    const { at_least: least = 1, at_most: most } = where;
    const bounds =
      least <= 1 && most === undefined
        ? ""
        : most === undefined
          ? ` at least ${least} times`
          : least === most
            ? ` exactly ${least === 1 ? "once" : `${least} times`}`
            : least === 0
              ? ` at most ${most} times`
              : ` ${least} to ${most} times`;
    return `${no ? "did not buy" : "bought"} ${what}${bounds}${days(where)}`;
  }
  if ("country" in where)
    return `${no ? "do not live" : "live"} in ${any(where.country.map((code) => placeName("country", code)))}`;
  if ("region" in where)
    return `${no ? "do not live" : "live"} in ${any(where.region.map((code) => placeName("region", code)))}`;
  if ("lead_source" in where) return `${no ? "did not come" : "came"} from ${any(where.lead_source)}`;
  const sum = (value: number) => value.toLocaleString("en-US");
  const parts = [
    where.paid_over !== undefined && `${no ? "did not pay" : "paid"} more than ${sum(where.paid_over)}`,
    where.paid_under !== undefined && `${no ? "did not pay" : "paid"} less than ${sum(where.paid_under)}`,
  ].filter(Boolean);
  return parts.join(no ? " or " : " and ") + (days(where) || " in all");
}

function days({ from, to }: { from?: string; to?: string }, before = ""): string {
  if (from && to)
    return from === to
      ? `${before} on ${formatDay(from)}`
      : `${before} from ${formatDay(from)} to ${formatDay(to)}`;
  if (from) return `${before} since ${formatDay(from)}`;
  return to ? `${before} up to ${formatDay(to)}` : "";
}
