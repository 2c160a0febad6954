import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "@/analytics/query/run";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { createSegmentTool } from "../tools/create-segment";
import { runTool } from "../tools/define-tool";
import { refreshSegments } from "./refresh-segments";
import { membersNow } from "./save-segment";

/** Ann and Bob hold VIP when the segments are made; afterwards Ann loses it and Cid gets it. */
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert(
    "contacts",
    ["Ann", "Bob", "Cid"].map((given_name, index) => ({
      keap_id: index + 1,
      given_name,
      keap_created_at: "2026-03-01T12:00:00Z",
    })),
  );
  await world.insert("tags", [{ keap_id: 1, name: "VIP" }]);
  const held = { tag_keap_id: 1, applied_at: "2026-03-02T12:00:00Z" };
  await world.insert("contact_tags", [
    { contact_keap_id: 1, ...held },
    { contact_keap_id: 2, ...held },
  ]);
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

const membersOf = async (name: string) =>
  (
    await world.database.sql<{ given_name: string }>(
      `select c.given_name from public.segment_members m
       join public.segments s on s.id = m.segment_id join public.contacts c on c.supabase_id = m.contact_id
       where s.account_id = $1 and s.name = $2 and m.left_at is null order by 1`,
      [world.account.id, name],
    )
  ).map(({ given_name }) => given_name);

const counted = async (segment: string) => {
  const query = {
    metrics: ["new_leads"],
    range: { from: "2026-01-01", to: "2026-06-30" },
    filters: { in_segment: [segment] },
  };
  return (await runMetricQuery(query, world.at("2026-11-23T15:00:00Z"))).totals[0]?.new_leads;
};

describe("segments, live and frozen", () => {
  it("keeps the people of then in a frozen one", async () => {
    const who = { has_tag: ["VIP"] };
    const frozen = await runTool(createSegmentTool, { name: "Then", kind: "frozen", ...who }, context);
    expect(frozen).toMatchObject({ kind: "frozen", people_now: 2 });
    expect(await runTool(createSegmentTool, { name: "Now", ...who }, context)).toMatchObject({
      kind: "live",
    });
    expect(await membersOf("Then")).toEqual(["Ann", "Bob"]);

    await world.database.sql(
      "update public.contact_tags set removed_at = now() where account_id = $1 and contact_keap_id = 1",
      [world.account.id],
    );
    await world.insert("contact_tags", [
      { contact_keap_id: 3, tag_keap_id: 1, applied_at: "2026-04-01T12:00:00Z" },
    ]);
    const { service } = world.database;
    expect(await refreshSegments({ service, door: world.door, clock: () => new Date() })).toEqual({
      refreshed: 1,
      failed: 0,
    });
    expect(await membersOf("Then")).toEqual(["Ann", "Bob"]);
    expect(await membersOf("Now")).toEqual(["Bob", "Cid"]);
  });

  it("filters numbers by either kind", async () => {
    expect(await counted("Then")).toBe(2);
    expect(await counted("Now")).toBe(2);
    await world.database.sql(
      "update public.contact_tags set removed_at = now() where account_id = $1 and contact_keap_id = 3",
      [world.account.id],
    );
    // A live one is read by its conditions: Bob alone holds the tag now.
    expect(await counted("Now")).toBe(1);
    expect(await counted("Then")).toBe(2);
  });

  it("freezes everybody over small pages", async () => {
    const everybody = { where: { not: { tag: ["VIP"] } } };
    const { ids, complete } = await membersNow(everybody, context, { size: 1 });
    expect([ids.length, complete]).toEqual([2, true]);
    expect(await membersNow(everybody, context, { size: 1, most: 1 })).toEqual({
      ids: ids.slice(0, 1),
      complete: false,
    });
  });

  it("refuses a name that is taken, and viewers", async () => {
    const wanted = { name: "Then", kind: "frozen" as const, has_tag: ["VIP"] };
    await expect(runTool(createSegmentTool, wanted, context)).rejects.toThrow(/already/);
    const viewer = await contextFor(world, { role: "viewer" });
    const { error } = await viewer.db.rpc("save_frozen_segment", {
      p_account: world.account.id,
      p_item: { name: "Mine" },
      p_contact_ids: [],
    });
    expect(error?.code).toBe("42501");
  });

  it("takes nobody of another account into it", async () => {
    const [stranger] = await (await worlds.world()).insert("contacts", [{ keap_id: 1, given_name: "Eve" }]);
    const { data, error } = await context.db.rpc("save_frozen_segment", {
      p_account: world.account.id,
      p_item: { name: "Strangers" },
      p_contact_ids: [stranger ?? ""],
    });
    expect(error).toBeNull();
    expect(data).toMatchObject({ members: 0 });
  });
});
