import type { KeapAccount } from "@/sandbox/account";
import type { SyncDeps } from "../../context";
import type { HookStore } from "../../hooks/store";
import { backfillOrder, isBackfillComplete, runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import type { QuotaGate } from "../../keap/quota";
import { runPush } from "../../outbound/push";
import { type Cell, cells, cellsOf } from "../cells";
import { alwaysThere, type KindName, kindNames, kinds } from "../kinds";
import {
  createMemorySide,
  createSimClock,
  type DatabaseSide,
  type RowView,
  type SimClock,
} from "./database-side";
import { createExclusion, type Exclusion } from "./exclusion";
import { cellsIn, createKeapSide, type KeapSide } from "./keap-side";
import { type Ending, type ProcessPlan, SimProcess } from "./process";
import { createTinyAccount } from "./tiny-account";

/** Somebody wrote a value on one side. */
export interface Edit {
  side: "keap" | "here";
  /** Which record, as that side names it. */
  record: string;
  cell: string;
  before: string | null;
  after: string | null;
}

export interface WorldOptions {
  account?: KeapAccount;
  /** The kinds of record it holds; people and tags unless told. */
  cast?: readonly KindName[];
  clock?: SimClock;
  side?: DatabaseSide;
  /** How far the worker's clock and Keap's are off, milliseconds. */
  skew?: { worker?: number; keap?: number };
  quota?: QuotaGate;
  /** Told of every call as it goes out. */
  onCall?: () => void;
  /** Notes every call in the log. */
  trace?: boolean;
  /** Runs the engine with these parts replaced: a defect that must be caught. */
  bend?: (deps: SyncDeps) => SyncDeps;
}

/** Both sides, the engine between them, and everything anybody wrote. */
export interface World {
  clock: SimClock;
  keap: KeapSide;
  here: DatabaseSide;
  edits: Edit[];
  /** Who put which tag on whom, or took it off. */
  taggings: { side: "keap" | "here"; contact: string; tag: string; on: boolean }[];
  log: string[];
  /** What a run said of itself that was not so. */
  untrue: string[];
  /** What the runs of the push did beside each other. */
  exclusion: Exclusion;
  /** Records that are gone from Keap. */
  deletedInKeap: Set<string>;
  /** Who was merged into whom in Keap. */
  merged: Map<number, number>;
  /** What is deleted here is deleted in Keap too. */
  deletesGoOut: boolean;
  /** Rows deleted here: their memberships went along, also where they came back. */
  deletedHere: Set<string>;
  /** Lines nobody deleted but with their order. */
  wentAlong: Set<string>;
  /** Lines made here, by the note that Keap keeps of them: also where their row is deleted and Keap's comes back as another. */
  linesMade: Map<string, string>;
  nextToken(): number;
  push(plan?: ProcessPlan): Promise<Ending<unknown>>;
  /** `whole`: reads the lists that show no deletions to their end. */
  poll(plan?: ProcessPlan, whole?: boolean): Promise<Ending<unknown>>;
  backfill(plan?: ProcessPlan): Promise<Ending<unknown>>;
  /** A worker that does something else. */
  act<T>(work: (deps: SyncDeps) => Promise<T>): Promise<Ending<T>>;
  writeKeap(cell: Cell, id: number, value: string | null): Promise<boolean>;
  writeHere(cell: Cell, id: string, value: string | null): Promise<boolean>;
  /** A child is made for this parent: Keap's id, or the row's. */
  createKeap(entity: KindName, parent?: number): Promise<void>;
  createHere(entity: KindName, values?: Record<string, unknown>, parent?: string): Promise<string>;
  mergeInKeap(survivor: number, lost: number): Promise<void>;
  employHere(contact: string, company: string): Promise<void>;
  employInKeap(contact: number, company: number): Promise<void>;
  tagInKeap(contact: number, tag: number, on: boolean): Promise<void>;
  tagHere(contact: string, tag: string, on: boolean): Promise<void>;
  deleteInKeap(entity: KindName, id: number): Promise<void>;
  deleteHere(entity: KindName, id: string): Promise<void>;
}

/** The lists a poll of the simulation reads; the rest of the copy stays as it was. */
const polledOf = (cast: readonly KindName[]): string[] => [
  ...cast.flatMap((name) => kinds[name].stream ?? []),
  "contact_tags",
];

export function createWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? createSimClock();
  const here = options.side ?? createMemorySide(clock);
  const skew = { worker: 0, keap: 0, ...options.skew };
  const account = options.account ?? createTinyAccount();
  here.cast = options.cast ?? alwaysThere;
  const guests = here.cast.length > alwaysThere.length;
  const polled = polledOf(here.cast);
  const keap = createKeapSide({
    account,
    now: () => {
      clock.advance(1);
      return clock.now() + skew.keap;
    },
    wait: (ms) => clock.advance(ms),
    quota: options.quota,
    onCall: options.onCall,
  });
  const edits: Edit[] = [];
  const log: string[] = [];
  const deletedInKeap = new Set<string>();
  account.listeners.add(({ table, id, action, before, after }) => {
    const gone = action === "delete" && kindNames.includes(table as KindName);
    if (gone) deletedInKeap.add(`${table}:${id}`);
    if (table !== "orders") return;
    const left = (after as { items: { id: string }[] } | undefined)?.items ?? [];
    for (const item of (before as { items: { id: string }[] } | undefined)?.items ?? [])
      if (gone || !left.some((one) => one.id === item.id)) deletedInKeap.add(`order_items:${item.id}`);
  });
  const exclusion = createExclusion(() => clock.now());
  let token = 0;
  let prepared: Promise<void> | undefined;

  async function run<T>(
    name: string,
    plan: ProcessPlan | undefined,
    work: (deps: SyncDeps) => Promise<T>,
  ): Promise<Ending<T>> {
    const turn = name === "push" ? exclusion.enter() : undefined;
    const process = new SimProcess(
      options.trace ? { trace: (line) => log.push(line), ...plan } : plan,
      turn?.step,
    );
    const deps: SyncDeps = {
      accountId: here.accountId,
      keap: keap.client(process),
      store: process.store(here.store),
      // without guests as the first histories were
      ...(guests ? { hooks: process.store(here.hooks as HookStore) } : {}),
      now: () => new Date(clock.now() + skew.worker),
      time: { elapsed: () => clock.now(), every: () => () => undefined },
    };
    const ending = await process.run(() => work(options.bend ? options.bend(deps) : deps));
    // what is killed holds its locks until they run out; nothing else is left of it
    process.killed = true;
    turn?.end();
    log.push(
      `${name} → ${ending.kind} after ${process.steps} steps${ending.kind === "done" ? ` ${brief(ending.result)}` : ""}${ending.kind === "failed" ? ` ${String(ending.error)}` : ""}`,
    );
    return ending;
  }

  const world: World = {
    clock,
    keap,
    here,
    edits,
    taggings: [],
    log,
    untrue: [],
    exclusion,
    deletedInKeap,
    merged: new Map(),
    deletesGoOut: false,
    deletedHere: new Set(),
    wentAlong: new Set(),
    linesMade: new Map(),
    nextToken: () => ++token,
    push: (plan) => run("push", plan, (deps) => runPush(deps)),
    poll: (plan, whole = false) =>
      run("poll", plan, (deps) => runPoll(deps, { force: true, only: polled, sweep: whole && guests })),
    act: (work) => run("act", undefined, work),
    async backfill(plan) {
      prepared ??= prepare(here, clock.now(), polled);
      await prepared;
      const ending = await run("backfill", plan, (deps) => runBackfill(deps));
      if (ending.kind === "done" && (ending.result as { complete: boolean }).complete)
        if (!isBackfillComplete(await here.store.readState(here.accountId)))
          world.untrue.push("the copy says that it is complete, and a list of it is not");
      return ending;
    },
    async writeKeap(cell, id, value) {
      const kind = kinds[cell.entity];
      const fields = kind.records(account).get(id);
      if (!fields) return false;
      const before = cell.ofKeap(fields);
      const answer = await keap.asPerson("PATCH", `${kind.path(id, fields)}?update_mask=${cell.mask}`, {
        ...kind.along,
        [cell.mask]: cell.toKeap(fields, value),
      });
      if (answer.status >= 300) return false;
      const after = cellsIn(account, cell.entity, String(id)).get(cell.name) ?? null;
      edits.push({ side: "keap", record: `${cell.entity}:${id}`, cell: cell.name, before, after });
      log.push(`Keap ${cell.entity} ${id} ${cell.name}: ${before} → ${after}`);
      return true;
    },
    async writeHere(cell, id, value) {
      const row = (await here.rowsOf(cell.entity)).find((one) => one.id === id);
      if (!row || row.deleted) return false;
      const before = cell.ofRow(row.values);
      await here.update(kinds[cell.entity].entity, id, cell.toRow(row.values, value));
      const after = cell.ofRow({ ...row.values, ...cell.toRow(row.values, value) });
      edits.push({ side: "here", record: `${cell.entity}:${id}`, cell: cell.name, before, after });
      log.push(`here ${cell.entity} ${id} (${row.keap_id}) ${cell.name}: ${before} → ${after}`);
      return true;
    },
    async createKeap(entity, parent = 0) {
      const n = world.nextToken();
      const { path, body } = kinds[entity].post(n, parent);
      const { status, body: made } = await keap.asPerson("POST", path, body);
      const id = (made as { id?: string } | undefined)?.id;
      if (status >= 300 || !id) return;
      const note = (name: KindName, its: string) =>
        edits.push({
          side: "keap",
          record: `${name}:${its}`,
          cell: cellsOf(name)[0]?.name ?? "",
          before: null,
          after: `w${n}`,
        });
      note(entity, id);
      // an order is made with a line
      for (const item of account.orders.get(entity === "orders" ? Number(id) : 0)?.items ?? [])
        note("order_items", item.id);
      log.push(`Keap ${entity} ${id} made (w${n})`);
    },
    async createHere(entity, values = {}, parent = "") {
      const n = world.nextToken();
      const { entity: table, row } = kinds[entity];
      const id = await here.insert(table, { ...row?.(n, parent), ...(values as Record<string, never>) });
      const cell = cellsOf(entity)[0]?.name ?? "";
      edits.push({ side: "here", record: `${entity}:${id}`, cell, before: null, after: `w${n}` });
      if (entity === "order_items") world.linesMade.set(`made${n}`, `${entity}:${id}`);
      log.push(`here ${entity} ${id} made (w${n})${parent ? ` for ${parent}` : ""}`);
      return id;
    },
    async mergeInKeap(survivor, lost) {
      const held = cellsIn(account, "contacts", survivor);
      const tags = [...(account.contactTags.get(lost)?.keys() ?? [])];
      const { status } = await keap.asPerson("POST", "/v2/contacts:merge", {
        contact_id: String(survivor),
        duplicate_contact_id: String(lost),
      });
      log.push(`Keap contacts ${lost} merged into ${survivor} (${status})`);
      if (status >= 300) return;
      world.merged.set(lost, survivor);
      for (const [cell, after] of cellsIn(account, "contacts", survivor)) {
        const before = held.get(cell) ?? null;
        if (before !== after)
          edits.push({ side: "keap", record: `contacts:${survivor}`, cell, before, after });
      }
      for (const tag of tags)
        world.taggings.push({ side: "keap", contact: String(survivor), tag: String(tag), on: true });
    },
    async employHere(contact, company) {
      await here.update("contacts", contact, { company_id: company });
      log.push(`here contacts ${contact} work for ${company}`);
    },
    async employInKeap(contact, company) {
      await keap.asPerson("PATCH", `/v2/contacts/${contact}?update_mask=company`, {
        company: { id: String(company) },
      });
      log.push(`Keap contacts ${contact} work for ${company}`);
    },
    async tagHere(contact, tag, on) {
      const before = (await here.view()).links.find(
        (one) => one.contact_id === contact && one.tag_id === tag,
      );
      await here.member(contact, tag, on);
      log.push(`here tag ${tag} ${on ? "on" : "off"} ${contact}`);
      if ((before?.present ?? false) !== on) world.taggings.push({ side: "here", contact, tag, on });
    },
    async tagInKeap(contact, tag, on) {
      const held = account.contactTags.get(contact)?.has(tag) ?? false;
      if (held !== on) world.taggings.push({ side: "keap", contact: String(contact), tag: String(tag), on });
      if (on)
        await keap.asPerson("POST", `/v2/tags/${tag}/contacts:applyTags`, { contact_ids: [String(contact)] });
      else
        await keap.asPerson("POST", `/v2/tags/${tag}/contacts:removeTags`, {
          contact_ids: [String(contact)],
        });
      log.push(`Keap tag ${tag} ${on ? "on" : "off"} ${contact}`);
    },
    async deleteInKeap(entity, id) {
      const record = kinds[entity].records(account).get(id);
      if (!record) return;
      const { status } = await keap.asPerson("DELETE", kinds[entity].path(id, record));
      log.push(`Keap ${entity} ${id} deleted (${status})`);
    },
    async deleteHere(entity, id) {
      const row = (await here.rowsOf(entity)).find((one) => one.id === id);
      if (!row) return;
      // the lines of an order go with it
      const lines = entity === "orders" ? await here.rowsOf("order_items") : [];
      await here.remove(kinds[entity].entity, id);
      world.deletedHere.add(id);
      world.wentAlong.delete(id);
      for (const one of lines) {
        if (one.values.order_id !== id) continue;
        world.deletedHere.add(one.id);
        world.wentAlong.add(one.id);
      }
      // whoever deletes a row has seen what it held, and so have they of its lines
      const seen = (name: KindName, one: RowView) => {
        for (const cell of cellsOf(name)) {
          const before = cell.ofRow(one.values);
          const record = `${name}:${one.id}`;
          if (before !== null) edits.push({ side: "here", record, cell: cell.name, before, after: null });
        }
      };
      seen(entity, row);
      for (const one of lines) if (one.values.order_id === id) seen("order_items", one);
      log.push(`here ${entity} ${id} (${row.keap_id}) deleted`);
    },
  };
  return world;
}

/**
 * Tables the histories do not touch count as copied already, and the account's profile as read: a history then costs a
 * tenth of the calls.
 */
async function prepare(
  { store, accountId }: DatabaseSide,
  now: number,
  polled: readonly string[],
): Promise<void> {
  for (const entity of backfillOrder)
    if (!polled.includes(entity) && entity !== "custom_field_definitions")
      await store.moveCursor(accountId, entity, { stream: "backfill", state: "done" });
  await store.moveCursor(accountId, "account", {
    stream: "poll",
    state: "done",
    watermark: new Date(now).toISOString(),
    position: { currency: "USD", test_merchants: [], excluded_custom_fields: [] },
  });
}

function brief(result: unknown): string {
  return JSON.stringify(result, (_key, value: unknown) =>
    value === 0 || value === false || (Array.isArray(value) && value.length === 0) ? undefined : value,
  ).slice(0, 300);
}

/** Faults over, and time enough for every pause: until two rounds in a row change nothing. Rounds it took, or null. */
export async function quiesce(world: World, rounds = 14): Promise<number | null> {
  let before = "";
  let calm = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await world.here.advance(11 * 60_000);
    await world.push();
    await world.poll(undefined, true);
    const now = JSON.stringify(await settledState(world));
    calm = now === before ? calm + 1 : 0;
    if (calm >= 2) return round;
    before = now;
  }
  return null;
}

/** What must stand still: both sides, the base and the marks; not the journal of looking at it. */
export async function settledState(world: World): Promise<unknown> {
  const { rows, links, marks, shadows } = await world.here.view();
  const tables = new Set<string>(world.here.cast.map((name) => kinds[name].entity));
  return {
    rows: world.here.cast.map((name) =>
      rows[name].map(({ id, version, sync_status }) => [id, version, sync_status]),
    ),
    links: links.map(({ version, sync_status }) => [version, sync_status]),
    marks: marks.filter((one) => tables.has(one.entity) || one.entity === "contact_tags"),
    shadows: shadows.map(({ key, row_version, members }) => [key, row_version, members]),
    writes: world.keap.calls.filter((one) => one.method !== "GET").length,
  };
}

export { cells, cellsOf };
