import type { EntityName } from "../../mapping/types";
import { policiesFor } from "../../plan/policies";
import { inParts, type OperationDeps, Refusal } from "../deps";
import { type JournalRecord, planUndo, type UndoEdit, type UndoMember, type UndoRefusal } from "./plan-undo";

/** What to undo: everything from a time on (up to another), one run, or one record. */
export interface UndoScope {
  /** ISO instants; the end is excluded. */
  from?: string;
  to?: string;
  run_id?: string;
  record_id?: string;
  entity?: string;
}

export interface UndoPlan {
  scope: UndoScope;
  edits: UndoEdit[];
  members: UndoMember[];
  /** What cannot be undone, and why. */
  refused: UndoRefusal[];
  /** Records the journal names in this scope. */
  records: number;
  /** Calls of the Keap quota that carrying it out costs. */
  calls: number;
}

export interface UndoResult {
  run_id: string;
  edited: number;
  members: number;
  /** Left alone: changed or gone between the plan and the run. */
  left: { record_id: string; reason: string }[];
}

const pageSize = 200;

/**
 * Plans how to bring a range of time back, from the journal. Nothing is changed: the plan is shown first, and its scope
 * ends with now.
 * @throws Refusal where the scope is empty or its times cannot be read.
 */
export async function planUndoOf(
  { rpc, accountId, store }: Pick<OperationDeps, "rpc" | "accountId" | "store">,
  asked: UndoScope,
): Promise<UndoPlan> {
  checkScope(asked);
  // what the sync moves from now on is not part of it: carrying the plan out later must find the same
  const scope = { ...asked, to: asked.to ?? (await store.clock()) };
  const plan: UndoPlan = { scope, edits: [], members: [], refused: [], records: 0, calls: 0 };
  const { policies } = await store.readState(accountId);
  let after: { entity: string; record_id: string } | null = null;
  for (;;) {
    const page: JournalRecord[] = await rpc("sync_read_journal", {
      p_account: accountId,
      p_filter: scope,
      p_after: after,
      p_limit: pageSize,
    });
    for (const record of page) {
      const { edit, members, refused } = planUndo(record, policiesFor(record.entity as EntityName, policies));
      if (edit) plan.edits.push(edit);
      plan.members.push(...members);
      plan.refused.push(...refused);
    }
    plan.records += page.length;
    const last = page.at(-1);
    if (page.length < pageSize || !last) break;
    after = { entity: last.entity, record_id: last.record_id };
  }
  plan.calls = callsOf(plan);
  return plan;
}

function checkScope({ from, to, run_id, record_id }: UndoScope): void {
  for (const time of [from, to])
    if (time !== undefined && Number.isNaN(Date.parse(time)))
      throw new Refusal(`"${time}" is not a time. Write it as 2026-03-01T12:00:00Z.`);
  if (from === undefined && run_id === undefined && record_id === undefined)
    throw new Refusal("Say what to undo: from a time on (--from), a run (--run-id), or a record (--record).");
  if (from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from))
    throw new Refusal("The end lies before the beginning: nothing would be undone.");
}

/** A read per hundred records, a write per record; memberships a read and a write per hundred of one tag. */
function callsOf({ edits, members }: Pick<UndoPlan, "edits" | "members">): number {
  const groups = new Map<string, number>();
  for (const { tag_id, present } of members)
    groups.set(`${tag_id} ${present}`, (groups.get(`${tag_id} ${present}`) ?? 0) + 1);
  const tagCalls = [...groups.values()].reduce((sum, n) => sum + Math.ceil(n / 100), 0);
  return edits.length + Math.ceil(edits.length / 100) + tagCalls + Math.ceil(members.length / 100);
}

/**
 * Carries a plan out: the rows are edited, and the sync brings the edits to Keap like any other, reading each record
 * again first. A row that has moved since the plan is left alone.
 */
export async function runUndo(deps: OperationDeps, plan: UndoPlan): Promise<UndoResult> {
  const run_id = await deps.rpc<string>("sync_start_run", {
    p_account: deps.accountId,
    p_kind: "undo",
    p_trigger: deps.actor,
  });
  const result: UndoResult = { run_id, edited: 0, members: 0, left: [] };
  const common = { p_account: deps.accountId, p_actor: deps.actor, p_run: run_id };
  const detail = { undoes: { ...plan.scope } };
  for (const entity of new Set(plan.edits.map((one) => one.entity))) {
    const edits = plan.edits.filter((one) => one.entity === entity);
    for (const part of inParts(edits, pageSize)) {
      const outcomes = await deps.rpc<{ record_id: string; outcome: string; reason?: string }[]>(
        "sync_edit_records",
        {
          ...common,
          p_entity: entity,
          p_items: part.map(({ record_id, version, patch }) => ({ record_id, version, patch, detail })),
        },
      );
      for (const one of outcomes) {
        if (one.outcome === "edited") result.edited += 1;
        else result.left.push({ record_id: one.record_id, reason: one.reason ?? "It was left alone." });
      }
    }
  }
  for (const part of inParts(plan.members, pageSize)) {
    const outcomes = await deps.rpc<{ contact_id: string; outcome: string }[]>("sync_edit_members", {
      ...common,
      p_items: part.map(({ contact_id, tag_id, present }) => ({ contact_id, tag_id, present, detail })),
    });
    for (const one of outcomes) {
      if (one.outcome === "edited") result.members += 1;
      else if (one.outcome === "gone")
        result.left.push({
          record_id: one.contact_id,
          reason: "The person or the tag is not here any more.",
        });
    }
  }
  await deps.store.finishRun(run_id, {
    state: "done",
    counts: { edited: result.edited, members: result.members, left: result.left.length },
  });
  return result;
}
