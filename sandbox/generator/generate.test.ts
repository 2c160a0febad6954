import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type KeapAccount, tableNames } from "../account";
import type { OrderItemRecord } from "../records";
import { winShares } from "./build-deals";
import { leadSourceSeeds } from "./catalog-sources";
import { generateAccount } from "./generate";

const endDate = "2026-11-23";
const yearMs = 365 * 86_400_000;

/** Everything in an account, maps included, as one text. */
function serialise(account: KeapAccount): string {
  return JSON.stringify(account, (_key, value) =>
    value instanceof Map || value instanceof Set ? [...value] : value,
  );
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const lineTotal = (item: OrderItemRecord) =>
  item.quantity * item.price_per_unit_minor - (item.discount_minor ?? 0);
const notMoney = new Set(["VOIDED", "FAILED", "ERROR", "PENDING", "REFUNDED"]);

let account: KeapAccount;
/** Collected per order: captured, not voided, refunds apart. */
const paid = new Map<string, number>();

beforeAll(() => {
  account = generateAccount({ seed: 7, contacts: 2500, endDate });
  for (const share of account.orderPayments.values()) {
    if (!notMoney.has(share.pay_status))
      paid.set(share.order_id, (paid.get(share.order_id) ?? 0) + share.amount_minor);
  }
});

describe("generated account", () => {
  it("repeats byte for byte with its seed", () => {
    expect(hash(serialise(generateAccount({ seed: 7, contacts: 2500, endDate })))).toBe(
      hash(serialise(account)),
    );
    expect(hash(serialise(generateAccount({ seed: 8, contacts: 2500, endDate })))).not.toBe(
      hash(serialise(account)),
    );
  });

  it("repeats in another process", () => {
    const script = `
      import { createHash } from "node:crypto";
      import { generateAccount } from ${JSON.stringify(fileURLToPath(new URL("./generate.ts", import.meta.url)))};
      const account = generateAccount({ seed: 7, contacts: 2500, endDate: ${JSON.stringify(endDate)} });
      const text = JSON.stringify(account, (key, value) => (value instanceof Map || value instanceof Set ? [...value] : value));
      console.log(createHash("sha256").update(text).digest("hex"));`;
    const output = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      encoding: "utf8",
      env: { ...process.env, TZ: "Asia/Kolkata" },
    });
    expect(output.trim()).toBe(hash(serialise(account)));
  });

  it("makes as many contacts as asked", () => {
    for (const contacts of [100, 777]) {
      expect(generateAccount({ seed: 1, contacts, endDate }).contacts.size).toBe(contacts);
    }
    expect(account.contacts.size).toBe(2500);
  });

  it("keeps every table in order of id", () => {
    for (const table of tableNames) {
      const ids = [...account[table].keys()];
      expect(
        ids.every((id, index) => index === 0 || id > (ids[index - 1] as number)),
        table,
      ).toBe(true);
      for (const [id, record] of account[table]) expect(record.id, table).toBe(String(id));
      if (ids.length > 0) expect(account.lastIds.get(table), table).toBe(ids[ids.length - 1]);
    }
  });

  it("refuses a date or a count that makes no sense", () => {
    expect(() => generateAccount({ seed: 1, contacts: 10, endDate: "soon" })).toThrow(/not a date/);
    expect(() => generateAccount({ seed: 1, contacts: 1.5, endDate })).toThrow(/whole number/);
  });
});

describe("references", () => {
  const has = (table: (typeof tableNames)[number], id: string | undefined) =>
    id === undefined || account[table].has(Number(id));

  it("lets every id lead to a record", () => {
    for (const c of account.contacts.values()) {
      expect(
        has("users", c.owner_id) && has("leadSources", c.leadsource_id) && has("companies", c.company_id),
        c.id,
      ).toBe(true);
    }
    for (const o of account.orders.values()) {
      expect(
        has("contacts", o.contact_id) &&
          has("affiliates", o.lead_affiliate_id) &&
          has("affiliates", o.sales_affiliate_id),
        o.id,
      ).toBe(true);
      for (const item of o.items) {
        expect(
          has("products", item.product_id) &&
            has("plans", item.subscription_plan_id) &&
            has("subscriptions", item.subscription_id),
          o.id,
        ).toBe(true);
      }
    }
    for (const p of account.payments.values()) {
      expect(
        has("contacts", p.contact_id) &&
          has("payments", p.refund_payment_id) &&
          has("paymentMethods", p.payment_method_id) &&
          has("merchants", p.merchant_account_id),
        p.id,
      ).toBe(true);
      expect(p.order_ids.length > 0 && p.order_ids.every((id) => has("orders", id)), p.id).toBe(true);
    }
    for (const p of account.orderPayments.values()) {
      expect(
        has("orders", p.order_id) &&
          has("payments", p.payment_id) &&
          has("orderPayments", p.refund_invoice_payment_id),
        p.id,
      ).toBe(true);
    }
    for (const t of account.transactions.values())
      expect(has("payments", t.payment_id) && has("contacts", t.contact_id), t.id).toBe(true);
    for (const s of account.subscriptions.values()) {
      expect(
        has("contacts", s.contact_id) &&
          has("products", s.product_id) &&
          has("plans", s.subscription_plan_id) &&
          has("paymentMethods", s.payment_method_id),
        s.id,
      ).toBe(true);
    }
    for (const o of account.opportunities.values())
      expect(
        has("contacts", o.contact_id) && has("stages", o.stage_id) && has("users", o.user_id),
        o.id,
      ).toBe(true);
    for (const m of account.stageMoves.values())
      expect(has("opportunities", m.opportunity_id) && has("stages", m.move_to_stage_id), m.id).toBe(true);
    for (const table of ["notes", "tasks", "appointments", "emails"] as const) {
      for (const record of account[table].values())
        expect(has("contacts", record.contact_id), `${table} ${record.id}`).toBe(true);
    }
    for (const r of account.referrals.values())
      expect(has("contacts", r.contact_id) && has("affiliates", r.referral_partner_id), r.id).toBe(true);
    for (const e of account.leadSourceExpenses.values())
      expect(
        has("leadSources", e.lead_source_id) &&
          has("leadSourceRecurringExpenses", e.lead_source_recurring_expense_id),
        e.id,
      ).toBe(true);
    for (const [contact, tags] of account.contactTags) {
      expect(
        account.contacts.has(contact) && [...tags.keys()].every((id) => account.tags.has(id)),
        String(contact),
      ).toBe(true);
    }
    const fields = [
      ...account.contacts.values(),
      ...account.orders.values(),
      ...account.opportunities.values(),
      ...account.notes.values(),
    ].flatMap((record) => record.custom_fields ?? []);
    expect(fields.length).toBeGreaterThan(1000);
    expect(fields.every((field) => account.customFields.has(Number(field.id)))).toBe(true);
  });

  it("knows the status of every address", () => {
    const addresses = [...account.contacts.values()].flatMap((contact) => contact.email_addresses ?? []);
    expect(addresses.every(({ email }) => account.emailAddresses.has(email.toLowerCase()))).toBe(true);
  });

  it("has nothing happen on or after the end", () => {
    const end = `${endDate}T00:00:00.000Z`;
    for (const o of account.orders.values()) expect(o.modification_time < end, o.id).toBe(true);
    for (const p of account.payments.values())
      expect(p.payment_time < end && p.update_time < end, p.id).toBe(true);
    for (const t of account.transactions.values()) expect(t.transaction_time < end).toBe(true);
    for (const c of account.contacts.values())
      expect(c.update_time < end && c.update_time >= c.create_time, c.id).toBe(true);
    for (const s of account.subscriptions.values())
      expect((s.modification_time ?? "") < end, s.id).toBe(true);
    for (const e of account.emails.values())
      expect(e.created_time < end && (e.opened_time ?? "") < end, e.id).toBe(true);
    for (const tags of account.contactTags.values())
      for (const time of tags.values()) expect(time < end).toBe(true);
  });
});

describe("money", () => {
  it("never collects more than an order asks", () => {
    for (const order of account.orders.values()) {
      const total = order.items.reduce((sum, item) => sum + lineTotal(item), 0);
      expect(total, order.id).toBeGreaterThanOrEqual(0);
      expect(paid.get(order.id) ?? 0, order.id).toBeLessThanOrEqual(total);
      if (order.status === "DRAFT") expect(paid.has(order.id)).toBe(false);
    }
  });

  it("splits each payment over its orders", () => {
    const split = new Map<string, number>();
    for (const share of account.orderPayments.values()) {
      split.set(share.payment_id, (split.get(share.payment_id) ?? 0) + share.amount_minor);
      expect(account.payments.get(Number(share.payment_id))?.order_ids).toContain(share.order_id);
    }
    for (const payment of account.payments.values())
      expect(split.get(payment.id), payment.id).toBe(payment.amount_minor);
    expect([...account.payments.values()].some((payment) => payment.order_ids.length > 1)).toBe(true);
  });

  it("points refunds and originals at each other", () => {
    const originals = [...account.payments.values()].filter((payment) => payment.refund_payment_id);
    const refunds = [...account.payments.values()].filter((payment) => payment.kind === "refund");
    expect(refunds.length).toBeGreaterThan(40);
    expect(new Set(originals.map((payment) => payment.refund_payment_id))).toEqual(
      new Set(refunds.map((refund) => refund.id)),
    );
    for (const original of originals) {
      const refund = account.payments.get(Number(original.refund_payment_id));
      expect(refund?.amount_minor).toBeLessThanOrEqual(original.amount_minor);
      expect(refund && refund.payment_time > original.payment_time).toBe(true);
    }
  });

  it("holds every awkward kind of order and payment", () => {
    const orders = [...account.orders.values()];
    const payments = [...account.payments.values()];
    const transactions = [...account.transactions.values()];
    const total = (id: string) =>
      (account.orders.get(Number(id))?.items ?? []).reduce((sum, item) => sum + lineTotal(item), 0);
    const kinds = {
      draft: orders.filter((order) => order.status === "DRAFT"),
      free: orders.filter((order) => order.status !== "DRAFT" && total(order.id) === 0),
      partPaid: orders.filter(
        (order) => (paid.get(order.id) ?? 0) > 0 && (paid.get(order.id) ?? 0) < total(order.id),
      ),
      instalments: orders.filter((order) => order.payment_plan),
      renewals: orders.filter(
        (order) => order.items.some((item) => item.subscription_id) && order.title.endsWith("(renewal)"),
      ),
      upsells: orders.filter((order) => order.items.some((item) => item.item_type === "UPSELL")),
      taxed: orders.filter((order) => order.items.some((item) => item.item_type === "TAX")),
      shipped: orders.filter((order) => order.items.some((item) => item.item_type === "SHIPPING")),
      trials: orders.filter((order) => order.items.some((item) => item.item_type === "DISCOUNT_FREE_TRIAL")),
      discounted: orders.filter((order) => order.promo_code),
      manual: payments.filter((payment) => payment.status === "NONE"),
      paypal: payments.filter((payment) => payment.type === "PayPal"),
      voided: transactions.filter((transaction) => transaction.transaction_method === "VOID"),
      failed: transactions.filter((transaction) => !transaction.is_successful),
    };
    for (const [kind, found] of Object.entries(kinds)) expect(found.length, kind).toBeGreaterThan(3);
  });
});

describe("memberships", () => {
  it("hold every awkward kind", () => {
    const all = [...account.subscriptions.values()];
    const active = all.filter((s) => s.active);
    const stopped = (reason: RegExp) => all.filter((s) => !s.active && reason.test(s.reason_stopped ?? ""));
    const perContact = new Map<string, number>();
    for (const s of all) perContact.set(s.contact_id, (perContact.get(s.contact_id) ?? 0) + 1);
    const kinds = {
      stalled: active.filter((s) => !s.auto_charge && (s.next_bill_date ?? "9") < endDate),
      scheduledEnd: active.filter((s) => (s.end_date ?? "") >= endDate),
      scheduledStart: active.filter((s) => s.start_date >= endDate),
      free: all.filter((s) => s.billing_amount_minor === 0),
      declined: stopped(/card declined/),
      completed: stopped(/All payments made/),
      upgraded: stopped(/Upgraded/),
      toYearly: stopped(/annual/),
      priceIncrease: stopped(/Price increase/),
      trialEnded: stopped(/trial/),
      several: [...perContact.values()].filter((count) => count > 1),
      quarterly: all.filter((s) => s.billing_frequency === 3),
      yearly: all.filter((s) => s.billing_cycle === "YEAR"),
    };
    for (const [kind, found] of Object.entries(kinds)) expect(found.length, kind).toBeGreaterThan(0);
    expect(active.length).toBeGreaterThan(100);
  });

  it("bill once a period", () => {
    const bills = new Map<string, string[]>();
    for (const order of account.orders.values()) {
      for (const item of order.items) {
        if (item.subscription_id)
          bills.set(item.subscription_id, [...(bills.get(item.subscription_id) ?? []), order.order_time]);
      }
    }
    for (const s of account.subscriptions.values()) {
      const times = bills.get(s.id) ?? [];
      expect(times.length > 0, s.id).toBe(s.start_date < endDate);
      // 13 days: a trial lasts 14.
      times.forEach((time, index) => {
        if (index > 0)
          expect(Date.parse(time) - Date.parse(times[index - 1] as string), s.id).toBeGreaterThan(
            13 * 86_400_000,
          );
      });
    }
  });
});

describe("awkward end dates", () => {
  it.each(["2026-01-01", "2026-03-09", "2027-01-31", "2028-02-29"])("keeps its bounds before %s", (date) => {
    const small = generateAccount({ seed: 3, contacts: 300, endDate: date });
    const end = `${date}T00:00:00.000Z`;
    for (const table of ["orders", "payments", "transactions", "contacts", "notes", "emails"] as const) {
      expect(small[table].size, table).toBeGreaterThan(0);
      expect(
        JSON.stringify([...small[table].values()].map((one) => Object.values(one))),
        table,
      ).not.toContain("NaN");
    }
    for (const order of small.orders.values())
      expect(order.order_time < end && order.modification_time < end, order.id).toBe(true);
    for (const payment of small.payments.values()) expect(payment.payment_time < end, payment.id).toBe(true);
    for (const contact of small.contacts.values()) expect(contact.create_time < end, contact.id).toBe(true);
  });
});

describe("planted facts", () => {
  const customers = () => {
    const first = new Map<string, string>();
    for (const payment of account.payments.values()) {
      const known = first.get(payment.contact_id);
      if (payment.kind === "payment" && (!known || payment.payment_time < known))
        first.set(payment.contact_id, payment.payment_time);
    }
    return first;
  };

  it("converts each lead source at its share", () => {
    const bought = customers();
    const cutoff = Date.parse(endDate) - yearMs;
    for (const seed of leadSourceSeeds.filter((candidate) => candidate.share > 5)) {
      const id = [...account.leadSources.values()].find((source) => source.name === seed.name)?.id;
      const leads = [...account.contacts.values()].filter(
        (contact) => contact.leadsource_id === id && Date.parse(contact.create_time) < cutoff,
      );
      const share =
        leads.filter((contact) => {
          const at = bought.get(contact.id);
          return at !== undefined && Date.parse(at) - Date.parse(contact.create_time) < yearMs;
        }).length / leads.length;
      expect(Math.abs(share - seed.conversion), `${seed.name}: ${share}`).toBeLessThan(0.05);
    }
  });

  it("refunds the kiln far more often", () => {
    const product = (name: string) =>
      [...account.products.values()].find((candidate) => candidate.name === name)?.id;
    const refundShare = (id: string | undefined) => {
      const orders = [...account.orders.values()].filter(
        (order) => (paid.get(order.id) ?? 0) > 0 && order.items.some((item) => item.product_id === id),
      );
      const refunded = new Set(
        [...account.orderPayments.values()]
          .filter((share) => share.pay_status === "REFUNDED")
          .map((share) => share.order_id),
      );
      return orders.filter((order) => refunded.has(order.id)).length / orders.length;
    };
    expect(refundShare(product("Tabletop Kiln"))).toBeGreaterThan(0.13);
    expect(refundShare(product("Tabletop Kiln"))).toBeLessThan(0.23);
    expect(refundShare(product("Sketchbook Habit"))).toBeLessThan(0.07);
  });

  it("loses members who skipped the onboarding", () => {
    const tag = [...account.tags.values()].find((candidate) => candidate.name === "Onboarding completed")?.id;
    const lost = (onboarded: boolean) => {
      const monthly = [...account.subscriptions.values()].filter(
        (s) =>
          s.billing_cycle === "MONTH" &&
          s.billing_frequency === 1 &&
          account.contactTags.get(Number(s.contact_id))?.has(Number(tag)) === onboarded,
      );
      const voluntary = monthly.filter(
        (s) => !s.active && !/card|Upgraded|Moved|Downgraded|All payments|trial/.test(s.reason_stopped ?? ""),
      );
      const bills = [...account.orders.values()].filter((order) =>
        order.items.some((item) => monthly.some((s) => s.id === item.subscription_id)),
      );
      return voluntary.length / bills.length;
    };
    expect(lost(false) / lost(true)).toBeGreaterThan(2);
    expect(lost(false) / lost(true)).toBeLessThan(4.5);
  });

  it("raises the membership's price on one date", () => {
    const plan = [...account.plans.values()].find(
      (candidate) => candidate.subscription_plan_name === "Studio Circle Monthly (39)",
    );
    const bills = [...account.orders.values()]
      .flatMap((order) => order.items.map((item) => ({ at: order.order_time.slice(0, 10), item })))
      .filter(({ item }) => item.subscription_plan_id === plan?.id && item.price_per_unit_minor > 0);
    // The end is 2026-11-23: new members pay more from 2025-09-01, the others from their first bill in December.
    expect(bills.filter(({ at, item }) => at < "2025-12-01" && item.price_per_unit_minor !== 3900)).toEqual(
      [],
    );
    expect(bills.filter(({ at, item }) => at >= "2025-12-02" && item.price_per_unit_minor !== 4900)).toEqual(
      [],
    );
    const starts = [...account.subscriptions.values()]
      .filter((s) => s.subscription_plan_id === plan?.id)
      .map((s) => s.start_date);
    expect(starts.sort().at(-1)?.slice(0, 10) ?? "").toMatch(/^2025-0[78]/);
  });

  it("lets one seller win more deals", () => {
    const won = [...account.stages.values()].find((stage) => stage.name === "Won")?.id;
    const lost = [...account.stages.values()].find((stage) => stage.name === "Lost")?.id;
    const share = (name: string) => {
      const user = [...account.users.values()].find((candidate) => candidate.given_name === name)?.id;
      const closed = [...account.opportunities.values()].filter(
        (o) => o.user_id === user && (o.stage_id === won || o.stage_id === lost),
      );
      return closed.filter((o) => o.stage_id === won).length / closed.length;
    };
    expect(share("Nadia") - share("Ben")).toBeGreaterThan(0.1);
    expect(winShares.nadia).toBeGreaterThan(winShares.ben);
  });
});

describe("people", () => {
  const emailsOf = () =>
    [...account.contacts.values()].flatMap((contact) => contact.email_addresses?.[0]?.email ?? []);

  it("shares an address only among duplicates", () => {
    const count = new Map<string, number>();
    for (const email of emailsOf()) count.set(email.toLowerCase(), (count.get(email.toLowerCase()) ?? 0) + 1);
    const shared = [...count.values()]
      .filter((times) => times > 1)
      .reduce((sum, times) => sum + times - 1, 0);
    expect(shared / 2500).toBeGreaterThan(0.01);
    expect(shared / 2500).toBeLessThan(0.035);
  });

  it("leaves some without an address", () => {
    const without = 2500 - emailsOf().length;
    expect(without / 2500).toBeGreaterThan(0.025);
    expect(without / 2500).toBeLessThan(0.055);
  });

  it("writes names in many scripts", () => {
    const names = [...account.contacts.values()].map((contact) => contact.given_name ?? "").join(" ");
    for (const script of ["Cyrillic", "Han", "Arabic", "Hebrew", "Hiragana"]) {
      expect(new RegExp(`\\p{Script=${script}}`, "u").test(names), script).toBe(true);
    }
    expect(
      [...account.notes.values()].some((note) => /\p{Extended_Pictographic}/u.test(note.text ?? "")),
    ).toBe(true);
    expect([...account.notes.values()].some((note) => (note.text ?? "").length > 1500)).toBe(true);
  });

  it("has tags that differ only by case, and one named like a person", () => {
    const names = [...account.tags.values()].map((tag) => tag.name);
    expect(names).toEqual(expect.arrayContaining(["VIP", "vip", "Rose Bennett"]));
    expect(
      [...account.contacts.values()].some((c) => c.given_name === "Rose" && c.family_name === "Bennett"),
    ).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  it("fills custom fields of every type", () => {
    const used = new Set(
      [...account.contacts.values()].flatMap((c) =>
        (c.custom_fields ?? []).map((f) => account.customFields.get(Number(f.id))?.field_type),
      ),
    );
    expect(used.size).toBe(24);
  });
});
