import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { findContactsTool } from "../tools/find-contacts";
import { getContactTool } from "../tools/get-contact";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
let ann: string;
let stranger: string;

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("lead_sources", [{ keap_id: 1, name: "Podcast" }]);
  [ann = ""] = await world.insert("contacts", [
    {
      keap_id: 1,
      given_name: "Ann",
      family_name: "Ames",
      email: "ann_a@example.test",
      keap_created_at: "2026-01-05T12:00:00Z",
      lead_source_keap_id: 1,
      first_lead_source_keap_id: 1,
      addresses: { BILLING: { country_code: "USA", region_code: "US-CA" } },
    },
    { keap_id: 2, given_name: "Anna", family_name: "Ames", email: "anna@example.test" },
    { keap_id: 3, given_name: "100%", family_name: "Sure", email: "sure@example.test" },
  ]);
  await world.insert("tags", [
    { keap_id: 1, name: "VIP" },
    { keap_id: 2, name: "Gone" },
  ]);
  await world.insert("contact_tags", [
    { contact_keap_id: 1, tag_keap_id: 1, applied_at: "2026-02-01T12:00:00Z" },
    {
      contact_keap_id: 1,
      tag_keap_id: 2,
      applied_at: "2026-02-01T12:00:00Z",
      removed_at: "2026-03-01T12:00:00Z",
    },
  ]);
  await sell(world, [
    { keap_id: 1, contact: 1, at: "2026-02-10T15:00:00Z", total: 10_000, items: [{ price: 10_000 }] },
  ]);
  await pay(world, [
    { keap_id: 1, contact: 1, orders: [1], at: "2026-02-10T15:00:00Z", amount: 10_000 },
    {
      keap_id: 2,
      contact: 1,
      orders: [1],
      at: "2026-02-20T15:00:00Z",
      amount: 2_500,
      kind: "refund",
      refund_of: 1,
    },
  ]);
  await world.insert("interactions", [
    {
      keap_id: 1,
      kind: "note",
      contact_keap_id: 1,
      title: "Call",
      body: "Wants the kiln",
      occurred_at: "2026-03-01T12:00:00Z",
    },
  ]);
  const other = await worlds.world();
  [stranger = ""] = await other.insert("contacts", [{ keap_id: 1, given_name: "Stranger" }]);
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

describe("one person", () => {
  it("shows everything known about them", async () => {
    expect(await runTool(getContactTool, { contact_id: ann }, context)).toMatchObject({
      person: {
        name: "Ann Ames",
        email: "ann_a@example.test",
        country: "United States",
        region: "US-CA",
        lead_source: "Podcast",
      },
      tags: ["VIP"],
      value: [{ minor: 7_500, currency: "USD" }],
      orders_total: 1,
      orders: [{ total_minor: 10_000 }],
      touches: [{ kind: "note", title: "Call", text: "Wants the kiln" }],
    });
  });

  it("finds them by an exact name", async () => {
    expect(await runTool(getContactTool, { search: "ann ames" }, context)).toMatchObject({
      person: { contact_id: ann },
    });
  });

  it("asks which one when several match", async () => {
    await expect(runTool(getContactTool, { search: "ames" }, context)).rejects.toThrow(/2 people match/);
  });

  it("does not know people of other accounts", async () => {
    await expect(runTool(getContactTool, { contact_id: stranger }, context)).rejects.toThrow(
      /no such person/,
    );
  });

  it("is closed to viewers", async () => {
    const viewer = await contextFor(world, { role: "viewer" });
    await expect(runTool(getContactTool, { contact_id: ann }, viewer)).rejects.toThrow(
      /not open to the role/,
    );
  });
});

describe("finding people", () => {
  it("pages through with a total from SQL", async () => {
    const first = await runTool(findContactsTool, { limit: 2 }, context);
    expect(first).toMatchObject({ total: 3, truncated: true, next_cursor: "2" });
    const second = await runTool(findContactsTool, { limit: 2, cursor: "2" }, context);
    expect(second).toMatchObject({ total: 3, truncated: false, next_cursor: null });
    expect(new Set([...first.people, ...second.people].map(({ contact_id }) => contact_id)).size).toBe(3);
  });

  it("takes percent signs and underscores literally", async () => {
    expect(await runTool(findContactsTool, { search: "100%" }, context)).toMatchObject({ total: 1 });
    expect(await runTool(findContactsTool, { search: "ann_" }, context)).toMatchObject({ total: 1 });
  });

  it("leaves out tags that were taken off", async () => {
    expect(await runTool(findContactsTool, { has_tag: ["Gone"] }, context)).toMatchObject({ total: 0 });
    expect(await runTool(findContactsTool, { has_tag: ["vip"] }, context)).toMatchObject({ total: 1 });
  });

  it("chooses by what they paid in all, refunds taken off", async () => {
    // Ann paid 100.00 and got 25.00 back; the other two paid nothing.
    const total = async (input: Record<string, unknown>) =>
      (await runTool(findContactsTool, input, context)).total;
    expect(await total({ spent_over: 74.99 })).toBe(1);
    expect(await total({ spent_over: 75 })).toBe(0);
    expect(await total({ spent_over: 0 })).toBe(1);
    expect(await total({ spent_under: 75 })).toBe(2);
    expect(await total({ spent_under: 75.01 })).toBe(3);
    expect(await total({ spent_over: 50, spent_under: 100, has_tag: ["VIP"] })).toBe(1);
  });
});
