import { randomUUID } from "node:crypto";
import { contextFor, type RunContext } from "../../context";
import { runPoll } from "../../inbound/poll";
import type { EntityName, Json, MappedRow } from "../../mapping/types";
import { readProfile, rememberedProfile } from "../../profile";
import type { SyncState } from "../../store";
import { troubleOf } from "../../trouble";
import { inParts, type OperationDeps } from "../deps";
import { isPaused } from "../switches";
import { countCalls } from "../wrap-keap";
import { explain, type Mismatch, type MismatchClass, type Suspect } from "./explain";
import { listTargets, NotOffered, readRecords, type Target, type VerifyPage } from "./targets";

export interface VerifyOptions {
  /** Only these tables. */
  entities?: readonly string[];
  /** Stop after about this many calls; what is left goes on next time. */
  maxCalls?: number;
  /** Begin every pass anew. */
  restart?: boolean;
  /** Leave out what has been compared to its end since then (an instant): how several calls make one whole comparison. */
  since?: string;
}

export type ClassCounts = Record<MismatchClass, number>;

export interface VerifiedTable extends ClassCounts {
  entity: string;
  /** Records of Keap compared in this pass. */
  compared: number;
  /** Records here in the ranges compared. */
  here: number;
  total: number;
  finished: boolean;
}

export interface VerifyResult extends ClassCounts {
  state: "done" | "paused" | "error";
  /** Every copied table has been compared to its end, and every table is copied. */
  complete: boolean;
  /** Nothing differs that is not explained, over everything compared: what "in sync" may be said by, with `complete`. */
  verified: boolean;
  compared: number;
  calls: number;
  tables: VerifiedTable[];
  /** Tables the first copy has not finished: nothing can be said about them. */
  not_copied: string[];
  /** Tables with rows here that Keap does not show to this key now: nothing can be said about them either. */
  not_offered: string[];
  /** What this call found, at most 200; all of it is in the database. */
  mismatches: Mismatch[];
  error?: string;
  cure?: string;
}

interface Pass extends ClassCounts {
  verification_id: string;
  entity: string;
  compared: number;
  here: number;
  total: number | null;
  position: { last_id?: number; token?: string | null; keys?: string[] };
  finished_at: string | null;
}

interface PageAnswer {
  compared: number;
  here: number;
  keap_hash: string;
  here_hash: string;
  suspects: Suspect[];
}

interface Run {
  deps: OperationDeps;
  context: RunContext;
  state: SyncState;
  options: VerifyOptions;
  meter: { readonly calls: number };
  /** Not explained at first sight, to be looked at again once the poll has caught up. */
  open: { target: Target; pass: Pass; mismatch: Mismatch; suspect: Suspect; seen: MappedRow | undefined }[];
  found: Mismatch[];
}

const classes = ["in_flight", "conflict_held", "excluded", "unexplained"] as const;

/**
 * Compares both sides record by record, without trusting what the sync remembers: Keap is read again, ranges of ids are
 * counted and hashed on both sides, and each record that differs is explained or called unexplained. Goes on where an
 * earlier call stopped.
 *
 * What is merely new in Keap is told from what the sync missed by the sync itself: before anything is called
 * unexplained, the ordinary poll runs once and the record is compared again. What the poll would never see stays.
 */
export async function runVerify(deps: OperationDeps, options: VerifyOptions = {}): Promise<VerifyResult> {
  const result = emptyResult();
  // two at once would move one position: the second finds the first at work
  const owner = randomUUID();
  if (!(await deps.store.acquireLease(deps.accountId, "verify", owner, leaseSeconds)))
    return { ...result, state: "paused", ...busyWords };
  try {
    return await compareAll(deps, options, result);
  } finally {
    await deps.store.releaseLease(deps.accountId, "verify", owner);
  }
}

const leaseSeconds = 900;
const busyWords = {
  error: "Another comparison of this account is under way.",
  cure: "It goes on by itself; look at its result on the sync page.",
} as const;

async function compareAll(
  deps: OperationDeps,
  options: VerifyOptions,
  result: VerifyResult,
): Promise<VerifyResult> {
  const now = deps.now ?? (() => new Date());
  const runId = await deps.store.startRun(deps.accountId, "verify");
  const meter = countCalls(deps.keap);
  try {
    const state = await deps.store.readState(deps.accountId);
    const mapping = rememberedProfile(state.cursors, now()) ?? (await readProfile(deps));
    const context = contextFor({ ...deps, keap: meter.keap }, runId, mapping);
    const run: Run = { deps, context, state, options, meter, open: [], found: [] };
    const { targets, notCopied } = listTargets(state, options.entities);
    const passes: { target: Target; pass: Pass }[] = [];
    const due = await oldestFirst(deps, targets, options.since);
    for (const target of due) {
      if (meter.calls >= (options.maxCalls ?? Number.POSITIVE_INFINITY)) break;
      try {
        passes.push({ target, pass: await verifyTable(run, target) });
      } catch (cause) {
        if (!(cause instanceof NotOffered)) throw cause;
        result.not_offered.push(target.name);
      }
    }
    await lookAgain(run, passes);
    result.tables = passes.map(({ pass }) => tableOf(pass));
    result.not_copied = notCopied;
    result.calls = meter.calls;
    result.compared = sum(result.tables, "compared");
    for (const one of classes) result[one] = sum(result.tables, one);
    // over every table, also those an earlier call has finished
    const status = await verificationStatus(deps);
    const of = (target: Target) => status.find((one) => one.entity === target.name);
    result.complete =
      notCopied.length === 0 &&
      targets.length > 0 &&
      targets.every((target) => of(target)?.finished_at != null && !isUnderWay(of(target), passes, target)) &&
      due.every(
        (target) => result.not_offered.includes(target.name) || passes.some((one) => one.target === target),
      ) &&
      result.not_offered.length === 0;
    const open = targets.reduce((total, target) => total + (of(target)?.unexplained ?? 0), 0);
    result.verified = result.complete && open === 0;
    result.state = result.complete ? "done" : "paused";
    result.mismatches = run.found.slice(0, 200);
    await deps.store.finishRun(runId, {
      state: result.state,
      calls: result.calls,
      counts: { compared: result.compared, ...Object.fromEntries(classes.map((one) => [one, result[one]])) },
    });
    return result;
  } catch (cause) {
    const trouble = troubleOf(cause, now());
    await deps.store.finishRun(runId, { ...trouble.outcome, calls: meter.calls });
    const { state, error, cure } = trouble.outcome;
    return { ...result, state, calls: meter.calls, error, cure };
  }
}

function emptyResult(): VerifyResult {
  return {
    state: "done",
    complete: false,
    verified: false,
    compared: 0,
    calls: 0,
    tables: [],
    not_copied: [],
    not_offered: [],
    mismatches: [],
    in_flight: 0,
    conflict_held: 0,
    excluded: 0,
    unexplained: 0,
  };
}

/** The pass this call began did not come to its end. */
const isUnderWay = (
  status: VerificationState | undefined,
  passes: readonly { target: Target; pass: Pass }[],
  target: Target,
): boolean =>
  status?.under_way_since != null &&
  passes.some((one) => one.target === target && one.pass.finished_at === null);

const sum = (tables: readonly VerifiedTable[], key: "compared" | MismatchClass): number =>
  tables.reduce((total, one) => total + one[key], 0);

function tableOf(pass: Pass): VerifiedTable {
  const { entity, compared, here, total, in_flight, conflict_held, excluded, unexplained, finished_at } =
    pass;
  return {
    entity,
    compared,
    here,
    total: total ?? here,
    finished: finished_at !== null,
    in_flight,
    conflict_held,
    excluded,
    unexplained,
  };
}

interface TableStatus {
  entity: string;
  finished_at: string | null;
  under_way_since: string | null;
}

/** What is under way goes on first, then what was compared longest ago. */
async function oldestFirst(
  deps: OperationDeps,
  targets: readonly Target[],
  since?: string,
): Promise<Target[]> {
  const status = await deps.rpc<TableStatus[]>("sync_verify_status", { p_account: deps.accountId });
  const of = (target: Target) => status.find((one) => one.entity === target.name);
  const rank = (target: Target) => (of(target)?.under_way_since ? "" : (of(target)?.finished_at ?? "0"));
  const isDue = (target: Target) => {
    const { finished_at, under_way_since } = of(target) ?? {};
    return !since || under_way_since || !finished_at || Date.parse(finished_at) < Date.parse(since);
  };
  return targets.filter(isDue).sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

async function verifyTable(run: Run, target: Target): Promise<Pass> {
  const { deps, options, meter } = run;
  let pass = await deps.rpc<Pass>("sync_verify_begin", {
    p_account: deps.accountId,
    p_entity: target.name,
    p_restart: options.restart ?? false,
  });
  let calls = meter.calls;
  const keys = new Set(pass.position.keys ?? []);
  let at: VerifyPage["next"] = { lastId: pass.position.last_id ?? 0, token: pass.position.token ?? null };
  const spend = () => {
    const spent = meter.calls - calls;
    calls = meter.calls;
    return spent;
  };
  for (;;) {
    let page: VerifyPage;
    try {
      page = await target.read(run.context, at);
    } catch (cause) {
      // never shown, so never copied: there is nothing to compare
      if (!(cause instanceof NotOffered) || (pass.total ?? 0) > 0) throw cause;
      page = { rows: [], rejected: [], range: {}, next: null };
    }
    for (const row of page.rows) keys.add(row.key);
    for (const one of page.rejected) keys.add(one.key);
    const mismatches = await comparePage(run, target, pass, page);
    const enough = meter.calls >= (options.maxCalls ?? Number.POSITIVE_INFINITY);
    const step = { ...mismatches.step, calls: spend() };
    if (page.next === null) {
      const rest = await compareRest(run, target, pass, keys);
      return store(run, pass, {
        ...step,
        mismatches: [...step.mismatches, ...rest],
        finished: true,
        position: {},
      });
    }
    at = page.next;
    const position = target.ordered
      ? { last_id: at.lastId }
      : // a list without order is gone through in one go, or remembered whole
        enough
        ? { token: at.token, keys: [...keys] }
        : pass.position;
    pass = await store(run, pass, { ...step, position: position as Record<string, Json> });
    if (enough) return pass;
  }
}

interface Step {
  compared: number;
  here: number;
  mismatches: Mismatch[];
  range: Record<string, Json> | null;
}

async function comparePage(run: Run, target: Target, pass: Pass, page: VerifyPage): Promise<{ step: Step }> {
  const step: Step = { compared: 0, here: 0, mismatches: [], range: null };
  const answers: PageAnswer[] = [];
  // an ordered list is one range; the others are compared key by key
  for (const rows of target.ordered ? [page.rows] : inParts(page.rows, 1000)) {
    answers.push(await ask(run, target, rows, page.range));
  }
  const unreadable = new Map(page.rejected.map((one) => [one.key, one.reason]));
  for (const answer of answers) {
    step.compared += answer.compared;
    step.here += answer.here;
    for (const suspect of answer.suspects) {
      const reason = suspect.in_keap ? undefined : unreadable.get(suspect.key);
      note(
        run,
        step.mismatches,
        target,
        pass,
        reason ? { ...suspect, in_keap: true, row: null, rejected: reason } : suspect,
        page.rows,
      );
    }
  }
  step.compared += page.rejected.length;
  const known = new Set(step.mismatches.map((one) => one.key));
  for (const [key, reason] of unreadable)
    if (!known.has(key)) step.mismatches.push(setAside(target.entity, key, reason));
  const [first] = page.rows;
  if (first) {
    step.range = {
      first: first.key,
      last: page.rows.at(-1)?.key ?? null,
      keap_count: step.compared,
      here_count: step.here,
      keap_hash: answers[0]?.keap_hash ?? "0",
      here_hash: answers[0]?.here_hash ?? "0",
      differing: step.mismatches.length,
    };
  }
  return { step };
}

function setAside(entity: EntityName, key: string, reason: string): Mismatch {
  return {
    entity,
    key,
    record_id: null,
    class: "conflict_held",
    fields: [],
    detail: { why: `Set aside: ${reason}`, version: null },
  };
}

function ask(
  { deps }: Pick<Run, "deps">,
  target: Target,
  rows: readonly MappedRow[],
  range: Record<string, Json>,
): Promise<PageAnswer> {
  return deps.rpc("sync_verify_page", {
    p_account: deps.accountId,
    p_entity: target.entity,
    p_rows: rows,
    p_range: range,
  });
}

function note(
  run: Run,
  into: Mismatch[],
  target: Target,
  pass: Pass,
  suspect: Suspect,
  rows: readonly MappedRow[],
): void {
  const seen = seenOf(suspect, target, rows);
  const mismatch = explain(suspect, seen, run.state);
  if (!mismatch) return;
  into.push(mismatch);
  if (mismatch.class === "unexplained") run.open.push({ target, pass, mismatch, suspect, seen });
  else run.found.push(mismatch);
}

function seenOf(suspect: Suspect, target: Target, rows: readonly MappedRow[]): MappedRow | undefined {
  if (suspect.entity === target.entity) return rows.find((row) => row.key === suspect.key);
  for (const row of rows) {
    const child = row.children?.[suspect.entity]?.find((one) => one.key === suspect.key);
    if (child) return child;
  }
  return undefined;
}

/** What Keap's lists did not name, and what was made here and never got there. */
async function compareRest(
  run: Run,
  target: Target,
  pass: Pass,
  keys: ReadonlySet<string>,
): Promise<Mismatch[]> {
  const { deps } = run;
  const mismatches: Mismatch[] = [];
  const common = { p_account: deps.accountId, p_entity: target.entity };
  const suspects = target.ordered
    ? []
    : await deps.rpc<Suspect[]>("sync_verify_absent", {
        ...common,
        p_keys: [...keys],
        p_prefix: target.prefix,
      });
  if (target.first) suspects.push(...(await deps.rpc<Suspect[]>("sync_verify_unlinked", common)));
  for (const suspect of suspects) note(run, mismatches, target, pass, suspect, []);
  return mismatches;
}

async function store(run: Run, pass: Pass, step: Record<string, unknown>): Promise<Pass> {
  return run.deps.rpc("sync_verify_store", {
    p_account: run.deps.accountId,
    p_verification: pass.verification_id,
    p_step: step,
  });
}

/** Lets the ordinary poll catch up, then compares once more what had no explanation. */
async function lookAgain(run: Run, passes: { target: Target; pass: Pass }[]): Promise<void> {
  const { deps, open } = run;
  if (open.length === 0) return;
  if (!isPaused(run.state)) {
    // contacts have a sweep of their own; what is gone from other tables only a whole poll finds
    const onlyContacts = open.every(({ target }) => target.entity === "contacts");
    await runPoll(
      { ...deps, keap: run.context.keap },
      { force: true, ...(onlyContacts ? { only: ["contacts", "contact_tags"] } : {}) },
    );
    run.state = await deps.store.readState(deps.accountId);
  }
  const still = new Set<Mismatch>();
  for (const target of new Set(open.map((one) => one.target))) {
    for (const part of inParts(
      open.filter((one) => one.target === target),
      100,
    )) {
      for (const mismatch of await compareAgain(run, target, part)) still.add(mismatch);
    }
  }
  for (const at of passes) {
    const mine = open.filter((one) => one.pass.verification_id === at.pass.verification_id);
    if (mine.length === 0) continue;
    const left = [...still].filter((one) => mine.some((other) => sameRecord(one, other.mismatch)));
    const settled = mine.filter((one) => !left.some((other) => sameRecord(other, one.mismatch)));
    at.pass = await store(run, at.pass, {
      mismatches: left,
      settled: settled.map(({ mismatch }) => `${mismatch.entity} ${mismatch.key}`),
    });
  }
  run.found.unshift(...still);
}

const sameRecord = (a: Mismatch, b: Mismatch): boolean => a.entity === b.entity && a.key === b.key;

async function compareAgain(run: Run, target: Target, open: Run["open"]): Promise<Mismatch[]> {
  const ids = open.flatMap((one) => {
    const id = idToRead(one.suspect, one.seen, target);
    return id === null ? [] : [id];
  });
  const keys = open.filter((one) => one.suspect.entity === target.entity).map((one) => one.suspect.key);
  const { rows } = await readRecords(run.context, target, ids, keys);
  const answer = await ask(run, target, rows, {
    keys: [...new Set([...keys, ...rows.map((row) => row.key)])],
  });
  const suspects = [...answer.suspects];
  if (open.some((one) => one.suspect.unlinked)) {
    suspects.push(
      ...(await run.deps.rpc<Suspect[]>("sync_verify_unlinked", {
        p_account: run.deps.accountId,
        p_entity: target.entity,
      })),
    );
  }
  return suspects.flatMap((suspect) => {
    if (!open.some((one) => one.suspect.entity === suspect.entity && one.suspect.key === suspect.key))
      return [];
    const mismatch = explain(suspect, seenOf(suspect, target, rows), run.state);
    return mismatch ? [mismatch] : [];
  });
}

/** The id under which the record is read again: its own, or its parent's. */
function idToRead(suspect: Suspect, seen: MappedRow | undefined, target: Target): number | null {
  if (suspect.entity === target.entity) {
    const own = suspect.keap_id ?? suspect.row?.keap_id ?? null;
    return own === null ? null : Number(own);
  }
  const values = seen?.values ?? suspect.row ?? {};
  const parent = values[`${target.entity.replace(/s$/, "")}_keap_id`];
  return parent === undefined || parent === null ? null : Number(parent);
}

/** The differences of the latest passes as the database holds them. */
export function listMismatches(
  { rpc, accountId }: Pick<OperationDeps, "rpc" | "accountId">,
  only?: MismatchClass,
): Promise<(Mismatch & { name: string | null; seen_at: string; verification_of: string })[]> {
  return rpc("sync_verify_mismatches", { p_account: accountId, p_class: only ?? null });
}

export interface VerificationState extends Partial<ClassCounts> {
  entity: string;
  finished_at: string | null;
  compared: number | null;
  here: number | null;
  calls: number | null;
  under_way_since: string | null;
  under_way_compared: number | null;
  under_way_total: number | null;
  under_way_unexplained: number | null;
}

export const verificationStatus = ({
  rpc,
  accountId,
}: Pick<OperationDeps, "rpc" | "accountId">): Promise<VerificationState[]> =>
  rpc("sync_verify_status", { p_account: accountId });
