import { randomUUID } from "node:crypto";
import { contextFor, type SyncDeps } from "../context";
import type { Reading } from "../inbound/reread";
import { byId, confirmGone, MassDelete, readById, rereadOrders } from "../inbound/reread";
import { cursorOf } from "../inbound/rhythm";
import { fillTagTimes } from "../inbound/tag-times";
import { readHookDelivery } from "../keap/webhook";
import type { EntityName } from "../mapping/types";
import { isPaused } from "../operations/switches";
import { readProfile, rememberedProfile } from "../profile";
import { type Trouble, troubleOf } from "../trouble";
import { hookEvents } from "./events";
import { redactPeople } from "./redactions";
import type { ClaimedDelivery, FinishedDelivery, HookStore } from "./store";
import { contactsOfRemovals, readTagApplications } from "./tag-events";

export interface DrainResult {
  state: "done" | "paused" | "error";
  deliveries: number;
  /** Records named by them, each counted once. */
  records: number;
  changed: Record<string, number>;
  /** Left for a later try. */
  retried: number;
  refused: number;
  /** More is waiting. */
  more: boolean;
  error?: string;
  cure?: string;
}

export interface DrainOptions {
  /** Deliveries taken together: what they name is read in batches of 100. */
  maxDeliveries?: number;
}

/** A delivery that failed so often is given up; the table's watermark finds what it meant. */
const maxAttempts = 6;
const retrySeconds = (attempts: number) => Math.min(600, 10 * 2 ** attempts);

/**
 * Works off what Keap's hooks announced: reads every record named, once and in batches, and stores it like a poll does.
 * A delivery is done when everything it named has been read; run twice, killed or out of order it comes to the same,
 * because only Keap's present state is ever stored.
 */
export async function drainHooks(
  deps: SyncDeps & { hooks: HookStore },
  options: DrainOptions = {},
): Promise<DrainResult> {
  const { accountId, hooks, store } = deps;
  const now = deps.now ?? (() => new Date());
  const limit = options.maxDeliveries ?? 100;
  const result: DrainResult = {
    state: "done",
    deliveries: 0,
    records: 0,
    changed: {},
    retried: 0,
    refused: 0,
    more: false,
  };
  const state = await store.readState(accountId);
  if (isPaused(state)) return { ...result, state: "paused" };
  const owner = randomUUID();
  const claimed = await hooks.claim(accountId, limit, owner);
  if (claimed.length === 0) return result;
  result.deliveries = claimed.length;
  result.more = claimed.length === limit;

  const plan = planWork(claimed);
  result.records = plan.size();
  const runId = await store.startRun(accountId, "poll", "hooks");
  const reading: Reading = {
    context: contextFor(deps, runId, {
      currency: "USD",
      testMerchants: new Set(),
      excludedCustomFields: new Set(),
    }),
    state,
    result: { changed: result.changed, read: 0 },
    rereads: {},
  };
  let stopped: Trouble | null = null;
  try {
    reading.context.mapping = rememberedProfile(state.cursors, now()) ?? (await readProfile(deps));
  } catch (cause) {
    stopped = troubleOf(cause, now());
  }
  for (const job of plan.jobs) {
    if (stopped) {
      job.fail(stopped);
      continue;
    }
    try {
      await perform(reading, hooks, job);
    } catch (cause) {
      if (cause instanceof MassDelete) {
        // a person decides; the table says so, and the hold remembers what it is about
        await store.moveCursor(accountId, cause.entity, {
          stream: "poll",
          state: "error",
          error: cause.message,
          cure: cause.cure,
        });
        continue;
      }
      const trouble = troubleOf(cause, now());
      job.fail(trouble);
      if (trouble.stops) stopped = trouble;
    }
  }
  const finished = plan.finish();
  await noteLost(hooks, accountId, finished, plan);
  await hooks.finish(
    accountId,
    owner,
    finished.map(({ tables: _tables, ...item }) => item),
  );
  result.retried = finished.filter((one) => one.state === "waiting").length;
  result.refused = finished.filter((one) => one.state === "refused").length;
  const failed = stopped ?? plan.firstTrouble();
  if (failed) {
    if (failed.connection) await store.setConnection(accountId, failed.connection);
    const { state: how, error, cure } = failed.outcome;
    Object.assign(result, { state: how, error, cure });
  } else await store.setConnection(accountId, { state: "connected" });
  await store.finishRun(runId, {
    state: result.state,
    counts: result.changed,
    ...(result.error ? { error: result.error, cure: result.cure } : {}),
  });
  return result;
}

type JobKind =
  | "records"
  | "tag_applied"
  | "tag_removed"
  | "invoices"
  | "invoice_payments"
  | "redact"
  | "rereads";

/** One kind of reading, for all deliveries that ask for it. */
interface Job {
  kind: JobKind;
  entity: EntityName | null;
  ids: Set<number>;
  /** Contacts a removal's body names for its tag: hints for whom to read, nothing more. */
  hints: Map<number, Set<number>>;
  trouble: Trouble | null;
  fail(trouble: Trouble): void;
}

interface Plan {
  jobs: Job[];
  size(): number;
  firstTrouble(): Trouble | null;
  finish(): (FinishedDelivery & { tables: readonly string[] })[];
}

/** Parents before children, so that what is read next finds what it refers to. */
const order: readonly string[] = [
  "users",
  "lead_sources",
  "companies",
  "tags",
  "products",
  "contacts",
  "opportunities",
  "subscriptions",
  "orders",
];

function planWork(claimed: readonly ClaimedDelivery[]): Plan {
  const jobs = new Map<string, Job>();
  const jobOf = (kind: JobKind, entity: EntityName | null): Job => {
    const key = entity ?? kind;
    const known = jobs.get(key);
    if (known) return known;
    const job: Job = {
      kind,
      entity,
      ids: new Set(),
      hints: new Map(),
      trouble: null,
      fail(trouble) {
        job.trouble = trouble;
      },
    };
    jobs.set(key, job);
    return job;
  };
  const needs = claimed.map((delivery) => ({ delivery, ...needsOf(delivery, jobOf) }));
  const place = (job: Job) => {
    const at = order.indexOf(job.entity ?? "");
    return at < 0 ? order.length + (job.kind === "rereads" ? 1 : 0) : at;
  };
  return {
    jobs: [...jobs.values()].sort((a, b) => place(a) - place(b)),
    size: () => [...jobs.values()].reduce((sum, job) => sum + job.ids.size, 0),
    firstTrouble: () => [...jobs.values()].find((job) => job.trouble)?.trouble ?? null,
    finish: () =>
      needs.map(({ delivery, job, refusal, tables }) => {
        const { delivery_id, attempts } = delivery;
        if (refusal) return { delivery_id, state: "refused", reason: refusal, tables };
        const trouble = job?.trouble;
        if (!trouble) return { delivery_id, state: "done", tables: [] };
        const reason = trouble.outcome.error ?? "unknown";
        // waiting for Keap's limit is no failure of the delivery
        if (attempts + 1 >= maxAttempts && trouble.outcome.state !== "paused")
          return { delivery_id, state: "refused", reason, tables };
        return {
          delivery_id,
          state: "waiting",
          reason,
          retry_in_seconds: retrySeconds(Math.min(attempts, 6)),
          tables: [],
        };
      }),
  };
}

interface Needs {
  job: Job | null;
  refusal: string | null;
  /** Tables to be read from their watermarks if this delivery is given up. */
  tables: readonly string[];
}

function needsOf(
  { body, attempts }: ClaimedDelivery,
  jobOf: (kind: JobKind, entity: EntityName | null) => Job,
): Needs {
  let read: ReturnType<typeof readHookDelivery>;
  try {
    read = readHookDelivery(body);
  } catch {
    return { job: null, refusal: "The body is not one of a Keap hook.", tables: allTables };
  }
  const event = hookEvents[read.eventKey];
  if (!event) {
    return {
      job: null,
      refusal: `The event "${read.eventKey.slice(0, 60)}" is none we asked for.`,
      tables: [],
    };
  }
  if (attempts >= maxAttempts)
    return { job: null, refusal: "Every run that read it ended without a word.", tables: event.tables };
  const ids = read.objects.map((one) => Number(one.id)).filter((id) => Number.isSafeInteger(id) && id > 0);
  // something of this kind changed, but not everything says what: the watermark finds it
  const unclear = read.unreadable + read.objects.length - ids.length;
  const work = event.work;
  const job = work.kind === "records" ? jobOf("records", work.entity) : jobOf(work.kind, null);
  for (const id of ids) job.ids.add(id);
  if (work.kind === "tag_removed") {
    for (const [tag, contacts] of contactsOfRemovals(body)) job.hints.set(tag, contacts);
  }
  return {
    job,
    refusal: unclear > 0 && ids.length === 0 ? "No record is named in a form we can read." : null,
    tables: event.tables,
  };
}

const allTables = [...new Set(Object.values(hookEvents).flatMap((event) => event.tables))];

/** What is given up is not lost: the tables it was about are read from their watermarks. */
async function noteLost(
  hooks: HookStore,
  accountId: string,
  finished: readonly { state: string; reason?: string; tables: readonly string[] }[],
  plan: Plan,
): Promise<void> {
  const lost = finished.filter((one) => one.state === "refused").flatMap((one) => one.tables);
  if (lost.length > 0)
    await hooks.noteGaps(accountId, [...new Set(lost)], "A hook's delivery could not be worked off.");
  const unreadable = plan.jobs
    .filter((job) => job.kind === "records" && job.entity && !byId[job.entity])
    .map((job) => String(job.entity));
  if (unreadable.length > 0) await hooks.noteGaps(accountId, unreadable, "Keap's hook says that it changed.");
}

async function perform(reading: Reading, hooks: HookStore, job: Job): Promise<void> {
  const { state, context } = reading;
  const { accountId } = context;
  const ids = [...job.ids];
  const ready = (entity: string) =>
    cursorOf(state, entity, "backfill")?.state === "done" && !isPaused(state, entity);
  const later = (entities: readonly string[]) =>
    hooks.noteGaps(accountId, entities, "Keap's hook says that it changed.");
  switch (job.kind) {
    case "records": {
      if (!job.entity || !byId[job.entity]) return;
      // what is still being copied is read by the first poll after it
      if (!ready(job.entity)) return void (await later([job.entity]));
      if (job.entity === "orders") {
        const found = await readMoney(reading, hooks, ids);
        return confirmMissing(
          reading,
          hooks,
          "orders",
          ids.filter((id) => !found.has(id)),
        );
      }
      await readNamed(reading, hooks, job.entity, ids);
      if (job.entity === "contacts") await fillTagTimes(context);
      if (job.entity === "products") await later(["subscription_plans"]);
      return;
    }
    case "redact":
      return redactPeople(reading, hooks, ids);
    case "tag_applied":
    case "tag_removed": {
      if (!ready("contacts") || !ready("tags")) return void (await later(["contact_tags"]));
      return readTagApplications(reading, hooks, job.kind, ids, job.hints);
    }
    case "invoices":
    case "invoice_payments": {
      if (!ready("orders") || !ready("payments")) return void (await later(["orders", "payments"]));
      const invoices = job.kind === "invoices" ? ids : [];
      const payments = job.kind === "invoice_payments" ? ids : [];
      const known = await hooks.ordersOf(accountId, invoices, payments);
      const allocations = Object.values(known.payments);
      const orders = [...Object.values(known.invoices), ...allocations.map((one) => one.order)];
      const unknown =
        invoices.some((id) => known.invoices[id] === undefined) ||
        payments.some((id) => known.payments[id] === undefined);
      // what is new here has no order yet: the lists of changes have it
      if (unknown) await later(["orders", "payments", "transactions"]);
      await readMoney(reading, hooks, orders);
      // a payment that was deleted is in no list
      const paid = allocations.flatMap((one) => (one.payment === null ? [] : [one.payment]));
      if (paid.length > 0) await readNamed(reading, hooks, "payments", paid);
      return;
    }
    default:
      return;
  }
}

/** Reads records by id; those Keap does not have any more are gone, if they were ever here. */
async function readNamed(
  reading: Reading,
  hooks: HookStore,
  entity: EntityName,
  ids: readonly number[],
): Promise<void> {
  const found = await readById(reading, entity, ids);
  await confirmMissing(
    reading,
    hooks,
    entity,
    ids.filter((id) => !found.has(id)),
  );
}

async function confirmMissing(
  reading: Reading,
  hooks: HookStore,
  entity: EntityName,
  missing: readonly number[],
): Promise<void> {
  if (missing.length === 0) return;
  await confirmGone(reading, entity, await hooks.known(reading.context.accountId, entity, missing));
}

/** Payments, refunds and totals of these orders, and of those whose money moved with them. */
async function readMoney(
  reading: Reading,
  hooks: HookStore,
  orders: readonly number[],
): Promise<Set<number>> {
  const { store, accountId } = reading.context;
  if (orders.length === 0) return new Set();
  await hooks.markRereads(accountId, orders);
  const { rereads } = await store.readState(accountId);
  Object.assign(reading.rereads, rereads);
  const found = await rereadOrders(reading);
  await hooks.noteGaps(accountId, ["transactions"], "Money of an order moved.");
  return found;
}
