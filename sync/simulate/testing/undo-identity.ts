import type { EntityName, Values } from "../../mapping/types";
import { type JournalLine, type JournalRecord, planUndo } from "../../operations/undo/plan-undo";
import { policiesFor } from "../../plan/policies";
import { cells, cellsOf } from "../cells";
import { createRandom } from "../random";
import type { DatabaseView } from "./database-side";
import type { Finding, Settled } from "./invariants";
import { cellsIn } from "./keap-side";
import { quiesce, type World } from "./world";

const entities = ["contacts", "tags"] as const;

/**
 * I14: what is done and undone leaves both sides as they were. Some more edits on both sides, carried over; then the
 * journal since then is undone by the product's own plan, and that is carried over.
 */
export async function undoIsIdentity({ world, view }: Settled, seed: number): Promise<Finding[]> {
  const settledBefore = entities.every((entity) =>
    view.rows[entity].every((row) => row.deleted || row.sync_status === "synced"),
  );
  if (!settledBefore || view.marks.some((one) => one.state !== "waiting")) return [];
  const from = (await world.here.view()).journal.length;
  const before = await bothSides(world);
  const random = createRandom(seed + 7_000_000);
  for (let n = 0; n < 4; n += 1) {
    await editValue(world, random);
    await world.push();
    await world.poll();
  }
  if ((await quiesce(world)) === null) return ["it does not come to rest before the undo"];
  const done = await world.here.view();
  const { policies: stored } = await world.here.store.readState(world.here.accountId);
  /** Values that are Keap's alone: they stay, and are named. */
  const keaps: string[] = [];
  for (const record of recordsSince(done, from)) {
    const policies = policiesFor(record.entity as EntityName, stored);
    const { edit: back, members, refused } = planUndo(record, policies);
    const wrong = refused.filter((one) => policies(one.field ?? "").owner !== "keap");
    if (wrong.length > 0) return wrong.map((one) => `${one.entity} ${one.field}: ${one.reason}`);
    for (const { entity, field } of refused) keaps.push(`${entity} ${record.keap_id} ${field}`);
    if (back) await world.here.update(back.entity, back.record_id, back.patch);
    for (const { contact_id, tag_id, present } of members)
      await world.here.member(contact_id, tag_id, present);
  }
  if ((await quiesce(world)) === null) return ["it does not come to rest after the undo"];
  const after = await bothSides(world);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => (before.get(key) ?? null) !== (after.get(key) ?? null))
    .filter((key) => !keaps.some((one) => key.endsWith(one)))
    .map((key) => `${key} was ${before.get(key) ?? null} and is ${after.get(key) ?? null} after its undo`);
}

/** A value or a membership: what is made or deleted has no way back. */
async function editValue(world: World, random: ReturnType<typeof createRandom>): Promise<void> {
  const { rows } = await world.here.view();
  const cell = random.pick(cells);
  const live = rows[cell.entity].filter((one) => !one.deleted && one.keap_id !== null);
  if (live.length === 0) return;
  const row = random.pick(live);
  const value = cell.token(world.nextToken());
  const tag = rows.tags.find((one) => !one.deleted && one.keap_id !== null);
  if (random.chance(0.25) && tag && cell.entity === "contacts")
    await (random.chance(0.5)
      ? world.tagHere(row.id, tag.id, random.chance(0.5))
      : world.tagInKeap(row.keap_id as number, tag.keap_id as number, random.chance(0.5)));
  else if (random.chance(0.5)) await world.writeHere(cell, row.id, value);
  else await world.writeKeap(cell, row.keap_id as number, value);
}

async function bothSides(world: World): Promise<Map<string, string | null>> {
  const { rows, links } = await world.here.view();
  const found = new Map<string, string | null>();
  for (const entity of entities)
    for (const row of rows[entity]) {
      if (row.deleted || row.keap_id === null) continue;
      for (const cell of cellsOf(entity))
        found.set(`here ${entity} ${row.keap_id} ${cell.name}`, cell.ofRow(row.values));
      for (const [cell, value] of cellsIn(world.keap.account, entity, String(row.keap_id)))
        found.set(`Keap ${entity} ${row.keap_id} ${cell}`, value);
    }
  for (const link of links) if (link.present) found.set(`here ${link.contact_id} has ${link.tag_id}`, "yes");
  for (const [contact, tags] of world.keap.account.contactTags)
    for (const tag of tags.keys()) found.set(`Keap ${contact} has ${tag}`, "yes");
  return found;
}

function recordsSince(view: DatabaseView, from: number): JournalRecord[] {
  const records = new Map<string, JournalRecord>();
  for (const [at, line] of view.journal.entries()) {
    if (at < from || line.direction === "local") continue;
    const key = `${line.entity} ${line.record_id}`;
    const rows = view.rows[line.entity === "tags" ? "tags" : "contacts"];
    const row = rows.find((one) => one.id === line.record_id);
    const record = records.get(key) ?? {
      entity: line.entity,
      record_id: line.record_id,
      keap_id: line.keap_id,
      name: key,
      row: row
        ? ({ ...row.values, version: row.version, deleted_at: row.deleted ? "yes" : null } as Values)
        : null,
      members:
        line.entity === "contact_tags"
          ? Object.fromEntries(
              view.links
                .filter((one) => one.contact_id === line.record_id)
                .map((one) => [one.tag_id, one.present]),
            )
          : null,
      entries: [],
    };
    records.set(key, record);
    record.entries.push({
      journal_id: at,
      at: "",
      run_id: null,
      origin: "",
      ...line,
    } as unknown as JournalLine);
  }
  return [...records.values()];
}
