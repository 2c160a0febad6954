import type { Policy } from "../../plan/policies";
import { cellsOf } from "../cells";
import { alwaysThere, guests, type KindName, kinds } from "../kinds";
import type { Random } from "../random";
import type { RowView } from "./database-side";
import type { World } from "./world";

/** What joins people and tags in a history: one or two kinds of record, and what people do with them on both sides. */

export function drawGuests(random: Random): KindName[] {
  const first = random.pick(guests);
  const second = random.chance(0.4) ? random.pick(guests) : first;
  return [...new Set([...first, ...second])];
}

/** Sales are the owner's to open for writing; what is deleted here goes out in some histories. */
export async function admitGuests(world: World, random: Random, policy: Policy | "default"): Promise<void> {
  const tables = new Set(world.here.cast.slice(alwaysThere.length).map((name) => kinds[name].entity));
  if (tables.size === 0) return;
  const deletes = random.chance(0.5);
  world.deletesGoOut = deletes;
  for (const entity of tables) {
    const isSale = entity === "orders" || entity === "order_items";
    if (isSale) await world.here.setPolicy(entity, "*", policy === "default" ? "newest" : policy, "both");
    else if (policy !== "default" && entity !== "subscriptions")
      await world.here.setPolicy(entity, "*", policy, "both");
    if (entity !== "subscriptions" && (isSale || deletes))
      await world.here.setSwitch(entity, { creates: true, deletes });
  }
  // who is deleted here goes out as well, with everything that hangs on them
  if (deletes) await world.here.setSwitch("contacts", { creates: true, deletes });
  world.log.push(`deletes ${deletes ? "go out" : "stay here"}`);
}

export async function editGuest(world: World, random: Random, name: KindName): Promise<void> {
  const kind = kinds[name];
  const living = async (of: KindName): Promise<RowView[]> =>
    (await world.here.rowsOf(of)).filter((one) => !one.deleted);
  const idsIn = (of: KindName): number[] => [...kinds[of].records(world.keap.account).keys()];
  const what = random.below(20);
  const cell = random.pick(cellsOf(name));
  const value = () => (!cell.required && random.chance(0.12) ? null : cell.token(world.nextToken()));
  if (what < 7) {
    const row = oneOf(random, await living(name));
    if (row) await world.writeHere(cell, row.id, value());
  } else if (what < 12) {
    const id = oneOf(random, idsIn(name));
    if (id !== undefined && !cell.fixedInKeap) await world.writeKeap(cell, id, value());
  } else if (what < 14) {
    const parent = kind.parent ? oneOf(random, await living(kind.parent.kind))?.id : "";
    if (kind.row && parent !== undefined) await world.createHere(name, {}, parent);
  } else if (what < 16) {
    const parent = kind.parent ? oneOf(random, idsIn(kind.parent.kind)) : 0;
    if (parent !== undefined) await world.createKeap(name, parent);
  } else if (what === 16) {
    const id = oneOf(random, idsIn(name));
    if (id !== undefined && kind.deletable) await world.deleteInKeap(name, id);
  } else if (what === 17) {
    const row = oneOf(random, await living(name));
    if (row && kind.row) await world.deleteHere(name, row.id);
  } else if (what === 18) {
    const [survivor, lost] = [oneOf(random, idsIn("contacts")), oneOf(random, idsIn("contacts"))];
    if (survivor !== undefined && lost !== undefined && survivor !== lost)
      await world.mergeInKeap(survivor, lost);
  } else if (name === "companies") await moveToCompany(world, random, living, idsIn);
}

/** Somebody changes where a person works, on either side. */
async function moveToCompany(
  world: World,
  random: Random,
  living: (of: KindName) => Promise<RowView[]>,
  idsIn: (of: KindName) => number[],
): Promise<void> {
  if (random.chance(0.5)) {
    const person = oneOf(random, await living("contacts"));
    const company = oneOf(random, await living("companies"));
    if (person && company) await world.employHere(person.id, company.id);
    return;
  }
  const person = oneOf(random, idsIn("contacts"));
  const company = oneOf(random, idsIn("companies"));
  if (person !== undefined && company !== undefined) await world.employInKeap(person, company);
}

function oneOf<T>(random: Random, list: readonly T[]): T | undefined {
  return list.length === 0 ? undefined : random.pick(list);
}
