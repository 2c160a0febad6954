import type { Row, World } from "./world";

/** Numbers from a seed (mulberry32): the same account for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const num = (value: unknown) => Number(value ?? 0);

/** First and last day of what a random account holds. */
export const randomSpan = { from: "2025-10-01", to: "2026-11-20" };

/**
 * Fills a world with an account full of awkward cases: missing contacts, products and items, drafts, free orders,
 * several currencies, coupons, tax and shipping, part and joint payments, voids, tests, refunds with and without a
 * pair, removed tags, deleted people, renewals.
 */
export async function fillRandomAccount(world: World, seed: number, size = 1): Promise<void> {
  const random = randomFrom(seed);
  const int = (below: number) => Math.floor(random() * below);
  const pick = <T>(values: readonly T[]): T => values[int(values.length)] as T;
  const chance = (probability: number) => random() < probability;
  const start = Date.parse(`${randomSpan.from}T06:00:00Z`);
  const days = (Date.parse(`${randomSpan.to}T00:00:00Z`) - start) / 86_400_000;
  const moment = () => new Date(start + Math.floor(random() * days * 86_400) * 1_000).toISOString();
  const list = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));

  const people = 25 * size;
  await world.insert(
    "lead_sources",
    list(3, (index) => ({ keap_id: index + 1, name: `Source ${index + 1}` })),
  );
  await world.insert("tag_categories", [
    { keap_id: 1, name: "Interests" },
    { keap_id: 2, name: "Campaigns" },
  ]);
  await world.insert(
    "tags",
    list(6, (index) => ({
      keap_id: index + 1,
      name: `Tag ${index + 1}`,
      category_keap_id: [1, 2, null][index % 3],
      // Nobody holds the last two.
      keap_created_at: index < 4 ? null : moment(),
    })),
  );
  await world.insert(
    "products",
    list(5, (index) => ({
      keap_id: index + 1,
      name: `Product ${index + 1}`,
      categories: [["Books"], [{ id: "7", name: "Courses" }], [], ["Books", "Gifts"], []][index],
    })),
  );
  await world.insert(
    "affiliates",
    list(2, (index) => ({ keap_id: index + 1, name: `Partner ${index + 1}` })),
  );
  await world.insert(
    "users",
    list(3, (index) => ({ keap_id: index + 1, given_name: `User ${index + 1}` })),
  );
  const place = () => ({
    country_code: pick(["USA", "CAN", "DEU", ""]),
    region_code: pick(["US-AZ", "CA-ON", ""]),
    region: pick(["Hessen", ""]),
  });
  await world.insert(
    "contacts",
    list(people, (index) => ({
      keap_id: index + 1,
      given_name: `Person ${index + 1}`,
      email: chance(0.8) ? `${pick(["Ada", "ada", "grace", "joan", "mary"])}${int(10)}@example.test` : null,
      keap_created_at: moment(),
      first_lead_source_keap_id: chance(0.6) ? 1 + int(4) : null,
      owner_keap_id: chance(0.7) ? 1 + int(3) : null,
      lead_source_keap_id: chance(0.6) ? 1 + int(3) : null,
      source_type: pick(["WEBFORM", "LANDING_PAGE", "IMPORT", "MANUAL", null]),
      utm_parameters: list(int(3), () => ({
        utm_source: pick(["google", "newsletter", "direct", ""]),
        utm_medium: pick(["cpc", "email", ""]),
        utm_campaign: pick(["spring", "fall"]),
        first_touch: chance(0.3),
        created_at: moment(),
      })),
      addresses: Object.fromEntries(
        ["BILLING", "SHIPPING", "OTHER"].filter(() => chance(0.4)).map((slot) => [slot, place()]),
      ),
      deleted_at: chance(0.05) ? moment() : null,
    })),
  );
  const memberships: Row[] = [];
  for (let contact = 1; contact <= people; contact++) {
    for (let tag = 1; tag <= 4; tag++) {
      if (!chance(0.3)) continue;
      const applied_at = moment();
      const removed = new Date(Date.parse(applied_at) + int(90) * 86_400_000).toISOString();
      memberships.push({
        contact_keap_id: contact,
        tag_keap_id: tag,
        applied_at,
        removed_at: chance(0.2) ? removed : null,
      });
    }
  }
  await world.insert("contact_tags", memberships);
  // Two were merged, one after the other, into a third.
  await world.database.sql(
    `update public.contacts c set deleted_at = coalesce(c.deleted_at, now()), merged_into_keap_id = c.keap_id + 1,
       merged_into_id = (select s.supabase_id from public.contacts s where s.account_id = c.account_id and s.keap_id = c.keap_id + 1)
     where c.account_id = $1 and c.keap_id in (3, 4)`,
    [world.account.id],
  );

  await fillSubscriptions(world, { int, pick, chance, list, people, size, start, days });

  const orders: Row[] = [];
  const items: Row[] = [];
  const instalments = (total: number) => ({
    payment_plan_items: list(1 + int(3), (index) => ({
      due_date: new Date(start + (index * 30 + int(450)) * 86_400_000).toISOString().slice(0, 10),
      amount_due: { amount: Math.floor(total / 3) },
      amount_paid: { amount: 0 },
    })),
  });
  const itemTypes = [
    "PRODUCT",
    "PRODUCT",
    "UPSELL",
    "SERVICE",
    "SUBSCRIPTION",
    "TAX",
    "SHIPPING",
    "DISCOUNT_ORDER_TOTAL",
    "FEE",
    "OTHER",
  ];
  for (let order = 1; order <= 70 * size; order++) {
    let total = 0;
    for (let count = int(5); count > 0; count--) {
      const item_type = pick(itemTypes);
      const price = item_type.startsWith("DISCOUNT") ? -int(400) : int(5_000);
      const quantity = 1 + int(3);
      const discount = chance(0.2) ? int(300) : 0;
      total += price * quantity - discount;
      items.push({
        keap_id: items.length + 1,
        order_keap_id: order,
        product_keap_id: chance(0.8) ? 1 + int(5) : null,
        subscription_keap_id: item_type === "SUBSCRIPTION" || chance(0.4) ? 1 + int(20 * size) : null,
        item_type,
        quantity,
        price_per_unit_minor: price,
        discount_minor: discount,
        deleted_at: chance(0.05) ? moment() : null,
      });
    }
    const total_minor = Math.max(0, chance(0.1) ? int(9_000) : total);
    orders.push({
      keap_id: order,
      contact_keap_id: chance(0.95) ? 1 + int(people) : null,
      status: pick(["PAID", "PAID", "PAID", "SENT", "VIEWED", "DRAFT"]),
      order_time: moment(),
      total_minor,
      refund_total_minor: chance(0.1) ? total_minor : 0,
      currency: chance(0.9) ? "USD" : "EUR",
      total_paid_minor: pick([
        0,
        total_minor,
        total_minor,
        total_minor,
        total_minor,
        Math.floor(total_minor / 2),
      ]),
      due_at: chance(0.5) ? moment() : null,
      payment_plan: chance(0.3) && total_minor > 0 ? instalments(total_minor) : {},
      sales_affiliate_keap_id: chance(0.2) ? 1 + int(3) : null,
      lead_affiliate_keap_id: chance(0.2) ? 1 + int(2) : null,
      shipping_information: chance(0.4) ? { address: place() } : {},
      deleted_at: chance(0.03) ? moment() : null,
    });
  }
  await world.insert("orders", orders);
  await world.insert("order_items", items);

  const payments: Row[] = [];
  const allocations: Row[] = [];
  const transactions: Row[] = [];
  const statuses = ["APPROVED", "APPROVED", "APPROVED", "COMPLETED", "PENDING", "NONE"];
  for (let payment = 1; payment <= 80 * size; payment++) {
    const covers = chance(0.05)
      ? []
      : chance(0.15)
        ? [1 + int(70 * size), 1 + int(70 * size), 1 + int(80 * size)]
        : [1 + int(70 * size)];
    const order_keap_ids = [...new Set(covers)];
    const amount_minor = 1 + int(9_000);
    const contact = chance(0.95) ? 1 + int(people) : null;
    const currency = orders[(order_keap_ids[0] ?? 1) - 1]?.currency ?? "USD";
    const paid_at = moment();
    const refund = chance(0.15) ? 10_000 + payment : null;
    const common = {
      contact_keap_id: contact,
      order_keap_id: order_keap_ids[0] ?? null,
      order_keap_ids,
      // Keap names no currency: what is stored is the account's, whatever the order's is.
      currency: chance(0.5) ? currency : "USD",
    };
    payments.push({
      keap_id: payment,
      ...common,
      amount_minor,
      paid_at,
      status: pick(statuses),
      kind: "payment",
      is_manual: chance(0.5),
      is_test: chance(0.03),
      refund_payment_keap_id: refund,
    });
    if (refund) {
      const bare = chance(0.3);
      payments.push({
        keap_id: refund,
        ...common,
        ...(bare ? { contact_keap_id: null, order_keap_id: null, order_keap_ids: [] } : {}),
        amount_minor: 1 + int(amount_minor),
        paid_at: new Date(Date.parse(paid_at) + int(40) * 3_600_000).toISOString(),
        status: pick(["APPROVED", "NONE", "DECLINED"]),
        is_manual: chance(0.7),
        kind: "refund",
        refund_of_keap_id: payment,
      });
    }
    if (order_keap_ids.length > 1 && chance(0.5)) {
      for (const order of order_keap_ids) {
        if (order > 70 * size) continue;
        allocations.push({
          keap_id: allocations.length + 1,
          payment_keap_id: payment,
          order_keap_id: order,
          amount_minor: int(5_000),
          deleted_at: chance(0.1) ? moment() : null,
        });
      }
    }
    const method = chance(0.05) ? "VOID" : chance(0.05) ? "REFUND" : "CAPTURE";
    const signed = method === "REFUND" ? -int(amount_minor) : amount_minor;
    // Refunds also as transactions: of the refund itself, of the payment given back, twice, or of neither.
    for (let copy = refund ? int(3) : 0; copy > 0; copy--) {
      transactions.push({
        keap_id: 50_000 + transactions.length,
        natural_key: `r${transactions.length}`,
        payment_keap_id: pick([refund, payment, null]),
        contact_keap_id: contact,
        order_keap_ids,
        amount_minor: -num(payments.at(-1)?.amount_minor),
        currency: "USD",
        transaction_method: "REFUND",
        transaction_at: new Date(
          Date.parse(String(payments.at(-1)?.paid_at)) + int(72) * 3_600_000,
        ).toISOString(),
        is_successful: chance(0.9),
        status: pick(["APPROVED", "APPROVED", "FAILED"]),
        deleted_at: null,
      });
    }
    transactions.push({
      keap_id: payment,
      natural_key: `t${payment}`,
      payment_keap_id: payment,
      contact_keap_id: contact,
      order_keap_ids,
      amount_minor: signed,
      currency,
      transaction_method: method,
      transaction_at: paid_at,
      is_successful: chance(0.85),
      status: "APPROVED",
      deleted_at: chance(0.05) ? moment() : null,
    });
  }
  await fillTeam(world, { int, pick, chance, list, people, size, start, days }, moment);
  await world.insert("payments", payments);
  await world.insert("payment_allocations", allocations);
  await world.insert("transactions", transactions);
  await fillMarketing(world, { int, pick, chance, list, people, size, start, days }, moment);
  await fillFields(world, { int, pick, chance, list, people, size, start, days });
}

interface Dice {
  int(below: number): number;
  pick<T>(values: readonly T[]): T;
  chance(probability: number): boolean;
  list<T>(count: number, make: (index: number) => T): T[];
  people: number;
  size: number;
  start: number;
  days: number;
}

/** Two custom fields of people: one with a value at most, one with several. */
async function fillFields(world: World, { pick, chance, list, people }: Dice): Promise<void> {
  await world.insert("custom_field_definitions", [
    { keap_id: 71, record_type: "CONTACT", label: "Size", field_type: "DROPDOWN" },
    { keap_id: 72, record_type: "CONTACT", label: "Goals", field_type: "LIST_BOX" },
  ]);
  const held = list(people, (index) => ({
    keap_id: index + 1,
    fields: {
      ...(chance(0.7) ? { 71: pick(["S", "M", "L"]) } : {}),
      ...(chance(0.8) ? { 72: ["Sell", "Learn", "Give"].filter(() => chance(0.5)) } : {}),
    },
  }));
  await world.database.sql(
    `update public.contacts c set custom_fields = h.fields from jsonb_to_recordset($2::jsonb) as h (keap_id bigint, fields jsonb)
     where c.account_id = $1 and c.keap_id = h.keap_id`,
    [world.account.id, JSON.stringify(held)],
  );
}

async function fillSubscriptions(world: World, dice: Dice): Promise<void> {
  const { int, pick, chance, list, people, size, start, days } = dice;
  const dayOf = (offset: number) => new Date(start + offset * 86_400_000).toISOString().slice(0, 10);
  await world.insert(
    "subscription_plans",
    list(3, (index) => ({
      keap_id: index + 1,
      name: `Plan ${index + 1}`,
      product_keap_id: index + 1,
      total_cycles: [0, 4, null][index],
    })),
  );
  await world.insert(
    "subscriptions",
    list(20 * size, (index) => {
      const begun = int(days);
      const active = chance(0.5);
      const last = begun + int(Math.max(1, days - begun));
      return {
        keap_id: index + 1,
        // Few people with many: swaps, second ones, comings and goings.
        contact_keap_id: 1 + int(Math.ceil(people / 4)),
        product_keap_id: chance(0.9) ? 1 + int(5) : null,
        subscription_plan_keap_id: chance(0.9) ? 1 + int(3) : null,
        active,
        quantity: 1 + int(2),
        billing_amount_minor: pick([0, 1_000, 2_900, 12_000, 200_000]),
        currency: chance(0.9) ? "USD" : "EUR",
        billing_cycle: pick(["MONTH", "MONTH", "YEAR", "WEEK", "DAY"]),
        billing_frequency: pick([1, 1, 2, 3]),
        auto_charge: chance(0.5),
        start_date: dayOf(begun),
        last_bill_date: chance(0.8) ? dayOf(last) : null,
        next_bill_date: chance(0.7) ? dayOf(last + 30) : null,
        end_date: chance(0.2) ? dayOf(last + int(60)) : null,
        cancelled_at: !active && chance(0.7) ? `${dayOf(last + int(20))}T12:00:00Z` : null,
      };
    }),
  );
}

async function fillTeam(world: World, dice: Dice, moment: () => string): Promise<void> {
  const { int, pick, chance, list, people, size } = dice;
  const later = (time: string, within: number) =>
    new Date(Date.parse(time) + int(within) * 86_400_000).toISOString();
  const someone = () => (chance(0.9) ? 1 + int(people) : null);
  const user = () => (chance(0.8) ? 1 + int(3) : null);
  await world.insert(
    "lead_source_expenses",
    list(12, (index) => ({
      keap_id: index + 1,
      lead_source_keap_id: chance(0.9) ? 1 + int(3) : null,
      amount_minor: int(50_000),
      currency: "USD",
      incurred_at: moment(),
      recurring_expense_keap_id: chance(0.5) ? 1 + int(2) : null,
      deleted_at: chance(0.1) ? moment() : null,
    })),
  );
  await world.insert(
    "interactions",
    list(80 * size, (index) => {
      const kind = pick(["note", "task", "appointment", "email", "email"]);
      const occurred_at = moment();
      return {
        keap_id: index + 1,
        kind,
        contact_keap_id: someone(),
        user_keap_id: user(),
        title: chance(0.8) ? pick(["Spring sale", "Fall sale"]) : null,
        occurred_at,
        completed_at: kind === "task" && chance(0.6) ? later(occurred_at, 20) : null,
        opened_at: kind === "email" && chance(0.5) ? later(occurred_at, 3) : null,
        clicked_at: kind === "email" && chance(0.2) ? later(occurred_at, 3) : null,
        deleted_at: chance(0.05) ? moment() : null,
      };
    }),
  );
  const outcomes = ["active", "active", "won", "lost"];
  await world.insert(
    "opportunity_stages",
    outcomes.map((outcome, index) => ({
      keap_id: index + 1,
      name: `Stage ${index + 1}`,
      outcome,
      stage_order: [10, 20, 40, 30][index],
      probability: [10, 50, 100, 0][index],
    })),
  );
  const deals = list(30 * size, (index) => ({
    keap_id: index + 1,
    title: `Deal ${index + 1}`,
    contact_keap_id: someone(),
    user_keap_id: user(),
    stage_keap_id: 1 + int(4),
    keap_created_at: moment(),
    projected_revenue_low_minor: chance(0.8) ? int(9_000) : null,
    projected_revenue_high_minor: chance(0.8) ? 9_000 + int(9_000) : null,
    currency: chance(0.9) ? "USD" : "EUR",
    include_in_forecast: chance(0.8),
    deleted_at: chance(0.05) ? moment() : null,
  }));
  await world.insert("opportunities", deals);
  const moves = deals.flatMap((deal) => {
    const first = later(deal.keap_created_at, 30);
    const last = later(first, 30);
    return [
      {
        opportunity_keap_id: deal.keap_id,
        from_stage_keap_id: 1,
        to_stage_keap_id: 2,
        moved_at: first,
        previous_move_at: deal.keap_created_at,
      },
      {
        opportunity_keap_id: deal.keap_id,
        from_stage_keap_id: 2,
        to_stage_keap_id: deal.stage_keap_id,
        moved_at: last,
        previous_move_at: first,
      },
    ];
  });
  await world.insert(
    "stage_moves",
    moves.filter(() => chance(0.8)).map((move, index) => ({ keap_id: index + 1, ...move })),
  );
}

/** Steady subscriptions, some of which end; addresses and their states; partners; predictions; the sync's own doings. */
async function fillMarketing(world: World, dice: Dice, moment: () => string): Promise<void> {
  const { int, pick, chance, list, people, size, start } = dice;
  const account = world.account.id;
  const later = (time: string, days: number) => new Date(Date.parse(time) + days * 86_400_000).toISOString();
  const steady = list(8 * size, (index) => {
    const begun = -100 + int(200);
    const bills = index < 4 ? 3 + int(3) : 40;
    const months = list(bills, (month) => begun + month * 30).filter((day) => day < 415);
    return { keap_id: 500 + index, contact: 1 + (index % people), months, ended: index < 4 };
  });
  const dayOf = (offset: number) => new Date(start + offset * 86_400_000).toISOString().slice(0, 10);
  await world.insert(
    "subscriptions",
    steady.map(({ keap_id, contact, months, ended }) => ({
      keap_id,
      contact_keap_id: contact,
      active: !ended,
      quantity: 1,
      billing_amount_minor: 1_900,
      currency: "USD",
      billing_cycle: "MONTH",
      billing_frequency: 1,
      auto_charge: true,
      subscription_plan_keap_id: chance(0.5) ? 1 + int(3) : null,
      start_date: dayOf(months[0] ?? 0),
      last_bill_date: dayOf(months.at(-1) ?? 0),
      next_bill_date: dayOf((months.at(-1) ?? 0) + 30),
      cancelled_at: null,
    })),
  );
  const bills = steady.flatMap(({ keap_id, contact, months }) =>
    months.map((offset, index) => ({
      keap_id: keap_id * 100 + index,
      sub: keap_id,
      contact,
      at: `${dayOf(offset)}T15:00:00Z`,
    })),
  );
  await world.insert(
    "orders",
    bills.map(({ keap_id, contact, at }) => ({
      keap_id,
      contact_keap_id: contact,
      status: "PAID",
      order_time: at,
      total_minor: 1_900,
      total_paid_minor: 1_900,
      currency: "USD",
    })),
  );
  await world.insert(
    "order_items",
    bills.map(({ keap_id, sub }) => ({
      keap_id: keap_id + 1_000_000,
      order_keap_id: keap_id,
      subscription_keap_id: sub,
      item_type: "SUBSCRIPTION",
      quantity: 1,
      price_per_unit_minor: 1_900,
    })),
  );
  await world.insert(
    "payments",
    bills.map(({ keap_id, contact, at }) => ({
      keap_id,
      contact_keap_id: contact,
      order_keap_id: keap_id,
      order_keap_ids: [keap_id],
      amount_minor: 1_900,
      currency: "USD",
      paid_at: at,
      status: "APPROVED",
      kind: "payment",
    })),
  );

  // Some bills failed a day before they were paid.
  await world.insert(
    "transactions",
    bills
      .filter(() => chance(0.2))
      .map(({ keap_id, contact, at }) => ({
        natural_key: `failed ${keap_id}`,
        contact_keap_id: contact,
        order_keap_ids: [keap_id],
        amount_minor: 1_900,
        currency: "USD",
        transaction_method: "CAPTURE",
        transaction_at: later(at, -1),
        is_successful: false,
        status: "FAILED",
      })),
  );

  const states = [
    "SINGLE_OPT_IN",
    "CONFIRMED",
    "BOUNCE",
    "HARD_BOUNCE",
    "LIST_UNSUBSCRIBE",
    "SPAM",
    "NON_MARKETABLE",
  ];
  const addresses = await world.database.sql<{ email: string }>(
    "select distinct lower(email) as email from public.contacts where account_id = $1 and email is not null order by 1",
    [account],
  );
  for (const { email } of addresses) {
    if (chance(0.7))
      await world.database.sql(
        `update public.contacts set email_addresses = jsonb_set(email_addresses, '{EMAIL1}', email_addresses -> 'EMAIL1' || $3::jsonb)
         where account_id = $1 and lower(email) = $2`,
        [account, email, JSON.stringify({ email_opt_status: pick(states), is_opt_in: chance(0.5) })],
      );
    if (chance(0.3))
      await world.insert("email_addresses_status", [
        { email, status: pick([...states, null]), opted_in: chance(0.5) },
      ]);
    let at = moment();
    for (let count = int(4); count > 0; count--) {
      await world.database.sql(
        "insert into private.email_state_changes (account_id, email, seen_at, state_before, state_after) values ($1, $2, $3, $4, $5) on conflict do nothing",
        [account, email, at, pick(states), pick(states)],
      );
      at = later(at, 1 + int(60));
    }
  }
  const someone = () => (chance(0.9) ? 1 + int(people) : null);
  await world.insert(
    "referrals",
    list(8 * size, (index) => ({
      keap_id: index + 1,
      contact_keap_id: someone(),
      affiliate_keap_id: 1 + int(2),
      referred_at: moment(),
    })),
  );
  await world.insert(
    "affiliate_commissions",
    list(20 * size, (index) => ({
      natural_key: `c${index}`,
      kind: pick(["earned", "earned", "paid", "clawed_back"]),
      affiliate_keap_id: chance(0.9) ? 1 + int(2) : null,
      contact_keap_id: someone(),
      amount_minor: int(4_000),
      currency: chance(0.9) ? "USD" : "EUR",
      occurred_at: moment(),
      deleted_at: chance(0.1) ? moment() : null,
    })),
  );
  const ids = await world.database.sql<{ id: string }>(
    "select supabase_id as id from public.contacts where account_id = $1 order by keap_id",
    [account],
  );
  for (const model of ["clv/1", "churn/1", "conversion/2"]) {
    for (const { id } of ids.filter(() => chance(0.4))) {
      for (const scored_at of [moment(), moment()].slice(0, 1 + int(2)))
        await world.database.sql(
          "insert into public.predictions (account_id, contact_id, model, score, scored_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
          [account, id, model, model === "clv/1" ? int(90_000) / 3 : int(1_000) / 1_000, scored_at],
        );
    }
  }
  for (const entity of ["contacts", "orders"]) {
    for (let run = 0; run < 4; run++)
      await world.database.sql(
        "insert into sync.verification_runs (account_id, entity, unexplained, finished_at) values ($1, $2, $3, $4)",
        [account, entity, int(5), chance(0.8) ? moment() : null],
      );
  }
  // As the sync leaves them: changed in Keap or here, and some seconds later on the other side.
  await world.database.sql(
    "update public.accounts set created_at = '2026-01-15T00:00:00Z', settings = settings || $2::jsonb where id = $1",
    [account, JSON.stringify({ campaign_tag_categories: [2] })],
  );
  await world.database.sql("set session_replication_role = replica");
  for (const table of ["contacts", "orders"]) {
    const rows = await world.database.sql<{ id: string }>(
      `select supabase_id as id from public.${table} where account_id = $1 order by keap_id limit 15`,
      [account],
    );
    for (const { id } of rows) {
      const inbound = chance(0.5);
      const at = moment();
      const arrived = new Date(Date.parse(at) + int(900) * 1_000).toISOString();
      await world.database.sql(
        `update public.${table} set last_modified_by = $2, keap_updated_at = $3, last_updated_at = $3 where supabase_id = $1`,
        [id, inbound ? "keap" : "sql", at],
      );
      await world.database.sql(
        "insert into sync.journal (account_id, at, entity, record_id, direction, action, origin) values ($1, $2, $3, $4, $5, 'update', 'test')",
        [account, arrived, table, id, inbound === chance(0.9) ? "in" : "out"],
      );
    }
  }
  await world.database.sql("set session_replication_role = origin");
}
