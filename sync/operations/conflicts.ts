import type { Json } from "../mapping/types";
import { inParts, type OperationDeps, Refusal } from "./deps";
import { fieldPath, typedValue } from "./field-path";

/** Two values for one field, and what became of them. `base` is what both sides last agreed on. */
export interface ConflictRecord {
  conflict_id: string;
  entity: string;
  record_id: string;
  keap_id: number | null;
  /** A column, or a part of one such as `email_addresses.EMAIL1.email`. */
  field: string;
  /** What a person calls the record. */
  name: string;
  base: Json;
  keap: Json;
  supabase: Json;
  policy: string;
  decision: "keap" | "supabase" | "merged" | "held";
  chosen: Json;
  /** The column as it is here today. */
  now: Json;
  state: "held" | "decided" | "resolved";
  supabase_changed_by: string | null;
  supabase_changed_at: string | null;
  keap_changed_by: string | null;
  keap_changed_at: string | null;
  detected_at: string;
  resolution: "keap" | "supabase" | "value" | null;
  resolved_by: string | null;
  resolved_at: string | null;
}

export interface ConflictList {
  conflicts: ConflictRecord[];
  /** Waiting for a person, over all. */
  held: number;
  /** Decided by a policy or a person; each can be decided otherwise. */
  decided: number;
}

export interface ConflictFilter {
  state?: "held" | "decided" | "resolved" | "all";
  entity?: string;
  field?: string;
  record_id?: string;
  ids?: readonly string[];
  before?: string;
  limit?: number;
}

/** Whose value counts: Keap's, ours, or one that a person types. */
export type Choice = { use: "keap" } | { use: "supabase" } | { use: "value"; value: Json };

export interface ResolveOutcome {
  conflict_id: string;
  /** `moved`: the value here was changed since; look again. `gone`: the row is not here any more. */
  outcome: "resolved" | "moved" | "gone" | "refused";
  reason: string | null;
}

export function listConflicts(
  { rpc, accountId }: Pick<OperationDeps, "rpc" | "accountId">,
  filter: ConflictFilter = {},
): Promise<ConflictList> {
  return rpc("sync_list_conflicts", { p_account: accountId, p_filter: filter });
}

const partSize = 200;

/**
 * Settles conflicts, held ones and those a policy has decided already: the value not taken stays in the record of the
 * conflict, so any of them can be chosen again later. The next push carries it out after reading Keap once more: what
 * Keap has changed since is a new conflict, never overwritten.
 * @throws Refusal where a typed value does not fit its field.
 */
export async function resolveConflicts(
  deps: Pick<OperationDeps, "rpc" | "accountId" | "actor">,
  ids: readonly string[],
  choice: Choice,
): Promise<ResolveOutcome[]> {
  const outcomes: ResolveOutcome[] = [];
  for (const part of inParts([...new Set(ids)], partSize)) {
    const { conflicts } = await listConflicts(deps, { ids: part, state: "all", limit: partSize });
    const unknown = part.filter((id) => !conflicts.some((one) => one.conflict_id === id));
    for (const conflict_id of unknown)
      outcomes.push({ conflict_id, outcome: "refused", reason: "There is no such conflict." });
    const items = conflicts.map((one) => resolution(one, choice));
    if (items.length === 0) continue;
    outcomes.push(
      ...(await deps.rpc<ResolveOutcome[]>("sync_resolve_conflicts", {
        p_account: deps.accountId,
        p_items: items,
        p_actor: deps.actor,
      })),
    );
  }
  return outcomes;
}

function resolution(conflict: ConflictRecord, choice: Choice): Record<string, Json> {
  const field = fieldPath(conflict.entity, conflict.field);
  if (choice.use !== "keap" && !field.writable) {
    throw new Refusal(
      `Keap does not take ${conflict.entity}.${conflict.field} from outside: only Keap's value can be kept.`,
    );
  }
  return {
    conflict_id: conflict.conflict_id,
    choice: choice.use,
    column: field.column,
    path: field.path,
    ...(choice.use === "value" ? { value: typedValue(field, choice.value) } : {}),
  };
}

/** The ids of every conflict that waits for a person, by table and field where asked. */
export async function heldConflictIds(
  deps: Pick<OperationDeps, "rpc" | "accountId">,
  filter: Pick<ConflictFilter, "entity" | "field"> = {},
): Promise<string[]> {
  const ids: string[] = [];
  let before: string | undefined;
  for (;;) {
    const { conflicts } = await listConflicts(deps, {
      ...filter,
      state: "held",
      limit: 1000,
      ...(before ? { before } : {}),
    });
    ids.push(...conflicts.map((one) => one.conflict_id));
    const last = conflicts.at(-1);
    if (conflicts.length < 1000 || !last || last.detected_at === before) return [...new Set(ids)];
    before = last.detected_at;
  }
}
