import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";
import type { EntityName, MappedRow, Values } from "../mapping/types";
import type { FieldPlan } from "../plan/plan-fields";
import { text } from "../settlement";
import type { DirtyRecord, Letter, Settlement, SyncState } from "../store";
import type { KeapRecord, OutboundAdapter } from "./adapters";
import type { PushResult } from "./push";
import type { PushLease } from "./push-lease";

/** What the parts of a push share: the batch that is under way, and how an outcome is written down. */

export interface Planned {
  item: DirtyRecord & { row: Values; version: number };
  current: KeapRecord;
  plan: FieldPlan;
}

/** Everything one batch needs. */
export interface Batch {
  context: RunContext;
  entity: EntityName;
  adapter: OutboundAdapter;
  state: SyncState;
  result: PushResult;
  lease: PushLease;
}

export function identity(
  item: DirtyRecord,
  current: KeapRecord,
): Pick<Settlement, "record_id" | "version" | "key" | "keap_id"> {
  return {
    record_id: item.record_id,
    version: item.version,
    key: current.row.key,
    keap_id: current.row.keap_id,
  };
}

/** Custom fields the row holds and Keap's model does not have any more: no attempt will bring them there. */
export async function goneFields({ context, adapter }: Batch, item: DirtyRecord): Promise<Letter | null> {
  const held = item.row?.custom_fields;
  if (!adapter.model || typeof held !== "object" || held === null) return null;
  const ids = Object.keys(held);
  if (ids.length === 0) return null;
  let known: readonly { id: string }[];
  try {
    known = (await context.keap.customFields.model(adapter.model, { lane: "interactive" })).items;
  } catch (cause) {
    // what has been written is settled in any case; the next attempt asks again
    if (isKeapError(cause)) return null;
    throw cause;
  }
  const gone = ids.filter((id) => !known.some((one) => one.id === id));
  if (gone.length === 0) return null;
  return {
    class: "dead",
    reason: `Keap does not have the custom field ${gone.join(", ")} any more, so what this row holds in it cannot be sent.`,
    cure: `Take ${gone.join(", ")} out of custom_fields here, then the rest is sent by itself. To keep the value, make a field for it in Keap and write it into that one.`,
    error_kind: "field_gone",
    fields: Object.fromEntries(gone.map((id) => [`custom_fields.${id}`, (held as Values)[id] ?? null])),
  };
}

export async function hold(
  batch: Batch,
  item: DirtyRecord,
  reason: string,
  cure = "Decide which record it is, and edit or delete the row here; an edited row is looked at again by itself.",
): Promise<void> {
  batch.result.held += 1;
  await settle(batch, {
    record_id: item.record_id,
    version: item.version,
    status: "held",
    error: reason,
    mark: "hold",
    letter: { class: "hold", reason, cure },
  });
}

export async function settle(batch: Batch, item: Settlement): Promise<void> {
  await settleAll(batch, [item]);
}

export async function settleAll(
  { context, entity, result }: Batch,
  items: readonly Settlement[],
): Promise<void> {
  if (items.length === 0) return;
  const outcomes = await context.store.settle(
    context.accountId,
    entity,
    items.map((item) => (item.seen?.children ? { ...item, seen: withoutLines(item.seen) } : item)),
    context.runId,
  );
  result.failed += outcomes.filter((one) => one.outcome === "refused").length;
}

/**
 * What a settlement says was seen is the record itself: its lines are not compared here. Were they part of it, the next
 * reading would take lines that changed in Keap meanwhile for known.
 */
function withoutLines({ children: _lines, ...row }: MappedRow): MappedRow {
  return row;
}

/** The row with whoever made the change as its writer: what the sync itself filled in since does not count. */
export function signed(item: Planned["item"]): Values {
  return { ...item.row, last_modified_by: writer(item) };
}

export function writer(item: DirtyRecord): string {
  return item.origin === "keap" ? (text(item.row?.last_modified_by) ?? "sql") : item.origin;
}

export function pick(values: Values, columns: readonly string[]): Values {
  return Object.fromEntries(columns.map((column) => [column, values[column] ?? null]));
}

export function onlyColumns(values: Values, like: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([column]) => column in like));
}
