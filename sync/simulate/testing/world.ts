import type { KeapAccount } from "@/sandbox/account";
import type { SyncDeps } from "../../context";
import { backfillOrder, runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import type { QuotaGate } from "../../keap/quota";
import { runPush } from "../../outbound/push";
import { type Cell, cells, cellsOf } from "../cells";
import { createMemorySide, createSimClock, type DatabaseSide, type SimClock } from "./database-side";
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
  /** What the runs of the push did beside each other. */
  exclusion: Exclusion;
  /** Records deleted in Keap by a person. */
  deletedInKeap: Set<string>;
  /** Rows deleted here: their memberships went along, also where they came back. */
  deletedHere: Set<string>;
  nextToken(): number;
  push(plan?: ProcessPlan): Promise<Ending<unknown>>;
  poll(plan?: ProcessPlan): Promise<Ending<unknown>>;
  backfill(plan?: ProcessPlan): Promise<Ending<unknown>>;
  /** A worker that does something else. */
  act<T>(work: (deps: SyncDeps) => Promise<T>): Promise<Ending<T>>;
  writeKeap(cell: Cell, id: number, value: string | null): Promise<boolean>;
  writeHere(cell: Cell, id: string, value: string | null): Promise<boolean>;
  createKeap(entity: Cell["entity"]): Promise<void>;
  createHere(entity: Cell["entity"], values?: Record<string, unknown>): Promise<string>;
  tagInKeap(contact: number, tag: number, on: boolean): Promise<void>;
  tagHere(contact: string, tag: string, on: boolean): Promise<void>;
  deleteInKeap(entity: Cell["entity"], id: number): Promise<void>;
  deleteHere(entity: Cell["entity"], id: string): Promise<void>;
}

/** Tables a poll of the simulation reads; the rest of the copy stays as it was. */
const polled = ["tags", "contacts", "contact_tags"] as const;
const touched = [...polled, "custom_field_definitions"] as const;

export function createWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? createSimClock();
  const here = options.side ?? createMemorySide(clock);
  const skew = { worker: 0, keap: 0, ...options.skew };
  const account = options.account ?? createTinyAccount();
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
    exclusion,
    deletedInKeap,
    deletedHere: new Set(),
    nextToken: () => ++token,
    push: (plan) => run("push", plan, (deps) => runPush(deps)),
    poll: (plan) => run("poll", plan, (deps) => runPoll(deps, { force: true, only: polled })),
    act: (work) => run("act", undefined, work),
    async backfill(plan) {
      prepared ??= prepare(here, clock.now());
      await prepared;
      return run("backfill", plan, (deps) => runBackfill(deps));
    },
    async writeKeap(cell, id, value) {
      const record = (cell.entity === "tags" ? account.tags : account.contacts).get(id);
      if (!record) return false;
      const fields = record as unknown as Record<string, unknown>;
      const before = cell.ofKeap(fields);
      const answer = await keap.asPerson("PATCH", `/v2/${cell.entity}/${id}?update_mask=${cell.mask}`, {
        [cell.mask]: cell.toKeap(fields, value),
      });
      if (answer.status >= 300) return false;
      const after = cellsIn(account, cell.entity, String(id)).get(cell.name) ?? null;
      edits.push({ side: "keap", record: `${cell.entity}:${id}`, cell: cell.name, before, after });
      log.push(`Keap ${cell.entity} ${id} ${cell.name}: ${before} → ${after}`);
      return true;
    },
    async writeHere(cell, id, value) {
      const row = (await here.view()).rows[cell.entity].find((one) => one.id === id);
      if (!row || row.deleted) return false;
      const before = cell.ofRow(row.values);
      await here.update(cell.entity, id, cell.toRow(row.values, value));
      const after = cell.ofRow({ ...row.values, ...cell.toRow(row.values, value) });
      edits.push({ side: "here", record: `${cell.entity}:${id}`, cell: cell.name, before, after });
      log.push(`here ${cell.entity} ${id} (${row.keap_id}) ${cell.name}: ${before} → ${after}`);
      return true;
    },
    async createKeap(entity) {
      const n = world.nextToken();
      const body =
        entity === "tags"
          ? { name: `w${n}` }
          : { given_name: `w${n}`, email_addresses: [{ field: "EMAIL1", email: `made${n}@example.test` }] };
      const { status, body: made } = await keap.asPerson("POST", `/v2/${entity}`, body);
      const id = (made as { id?: string } | undefined)?.id;
      if (status >= 300 || !id) return;
      const cell = entity === "tags" ? "name" : "given_name";
      edits.push({ side: "keap", record: `${entity}:${id}`, cell, before: null, after: `w${n}` });
      log.push(`Keap ${entity} ${id} made (w${n})`);
    },
    async createHere(entity, values = {}) {
      const n = world.nextToken();
      const cell = entity === "tags" ? "name" : "given_name";
      const id = await here.insert(entity, {
        ...(entity === "tags"
          ? { name: `w${n}`, description: null, category_keap_id: null }
          : {
              given_name: `w${n}`,
              email_addresses: { EMAIL1: { email: `made${n}@example.test` } },
              phone_numbers: {},
              custom_fields: {},
            }),
        ...(values as Record<string, never>),
      });
      edits.push({ side: "here", record: `${entity}:${id}`, cell, before: null, after: `w${n}` });
      log.push(`here ${entity} ${id} made (w${n})`);
      return id;
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
      const { status } = await keap.asPerson("DELETE", `/v2/${entity}/${id}`);
      if (status < 300) deletedInKeap.add(`${entity}:${id}`);
      log.push(`Keap ${entity} ${id} deleted (${status})`);
    },
    async deleteHere(entity, id) {
      const row = (await here.view()).rows[entity].find((one) => one.id === id);
      if (!row) return;
      await here.remove(entity, id);
      world.deletedHere.add(id);
      // whoever deletes a row has seen what it held
      for (const cell of cellsOf(entity)) {
        const before = cell.ofRow(row.values);
        if (before !== null)
          edits.push({ side: "here", record: `${entity}:${id}`, cell: cell.name, before, after: null });
      }
      log.push(`here ${entity} ${id} (${row.keap_id}) deleted`);
    },
  };
  return world;
}

/**
 * Tables the histories do not touch count as copied already, and the account's profile as read: a history then costs a
 * tenth of the calls.
 */
async function prepare({ store, accountId }: DatabaseSide, now: number): Promise<void> {
  for (const entity of backfillOrder)
    if (!(touched as readonly string[]).includes(entity))
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
    await world.poll();
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
  return {
    rows: {
      contacts: rows.contacts.map(({ id, version, sync_status }) => [id, version, sync_status]),
      tags: rows.tags.map(({ id, version, sync_status }) => [id, version, sync_status]),
    },
    links: links.map(({ version, sync_status }) => [version, sync_status]),
    marks: marks.filter(
      (one) => one.entity === "contacts" || one.entity === "tags" || one.entity === "contact_tags",
    ),
    shadows: shadows.map(({ key, row_version, members }) => [key, row_version, members]),
    writes: world.keap.calls.filter((one) => one.method !== "GET").length,
  };
}

export { cells, cellsOf };
