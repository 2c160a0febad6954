/**
 * What the first copy of a large account costs Keap: calls against the fewest there could be, and how much of the full
 * documented rate it uses. The sandbox enforces its limits. Time is virtual: it passes while answers, the limiter and
 * the database are waited for, so neither a busy machine nor the sandbox's own work counts.
 *
 *   npx tsx sync/budget.bench.ts [--contacts 100000] [--latency 600] [--storing 150] [--at-once 8] [--trace]
 *
 * `--latency` is how long Keap takes to answer and `--storing` the database to store a page, milliseconds; `--at-once` how
 * many pages are read at the same time. `--trace` prints what was called in every ten seconds. Exits 1 above 1.05 × the fewest calls or below 95 % of the rate. Nothing is stored: what storing
 * costs is measured by `npm run bench -- sync`.
 */
import { parseArgs } from "node:util";
import { createSandbox, type Sandbox } from "@/sandbox/sandbox";
import { runBackfill } from "./inbound/backfill";
import { createKeapClient } from "./keap/client";
import { createMemoryQuota, documentedLimits } from "./keap/quota";
import type { Cursor, CursorMove, SyncState, SyncStore } from "./store";
import { createVirtualClock, type VirtualClock } from "./testing/virtual-clock";

const { values } = parseArgs({
  options: {
    contacts: { type: "string", default: "100000" },
    latency: { type: "string", default: "600" },
    storing: { type: "string", default: "150" },
    "at-once": { type: "string" },
    calls: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const [latencyMs, storingMs] = [Number(values.latency), Number(values.storing)];

/** Remembers how far the copy is, and nothing else. */
function forgetfulStore(sandbox: Sandbox, { client }: VirtualClock): SyncStore {
  const cursors = new Map<string, Cursor>();
  const move = (entity: string, one: CursorMove) => {
    const key = `${entity} ${one.stream}`;
    const before = cursors.get(key);
    const { done = 0, pages = 0, ...rest } = one;
    cursors.set(key, {
      ...(before ??
        ({ entity, position: {}, done_count: 0, pages: 0, watermark: null } as unknown as Cursor)),
      ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as object),
      done_count: (before?.done_count ?? 0) + done,
      pages: (before?.pages ?? 0) + pages,
    });
  };
  const nothing = {
    inserted: 0,
    updated: 0,
    unchanged: 0,
    removed: 0,
    to_plan: [],
    rejected: [],
    rereads: {},
  };
  const known: Partial<Record<keyof SyncStore, (...args: never[]) => Promise<unknown>>> = {
    readState: async () =>
      ({
        account: { account_id: "bench", time_zone: "UTC", currency: "USD", settings: {} },
        connection: null,
        cursors: [...cursors.values()],
        dirty: {},
        policies: [],
        switches: [],
        rereads: {},
        rejected: 0,
        dead_letters: 0,
        conflicts_held: 0,
        runs: [],
      }) as unknown as SyncState,
    startRun: async () => "run",
    clock: async () => new Date(client.now()).toISOString(),
    tagSizes: async () => {
      const people = peopleOfTags(sandbox);
      return [...sandbox.account.tags.keys()].map((id) => ({ id, people: people.get(id) ?? 0 }));
    },
    moveCursor: async (_account: string, entity: string, cursor: CursorMove) => move(entity, cursor),
    applyPage: async (
      _account: string,
      entity: string,
      _rows: unknown,
      page?: { cursor?: CursorMove; cursorEntity?: string },
    ) => {
      await client.sleep(storingMs);
      if (page?.cursor) move(page.cursorEntity ?? entity, page.cursor);
      return nothing;
    },
    applyTagTimes: async (
      _account: string,
      _tag: number,
      rows: unknown[],
      page?: { cursor?: CursorMove },
    ) => {
      await client.sleep(storingMs);
      if (page?.cursor) move("contact_tags", page.cursor);
      return rows.length;
    },
  };
  return new Proxy({} as SyncStore, {
    get: (_target, name) => known[name as keyof SyncStore] ?? (async () => undefined),
  });
}

function peopleOfTags({ account }: Pick<Sandbox, "account">): Map<number, number> {
  const people = new Map<number, number>();
  for (const tags of account.contactTags.values())
    for (const tag of tags.keys()) people.set(tag, (people.get(tag) ?? 0) + 1);
  return people;
}

/** The fewest calls that can read everything: full pages of every list, one model per kind of record. */
function fewestCalls({ account }: Sandbox): number {
  const pages = (records: number, size = 1_000) => Math.max(1, Math.ceil(records / size));
  const people = peopleOfTags({ account });
  const tables = [
    account.contacts,
    account.companies,
    account.leadSources,
    account.leadSourceExpenses,
    account.tagCategories,
    account.tags,
    account.products,
    account.productCategories,
    account.plans,
    account.subscriptions,
    account.orders,
    account.payments,
    account.transactions,
    account.affiliates,
    account.referrals,
    account.campaigns,
    account.stages,
    account.opportunities,
    account.stageMoves,
    account.notes,
    account.tasks,
    account.emailAddresses,
    account.emails,
  ].map((table) => pages(table.size));
  return (
    tables.reduce((sum, one) => sum + one, 0) +
    pages(account.users.size, 100) +
    pages(account.appointments.size) +
    [...account.tags.keys()].reduce((sum, tag) => sum + pages(people.get(tag) ?? 0), 0) +
    // models of custom fields: contact, company, order, subscription, opportunity, activities, partners; profile, merchants
    9
  );
}

const began = performance.now();
const start = Date.now();
const clock = createVirtualClock(start);
const sandbox = createSandbox({
  contacts: Number(values.contacts),
  seed: 1,
  now: start,
  clock: clock.sandbox,
});
console.log(
  `an account of ${values.contacts} contacts made in ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
const quota = createMemoryQuota({ clock: clock.client, pace: "full", limits: documentedLimits.token });
const statuses: Record<string, number> = {};
const operations: Record<string, number> = {};
const sent: { at: number; path: string }[] = [];
const keap = createKeapClient({
  auth: { kind: "token", token: sandbox.token },
  quota,
  clock: clock.client,
  lane: "backfill",
  fetch: async (input, init) => {
    const path = new URL(String(input)).pathname.replace(/^\/crm\/rest/, "").replace(/\/\d+/g, "/#");
    sent.push({ at: clock.client.now(), path });
    const { status, headers, text } = await clock.busy(answerOf(new Request(input, init)));
    await clock.client.sleep(latencyMs);
    return { status, headers, text: async () => text } as Response;
  },
  onCall: ({ status, error, operation }) => {
    const key = String(error ?? status);
    statuses[key] = (statuses[key] ?? 0) + 1;
    operations[operation] = (operations[operation] ?? 0) + 1;
  },
});

async function answerOf(request: Request): Promise<{ status: number; headers: Headers; text: string }> {
  const answer = await sandbox.fetch(request);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

function printTrace(): void {
  const step = 10_000;
  for (let at = from; at <= clock.client.now(); at += step) {
    const calls = sent.filter((one) => one.at >= at && one.at < at + step);
    const counts: Record<string, number> = {};
    for (const { path } of calls) counts[path] = (counts[path] ?? 0) + 1;
    const seconds = String((at - from) / 1000).padStart(5);
    console.log(`${seconds} s ${String(calls.length).padStart(4)} calls ${JSON.stringify(counts)}`);
  }
}

const from = clock.client.now();
const result = await clock.run(
  runBackfill(
    {
      accountId: "bench",
      keap,
      store: forgetfulStore(sandbox, clock),
      now: () => new Date(clock.client.now()),
    },
    values["at-once"] ? { pagesAtOnce: Number(values["at-once"]) } : {},
  ),
);
const minutes = (clock.client.now() - from) / 60_000;
const calls = sandbox.log.summary().calls;
const fewest = fewestCalls(sandbox);
const rate = calls / minutes;
// a copy leaves 1.5 % of the minute to people's edits
const allowed = documentedLimits.token.per_minute;
console.log(
  JSON.stringify({ complete: result.complete, error: result.error, records: result.records, statuses }),
);
if (values.calls) console.log(Object.entries(operations).sort((a, b) => b[1] - a[1]));
if (values.trace) printTrace();
console.log(
  `calls: ${calls}, the fewest there could be: ${fewest}, ratio ${(calls / fewest).toFixed(3)} (budget 1.05)`,
);
console.log(
  `rate: ${rate.toFixed(1)} a minute over ${minutes.toFixed(1)} min of Keap's time, ${((rate / allowed) * 100).toFixed(1)} % of ${allowed} (budget 95 %)`,
);
sandbox.stop();
process.exit(result.complete && calls <= fewest * 1.05 && rate >= allowed * 0.95 ? 0 : 1);
