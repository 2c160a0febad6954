import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { findContactsTool } from "../tools/find-contacts";
import { getContactTool } from "../tools/get-contact";
import { searchKnowledgeTool } from "../tools/search-knowledge";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
let ann: string;
let stranger: string;

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("users", [{ keap_id: 5, given_name: "Ben", family_name: "Lindqvist" }]);
  await world.insert("products", [{ keap_id: 9, name: "Circle" }]);
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
      phone: "+1 555 0100",
      birth_date: "1980-04-30",
      owner_keap_id: 5,
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
  await world.insert("subscriptions", [
    {
      keap_id: 1,
      contact_keap_id: 1,
      product_keap_id: 9,
      active: true,
      start_date: "2026-03-01",
      billing_cycle: "MONTH",
      billing_frequency: 1,
      billing_amount_minor: 2_900,
      currency: "USD",
    },
  ]);
  await world.insert("interactions", [
    {
      keap_id: 2,
      kind: "email",
      contact_keap_id: 1,
      title: "News",
      occurred_at: "2026-03-04T12:00:00Z",
      opened_at: "2026-03-05T12:00:00Z",
    },
  ]);
  const other = await worlds.world();
  [stranger = ""] = await other.insert("contacts", [{ keap_id: 1, given_name: "Stranger" }]);
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

describe("one person", () => {
  it("shows everything known about them", async () => {
    const { profile } = await runTool(getContactTool, { contact_id: ann }, context);
    expect(profile).toMatchObject({
      person: {
        name: "Ann Ames",
        email: "ann_a@example.test",
        country: "United States",
        region: "US-CA",
        lead_source: "Podcast",
        owner: "Ben Lindqvist",
        phone: "+1 555 0100",
        birthday: "1980-04-30",
      },
      memberships: [{ name: "Circle", active: true, since: "2026-03-01", until: null, months: 1 }],
      last_opened_email_at: expect.stringMatching(/^2026-03-05/),
      tags: ["VIP"],
      value: [{ minor: 7_500, currency: "USD" }],
      orders_total: 1,
      orders: [{ total_minor: 10_000 }],
    });
    expect(profile?.touches).toContainEqual(
      expect.objectContaining({ kind: "note", title: "Call", text: "Wants the kiln" }),
    );
    const said = getContactTool.describe({ profile, candidates: [], candidates_total: 0 });
    for (const part of [
      "+1 555 0100",
      "Looked after by Ben Lindqvist",
      "Circle, running since 1 Mar 2026, billed every month",
    ])
      expect(said).toContain(part);
  });

  it("finds them by an exact name", async () => {
    expect(await runTool(getContactTool, { search: "ann ames" }, context)).toMatchObject({
      profile: { person: { contact_id: ann } },
    });
  });

  it("lists who could be meant when several match", async () => {
    const output = await runTool(getContactTool, { search: "ames" }, context);
    expect(output).toMatchObject({
      profile: null,
      candidates: [{ name: "Ann Ames" }, { name: "Anna Ames" }],
      candidates_total: 2,
    });
    expect(getContactTool.describe(output)).toContain("- Anna Ames, anna@example.test");
  });

  it("finds what was written about them by their name", async () => {
    const of = async (person: string) =>
      (await runTool(searchKnowledgeTool, { person }, context)).results.map(({ title }) => title);
    expect(await of("ann ames")).toContain("Call");
    expect(await of("sure@example.test")).not.toContain("Call");
    await expect(of("nobody at all")).rejects.toThrow(/Nobody is called/);
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
