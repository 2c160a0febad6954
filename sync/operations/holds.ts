import type { Json } from "../mapping/types";
import { type OperationDeps, Refusal } from "./deps";

/** A change of many records at once, or a mass delete: nothing of it moves before an admin decides. */
export interface Hold {
  hold_id: string;
  entity: string;
  /** `push`: edited or made here · `delete`: deleted here · `gone`: vanished from Keap, about to be deleted here. */
  kind: "push" | "delete" | "gone";
  state: "waiting" | "released" | "rejected" | "done";
  records: number;
  limit_records: number;
  linked: number;
  /** Who wrote, and how many each. */
  origins: Record<string, number>;
  reason: string;
  cure: string;
  first_at: string;
  last_at: string;
  decided_by: string | null;
  decided_at: string | null;
}

export interface HoldExample {
  record_id: string;
  keap_id: number | null;
  name: string;
  operation: string;
  origin: string;
  /** Field → [what was agreed, what it is now]. */
  changes: Record<string, Json>;
}

type Deps = Pick<OperationDeps, "rpc" | "accountId" | "actor">;

export const listHolds = ({ rpc, accountId }: Pick<Deps, "rpc" | "accountId">): Promise<Hold[]> =>
  rpc("sync_holds", { p_account: accountId });

/** Some of the records of a hold, to look at before deciding. */
export const holdExamples = (
  { rpc, accountId }: Pick<Deps, "rpc" | "accountId">,
  holdId: string,
): Promise<HoldExample[]> => rpc("sync_hold_examples", { p_account: accountId, p_hold: holdId });

export interface HoldDecision {
  hold_id: string;
  state: Hold["state"];
  records: number;
  /** Of a rejected hold: rows put back to what was agreed, and rows made here, which stay and stay held. */
  restored?: number;
  kept?: number;
  /** False where somebody had decided before. */
  changed: boolean;
}

/**
 * Lets a held change go, or puts its rows back. `seen` is what the person who decides had before them: a hold that has
 * grown since is not decided.
 * @throws Refusal saying that it has grown.
 */
export async function decideHold(
  { rpc, accountId, actor }: Deps,
  holdId: string,
  decision: "approve" | "reject",
  seen?: { records: number; last_at: string },
): Promise<HoldDecision> {
  if (seen) {
    const now = (await listHolds({ rpc, accountId })).find((one) => one.hold_id === holdId);
    if (
      now?.state === "waiting" &&
      (now.records !== seen.records || Date.parse(now.last_at) !== Date.parse(seen.last_at))
    )
      throw new Refusal(`It has grown since you looked: ${now.records} records wait now. Look at it again.`);
  }
  return rpc(decision === "approve" ? "sync_release_hold" : "sync_reject_hold", {
    p_account: accountId,
    p_hold: holdId,
    p_actor: actor,
  });
}
