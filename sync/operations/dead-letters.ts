import { contextFor } from "../context";
import { applyPage, readTime } from "../inbound/apply";
import { type EntityStream, type MappedPage, streams } from "../inbound/streams";
import { readProfile, rememberedProfile } from "../profile";
import type { OperationDeps } from "./deps";

/** A change that could not be sent, with the reason in plain words and what to do about it. */
export interface DeadLetter {
  dead_letter_id: string;
  entity: string;
  record_id: string;
  other_id: string;
  keap_id: number | null;
  name: string;
  /** `retry`: tried again by itself · `hold`: waits for a decision · `dead`: refused, needs a correction. */
  class: "retry" | "hold" | "dead";
  reason: string;
  cure: string | null;
  error_kind: string | null;
  attempts: number;
  first_at: string;
  last_at: string;
}

/** A record of Keap that could not be stored. */
export interface SetAside {
  entity: string;
  key: string;
  reason: string;
  times: number;
  first_at: string;
  last_at: string;
}

type Deps = Pick<OperationDeps, "rpc" | "accountId">;

export const listDeadLetters = ({ rpc, accountId }: Deps): Promise<DeadLetter[]> =>
  rpc("sync_list_letters", { p_account: accountId });

export const listSetAside = ({ rpc, accountId }: Deps, entity?: string): Promise<SetAside[]> =>
  rpc("sync_list_rejected", { p_account: accountId, p_entity: entity ?? null });

export interface ReplayResult {
  /** Changes that wait to be sent again. */
  letters: number;
  /** Records of Keap read again, and how many of them could be stored now. */
  read: number;
  stored: number;
  /** Not in Keap any more: nothing is left to store. */
  dropped: number;
  /** Still set aside, with today's reason. */
  still: { entity: string; key: string; reason: string }[];
}

/** Puts dead letters back in the queue, one or all; the next push tries them. */
export async function replayLetters(
  deps: Pick<OperationDeps, "store" | "accountId">,
  id?: string,
): Promise<number> {
  return deps.store.replay(deps.accountId, id);
}

/**
 * Reads records that were set aside once more and stores what can be stored now. One call per record where Keap's list
 * can be read by id, else one reading of the list.
 */
export async function replaySetAside(
  deps: OperationDeps,
  only: { entity?: string; key?: string } = {},
): Promise<Omit<ReplayResult, "letters">> {
  const waiting = await deps.rpc<SetAside[]>("sync_list_rejected", {
    p_account: deps.accountId,
    p_entity: only.entity ?? null,
    p_key: only.key ?? null,
  });
  const result: Omit<ReplayResult, "letters"> = { read: 0, stored: 0, dropped: 0, still: [] };
  if (waiting.length === 0) return result;
  const state = await deps.store.readState(deps.accountId);
  const mapping = rememberedProfile(state.cursors, new Date()) ?? (await readProfile(deps));
  const context = contextFor(deps, null, mapping);
  const entities = [...new Set(waiting.map((one) => one.entity))];
  for (const entity of entities) {
    const keys = waiting.filter((one) => one.entity === entity).map((one) => one.key);
    const stream = streams.find((one) => one.entity === entity);
    if (!stream) {
      result.still.push(...waiting.filter((one) => one.entity === entity));
      continue;
    }
    const seen = new Set<string>();
    for await (const page of pagesWith(stream, context, keys)) {
      const rows = page.rows.filter((row) => keys.includes(row.key));
      const rejected = page.rejected.filter((one) => keys.includes(one.key));
      for (const one of [...rows, ...rejected]) seen.add(one.key);
      result.read += rows.length + rejected.length;
      if (rows.length + rejected.length === 0) continue;
      const readAt = await readTime(context, stream.entity);
      const stored = await applyPage(context, stream.entity, rows, { rejected, readAt }, state.policies);
      result.stored +=
        rows.length - stored.rejected.filter((one) => rows.some((row) => row.key === one.key)).length;
      result.still.push(...stored.rejected.map(({ key, reason }) => ({ entity, key, reason })));
    }
    const gone = keys.filter((key) => !seen.has(key));
    result.dropped += await deps.rpc<number>("sync_drop_rejected", {
      p_account: deps.accountId,
      p_entity: entity,
      p_keys: gone,
    });
  }
  return result;
}

async function* pagesWith(
  stream: EntityStream,
  context: ReturnType<typeof contextFor>,
  keys: readonly string[],
): AsyncGenerator<MappedPage> {
  const ids = keys.map(Number);
  if (stream.byId && ids.every((id) => Number.isSafeInteger(id) && id > 0)) {
    // Keap takes an id as a lower bound everywhere, as a list of ids only in some places
    for (const id of ids) yield await stream.byId(context.keap, context.mapping, id - 1, { pageSize: 1 });
    return;
  }
  let pageToken: string | null = null;
  do {
    const page: MappedPage | undefined = await stream.all?.(context.keap, context.mapping, { pageToken });
    if (!page) return;
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}
