import { contextFor } from "../../context";
import { applyPage } from "../../inbound/apply";
import type { EntityName } from "../../mapping/types";
import { readProfile, rememberedProfile } from "../../profile";
import { inParts, type OperationDeps } from "../deps";
import { listTargets, readRecords } from "./targets";
import { listMismatches } from "./verify";

export interface SettleResult {
  /** Unexplained records that were decided. */
  decided: number;
  /** Read from Keap and taken as they are there. */
  taken: number;
  /** Not in Keap: they went here as well. */
  dropped: number;
}

/**
 * Settles every unexplained difference the way a person says. `keap`: the records are read again and taken as they are
 * there, what Keap does not have goes here too. `supabase`: the rows count as edited, and the next push sends them.
 */
export async function settleUnexplained(
  deps: OperationDeps,
  side: "keap" | "supabase",
): Promise<SettleResult> {
  const open = await listMismatches(deps, "unexplained");
  const result: SettleResult = { decided: open.length, taken: 0, dropped: 0 };
  if (open.length === 0) return result;
  const args = { p_account: deps.accountId, p_actor: deps.actor };
  const items = open.map(({ entity, key, record_id }) => ({ entity, key, record_id }));
  if (side === "supabase") {
    await deps.rpc("sync_trust_here", { ...args, p_items: items });
    return result;
  }
  const toRead = await deps.rpc<{ entity: EntityName; keap_id: number | null; key: string }[]>(
    "sync_trust_keap",
    { ...args, p_items: items },
  );
  const state = await deps.store.readState(deps.accountId);
  const mapping = rememberedProfile(state.cursors, new Date()) ?? (await readProfile(deps));
  const context = contextFor(deps, null, mapping);
  for (const target of listTargets(state).targets) {
    const mine = toRead.filter((one) => one.entity === target.entity);
    for (const part of inParts(mine, 100)) {
      const ids = part.flatMap((one) => (one.keap_id === null ? [] : [one.keap_id]));
      const keys = part.map((one) => one.key);
      const rows = await readRecords(context, target, ids, keys);
      await applyPage(context, target.entity, rows, {}, state.policies);
      result.taken += rows.length;
      const absent = ids.filter((id) => !rows.some((row) => row.keap_id === id));
      if (absent.length > 0)
        result.dropped += await deps.rpc<number>("sync_drop_absent", {
          ...args,
          p_entity: target.entity,
          p_keap_ids: absent,
        });
    }
  }
  return result;
}
