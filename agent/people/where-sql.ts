import { rfmAt } from "@/analytics/metrics/rfm";
import { spans } from "@/analytics/metrics/spans";
import type { ToolContext } from "../tools/context";
import { idsOf } from "./select-people";
import type { Attributes, BoughtCondition, SubscriptionCondition, Where } from "./where";

/** SQL over the person `c`; `:w0`, `:w1` … stand for the parameters. */
export interface WhereSql {
  text: string;
  params: unknown[];
}

type State = Extract<Where, { is: unknown }>["is"];
type Deed = Extract<Where, { did: unknown }>["did"];

const inList = (select: string) => `c.contact_id in (${select})`;
const activity = (state: string, now: string) =>
  `select a.contact_id from analytics.activity a where a.contact_id is not null and a.state = '${state}' and a.valid_from < ${now} and (a.valid_to is null or a.valid_to >= ${now})`;
const spansAt = (now: string) => spans.replaceAll(":now", now);
const address = (now: string, states: string) =>
  `select e.contact_id from analytics.email_states e where e.contact_id is not null and e.email_state in (${states}) and e.valid_from < ${now} and (e.valid_to is null or e.valid_to >= ${now})`;
const task = (also: string) =>
  inList(`select t.contact_id from analytics.tasks t where t.contact_id is not null and not t.done${also}`);

const stateSql: Record<State, (now: string) => string> = {
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
  has_phone: () => inList("select d.contact_id from analytics.contact_details d where d.has_phone"),
  has_owner: () => "c.owner_id is not null",
  has_lead_source: () => "c.lead_source_id is not null",
  tagged: () =>
    `exists (select from analytics.contact_tags t join analytics.tags n on n.tag_id = t.tag_id
    where t.contact_id = c.contact_id and t.removed_at is null and n.deleted_at is null)`,
  owes: () =>
    inList(
      "select r.contact_id from analytics.receivables r where r.contact_id is not null and r.open_minor > 0",
    ),
  overdue: (now) => inList(late(now)),
  task_open: () => task(""),
  task_overdue: (now) => task(` and t.due_at < ${now}`),
};

const late = (before: string) =>
  `select r.contact_id from analytics.receivables r where r.contact_id is not null and r.open_minor > 0 and r.due_at < ${before}`;

/** Where each deed happened and when. */
const deedSql: Record<Deed, { from: string; at: string; where?: string }> = {
  joined: { from: "analytics.leads", at: "created_at" },
  first_bought: { from: "analytics.customers", at: "customer_since" },
  got_email: { from: "analytics.emails", at: "sent_at" },
  opened_email: { from: "analytics.emails", at: "opened_at" },
  clicked_email: { from: "analytics.emails", at: "clicked_at" },
  got_refund: { from: "analytics.payments", at: "paid_at", where: "d.kind = 'refund'" },
  failed_payment: { from: "analytics.failed_charges", at: "failed_at" },
  met: { from: "analytics.appointments", at: "starts_at" },
};

const intervals = {
  week: "1 week",
  month: "1 month",
  quarter: "3 months",
  "half-year": "6 months",
  year: "1 year",
} as const;

interface Days {
  from?: string;
  to?: string;
}
export type MoneyCondition = Extract<Where, { paid_over?: number }> & Days;
const moneyKeys = ["paid_over", "paid_under", "order_over", "order_under"] as const;
export const isMoney = (where: Where): where is MoneyCondition => moneyKeys.some((key) => key in where);

/** The conditions as SQL, names turned into ids. @throws ToolError naming what there is none of. */
export async function whereSql(where: Where, context: ToolContext): Promise<WhereSql> {
  const { account } = context;
  const params: unknown[] = [];
  const param = (value: unknown, type: string) => `(:w${params.push(value) - 1})::${type}`;
  const zone = param(account.time_zone, "text");
  const now = param(context.clock().toISOString(), "timestamptz");
  const currency = () => param(account.currency, "text");
  const minor = (value: number) => param(minorOf(value, account.currency), "bigint");
  const list = (ids: readonly string[]) =>
    `(select jsonb_array_elements_text((:w${params.push(JSON.stringify(ids)) - 1})::jsonb))`;
  const named = async (kind: Parameters<typeof idsOf>[0], said: readonly string[]) =>
    list(await idsOf(kind, said, context));
  const startOf = (day: string) => `(${param(day, "date")}::timestamp at time zone ${zone})`;
  const endOf = (day: string) => `((${param(day, "date")} + 1)::timestamp at time zone ${zone})`;
  const and = (parts: (string | undefined | false)[]) =>
    parts
      .filter(Boolean)
      .map((part) => ` and ${part}`)
      .join("");
  const between = (column: string, { from, to }: Days) =>
    and([from && `${column} >= ${startOf(from)}`, to && `${column} < ${endOf(to)}`]);
  const onDays = (column: string, { from, to }: Days) =>
    and([from && `${column} >= ${param(from, "date")}`, to && `${column} <= ${param(to, "date")}`]);

  const write = async (condition: Where): Promise<string> => {
    if ("and" in condition) return joined(condition.and, " and ");
    if ("or" in condition) return joined(condition.or, " or ");
    if ("not" in condition) return `(not coalesce(${await write(condition.not)}, false))`;
    if ("is" in condition) return stateSql[condition.is](now);
    if ("did" in condition) {
      const { from, at, where: also } = deedSql[condition.did];
      const ofThem = condition.product
        ? ` and d.order_id in (select l.order_id from analytics.order_lines l where l.part = 'goods' and l.product_id::text in ${await named("product", condition.product)})`
        : "";
      return inList(
        `select d.contact_id from ${from} d where d.contact_id is not null and d.${at} is not null${also ? ` and ${also}` : ""}${ofThem}${between(`d.${at}`, condition)}`,
      );
    }
    if ("tag" in condition)
      return `exists (select from analytics.contact_tags t where t.contact_id = c.contact_id and t.removed_at is null and t.tag_id::text in ${await named("tag", condition.tag)}${between("t.applied_at", condition)})`;
    if ("bought" in condition) return bought(condition);
    if ("subscription" in condition) return subscription(condition);
    if ("deal" in condition) {
      const at = condition.deal === "open" ? "created_at" : "closed_at";
      return inList(
        `select d.contact_id from analytics.deals d where d.contact_id is not null and d.outcome = '${condition.deal}'${
          condition.reason
            ? ` and exists (select from analytics.deal_reasons y where y.deal_id = d.deal_id and y.reason ilike ${param(`%${condition.reason.replace(/[\\%_]/g, "\\$&")}%`, "text")})`
            : ""
        }${between(`d.${at}`, condition)}`,
      );
    }
    if ("ids" in condition) return `c.contact_id::text in ${list(condition.ids)}`;
    if ("rfm" in condition) {
      const at = condition.on ? endOf(condition.on) : now;
      return inList(
        `select g.contact_id from ${rfmAt(`(select 1 as bucket, ${at} as at)`)} g where g.rfm_group in ${list(condition.rfm)}`,
      );
    }
    if (isMoney(condition)) return money(condition);
    return attributes(condition);
  };
  async function attributes({
    country,
    region,
    city,
    lead_source,
    owner,
    mail_domain: domains,
    birthday_month,
    owes_over,
    overdue_days,
  }: Attributes): Promise<string> {
    const parts: string[] = [];
    if (country) parts.push(place(`p.country in ${await named("country", country)}`, "contact_places"));
    if (region) parts.push(place(`p.region in ${await named("region", region)}`, "contact_places"));
    if (city)
      parts.push(
        place(`lower(p.city) in ${list(city.map((each) => each.trim().toLowerCase()))}`, "contact_details"),
      );
    if (lead_source)
      parts.push(`coalesce(c.lead_source_id::text in ${await named("lead_source", lead_source)}, false)`);
    if (owner) parts.push(`coalesce(c.owner_id::text in ${await named("owner", owner)}, false)`);
    if (domains) {
      const said = list(domains.map((domain) => domain.trim().toLowerCase().replace(/^@/, "")));
      parts.push(`exists (select from ${said} as m (domain)
    where split_part(lower(c.email), '@', 2) = m.domain or split_part(lower(c.email), '@', 2) like m.domain || '.%')`);
    }
    if (birthday_month !== undefined)
      parts.push(place(`p.birth_month = ${param(birthday_month, "int")}`, "contact_details"));
    if (owes_over !== undefined)
      parts.push(
        inList(
          `select r.contact_id from analytics.receivables r where r.contact_id is not null and r.open_minor > 0 and r.currency = ${currency()} group by r.contact_id having sum(r.open_minor) > ${minor(owes_over)}`,
        ),
      );
    if (overdue_days !== undefined)
      parts.push(inList(late(`${now} - ${param(overdue_days, "int")} * interval '1 day'`)));
    return parts.length > 0 ? `(${parts.join(" and ")})` : "true";
  }
  const place = (meets: string, view: string) =>
    `exists (select from analytics.${view} p where p.contact_id = c.contact_id and ${meets})`;
  const joined = async (parts: Where[], joint: string): Promise<string> => {
    const written: string[] = [];
    // One after the other: the parameters are numbered as they come.
    for (const part of parts) written.push(await write(part));
    return `(${written.join(joint)})`;
  };

  async function bought(condition: BoughtCondition): Promise<string> {
    const goods = await goodsOf(condition);
    const { at_least: least = 1, at_most: most, after_tag, within_days } = condition;
    if (after_tag || within_days !== undefined) return boughtAfter(condition, goods);
    const ever = least <= 1 && most === undefined;
    if (ever && least === 0) return "true";
    if (ever)
      return inList(
        goods
          ? `select o.contact_id from analytics.order_lines o where o.contact_id is not null and ${goods}${between("o.order_time", condition)}`
          : `select o.contact_id from analytics.orders o where o.contact_id is not null${between("o.order_time", condition)}`,
      );
    // How often somebody bought: occasions, as the repeat purchase rate counts them; a renewal is not another purchase.
    const inside = goods
      ? `select o.contact_id from analytics.order_lines o where o.contact_id is not null and not o.is_renewal and ${goods}${between("o.order_time", condition)}`
      : `select o.contact_id from analytics.occasions o where o.contact_id is not null${between("o.occasion_at", condition)}`;
    const counted = goods ? "count(distinct o.order_id)" : "count(*)";
    const grouped = (having: string) => inList(`${inside} group by o.contact_id having ${having}`);
    // Who never bought counts as zero times.
    if (least === 0) return `(not ${grouped(`${counted} > ${param(most, "int")}`)})`;
    const bounds = [`${counted} >= ${param(least, "int")}`];
    if (most !== undefined) bounds.push(`${counted} <= ${param(most, "int")}`);
    return grouped(bounds.join(" and "));
  }

  /** Which lines of orders count; undefined where anything does. */
  async function goodsOf({ bought: products, category }: BoughtCondition): Promise<string | undefined> {
    const kinds: string[] = [];
    if (products.length > 0) kinds.push(`o.product_id::text in ${await named("product", products)}`);
    if (category)
      kinds.push(
        `o.product_id in (select p.product_id from analytics.products p where p.category in ${await named("category", category)})`,
      );
    return kinds.length > 0 ? `o.part = 'goods' and (${kinds.join(" or ")})` : undefined;
  }

  /** The first time a tag was put on is when somebody came into it, also where it was taken off again. */
  async function boughtAfter(condition: BoughtCondition, goods: string | undefined): Promise<string> {
    const { after_tag, within_days } = condition;
    const begin = after_tag
      ? `select t.contact_id, min(t.applied_at) as at from analytics.contact_tags t where t.tag_id::text in ${await named("tag", after_tag)} group by t.contact_id`
      : "select l.contact_id, l.created_at as at from analytics.leads l";
    const until =
      within_days === undefined
        ? ""
        : ` and o.order_time <= b.at + ${param(within_days, "int")} * interval '1 day'`;
    return inList(`select o.contact_id from (${begin}) b
    join analytics.${goods ? "order_lines" : "orders"} o on o.contact_id = b.contact_id and o.order_time > b.at${until}
    where true${goods ? ` and ${goods}` : ""}${between("o.order_time", condition)}`);
  }

  async function subscription(condition: SubscriptionCondition): Promise<string> {
    const { subscription: event, product, plan, every, reason } = condition;
    const details = async (of: string) =>
      and([
        product && `${of}.product_id::text in ${await named("product", product)}`,
        plan && `${of}.plan_id::text in ${await named("plan", plan)}`,
        every && `${of}.every = interval '${intervals[every]}'`,
        reason && `${of}.reason_stopped ilike ${param(`%${reason.replace(/[\\%_]/g, "\\$&")}%`, "text")}`,
      ]);
    const own = "analytics.subscriptions x";
    const running = `x.contact_id is not null and x.mrr_minor > 0 and x.counts_from is not null`;
    if (event === "renews")
      return inList(
        `select x.contact_id from ${own} where ${running} and x.active and (x.end_date is null or x.end_date > x.next_bill_date) and x.next_bill_date is not null${await details("x")}${onDays("x.next_bill_date", condition)}`,
      );
    if (event === "ends")
      return inList(
        `select x.contact_id from ${own} where ${running} and ((x.active and x.end_date is not null${onDays("x.end_date", condition)}) or (not x.active and x.counts_to > ${now}${between("x.counts_to", condition)}))${await details("x")}`,
      );
    const counted = async (
      of: string,
    ) => `(select s.*, y.every, y.reason_stopped from ${spansAt(now)} s join analytics.subscriptions y on y.subscription_id = s.subscription_id) ${of}
    where ${of}.contact_id is not null and ${of}.valid_from < ${now}${await details(of)}`;
    if (event === "runs")
      return inList(
        `select s.contact_id from ${await counted("s")} and (s.ends_at is null or s.ends_at >= ${now})`,
      );
    if (event === "started")
      return inList(
        `select s.contact_id from ${await counted("s")} group by s.contact_id having true${between("min(s.valid_from)", condition)}`,
      );
    // Nothing of the same kind ran on at that moment: a change of plan is no leaving.
    const same = and([
      product && `n.product_id::text in ${await named("product", product)}`,
      plan && `n.plan_id::text in ${await named("plan", plan)}`,
    ]);
    return inList(
      `select s.contact_id from ${await counted("s")} and s.ends_at <= ${now}${between("s.ends_at", condition)}
      and not exists (select from ${spansAt(now)} n where n.contact_id = s.contact_id${same} and n.valid_from <= s.ends_at and (n.ends_at is null or n.ends_at > s.ends_at))`,
    );
  }

  function money({ paid_over, paid_under, order_over, order_under, ...days }: MoneyCondition): string {
    const sum = "sum(case when y.kind = 'payment' then y.amount_minor else -y.amount_minor end)";
    const inside = `select y.contact_id from analytics.payments y where y.contact_id is not null and y.currency = ${currency()}${between("y.paid_at", days)} group by y.contact_id`;
    const parts: string[] = [];
    if (paid_over !== undefined) parts.push(inList(`${inside} having ${sum} > ${minor(paid_over)}`));
    // Who paid nothing paid less.
    if (paid_under !== undefined)
      parts.push(`(not ${inList(`${inside} having ${sum} >= ${minor(paid_under)}`)})`);
    if (order_over !== undefined || order_under !== undefined)
      parts.push(
        inList(
          `select o.contact_id from analytics.orders o where o.contact_id is not null and o.currency = ${currency()}${and(
            [
              order_over !== undefined && `o.total_minor > ${minor(order_over)}`,
              order_under !== undefined && `o.total_minor < ${minor(order_under)}`,
            ],
          )}${between("o.order_time", days)}`,
        ),
      );
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
