import type { RunContext } from "../context";
import { entitySpecs, fieldsOf } from "../mapping/entities";
import type { EntityName, MappedRow } from "../mapping/types";
import { planFields } from "../plan/plan-fields";
import { policiesFor, type StoredPolicy } from "../plan/policies";
import { changesOf, conflictsOf, heldReason, journalOf, text } from "../settlement";
import type { PageContext, PageResult, Settlement, ToPlan } from "../store";

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
      items.map((item) => ({ ...settlePulled(item, policies), read_at: page.readAt })),
      runId,
    );
  }
  return result;
}

/**
 * When a page is asked for, by the database's clock. Only tables that are pushed to need it: what a push wrote while
 * the page was on its way must not be undone by it.
 */
export async function readTime(context: RunContext, entity: EntityName): Promise<string | undefined> {
  return entitySpecs[entity].outbound ? context.store.clock() : undefined;
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
    fieldsOf(entity, row),
    {
      keap: seen.values,
      supabase: row,
      // what was sent when it was made here is what both sides began with
      base: base ?? item.made ?? null,
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
