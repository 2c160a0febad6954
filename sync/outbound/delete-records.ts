import { isKeapError } from "../keap/errors";
import type { DirtyRecord } from "../store";
import type { KeapRecord } from "./adapters";
import { outcomeOf } from "./outcomes";
import { type Batch, hold, identity, settle } from "./record-batch";

/**
 * A line whose order was deleted here too: gone with it once Keap's order is deleted, and back with it where that comes
 * back. By itself it would be taken out of an order that stays.
 */
export async function wentAlong(batch: Batch, item: DirtyRecord): Promise<boolean> {
  const { context, adapter } = batch;
  const parent = adapter.partOfRecord?.(item.base ?? {});
  if (!parent) return false;
  const here = await context.store.linkedRows(context.accountId, parent.entity, [parent.keap_id]);
  if (here[String(parent.keap_id)] !== undefined) return false;
  await hold(
    batch,
    item,
    `Deleted here with its ${parent.words}, which is still in Keap.`,
    `Decide about the ${parent.words}: this one goes with it, or comes back with it.`,
  );
  return true;
}

/**
 * Deleted here, and deletes of this table are switched on: deleted in Keap too. Nothing else is gone by it: Keap was just
 * read, holds what was agreed, and a delete that is sent again finds nothing.
 */
export async function remove(batch: Batch, item: DirtyRecord, current: KeapRecord): Promise<void> {
  const { context, entity, adapter, result } = batch;
  const words = adapter.words ?? { one: "record" };
  if (!adapter.remove)
    return hold(
      batch,
      item,
      `Keap's API deletes no ${words.one}.`,
      "Delete it in Keap by hand, then replay it. A change of it in Keap brings the row back here.",
    );
  await batch.lease.hold(true);
  const [intent] = await context.store.writeIntents(
    context.accountId,
    entity,
    [{ record_id: item.record_id, keap_id: current.row.keap_id, action: "delete", version: item.version }],
    context.runId,
  );
  // noting it took time as well: whoever took over meanwhile may have read a change, and brought the row back
  await batch.lease.hold();
  try {
    await adapter.remove(context, current.row.keap_id as number, current);
  } catch (cause) {
    if (!isKeapError(cause)) throw cause;
    if (cause.kind !== "not_found") {
      const { stops, ...outcome } = outcomeOf(cause, item.attempts, context.now(), {});
      result[outcome.mark === "dead" ? "failed" : "retried"] += 1;
      await settle(batch, {
        ...identity(item, current),
        ...outcome,
        intent_id: intent?.intent_id,
      });
      if (stops) throw cause;
      return;
    }
  }
  result.deleted += 1;
  await settleDeleted(batch, item, "out");
}

export async function settleDeleted(
  { context, entity }: Batch,
  item: DirtyRecord,
  direction: "out" | "agree",
): Promise<void> {
  await context.store.settleDeleted(
    context.accountId,
    entity,
    [
      {
        record_id: item.record_id,
        key: item.key ?? "",
        keap_id: item.keap_id,
        origin: item.origin,
        direction,
      },
    ],
    context.runId,
  );
}
