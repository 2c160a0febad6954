import { describe, expect, it } from "vitest";
import { runPoll } from "../inbound/poll";
import { createMemoryQuota } from "../keap/quota";
import { type Cell, cells } from "./cells";
import { createMemorySide, createSimClock } from "./testing/database-side";
import { checkAll, initialCells } from "./testing/invariants";
import { createTinyAccount } from "./testing/tiny-account";
import { createWorld, quiesce, type World, type WorldOptions } from "./testing/world";

/**
 * The invariants that need a history of their own. The others (I1–I6, I8–I11, I14, I17) are checked at the end of every
 * random history and at every crash point.
 */
const day = 24 * 60 * 60 * 1000;
const cell = (entity: Cell["entity"], name: string): Cell => {
  const found = cells.find((one) => one.entity === entity && one.name === name);
  if (!found) throw new Error(`There is no cell ${name}.`);
  return found;
};
const row = async (world: World, keapId: number) => {
  const found = (await world.here.view()).rows.contacts.find((one) => one.keap_id === keapId);
  if (!found) throw new Error(`There is no row of contact ${keapId}.`);
  return found;
};
async function copied(options: WorldOptions = {}): Promise<World> {
  const world = createWorld({ account: createTinyAccount({ contacts: 3, tags: 2 }), ...options });
  await world.backfill();
  return world;
}
const valuesHere = async (world: World) => {
  const { rows, links } = await world.here.view();
  return {
    contacts: rows.contacts.map((one) => [one.keap_id, ...cells.map((c) => c.ofRow(one.values))]).sort(),
    tags: rows.tags.map((one) => [one.keap_id, ...cells.map((c) => c.ofRow(one.values))]).sort(),
    links: links.filter((one) => one.present).length,
  };
};

describe("I7 order freedom", () => {
  it("ends the same whichever table is read first", async () => {
    const ends: unknown[] = [];
    for (const order of [
      ["tags", "contacts", "contact_tags"],
      ["contacts", "contact_tags", "tags"],
      ["contact_tags", "tags", "contacts"],
    ]) {
      const world = await copied();
      await world.createKeap("tags");
      await world.tagInKeap(1, 3, true);
      await world.writeKeap(cell("contacts", "given_name"), 1, "w50");
      await world.createKeap("contacts");
      for (const table of order) await pollOnly(world, table);
      for (const table of order) await pollOnly(world, table);
      ends.push(await valuesHere(world));
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });
});

async function pollOnly(world: World, table: string): Promise<void> {
  await world.act((deps) => runPoll(deps, { force: true, only: [table] }));
}

describe("I12 quota", () => {
  it("is never exceeded while a push overtakes", async () => {
    const clock = createSimClock();
    const at: number[] = [];
    const quota = createMemoryQuota({
      clock: { now: () => clock.now(), sleep: async (ms) => clock.advance(ms), doze: async () => undefined },
      pace: "full",
      limits: { per_second: 10, per_minute: 240, per_day: 30_000 },
      random: () => 0.5,
    });
    const world = await copied({
      clock,
      side: createMemorySide(clock),
      account: createTinyAccount({ contacts: 40, tags: 2 }),
      quota,
      onCall: () => at.push(clock.now()),
    });
    const people = (await world.here.view()).rows.contacts;
    for (const one of people)
      await world.writeHere(cell("contacts", "job_title"), one.id, `Title ${one.keap_id}`);
    await world.push();
    await world.poll();
    expect(at.length).toBeGreaterThan(50);
    for (const [i, time] of at.entries()) {
      expect(at.filter((other, j) => j >= i && other < time + 1000).length).toBeLessThanOrEqual(10);
      expect(at.filter((other, j) => j >= i && other < time + 60_000).length).toBeLessThanOrEqual(240);
    }
  });
});

describe("I13 poison and isolation", () => {
  it("lets a refused record delay nobody", async () => {
    const world = await copied();
    await world.writeHere(cell("contacts", "given_name"), (await row(world, 1)).id, "x".repeat(41));
    await world.writeHere(cell("contacts", "given_name"), (await row(world, 2)).id, "Innocent");
    await world.push();
    expect(world.keap.account.contacts.get(2)?.given_name).toBe("Innocent");
    expect((await row(world, 1)).sync_status).toBe("error");
    const { letters } = await world.here.view();
    expect(letters).toMatchObject([{ class: "dead", state: "open" }]);
  });

  it("shows no account what another holds", async () => {
    const clock = createSimClock();
    const first = createMemorySide(clock);
    const second = createMemorySide(clock, "22222222-2222-4222-8222-222222222222", first.state);
    const a = await copied({ clock, side: first });
    const b = await copied({ clock, side: second });
    await a.writeHere(cell("contacts", "given_name"), (await row(a, 1)).id, "Only A");
    await b.writeKeap(cell("contacts", "given_name"), 1, "Only B");
    for (const world of [a, b, a, b]) {
      await world.push();
      await world.poll();
    }
    expect(JSON.stringify(await b.here.view())).not.toContain("Only A");
    expect(JSON.stringify([...b.keap.account.contacts.values()])).not.toContain("Only A");
    expect(JSON.stringify(await a.here.view())).not.toContain("Only B");
    expect(JSON.stringify([...a.keap.account.contacts.values()])).not.toContain("Only B");
  });
});

describe("I15 clock skew", () => {
  it("changes nothing but newest", async () => {
    const ends: unknown[] = [];
    for (const skew of [
      {},
      { worker: day },
      { worker: -day },
      { keap: day },
      { keap: -day },
      { worker: day, keap: -day },
    ]) {
      const world = await copied({ skew });
      await world.here.setPolicy("contacts", "*", "keap", "both");
      await world.writeHere(cell("contacts", "given_name"), (await row(world, 1)).id, "w1");
      await world.writeKeap(cell("contacts", "given_name"), 1, "w2");
      await world.createHere("contacts");
      await world.push({ keapFault: (call) => (call % 5 === 4 ? "reset_after" : null) });
      await world.writeKeap(cell("contacts", "family_name"), 2, "w3");
      const initial = initialCells(world);
      const rounds = await quiesce(world);
      ends.push(await valuesHere(world));
      const broken = await checkAll({ world, rounds, view: await world.here.view() }, initial);
      expect(broken["I1 convergence"]).toEqual([]);
      expect(broken["I2 termination"]).toEqual([]);
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });
});

describe("I16 a changing schema", () => {
  it("loses no value when a field comes, is renamed, or goes", async () => {
    const world = await copied();
    // renamed: the id stays
    const colour = world.keap.account.customFields.get(1);
    if (!colour) throw new Error("There is no custom field.");
    world.keap.account.customFields.set(1, { ...colour, label: "Shade", field_name: "Shade" });
    await world.writeHere(cell("contacts", "custom_fields.1"), (await row(world, 1)).id, "w1");
    // new, and filled at once
    world.keap.account.customFields.set(7, { ...colour, id: "7", label: "New", field_name: "New" });
    await world.keap.asPerson("PATCH", "/v2/contacts/2?update_mask=custom_fields", {
      custom_fields: [
        { id: "1", content: "Colour 2" },
        { id: "7", content: "w2" },
      ],
    });
    await quiesce(world);
    expect(cell("contacts", "custom_fields.1").ofKeap(record(world, 1))).toBe("w1");
    expect((await row(world, 2)).values.custom_fields).toMatchObject({ "1": "Colour 2", "7": "w2" });
    // gone while an edit of it was on its way: told, the person's other values go on
    world.keap.account.customFields.delete(1);
    await world.writeHere(cell("contacts", "custom_fields.1"), (await row(world, 3)).id, "w3");
    await world.writeHere(cell("contacts", "family_name"), (await row(world, 2)).id, "w4");
    await quiesce(world);
    expect(cell("contacts", "family_name").ofKeap(record(world, 2))).toBe("w4");
    const third = await row(world, 3);
    const inKeap = cell("contacts", "custom_fields.1").ofKeap(record(world, 3));
    expect(
      third.sync_status === "error" || inKeap === cell("contacts", "custom_fields.1").ofRow(third.values),
    ).toBe(true);
  });
});

function record(world: World, id: number): Record<string, unknown> {
  return world.keap.account.contacts.get(id) as unknown as Record<string, unknown>;
}
