import { entitySpecs } from "../../mapping/entities";
import type { EntityName, Json, MappedRow, Values } from "../../mapping/types";
import { differingLeaves } from "../../plan/plan-fields";
import type { SyncState } from "../../store";
import { isPaused, switchesOf } from "../switches";

/**
 * Why a record differs between the two sides.
 * `in_flight`: a change is on its way · `conflict_held`: it waits for a person, who can see it · `excluded`: a switch or a
 * pause keeps it apart · `unexplained`: nothing accounts for it, so the sync is at fault or somebody went round it.
 */
export type MismatchClass = "in_flight" | "conflict_held" | "excluded" | "unexplained";

/** A record whose hashes differ, with everything the database knows about it. */
export interface Suspect {
  entity: EntityName;
  key: string;
  keap_id: number | null;
  in_keap: boolean;
  /** Made here, not yet in Keap. */
  unlinked?: boolean;
  record_id: string | null;
  version: number | null;
  row: Values | null;
  members: number[] | null;
  dirty: {
    state: string;
    operation: string;
    origin: string;
    reason: string | null;
    marked_at: string;
  } | null;
  /** What both sides last agreed on; null where they never did. */
  base: Values | null;
  members_dirty: Record<string, string> | null;
  members_waiting: number[] | null;
  held_fields: string[];
  letter: { class: string; reason: string } | null;
  intents: number;
  rejected: string | null;
}

export interface Mismatch {
  entity: EntityName;
  key: string;
  record_id: string | null;
  class: MismatchClass;
  fields: string[];
  /** In a sentence: what is the matter with it; and the version of the row that was compared. */
  detail: { why: string; version: number | null; differences?: { field: string; keap: Json; here: Json }[] };
}

const worst: readonly MismatchClass[] = ["unexplained", "in_flight", "conflict_held", "excluded"];

/** The class of one suspect, or null where both sides say the same in other words (a phone written otherwise). */
export function explain(
  suspect: Suspect,
  seen: MappedRow | undefined,
  state: Pick<SyncState, "switches">,
): Mismatch | null {
  const say = (cls: MismatchClass, why: string, fields: string[] = []): Mismatch => ({
    entity: suspect.entity,
    key: suspect.key,
    record_id: suspect.record_id,
    class: cls,
    fields,
    detail: { why, version: suspect.version },
  });
  if (isPaused(state, suspect.entity)) return excusePaused(suspect, seen, say);
  if (suspect.unlinked) return explainUnlinked(suspect, state, say);
  if (!suspect.in_keap) return explainAbsent(suspect, say);
  if (suspect.row === null) return explainMissing(suspect, state, say);
  return explainFields(suspect, seen, state);
}

type Say = (cls: MismatchClass, why: string, fields?: string[]) => Mismatch;

function excusePaused(suspect: Suspect, seen: MappedRow | undefined, say: Say): Mismatch | null {
  if (suspect.row && seen && differences(suspect, seen).length === 0) return null;
  return say("excluded", "The sync of this table is paused.");
}

function explainUnlinked(
  { dirty, letter, intents, entity }: Suspect,
  state: Pick<SyncState, "switches">,
  say: Say,
): Mismatch {
  const switches = switchesOf(state, entity);
  if (!switches.outbound || !switches.creates)
    return say("excluded", "Made here; making records of this kind in Keap is switched off.");
  if (intents > 0 || isMoving(dirty)) return say("in_flight", "Made here, on its way to Keap.");
  if (dirty || letter) return say("conflict_held", letter?.reason ?? dirty?.reason ?? "Held for a person.");
  return say("unexplained", "Made here, not in Keap, and nothing is under way to bring it there.");
}

function explainAbsent({ dirty, letter, held_fields, intents }: Suspect, say: Say): Mismatch {
  if (dirty && !isMoving(dirty))
    return say("conflict_held", letter?.reason ?? dirty.reason ?? "Gone from Keap; it waits for a person.");
  if (letter || held_fields.length > 0)
    return say("conflict_held", letter?.reason ?? "Gone from Keap; it waits for a person.");
  if (dirty || intents > 0) return say("in_flight", "Not in Keap; a change of it is on its way.");
  return say("unexplained", "Here, but not in Keap.");
}

function explainMissing(suspect: Suspect, state: Pick<SyncState, "switches">, say: Say): Mismatch {
  const { dirty, rejected, letter, entity } = suspect;
  if (rejected) return say("conflict_held", `Set aside: ${rejected}`);
  if (dirty && isMoving(dirty)) return say("in_flight", "Deleted here; the deletion is on its way.");
  if (dirty || letter) {
    return switchesOf(state, entity).deletes
      ? say("conflict_held", letter?.reason ?? dirty?.reason ?? "Deleted here; it waits for a person.")
      : say("excluded", "Deleted here, kept in Keap: deleting in Keap is switched off.");
  }
  return say("unexplained", "In Keap, but not here.");
}

function explainFields(
  suspect: Suspect,
  seen: MappedRow | undefined,
  state: Pick<SyncState, "switches">,
): Mismatch | null {
  if (!seen) return null;
  const found = differences(suspect, seen);
  if (found.length === 0) return null;
  const edited = editedFields(suspect, seen);
  const classes = found.map((one) => classOfField(suspect, one.field, edited, state));
  const cls = worst.find((one) => classes.includes(one)) ?? "unexplained";
  const why: Record<MismatchClass, string> = {
    in_flight: "A change is on its way.",
    conflict_held: suspect.letter?.reason ?? suspect.dirty?.reason ?? "It waits for a person.",
    excluded: "Changes of this table are not sent to Keap by your settings.",
    unexplained: "The two sides differ and nothing is under way.",
  };
  return {
    entity: suspect.entity,
    key: suspect.key,
    record_id: suspect.record_id,
    class: cls,
    fields: found.map((one) => one.field),
    detail: { why: why[cls], version: suspect.version, differences: found.slice(0, 10) },
  };
}

/** Fields in which the row differs from what was agreed: only these can a mark of the row explain. Null: all of them. */
function editedFields(suspect: Suspect, seen: MappedRow): ReadonlySet<string> | null {
  const { base, row, entity } = suspect;
  if (base === null || row === null) return null;
  const compared = Object.fromEntries(Object.keys(seen.values).map((field) => [field, row[field] ?? null]));
  const found = differences({ entity, row: base, members: null }, { ...seen, values: compared });
  return new Set(found.map((one) => one.field));
}

/** A change that has been on its way for longer than this is stuck, and nobody has been told. */
const stuckMs = 2 * 3600 * 1000;

function classOfField(
  suspect: Suspect,
  field: string,
  edited: ReadonlySet<string> | null,
  state: Pick<SyncState, "switches">,
): MismatchClass {
  const { dirty, held_fields, letter, intents, entity, members_dirty, members_waiting } = suspect;
  if (field.startsWith("tags.")) {
    const tag = field.slice(5);
    const mark = members_dirty?.[tag];
    if (mark && !switchesOf(state, "contact_tags").outbound) return "excluded";
    if (mark === "waiting" || mark === "claimed") return "in_flight";
    if (mark) return "conflict_held";
    return members_waiting?.includes(Number(tag)) ? "in_flight" : "unexplained";
  }
  if (held_fields.includes(field)) return "conflict_held";
  if (edited && !edited.has(field)) return "unexplained";
  if (dirty && !switchesOf(state, entity).outbound) return "excluded";
  if (isMoving(dirty) || (intents > 0 && !dirty)) return "in_flight";
  if ((dirty && !isStuck(dirty)) || letter) return "conflict_held";
  return "unexplained";
}

const isWaiting = (dirty: Suspect["dirty"]): boolean =>
  dirty?.state === "waiting" || dirty?.state === "claimed";

const isStuck = (dirty: Suspect["dirty"]): boolean =>
  isWaiting(dirty) && Date.now() - Date.parse(dirty?.marked_at ?? "") > stuckMs;

const isMoving = (dirty: Suspect["dirty"]): boolean => isWaiting(dirty) && !isStuck(dirty);

/** Every leaf in which Keap's record and the row differ, canonically; tags as `tags.<id>`. */
export function differences(
  { entity, row, members }: Pick<Suspect, "entity" | "row" | "members">,
  seen: MappedRow,
): { field: string; keap: Json; here: Json }[] {
  const fields = entitySpecs[entity].fields.filter((field) => field.name in seen.values);
  const found = differingLeaves(fields, seen.values, row ?? {}).map((one) => ({
    field: one.field,
    keap: one.a,
    here: one.b,
  }));
  if (seen.members && members) {
    const there = new Set(seen.members);
    const here = new Set(members.map(Number));
    for (const tag of there)
      if (!here.has(tag)) found.push({ field: `tags.${tag}`, keap: true, here: false });
    for (const tag of here)
      if (!there.has(tag)) found.push({ field: `tags.${tag}`, keap: false, here: true });
  }
  return found;
}
