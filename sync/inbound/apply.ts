import type { RunContext } from "../context";
import { entitySpecs } from "../mapping/entities";
import type { EntityName, Json, MappedRow, Values } from "../mapping/types";
import { type FieldPlan, planFields } from "../plan/plan-fields";
import { policiesFor, type StoredPolicy } from "../plan/policies";
import type { ConflictEntry, JournalEntry, PageContext, PageResult, Settlement, ToPlan } from "../store";

/**
 * Stores a page. Records that nobody touched here go in set-based; those edited on both sides come back, are planned
 * field by field and settled. What remains to be pushed stays marked for the push.
 */
export async function applyPage(
  context: RunContext,
  entity: EntityName,
  rows: readonly MappedRow[],
  page: Omit<PageContext, "runId"> = {},
  policies: readonly StoredPolicy[] = [],
): Promise<PageResult> {
  const { store, accountId, runId } = context;
  const result = await store.applyPage(accountId, entity, rows, { ...page, runId });
  const byEntity = new Map<EntityName, ToPlan[]>();
  for (const one of result.to_plan) byEntity.set(one.entity, [...(byEntity.get(one.entity) ?? []), one]);
  for (const [planned, items] of byEntity) {
    // a row that is edited while we plan keeps its mark: the push reads Keap again and plans anew
    await store.settle(
      accountId,
      planned,
      items.map((item) => settlePulled(item, policies)),
      runId,
    );
  }
  return result;
}

/** The pull half of a plan as one settlement. */
export function settlePulled(item: ToPlan, policies: readonly StoredPolicy[]): Settlement {
  const { entity, record_id, key, seen, base, row, version } = item;
  const common = { record_id, version, key, keap_id: seen.keap_id, seen };
  if (row.deleted_at) {
    // deleted here, changed in Keap: the default restores it, and says so
    return {
      ...common,
      base: seen.values,
      patch: { ...seen.values, deleted_at: null },
      clean: true,
      status: "synced",
      mark: "clear",
      journal: [
        { direction: "in", action: "restore", origin: "keap", changes: changesOf(base, seen.values) },
      ],
    };
  }
  const plan = planFields(
    entitySpecs[entity].fields,
    {
      keap: seen.values,
      supabase: row,
      base,
      keapChangedAt: seen.updated_at,
      supabaseChangedAt: text(row.last_updated_at),
    },
    policiesFor(entity, policies),
  );
  const held = plan.conflicts.some((one) => one.decision === "held");
  const toPush = Object.keys(plan.push).length > 0;
  return {
    ...common,
    base: plan.baseBeforePush,
    patch: plan.pull,
    clean: !toPush && !held,
    status: held ? "conflict" : toPush ? "pending" : "synced",
    error: held ? heldReason(plan) : null,
    mark: toPush ? "leave" : held ? "hold" : "clear",
    journal: journalOf(plan, base, plan.baseBeforePush, text(row.last_modified_by) ?? "sql"),
    conflicts: conflictsOf(plan, row, seen),
  };
}

export function heldReason(plan: FieldPlan): string {
  const fields = plan.conflicts.filter((one) => one.decision === "held").map((one) => one.field);
  return `Changed on both sides: ${fields.join(", ")}. Choose which value to keep.`;
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
  if (plan.violations.length > 0) {
    entries.push({
      direction: "in",
      action: "violation",
      origin: writer,
      changes: Object.fromEntries(plan.violations.map((one) => [one.field, [one.refused, one.restored]])),
      detail: "These fields belong to the other side; the edit was put back.",
    });
  }
  return entries;
}

export function conflictsOf(plan: FieldPlan, row: Values, seen: MappedRow): ConflictEntry[] {
  return plan.conflicts.map((one) => ({
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

function text(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}
