import type { Json, MappedRow, Values } from "./mapping/types";
import type { FieldPlan } from "./plan/plan-fields";
import type { ConflictEntry, JournalEntry } from "./store";

/** How a plan is told: in the journal, as conflicts, and in words on the row. */

export function heldReason(plan: FieldPlan): string {
  const fields = plan.conflicts.filter((one) => one.decision === "held").map((one) => one.field);
  return `Changed on both sides: ${fields.join(", ")}. Put the value to keep on both sides; an edited row is looked at again by itself.`;
}

/** What moved in the base, and which edits were put back. */
export function journalOf(
  plan: FieldPlan,
  before: Values | null,
  after: Values,
  writer: string,
): JournalEntry[] {
  const entries: JournalEntry[] = [];
  const changes = changesOf(before, after);
  if (Object.keys(changes).length > 0) {
    const pulled = Object.keys(plan.pull).length > 0;
    entries.push({
      direction: pulled ? "in" : "agree",
      action: before === null ? "adopt" : pulled ? "update" : "agree",
      origin: "keap",
      changes,
    });
  }
  entries.push(...violationsOf(plan, "supabase", writer));
  return entries;
}

/** Edits that were put back on one side. */
export function violationsOf(plan: FieldPlan, side: "keap" | "supabase", writer: string): JournalEntry[] {
  const found = plan.violations.filter((one) => one.side === side);
  if (found.length === 0) return [];
  return [
    {
      direction: side === "keap" ? "out" : "in",
      action: "violation",
      origin: writer,
      changes: Object.fromEntries(found.map((one) => [one.field, [one.refused, one.restored]])),
      detail: "These fields belong to the other side; the edit was put back.",
    },
  ];
}

/** `decided` alone: those whose decision is one of these. */
export function conflictsOf(
  plan: FieldPlan,
  row: Values,
  seen: MappedRow,
  decided: readonly string[] = ["keap", "supabase", "held"],
): ConflictEntry[] {
  return plan.conflicts
    .filter((one) => decided.includes(one.decision))
    .map((one) => ({
      ...one,
      state: one.decision === "held" ? "held" : "decided",
      supabase_changed_by: text(row.last_modified_by),
      supabase_changed_at: text(row.last_updated_at),
      keap_changed_at: seen.updated_at,
    }));
}

export function changesOf(before: Values | null, after: Values): Record<string, Json> {
  const changes: Record<string, Json> = {};
  for (const [field, value] of Object.entries(after)) {
    const old = before?.[field] ?? null;
    if (JSON.stringify(old) !== JSON.stringify(value)) changes[field] = [old, value];
  }
  return changes;
}

export function text(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export function isEmpty(value: Json | undefined): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

export function sameInstant(a: string | null | undefined, b: string | null | undefined): boolean {
  return Boolean(a && b) && Date.parse(a as string) === Date.parse(b as string);
}
