import type { RunContext } from "../context";
import { isKeapError, type KeapError } from "../keap/errors";
import { entitySpecs, fieldsOf } from "../mapping/entities";
import type { EntityName, FieldSpec, Values } from "../mapping/types";
import { differingLeaves, type FieldPlan, planFields } from "../plan/plan-fields";
import { planExistence } from "../plan/plan-record";
import { policiesFor } from "../plan/policies";
import {
  changesOf,
  conflictsOf,
  heldReason,
  isEmpty,
  journalOf,
  sameInstant,
  text,
  violationsOf,
} from "../settlement";
import type { DirtyRecord, JournalEntry, Letter, SyncState } from "../store";
import { StoreError } from "../stores/supabase";
import type { KeapRecord, OutboundAdapter } from "./adapters";
import { create } from "./create-records";
import { remove, settleDeleted, wentAlong } from "./delete-records";
import { maxAttempts, outcomeOf, retryAt } from "./outcomes";
import type { PushResult } from "./push";
import { LeaseLost, type PushLease } from "./push-lease";
import {
  type Batch,
  goneFields,
  hold,
  identity,
  type Planned,
  pick,
  settle,
  settleAll,
  signed,
  writer,
} from "./record-batch";

/** Claims a batch of marked records of one table and carries them to Keap. Returns how many were claimed. */
export async function pushRecords(
  context: RunContext,
  entity: EntityName,
  adapter: OutboundAdapter,
  state: SyncState,
  result: PushResult,
  limit: number,
  lease: PushLease,
): Promise<number> {
  const { store, accountId, owner } = context;
  const items = await store.claimDirty(accountId, entity, limit, owner);
  if (items.length === 0) return 0;
  const open = new Set(items.map((item) => item.record_id));
  const parts = partsOf(adapter, items);
  try {
    for (const [part, own] of parts) {
      const batch: Batch = { context, entity, adapter: part, state, result, lease };
      const ids = own.flatMap((item) => (item.keap_id === null ? [] : [item.keap_id]));
      const inKeap = ids.length > 0 ? await part.read(context, ids, own) : new Map<number, KeapRecord>();
      // What is known goes before what is made: the answer to a new line shows its order anew, and a plan made before it
      // would undo what Keap changed in another line meanwhile.
      const known = own.filter((item) => item.keap_id !== null);
      const made = own.filter((item) => item.keap_id === null);
      for (const some of [known, made]) {
        const planned: Planned[] = [];
        for (const item of some) {
          const current = item.keap_id === null ? undefined : inKeap.get(item.keap_id);
          const next = await alone(batch, item, () => planItem(batch, item, current));
          if (next === null) open.delete(item.record_id);
          else planned.push(next);
        }
        await send(batch, planned, open);
      }
    }
  } catch (cause) {
    // the marks are the other run's by now
    if (cause instanceof LeaseLost) throw cause;
    // whatever could not be tried waits; the mark of what was tried has been settled
    const left = items.filter((item) => open.has(item.record_id));
    const batch: Batch = { context, entity, adapter, state, result, lease };
    await release(batch, left, isKeapError(cause) ? cause : null);
    throw cause;
  }
  return items.length;
}

/** The marks by the adapter that carries them: a table may hold several kinds of record, each with ids of its own. */
function partsOf(
  adapter: OutboundAdapter,
  items: readonly DirtyRecord[],
): Map<OutboundAdapter, DirtyRecord[]> {
  const parts = new Map<OutboundAdapter, DirtyRecord[]>();
  for (const item of items) {
    const part = adapter.partOf?.(item) ?? adapter;
    parts.set(part, [...(parts.get(part) ?? []), item]);
  }
  return parts;
}

/** One record's own trouble is told on it and stops nobody else; what stops every record is thrown. Null: settled. */
async function alone<T>(batch: Batch, item: DirtyRecord, work: () => Promise<T | null>): Promise<T | null> {
  try {
    return await work();
  } catch (cause) {
    if (!isOfOneRecord(cause)) throw cause;
    const reason = `It could not be carried to Keap: ${cause.message}`;
    batch.result.failed += 1;
    await settle(batch, {
      record_id: item.record_id,
      version: item.version,
      status: "error",
      error: reason,
      mark: "dead",
      letter: {
        class: "dead",
        reason,
        cure: "Correct the row here, then it is sent again by itself.",
        error_kind: "unexpected",
      },
    });
    return null;
  }
}

/** Not Keap as a whole, nor the database, nor the lease: something about this one record. */
function isOfOneRecord(cause: unknown): cause is Error {
  // what Keap says about a write is settled where it is written; this is a look-up it would not take
  if (isKeapError(cause)) return cause.kind === "invalid" || cause.kind === "not_found";
  if (cause instanceof StoreError) return /^(22|23|P0)/.test(cause.code ?? "");
  return cause instanceof Error && !(cause instanceof LeaseLost);
}

async function release(
  { context, entity }: Batch,
  items: readonly DirtyRecord[],
  error: KeapError | null,
): Promise<void> {
  const retry_at = retryAt(context.now(), 2, error?.retryAfterMs ?? 0);
  await context.store.settle(
    context.accountId,
    entity,
    items.map((item) => ({
      record_id: item.record_id,
      version: item.version,
      status: "pending" as const,
      mark: "retry" as const,
      retry_at,
    })),
    context.runId,
  );
}

/** Settles at once what needs no update; returns a plan for what does. */
async function planItem(
  batch: Batch,
  item: DirtyRecord,
  current: KeapRecord | undefined,
): Promise<Planned | null> {
  const { entity, state, result } = batch;
  if (item.operation === "restore" && item.row === null && current) {
    await batch.context.store.bringBack(batch.context.accountId, entity, [current.row], batch.context.runId);
    result.restored += 1;
    return null;
  }
  const here = item.row !== null && !item.row.deleted_at;
  const parent = here && item.row ? batch.adapter.waitsFor?.(item.row) : null;
  if (parent) {
    // parents first: linking the parent wakes this one at once
    result.retried += 1;
    await settle(batch, {
      record_id: item.record_id,
      version: item.version,
      status: "pending",
      error: `Waits for its ${parent} to be in Keap.`,
      mark: "retry",
      retry_at: retryAt(batch.context.now(), 6),
    });
    return null;
  }
  const switches = switchesFor(state, entity);
  const presence = current
    ? "here"
    : item.keap_id === null
      ? "gone"
      : await confirmPresence(batch, item.keap_id, item);
  if (presence === "unknown" && item.attempts + 1 >= maxAttempts)
    return hold(
      batch,
      item,
      "Keap has this record, but its list does not show it to us, so it cannot be compared before it is written.",
      "Give the user behind the key sight of it in Keap, then replay it. An edit of the row tries again too.",
    ).then(() => null);
  if (presence === "unknown") {
    // one list left it out and the next one named it: nothing is known yet, and nothing is dropped
    result.retried += 1;
    await settle(batch, {
      record_id: item.record_id,
      version: item.version,
      status: "pending",
      mark: "retry",
      retry_at: retryAt(batch.context.now(), item.attempts),
    });
    return null;
  }
  const existence = planExistence(
    {
      based: item.base !== null,
      keap: presence,
      supabase: here ? "here" : "gone",
      keapChanged: !here && current !== undefined && changedInKeap(batch, item, current),
      supabaseChanged: true,
    },
    switches,
  );
  switch (existence.do) {
    case "merge_fields":
    case "adopt":
      return planUpdate(batch, item as Planned["item"], asBefore(entity, item, current as KeapRecord));
    case "create_keap":
      await create(batch, item as Planned["item"]);
      return null;
    case "drop_base":
      result.agreed += 1;
      await settleDeleted(batch, item, "agree");
      return null;
    case "delete_keap":
      if (!(await wentAlong(batch, item))) await remove(batch, item, current as KeapRecord);
      return null;
    case "restore_supabase":
      // a line by itself would hang on an order that is deleted here
      if (await wentAlong(batch, item)) return null;
      await batch.context.store.bringBack(
        batch.context.accountId,
        entity,
        [(current as KeapRecord).row],
        batch.context.runId,
      );
      result.restored += 1;
      return null;
    case "nothing":
      result.agreed += 1;
      await settle(batch, {
        record_id: item.record_id,
        version: item.version,
        status: "synced",
        mark: "clear",
      });
      return null;
    default: {
      const why = existence.do === "hold" ? existence.why : "What to do about it is not known.";
      result.held += 1;
      await settle(batch, {
        record_id: item.record_id,
        version: item.version,
        keap_id: item.keap_id,
        status: "held",
        error: why,
        mark: "hold",
        letter: {
          class: "hold",
          reason: why,
          cure: !here
            ? "Switch deletes of this table on and replay it, or delete it in Keap by hand. A change of it in Keap brings the row back here."
            : item.base === null
              ? "Set creates for this table in sync.switches, then replay it; or delete the row here."
              : "To keep Keap's side, delete the row here. To keep this one, restore the record in Keap, then replay it.",
        },
      });
      return null;
    }
  }
}

/**
 * A field that is gone from the answer though Keap has not changed the record since it was last read was not emptied:
 * Keap stopped answering it. What was agreed stands.
 */
function asBefore(entity: EntityName, item: DirtyRecord, current: KeapRecord): KeapRecord {
  const { row } = current;
  if (entity !== "contacts" || !item.base || !sameInstant(row.updated_at, item.keap_updated_at))
    return current;
  const gone = Object.entries(item.base).filter(
    ([column, value]) => column in row.values && isEmpty(row.values[column]) && !isEmpty(value),
  );
  if (gone.length === 0) return current;
  return {
    ...current,
    row: { ...row, values: { ...row.values, ...Object.fromEntries(gone) } },
    unanswered: gone.map(([column]) => column),
  };
}

/** The answer to a write leaves out the same fields as the read before it. */
function likeRead(answer: KeapRecord, read: KeapRecord): KeapRecord {
  const same = (read.unanswered ?? []).filter((column) => isEmpty(answer.row.values[column]));
  if (same.length === 0) return answer;
  return {
    ...answer,
    row: { ...answer.row, values: { ...answer.row.values, ...pick(read.row.values, same) } },
  };
}

/** Differs from what was agreed: somebody worked on it in Keap after it was last read. */
function changedInKeap({ entity }: Batch, item: DirtyRecord, current: KeapRecord): boolean {
  const fields = fieldsOf(entity, item.row ?? current.row.values);
  return differingLeaves(fields, current.row.values, item.base ?? {}).length > 0;
}

/** Not in the list is not yet gone: the list could be late. Ask for the one record. */
async function confirmPresence(
  { context, adapter }: Batch,
  id: number,
  item: DirtyRecord,
): Promise<"here" | "gone" | "unknown"> {
  try {
    if (adapter.get) {
      await adapter.get(context, id);
      return "unknown";
    }
    const again = await adapter.read(context, [id], [item]);
    return again.has(id) ? "unknown" : "gone";
  } catch (cause) {
    if (isKeapError(cause) && cause.kind === "not_found") return "gone";
    throw cause;
  }
}

async function planUpdate(batch: Batch, item: Planned["item"], current: KeapRecord): Promise<Planned | null> {
  const { entity, state, result } = batch;
  const plan = planFields(
    fieldsOf(entity, item.row),
    {
      keap: current.row.values,
      supabase: item.row,
      base: item.base,
      keapChangedAt: current.row.updated_at,
      supabaseChangedAt: text(item.row.last_updated_at),
    },
    policiesFor(entity, state.policies),
  );
  if (Object.keys(plan.push).length > 0) return { item, current, plan };
  const held = plan.conflicts.some((one) => one.decision === "held");
  if (held) result.held += 1;
  else if (plan.violations.length > 0) result.restored += 1;
  else result.agreed += 1;
  await settle(batch, {
    ...identity(item, current),
    seen: current.row,
    base: plan.base,
    patch: plan.pull,
    clean: !held,
    status: held ? "conflict" : "synced",
    error: held ? heldReason(plan) : null,
    mark: held ? "hold" : "clear",
    answers_intents: item.open_intents.map((one) => one.intent_id),
    journal: journalOf(plan, item.base, plan.base, writer(item)),
    conflicts: conflictsOf(plan, item.row, current.row),
  });
  return null;
}

/** Intents first, in one transaction; then one PATCH per record, each settled with what Keap answered. */
async function send(batch: Batch, planned: readonly Planned[], open: Set<string>): Promise<void> {
  if (planned.length === 0) return;
  const { context, entity } = batch;
  const written = await context.store.writeIntents(
    context.accountId,
    entity,
    planned.map(({ item, plan, current }) => ({
      record_id: item.record_id,
      keap_id: current.row.keap_id,
      action: "update" as const,
      fields: plan.push,
      version: item.version,
      conflicts: conflictsOf(plan, item.row, current.row, ["supabase"]),
      journal: violationsOf(plan, "keap", writer(item)),
    })),
    context.runId,
  );
  const intents = new Map(written.map((one) => [one.record_id, one.intent_id]));
  for (const one of planned) {
    const intent_id = intents.get(one.item.record_id);
    const stop = await alone(batch, one.item, () => sendOne(batch, one, intent_id));
    open.delete(one.item.record_id);
    if (stop) {
      const rest = planned.filter((other) => open.has(other.item.record_id));
      await settleAll(
        batch,
        rest.map(({ item }) => ({
          record_id: item.record_id,
          version: item.version,
          status: "pending" as const,
          mark: "retry" as const,
          retry_at: retryAt(context.now(), 2, stop.retryAfterMs ?? 0),
          intent_id: intents.get(item.record_id),
          intent_state: "abandoned" as const,
        })),
      );
      for (const { item } of rest) open.delete(item.record_id);
      throw stop;
    }
  }
}

/** Returns the error that ends the run, or null. */
async function sendOne(
  batch: Batch,
  { item, current, plan }: Planned,
  intent_id: string | undefined,
): Promise<KeapError | null> {
  const { context, entity, adapter, state, result } = batch;
  await batch.lease.hold();
  let answer: KeapRecord;
  try {
    const written = await adapter.update(
      context,
      current.row.keap_id as number,
      plan.push,
      current,
      signed(item),
    );
    answer = likeRead(written, current);
  } catch (cause) {
    if (!isKeapError(cause)) throw cause;
    const outcome = outcomeOf(cause, item.attempts, context.now(), plan.push);
    if (cause.kind === "invalid" && "custom_fields" in plan.push) {
      const letter = await goneFields(batch, item);
      if (letter) Object.assign(outcome, { letter, error: letter.reason });
    }
    result[outcome.mark === "dead" ? "failed" : "retried"] += 1;
    const { stops, ...settlement } = outcome;
    await settle(batch, { ...identity(item, current), ...settlement, intent_id });
    return stops ? cause : null;
  }
  // what Keap answers is the truth now; where it rewrote a value, the row follows. Where it shows what it held before,
  // it has not taken the change: that is no new value of Keap's, and what was written here is not given up for it
  const refused = notTaken(fieldsOf(entity, item.row), plan, current, answer);
  const after = planFields(
    fieldsOf(entity, item.row),
    {
      keap: answer.row.values,
      supabase: { ...item.row, ...plan.pull },
      base: { ...plan.base, ...pick(plan.baseBeforePush, columnsOf(refused)) },
      keapChangedAt: answer.row.updated_at,
      supabaseChangedAt: text(item.row.last_updated_at),
    },
    policiesFor(entity, state.policies),
  );
  const held = after.conflicts.some((one) => one.decision === "held");
  const clean = !held && Object.keys(after.push).length === 0;
  const letter = clean || held ? null : await letterOf(batch, item, current, refused);
  const dead = letter?.class === "dead";
  result.updated += 1;
  if (dead) result.failed += 1;
  await settle(batch, {
    ...identity(item, answer),
    seen: answer.row,
    base: after.baseBeforePush,
    patch: { ...plan.pull, ...after.pull },
    acknowledged: without(plan.acknowledged, columnsOf(refused)),
    clean,
    status: held ? "conflict" : dead ? "error" : clean ? "synced" : "pending",
    error: held ? heldReason(after) : dead ? letter.reason : null,
    mark: held ? "hold" : dead ? "dead" : clean ? "clear" : "retry",
    retry_at: retryAt(context.now(), item.attempts),
    ...(letter ? { letter } : {}),
    intent_id,
    intent_state: "done",
    answers_intents: item.open_intents.map((one) => one.intent_id),
    journal: writtenJournal(item, plan, after.baseBeforePush),
    // what was overwritten in Keap has been noted with the intent
    conflicts: conflictsOf(plan, item.row, current.row, ["keap", "held"]),
  });
  return null;
}

/** Values that were sent, and that Keap shows as they were before. */
function notTaken(
  fields: readonly FieldSpec[],
  plan: FieldPlan,
  current: KeapRecord,
  answer: KeapRecord,
): string[] {
  const sent = fields.filter((field) => field.name in plan.push);
  const moved = new Set(differingLeaves(sent, current.row.values, answer.row.values).map((one) => one.field));
  return differingLeaves(sent, plan.push, answer.row.values)
    .map((one) => one.field)
    .filter((field) => !moved.has(field));
}

const columnsOf = (fields: readonly string[]) => [
  ...new Set(fields.map((field) => field.split(".")[0] ?? field)),
];

/** What is said of values that Keap does not take: at once where another attempt cannot help, else after several. */
async function letterOf(
  batch: Batch,
  item: DirtyRecord,
  current: KeapRecord,
  refused: readonly string[],
): Promise<Letter | null> {
  const unanswered = columnsOf(refused).filter((column) => current.unanswered?.includes(column));
  if (unanswered.length > 0)
    return {
      class: "dead",
      reason: `Keap no longer shows ${unanswered.join(", ")}: the change was sent, and whether it was taken cannot be seen.`,
      cure: "Look at the record in Keap. If Keap shows the field to you, replay this when its API answers it again; if the field is gone for good, put the former value back here.",
      error_kind: "not_taken",
    };
  const gone = refused.some((field) => field.startsWith("custom_fields."))
    ? await goneFields(batch, item)
    : null;
  if (gone) return gone;
  const last = item.attempts + 1 >= maxAttempts;
  if (!last && item.attempts === 0) return null;
  const what = refused.length > 0 ? refused.join(", ") : "the change";
  return {
    class: last ? "dead" : "retry",
    reason: `Keap answered that it took ${what}, and shows the former value.`,
    ...(last
      ? { cure: "Look at the record in Keap: change the value there or here, or replay this to try again." }
      : {}),
    error_kind: "not_taken",
  };
}

function without(values: Values, columns: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([column]) => !columns.includes(column)));
}

/** Every step of B is told once: what was sent as sent, the rest as read. So the journal alone can rebuild B. */
function writtenJournal(item: Planned["item"], plan: FieldPlan, base: Values): JournalEntry[] {
  const sent = Object.keys(plan.push);
  const before = item.base ?? {};
  const rest = (values: Values) =>
    Object.fromEntries(Object.entries(values).filter(([column]) => !sent.includes(column)));
  return [
    ...journalOf(plan, item.base && rest(item.base), rest(base), writer(item)),
    {
      direction: "out",
      action: "update",
      origin: writer(item),
      changes: changesOf(pick(before, sent), pick(base, sent)),
    },
  ];
}

function switchesFor(state: SyncState, entity: EntityName): { creates: boolean; deletes: boolean } {
  const own = state.switches.find((one) => one.entity === entity);
  return { creates: own ? own.creates : entitySpecs[entity].creates, deletes: own?.deletes ?? false };
}
