import { contextFor, type RunContext, type SyncDeps } from "../context";
import { isPaused, pausedWords } from "../operations/switches";
import { readCustomFieldModels, readProfile, rememberedProfile } from "../profile";
import type { CursorMove } from "../store";
import { troubleOf } from "../trouble";
import { readTime } from "./apply";
import { confirmAbsent, count, MassDelete, type Reading, readById, rereadOrders, storePage } from "./reread";
import {
  cursorOf,
  isDue,
  nextLook,
  nextSnapshot,
  nextSweep,
  type Rhythm,
  snapshotIsDue,
  sweepIsDue,
} from "./rhythm";
import { isNotOffered } from "./stream";
import { type EntityStream, streams } from "./streams";
import { readRecent, recentDue, sweepsDue, sweepTable } from "./sweep";
import { fillTagTimes } from "./tag-times";
import { checkWatermark, FutureWatermark, notAfter } from "./watermark";
import { readWindow, storeAlso } from "./window";

export interface PollResult {
  state: "done" | "paused" | "error";
  /** Records that changed here, by table. */
  changed: Record<string, number>;
  read: number;
  /** Tables left alone because they were looked at a moment ago. */
  skipped: string[];
  /** Tables that were due and not read to their end: the time was up. */
  unread: string[];
  /** When the next table falls due; null where that is not known. */
  nextDueAt: string | null;
  errors: { entity: string; error: string; cure: string }[];
  error?: string;
  cure?: string;
}

export type PollOptions = Rhythm;

/**
 * Reads what changed in Keap since the watermarks. A table that fails keeps its watermark and says why; the others go
 * on. A poll of an unchanged world changes nothing.
 */
export async function runPoll(deps: SyncDeps, options: PollOptions = {}): Promise<PollResult> {
  const now = deps.now ?? (() => new Date());
  const result: PollResult = {
    state: "done",
    changed: {},
    read: 0,
    skipped: [],
    unread: [],
    nextDueAt: null,
    errors: [],
  };
  const started = now();
  const state = await deps.store.readState(deps.accountId);
  if (isPaused(state)) return { ...result, state: "paused", ...pausedWords };
  const due = streams.filter((stream) => isDue(stream, state, started, options));
  result.skipped = streams.filter((stream) => !due.includes(stream)).map((stream) => stream.name);
  const snapshots = streams.filter((stream) => snapshotIsDue(stream, state, started, options));
  const other =
    sweepIsDue(state, started, options) ||
    customFieldsAreDue(state, started, options) ||
    Object.keys(state.rereads).length > 0;
  const sweeps = sweepsDue(state, started, options);
  const recent = recentDue(state, started, options);
  if (due.length + snapshots.length + sweeps.length + recent.length === 0 && !other) return result;
  const runId = await deps.store.startRun(deps.accountId, "poll");
  const isLate = () => now().getTime() - started.getTime() > (options.maxMs ?? Infinity);
  let context: RunContext;
  try {
    const mapping = rememberedProfile(state.cursors, now()) ?? (await readProfile(deps));
    context = contextFor(deps, runId, mapping);
  } catch (cause) {
    return stop(deps, runId, result, cause, now());
  }
  // what an earlier run left unread goes first; it is in the database, so a kill forgets none
  const poll: Poll = { context, state, result, rereads: { ...state.rereads }, isLate };
  const read: EntityStream[] = [];
  for (const stream of due) {
    if (isLate()) {
      result.unread.push(stream.name);
      continue;
    }
    try {
      await pollStream(poll, stream, started);
      if (!result.unread.includes(stream.name)) read.push(stream);
    } catch (cause) {
      if (stream.optional && isNotOffered(cause)) await noteNotOffered(context, stream, cause);
      else if (!(await noteFailure(context, stream.name, cause, result)))
        return stop(deps, runId, result, cause, now());
    }
  }
  const more: [string, () => Promise<void>][] = [
    ["payments", async () => void (await rereadOrders(poll))],
    [
      "custom_field_definitions",
      async () => (customFieldsAreDue(state, started, options) ? pollCustomFields(poll) : undefined),
    ],
    ["contacts", async () => (sweepIsDue(state, started, options) ? sweepContacts(poll) : undefined)],
    ["contact_tags", async () => count(result, "contact_tags", await fillTagTimes(context))],
    ...recent.map((stream): [string, () => Promise<void>] => [stream.name, () => readRecent(poll, stream)]),
    ...sweeps.map((stream): [string, () => Promise<void>] => [stream.name, () => sweepTable(poll, stream)]),
    ...snapshots.map((stream): [string, () => Promise<void>] => [
      stream.entity,
      () => takeSnapshot(poll, stream),
    ]),
  ];
  for (const [entity, work] of more) {
    if (isLate()) {
      // the sweep of the contacts is what a gap in the memberships waits for
      result.unread.push(...(entity === "contacts" ? ["contacts", "contact_tags"] : [entity]));
      continue;
    }
    try {
      await work();
    } catch (cause) {
      if (!(await noteFailure(context, entity, cause, result)))
        return stop(deps, runId, result, cause, now());
    }
  }
  if (result.errors.length === 0) {
    await deps.store.setConnection(deps.accountId, { state: "connected" });
  } else result.state = "error";
  const asOf = dataAsOf(poll, read, started);
  if (asOf !== null) await deps.store.setAsOf(deps.accountId, asOf);
  const [first] = result.errors;
  await deps.store.finishRun(runId, {
    state: result.state,
    counts: result.changed,
    ...(first ? { error: first.error, cure: first.cure } : {}),
  });
  return first ? { ...result, error: first.error, cure: first.cure } : result;
}

/** What one poll carries along. */
interface Poll extends Reading {
  result: PollResult;
  isLate: () => boolean;
}

/** Tables whose rows are in the numbers: an answer is as old as the one that was read longest ago. */
const factTables: readonly string[] = [
  "contacts",
  "products",
  "subscriptions",
  "orders",
  "payments",
  "transactions",
];

/** Up to when Keap's changes are here; null while a table has never been read whole or has just failed. */
function dataAsOf(
  { state, result, rereads }: Poll,
  read: readonly EntityStream[],
  started: Date,
): string | null {
  if (Object.keys(rereads).length > 0) return null;
  let oldest = started.getTime();
  for (const entity of factTables) {
    if (result.errors.some((one) => one.entity === entity)) return null;
    if (read.some((one) => one.entity === entity)) continue;
    const copied = cursorOf(state, entity, "backfill");
    if (copied?.state !== "done") return null;
    const at = cursorOf(state, entity, "poll")?.position.read_at ?? copied.started_at;
    if (typeof at !== "string") return null;
    oldest = Math.min(oldest, Date.parse(at));
  }
  return new Date(oldest).toISOString();
}

async function stop(
  deps: SyncDeps,
  runId: string,
  result: PollResult,
  cause: unknown,
  now: Date,
): Promise<PollResult> {
  const trouble = troubleOf(cause, now);
  if (trouble.connection) await deps.store.setConnection(deps.accountId, trouble.connection);
  await deps.store.finishRun(runId, { ...trouble.outcome, counts: result.changed });
  const { state, error, cure } = trouble.outcome;
  return { ...result, state, error, cure };
}

/** A part of the API this account does not have is told on its table, and is no trouble of the connection. */
async function noteNotOffered(context: RunContext, stream: EntityStream, cause: unknown): Promise<void> {
  const { error, cure } = troubleOf(cause, context.now()).outcome;
  const due_at = new Date(context.now().getTime() + stream.everySeconds[1] * 1000).toISOString();
  const move: CursorMove = { stream: "poll", state: "waiting", error, cure, due_at };
  await context.store.moveCursor(context.accountId, stream.name, move);
}

/** Notes why one table could not be read. False when no other call can work either. */
async function noteFailure(
  context: RunContext,
  entity: string,
  cause: unknown,
  result: PollResult,
): Promise<boolean> {
  let error: string;
  let cure: string;
  if (cause instanceof FutureWatermark || cause instanceof MassDelete) ({ message: error, cure } = cause);
  else {
    const trouble = troubleOf(cause, context.now());
    if (trouble.stops) return false;
    if (trouble.connection) await context.store.setConnection(context.accountId, trouble.connection);
    error = trouble.outcome.error ?? "unknown";
    cure = trouble.outcome.cure ?? "";
  }
  await context.store.moveCursor(context.accountId, entity, { stream: "poll", state: "error", error, cure });
  result.errors.push({ entity, error, cure });
  return true;
}

async function pollStream(poll: Poll, stream: EntityStream, started: Date): Promise<void> {
  const { context, state, result } = poll;
  const cursor = cursorOf(state, stream.name, "poll");
  const before = result.changed[stream.entity] ?? 0;
  if (!stream.changed) await readAll(poll, stream);
  else {
    const watermark = cursor?.watermark ?? "2001-01-01T00:00:00.000Z";
    checkWatermark(stream.name, watermark, context.now());
    if (stream.changed.order === "ascending") await readUp(poll, stream, watermark);
    else if (stream.changed.order === "unordered") await readWindow(poll, stream, watermark);
    else await readDown(poll, stream, watermark);
  }
  if (result.unread.includes(stream.name)) return;
  const changed = (result.changed[stream.entity] ?? 0) - before;
  const next = nextLook(stream, cursor, changed, context.now());
  if (next.due_at && (result.nextDueAt === null || next.due_at < result.nextDueAt))
    result.nextDueAt = next.due_at;
  await context.store.moveCursor(context.accountId, stream.name, {
    stream: "poll",
    state: "waiting",
    due_at: next.due_at,
    position: { ...next.position, read_at: started.toISOString() },
  });
}

async function readAll(poll: Poll, stream: EntityStream): Promise<void> {
  const { context } = poll;
  let pageToken: string | null = null;
  do {
    const readAt = await readTime(context, stream.entity);
    const page: Awaited<ReturnType<NonNullable<EntityStream["all"]>>> | undefined = await stream.all?.(
      context.keap,
      context.mapping,
      { pageToken },
    );
    if (!page) return;
    await storePage(poll, stream.entity, page.rows, { rejected: page.rejected, readAt });
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}

/** Ascending by the time of change: each page moves the watermark with its rows. */
async function readUp(poll: Poll, stream: EntityStream, watermark: string): Promise<void> {
  const { context, state } = poll;
  const changed = stream.changed;
  if (!changed) return;
  const since = new Date(Date.parse(watermark) - changed.overlapMs);
  // what was refunded while the table was being copied came as a row like any other: the first look marks them all
  const rereads = cursorOf(state, stream.name, "poll")?.position.read_at === undefined ? "all" : "changed";
  let reached = watermark;
  let pageToken: string | null = null;
  do {
    const readAt = await readTime(context, stream.entity);
    const page: Awaited<ReturnType<typeof changed.read>> = await changed.read(
      context.keap,
      context.mapping,
      since,
      { pageToken },
    );
    for (const row of page.rows) reached = later(reached, changed.timeOf(row), context.now());
    const cursor: CursorMove = {
      stream: "poll",
      state: "running",
      watermark: reached,
      done: page.rows.length,
      pages: 1,
    };
    await storeAlso(poll, page);
    await storePage(poll, stream.entity, page.rows, {
      cursor,
      cursorEntity: stream.name,
      rejected: page.rejected,
      rereads,
      readAt,
    });
    pageToken = page.nextPageToken;
    // the watermark stands where the page ended; rows of one instant that fill a page must be read on
    if (pageToken !== null && reached > watermark && poll.isLate()) {
      poll.result.unread.push(stream.name);
      return;
    }
  } while (pageToken !== null);
}

/** Newest first: walked down to the watermark, which moves once everything above it is stored. */
async function readDown(poll: Poll, stream: EntityStream, watermark: string): Promise<void> {
  const { context } = poll;
  const changed = stream.changed;
  if (!changed) return;
  const until = Date.parse(watermark) - changed.overlapMs;
  let reached = watermark;
  let pageToken: string | null = null;
  let deep = false;
  do {
    const readAt = await readTime(context, stream.entity);
    const page: Awaited<ReturnType<typeof changed.read>> = await changed.read(
      context.keap,
      context.mapping,
      new Date(until),
      { pageToken },
    );
    for (const row of page.rows) reached = later(reached, changed.timeOf(row), context.now());
    await storePage(poll, stream.entity, page.rows, { rejected: page.rejected, readAt });
    // a row without the time says nothing about where we are
    deep = page.rows.some((row) => {
      const time = changed.timeOf(row);
      return time !== null && Date.parse(time) < until;
    });
    pageToken = page.nextPageToken;
  } while (pageToken !== null && !deep);
  await context.store.moveCursor(context.accountId, stream.name, { stream: "poll", watermark: reached });
}

function later(watermark: string, time: string | null, now: Date): string {
  if (time === null) return watermark;
  const at = notAfter(time, now);
  return Date.parse(at) > Date.parse(watermark) ? at : watermark;
}

function customFieldsAreDue(state: Reading["state"], now: Date, { force, only }: PollOptions): boolean {
  const entity = "custom_field_definitions";
  if (only && !only.includes(entity)) return false;
  const cursor = cursorOf(state, entity, "poll");
  if (cursorOf(state, entity, "backfill")?.state !== "done") return false;
  return force === true || !cursor?.due_at || Date.parse(cursor.due_at) <= now.getTime();
}

async function pollCustomFields(poll: Poll): Promise<void> {
  const { context } = poll;
  const entity = "custom_field_definitions";
  const before = await context.store.clock();
  const { rows, rejected, whole } = await readCustomFieldModels(context.keap);
  const due_at = new Date(context.now().getTime() + 6 * 3600 * 1000).toISOString();
  await storePage(poll, entity, rows, { cursor: { stream: "poll", state: "waiting", due_at }, rejected });
  // a model is one answer, not a list in pages: what a whole one does not name has been deleted
  const seen = rows.map((row) => row.key);
  const gone: string[] = [];
  for (const type of whole)
    gone.push(
      ...(await context.store.absentKeys(context.accountId, entity, { seen, prefix: `${type}:`, before })),
    );
  if (gone.length > 0)
    count(
      poll.result,
      entity,
      await context.store.confirmGoneKeys(context.accountId, entity, gone, context.runId),
    );
}

/**
 * All ids with their tags, 1,000 a call. Whether a tag moves a contact's update time is not documented, so this finds
 * the memberships that changed, the contacts a poll missed, and those that are gone: absent here, then asked for by
 * id, and only then tombstoned.
 */
async function sweepContacts(poll: Poll): Promise<void> {
  const { context, state, result } = poll;
  const { keap, store, accountId, runId } = context;
  const cursor = cursorOf(state, "contacts", "sweep");
  let after = Number(cursor?.position.last_id ?? 0);
  const before = result.changed.contact_tags ?? 0;
  let pages = 0;
  for (let more = true; more; ) {
    const readAt = await store.clock();
    const page = await keap.contacts.list({
      filter: { contact_id: { gt: after } },
      orderBy: "id asc",
      fields: ["id", "tag_ids"],
    });
    pages += 1;
    more = page.nextPageToken !== null;
    const rows = page.items.map((one) => ({
      keap_id: Number(one.id),
      members: (one.tag_ids ?? []).map(Number).sort((a, b) => a - b),
    }));
    const upto = more ? Math.max(after, ...rows.map((row) => row.keap_id)) : null;
    // a page with unreadable records proves no absence
    const proven = page.rejected.length === 0;
    const answer = await store.applyMemberPage(
      accountId,
      { rows, after, upto },
      {
        runId,
        readAt,
        cursor: {
          stream: "sweep",
          state: "running",
          position: { last_id: upto ?? 0, quiet: Number(cursor?.position.quiet ?? 0) },
          pages: 1,
          done: rows.length,
        },
      },
    );
    count(result, "contact_tags", answer.changed);
    await readById(poll, "contacts", answer.unknown);
    if (proven) await confirmAbsent(poll, "contacts", answer.absent);
    if (upto !== null) after = upto;
    if (more && poll.isLate()) {
      result.unread.push("contact_tags");
      return;
    }
  }
  const moved = (result.changed.contact_tags ?? 0) - before;
  await store.moveCursor(accountId, "contacts", {
    stream: "sweep",
    state: "done",
    ...nextSweep(cursor, pages, moved, context.now()),
  });
}

/**
 * A page of a table compared whole. Lists of changes leave things out: whether an item moves its order's time, or a
 * failed charge its subscription's, is not documented, and no list names what was deleted. Equal records cost nothing
 * but the page.
 */
async function takeSnapshot(poll: Poll, stream: EntityStream): Promise<void> {
  const { context, state } = poll;
  const { store, accountId, hooks } = context;
  if (!stream.byId) return;
  const cursor = cursorOf(state, stream.entity, "sweep");
  const after = Number(cursor?.position.last_id ?? 0);
  const readAt = await readTime(context, stream.entity);
  const page = await stream.byId(context.keap, context.mapping, after);
  const more = page.nextPageToken !== null;
  const ids = page.rows.map((row) => row.keap_id ?? 0);
  const upto = more ? Math.max(after, ...ids) : null;
  await storePage(poll, stream.entity, page.rows, { rejected: page.rejected, readAt, rereads: "changed" });
  // a page with unreadable records proves no absence
  if (hooks && page.rejected.length === 0)
    await confirmAbsent(
      poll,
      stream.entity,
      await hooks.absent(accountId, stream.entity, ids, { after, upto }),
    );
  await store.moveCursor(accountId, stream.entity, {
    stream: "sweep",
    state: more ? "running" : "done",
    position: { last_id: upto ?? 0 },
    pages: 1,
    done: ids.length,
    due_at: nextSnapshot(state, stream.entity, !more, context.now()),
  });
}
