import { entitySpecs } from "../../mapping/entities";
import type { EntityName, FieldSpec, Json, Values } from "../../mapping/types";
import { same } from "../../plan/canonical";
import { planFields } from "../../plan/plan-fields";
import type { Policies } from "../../plan/policies";

/** A line of the journal, and what it said. */
export interface JournalLine {
  journal_id: number;
  at: string;
  run_id: string | null;
  other_id: string | null;
  direction: "in" | "out" | "agree";
  action: string;
  origin: string;
  /** Field → [before, after]; of a record that was made or deleted, field → value. */
  changes: Record<string, Json>;
}

/** One record's lines within what is to be undone, and the row as it is now. */
export interface JournalRecord {
  entity: string;
  record_id: string;
  keap_id: number | null;
  name: string;
  row: Values | null;
  /** For memberships: tag → whether it is on now. */
  members: Record<string, boolean> | null;
  entries: JournalLine[];
}

export interface UndoChange {
  field: string;
  now: Json;
  /** What it is to be again. */
  back: Json;
}

/** What cannot be undone, and why. */
export interface UndoRefusal {
  entity: string;
  record_id: string;
  name: string;
  field: string | null;
  reason: string;
}

export interface UndoEdit {
  entity: string;
  record_id: string;
  keap_id: number | null;
  name: string;
  version: number;
  /** Whole columns, as the row is to be. */
  patch: Values;
  changes: UndoChange[];
}

export interface UndoMember {
  contact_id: string;
  tag_id: string;
  name: string;
  /** What it is to be again. */
  present: boolean;
}

export interface RecordUndo {
  edit: UndoEdit | null;
  members: UndoMember[];
  refused: UndoRefusal[];
}

const reasons: Readonly<Record<string, string>> = {
  create_in: "It was made in Keap in that time. Delete it in Keap; it goes here by itself.",
  create_out: "It was made in Keap from here in that time. Delete it in Keap; it goes here by itself.",
  delete: "It was deleted in Keap. What is deleted there cannot be brought back with its id.",
  restore: "A row deleted here came back from Keap in that time. Delete it again if it should be gone.",
  redact: "The person was erased. What is erased never comes back.",
  link: "It was linked to the record Keap had already. Unlinking would make it twice.",
};

/**
 * How to bring one record back to what it was before these lines. Each field goes back to the value before the first
 * line that moved it, if it still is what the last one made it; what has been changed since stays, and is named. Pure.
 */
export function planUndo(record: JournalRecord, policies: Policies): RecordUndo {
  const result: RecordUndo = { edit: null, members: [], refused: [] };
  const refuse = (reason: string, field: string | null = null) =>
    result.refused.push({
      entity: record.entity,
      record_id: record.record_id,
      name: record.name,
      field,
      reason,
    });
  if (record.entity === "contact_tags") return undoMembers(record, result, refuse);
  for (const { action, direction } of record.entries) {
    const reason = reasons[action === "create" ? `create_${direction === "out" ? "out" : "in"}` : action];
    if (reason) {
      refuse(reason);
      if (action !== "link") return result;
    }
  }
  const moved = movesOf(record.entries);
  if (moved.size === 0) return result;
  if (record.row === null || record.row.deleted_at) {
    refuse("The row is not here any more.");
    return result;
  }
  const spec = Object.hasOwn(entitySpecs, record.entity)
    ? entitySpecs[record.entity as EntityName]
    : undefined;
  if (!spec?.outbound) {
    refuse(`Keap takes no changes of ${record.entity.replaceAll("_", " ")} from outside. Change it in Keap.`);
    return result;
  }
  undoFields(record, record.row, spec.fields, moved, policies, result, refuse);
  return result;
}

/** Column → its value before the first line that moved it, and after the last. */
function movesOf(entries: readonly JournalLine[]): Map<string, { from: Json; to: Json }> {
  const moves = new Map<string, { from: Json; to: Json }>();
  // a run tells what it sent before what it had agreed upon first
  const order = (one: JournalLine) => (one.direction === "out" ? 1 : 0);
  const sorted = [...entries].sort((a, b) =>
    a.run_id !== null && a.run_id === b.run_id
      ? order(a) - order(b) || a.journal_id - b.journal_id
      : a.journal_id - b.journal_id,
  );
  for (const { action, changes } of sorted) {
    if (action !== "update" && action !== "agree" && action !== "adopt") continue;
    for (const [column, pair] of Object.entries(changes)) {
      if (!Array.isArray(pair)) continue;
      const [from = null, to = null] = pair;
      const known = moves.get(column);
      moves.set(column, { from: known ? known.from : from, to });
    }
  }
  return moves;
}

type Refuse = (reason: string, field?: string | null) => void;

function undoFields(
  record: JournalRecord,
  row: Values,
  specs: readonly FieldSpec[],
  moved: ReadonlyMap<string, { from: Json; to: Json }>,
  policies: Policies,
  result: RecordUndo,
  refuse: Refuse,
): void {
  const fields: FieldSpec[] = [];
  const then: Values = {};
  const last: Values = {};
  for (const [column, { from, to }] of moved) {
    const field = specs.find((one) => one.name === column);
    if (!field || same(from, to, field.kind)) continue;
    if (!field.writable) {
      // what Keap keeps for itself (who saved last, scores) follows its own course
      if (!silent.has(column)) refuse("Keap does not take this field from outside.", column);
      continue;
    }
    if (policies(column).owner === "keap") {
      // it would be put back at once
      refuse("Only Keap may write this field here. Change it in Keap.", column);
      continue;
    }
    fields.push(everyLeaf(field));
    last[column] = to;
    then[column] = withoutReadOnly(field, from, to);
  }
  if (fields.length === 0) return;
  const plan = planFields(
    fields,
    { keap: then, supabase: row, base: last, keapChangedAt: null, supabaseChangedAt: null },
    () => ({ policy: "hold", owner: "both" }),
  );
  for (const one of plan.conflicts)
    refuse("It was changed again after that time. The newer value stays.", one.field);
  if (Object.keys(plan.pull).length === 0) return;
  result.edit = {
    entity: record.entity,
    record_id: record.record_id,
    keap_id: record.keap_id,
    name: record.name,
    version: Number(row.version),
    patch: plan.pull,
    changes: Object.entries(plan.pull).map(([field, value]) => ({
      field,
      now: row[field] ?? null,
      back: value,
    })),
  };
}

const silent = new Set(["keap_last_updated_by", "raw", "score_value", "utm_parameters"]);

function everyLeaf(field: FieldSpec): FieldSpec {
  if (!field.leaves) return field;
  return {
    ...field,
    leaves: Object.fromEntries(
      Object.entries(field.leaves).map(([name, leaf]) => [name, { ...leaf, writable: true }]),
    ),
  };
}

/** Parts of a slot that only Keap writes stay as they are: they would be put back at once. */
function withoutReadOnly(field: FieldSpec, from: Json, to: Json): Json {
  if (!field.leaves) return from;
  const fixed = Object.entries(field.leaves).filter(([, leaf]) => !leaf.writable);
  return Object.fromEntries(
    Object.entries(objectOf(from)).map(([slot, content]) => {
      const after = objectOf(objectOf(to)[slot]);
      const kept = Object.fromEntries(fixed.map(([leaf]) => [leaf, after[leaf] ?? null]));
      return [slot, { ...objectOf(content), ...kept }];
    }),
  );
}

function objectOf(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function undoMembers(record: JournalRecord, result: RecordUndo, refuse: Refuse): RecordUndo {
  const byTag = new Map<string, JournalLine[]>();
  for (const line of record.entries) {
    if (line.other_id === null || !/^(add|remove)_member$/.test(line.action)) continue;
    byTag.set(line.other_id, [...(byTag.get(line.other_id) ?? []), line]);
  }
  for (const [tag_id, lines] of byTag) {
    const present = lines[0]?.action === "remove_member";
    const left = lines.at(-1)?.action === "add_member";
    const now = record.members?.[tag_id] ?? false;
    if (now === present) continue;
    if (now !== left) refuse("The tag was changed again after that time. It stays as it is.", tag_id);
    else if (record.row === null || record.row.deleted_at) refuse("The person is not here any more.", tag_id);
    else result.members.push({ contact_id: record.record_id, tag_id, name: record.name, present });
  }
  return result;
}
