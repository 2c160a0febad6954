import { isPaused } from "../operations/switches";
import type { Cursor, CursorMove, SyncState } from "../store";
import type { EntityStream } from "./streams";

/**
 * When each table is looked at. Polling is the truth under the hooks, so it never stops; but Keap asks integrators to be
 * led by events, so a quiet account may use 5 % of a key's day at most (1,500 of 30,000 calls):
 * seconds after a change, then twice the pause after every look that found nothing, up to minutes or hours by table.
 */
export interface Rhythm {
  /** Look at every table now, also those not due yet. */
  force?: boolean;
  /** Also read the lists whole that show no deletions, though they are not due. */
  sweep?: boolean;
  /** Only these tables. */
  only?: readonly string[];
  /** These tables now, and the others when they are due: changes of theirs may have been missed. */
  also?: readonly string[];
  /**
   * Longest pause of the tables that can change any moment, in place of minutes when all is quiet. For an account whose
   * calls cost nothing, such as the sandbox; a real one is kept to its own rhythm.
   */
  idleSeconds?: number;
  /** Tables that fall due within so many seconds are looked at now: fewer runs for the same looks. */
  aheadSeconds?: number;
  /** Stop after this long, milliseconds; what is left is named in `unread` and read by the next run. */
  maxMs?: number;
}

const daySeconds = 86_400;

export function cursorOf(state: SyncState, entity: string, stream: Cursor["stream"]): Cursor | undefined {
  return state.cursors.find((one) => one.entity === entity && one.stream === stream);
}

function isCopied(state: SyncState, entity: string): boolean {
  return cursorOf(state, entity, "backfill")?.state === "done";
}

function hasCome(cursor: Cursor | undefined, now: Date, aheadSeconds = 0): boolean {
  return !cursor?.due_at || Date.parse(cursor.due_at) <= now.getTime() + aheadSeconds * 1000;
}

/** A list of tables may name the kind or the table that holds it. */
function names(stream: EntityStream, list: readonly string[]): boolean {
  return list.includes(stream.name) || list.includes(stream.entity);
}

/** Polls begin where the copy is complete, and come sooner after activity than in quiet times. */
export function isDue(stream: EntityStream, state: SyncState, now: Date, rhythm: Rhythm): boolean {
  const { force, only, also, idleSeconds } = rhythm;
  if (only && !names(stream, only)) return false;
  if (isPaused(state, stream.entity) || isPaused(state, stream.name)) return false;
  if (!isCopied(state, stream.name)) return false;
  const cursor = cursorOf(state, stream.name, "poll");
  const readAt = Date.parse(String(cursor?.position.read_at));
  if (idleSeconds && stream.everySeconds[0] <= 60 && now.getTime() - readAt >= idleSeconds * 1000)
    return true;
  return force === true || (also !== undefined && names(stream, also)) || hasCome(cursor, now);
}

/** The shortest wait after a change; each quiet look doubles it, up to the longest. */
export function nextLook(
  stream: Pick<EntityStream, "everySeconds">,
  cursor: Cursor | undefined,
  changed: number,
  now: Date,
): Pick<CursorMove, "due_at" | "position"> {
  const [shortest, longest] = stream.everySeconds;
  const quiet = changed > 0 ? 0 : Number(cursor?.position.quiet ?? 0) + 1;
  const seconds = Math.min(longest, shortest * 2 ** Math.min(quiet, 12));
  return { due_at: new Date(now.getTime() + seconds * 1000).toISOString(), position: { quiet } };
}

/** The sweep over all memberships: calls a day it may take while something moves, and while nothing does. */
const sweepCallsPerDay = { busy: 600, quiet: 150 };
const sweepSeconds = { shortest: 300, longest: 3600 };

export function sweepIsDue(state: SyncState, now: Date, { force, only, also }: Rhythm): boolean {
  if (only && !only.includes("contact_tags")) return false;
  if (isPaused(state, "contacts") || isPaused(state, "contact_tags")) return false;
  if (!isCopied(state, "contacts")) return false;
  return (
    force === true ||
    also?.includes("contact_tags") === true ||
    hasCome(cursorOf(state, "contacts", "sweep"), now)
  );
}

/** Every few minutes while memberships move; hourly, or as seldom as a large account's pages ask for, when they do not. */
export function nextSweep(
  cursor: Cursor | undefined,
  pages: number,
  changed: number,
  now: Date,
): Pick<CursorMove, "due_at" | "position"> {
  const quiet = changed > 0 ? 0 : Number(cursor?.position.quiet ?? 0) + 1;
  const shortest = Math.max(sweepSeconds.shortest, (pages * daySeconds) / sweepCallsPerDay.busy);
  const longest = Math.max(sweepSeconds.longest, (pages * daySeconds) / sweepCallsPerDay.quiet);
  const seconds = Math.min(longest, shortest * 2 ** Math.min(quiet, 12));
  return {
    due_at: new Date(now.getTime() + seconds * 1000).toISOString(),
    position: { last_id: 0, quiet },
  };
}

/** Pages a day that the snapshot of one table may take. */
const snapshotPagesPerDay = 40;

/** Tables compared whole, a page at a time: what a list of changes need not show (an item, a cancellation, a deletion). */
export function snapshotIsDue(
  stream: EntityStream,
  state: SyncState,
  now: Date,
  { only, sweep }: Rhythm,
): boolean {
  if (isPaused(state, stream.entity)) return false;
  // a page of a table nobody asked for is not read along with those that were
  if (only && !(sweep && only.includes(stream.name))) return false;
  if (!stream.byId || stream.entity === "contacts" || !isCopied(state, stream.name)) return false;
  // kinds that share a table are compared by their keys: see sweep.ts
  if (stream.name !== stream.entity) return false;
  if (sweep) return true;
  const cursor = cursorOf(state, stream.entity, "sweep");
  if (cursor) return hasCome(cursor, now);
  // the copy itself was the first one
  const copied = cursorOf(state, stream.entity, "backfill")?.finished_at;
  return !copied || now.getTime() - Date.parse(copied) >= daySeconds * 1000;
}

/** Once a day through all pages, evenly spread; a large table takes several days. */
export function nextSnapshot(state: SyncState, entity: string, done: boolean, now: Date): string {
  const records = cursorOf(state, entity, "backfill")?.done_count ?? 0;
  const pages = Math.max(1, Math.ceil(records / 1000));
  const seconds =
    done && pages === 1 ? daySeconds : Math.max(daySeconds / pages, daySeconds / snapshotPagesPerDay);
  return new Date(now.getTime() + seconds * 1000).toISOString();
}
