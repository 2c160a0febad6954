import { contextFor, type RunContext, type SyncDeps } from "../context";
import { isKeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import { orderFromWire, paymentFromWire } from "../mapping/commerce";
import { contactFromWire } from "../mapping/contact";
import type { EntityName, Json, MappedRow } from "../mapping/types";
import { readCustomFields, readProfile, rememberedProfile } from "../profile";
import type { Cursor, CursorMove, Rereads, SyncState } from "../store";
import { troubleOf } from "../trouble";
import { applyPage, readTime } from "./apply";
import { type EntityStream, mapPage, streams } from "./streams";
import { fillTagTimes } from "./tag-times";
import { checkWatermark, FutureWatermark, notAfter } from "./watermark";

export interface PollResult {
  state: "done" | "paused" | "error";
  /** Records that changed here, by table. */
  changed: Record<string, number>;
  read: number;
  /** Tables left alone because they were looked at a moment ago. */
  skipped: string[];
  errors: { entity: string; error: string; cure: string }[];
  error?: string;
  cure?: string;
}

export interface PollOptions {
  /** Look at every table now, also those not due yet. */
  force?: boolean;
  /** Only these tables. */
  only?: readonly string[];
  /**
   * Longest pause of the tables that can change any moment, in place of minutes when all is quiet. For an account whose
   * calls cost nothing, such as the sandbox; a real one is kept to its own rhythm.
   */
  idleSeconds?: number;
}

/**
 * Reads what changed in Keap since the watermarks. A table that fails keeps its watermark and says why; the others go
 * on. A poll of an unchanged world changes nothing.
 */
export async function runPoll(deps: SyncDeps, options: PollOptions = {}): Promise<PollResult> {
  const now = deps.now ?? (() => new Date());
  const result: PollResult = { state: "done", changed: {}, read: 0, skipped: [], errors: [] };
  const started = now();
  const state = await deps.store.readState(deps.accountId);
  const due = streams.filter((stream) => isDue(stream, state, started, options));
  result.skipped = streams.filter((stream) => !due.includes(stream)).map((stream) => stream.entity);
  if (due.length === 0 && !sweepIsDue(state, started, options)) return result;
  const runId = await deps.store.startRun(deps.accountId, "poll");
  let context: RunContext;
  try {
    const mapping = rememberedProfile(state.cursors, now()) ?? (await readProfile(deps));
    context = contextFor(deps, runId, mapping);
  } catch (cause) {
    return stop(deps, runId, result, cause, now());
  }
  // what an earlier run left unread goes first; it is in the database, so a kill forgets none
  const poll: Poll = { context, state, result, rereads: { ...state.rereads } };
  const read: EntityStream[] = [];
  for (const stream of due) {
    try {
      await pollStream(poll, stream, started);
      read.push(stream);
    } catch (cause) {
      if (!(await noteFailure(context, stream.entity, cause, result)))
        return stop(deps, runId, result, cause, now());
    }
  }
  const more: [string, () => Promise<void>][] = [
    ["payments", () => rereadOrders(poll)],
    ["custom_field_definitions", () => pollCustomFields(poll, options)],
    ["contacts", async () => (sweepIsDue(state, started, options) ? sweepContacts(poll) : undefined)],
    ["contact_tags", async () => count(result, "contact_tags", await fillTagTimes(context))],
  ];
  for (const [entity, work] of more) {
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
interface Poll {
  context: RunContext;
  state: SyncState;
  result: PollResult;
  /** Orders to be read again, with their payments. */
  rereads: Rereads;
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

function cursorOf(state: SyncState, entity: string, stream: Cursor["stream"]): Cursor | undefined {
  return state.cursors.find((one) => one.entity === entity && one.stream === stream);
}

/** Polls begin where the copy is complete, and come sooner after activity than in quiet times. */
function isDue(stream: EntityStream, state: SyncState, now: Date, options: PollOptions): boolean {
  const { force, only, idleSeconds } = options;
  if (only && !only.includes(stream.entity)) return false;
  if (cursorOf(state, stream.entity, "backfill")?.state !== "done") return false;
  const cursor = cursorOf(state, stream.entity, "poll");
  const due = cursor?.due_at;
  const readAt = Date.parse(String(cursor?.position.read_at));
  if (idleSeconds && stream.everySeconds[0] <= 60 && now.getTime() - readAt >= idleSeconds * 1000)
    return true;
  return force === true || !due || Date.parse(due) <= now.getTime();
}

async function pollStream(poll: Poll, stream: EntityStream, started: Date): Promise<void> {
  const { context, state, result } = poll;
  const cursor = cursorOf(state, stream.entity, "poll");
  const before = result.changed[stream.entity] ?? 0;
  if (!stream.changed) await readAll(poll, stream);
  else {
    const watermark = cursor?.watermark ?? "2001-01-01T00:00:00.000Z";
    checkWatermark(stream.entity, watermark, context.now());
    if (stream.changed.order === "ascending") await readUp(poll, stream, watermark);
    else await readDown(poll, stream, watermark);
  }
  const changed = (result.changed[stream.entity] ?? 0) - before;
  const next = nextLook(stream, cursor, changed, context.now());
  await context.store.moveCursor(context.accountId, stream.entity, {
    stream: "poll",
    state: "waiting",
    due_at: next.due_at,
    position: { ...next.position, read_at: started.toISOString() },
  });
}

/** Half the longest wait after the shortest: each quiet poll doubles the pause. */
function nextLook(
  stream: EntityStream,
  cursor: Cursor | undefined,
  changed: number,
  now: Date,
): Pick<CursorMove, "due_at" | "position"> {
  const [shortest, longest] = stream.everySeconds;
  const quiet = changed > 0 ? 0 : Number(cursor?.position.quiet ?? 0) + 1;
  const seconds = Math.min(longest, shortest * 2 ** Math.min(quiet, 12));
  return { due_at: new Date(now.getTime() + seconds * 1000).toISOString(), position: { quiet } };
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
  const rereads = cursorOf(state, stream.entity, "poll")?.position.read_at === undefined ? "all" : "changed";
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
    await storePage(poll, stream.entity, page.rows, { cursor, rejected: page.rejected, rereads, readAt });
    pageToken = page.nextPageToken;
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
  await context.store.moveCursor(context.accountId, stream.entity, { stream: "poll", watermark: reached });
}

function later(watermark: string, time: string | null, now: Date): string {
  if (time === null) return watermark;
  const at = notAfter(time, now);
  return Date.parse(at) > Date.parse(watermark) ? at : watermark;
}

async function storePage(
  { context, state, result, rereads }: Poll,
  entity: EntityName,
  rows: readonly MappedRow[],
  page: Parameters<typeof applyPage>[3],
): Promise<void> {
  result.read += rows.length;
  const stored = await applyPage(context, entity, rows, page, state.policies);
  count(result, entity, stored.inserted + stored.updated + stored.removed + stored.to_plan.length);
  Object.assign(rereads, stored.rereads);
}

function count(result: PollResult, entity: string, changed: number): void {
  if (changed > 0) result.changed[entity] = (result.changed[entity] ?? 0) + changed;
}

/**
 * A refund or void made in Keap also shows on the payment it undoes and in the order's totals, and whether those come
 * up in any list of changes is not documented. So the orders of every payment that moved are read again by id: first
 * their payments, then they themselves, so that a refund made in between is still to come with the payments' list.
 */
async function rereadOrders(poll: Poll): Promise<void> {
  const { context, state, rereads } = poll;
  const copied = (entity: EntityName) => cursorOf(state, entity, "backfill")?.state === "done";
  if (!copied("orders") || !copied("payments")) return;
  const { keap, mapping } = context;
  for (const ids of inBatches(Object.keys(rereads).map(Number))) {
    let pageToken: string | null = null;
    do {
      const answer: Awaited<ReturnType<typeof keap.payments.list>> = await keap.payments.list({
        filter: { order_ids: ids },
        pageToken,
      });
      const page = mapPage(answer, (wire) => paymentFromWire(wire, mapping));
      await storePage(poll, "payments", page.rows, { rejected: page.rejected, rereads: "changed" });
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    const page = mapPage(await keap.orders.list({ filter: { ids } }), (wire) => orderFromWire(wire, mapping));
    const answersRereads = Object.fromEntries(ids.map((id) => [String(id), rereads[id] ?? ""]));
    await storePage(poll, "orders", page.rows, {
      rejected: page.rejected,
      rereads: "changed",
      answersRereads,
    });
    for (const id of ids) delete rereads[id];
  }
}

async function pollCustomFields(poll: Poll, options: PollOptions): Promise<void> {
  const { context, state } = poll;
  const entity = "custom_field_definitions";
  if (options.only && !options.only.includes(entity)) return;
  const cursor = cursorOf(state, entity, "poll");
  if (cursorOf(state, entity, "backfill")?.state !== "done") return;
  if (!options.force && cursor?.due_at && Date.parse(cursor.due_at) > context.now().getTime()) return;
  const rows = await readCustomFields(context.keap);
  const due_at = new Date(context.now().getTime() + 6 * 3600 * 1000).toISOString();
  await storePage(poll, entity, rows, { cursor: { stream: "poll", state: "waiting", due_at } });
}

/** Often enough that a tag put on in Keap is seen soon, seldom enough to leave the day's calls to the rest. */
const sweepEverySeconds = 300;

function sweepIsDue(state: SyncState, now: Date, { force, only }: PollOptions): boolean {
  if (only && !only.includes("contact_tags")) return false;
  if (cursorOf(state, "contacts", "backfill")?.state !== "done") return false;
  const cursor = cursorOf(state, "contacts", "sweep");
  return force === true || !cursor?.due_at || Date.parse(cursor.due_at) <= now.getTime();
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
          position: { last_id: upto ?? 0 },
          pages: 1,
          done: rows.length,
        },
      },
    );
    count(result, "contact_tags", answer.changed);
    await readContacts(poll, answer.unknown);
    if (proven) await confirmAbsent(poll, answer.absent);
    if (upto !== null) after = upto;
  }
  // a large account is swept less often: the pages of a sweep are calls of the day's quota
  const seconds = sweepEverySeconds * Math.max(1, pages / 3);
  await store.moveCursor(accountId, "contacts", {
    stream: "sweep",
    state: "done",
    position: { last_id: 0 } satisfies Record<string, Json>,
    due_at: new Date(context.now().getTime() + seconds * 1000).toISOString(),
  });
}

async function readContacts(poll: Poll, ids: readonly number[]): Promise<Set<number>> {
  const { context } = poll;
  const found = new Set<number>();
  for (const batch of inBatches(ids)) {
    const readAt = await readTime(context, "contacts");
    const page = mapPage(await context.keap.contacts.list({ filter: { ids: batch } }), (wire) =>
      contactFromWire(wire, context.mapping),
    );
    for (const row of page.rows) found.add(row.keap_id ?? 0);
    for (const one of page.rejected) found.add(Number(one.key));
    await storePage(poll, "contacts", page.rows, { rejected: page.rejected, readAt });
  }
  return found;
}

/** So many at once are not housekeeping but a disaster, or a list that was cut: a person must look first. */
class MassDelete extends Error {
  override readonly name = "MassDelete";
  readonly cure =
    "Nothing was deleted here. If they were deleted in Keap on purpose, approve it on the sync page; if not, reject it and restore them in Keap. The sync goes on by itself then.";
  constructor(missing: number) {
    super(`${missing} contacts that were in Keap are not found there any more.`);
  }
}

async function confirmAbsent(poll: Poll, ids: readonly number[]): Promise<void> {
  const { context, result } = poll;
  if (ids.length === 0) return;
  const found = await readContacts(poll, ids);
  const missing = ids.filter((one) => !found.has(one));
  if (missing.length === 0) return;
  const { allowed } = await context.store.guardGone(context.accountId, "contacts", missing, context.runId);
  if (!allowed) throw new MassDelete(missing.length);
  const gone: number[] = [];
  for (const id of missing) {
    try {
      await context.keap.contacts.get(String(id), { fields: ["id"] });
    } catch (cause) {
      if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      gone.push(id);
    }
  }
  if (gone.length > 0)
    count(
      result,
      "contacts",
      await context.store.confirmGone(context.accountId, "contacts", gone, context.runId),
    );
}
