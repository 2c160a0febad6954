import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { scoreRecencyRisk } from "./recency-risk";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const now = new Date("2026-05-01T12:00:00Z");

/** Buys on the given days at noon, each purchase paid in full. */
async function buys(world: World, contact: number, amount: number, days: string[]): Promise<void> {
  await world.insert("contacts", [{ keap_id: contact, given_name: `Person ${contact}` }]);
  const id = (index: number) => contact * 100 + index;
  await sell(
    world,
    days.map((day, index) => ({
      keap_id: id(index),
      contact,
      at: `${day}T12:00:00Z`,
      total: amount,
      items: [{ price: amount }],
    })),
  );
  await pay(
    world,
    days.map((day, index) => ({
      keap_id: id(index),
      contact,
      orders: [id(index)],
      at: `${day}T12:00:00Z`,
      amount,
    })),
  );
}

const score = async (world: World) => {
  const scores = await scoreRecencyRisk({ door: world.door, principal: world.principal, now });
  return {
    ...scores,
    of: (contact: number) => scores.customers.find((customer) => customer.contact_keap_id === contact),
  };
};

describe("risk of not coming back", () => {
  it("divides days since by the own median gap", async () => {
    // Gaps of 10, 20 and 30 days; bought last on 1 March, 61 days ago: 61 ÷ 20 = 3.05.
    const world = await worlds.world();
    await buys(world, 1, 1_000, ["2025-12-31", "2026-01-10", "2026-01-30", "2026-03-01"]);
    const result = await score(world);
    expect(result.of(1)).toMatchObject({
      score: 3.05,
      gap_days: 20,
      own_gap: true,
      days_since: 61,
      occasions: 4,
      value_minor: 4_000,
    });
    expect(result.account_gap_days).toBe(20);
  });

  it("takes the account's gap below three occasions", async () => {
    // All gaps: 40, 10, 10; the account's median is 10. Person 1 bought twice, last 30 days ago: 3.
    const world = await worlds.world();
    await buys(world, 1, 1_000, ["2026-02-20", "2026-04-01"]);
    await buys(world, 2, 1_000, ["2026-04-01", "2026-04-11", "2026-04-21"]);
    const result = await score(world);
    expect(result.of(1)).toMatchObject({ score: 3, gap_days: 10, own_gap: false, days_since: 30 });
    expect(result.of(2)).toMatchObject({ score: 1, own_gap: true });
  });

  it("marks only customers above the median value", async () => {
    // Values 10.00, 20.00 and 60.00: the median is 20.00, so that only person 3 is worth more.
    const world = await worlds.world();
    const days = ["2026-01-01", "2026-01-11", "2026-01-21"];
    await buys(world, 1, 1_000, days.slice(0, 1));
    await buys(world, 2, 1_000, days.slice(0, 2));
    await buys(world, 3, 2_000, days);
    const result = await score(world);
    expect(result.customers.map((customer) => [customer.contact_keap_id, customer.at_risk])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(result.of(3)).toMatchObject({ score: 10, gap_days: 10, days_since: 100 });
  });

  it("is at risk from twice the gap", async () => {
    const world = await worlds.world();
    await buys(world, 1, 100, ["2026-04-30"]);
    await buys(world, 2, 1_000, ["2026-03-22", "2026-04-01", "2026-04-11"]);
    await buys(world, 3, 1_000, ["2026-03-23", "2026-04-02", "2026-04-12"]);
    const result = await score(world);
    expect(result.of(2)).toMatchObject({ score: 2, value_minor: 3_000, at_risk: false });
    await world.database.sql(
      "update public.payments set amount_minor = 5000 where account_id = $1 and keap_id = 200",
      [world.account.id],
    );
    const later = await score(world);
    expect(later.of(2)).toMatchObject({ score: 2, at_risk: true });
    expect(later.of(3)).toMatchObject({ score: 1.9, at_risk: false });
  });

  it("counts orders within a day as one", async () => {
    const world = await worlds.world();
    await buys(world, 1, 1_000, ["2026-04-01"]);
    await sell(world, [
      { keap_id: 901, contact: 1, at: "2026-04-02T11:59:59Z", total: 500, items: [{ price: 500 }] },
      { keap_id: 902, contact: 1, at: "2026-04-02T12:00:00Z", total: 500, items: [{ price: 500 }] },
    ]);
    expect((await score(world)).of(1)).toMatchObject({
      occasions: 2,
      last_occasion_at: expect.stringContaining("2026-04-02T12:00:00"),
    });
  });

  it("knows no score before a second purchase", async () => {
    const world = await worlds.world();
    await buys(world, 1, 1_000, ["2026-01-01"]);
    expect((await score(world)).of(1)).toMatchObject({ score: null, gap_days: null, at_risk: false });
  });

  it("leaves out who was refunded or deleted", async () => {
    const world = await worlds.world();
    await buys(world, 1, 1_000, ["2026-01-01"]);
    await pay(world, [
      { keap_id: 999, contact: 1, at: "2026-01-05T12:00:00Z", amount: 1_000, kind: "refund", refund_of: 100 },
    ]);
    await buys(world, 2, 1_000, ["2026-01-01"]);
    await world.database.sql(
      "update public.contacts set deleted_at = now() where account_id = $1 and keap_id = 2",
      [world.account.id],
    );
    expect((await score(world)).customers).toEqual([]);
  });
});
