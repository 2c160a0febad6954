import type { Json, Values } from "../../mapping/types";
import { cells, cellsOf, linksOf } from "../cells";
import { isOfKind, type KindName, kinds, targetOf } from "../kinds";
import type { DatabaseView, RowView } from "./database-side";
import { cellsIn } from "./keap-side";
import type { Edit, World } from "./world";

/** What an invariant found wrong; empty when it holds. */
export type Finding = string;

/** Looked at once nothing moves any more. Names as in the design. */
export interface Settled {
  world: World;
  view: DatabaseView;
  /** Rounds until nothing moved; null: it never came to rest. */
  rounds: number | null;
}

const castOf = ({ world }: Pick<Settled, "world">): readonly KindName[] => world.here.cast;

function keapIds({ world }: Settled, name: KindName): number[] {
  return [...kinds[name].records(world.keap.account).keys()];
}

/** A line is about a table: the kind its record is of. */
function kindOf({ world }: Settled, entity: string, values: Values): KindName | undefined {
  return world.here.cast.find((name) => kinds[name].entity === entity && isOfKind(kinds[name], values));
}

/** A record that waits for a person, or says that something is wrong with it: differences are then no surprise. */
function isTold({ view }: Settled, name: KindName, row: RowView): boolean {
  const { entity } = kinds[name];
  return (
    ["conflict", "error", "held"].includes(row.sync_status) &&
    (view.marks.some((one) => one.entity === entity && one.record_id === row.id && one.state !== "waiting") ||
      view.conflicts.some((one) => one.record_id === row.id && one.state === "held"))
  );
}

/** A line stands and falls with its order: what a person is told about the order is said of its lines. */
function isToldWithOrder(settled: Settled, name: KindName, row: RowView): boolean {
  const order =
    name === "order_items" && settled.view.rows.orders.find((one) => one.id === row.values.order_id);
  return order ? isTold(settled, "orders", order) : false;
}

/** I1: both sides hold the same, but for what a person has been told. I17: nothing that differs is called synced. */
export function convergence(settled: Settled): Finding[] {
  const { world, view } = settled;
  const found: Finding[] = [];
  for (const entity of castOf(settled)) {
    const rows = view.rows[entity];
    const linked = new Set(rows.filter((one) => !one.deleted).map((one) => one.keap_id));
    for (const id of keapIds(settled, entity))
      if (
        !linked.has(id) &&
        !view.marks.some((one) => one.entity === kinds[entity].entity && one.state !== "waiting")
      )
        found.push(`${entity} ${id} is in Keap and not here`);
    for (const row of rows) {
      if (row.deleted) continue;
      if (row.keap_id === null) {
        if (!isTold(settled, entity, row) && !waitsForTold(settled, kinds[entity].entity, row.id))
          found.push(`${entity} ${row.id} is here and not in Keap (${row.sync_status})`);
        continue;
      }
      const keap = cellsIn(world.keap.account, entity, String(row.keap_id));
      if (keap.size === 0) {
        if (!isTold(settled, entity, row) && !isToldWithOrder(settled, entity, row))
          found.push(`${entity} ${row.keap_id} is here and gone from Keap (${row.sync_status})`);
        continue;
      }
      for (const cell of cellsOf(entity)) {
        const k = keap.get(cell.name) ?? null;
        const p = cell.ofRow(row.values);
        if (k !== p && !isTold(settled, entity, row))
          found.push(`${entity} ${row.keap_id} ${cell.name}: Keap ${k}, here ${p} (${row.sync_status})`);
      }
      const record = kinds[entity].records(world.keap.account).get(row.keap_id) ?? {};
      for (const link of linksOf(entity)) {
        const [k, p] = [link.ofKeap(record), link.ofRow(row.values)];
        if (k !== p && !isTold(settled, entity, row))
          found.push(`${entity} ${row.keap_id} ${link.column}: Keap ${k}, here ${p} (${row.sync_status})`);
      }
    }
  }
  return [...found, ...membership(settled)];
}

function membership({ world, view }: Settled): Finding[] {
  const found: Finding[] = [];
  const contacts = new Map(view.rows.contacts.map((one) => [one.id, one]));
  const tags = new Map(view.rows.tags.map((one) => [one.id, one]));
  for (const row of view.rows.contacts) {
    if (row.deleted || row.keap_id === null || !world.keap.account.contacts.has(row.keap_id)) continue;
    const here = view.links.flatMap((one) => {
      const tag = tags.get(one.tag_id);
      return one.contact_id === row.id && one.present && tag && tag.keap_id !== null && !tag.deleted
        ? [tag.keap_id]
        : [];
    });
    const inKeap = [...(world.keap.account.contactTags.get(row.keap_id)?.keys() ?? [])];
    const differing = [
      ...here.filter((tag) => !inKeap.includes(tag)),
      ...inKeap.filter((tag) => !here.includes(tag)),
    ];
    for (const tag of differing) {
      const link = view.links.find(
        (one) => one.contact_id === row.id && tags.get(one.tag_id)?.keap_id === tag,
      );
      const told = link && ["error", "held"].includes(link.sync_status);
      const tagRow = view.rows.tags.find((one) => one.keap_id === tag);
      const waits =
        tagRow &&
        view.marks.some(
          (one) =>
            one.state !== "waiting" &&
            ((one.entity === "contact_tags" && one.record_id === row.id && one.other_id === tagRow.id) ||
              (one.entity === "tags" && one.record_id === tagRow.id)),
        );
      if (!told && !waits)
        found.push(
          `contact ${row.keap_id} tag ${tag}: Keap ${inKeap.includes(tag)}, here ${here.includes(tag)}`,
        );
    }
  }
  void contacts;
  return found;
}

/** I17: what is called synced is equal, base included. */
export function noFalseGreen(settled: Settled): Finding[] {
  const { world, view } = settled;
  const found: Finding[] = [];
  for (const entity of castOf(settled)) {
    for (const row of view.rows[entity]) {
      if (row.deleted || row.sync_status !== "synced") continue;
      const keap =
        row.keap_id === null ? new Map() : cellsIn(world.keap.account, entity, String(row.keap_id));
      if (keap.size === 0 && !isToldWithOrder(settled, entity, row))
        found.push(`${entity} ${row.id} says synced and Keap has none`);
      for (const cell of cellsOf(entity))
        if (keap.size > 0 && (keap.get(cell.name) ?? null) !== cell.ofRow(row.values))
          found.push(`${entity} ${row.keap_id} says synced and ${cell.name} differs`);
      const shadow = view.shadows.find(
        (one) => one.entity === kinds[entity].entity && one.record_id === row.id,
      );
      if (!shadow) found.push(`${entity} ${row.keap_id} says synced and has no base`);
      else
        for (const cell of cellsOf(entity))
          if (cell.ofRow(shadow.base) !== cell.ofRow(row.values))
            found.push(
              `${entity} ${row.keap_id} says synced, ${cell.name} is ${cell.ofRow(row.values)} and its base ${cell.ofRow(shadow.base)}`,
            );
    }
  }
  return found;
}

/** A record waits for its parent, and a person has been told why that one is not in Keap. */
function waitsForTold(settled: Settled, entity: string, id: string): boolean {
  const { world, view } = settled;
  return world.here.cast.some((name) => {
    const { parent } = kinds[name];
    const row = kinds[name].entity === entity && view.rows[name].find((one) => one.id === id);
    if (!parent || !row) return false;
    const above = view.rows[parent.kind].find((one) => one.id === row.values[`${parent.column}_id`]);
    return (
      above !== undefined &&
      above.keap_id === null &&
      (isTold(settled, parent.kind, above) || waitsForTold(settled, kinds[parent.kind].entity, above.id))
    );
  });
}

/** I2: it comes to rest. */
export function termination(settled: Settled): Finding[] {
  const { rounds, world, view } = settled;
  const found: Finding[] = [];
  if (rounds === null) found.push("it does not come to rest");
  for (const one of view.marks)
    if (
      (one.entity === "contact_tags" || world.here.cast.some((name) => kinds[name].entity === one.entity)) &&
      one.state !== "held" &&
      one.state !== "dead" &&
      !waitsForTold(settled, one.entity, one.record_id)
    )
      found.push(`a mark of ${one.entity} ${one.record_id} ${one.other_id ?? ""} is ${one.state} for ever`);
  return found;
}

interface Cellular {
  /** The record's name on both sides, as one. */
  record: string;
  cell: string;
  edits: Edit[];
}

function byCell({ world, view }: Settled): Cellular[] {
  const nameOf = new Map<string, string>();
  for (const entity of world.here.cast)
    for (const row of view.rows[entity])
      if (row.keap_id !== null) nameOf.set(`${entity}:${row.id}`, `${entity}:${row.keap_id}`);
  const groups = new Map<string, Cellular>();
  for (const edit of world.edits) {
    const record = edit.side === "here" ? (nameOf.get(edit.record) ?? edit.record) : edit.record;
    const key = `${record}|${edit.cell}`;
    const group = groups.get(key) ?? { record, cell: edit.cell, edits: [] };
    group.edits.push(edit);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * I3: every value somebody wrote ends on both sides, or was overwritten by an edit that had seen it, or stands in the
 * conflict log, or was put back and logged as the other side's to write, or fell into the race no call can close.
 */
export function noLostUpdate(settled: Settled): Finding[] {
  const { world, view } = settled;
  const logged = new Set<string>();
  const note = (value: Json) => {
    if (value !== null) logged.add(normal(value));
  };
  for (const one of view.conflicts) {
    note(one.keap);
    note(one.supabase);
  }
  for (const one of view.journal)
    if (one.action === "violation") for (const pair of Object.values(one.changes)) leaves(pair, note);
  const found: Finding[] = [];
  for (const { record, cell: name, edits } of byCell(settled)) {
    const [entity, id] = record.split(":") as [KindName, string];
    const cell = cellsOf(entity).find((one) => one.name === name);
    const row = view.rows[entity].find((one) => String(one.keap_id) === id || one.id === id);
    if (!cell || !row || row.deleted || world.deletedInKeap.has(record)) continue;
    const finals = [cell.ofRow(row.values), cellsIn(world.keap.account, entity, id).get(name) ?? null];
    edits.forEach((edit, at) => {
      const value = edit.after;
      if (value === null || finals.includes(value)) return;
      const seenLater = edits.slice(at + 1).some((later) => later.before === value);
      if (seenLater || logged.has(normal(value)) || world.keap.raced.has(`${record}:${name}:${value}`))
        return;
      found.push(
        `${record} ${name}: "${value}", written ${edit.side === "keap" ? "in Keap" : "here"}, is nowhere (${finals.join(", ")})`,
      );
    });
  }
  return found;
}

/** I3 for tags: where all who said anything about a membership said the same, it is so. */
function noLostTagging({ world, view }: Settled): Finding[] {
  const keapIdOf = (entity: "contacts" | "tags", id: string) =>
    String(view.rows[entity].find((one) => one.id === id)?.keap_id ?? id);
  const said = new Map<string, Set<boolean>>();
  for (const { side, contact, tag, on } of world.taggings) {
    const pair =
      side === "keap" ? `${contact}:${tag}` : `${keapIdOf("contacts", contact)}:${keapIdOf("tags", tag)}`;
    said.set(pair, (said.get(pair) ?? new Set()).add(on));
  }
  const found: Finding[] = [];
  for (const [pair, wishes] of said) {
    const [contact = "", tag = ""] = pair.split(":");
    const row = view.rows.contacts.find((one) => String(one.keap_id) === contact);
    const label = view.rows.tags.find((one) => String(one.keap_id) === tag);
    if (wishes.size > 1 || !row || !label || row.deleted || label.deleted) continue;
    const link = view.links.find((one) => one.contact_id === row.id && one.tag_id === label.id);
    if (link && ["error", "held"].includes(link.sync_status)) continue;
    if (!world.keap.account.contacts.has(Number(contact)) || world.deletedHere.has(row.id)) continue;
    const [on] = wishes;
    if ((link?.present ?? false) !== on)
      found.push(`contact ${contact} tag ${tag}: everybody put it ${on ? "on" : "off"}, and it is not so`);
  }
  return found;
}

function normal(value: Json): string {
  const raw = typeof value === "string" ? value.trim() : JSON.stringify(value);
  return /^[\d\s()+-]+$/.test(raw) ? raw.replace(/\D/g, "").slice(-10) : raw;
}

function leaves(value: Json, note: (value: Json) => void): void {
  if (Array.isArray(value)) for (const one of value) leaves(one, note);
  else if (typeof value === "object" && value !== null)
    for (const one of Object.values(value)) leaves(one, note);
  else note(value);
}

/** The row a record of Keap was made for: its id stands in a custom field; a line of an order has the note it was made with. */
function madeAs(
  name: KindName,
  { custom_fields, notes }: Record<string, unknown>,
  linesMade: ReadonlyMap<string, string>,
): Set<string> {
  const markers = (custom_fields as { content: unknown }[] | undefined) ?? [];
  const line = name === "order_items" ? linesMade.get(String(notes)) : undefined;
  return new Set([...markers.map(({ content }) => `${name}:${content}`), ...(line ? [line] : [])]);
}

/** I4: nothing stands on either side that nobody wrote. */
export function noInvention(settled: Settled, initial: ReadonlyMap<string, string | null>): Finding[] {
  const { world, view } = settled;
  const found: Finding[] = [];
  const written = new Map<string, Set<string | null>>();
  for (const { record, cell, edits } of byCell(settled))
    written.set(`${record}:${cell}`, new Set(edits.flatMap((one) => [one.after, one.before])));
  // What was deleted here while it was being made comes back as another row; what was written to the first was written.
  for (const name of castOf(settled))
    for (const [id, record] of kinds[name].records(world.keap.account)) {
      const first = madeAs(name, record, world.linesMade);
      for (const one of world.edits.filter((edit) => first.has(edit.record))) {
        const cell = `${name}:${id}:${one.cell}`;
        written.set(cell, (written.get(cell) ?? new Set()).add(one.after).add(one.before));
      }
    }
  for (const entity of castOf(settled)) {
    for (const row of view.rows[entity]) {
      if (row.deleted) continue;
      const record = `${entity}:${row.keap_id ?? row.id}`;
      for (const cell of cellsOf(entity)) {
        const allowed = written.get(`${record}:${cell.name}`);
        const first = initial.get(`${record}:${cell.name}`) ?? null;
        const keap = cellsIn(world.keap.account, entity, String(row.keap_id)).get(cell.name) ?? null;
        for (const value of [cell.ofRow(row.values), keap])
          if (value !== null && value !== first && !allowed?.has(value))
            found.push(`${record} ${cell.name} is "${value}", which nobody wrote`);
      }
    }
  }
  return found;
}

export function initialCells(world: World): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const entity of world.here.cast)
    for (const id of kinds[entity].records(world.keap.account).keys())
      for (const [cell, value] of cellsIn(world.keap.account, entity, String(id)))
        found.set(`${entity}:${id}:${cell}`, value);
  return found;
}

/** I8: what was made here stands at most once in Keap, and is not two rows here. */
export function createdOnce(settled: Settled): Finding[] {
  const { world, view } = settled;
  const counts = new Map<string, number>();
  for (const contact of world.keap.account.contacts.values())
    for (const email of contact.email_addresses ?? [])
      if (email.field === "EMAIL1" && email.email.startsWith("made"))
        counts.set(email.email, (counts.get(email.email) ?? 0) + 1);
  const found = [...counts]
    .filter(([, n]) => n > 1)
    .map(([email, n]) => `${email} was made ${n} times in Keap`);
  const markers = new Map<string, number>();
  for (const name of castOf(settled))
    for (const record of kinds[name].records(world.keap.account).values()) {
      for (const field of (record.custom_fields as { content: unknown }[] | undefined) ?? [])
        if (/^[0-9a-f-]{36}$/.test(String(field.content)))
          markers.set(`${name} ${field.content}`, (markers.get(`${name} ${field.content}`) ?? 0) + 1);
      // lines of an order hold no marker: the note they were made with is never changed
      if (name === "order_items" && String(record.notes).startsWith("made"))
        markers.set(`${name} ${record.notes}`, (markers.get(`${name} ${record.notes}`) ?? 0) + 1);
    }
  for (const [marker, n] of markers) if (n > 1) found.push(`${marker} was made ${n} times in Keap`);
  const names = new Map<string, number>();
  for (const tag of world.keap.account.tags.values()) names.set(tag.name, (names.get(tag.name) ?? 0) + 1);
  for (const [name, n] of names) if (n > 1) found.push(`the tag ${name} stands ${n} times in Keap`);
  for (const name of castOf(settled)) {
    const linked = new Set(view.rows[name].flatMap((row) => (row.deleted ? [] : (row.keap_id ?? []))));
    const unlinked = view.rows[name].filter((row) => row.keap_id === null && !row.deleted);
    for (const [id, record] of unlinked.length > 0 ? kinds[name].records(world.keap.account) : []) {
      const made = linked.has(id) ? madeAs(name, record, world.linesMade) : null;
      for (const row of unlinked)
        if (made?.has(`${name}:${row.id}`))
          found.push(`${name} ${row.id} was made here, and its record ${id} in Keap has another row`);
    }
  }
  return found;
}

/**
 * I9: nothing is deleted in Keap but what was deleted here and may go, a line that went with its order only with it; and
 * here only what is truly gone there.
 */
export function noBlindDelete(settled: Settled): Finding[] {
  const { world, view } = settled;
  const found: Finding[] = [];
  const deletedHere = (entity: string, id: number | null) =>
    view.journal.some(
      (one) =>
        one.entity === entity &&
        one.keap_id === id &&
        world.deletedHere.has(one.record_id) &&
        !world.wentAlong.has(one.record_id),
    );
  for (const call of world.keap.calls) {
    const target = call.method === "DELETE" ? targetOf(call.path) : null;
    if (target && !(world.deletesGoOut && deletedHere(kinds[target.kind].entity, target.id)))
      found.push(`the engine sent ${call.method} ${call.path}`);
  }
  for (const entity of castOf(settled))
    for (const row of view.rows[entity])
      if (row.deleted && row.keap_id !== null && !world.deletedInKeap.has(`${entity}:${row.keap_id}`))
        found.push(`${entity} ${row.keap_id} was deleted here and never in Keap`);
  // also where it came back since: it was gone from every list and every number meanwhile
  for (const one of view.journal) {
    const name = one.action === "delete" ? kindOf(settled, one.entity, one.changes) : undefined;
    if (name && one.keap_id !== null && !world.deletedInKeap.has(`${name}:${one.keap_id}`))
      found.push(`${name} ${one.keap_id} was deleted here for a while and never in Keap`);
  }
  return [...found, ...deletedAsAgreed(settled), ...deletedAsRead(settled), ...resurrected(settled)];
}

/** Keap never gives an id twice: what was deleted there from here comes back by no page, not for a while either. */
function resurrected(settled: Settled): Finding[] {
  const found: Finding[] = [];
  const gone = new Set<string>();
  for (const one of settled.view.journal) {
    const name = kindOf(settled, one.entity, one.changes);
    if (!name || one.keap_id === null) continue;
    const key = `${name} ${one.keap_id}`;
    if (one.action === "delete" && one.direction === "out") gone.add(key);
    else if (gone.has(key) && one.direction === "in" && (one.action === "create" || one.action === "restore"))
      found.push(`${key} came back here after it was deleted on both sides`);
  }
  return found;
}

/** A record that was deleted in Keap from here held what both sides had agreed on, as far as the engine had read it. */
function deletedAsRead(settled: Settled): Finding[] {
  const { world, view } = settled;
  const found: Finding[] = [];
  for (const [key, told] of world.keap.deletedAs) {
    const [name, id] = key.split(":") as [KindName, string];
    const line = view.journal.findLast(
      (one) =>
        one.action === "delete" &&
        one.entity === kinds[name].entity &&
        one.keap_id === Number(id) &&
        isOfKind(kinds[name], one.changes),
    );
    if (!line) continue;
    for (const cell of cellsOf(name)) {
      const [agreed, seen] = [cell.ofRow(line.changes), told.get(cell.name) ?? null];
      if (agreed !== seen)
        found.push(`${key} was deleted in Keap with ${cell.name} = ${seen}, where ${agreed} was agreed`);
    }
  }
  return found;
}

/** A row that was deleted because Keap deleted the record held what was agreed: an edit nobody had seen is not thrown away. */
function deletedAsAgreed(settled: Settled): Finding[] {
  const { view } = settled;
  const found: Finding[] = [];
  for (const entity of castOf(settled))
    for (const row of view.rows[entity]) {
      const last = view.journal.findLast(
        (one) => one.entity === kinds[entity].entity && one.record_id === row.id,
      );
      if (!row.deleted || last?.action !== "delete") continue;
      for (const cell of cellsOf(entity))
        if (cell.ofRow(row.values) !== cell.ofRow(last.changes as Values))
          found.push(
            `${entity} ${row.keap_id} was deleted with ${cell.name} = ${cell.ofRow(row.values)}, which Keap never had`,
          );
    }
  return found;
}

/** I10: what belongs to another record is sent after it. */
export function parentsFirst({ world }: Settled): Finding[] {
  return world.keap.calls.flatMap((call) => {
    const tag = /^\/v2\/tags\/(\d+)\/contacts:/.exec(call.path)?.[1];
    const unknown = call.status === 404 && tag && !world.deletedInKeap.has(`tags:${tag}`);
    return unknown ? [`tag ${tag} was put on people before Keap had it`] : [];
  });
}

const readOnly = [
  "score_value",
  "origin",
  "create_time",
  "update_time",
  "tag_ids",
  "groups",
  "id",
  "created_by",
];

/** I11: nothing goes to Keap that is not ours to write. */
export function ownership({ world }: Settled, keapsOwn: readonly string[] = []): Finding[] {
  return world.keap.calls.flatMap((call) => {
    if (call.method !== "PATCH") return [];
    const sent = Object.keys((call.body as object | undefined) ?? {});
    const masked = [...new URLSearchParams(call.query).getAll("update_mask")].flatMap((one) =>
      one.split(","),
    );
    return [...new Set([...sent, ...masked])]
      .filter(
        (one) => readOnly.includes(one) || (keapsOwn.includes(one) && call.path.startsWith("/v2/contacts/")),
      )
      .map((one) => `${call.path} was sent ${one}, which is Keap's`);
  });
}

/** I14: the journal, read from its beginning, gives every base. */
export function journalRebuildsBase({ world, view }: Settled): Finding[] {
  const entities = new Set<string>(world.here.cast.map((name) => kinds[name].entity));
  const bases = new Map<string, Values>();
  const members = new Map<string, Set<number>>();
  for (const entry of view.journal) {
    const key = `${entry.entity}:${entry.record_id}`;
    if (entry.direction === "local") continue;
    if (entry.entity === "contact_tags") {
      const [from, to] = (entry.changes.tag_keap_id ?? []) as [number | null, number | null];
      const held = members.get(entry.record_id) ?? new Set<number>();
      members.set(entry.record_id, held);
      if (from !== null) held.delete(from);
      if (to !== null) held.add(to);
      continue;
    }
    if (entry.action === "delete") {
      bases.delete(key);
      members.delete(entry.record_id);
      continue;
    }
    if (entry.action === "violation") continue;
    const whole = entry.action === "create" || (entry.action === "restore" && !isPairs(entry.changes));
    const base = whole ? {} : { ...bases.get(key) };
    for (const [field, change] of Object.entries(entry.changes))
      base[field] = whole ? change : ((change as Json[])[1] ?? null);
    bases.set(key, base);
    const first = (entry.detail as { members?: number[] } | null)?.members;
    if (entry.entity === "contacts" && first) members.set(entry.record_id, new Set(first));
  }
  const found: Finding[] = [];
  for (const shadow of view.shadows) {
    if (!entities.has(shadow.entity)) continue;
    const rebuilt = bases.get(`${shadow.entity}:${shadow.record_id}`) ?? {};
    for (const field of Object.keys({ ...shadow.base, ...rebuilt }))
      if (canonicalJson(shadow.base[field] ?? null) !== canonicalJson(rebuilt[field] ?? null))
        found.push(
          `${shadow.entity} ${shadow.key} ${field}: base ${JSON.stringify(shadow.base[field])}, journal ${JSON.stringify(rebuilt[field])}`,
        );
    if (shadow.entity === "contacts" && shadow.members) {
      const told = [...(members.get(shadow.record_id) ?? [])].sort((a, b) => a - b);
      if (JSON.stringify(told) !== JSON.stringify(shadow.members))
        found.push(`contacts ${shadow.key} members: base ${shadow.members}, journal ${told}`);
    }
  }
  return found;
}

function isPairs(changes: Record<string, Json>): boolean {
  return Object.values(changes).every((one) => Array.isArray(one) && one.length === 2);
}

function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return JSON.stringify(value.map(canonicalJson));
  const entries = Object.entries(value).filter(([, one]) => one !== null);
  if (entries.length === 0) return "null";
  return JSON.stringify(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, canonicalJson(one)]),
  );
}

/**
 * I5: what is pulled is not pushed back. I6: what is read twice changes nothing. Looked at by one more change in Keap
 * once all is quiet.
 */
export async function noEcho({ world }: Settled): Promise<Finding[]> {
  const person = [...world.keap.account.contacts.keys()][0];
  const cell = cells.find((one) => one.name === "family_name");
  const before = (await world.here.view()).rows.contacts.find((one) => one.keap_id === person);
  if (person === undefined || !cell || before?.sync_status !== "synced") return [];
  const found: Finding[] = [];
  const writes = () => world.keap.calls.filter((one) => one.method !== "GET").length;
  const sent = writes();
  await world.writeKeap(cell, person, `w${world.nextToken()}`);
  await world.poll();
  const once = (await world.here.view()).rows.contacts.find((one) => one.keap_id === person);
  await world.poll();
  await world.push();
  const twice = (await world.here.view()).rows.contacts.find((one) => one.keap_id === person);
  if (writes() !== sent) found.push("a change made in Keap was sent back to it");
  if (once?.version !== before.version + 1)
    found.push(`a change made in Keap was stored ${(once?.version ?? 0) - before.version} times`);
  if (twice?.version !== once?.version) found.push("reading the same change again changed the row again");
  return found;
}

/** Who is said to have been merged was, and into that one. */
function mergedTruly({ world, view }: Settled): Finding[] {
  return view.rows.contacts.flatMap((row) => {
    const into = row.values.merged_into_keap_id ?? null;
    // whoever was merged on takes along what was merged into it
    for (let at = world.merged.get(row.keap_id ?? 0); at !== undefined; at = world.merged.get(at))
      if (at === into) return [];
    if (into === null) return [];
    return [`contacts ${row.keap_id} is said to be merged into ${into}, and was not`];
  });
}

/** Everything that can be said of one settled world. */
export async function checkAll(
  settled: Settled,
  initial: ReadonlyMap<string, string | null>,
  keapsOwn: readonly string[] = [],
): Promise<Record<string, Finding[]>> {
  const checked = {
    "I1 convergence": convergence(settled),
    "I2 termination": termination(settled),
    "I3 no lost update": [...noLostUpdate(settled), ...noLostTagging(settled)],
    "I4 no invention": noInvention(settled, initial),
    "I8 created once": createdOnce(settled),
    "I9 no blind delete": noBlindDelete(settled),
    "I10 parents first": parentsFirst(settled),
    "I11 ownership": ownership(settled, keapsOwn),
    "I14 journal rebuilds base": journalRebuildsBase(settled),
    "I17 no false green": [...noFalseGreen(settled), ...settled.world.untrue],
    "merges are told truly": mergedTruly(settled),
  };
  return {
    ...checked,
    "I5 I6 no echo": await noEcho(settled),
    "one push at a time": [...settled.world.exclusion.found],
  };
}
