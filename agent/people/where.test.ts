import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { findContactsTool } from "../tools/find-contacts";
import type { Where } from "./where";
import { whereInWords } from "./where-words";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;

/**
 * Ann: kit in January and June 2026 (100.00 and 50.00), something unpaid in June, VIP since 1 February, California. Bob: call in March (30.00),
 * given back in April. Cleo: nothing, no e-mail, no tag. Dan: kit in 2025 (20.00), Newsletter. Ann has a phone number and
 * lives in Oakland, Dan's number is his second; Bob belongs to Nadia; Dan had a birthday in December.
 */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("lead_sources", [{ keap_id: 1, name: "Podcast" }]);
  await world.insert("products", [
    { keap_id: 1, name: "Kit", categories: [{ id: "5", name: "Goods" }] },
    { keap_id: 2, name: "Call" },
  ]);
  await world.insert("users", [{ keap_id: 6, given_name: "Nadia", family_name: "Okafor" }]);
  const person = (keap_id: number, given_name: string, created: string, more: object = {}) => ({
    keap_id,
    given_name,
    email: `${given_name.toLowerCase()}@example.test`,
    keap_created_at: created,
    ...more,
  });
  for (const each of [
    person(1, "Ann", "2025-12-31T12:00:00Z", {
      addresses: { BILLING: { country_code: "USA", region_code: "US-CA", locality: "Oakland" } },
      phone: "555-0100",
      lead_source_keap_id: 1,
      first_lead_source_keap_id: 1,
    }),
    person(2, "Bob", "2026-02-01T12:00:00Z", { owner_keap_id: 6 }),
    person(3, "Cleo", "2026-03-01T12:00:00Z", { email: null }),
    person(4, "Dan", "2025-02-01T12:00:00Z", {
      email: "dan@mail.example.org",
      phone_numbers: { PHONE2: { number: "555-0200" } },
      birth_date: "1980-12-04",
    }),
  ])
    await world.insert("contacts", [each]);
  await world.insert("tags", [
    { keap_id: 1, name: "VIP" },
    { keap_id: 2, name: "Newsletter" },
  ]);
  await world.insert("contact_tags", [
    { contact_keap_id: 1, tag_keap_id: 1, applied_at: "2026-02-01T17:00:00Z" },
    { contact_keap_id: 4, tag_keap_id: 2, applied_at: "2025-06-01T17:00:00Z" },
  ]);
  await sell(world, [
    {
      keap_id: 1,
      contact: 1,
      at: "2026-01-10T15:00:00Z",
      total: 10_000,
      items: [{ product: 1, price: 10_000 }],
    },
    {
      keap_id: 2,
      contact: 1,
      at: "2026-06-30T15:00:00Z",
      total: 5_000,
      items: [{ product: 1, price: 5_000 }],
    },
    {
      keap_id: 3,
      contact: 2,
      at: "2026-03-10T15:00:00Z",
      total: 3_000,
      items: [{ product: 2, price: 3_000 }],
    },
    {
      keap_id: 4,
      contact: 4,
      at: "2025-03-10T15:00:00Z",
      total: 2_000,
      items: [{ product: 1, price: 2_000 }],
    },
  ]);
  await world.insert("opportunity_stages", [
    { keap_id: 4, name: "Lost", stage_order: 4, outcome: "lost", probability: 0 },
  ]);
  await world.insert("opportunities", [
    {
      keap_id: 1,
      title: "Press",
      stage_keap_id: 4,
      contact_keap_id: 2,
      keap_created_at: "2026-03-01T12:00:00Z",
      objection: "Pricing too high",
    },
  ]);
  await world.insert("orders", [
    {
      keap_id: 5,
      contact_keap_id: 1,
      status: "SENT",
      order_time: "2026-06-30T16:00:00Z",
      total_minor: 700,
      total_paid_minor: 0,
      currency: "USD",
      title: "Unpaid",
    },
  ]);
  await pay(world, [
    { keap_id: 1, contact: 1, orders: [1], at: "2026-01-10T15:00:00Z", amount: 10_000 },
    { keap_id: 2, contact: 1, orders: [2], at: "2026-06-30T15:00:00Z", amount: 5_000 },
    { keap_id: 3, contact: 2, orders: [3], at: "2026-03-10T15:00:00Z", amount: 3_000 },
    {
      keap_id: 4,
      contact: 2,
      orders: [3],
      at: "2026-04-10T15:00:00Z",
      amount: 3_000,
      kind: "refund",
      refund_of: 3,
    },
    { keap_id: 5, contact: 4, orders: [4], at: "2025-03-10T15:00:00Z", amount: 2_000 },
  ]);
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

const find = (input: Record<string, unknown>) => runTool(findContactsTool, input, context);
const namesOf = async (input: Record<string, unknown>) =>
  ((await find(input)) as { people: { name: string }[] }).people.map(({ name }) => name);

it("chooses people one by one, and all but those", async () => {
  const { people } = (await find({ search: "Ann" })) as { people: { contact_id: string }[] };
  const ids = people.map(({ contact_id }) => contact_id);
  expect(ids).toHaveLength(1);
  expect(await namesOf({ where: { ids } })).toEqual(["Ann"]);
  expect(await namesOf({ where: { not: { ids } } })).toEqual(["Bob", "Cleo", "Dan"]);
  expect(await namesOf({ where: { and: [{ ids }, { bought: ["Call"] }] } })).toEqual(
    (await namesOf({ where: { bought: ["Call"] } })).filter((name) => name === "Ann"),
  );
});

const kit: Where = { bought: ["Kit"] };
const cases: [string, Where, string[]][] = [
  ["a product, ever", kit, ["Ann", "Dan"]],
  [
    "a product in a period, its last day included",
    { bought: ["Kit"], from: "2026-06-30", to: "2026-06-30" },
    ["Ann"],
  ],
  ["not in a period", { not: { bought: ["Kit"], from: "2026-01-01" } }, ["Bob", "Cleo", "Dan"]],
  ["anything twice", { bought: [], at_least: 2 }, ["Ann"]],
  ["anything exactly once", { bought: [], at_least: 1, at_most: 1 }, ["Bob", "Dan"]],
  ["at most once, which never is", { bought: [], at_least: 0, at_most: 1 }, ["Bob", "Cleo", "Dan"]],
  ["one or the other", { or: [{ tag: ["VIP"] }, { bought: ["Call"] }] }, ["Ann", "Bob"]],
  ["neither", { not: { or: [{ tag: ["VIP"] }, { bought: ["Call"] }] } }, ["Cleo", "Dan"]],
  ["both, one negated", { and: [kit, { not: { tag: ["Newsletter"] } }] }, ["Ann"]],
  ["a tag put on in a period", { tag: ["VIP", "Newsletter"], from: "2026-01-01" }, ["Ann"]],
  ["money of a period", { paid_over: 49, from: "2026-06-01", to: "2026-06-30" }, ["Ann"]],
  ["money less than, which nothing is", { paid_under: 20 }, ["Bob", "Cleo"]],
  ["no e-mail", { not: { is: "has_email" } }, ["Cleo"]],
  ["no tag", { not: { is: "tagged" } }, ["Bob", "Cleo"]],
  ["customers: money was kept", { is: "customer" }, ["Ann", "Dan"]],
  ["a refund in a period", { did: "got_refund", from: "2026-04-01", to: "2026-04-30" }, ["Bob"]],
  ["added in a period", { did: "joined", from: "2026-02-01", to: "2026-03-01" }, ["Bob", "Cleo"]],
  ["became customers", { did: "first_bought", from: "2026-01-01" }, ["Ann"]],
  ["a place or a source", { or: [{ region: ["US-CA"] }, { lead_source: ["Podcast"] }] }, ["Ann"]],
  ["no lead source of that name", { not: { lead_source: ["Podcast"] } }, ["Bob", "Cleo", "Dan"]],
  ["subscribers, of whom there are none", { is: "subscriber" }, []],
  ["who owes", { is: "owes" }, ["Ann"]],
  ["who owes more than 5.00", { owes_over: 5 }, ["Ann"]],
  ["who owes more than 7.00", { owes_over: 7 }, []],
  // Placed on 30 June, 146 days before the clock.
  ["late by more than 145 days", { overdue_days: 145 }, ["Ann"]],
  ["late by more than 147 days", { overdue_days: 147 }, []],
  ["a phone number, in any slot", { is: "has_phone" }, ["Ann", "Dan"]],
  ["an owner", { is: "has_owner" }, ["Bob"]],
  ["this owner", { owner: ["Nadia Okafor"] }, ["Bob"]],
  ["not this owner", { not: { owner: ["Nadia Okafor"] } }, ["Ann", "Cleo", "Dan"]],
  ["no lead source", { not: { is: "has_lead_source" } }, ["Bob", "Cleo", "Dan"]],
  ["a town", { city: ["oakland"] }, ["Ann"]],
  ["a mail domain in full", { mail_domain: ["mail.example.org"] }, ["Dan"]],
  ["a mail domain by its first part", { mail_domain: ["mail"] }, ["Dan"]],
  ["not the end of another domain", { mail_domain: ["example.org"] }, []],
  ["a month of birth", { birthday_month: 12 }, ["Dan"]],
  ["a product category", { bought: [], category: ["Goods"] }, ["Ann", "Dan"]],
  ["a category or a product", { bought: ["Call"], category: ["Goods"], from: "2026-01-01" }, ["Ann", "Bob"]],
  ["no product of a category", { not: { bought: [], category: ["Goods"] } }, ["Bob", "Cleo"]],
  // The kit of January came before the tag, that of June 148 days after it.
  ["bought after a tag", { bought: ["Kit"], after_tag: ["VIP"] }, ["Ann"]],
  ["bought within days of a tag", { bought: ["Kit"], after_tag: ["VIP"], within_days: 150 }, ["Ann"]],
  ["bought too late after a tag", { bought: ["Kit"], after_tag: ["VIP"], within_days: 148 }, []],
  ["bought within days of being added", { bought: [], within_days: 36 }, ["Ann"]],
  ["a little later after being added", { bought: [], within_days: 40 }, ["Ann", "Bob", "Dan"]],
  ["one order over an amount", { order_over: 49.99 }, ["Ann"]],
  ["one order over it in a period", { order_over: 50, from: "2026-06-01" }, []],
  ["one order under an amount", { order_under: 30 }, ["Ann", "Dan"]],
  ["a refund of a product", { did: "got_refund", product: ["Call"] }, ["Bob"]],
  ["a refund of another product", { did: "got_refund", product: ["Kit"] }, []],
  ["a deal won", { deal: "won" }, []],
  ["a deal lost for a reason", { deal: "lost", reason: "pric" }, ["Bob"]],
  ["a deal lost for another", { deal: "lost", reason: "time" }, []],
  ["an appointment", { did: "met" }, []],
  ["a task past its day", { is: "task_overdue" }, []],
  // Fifths of three: latest Ann (5), Bob (4), Dan (2); F and M rounded up: Ann 2 and 5, Bob 1 and 4, Dan 1 and 2.
  ["an RFM group", { rfm: ["champions"] }, ["Ann"]],
  ["RFM groups", { rfm: ["loyal", "inactive"] }, ["Bob", "Dan"]],
  [
    "RFM groups as of a day",
    { rfm: ["champions", "loyal", "recent", "inactive", "at risk", "needs attention"], on: "2025-12-31" },
    ["Dan"],
  ],
];

/**
 * Eve pays monthly since May and is billed again on 10 December; Fay's year ended on 1 October, which she said was too
 * dear; Gus changed from monthly to yearly in March; Hal cancelled what is paid until 5 December.
 */
describe("people by their subscriptions", () => {
  let subscribers: ToolContext;
  beforeAll(async () => {
    const other = await worlds.world();
    await other.insert("products", [
      { keap_id: 1, name: "Circle" },
      { keap_id: 2, name: "Circle Pro" },
    ]);
    await other.insert("contacts", [
      { keap_id: 1, given_name: "Eve", keap_created_at: "2025-01-01T12:00:00Z" },
      { keap_id: 2, given_name: "Fay", keap_created_at: "2025-01-01T12:00:00Z" },
      { keap_id: 3, given_name: "Gus", keap_created_at: "2025-01-01T12:00:00Z" },
      { keap_id: 4, given_name: "Hal", keap_created_at: "2025-01-01T12:00:00Z" },
    ]);
    const month = {
      billing_cycle: "MONTH",
      billing_frequency: 1,
      billing_amount_minor: 3_000,
      auto_charge: true,
    };
    const year = { ...month, billing_cycle: "YEAR", billing_amount_minor: 30_000 };
    await other.insert("subscriptions", [
      {
        keap_id: 1,
        contact_keap_id: 1,
        product_keap_id: 1,
        active: true,
        start_date: "2026-05-10",
        last_bill_date: "2026-11-10",
        next_bill_date: "2026-12-10",
        ...month,
      },
      {
        keap_id: 2,
        contact_keap_id: 2,
        product_keap_id: 1,
        active: false,
        start_date: "2025-10-01",
        last_bill_date: "2025-10-01",
        next_bill_date: "2026-10-01",
        reason_stopped: "Price increase",
        ...year,
      },
      {
        keap_id: 3,
        contact_keap_id: 3,
        product_keap_id: 1,
        active: false,
        start_date: "2026-01-15",
        last_bill_date: "2026-02-15",
        next_bill_date: "2026-03-15",
        ...month,
      },
      {
        keap_id: 4,
        contact_keap_id: 3,
        product_keap_id: 2,
        active: true,
        start_date: "2026-03-15",
        last_bill_date: "2026-03-15",
        next_bill_date: "2027-03-15",
        ...year,
      },
      {
        keap_id: 5,
        contact_keap_id: 4,
        product_keap_id: 1,
        active: false,
        start_date: "2026-09-05",
        last_bill_date: "2026-11-05",
        next_bill_date: "2026-12-05",
        reason_stopped: "No time",
        ...month,
      },
    ]);
    const bills: [number, number, number, string][] = [
      [1, 1, 1, "2026-05-10T15:00:00Z"],
      [2, 2, 2, "2025-10-01T15:00:00Z"],
      [3, 3, 3, "2026-01-15T15:00:00Z"],
      [4, 3, 4, "2026-03-15T15:00:00Z"],
      [5, 4, 5, "2026-09-05T15:00:00Z"],
    ];
    await sell(
      other,
      bills.map(([keap_id, contact, subscription, at]) => ({
        keap_id,
        contact,
        at,
        total: 3_000,
        items: [{ product: 1, price: 3_000, subscription }],
      })),
    );
    await pay(
      other,
      bills.map(([keap_id, contact, , at]) => ({ keap_id, contact, orders: [keap_id], at, amount: 3_000 })),
    );
    subscribers = await contextFor(other, { role: "analyst" });
  });
  const cases: [string, Where, string[]][] = [
    ["who pays now", { subscription: "runs" }, ["Eve", "Gus", "Hal"]],
    ["who pays yearly", { subscription: "runs", every: "year" }, ["Gus"]],
    ["who pays for a product", { subscription: "runs", product: ["Circle"] }, ["Eve", "Hal"]],
    ["who took out their first", { subscription: "started", from: "2026-03-01", to: "2026-05-31" }, ["Eve"]],
    [
      "the first of a product",
      { subscription: "started", product: ["Circle Pro"], from: "2026-03-01" },
      ["Gus"],
    ],
    ["who left, a change of plan apart", { subscription: "ended" }, ["Fay"]],
    ["who left in a period", { subscription: "ended", from: "2026-01-01", to: "2026-09-30" }, []],
    [
      "who left a product for another",
      { subscription: "ended", product: ["Circle"], to: "2026-09-30" },
      ["Gus"],
    ],
    ["who left for a reason", { subscription: "ended", reason: "price" }, ["Fay"]],
    ["who is going to leave", { subscription: "ends", from: "2026-11-23", to: "2026-12-22" }, ["Hal"]],
    ["who is billed again", { subscription: "renews", from: "2026-12-01", to: "2026-12-31" }, ["Eve"]],
    [
      "who is billed again for a year",
      { subscription: "renews", every: "year", from: "2027-03-01", to: "2027-03-31" },
      ["Gus"],
    ],
  ];
  for (const [what, where, expected] of cases)
    it(what, async () => {
      const { people } = (await runTool(findContactsTool, { where }, subscribers)) as {
        people: { name: string }[];
      };
      expect(people.map(({ name }) => name)).toEqual(expected);
    });
});

describe("people by nested conditions", () => {
  for (const [what, where, expected] of cases)
    it(what, async () => expect(await namesOf({ where })).toEqual(expected));

  it("adds them to the flat ones", async () =>
    expect(
      await namesOf({ bought_product: ["Kit"], where: { not: { bought: [], from: "2026-01-01" } } }),
    ).toEqual(["Dan"]));

  it("puts who paid the most first, of a period where one is said", async () => {
    expect(await namesOf({ order: { by: "spent" } })).toEqual(["Ann", "Dan"]);
    expect(await namesOf({ order: { by: "spent", from: "2026-03-01", to: "2026-03-31" } })).toEqual(["Bob"]);
    expect(await namesOf({ order: { by: "orders" }, limit: 1 })).toEqual(["Ann"]);
    expect(await namesOf({ order: { by: "last_order" } })).toEqual(["Ann", "Bob", "Dan"]);
    expect(await namesOf({ order: { by: "added", ascending: true } })).toEqual(["Dan", "Ann", "Bob", "Cleo"]);
  });

  it("says which share of some people meets the conditions", async () => {
    expect(await find({ among: { did: "joined", from: "2026-01-01" }, where: { bought: [] } })).toMatchObject(
      {
        total: 1,
        among: { total: 2, share: 0.5 },
      },
    );
    expect(await find({ among: { is: "subscriber" }, where: { bought: [] } })).toMatchObject({
      total: 0,
      among: { total: 0, share: null },
    });
  });
});

it("says the conditions in words", () => {
  expect(
    whereInWords({ and: [kit, { not: { tag: ["VIP"] } }, { bought: [], at_least: 2, from: "2026-01-01" }] }),
  ).toBe('bought "Kit" and do not hold the tag "VIP" and bought anything at least 2 times since 1 Jan 2026');
  expect(whereInWords({ not: { or: [{ is: "subscriber" }, { is: "owes" }] } })).toBe(
    "have no paying subscription and owe nothing",
  );
});
