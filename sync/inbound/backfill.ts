import { contextFor, type RunContext, type SyncDeps } from "../context";
import type { EntityName, Json } from "../mapping/types";
import { isPaused, pausedWords } from "../operations/switches";
import { prepareOwnFields, readCustomFieldModels, readProfile, rememberedProfile } from "../profile";
import type { Cursor, SyncState } from "../store";
import { troubleOf } from "../trouble";
import { applyPage, readTime } from "./apply";
import { partsOf, readingsOfParts, splitTime } from "./copy-parts";
import { heldByToken, opening, type Reading, readSideBySide, unknownLength } from "./side-by-side";
import { isNotOffered } from "./stream";
import { type EntityStream, type MappedPage, streams } from "./streams";
import { readingsOfTags } from "./tag-times";
import { notAfter } from "./watermark";

/** The order of the copy: parents before children. `contact_tags` reads the times of the memberships. */
export const backfillOrder = [
  "users",
  "lead_sources",
  "lead_source_expenses",
  "tag_categories",
  "tags",
  "custom_field_definitions",
  "product_categories",
  "products",
  "subscription_plans",
  "companies",
  "contacts",
  "contact_tags",
  "subscriptions",
  "orders",
  "payments",
  "transactions",
  "affiliates",
  "referrals",
  "campaigns",
  "opportunity_stages",
  "opportunities",
  "stage_moves",
  "notes",
  "tasks",
  "appointments",
  "email_addresses_status",
  "emails",
] as const;
export type BackfillEntity = (typeof backfillOrder)[number];

/** Whether every table of the copy has been read to its end. */
export function isBackfillComplete({ cursors }: Pick<SyncState, "cursors">): boolean {
  return backfillOrder.every((entity) =>
    cursors.some((one) => one.entity === entity && one.stream === "backfill" && one.state === "done"),
  );
}

export interface BackfillStep {
  /** What was worked on last; null when everything had been copied before. */
  entity: BackfillEntity | null;
  pages: number;
  records: number;
  /** The whole account is here. */
  complete: boolean;
  state: "running" | "done" | "paused" | "error";
  error?: string;
  error_kind?: string;
  cure?: string;
}

export interface BackfillOptions {
  /** Stop after this many pages. */
  maxPages?: number;
  /** Stop after this long, milliseconds. */
  maxMs?: number;
  /** Copy everything again, also what is complete. */
  restart?: boolean;
  /** How many pages are read at the same time. */
  pagesAtOnce?: number;
  /** From so many contacts on, the longest list is copied in parts. */
  manyContacts?: number;
}

/**
 * Enough that the rate Keap allows is used up while a page takes a second or so; with more, each long list comes to its turn
 * less often and is left over at the end.
 */
const defaultPagesAtOnce = 8;

/** Lists whose rows find nothing to belong to, or much to be mended later, before these are here. */
const waitsFor: Partial<Record<BackfillEntity, readonly BackfillEntity[]>> = {
  contact_tags: ["tags", "contacts"],
  emails: ["contacts"],
};

/** By far the longest list, and only its last page names the next one: in parts where it pays. */
const longest: BackfillEntity = "emails";
const defaultManyContacts = 20_000;

/**
 * Copies the Keap account, going on where an earlier run stopped. Several lists are read side by side, each page by page:
 * the cursor is stored in the transaction that stores the page, and the next page of a list is asked for only then, so
 * a kill costs at most one page of each list or part under way. Errors become the state of the connection and of the table's
 * cursor; calling again goes on.
 */
export async function runBackfill(deps: SyncDeps, options: BackfillOptions = {}): Promise<BackfillStep> {
  const now = deps.now ?? (() => new Date());
  const started = now().getTime();
  const state = await deps.store.readState(deps.accountId);
  const step: BackfillStep = { entity: null, pages: 0, records: 0, complete: false, state: "running" };
  if (isPaused(state)) return { ...step, state: "paused", ...pausedWords };
  const runId = await deps.store.startRun(deps.accountId, "backfill");
  const counts = () => ({ pages: step.pages, records: step.records });
  let failed: { entity: BackfillEntity | null; cause: unknown } | null = null;
  try {
    const mapping = rememberedProfile(state.cursors, now()) ?? (await readProfile(deps));
    const context = contextFor(deps, runId, mapping);
    if (state.cursors.length === 0) await prepareOwnFields(deps, mapping, state);
    if (options.restart) await restartAll(context, state);
    const cursors = options.restart ? [] : state.cursors;
    let begun = 0;
    const copy: Copy = {
      context,
      state,
      cursors,
      manyContacts: options.manyContacts ?? defaultManyContacts,
      contacts:
        cursors.find((one) => one.entity === "contacts" && one.stream === "backfill")?.done_count ?? 0,
      inTurn: oneAfterTheOther(),
      copied(entity, records) {
        step.pages += 1;
        step.records += records;
        step.entity = entity;
      },
    };
    const complete = await readSideBySide(readingsOf(copy), {
      pagesAtOnce: options.pagesAtOnce ?? defaultPagesAtOnce,
      begin() {
        const may =
          !deps.signal?.aborted &&
          begun < (options.maxPages ?? Infinity) &&
          now().getTime() - started <= (options.maxMs ?? Infinity);
        if (may) begun += 1;
        return may;
      },
      failed(list, cause) {
        failed ??= { entity: list as BackfillEntity, cause };
      },
    });
    if (failed === null && !complete) {
      await deps.store.finishRun(runId, { state: "paused", counts: counts() });
      return step;
    }
    if (failed === null) {
      await deps.store.setConnection(deps.accountId, { state: "connected" });
      if (step.pages > 0) {
        await deps.store.analyze();
        await deps.store.setAsOf(deps.accountId, new Date(started).toISOString());
      }
      await deps.store.finishRun(runId, { state: "done", counts: counts() });
      return { ...step, complete: true, state: "done" };
    }
  } catch (cause) {
    failed = { entity: null, cause };
  }
  const { entity, cause } = failed;
  const trouble = troubleOf(cause, now());
  if (trouble.connection) await deps.store.setConnection(deps.accountId, trouble.connection);
  const { error, error_kind, cure } = trouble.outcome;
  if (entity)
    await deps.store.moveCursor(deps.accountId, entity, { stream: "backfill", state: "error", error, cure });
  await deps.store.finishRun(runId, { ...trouble.outcome, counts: counts() });
  return {
    ...step,
    entity: entity ?? step.entity,
    state: trouble.outcome.state === "paused" ? "paused" : "error",
    error,
    error_kind,
    cure,
  };
}

/** Pages are read side by side and stored one by one: a row and the row it belongs to, stored at once, miss each other. */
function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const own = last.then(work);
    last = own.catch(() => undefined);
    return own;
  };
}

interface Copy {
  context: RunContext;
  state: SyncState;
  /** Where the copy stood when this run began. */
  cursors: readonly Cursor[];
  manyContacts: number;
  /** People copied, once all of them are. */
  contacts: number;
  /** Runs what is stored when everything stored before is. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  copied(entity: BackfillEntity, records: number): void;
}

const cursorOf = ({ cursors }: Copy, entity: BackfillEntity) =>
  cursors.find((one) => one.entity === entity && one.stream === "backfill");

/** What is left of the lists that wait for no other; those that do come to light when what they wait for is whole. */
function readingsOf(copy: Copy): Reading[] {
  const whole = new Set(backfillOrder.filter((one) => cursorOf(copy, one)?.state === "done"));
  const waiting = new Set(backfillOrder.filter((one) => !whole.has(one)));
  const ready = (): Reading[] => {
    const found = [...waiting].filter((one) => (waitsFor[one] ?? []).every((other) => whole.has(other)));
    for (const one of found) waiting.delete(one);
    return found.map(readingOf);
  };
  const ended = (entity: BackfillEntity) => {
    whole.add(entity);
    return ready();
  };
  const readingOf = (entity: BackfillEntity): Reading => {
    const cursor = cursorOf(copy, entity);
    if (entity === "contact_tags") {
      const copied = (records: number) => copy.copied(entity, records);
      return opening(entity, () => readingsOfTags({ ...copy, cursor, copied }));
    }
    const list = readingOfList(copy, entity, ended);
    if (entity !== longest) return list;
    return opening(entity, async () => (await readingsOfLongest(copy, cursor)) ?? [list]);
  };
  return ready();
}

/** One list, page by page. */
function readingOfList(
  copy: Copy,
  entity: BackfillEntity,
  ended: (entity: BackfillEntity) => Reading[],
): Reading {
  let cursor = cursorOf(copy, entity);
  // what waits for it is about as long: a tag that everybody has is as long a list as that of all people
  const weight = Object.values(waitsFor).some((others) => others.includes(entity)) ? 2 : 1;
  const own: Reading = {
    list: entity,
    urgency() {
      if (!cursor || Object.keys(cursor.position).length === 0) return unknownLength;
      if (typeof cursor.position.token === "string" || cursor.estimated_total === null) return heldByToken;
      return (weight * Math.max(1, cursor.estimated_total - cursor.done_count)) / pageSize;
    },
    async next() {
      const page = await copyIfOffered(copy, entity, cursor);
      copy.copied(entity, page.records);
      cursor = page.cursor;
      if (cursor.state !== "done") return [own];
      if (entity === "contacts") copy.contacts = cursor.done_count;
      return ended(entity);
    },
  };
  return own;
}

/** The longest list of a large account in parts; null where it is read as any other. */
async function readingsOfLongest(copy: Copy, cursor: Cursor | undefined): Promise<Reading[] | null> {
  const { context } = copy;
  const stream = streams.find((one) => one.name === longest);
  if (!stream?.inParts) return null;
  const position = cursor?.position ?? {};
  let parts = partsOf(position);
  let watermark = text(position.watermark);
  if (!parts) {
    const begun = Object.keys(position).length > 0;
    if (begun || copy.contacts < copy.manyContacts) return null;
    // what this key may not read is told by the first page
    const span = await stream.inParts
      .span(context.keap, context.mapping)
      .catch((cause: unknown) => (isNotOffered(cause) ? null : Promise.reject(cause)));
    if (!span) return null;
    parts = splitTime(span);
    watermark = (await beforeCopy(context, stream)).watermark;
  }
  return readingsOfParts({
    ...copy,
    stream: { ...stream, inParts: stream.inParts },
    parts,
    watermark,
    cursor,
    copied: (records) => copy.copied(longest, records),
    whole: () => beginPolls(context, longest, watermark),
  });
}

/** From where the polls go on. */
async function beginPolls(
  { store, accountId }: RunContext,
  entity: BackfillEntity,
  watermark: string | null,
) {
  await store.moveCursor(accountId, entity, { stream: "poll", state: "waiting", watermark });
}

async function restartAll({ store, accountId }: RunContext, state: SyncState): Promise<void> {
  for (const { entity, stream } of state.cursors) {
    if (stream === "backfill")
      await store.moveCursor(accountId, entity, { stream, state: "running", position: {}, restart: true });
  }
}

interface CopiedPage {
  records: number;
  cursor: Cursor;
}

/** Some plans and keys lack a corner of the API: its table says so and stays empty, the others are copied. */
async function copyIfOffered(
  copy: Copy,
  entity: BackfillEntity,
  cursor: Cursor | undefined,
): Promise<CopiedPage> {
  const { context } = copy;
  try {
    return await copyPage(copy, entity, cursor);
  } catch (cause) {
    // only at the first page: a refusal half-way is trouble, and what was copied is not all
    const begun = Object.keys(cursor?.position ?? {}).length > 0;
    if (begun || !streams.find((one) => one.name === entity)?.optional || !isNotOffered(cause)) throw cause;
    const { error, cure } = troubleOf(cause, context.now()).outcome;
    const move = { stream: "backfill" as const, state: "done" as const, position: {}, error, cure };
    await context.store.moveCursor(context.accountId, entity, move);
    return { records: 0, cursor: asCursor(entity, move, 0) };
  }
}

async function copyPage(copy: Copy, entity: BackfillEntity, cursor: Cursor | undefined): Promise<CopiedPage> {
  const { context, state, inTurn } = copy;
  if (entity === "custom_field_definitions") return copyCustomFields(copy);
  const stream = streams.find((one) => one.name === entity) as EntityStream;
  const position = cursor?.position ?? {};
  const first = Object.keys(position).length === 0;
  const start = first
    ? await beforeCopy(context, stream)
    : { watermark: text(position.watermark), highest: count(position.highest) };
  const lastId = count(position.last_id) ?? 0;
  const readAt = await readTime(context, stream.entity);
  const page = stream.byId
    ? await stream.byId(context.keap, context.mapping, lastId, { pageToken: text(position.token) })
    : await readByToken(stream, context, text(position.token));
  const ids = page.rows.map((row) => row.keap_id ?? 0);
  const last = Math.max(lastId, ...ids, ...page.rejected.map((one) => Number(one.key) || 0));
  const done = page.nextPageToken === null;
  // a page without one readable id names no place to go on from: its token does
  const byToken = !stream.byId || last === lastId;
  const records = page.rows.length;
  const total = (cursor?.done_count ?? 0) + records;
  const move = {
    stream: "backfill" as const,
    state: done ? ("done" as const) : ("running" as const),
    position: {
      ...(stream.byId ? { last_id: last } : {}),
      ...(byToken ? { token: page.nextPageToken } : {}),
      watermark: start.watermark,
      highest: start.highest,
    },
    done: records,
    pages: 1,
    estimated_total: done ? total : estimate(total, last, start.highest),
  };
  await inTurn(() =>
    applyPage(
      context,
      stream.entity,
      page.rows,
      { cursor: move, cursorEntity: stream.name, rejected: page.rejected, readAt },
      state.policies,
    ),
  );
  if (done) await beginPolls(context, entity, start.watermark);
  return { records, cursor: asCursor(entity, move, total) };
}

/** A page token lives for minutes: after a long pause Keap may refuse it, and the list is read from its start. */
async function readByToken(
  stream: EntityStream,
  context: RunContext,
  token: string | null,
): Promise<MappedPage> {
  if (!stream.all) throw new Error(`The list of ${stream.entity} cannot be read whole.`);
  if (token === null) return stream.all(context.keap, context.mapping);
  try {
    return await stream.all(context.keap, context.mapping, { pageToken: token });
  } catch (cause) {
    if (cause instanceof Error && "kind" in cause && cause.kind === "invalid")
      return stream.all(context.keap, context.mapping);
    throw cause;
  }
}

/** Records of a full page. */
const pageSize = 1_000;

/** Keap did not exist then: reads everything. */
const beginning = "2001-01-01T00:00:00.000Z";

/**
 * The watermark for the polls that follow, by Keap's clock: the newest change before the copy began. Whatever changes
 * during the copy is newer and is read by the first poll.
 */
async function beforeCopy(
  context: RunContext,
  stream: EntityStream,
): Promise<{ watermark: string | null; highest: number | null }> {
  const highest = stream.newestId ? await stream.newestId(context.keap, context.mapping) : null;
  const newest = stream.changed && stream.newest ? await stream.newest(context.keap, context.mapping) : null;
  const row = newest?.rows[0];
  const seen = row ? stream.changed?.timeOf(row) : null;
  return {
    watermark: stream.changed ? notAfter(seen ?? beginning, context.now()) : null,
    highest: highest?.rows[0]?.keap_id ?? null,
  };
}

/** How many there will be, from how densely the ids are filled so far. */
function estimate(done: number, lastId: number, highest: number | null): number | null {
  if (highest === null || lastId <= 0) return null;
  return Math.max(done, Math.round((done / lastId) * highest));
}

async function copyCustomFields({ context, inTurn }: Copy): Promise<CopiedPage> {
  const { rows, rejected } = await readCustomFieldModels(context.keap);
  const move = {
    stream: "backfill" as const,
    state: "done" as const,
    done: rows.length,
    pages: 1,
    position: {},
    estimated_total: rows.length,
  };
  await inTurn(() =>
    applyPage(context, "custom_field_definitions" as EntityName, rows, { cursor: move, rejected }),
  );
  return { records: rows.length, cursor: asCursor("custom_field_definitions", move, rows.length) };
}

function asCursor(
  entity: string,
  move: { state: Cursor["state"]; position: Record<string, Json>; estimated_total?: number | null },
  done: number,
): Cursor {
  return {
    entity,
    stream: "backfill",
    state: move.state,
    position: move.position,
    watermark: null,
    done_count: done,
    estimated_total: move.estimated_total ?? null,
    pages: 0,
    due_at: null,
    error: null,
    cure: null,
    started_at: null,
    finished_at: null,
    updated_at: "",
  };
}

function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function count(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}
