import { contextFor, type RunContext, type SyncDeps } from "../context";
import { isKeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import { paymentFromWire } from "../mapping/commerce";
import { contactFromWire } from "../mapping/contact";
import type { EntityName, Json, MappedRow } from "../mapping/types";
import { readCustomFields, readProfile, rememberedProfile } from "../profile";
import type { Cursor, CursorMove, SyncState } from "../store";
import { troubleOf } from "../trouble";
import { applyPage } from "./apply";
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
  const touchedOrders = new Set<number>();
  for (const stream of due) {
    try {
      await pollStream(context, stream, state, result, touchedOrders);
    } catch (cause) {
      if (!(await noteFailure(context, stream.entity, cause, result)))
        return stop(deps, runId, result, cause, now());
    }
  }
  const more: [string, () => Promise<void>][] = [
    ["payments", () => rereadPayments(context, [...touchedOrders], state, result)],
    ["custom_field_definitions", () => pollCustomFields(context, state, result, options)],
    [
      "contacts",
      async () => (sweepIsDue(state, started, options) ? sweepContacts(context, state, result) : undefined),
    ],
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
    if (due.some((stream) => stream.entity === "contacts"))
      await deps.store.setAsOf(deps.accountId, started.toISOString());
  } else result.state = "error";
  const [first] = result.errors;
  await deps.store.finishRun(runId, {
    state: result.state,
    counts: result.changed,
    ...(first ? { error: first.error, cure: first.cure } : {}),
  });
  return first ? { ...result, error: first.error, cure: first.cure } : result;
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
function isDue(stream: EntityStream, state: SyncState, now: Date, { force, only }: PollOptions): boolean {
  if (only && !only.includes(stream.entity)) return false;
  if (cursorOf(state, stream.entity, "backfill")?.state !== "done") return false;
  const due = cursorOf(state, stream.entity, "poll")?.due_at;
  return force === true || !due || Date.parse(due) <= now.getTime();
}

async function pollStream(
  context: RunContext,
  stream: EntityStream,
  state: SyncState,
  result: PollResult,
  orders: Set<number>,
): Promise<void> {
  const cursor = cursorOf(state, stream.entity, "poll");
  const before = result.changed[stream.entity] ?? 0;
  if (!stream.changed) await readAll(context, stream, state, result);
  else {
    const watermark = cursor?.watermark ?? "2001-01-01T00:00:00.000Z";
    checkWatermark(stream.entity, watermark, context.now());
    if (stream.changed.order === "ascending") await readUp(context, stream, watermark, state, result, orders);
    else await readDown(context, stream, watermark, state, result);
  }
  const changed = (result.changed[stream.entity] ?? 0) - before;
  await context.store.moveCursor(context.accountId, stream.entity, {
    stream: "poll",
    state: "waiting",
    ...nextLook(stream, cursor, changed, context.now()),
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

async function readAll(
  context: RunContext,
  stream: EntityStream,
  state: SyncState,
  result: PollResult,
): Promise<void> {
  let pageToken: string | null = null;
  do {
    const page: Awaited<ReturnType<NonNullable<EntityStream["all"]>>> | undefined = await stream.all?.(
      context.keap,
      context.mapping,
      { pageToken },
    );
    if (!page) return;
    await storePage(context, stream.entity, page.rows, { rejected: page.rejected }, state, result);
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}

/** Ascending by the time of change: each page moves the watermark with its rows. */
async function readUp(
  context: RunContext,
  stream: EntityStream,
  watermark: string,
  state: SyncState,
  result: PollResult,
  orders: Set<number>,
): Promise<void> {
  const changed = stream.changed;
  if (!changed) return;
  const since = new Date(Date.parse(watermark) - changed.overlapMs);
  let reached = watermark;
  let pageToken: string | null = null;
  do {
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
    await storePage(
      context,
      stream.entity,
      page.rows,
      { cursor, rejected: page.rejected },
      state,
      result,
      orders,
    );
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}

/** Newest first: walked down to the watermark, which moves once everything above it is stored. */
async function readDown(
  context: RunContext,
  stream: EntityStream,
  watermark: string,
  state: SyncState,
  result: PollResult,
): Promise<void> {
  const changed = stream.changed;
  if (!changed) return;
  const until = Date.parse(watermark) - changed.overlapMs;
  let reached = watermark;
  let pageToken: string | null = null;
  let deep = false;
  do {
    const page: Awaited<ReturnType<typeof changed.read>> = await changed.read(
      context.keap,
      context.mapping,
      new Date(until),
      { pageToken },
    );
    for (const row of page.rows) reached = later(reached, changed.timeOf(row), context.now());
    await storePage(context, stream.entity, page.rows, { rejected: page.rejected }, state, result);
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
  context: RunContext,
  entity: EntityName,
  rows: readonly MappedRow[],
  page: Parameters<typeof applyPage>[3],
  state: SyncState,
  result: PollResult,
  touched?: Set<number>,
): Promise<void> {
  result.read += rows.length;
  const stored = await applyPage(context, entity, rows, page, state.policies);
  const changed = stored.inserted + stored.updated + stored.removed + stored.to_plan.length;
  count(result, entity, changed);
  if (entity === "orders" && changed > 0)
    for (const row of rows) if (row.keap_id !== null) touched?.add(row.keap_id);
}

function count(result: PollResult, entity: string, changed: number): void {
  if (changed > 0) result.changed[entity] = (result.changed[entity] ?? 0) + changed;
}

/** A refund or void that came late shows only on the order it belongs to: read the payments of touched orders. */
async function rereadPayments(
  context: RunContext,
  orders: readonly number[],
  state: SyncState,
  result: PollResult,
): Promise<void> {
  for (const batch of inBatches(orders)) {
    let pageToken: string | null = null;
    do {
      const answer: Awaited<ReturnType<typeof context.keap.payments.list>> = await context.keap.payments.list(
        { filter: { order_ids: batch }, pageToken },
      );
      const page = mapPage(answer, (wire) => paymentFromWire(wire, context.mapping));
      await storePage(context, "payments", page.rows, { rejected: page.rejected }, state, result);
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
  }
}

async function pollCustomFields(
  context: RunContext,
  state: SyncState,
  result: PollResult,
  options: PollOptions,
): Promise<void> {
  const entity = "custom_field_definitions";
  if (options.only && !options.only.includes(entity)) return;
  const cursor = cursorOf(state, entity, "poll");
  if (cursorOf(state, entity, "backfill")?.state !== "done") return;
  if (!options.force && cursor?.due_at && Date.parse(cursor.due_at) > context.now().getTime()) return;
  const rows = await readCustomFields(context.keap);
  const due_at = new Date(context.now().getTime() + 6 * 3600 * 1000).toISOString();
  await storePage(
    context,
    entity,
    rows,
    { cursor: { stream: "poll", state: "waiting", due_at } },
    state,
    result,
  );
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
async function sweepContacts(context: RunContext, state: SyncState, result: PollResult): Promise<void> {
  const { keap, store, accountId, runId } = context;
  const cursor = cursorOf(state, "contacts", "sweep");
  let after = Number(cursor?.position.last_id ?? 0);
  let pages = 0;
  for (let more = true; more; ) {
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
    await readContacts(context, answer.unknown, state, result);
    if (proven) await confirmAbsent(context, answer.absent, state, result);
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

async function readContacts(
  context: RunContext,
  ids: readonly number[],
  state: SyncState,
  result: PollResult,
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const batch of inBatches(ids)) {
    const page = mapPage(await context.keap.contacts.list({ filter: { ids: batch } }), (wire) =>
      contactFromWire(wire, context.mapping),
    );
    for (const row of page.rows) found.add(row.keap_id ?? 0);
    for (const one of page.rejected) found.add(Number(one.key));
    await storePage(context, "contacts", page.rows, { rejected: page.rejected }, state, result);
  }
  return found;
}

/** More at once is not housekeeping but a disaster, or a list that was cut: a person must look first. */
const massDelete = 50;

class MassDelete extends Error {
  override readonly name = "MassDelete";
  readonly cure =
    "Nothing was deleted here. If the contacts were deleted in Keap on purpose, confirm it on the sync page.";
  constructor(missing: number) {
    super(`${missing} contacts that were in Keap are not found there any more.`);
  }
}

async function confirmAbsent(
  context: RunContext,
  ids: readonly number[],
  state: SyncState,
  result: PollResult,
): Promise<void> {
  if (ids.length === 0) return;
  const found = await readContacts(context, ids, state, result);
  const missing = ids.filter((one) => !found.has(one));
  if (missing.length > massDelete) {
    throw new MassDelete(missing.length);
  }
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
