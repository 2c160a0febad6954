import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { findContactsTool } from "../tools/find-contacts";
import { type Where, whereInWords } from "./where";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;

/**
 * Ann: kit in January and June 2026 (100.00 and 50.00), something unpaid in June, VIP since 1 February, California. Bob: call in March (30.00),
 * given back in April. Cleo: nothing, no e-mail, no tag. Dan: kit in 2025 (20.00), Newsletter.
 */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("lead_sources", [{ keap_id: 1, name: "Podcast" }]);
  await world.insert("products", [
    { keap_id: 1, name: "Kit" },
    { keap_id: 2, name: "Call" },
  ]);
  const person = (keap_id: number, given_name: string, created: string, more: object = {}) => ({
    keap_id,
    given_name,
    email: `${given_name.toLowerCase()}@example.test`,
    keap_created_at: created,
    ...more,
  });
  for (const each of [
    person(1, "Ann", "2025-12-31T12:00:00Z", {
      addresses: { BILLING: { country_code: "USA", region_code: "US-CA" } },
      lead_source_keap_id: 1,
      first_lead_source_keap_id: 1,
    }),
    person(2, "Bob", "2026-02-01T12:00:00Z"),
    person(3, "Cleo", "2026-03-01T12:00:00Z", { email: null }),
    person(4, "Dan", "2025-02-01T12:00:00Z"),
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
];

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
