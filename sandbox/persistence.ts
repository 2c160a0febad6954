import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { AccountChange, KeapAccount } from "./account";
import { tableNames } from "./account";

/** How a new account is made: the same recipe gives the same account, so a lost snapshot loses nothing. */
export interface Recipe {
  seed: number;
  contacts: number;
  end_date: string;
}

interface Meta {
  version: 1;
  recipe: Recipe;
  generation: number;
}

type Line = [thing: string, id: number | string, value: unknown];

const compactAbove = 32 * 1024 * 1024;

function* readLines(path: string): Iterable<Line> {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const size = fstatSync(file).size;
    const chunk = Buffer.alloc(Math.min(8 * 1024 * 1024, Math.max(1, size)));
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; at < size; ) {
      const got = readSync(file, chunk, 0, chunk.length, at);
      if (got === 0) break;
      at += got;
      const data: Buffer = Buffer.concat([rest, chunk.subarray(0, got)]);
      let start = 0;
      for (let end = data.indexOf(10, start); end !== -1; end = data.indexOf(10, start)) {
        const line = parseLine(data.toString("utf8", start, end));
        if (line) yield line;
        start = end + 1;
      }
      rest = Buffer.from(data.subarray(start));
    }
  } finally {
    closeSync(file);
  }
}

function endsWithLine(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, fstatSync(file).size - 1);
    return last[0] === 10;
  } finally {
    closeSync(file);
  }
}

/** A line cut short by a kill is the last of its file and was never acknowledged. */
function parseLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

function applyLine(account: KeapAccount, [thing, id, value]: Line, onState: (state: unknown) => void): void {
  if (thing === "state") onState(value);
  else if (thing === "lastIds") account.lastIds = new Map(value as [string, number][]);
  else if (thing === "businessProfile") account.businessProfile = value as KeapAccount["businessProfile"];
  else if (thing === "settings") account.settings = value as KeapAccount["settings"];
  else if (thing === "tenantId") account.tenantId = String(value);
  else if (thing === "contactTags" || thing === "companyTags") {
    const rows = account[thing];
    if (value === null) rows.delete(Number(id));
    else rows.set(Number(id), new Map(value as [number, string][]));
  } else if (thing === "emailAddresses") account.emailAddresses.set(String(id), value as never);
  else {
    const rows = account[thing as (typeof tableNames)[number]] as Map<number, unknown> | undefined;
    if (value === null) rows?.delete(Number(id));
    else rows?.set(Number(id), value);
  }
}

function currentValue(account: KeapAccount, thing: string, id: number | string): unknown {
  if (thing === "businessProfile" || thing === "settings") return account[thing];
  if (thing === "contactTags" || thing === "companyTags") {
    const tags = account[thing].get(Number(id));
    return tags ? [...tags] : null;
  }
  if (thing === "emailAddresses") return account.emailAddresses.get(String(id)) ?? null;
  return (account[thing as (typeof tableNames)[number]] as Map<number, unknown>).get(Number(id)) ?? null;
}

function* everything(account: KeapAccount): Iterable<Line> {
  yield ["tenantId", 0, account.tenantId];
  yield ["businessProfile", 0, account.businessProfile];
  yield ["settings", 0, account.settings];
  for (const table of tableNames) for (const [id, record] of account[table]) yield [table, id, record];
  for (const thing of ["contactTags", "companyTags"] as const)
    for (const [id, tags] of account[thing]) yield [thing, id, [...tags]];
  for (const [id, record] of account.emailAddresses) yield ["emailAddresses", id, record];
  yield ["lastIds", 0, [...account.lastIds]];
}

export interface AccountStore {
  account: KeapAccount;
  /** What was saved beside the records (credentials, switches, clock); null on a first start. */
  savedState: unknown;
  /** True when this folder held no account before. */
  isNew: boolean;
  recipe: Recipe;
  /** Begins to keep every change. `state` is asked at each flush. */
  follow(state: () => unknown): void;
  /** Writes what changed since the last flush; cheap when nothing did. */
  flush(): void;
  /** Writes the whole account, so that a start need not generate it again. */
  writeSnapshot(): Promise<void>;
  close(): void;
}

/**
 * Keeps an account in a folder: a snapshot and a journal of changed records. A change is in the journal before its
 * call is answered, so even a killed process keeps every write it has acknowledged.
 */
export function openAccountStore(
  folder: string,
  recipe: Recipe,
  generate: (recipe: Recipe) => KeapAccount,
  empty: () => KeapAccount,
): AccountStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const metaPath = join(folder, "meta.json");
  const isNew = !existsSync(metaPath);
  let meta: Meta = isNew
    ? { version: 1, recipe, generation: 1 }
    : (JSON.parse(readFileSync(metaPath, "utf8")) as Meta);
  const snapshotOf = (generation: number) => join(folder, `snapshot-${generation}.ndjson`);
  const journalOf = (generation: number) => join(folder, `journal-${generation}.ndjson`);
  const saveMeta = () => {
    writeFileSync(`${metaPath}.new`, JSON.stringify(meta), { mode: 0o600 });
    renameSync(`${metaPath}.new`, metaPath);
  };
  if (isNew) saveMeta();

  let savedState: unknown = null;
  const onState = (state: unknown) => {
    savedState = state;
  };
  const hasSnapshot = existsSync(snapshotOf(meta.generation));
  const account = hasSnapshot ? empty() : generate(meta.recipe);
  if (hasSnapshot)
    for (const line of readLines(snapshotOf(meta.generation))) applyLine(account, line, onState);
  for (const line of readLines(journalOf(meta.generation))) applyLine(account, line, onState);

  const dirty = new Map<string, [string, number | string]>();
  let journal = openSync(journalOf(meta.generation), "a", 0o600);
  let written = fstatSync(journal).size;
  // a line torn by a power cut must not swallow the first one written after it
  if (written > 0 && !endsWithLine(journalOf(meta.generation))) written += writeSync(journal, "\n");
  let askState: (() => unknown) | null = null;
  let lastState = JSON.stringify(savedState);
  let lastIds = JSON.stringify([...account.lastIds]);

  function flush(): void {
    const lines: string[] = [];
    for (const [thing, id] of dirty.values())
      lines.push(JSON.stringify([thing, id, currentValue(account, thing, id)]));
    dirty.clear();
    const ids = lines.length ? JSON.stringify([...account.lastIds]) : lastIds;
    if (ids !== lastIds) lines.push(`["lastIds",0,${ids}]`);
    lastIds = ids;
    const state = askState ? JSON.stringify(askState()) : lastState;
    if (state !== lastState) lines.push(`["state",0,${state}]`);
    lastState = state;
    if (lines.length) written += writeSync(journal, `${lines.join("\n")}\n`);
  }

  async function writeSnapshot(): Promise<void> {
    flush();
    const target = existsSync(snapshotOf(meta.generation)) ? meta.generation + 1 : meta.generation;
    const compacting = target !== meta.generation;
    const path = `${snapshotOf(target)}.new`;
    const file = openSync(path, "w", 0o600);
    let batch: string[] = [];
    let size = 0;
    // A record that changes while this runs is also in the journal, which is read after the snapshot.
    for (const line of everything(account)) {
      const text = JSON.stringify(line);
      batch.push(text);
      size += text.length;
      if (size > 4_000_000) {
        writeSync(file, `${batch.join("\n")}\n`);
        batch = [];
        size = 0;
        if (!compacting) await new Promise(setImmediate);
      }
    }
    batch.push(`["state",0,${lastState}]`);
    writeSync(file, `${batch.join("\n")}\n`);
    closeSync(file);
    renameSync(path, snapshotOf(target));
    if (!compacting) return;
    const old = meta.generation;
    closeSync(journal);
    journal = openSync(journalOf(target), "a", 0o600);
    written = 0;
    meta = { ...meta, generation: target };
    saveMeta();
    rmSync(snapshotOf(old), { force: true });
    rmSync(journalOf(old), { force: true });
  }

  return {
    account,
    savedState,
    isNew,
    recipe: meta.recipe,
    follow(state) {
      askState = state;
      account.listeners.add((change: AccountChange) =>
        dirty.set(`${change.table}/${change.id}`, [change.table, change.id]),
      );
    },
    flush,
    async writeSnapshot() {
      if (!existsSync(snapshotOf(meta.generation)) || written > compactAbove) await writeSnapshot();
    },
    close() {
      flush();
      closeSync(journal);
    },
  };
}
