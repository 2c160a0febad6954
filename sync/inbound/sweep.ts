import type { SyncState } from "../store";
import { readTime } from "./apply";
import { count, MassDelete, type Reading, storePage } from "./reread";
import { cursorOf } from "./rhythm";
import type { MappedPage } from "./stream";
import { type EntityStream, streams } from "./streams";

/**
 * Whole readings of the lists that show no deletions: every record is compared with what is here, and what the list no
 * longer names is asked for by itself before it is taken for gone.
 */

/** A thousand records a call: a large table is read so much less often. */
const pagesPerInterval = 5;

export function sweepsDue(
  state: SyncState,
  now: Date,
  { sweep, only }: { sweep?: boolean; only?: readonly string[] },
): EntityStream[] {
  return streams.filter((stream) => {
    if (!stream.sweep || (only && !only.includes(stream.name))) return false;
    const copied = cursorOf(state, stream.name, "backfill");
    if (copied?.state !== "done") return false;
    const cursor = cursorOf(state, stream.name, "sweep");
    if (sweep) return true;
    if (cursor?.due_at) return Date.parse(cursor.due_at) <= now.getTime();
    // the copy was the first whole reading
    const since = Date.parse(copied.finished_at ?? copied.updated_at);
    return now.getTime() - since >= stream.sweep.everySeconds * 1000;
  });
}

/** Tables whose newest records are read again, because a change of a part of one need not show in any list. */
export function recentDue(
  state: SyncState,
  now: Date,
  { force, only }: { force?: boolean; only?: readonly string[] },
): EntityStream[] {
  return streams.filter((stream) => {
    if (!stream.recent || (only && !only.includes(stream.name))) return false;
    if (cursorOf(state, stream.name, "backfill")?.state !== "done") return false;
    const due = cursorOf(state, stream.name, "trailing")?.due_at;
    return force === true || !due || Date.parse(due) <= now.getTime();
  });
}

export async function readRecent(reading: Reading, stream: EntityStream): Promise<void> {
  const { context } = reading;
  if (!stream.recent) return;
  const readAt = await readTime(context, stream.entity);
  const page = await stream.recent.read(context.keap, context.mapping);
  await storePage(reading, stream.entity, page.rows, { rejected: page.rejected, readAt, rereads: "changed" });
  await context.store.moveCursor(context.accountId, stream.name, {
    stream: "trailing",
    state: "waiting",
    due_at: new Date(context.now().getTime() + stream.recent.everySeconds * 1000).toISOString(),
  });
}

export async function sweepTable(reading: Reading, stream: EntityStream): Promise<void> {
  const { context } = reading;
  const { store, accountId, keap } = context;
  if (!stream.sweep) return;
  const before = await store.clock();
  const seen = new Set<string>();
  const { pages, whole } = await readAll(reading, stream, seen);
  // a page with unreadable records proves no absence
  const absent = whole
    ? await store.absentKeys(accountId, stream.entity, { seen: [...seen], prefix: prefixOf(stream), before })
    : [];
  if (absent.length > 0) {
    const existing = await stream.sweep.existing(keap, absent);
    await confirmGone(
      reading,
      stream,
      absent.filter((key) => !existing.has(key)),
    );
  }
  const seconds = stream.sweep.everySeconds * Math.max(1, pages / pagesPerInterval);
  await store.moveCursor(accountId, stream.name, {
    stream: "sweep",
    state: "done",
    done: seen.size,
    pages,
    due_at: new Date(context.now().getTime() + seconds * 1000).toISOString(),
  });
}

/** Kinds that share a table are told apart by their keys. */
function prefixOf(stream: EntityStream): string | null {
  return stream.name === stream.entity ? null : `${stream.name.replace(/s$/, "")}:`;
}

async function readAll(
  reading: Reading,
  stream: EntityStream,
  seen: Set<string>,
): Promise<{ pages: number; whole: boolean }> {
  const { context } = reading;
  const { keap, mapping } = context;
  let pages = 0;
  let whole = true;
  let afterId = 0;
  let pageToken: string | null = null;
  for (let more = true; more; ) {
    const readAt = await readTime(context, stream.entity);
    const page: MappedPage = stream.byId
      ? await stream.byId(keap, mapping, afterId, { pageToken })
      : ((await stream.all?.(keap, mapping, { pageToken })) ?? {
          rows: [],
          rejected: [],
          nextPageToken: null,
        });
    pages += 1;
    for (const row of page.rows) seen.add(row.key);
    if (page.rejected.length > 0) whole = false;
    await storePage(reading, stream.entity, page.rows, { rejected: page.rejected, readAt });
    more = page.nextPageToken !== null;
    const reached = Math.max(afterId, ...page.rows.map((row) => row.keap_id ?? 0));
    // by id where the list can: nothing moves between two pages then
    pageToken = stream.byId && reached > afterId ? null : page.nextPageToken;
    afterId = reached;
  }
  return { pages, whole };
}

async function confirmGone(reading: Reading, stream: EntityStream, keys: readonly string[]): Promise<void> {
  const { context, result } = reading;
  const { store, accountId, runId } = context;
  if (keys.length === 0) return;
  // how many decides; addresses have no number
  const ids = keys.map((key, at) => Number(key.slice(key.indexOf(":") + 1)) || at + 1);
  const { allowed } = await store.guardGone(accountId, stream.entity, ids, runId);
  if (!allowed) throw new MassDelete(keys.length, stream.name);
  count(result, stream.entity, await store.confirmGoneKeys(accountId, stream.entity, keys, runId));
}
