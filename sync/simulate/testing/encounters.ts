import { cells, cellsOf } from "../cells";
import { alwaysThere, type KindName, kinds } from "../kinds";
import { checkAll, initialCells } from "./invariants";
import type { Step } from "./process";
import { createTinyAccount } from "./tiny-account";
import { createWorld, quiesce, type World } from "./world";

/** Two things that meet at one exact moment; random histories bring them together once in thousands. */
export interface Encounter {
  name: string;
  guests?: readonly KindName[];
  prepare(world: World): Promise<void>;
  /** A poll is interrupted instead of a push. */
  during?: "poll";
  /** When it happens, during a push … */
  when(step: Step): boolean;
  /** … and what. */
  meanwhile(world: World): Promise<void>;
}

const cell = (name: string) => {
  const found = cells.find((one) => one.entity === "contacts" && one.name === name);
  if (!found) throw new Error(`There is no cell ${name}.`);
  return found;
};
const wide = (kind: KindName, name: string) => {
  const found = cellsOf(kind).find((one) => one.name === name);
  if (!found) throw new Error(`There is no cell ${name} of ${kind}.`);
  return found;
};
const firstRow = async (world: World) => {
  const row = (await world.here.view()).rows.contacts.find((one) => one.keap_id === 1);
  if (!row) throw new Error("There is no row of contact 1.");
  return row.id;
};

export const encounters: readonly Encounter[] = [
  {
    name: "a value is edited here while its list is sent with Keap's own change of it",
    async prepare(world) {
      await world.here.setPolicy("contacts", "*", "keap", "both");
      await world.writeHere(cell("custom_fields.1"), await firstRow(world), "w101");
      await world.writeKeap(cell("custom_fields.2"), 1, "w102");
    },
    when: ({ side, when, name }) => side === "keap" && when === "before" && name.startsWith("PATCH"),
    meanwhile: async (world) => {
      await world.writeHere(cell("custom_fields.2"), await firstRow(world), "w103");
    },
  },
  {
    name: "a poll reads a person between its making and its answer",
    prepare: async (world) => {
      await world.createHere("contacts");
    },
    when: ({ side, when, name }) => side === "keap" && when === "after" && name === "POST /v2/contacts",
    meanwhile: async (world) => {
      await world.poll();
    },
  },
  {
    name: "a run stands still past its lease, just before it makes a person, and another makes them",
    prepare: async (world) => {
      await world.createHere("contacts");
    },
    when: ({ side, when, name }) => side === "keap" && when === "after" && name === "GET /v2/contacts",
    meanwhile: async (world) => {
      await world.here.advance(150_000);
      await world.push();
    },
  },
  {
    name: "a row is deleted here while it is made in Keap",
    prepare: async (world) => {
      await world.createHere("contacts");
    },
    when: ({ side, when, name }) => side === "keap" && when === "before" && name === "POST /v2/contacts",
    meanwhile: async (world) => {
      const made = (await world.here.view()).rows.contacts.find((one) => one.keap_id === null);
      if (made) await world.deleteHere("contacts", made.id);
    },
  },
  {
    name: "a poll reads a line of an order between its making and its answer",
    guests: ["orders", "order_items"],
    async prepare(world) {
      await world.here.setSwitch("order_items", { creates: true, deletes: false });
      const [order] = await world.here.rowsOf("orders");
      await world.createHere("order_items", {}, order?.id);
    },
    when: ({ side, when, name }) => side === "keap" && when === "after" && /^POST .*\/items$/.test(name),
    meanwhile: async (world) => {
      await world.poll();
    },
  },
  {
    name: "a poll has read a note when it is deleted here and in Keap",
    guests: ["notes"],
    during: "poll",
    async prepare(world) {
      world.deletesGoOut = true;
      await world.here.setSwitch("interactions", { creates: true, deletes: true });
      await world.writeKeap(wide("notes", "title"), 1, "w101");
      await world.poll();
    },
    when: ({ side, when, name }) => side === "keap" && when === "after" && name === "GET /v2/notes",
    meanwhile: async (world) => {
      const [note] = await world.here.rowsOf("notes");
      if (note) await world.deleteHere("notes", note.id);
      await world.push();
    },
  },
  {
    name: "a poll brings a person back, tagged in Keap, while they are deleted there",
    async prepare(world) {
      world.deletesGoOut = true;
      await world.here.setSwitch("contacts", { creates: true, deletes: true });
      await world.deleteHere("contacts", await firstRow(world));
    },
    when: ({ side, when, name }) => side === "keap" && when === "before" && name.startsWith("DELETE"),
    meanwhile: async (world) => {
      const held = world.keap.account.contactTags.get(1)?.has(1) ?? false;
      await world.tagInKeap(1, 1, !held);
      await world.poll();
    },
  },
  {
    name: "a note is changed in Keap, and read, between the intent to delete it there and the call",
    guests: ["notes"],
    async prepare(world) {
      world.deletesGoOut = true;
      await world.here.setSwitch("interactions", { creates: true, deletes: true });
      const [note] = await world.here.rowsOf("notes");
      if (note) await world.deleteHere("notes", note.id);
    },
    when: ({ side, when, name }) => side === "keap" && when === "before" && name.startsWith("DELETE"),
    meanwhile: async (world) => {
      await world.writeKeap(wide("notes", "title"), 1, "w101");
      await world.poll();
    },
  },
  {
    name: "a note is deleted here while it is made in Keap, and a poll reads it before the answer",
    guests: ["notes"],
    prepare: async (world) => {
      await world.createHere("notes", {}, await firstRow(world));
    },
    when: ({ side, when, name }) => side === "keap" && when === "after" && /^POST .*\/notes$/.test(name),
    meanwhile: async (world) => {
      const made = (await world.here.rowsOf("notes")).find((one) => one.keap_id === null);
      if (made) await world.deleteHere("notes", made.id);
      await world.poll();
    },
  },
  {
    name: "a run stands still before it makes an order, and another has heard that Keap refuses it",
    guests: ["orders", "order_items"],
    async prepare(world) {
      const person = (await world.here.rowsOf("contacts")).find((one) => one.keap_id === 1);
      await world.here.setSwitch("orders", { creates: true, deletes: false });
      await world.createHere("orders", {}, person?.id);
      await world.mergeInKeap(2, 1);
    },
    when: ({ side, when, name }) => side === "store" && when === "before" && name === "writeIntents",
    meanwhile: async (world) => {
      await world.here.advance(150_000);
      await world.push();
    },
  },
  {
    name: "a line made here is deleted in Keap before any poll has read it",
    guests: ["orders", "order_items"],
    async prepare(world) {
      await world.here.setSwitch("order_items", { creates: true, deletes: false });
      const [order] = await world.here.rowsOf("orders");
      await world.createHere("order_items", {}, order?.id);
    },
    when: ({ side, when, name }) => side === "store" && when === "after" && name === "settle",
    meanwhile: async (world) => {
      await world.deleteInKeap(
        "order_items",
        Math.max(...kinds.order_items.records(world.keap.account).keys()),
      );
    },
  },
  {
    name: "a line of an order is changed in Keap while its order is sent",
    guests: ["orders", "order_items"],
    async prepare(world) {
      await world.here.setPolicy("orders", "*", "newest", "both");
      const [order] = await world.here.rowsOf("orders");
      await world.writeHere(wide("orders", "title"), order?.id ?? "", "w101");
    },
    when: ({ side, when, name }) => side === "keap" && when === "before" && name.startsWith("PATCH"),
    meanwhile: async (world) => {
      await world.writeKeap(wide("order_items", "name"), 1, "w102");
    },
  },
];

/** What is broken once all is quiet again. */
export async function meet(encounter: Encounter): Promise<string[]> {
  const guests = encounter.guests ?? [];
  const world = createWorld({
    account: createTinyAccount({ contacts: 2, tags: 1, guests }),
    cast: [...alwaysThere, ...guests],
  });
  const initial = initialCells(world);
  await world.backfill();
  await encounter.prepare(world);
  let met = false;
  await world[encounter.during ?? "push"]({
    meanwhile: async (step) => {
      if (met || !encounter.when(step)) return;
      met = true;
      await encounter.meanwhile(world);
    },
  });
  if (!met) return ["the moment never came"];
  const rounds = await quiesce(world);
  const found = await checkAll({ world, rounds, view: await world.here.view() }, initial);
  return Object.entries(found).flatMap(([name, findings]) => findings.map((one) => `${name}: ${one}`));
}
