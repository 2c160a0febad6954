import { DateTime } from "luxon";
import {
  day,
  type Happening,
  iso,
  medianOf,
  num,
  type Raw,
  Reference,
  type Span,
  spread,
  text,
  type ValueOptions,
} from "./reference";

/** Adds to cells: what something brings to a numerator and to a denominator. */
export interface Cell {
  over: number;
  under: number;
  people: Set<string>;
  all: number[];
  parts: Record<string, number>;
}

interface Touch {
  contact: string;
  at: number;
  kind: string;
  name: string;
}

interface Credit {
  credit: Happening;
  touch: Touch | null;
}

const minutes = 60_000;
export const unmailable = new Set([
  "unsubscribed",
  "complained",
  "hard_bounced",
  "locked",
  "not_opted_in",
  "unknown",
]);

function classOf(state: unknown, optedIn: unknown): string {
  const classes: Record<string, string[]> = {
    mailable: ["UNENGAGED_MARKETABLE", "SINGLE_OPT_IN", "DOUBLE_OPT_IN", "CONFIRMED"],
    soft_bounced: ["BOUNCE"],
    unsubscribed: ["MANUAL", "ADMIN", "SYSTEM", "LIST_UNSUBSCRIBE"],
    complained: ["FEEDBACK", "SPAM"],
    hard_bounced: ["HARD_BOUNCE", "INVALID"],
    locked: ["LOCKDOWN", "DEACTIVATED"],
    not_opted_in: ["NON_MARKETABLE", "UNENGAGED_NON_MARKETABLE"],
  };
  for (const [name, states] of Object.entries(classes)) if (states.includes(String(state))) return name;
  return optedIn === true ? "mailable" : optedIn === false ? "not_opted_in" : "unknown";
}

/** Share of an order's worth: Kaplan-Meier median of waits, null while half have not got there. */
function survivalMedian(waits: readonly { days: number; there: boolean }[]): number | null {
  let waiting = 1;
  const times = [...new Set(waits.filter(({ there }) => there).map(({ days }) => days))].sort(
    (a, b) => a - b,
  );
  for (const time of times) {
    const atRisk = waits.filter(({ days }) => days >= time).length;
    const events = waits.filter(({ days, there }) => there && days === time).length;
    waiting *= 1 - events / atRisk;
    if (waiting <= 0.5 + 1e-9) return Math.round(time * 100) / 100;
  }
  return null;
}

/** Metrics that came later, in the same way: plain loops over exported rows, from METRICS.md. */
export class FurtherReference extends Reference {
  private get now(): number {
    return Date.parse(this.data.now);
  }

  override values(metric: string, options: ValueOptions): Map<string, number | null> {
    if (!this.rule(metric)) return super.values(metric, options);
    const values = new Map<string, number | null>();
    for (const [month, start, end, last] of this.periods(options)) {
      for (const [key, value] of this.furtherAt(metric, { start, end, last }, options))
        values.set(`${month}|${key}`, value);
    }
    return values;
  }

  protected rule(metric: string): Rule | undefined {
    return this.further[metric];
  }

  private furtherAt(
    metric: string,
    period: { start: number; end: number; last: number },
    options: ValueOptions,
  ): Map<string, number | null> {
    const cells = new Map<string, Cell>();
    const add: Add = (happening, over, under, parts = {}) => {
      for (const [key] of this.keysOf(happening, options.dimension)) {
        const name = `${key}|${options.money ? happening.currency : ""}`;
        const cell = cells.get(name) ?? {
          over: 0,
          under: 0,
          people: new Set<string>(),
          all: [],
          parts: {},
        };
        cell.over += over;
        cell.under += under;
        cell.all.push(over);
        cell.people.add(String(happening.contact));
        for (const [part, value] of Object.entries(parts)) cell.parts[part] = (cell.parts[part] ?? 0) + value;
        cells.set(name, cell);
      }
    };
    const rule = this.rule(metric);
    if (!rule) throw new Error(`The reference does not know ${metric}.`);
    rule.gather({
      ...period,
      opening: this.midnight(options.from),
      whole: !options.byMonth,
      within: (at) => at >= period.start && at < period.last,
      add,
    });
    return new Map([...cells].map(([name, cell]) => [name, rule.value(cell)]));
  }

  private mature(at: number, days: number, { whole }: Period): boolean {
    return !whole || at + days * day <= this.now;
  }

  private readonly further: Record<string, Rule> = {
    revenue_share_subscription: {
      gather: ({ within, add }) => {
        for (const payment of this.payments())
          if (within(Date.parse(payment.at))) add(payment, payment.subscribed ?? 0, payment.value);
      },
      value: share,
    },
    expected_cash: {
      gather: ({ end, add }) => {
        for (const { happening, due, amount } of this.owed()) {
          const from = Math.max(due - 30 * day, Date.parse(happening.at));
          if (due > Date.parse(happening.at) && from < end && due >= end)
            add({ ...happening, order: null, own: {} }, amount, 0);
        }
        const today = this.dayOf(iso(this.now));
        for (const sub of this.data.subscriptions) {
          const span = this.countsOf(sub);
          const next = text(sub.next_bill_date);
          if (!span || !sub.active || sub.auto_charge !== true || span.unpaidSince !== null) continue;
          if (next === null || next < today) continue;
          const cycle = String(sub.billing_cycle)[0] ?? "M";
          for (let number = 0; number <= 31; number++) {
            const on = this.addPeriod(next, cycle, number * Math.max(1, num(sub.billing_frequency ?? 1)));
            const due = this.midnight(on);
            if (due >= this.now + 31 * day || (sub.end_date && on >= String(sub.end_date))) break;
            const from = Math.max(due - 30 * day, span.from);
            if (from < end && due >= end) add({ ...this.happeningOf(span), own: {} }, span.amount, 0);
          }
        }
      },
      value: ({ over }) => over,
    },
    stick_rate: {
      gather: ({ opening, end, add }) => {
        for (const own of this.subscribers().values()) {
          if (!own.some((span) => holds(span, opening))) continue;
          add(
            { ...this.happeningOf(own[0] as Span), own: {} },
            own.some((span) => holds(span, end)) ? 1 : 0,
            1,
          );
        }
      },
      value: share,
    },
    cohort_retention: {
      gather: ({ end, add }) => {
        for (const own of this.subscribers().values()) {
          const joined = Math.min(...own.map(({ from }) => from));
          if (joined >= end) continue;
          const happening = {
            ...this.happeningOf(own[0] as Span),
            own: { subscription_cohort: this.dayOf(iso(joined)).slice(0, 7) },
          };
          add(happening, own.some((span) => holds(span, end)) ? 1 : 0, 1);
        }
      },
      value: share,
    },
    subscription_ltv: {
      gather: ({ start, end, add }) => {
        for (const span of this.spans())
          if (holds(span, end)) add({ ...this.happeningOf(span), own: {} }, span.mrr, 0);
        for (const own of this.subscribers(true).values()) {
          const worth = (at: number) =>
            own.filter((span) => holds(span, at)).reduce((sum, { mrr }) => sum + mrr, 0);
          if (worth(start) === 0) continue;
          const days = Math.max(1, Math.round((end - start) / day));
          const happening = {
            ...this.happeningOf(own[0] as Span),
            own: {},
            contact: text(own[0]?.sub.contact_id),
          };
          add(happening, 0, 0, { days, churned: worth(end) === 0 ? 1 : 0, left: worth(end) === 0 ? 1 : 0 });
        }
      },
      value: ({ over, people, parts }) => {
        const churned = parts.churned ?? 0;
        // Who left holds nothing at the end.
        const subscribers = people.size - (parts.left ?? 0);
        if (churned < 3 || subscribers === 0) return null;
        const arpa = over / subscribers;
        const monthly = churned / (((parts.days ?? 0) * 12) / 365);
        return money(Math.min(arpa / monthly, 60 * arpa));
      },
    },
    renewal_rate: {
      gather: (period) => {
        const paid = this.countedPayments().filter(({ amount_minor }) => num(amount_minor) > 0);
        for (const sub of this.data.subscriptions) {
          const items = this.data.order_items.filter(
            ({ subscription_keap_id }) => subscription_keap_id === sub.keap_id,
          );
          const bills = [...new Set(items.map(({ order_id }) => String(order_id)))]
            .map((id) => this.orderById.get(id))
            .filter((order): order is Raw => order !== undefined && this.counted(order))
            .filter(
              (order) =>
                num(order.total_paid_minor) > 0 ||
                paid.some(({ order_id }) => order_id === order.supabase_id),
            )
            .map(({ order_time }) => DateTime.fromISO(String(order_time), { zone: this.data.zone }))
            .sort((a, b) => a.toMillis() - b.toMillis());
          const plan = this.data.subscription_plans.find(
            ({ supabase_id }) => supabase_id === sub.subscription_plan_id,
          );
          const cycles = num(plan?.total_cycles) || Number.POSITIVE_INFINITY;
          const every = Math.max(1, num(sub.billing_frequency ?? 1));
          const unit =
            { Y: "years", W: "weeks", D: "days" }[String(sub.billing_cycle ?? "M")[0] ?? "M"] ?? "months";
          for (const [index, bill] of bills.entries()) {
            const due = bill.plus({ [unit]: every }).toMillis();
            if (!period.within(due) || index + 1 >= cycles || !this.mature(due, 30, period)) continue;
            const next = bills[index + 1]?.toMillis();
            const happening = {
              ...this.person(text(sub.contact_id), due),
              own: { product: text(sub.product_id), plan: text(sub.subscription_plan_id) },
            };
            period.add(happening, next !== undefined && next <= due + 30 * day ? 1 : 0, 1);
          }
        }
      },
      value: share,
    },
    time_to_first_purchase: {
      gather: ({ within, add }) => {
        const occasions = this.occasions();
        for (const lead of this.partsOf("new_leads").plus) {
          const at = Date.parse(lead.at);
          const contact = this.data.contacts.find(({ supabase_id }) => supabase_id === lead.contact);
          const first = occasions.get(String(lead.contact))?.[0];
          if (!within(at) || contact?.source_type === "IMPORT" || (first !== undefined && first <= at))
            continue;
          const bought = first !== undefined && first < this.now;
          const days = Math.max(0, ((bought ? first : this.now) - at) / day);
          // The sign tells apart who bought from who waits.
          add(lead, bought ? days : -days - 1, 1);
        }
      },
      value: ({ all }) =>
        survivalMedian(
          all.map((wait) => (wait >= 0 ? { days: wait, there: true } : { days: -wait - 1, there: false })),
        ),
    },
    lead_source_roi: {
      gather: ({ within, add }) => {
        const leads = new Map(this.partsOf("new_leads").plus.map((lead) => [lead.contact, lead]));
        const worth = (paid: Happening, sign: number) => {
          const lead = leads.get(paid.contact);
          if (lead && within(Date.parse(lead.at)))
            add({ ...lead, currency: paid.currency }, sign * paid.value, 0);
        };
        for (const payment of this.payments()) worth(payment, 1);
        for (const refund of this.refunds()) worth(refund, -1);
        for (const cost of this.costs()) if (within(Date.parse(cost.at))) add(cost, -cost.value, cost.value);
      },
      value: share,
    },
    tag_funnel: {
      gather: (period) => {
        const occasions = this.occasions();
        for (const row of this.data.contact_tags) {
          if (row.applied_at === null) continue;
          const at = Date.parse(String(row.applied_at));
          const contact = this.survivorOf(row.contact_id);
          const first = occasions.get(String(contact))?.[0];
          if (first !== undefined && first <= at) continue;
          if (!period.within(at) || !this.mature(at, 90, period)) continue;
          const happening = { ...this.person(contact, at), own: { tag: text(row.tag_id) } };
          period.add(happening, first !== undefined && first < at + 90 * day ? 1 : 0, 1);
        }
      },
      value: share,
    },
    rfm: {
      gather: ({ end, add }) => {
        for (const [contact, group] of this.rfmAt(end))
          add({ ...this.person(contact, end), own: { rfm_group: group } }, 1, 0);
      },
      value: ({ over }) => over,
    },
    next_order_date: {
      gather: ({ end, add }) => {
        const past = [...this.occasions()].map(
          ([contact, times]) => [contact, times.filter((at) => at < end)] as const,
        );
        const gaps = (times: readonly number[]) =>
          times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / day);
        const usual = exactMedian(past.flatMap(([, times]) => gaps(times)));
        for (const [contact, times] of past) {
          if (times.length < 2) continue;
          const gap = times.length >= 3 ? exactMedian(gaps(times)) : usual;
          add(this.person(contact, end), ((times.at(-1) ?? 0) - end) / day + gap, 0);
        }
      },
      value: ({ all }) => medianOf(all),
    },
    clv_predicted: {
      gather: ({ end, add }) => {
        for (const { contact, score } of this.predicted("clv", end))
          add(this.person(contact, end), Math.sign(score) * Math.round(Math.abs(score)), 1);
      },
      value: ({ over, under }) => (under === 0 ? null : over),
    },
    churn_risk: {
      gather: ({ end, add }) => {
        for (const { contact, score } of this.predicted("churn", end))
          add(this.person(contact, end), Math.round(score * 1e6) / 1e6, 1);
      },
      value: share,
    },
    conversion_score: {
      gather: ({ end, add }) => {
        for (const { contact, score } of this.predicted("conversion", end))
          add(this.person(contact, end), Math.round(score * 1e6) / 1e6, 1);
      },
      value: share,
    },
    attributed_revenue: {
      gather: ({ within, add }) => {
        for (const { credit, touch } of this.credits())
          if (touch && within(Date.parse(credit.at))) add(credit, credit.value, 0);
      },
      value: ({ over }) => over,
    },
    attribution_coverage: {
      gather: ({ within, add }) => {
        const began = Math.min(...this.touches_().map(({ at }) => at));
        for (const { credit, touch } of this.credits()) {
          const contact = this.data.contacts.find(({ supabase_id }) => supabase_id === credit.contact);
          const created = contact?.keap_created_at ? Date.parse(String(contact.keap_created_at)) : null;
          if (created === null || created < began || !within(Date.parse(credit.at))) continue;
          add(credit, touch ? credit.value : 0, credit.value);
        }
      },
      value: share,
    },
    revenue_per_email: {
      gather: ({ within, add }) => {
        const window = num(this.data.settings.email_revenue_days ?? 7) * day;
        const emails = this.data.interactions.filter(
          (row) => row.kind === "email" && row.deleted_at === null && row.occurred_at !== null,
        );
        const touch = (email: Raw, currency: string): Happening => ({
          ...this.person(text(email.contact_id), Date.parse(String(email.occurred_at))),
          currency,
        });
        for (const email of emails)
          if (within(Date.parse(String(email.occurred_at)))) add(touch(email, this.data.currency), 0, 1);
        for (const order of this.data.orders) {
          if (!this.counted(order) || order.contact_id === null) continue;
          const at = Date.parse(String(order.order_time));
          const clicked = emails
            .filter((email) => email.contact_id === order.contact_id && email.clicked_at !== null)
            .map((email) => ({ email, click: Date.parse(String(email.clicked_at)) }))
            .filter(({ click }) => click <= at && click > at - window)
            .sort(
              (a, b) =>
                b.click - a.click || (String(a.email.supabase_id) < String(b.email.supabase_id) ? -1 : 1),
            );
          const email = clicked[0]?.email;
          if (email && within(Date.parse(String(email.occurred_at))))
            add(touch(email, this.currencyOf(order)), this.netSales(order), 0);
        }
      },
      value: ({ over, under }) => (under === 0 ? null : money(over / under)),
    },
    unsubscribes: {
      gather: ({ within, add }) => {
        const gone = (state: unknown) => ["unsubscribed", "complained"].includes(classOf(state, null));
        for (const row of this.data.email_state_changes) {
          const at = Date.parse(String(row.seen_at));
          if (!within(at) || !gone(row.state_after) || gone(row.state_before)) continue;
          const owner = this.addresses()
            .filter(({ email }) => email === row.email)
            .sort((a, b) => a.created - b.created || (a.contact < b.contact ? -1 : 1))[0];
          const own = { email_state: classOf(row.state_after, null) };
          add({ ...this.person(owner?.contact ?? null, at), own }, 1, 0);
        }
      },
      value: ({ over }) => over,
    },
    list_health: {
      gather: ({ end, add }) => {
        for (const { contact, state } of this.statesAt(end))
          add(
            { ...this.person(contact, end), own: { email_state: state } },
            unmailable.has(state) ? 0 : 1,
            1,
          );
      },
      value: share,
    },
    engagement_score: {
      gather: ({ end, add }) => {
        const points = new Map<string, number>();
        const did = (contact: string | null, at: number, weight: number) => {
          if (contact === null || at >= end || at < end - 365 * day) return;
          points.set(contact, (points.get(contact) ?? 0) + weight * 0.5 ** ((end - at) / (30 * day)));
        };
        for (const row of this.data.interactions) {
          if (row.kind !== "email" || row.deleted_at !== null || row.occurred_at === null) continue;
          if (row.clicked_at !== null) did(text(row.contact_id), Date.parse(String(row.clicked_at)), 1);
          if (row.opened_at !== null) did(text(row.contact_id), Date.parse(String(row.opened_at)), 0.1);
        }
        for (const touch of this.touches_())
          if (["form", "appointment"].includes(touch.kind)) did(touch.contact, touch.at, 1.5);
        for (const [contact, times] of this.occasions()) for (const at of times) did(contact, at, 3);
        const sorted = [...points.values()].sort((a, b) => a - b);
        const place = 0.95 * (sorted.length - 1);
        const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
        const top = low + (high - low) * (place - Math.floor(place));
        for (const { contact, state } of this.statesAt(end)) {
          if (unmailable.has(state)) continue;
          const score = Math.min(100, (100 * (points.get(contact) ?? 0)) / top) || 0;
          add(this.person(contact, end), Math.round(score * 1e4), 1);
        }
      },
      value: ({ over, under }) => (under === 0 ? null : Math.round((over * 0.0001 * 1e6) / under) / 1e6),
    },
    sales_velocity: {
      gather: ({ end, within, add }) => {
        for (const deal of this.deals()) {
          if (deal.created < end && (deal.closed === null || deal.closed >= end))
            add(deal.happening, 0, 0, { open: 1 });
          if (deal.closed === null || !within(deal.closed)) continue;
          const won = deal.outcome === "won";
          add(deal.happening, 0, 0, {
            closed: 1,
            ...(won ? { won: 1, value: deal.value, days: (deal.closed - deal.created) / day } : {}),
          });
        }
      },
      value: ({ parts: { open = 0, closed = 0, won = 0, value = 0, days = 0 } }) =>
        won === 0 || days === 0 ? null : money((open * (value / won) * (won / closed)) / (days / won)),
    },
    stage_conversion: {
      gather: ({ within, add }) => {
        const stages = this.data.opportunity_stages.filter(({ outcome }) => outcome !== "lost");
        const rank = (stage: Raw) => num(stage.stage_order ?? stage.keap_id);
        const top = Math.max(...stages.map(rank));
        for (const { happening, created } of this.deals()) {
          const deal = this.data.opportunities.find(({ supabase_id }) => supabase_id === happening.thing);
          const moves = this.data.stage_moves
            .filter(({ opportunity_id }) => opportunity_id === happening.thing)
            .sort((a, b) => Date.parse(String(a.moved_at)) - Date.parse(String(b.moved_at)));
          const begun = moves[0] ? moves[0].from_stage_id : deal?.stage_id;
          const stood = [
            { stage: begun, at: created },
            ...moves.map((move) => ({ stage: move.to_stage_id, at: Date.parse(String(move.moved_at)) })),
          ].flatMap(({ stage, at }) => {
            const known = stages.find(({ supabase_id }) => supabase_id === stage);
            return known ? [{ rank: rank(known), at }] : [];
          });
          for (const stage of stages.filter((each) => rank(each) < top)) {
            const reached = stood.filter((each) => each.rank >= rank(stage));
            if (reached.length === 0) continue;
            const first = Math.min(...reached.map(({ at }) => at));
            const own = { stage: text(stage.supabase_id), owner: text(deal?.user_id) };
            if (within(first))
              add({ ...happening, own }, reached.some((each) => each.rank > rank(stage)) ? 1 : 0, 1);
          }
        }
      },
      value: share,
    },
    affiliate_commissions: {
      gather: ({ within, add }) => {
        for (const row of this.data.affiliate_commissions) {
          const at = Date.parse(String(row.occurred_at));
          if (row.deleted_at !== null || row.kind === "paid" || !within(at)) continue;
          const happening = {
            ...this.person(text(row.contact_id), at),
            currency: this.currencyOf(row),
            own: { affiliate: text(row.affiliate_id) },
          };
          add(happening, num(row.amount_minor) * (row.kind === "earned" ? 1 : -1), 0);
        }
      },
      value: ({ over }) => over,
    },
    affiliate_revenue: {
      gather: ({ within, add }) => {
        const partner = (keapId: unknown) =>
          keapId === null
            ? null
            : text(this.data.affiliates.find(({ keap_id }) => keap_id === keapId)?.supabase_id);
        const book = (paid: Happening, sign: number) => {
          const order = this.orderById.get(String(paid.order));
          if (!order || !within(Date.parse(paid.at))) return;
          const sale_affiliate = partner(order.sales_affiliate_keap_id);
          const lead_affiliate = partner(order.lead_affiliate_keap_id);
          if (sale_affiliate || lead_affiliate)
            add({ ...paid, own: { sale_affiliate, lead_affiliate } }, sign * paid.value, 0);
        };
        for (const payment of this.payments()) book(payment, 1);
        for (const refund of this.refunds()) book(refund, -1);
      },
      value: ({ over }) => over,
    },
    unused_tags: {
      gather: ({ end, add }) => {
        for (const tag of this.data.tags) {
          const held = this.data.contact_tags.some(
            ({ tag_id, removed_at }) => tag_id === tag.supabase_id && removed_at === null,
          );
          const created = tag.keap_created_at ? Date.parse(String(tag.keap_created_at)) : 0;
          if (tag.deleted_at === null && !held && created < end)
            add({ ...this.person(null, created), own: { tag_category: text(tag.category_id) } }, 1, 0);
        }
      },
      value: ({ over }) => over,
    },
    sync_lag: {
      gather: ({ within, add }) => {
        const records = [
          ...this.data.contacts,
          ...this.data.orders,
          ...this.data.subscriptions,
          ...this.data.opportunities,
          ...this.data.interactions,
        ];
        const newest = new Map<string, Raw>();
        for (const row of this.data.journal) {
          const known = newest.get(String(row.record_id));
          if (!known || num(row.journal_id) > num(known.journal_id)) newest.set(String(row.record_id), row);
        }
        for (const record of records) {
          const row = newest.get(String(record.supabase_id));
          const fromKeap = record.last_modified_by === "keap";
          if (!row || row.direction !== (fromKeap ? "in" : "out")) continue;
          const changed = fromKeap ? record.keap_updated_at : record.last_updated_at;
          if (changed === null) continue;
          const [then, at] = [Date.parse(String(changed)), Date.parse(String(row.at))];
          if (then < Date.parse(this.data.account_created_at) || at < then || !within(at)) continue;
          add({ ...this.person(null, at), own: { record_type: text(row.entity) } }, (at - then) / 1000, 0);
        }
      },
      value: ({ all }) => medianOf(all),
    },
    unexplained_mismatches: {
      gather: ({ end, add }) => {
        const newest = new Map<string, Raw>();
        for (const run of this.data.verification_runs) {
          const at =
            run.finished_at === null ? Number.POSITIVE_INFINITY : Date.parse(String(run.finished_at));
          const known = newest.get(String(run.entity));
          if (at < end && (!known || at > Date.parse(String(known.finished_at))))
            newest.set(String(run.entity), run);
        }
        for (const [record_type, run] of newest)
          add({ ...this.person(null, end), own: { record_type } }, num(run.unexplained), 0);
      },
      value: ({ over }) => over,
    },
  };

  /** True when the reference can work a metric out. */
  knows(metric: string): boolean {
    if (metric in this.further) return true;
    try {
      super.values(metric, {
        dimension: null,
        byMonth: false,
        from: "2026-01-01",
        to: "2026-01-31",
        money: false,
      });
      return true;
    } catch {
      return false;
    }
  }

  /** Spans of each subscriber, or of each in each currency. */
  private subscribers(perCurrency = false): Map<string, Span[]> {
    const found = new Map<string, Span[]>();
    for (const span of this.spans()) {
      const key = `${span.sub.contact_id} ${perCurrency ? this.currencyOf(span.sub) : ""}`;
      found.set(key, [...(found.get(key) ?? []), span]);
    }
    return found;
  }

  private predicted(model: string, at: number): { contact: string; score: number }[] {
    const newest = new Map<string, Raw>();
    for (const row of this.data.predictions) {
      if (String(row.model).split("/")[0] !== model || row.score === null) continue;
      const scored = Date.parse(String(row.scored_at));
      const known = newest.get(String(row.contact_id));
      if (scored < at && (!known || scored > Date.parse(String(known.scored_at))))
        newest.set(String(row.contact_id), row);
    }
    return [...newest]
      .filter(
        ([contact]) =>
          this.data.contacts.find(({ supabase_id }) => supabase_id === contact)?.deleted_at === null,
      )
      .map(([contact, row]) => ({ contact, score: num(row.score) }));
  }

  private addresses(): { contact: string; email: string; created: number; state: string }[] {
    return this.once("addresses", () => this.addressesNow());
  }

  private addressesNow(): { contact: string; email: string; created: number; state: string }[] {
    return this.data.contacts.flatMap((contact) => {
      const email = text(contact.email)?.trim().toLowerCase();
      if (!email || contact.deleted_at !== null || contact.keap_created_at === null) return [];
      const slot = (contact.email_addresses as Record<string, Record<string, unknown>> | null)?.EMAIL1;
      const status = this.data.email_addresses_status.find((row) => row.email === email);
      return [
        {
          contact: String(contact.supabase_id),
          email,
          created: Date.parse(String(contact.keap_created_at)),
          state: classOf(status?.status ?? slot?.email_opt_status, status?.opted_in ?? slot?.is_opt_in),
        },
      ];
    });
  }

  protected statesAt(instant: number): { contact: string; state: string }[] {
    return this.addresses()
      .filter(({ created }) => created < instant)
      .map(({ contact, email, state }) => {
        const changes = this.data.email_state_changes
          .filter((row) => row.email === email)
          .sort((a, b) => Date.parse(String(a.seen_at)) - Date.parse(String(b.seen_at)));
        const before = changes.filter(({ seen_at }) => Date.parse(String(seen_at)) < instant).at(-1);
        if (before) return { contact, state: classOf(before.state_after, null) };
        return { contact, state: changes[0] ? classOf(changes[0].state_before, null) : state };
      });
  }

  private survivorOf(contact: unknown): string | null {
    let id = text(contact);
    for (;;) {
      const next = text(this.data.contacts.find(({ supabase_id }) => supabase_id === id)?.merged_into_id);
      if (next === null) return id;
      id = next;
    }
  }

  private touchesFound: Touch[] | null = null;

  /** What brought people: the same source of a person counts once a day, at its earliest. */
  private touches_(): Touch[] {
    if (this.touchesFound) return this.touchesFound;
    const all: { contact: unknown; at: unknown; kind: string; name: string }[] = [];
    const forms: Record<string, string> = {
      WEBFORM: "Web form",
      LANDING_PAGE: "Landing page",
      APPOINTMENT: "Booking page",
      FORM_API_HOSTED: "Hosted form",
      FORM_API_INTERNAL: "Form",
      INTERNAL_FORM: "Internal form",
    };
    for (const contact of this.data.contacts) {
      for (const record of (contact.utm_parameters ?? []) as Raw[]) {
        const name = text(record.utm_source)?.trim() ?? "";
        if (name === "" || ["direct", "(direct)"].includes(name.toLowerCase())) continue;
        const at = record.created_at ?? (record.first_touch ? contact.keap_created_at : null);
        all.push({ contact: contact.supabase_id, at, kind: "utm", name });
      }
      const form = forms[String(contact.source_type)];
      if (form)
        all.push({ contact: contact.supabase_id, at: contact.keap_created_at, kind: "form", name: form });
    }
    const mapped = (this.data.settings.campaign_tag_categories ?? []) as number[];
    for (const row of this.data.contact_tags) {
      const tag = this.data.tags.find(({ supabase_id }) => supabase_id === row.tag_id);
      if (mapped.includes(Number(tag?.category_keap_id)))
        all.push({ contact: row.contact_id, at: row.applied_at, kind: "tag", name: String(tag?.name) });
    }
    for (const row of this.data.interactions) {
      if (row.deleted_at !== null) continue;
      if (row.kind === "email")
        all.push({
          contact: row.contact_id,
          at: row.clicked_at,
          kind: "email",
          name: text(row.title)?.trim() || "E-mail",
        });
      if (row.kind === "appointment")
        all.push({ contact: row.contact_id, at: row.occurred_at, kind: "appointment", name: "Appointment" });
    }
    for (const row of this.data.referrals) {
      const affiliate = this.data.affiliates.find(({ supabase_id }) => supabase_id === row.affiliate_id);
      all.push({
        contact: row.contact_id,
        at: row.referred_at,
        kind: "affiliate",
        name: String(affiliate?.name ?? "Affiliate"),
      });
    }
    const first = new Map<string, Touch>();
    for (const { contact, at, kind, name } of all) {
      if (contact === null || at === null || at === undefined) continue;
      const when = Date.parse(String(at));
      const key = JSON.stringify([contact, kind, name, this.dayOf(iso(when))]);
      const known = first.get(key);
      if (!known || when < known.at)
        first.set(key, { contact: String(this.survivorOf(contact)), at: when, kind, name });
    }
    this.touchesFound = [...first.values()];
    return this.touchesFound;
  }

  /** The occasion an order belongs to; for a renewal that of the first sale. Null where there is none. */
  private conversionOf(order: Raw): { contact: string; at: number } | null {
    const occasion = (of: Raw) => {
      if (!this.counted(of) || of.contact_id === null || this.isRenewal(of)) return null;
      const own = this.occasions().get(String(of.contact_id)) ?? [];
      const before = own.filter((at) => at <= Date.parse(String(of.order_time)));
      return before.length > 0 ? { contact: String(of.contact_id), at: Math.max(...before) } : null;
    };
    if (!this.counted(order)) return null;
    if (!this.isRenewal(order)) return occasion(order);
    const subs = (this.itemsOf.get(String(order.supabase_id)) ?? [])
      .map((item) => item.subscription_keap_id)
      .filter((id) => id !== null);
    const firsts = subs.flatMap((sub) => {
      const bills = this.data.order_items
        .filter((item) => item.subscription_keap_id === sub)
        .map((item) => this.orderById.get(String(item.order_id)))
        .filter(
          (bill): bill is Raw => bill !== undefined && bill.status !== "DRAFT" && bill.deleted_at === null,
        )
        .sort(
          (a, b) =>
            Date.parse(String(a.order_time)) - Date.parse(String(b.order_time)) ||
            (String(a.supabase_id) < String(b.supabase_id) ? -1 : 1),
        );
      const conversion = bills[0] ? occasion(bills[0]) : null;
      return conversion && conversion.contact === order.contact_id ? [conversion] : [];
    });
    return firsts.sort((a, b) => a.at - b.at)[0] ?? null;
  }

  /** Touches of a conversion in order, each with its share under the account's model. */
  private weightsOf(conversion: { contact: string; at: number }): { touch: Touch; weight: number }[] {
    return this.once(`weights ${conversion.contact} ${conversion.at}`, () => this.weightsNow(conversion));
  }

  private weightsNow(conversion: { contact: string; at: number }): { touch: Touch; weight: number }[] {
    const model = String(this.data.settings.attribution_model ?? "last");
    const reach = num(this.data.settings.attribution_lookback_days ?? 90) * day;
    const touches = this.touches_()
      .filter(
        ({ contact, at }) =>
          contact === conversion.contact && at <= conversion.at && at > conversion.at - reach,
      )
      .sort((a, b) => a.at - b.at || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.name < b.name ? -1 : 1));
    const person = this.data.contacts.find(({ supabase_id }) => supabase_id === conversion.contact);
    const created = person?.keap_created_at ? Date.parse(String(person.keap_created_at)) : null;
    const lead = touches.findLastIndex(({ at }) => created !== null && at <= created + 5 * minutes);
    const key = [0, ...(lead >= 0 ? [lead] : [])];
    const weight = (touch: Touch, index: number): number => {
      switch (model) {
        case "first":
          return index === 0 ? 1 : 0;
        case "last":
          return index === touches.length - 1 ? 1 : 0;
        case "lead_creation":
          return index === lead ? 1 : 0;
        case "linear":
          return 1;
        case "decay":
          return 0.5 ** (((touches.at(-1)?.at ?? 0) - touch.at) / (7 * day));
        case "position": {
          if (touches.length <= 2) return 1;
          const middle = touches.length - new Set(key).size;
          const own = (index === 0 ? 40 : 0) + (index === lead ? 40 : 0);
          return own || 20 / middle;
        }
        default:
          throw new Error(`The reference does not know the model ${model}.`);
      }
    };
    return touches
      .map((touch, index) => ({ touch, weight: Math.round(weight(touch, index) * 1e9) }))
      .filter((each) => each.weight > 0);
  }

  /** Every payment and refund shared over touches; what nothing brought has none. */
  private credits(): Credit[] {
    return this.once("credits", () => this.creditsNow());
  }

  private creditsNow(): Credit[] {
    const shares = (paid: Happening, sign: number): Credit[] => {
      const order = this.orderById.get(String(paid.order));
      const conversion = order ? this.conversionOf(order) : null;
      const weights = conversion ? this.weightsOf(conversion) : [];
      if (weights.length === 0)
        return [
          {
            credit: { ...paid, value: sign * paid.value, own: { touch: null, touch_kind: null } },
            touch: null,
          },
        ];
      const parts = spread(
        paid.value,
        weights.map(({ weight }) => weight),
      );
      return weights.map(({ touch }, index) => ({
        credit: {
          ...paid,
          value: sign * (parts[index] ?? 0),
          own: { touch: touch.name, touch_kind: touch.kind },
        },
        touch,
      }));
    };
    return [
      ...this.payments().flatMap((payment) => shares(payment, 1)),
      ...this.refunds().flatMap((refund) => shares(refund, -1)),
    ];
  }
}

export type Add = (happening: Happening, over: number, under: number, parts?: Record<string, number>) => void;

export interface Period {
  start: number;
  /** No later than now. */
  end: number;
  last: number;
  /** Start of the whole range. */
  opening: number;
  /** The range as one period, in which young things are left out. */
  whole: boolean;
  within(at: number): boolean;
  add: Add;
}

export interface Rule {
  gather(period: Period): void;
  value(cell: Cell): number | null;
}

const share = ({ over, under }: Cell) => (under === 0 ? null : Math.round((over / under) * 1e6) / 1e6);
const money = (value: number) => Math.sign(value) * Math.round(Math.abs(value));
const holds = (span: Span, instant: number) =>
  span.from < instant && (span.to === null || span.to >= instant);

function exactMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
