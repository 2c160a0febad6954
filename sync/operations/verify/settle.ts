import { contextFor, type RunContext } from "../../context";
import { isKeapError } from "../../keap/errors";
import type { EntityName, Values } from "../../mapping/types";
import { readProfile, rememberedProfile } from "../../profile";
import { inParts, type OperationDeps } from "../deps";
import { listTargets, NotOffered, readRecords, type Target } from "./targets";
import { listMismatches } from "./verify";

export interface SettleResult {
  /** Unexplained records there were. */
  decided: number;
  /** Read from Keap and taken as they are there. */
  taken: number;
  /** Not in Keap, as a second look at each confirmed: they went here as well. */
  dropped: number;
  /** Left alone: edited since the comparison, not shown by Keap now, or held because they are so many. */
  left: { entity: string; key: string; reason: string }[];
}

/**
 * Settles every unexplained difference the way a person says. `keap`: the records are read again and taken as they are
 * there; what Keap confirms to have no more goes here too, many at once only with an admin's yes. `supabase`: the rows
 * count as edited, and the next push sends them. A row edited since the comparison is left alone.
 */
export async function settleUnexplained(
  deps: OperationDeps,
  side: "keap" | "supabase",
): Promise<SettleResult> {
  const open = await listMismatches(deps, "unexplained");
  const result: SettleResult = { decided: open.length, taken: 0, dropped: 0, left: [] };
  if (open.length === 0) return result;
  const items = open.map((one) => ({
    entity: one.entity,
    key: one.key.slice(one.key.indexOf(" ") + 1),
    record_id: one.record_id,
    version: one.detail.version,
    list: one.verification_of,
  }));
  if (side === "supabase") {
    await deps.rpc("sync_trust_here", { p_account: deps.accountId, p_items: items, p_actor: deps.actor });
    return result;
  }
  const state = await deps.store.readState(deps.accountId);
  const mapping = rememberedProfile(state.cursors, new Date()) ?? (await readProfile(deps));
  const context = contextFor(deps, null, mapping);
  for (const target of listTargets(state).targets) {
    const mine = items.filter((one) => one.list === target.name);
    for (const part of inParts(mine, 100)) {
      try {
        await takePart(deps, context, target, part, result);
      } catch (cause) {
        if (!(cause instanceof NotOffered)) throw cause;
        for (const { entity, key } of part)
          result.left.push({
            entity,
            key,
            reason: "Keap does not show this kind of record to this key now.",
          });
      }
    }
  }
  return result;
}

interface Item {
  entity: EntityName;
  key: string;
  record_id: string | null;
  version: number | null;
}

async function takePart(
  deps: OperationDeps,
  context: RunContext,
  target: Target,
  items: readonly Item[],
  result: SettleResult,
): Promise<void> {
  const own = items.filter((one) => one.entity === target.entity);
  const children = items.filter((one) => one.entity !== target.entity);
  const parents = await parentsOf(deps, target, children);
  const keys = [...new Set([...own.map((one) => one.key), ...parents])];
  const ids = keys.map((key) => Number(key.slice(key.indexOf(":") + 1))).filter(Number.isSafeInteger);
  const { rows, missing } = await readRecords(context, target, ids, keys);
  const answer = await deps.rpc<{ taken: number; moved: string[] }>("sync_take_keap", {
    p_account: deps.accountId,
    p_entity: target.entity,
    p_rows: rows,
    p_items: items,
    p_actor: deps.actor,
  });
  result.taken += answer.taken;
  for (const key of answer.moved)
    result.left.push({
      entity: target.entity,
      key,
      reason: "It was edited since the comparison. Compare again.",
    });
  const absent = own.filter((one) => missing.includes(one.key) && one.record_id !== null);
  if (absent.length > 0) await dropAbsent(deps, target, absent, result);
}

/** Keys of the records that these children hang on. */
async function parentsOf(deps: OperationDeps, target: Target, children: readonly Item[]): Promise<string[]> {
  if (children.length === 0) return [];
  const column = `${target.entity.replace(/s$/, "")}_keap_id`;
  const found: string[] = [];
  for (const { entity, record_id } of children) {
    if (record_id === null) continue;
    const row = await deps.rpc<Values | null>("sync_read_row", {
      p_account: deps.accountId,
      p_entity: entity,
      p_record: record_id,
    });
    if (row?.[column]) found.push(String(row[column]));
  }
  return found;
}

/** Not in the list is not yet gone: each is asked for by itself, and many wait for an admin like any mass delete. */
async function dropAbsent(
  deps: OperationDeps,
  target: Target,
  absent: readonly Item[],
  result: SettleResult,
): Promise<void> {
  const confirmed: Item[] = [];
  for (const item of absent) {
    if (await isGone(deps, target, item.key)) confirmed.push(item);
    else
      result.left.push({
        entity: item.entity,
        key: item.key,
        reason: "Keap's list does not name it, but it could not be confirmed as deleted.",
      });
  }
  if (confirmed.length === 0) return;
  const numbers = confirmed.map((one) => Number(one.key.slice(one.key.indexOf(":") + 1)));
  const { allowed } = await deps.store.guardGone(deps.accountId, target.entity, numbers, null);
  if (!allowed) {
    for (const { entity, key } of confirmed)
      result.left.push({ entity, key, reason: "So many at once wait for an admin, under Decisions." });
    return;
  }
  result.dropped += await deps.rpc<number>("sync_drop_confirmed", {
    p_account: deps.accountId,
    p_entity: target.entity,
    p_items: confirmed,
    p_actor: deps.actor,
  });
}

async function isGone({ keap }: OperationDeps, target: Target, key: string): Promise<boolean> {
  const existing = target.stream?.sweep?.existing;
  if (existing) return !(await existing(keap, [key])).has(key);
  if (target.entity !== "contacts") return false;
  try {
    await keap.contacts.get(key, { fields: ["id"] });
    return false;
  } catch (cause) {
    if (isKeapError(cause) && cause.kind === "not_found") return true;
    throw cause;
  }
}
