import { describe, expect, it } from "vitest";
import type { SyncDeps } from "../context";
import type { KeapClient } from "../keap/client";
import { cells } from "../simulate/cells";
import { createTinyAccount } from "../simulate/testing/tiny-account";
import { createWorld, quiesce, type World } from "../simulate/testing/world";

const cell = (name: string) => {
  const found = cells.find((one) => one.entity === "contacts" && one.name === name);
  if (!found) throw new Error(`There is no cell ${name}.`);
  return found;
};

/** A copied account, between Keap's people and the engine a Keap that answers as told. */
async function copied(bend?: (keap: KeapClient) => Partial<KeapClient["contacts"]>): Promise<World> {
  const bent = (deps: SyncDeps): SyncDeps => ({
    ...deps,
    keap: { ...deps.keap, contacts: { ...deps.keap.contacts, ...bend?.(deps.keap) } },
  });
  const world = createWorld({ account: createTinyAccount(), ...(bend ? { bend: bent } : {}) });
  await world.backfill();
  return world;
}

const rowOf = async (world: World, keapId: number) => {
  const row = (await world.here.view()).rows.contacts.find((one) => one.keap_id === keapId);
  if (!row) throw new Error(`There is no row of contact ${keapId}.`);
  return row;
};

const openLetters = async (world: World) =>
  (await world.here.view()).letters.filter((one) => one.state === "open");
const patches = (world: World) => world.keap.calls.filter((one) => one.method === "PATCH").length;

describe("a custom field that vanished in Keap", () => {
  it("is told by its number with the cure", async () => {
    const world = await copied();
    const { id } = await rowOf(world, 3);
    await world.keap.asPerson("DELETE", "/v2/contacts/model/customFields/1");
    await world.writeHere(cell("custom_fields.1"), id, "w1");
    await world.writeHere(cell("custom_fields.2"), id, "w2");
    expect(await quiesce(world)).not.toBeNull();
    expect(await rowOf(world, 3)).toMatchObject({
      sync_status: "error",
      values: { custom_fields: { "1": "w1", "2": "w2" } },
    });
    expect(await openLetters(world)).toMatchObject([
      { class: "dead", reason: expect.stringContaining("custom field 1 any more") },
    ]);
    // the cure: taken out here, and the rest goes by itself
    await world.writeHere(cell("custom_fields.1"), id, null);
    expect(await quiesce(world)).not.toBeNull();
    expect(cell("custom_fields.2").ofKeap(world.keap.account.contacts.get(3) as never)).toBe("w2");
    expect(await rowOf(world, 3)).toMatchObject({ sync_status: "synced" });
    expect(await openLetters(world)).toEqual([]);
  });

  it("is told as well where Keap passes over it in silence", async () => {
    const world = await copied((keap) => ({
      async update(id, body, mask, options) {
        const kept = (body.custom_fields as { id: string }[] | undefined)?.filter((one) => one.id !== "1");
        return keap.contacts.update(
          id,
          { ...body, ...(kept ? { custom_fields: kept as never } : {}) },
          mask,
          options,
        );
      },
    }));
    const { id } = await rowOf(world, 3);
    await world.keap.asPerson("DELETE", "/v2/contacts/model/customFields/1");
    (world.keap.account.contacts.get(3) as { custom_fields?: unknown }).custom_fields = [];
    await world.writeHere(cell("custom_fields.1"), id, "w1");
    expect(await quiesce(world)).not.toBeNull();
    expect(await openLetters(world)).toMatchObject([{ class: "dead" }]);
    // said in a few attempts, and no more after that
    expect(patches(world)).toBeLessThanOrEqual(2);
    expect((await rowOf(world, 3)).values).toMatchObject({ custom_fields: { "1": "w1" } });
  });
});

describe("a change that Keap does not take", () => {
  it("is neither given up nor sent for ever", async () => {
    const world = await copied((keap) => ({
      update: (id, body, mask, options) =>
        keap.contacts.update(id, { ...body, job_title: null } as never, mask, options),
    }));
    const { id } = await rowOf(world, 1);
    await world.writeHere(cell("job_title"), id, "w1");
    expect(await quiesce(world, 40)).not.toBeNull();
    expect(await rowOf(world, 1)).toMatchObject({ sync_status: "error", values: { job_title: "w1" } });
    expect(await openLetters(world)).toMatchObject([
      { class: "dead", reason: expect.stringContaining("took job_title, and shows the former value") },
    ]);
    expect(patches(world)).toBe(8);
  });

  it("is told at once where Keap stopped answering the field", async () => {
    const withoutTitle = <T>(record: T): T => ({ ...record, job_title: undefined });
    let stopped = false;
    const world = await copied((keap) => ({
      async list(options) {
        const page = await keap.contacts.list(options);
        return stopped ? { ...page, items: page.items.map(withoutTitle) } : page;
      },
      async update(id, body, mask, options) {
        return withoutTitle(await keap.contacts.update(id, body, mask, options));
      },
    }));
    const { id } = await rowOf(world, 1);
    await world.writeKeap(cell("job_title"), 1, "w1");
    await world.poll();
    stopped = true;
    await world.writeHere(cell("job_title"), id, "w2");
    await world.push();
    expect(patches(world)).toBe(1);
    expect(await rowOf(world, 1)).toMatchObject({ sync_status: "error", values: { job_title: "w2" } });
    expect(await openLetters(world)).toMatchObject([
      { class: "dead", reason: expect.stringContaining("no longer shows job_title") },
    ]);
  });
});
