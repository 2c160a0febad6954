import { FurtherReference, type Rule, unmailable } from "./further-reference";
import { day, type Happening, medianOf } from "./reference";

const counted: Rule["value"] = ({ over }) => over;

/** The counts that stand beside shares and amounts, again as plain loops over exported rows. */
export class CountsReference extends FurtherReference {
  protected override rule(metric: string): Rule | undefined {
    return this.counts[metric] ?? super.rule(metric);
  }

  /** One for each of these that lies in the period. */
  private each(things: () => readonly Happening[]): Rule {
    return {
      gather: ({ within, add }) => {
        for (const thing of things()) if (within(Date.parse(thing.at))) add(thing, 1, 0);
      },
      value: counted,
    };
  }

  private moved(kind: string): Rule {
    return this.each(() => this.movements().filter((movement) => movement.kind === kind));
  }

  private mailsWith(column: "opened_at" | "clicked_at"): Rule {
    return this.each(() =>
      this.touches("email").filter(({ thing }) =>
        this.data.interactions.some((row) => row.supabase_id === thing && row[column] !== null),
      ),
    );
  }

  private revenue(of: (payment: { value: number; subscribed: number }) => number): Rule {
    return {
      gather: ({ within, add }) => {
        for (const payment of this.payments())
          if (within(Date.parse(payment.at)))
            add(payment, of({ value: payment.value, subscribed: payment.subscribed ?? 0 }), 0);
      },
      value: counted,
    };
  }

  /** Who is known by name: an order of nobody is no buyer. */
  private readonly buyers = ({ people }: Parameters<Rule["value"]>[0]) =>
    [...people].filter((contact) => contact !== "null").length;

  private readonly counts: Record<string, Rule> = {
    subscribers_gained: this.moved("new"),
    subscribers_lost: this.moved("churn"),
    subscribers_returned: this.moved("reactivation"),
    revenue_subscription: this.revenue(({ subscribed }) => subscribed),
    revenue_single: this.revenue(({ value, subscribed }) => value - subscribed),
    // What one refund gave back on several orders is still one refund.
    refunds_given: this.each(() => [...new Map(this.refunds().map((part) => [part.thing, part])).values()]),
    emails_opened: this.mailsWith("opened_at"),
    emails_clicked: this.mailsWith("clicked_at"),
    buyers: { ...this.each(() => this.partsOf("orders").plus), value: this.buyers },
    orders_per_customer: {
      ...this.each(() => this.partsOf("orders").plus),
      value: (cell) => {
        const buyers = this.buyers(cell);
        return buyers === 0 ? null : Math.round((cell.over / buyers) * 1e6) / 1e6;
      },
    },
    repeat_customers: {
      gather: ({ end, add }) => {
        for (const [contact, times] of this.occasions())
          if (times.filter((at) => at < end).length >= 2) add(this.person(contact, end), 1, 0);
      },
      value: counted,
    },
    second_purchase_gap: {
      gather: ({ within, add }) => {
        for (const [contact, [first, second]] of this.occasions())
          if (first !== undefined && second !== undefined && within(second))
            add(this.person(contact, second), (second - first) / day, 0);
      },
      value: ({ all }) => medianOf(all),
    },
    mailable_contacts: {
      gather: ({ end, add }) => {
        for (const { contact, state } of this.statesAt(end))
          if (!unmailable.has(state))
            add({ ...this.person(contact, end), own: { email_state: state } }, 1, 0);
      },
      value: counted,
    },
    deals_lost: {
      gather: ({ within, add }) => {
        for (const { outcome, closed, happening } of this.deals())
          if (outcome === "lost" && closed !== null && within(closed)) add(happening, 1, 0);
      },
      value: counted,
    },
    deal_size: {
      gather: ({ within, add }) => {
        for (const { outcome, closed, value, happening } of this.deals())
          if (outcome === "won" && closed !== null && within(closed))
            add(happening, 0, 0, { won: 1, worth: value });
      },
      value: ({ parts: { won = 0, worth = 0 } }) => (won === 0 ? null : Math.round(worth / won)),
    },
    days_to_win: {
      gather: ({ within, add }) => {
        for (const { outcome, closed, created, happening } of this.deals())
          if (outcome === "won" && closed !== null && within(closed))
            add(happening, 0, 0, { won: 1, seconds: (closed - created) / 1000 });
      },
      value: ({ parts: { won = 0, seconds = 0 } }) =>
        won === 0 ? null : Math.round((Math.round(seconds) / 86_400 / won) * 1e6) / 1e6,
    },
    marketing_cost: {
      gather: ({ within, add }) => {
        for (const cost of this.costs()) if (within(Date.parse(cost.at))) add(cost, cost.value, 0);
      },
      value: ({ over }) => over,
    },
    mrr_net_new: {
      gather: ({ within, add }) => {
        for (const movement of this.movements())
          if (within(Date.parse(movement.at)))
            add(
              movement,
              ["churn", "contraction"].includes(movement.kind) ? -movement.value : movement.value,
              0,
            );
      },
      value: ({ over }) => over,
    },
    deals_lost_value: {
      gather: ({ within, add }) => {
        for (const { outcome, closed, value, happening } of this.deals())
          if (outcome === "lost" && closed !== null && within(closed)) add(happening, value, 0);
      },
      value: ({ over }) => over,
    },
    deals_created: {
      gather: ({ within, add }) => {
        for (const { created, happening } of this.deals()) if (within(created)) add(happening, 1, 0);
      },
      value: counted,
    },
    deals_open: {
      gather: ({ end, add }) => {
        for (const { created, closed, happening } of this.deals())
          if (created < end && (closed === null || closed >= end)) add(happening, 1, 0);
      },
      value: counted,
    },
  };
}
