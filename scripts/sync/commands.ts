import { parseArgs } from "node:util";
import { setUpWake } from "@/sync/hooks/wake";
import { backfillOrder, isBackfillComplete, runBackfill } from "@/sync/inbound/backfill";
import { runPoll } from "@/sync/inbound/poll";
import {
  type Choice,
  type ConflictFilter,
  heldConflictIds,
  listConflicts,
  resolveConflicts,
} from "@/sync/operations/conflicts";
import { listDeadLetters, listSetAside, replayLetters, replaySetAside } from "@/sync/operations/dead-letters";
import type { OperationDeps } from "@/sync/operations/deps";
import { erasePerson, findPerson, previewErasure } from "@/sync/operations/erase/erase";
import { decideMatch, planFirstLink, runFirstLink } from "@/sync/operations/first-link/first-link";
import { decideHold, listHolds } from "@/sync/operations/holds";
import { listPolicies, setPolicy } from "@/sync/operations/policies";
import { previewSync } from "@/sync/operations/preview";
import { pause, resume, type SwitchName, setSwitches, switchesOf } from "@/sync/operations/switches";
import { planUndoOf, runUndo } from "@/sync/operations/undo/undo";
import { settleUnexplained } from "@/sync/operations/verify/settle";
import { runVerify } from "@/sync/operations/verify/verify";
import { runPush } from "@/sync/outbound/push";
import type { SyncState } from "@/sync/store";
import {
  describeConflicts,
  describeErasure,
  describeErasurePreview,
  describeFirstLink,
  describeLetters,
  describePreview,
  describeUndo,
  describeVerify,
} from "./words";

export const usage = `Usage: npm run sync -- COMMAND [options] [--json] [--account ID]

Moving
  status                    how far the copy and the polls have come, what waits, what is stuck
  backfill [--restart]      copy the Keap account in, going on where it stopped
  poll                      read what changed in Keap, now
  push                      carry edits to Keap, now
  preview [--only to_keap|from_keap]
                            what the next run would do, field by field, and what it costs; changes nothing
Checking
  verify [--restart] [--table T]… [--max-calls N]
                            compare both sides record by record; exit code 0 only when nothing is unexplained
  settle --with keap|supabase
                            settle what verify could not explain: take Keap's side, or send ours
Deciding
  conflicts [--state held|decided|resolved|all] [--table T] [--field F]
  resolve ID… | --all [--table T] [--field F]   --with keap|supabase  or  --value "…"
  holds                     changes of many records at once that wait for an admin
  approve ID                let a held change go · reject ID  put its rows back
  dead-letters              what could not be sent or stored, with the reason
  replay [ID] [--set-aside] try dead letters again, or the records that could not be stored
  first-link [--run]        which rows that were here before are which people in Keap; --run links them
  link ROW KEAP_ID          say which person in Keap a held row is
  undo (--from TIME [--to TIME] | --run-id ID | --record ID) [--table T] [--run]
                            plan how to bring a time, a run or a record back; --run carries it out
  erase CONTACT [--run] [--in-keap]
                            forget a person (our id, Keap's id or an address) everywhere here, for good; --run carries
                            it out, --in-keap deletes the contact in Keap as well
Controlling
  pause [TABLE]             stop the sync of the account, or of one table · resume [TABLE]
  switch TABLE NAME on|off  outbound, creates or deletes of one table
  wake-setup [URL|off]      on hosted Supabase: let an edit call the app at once (needs pg_net)
  policy                    who wins where both sides changed a field, for every field
  policy TABLE FIELD keap|supabase|newest|set-merge|hold|default [--owner keap|supabase|both]

Exit codes: 0 done · 1 failed, refused or not verified · 2 this command cannot be read`;

export class UsageError extends Error {}

const options = {
  json: { type: "boolean", default: false },
  restart: { type: "boolean", default: false },
  account: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
  table: { type: "string", multiple: true },
  field: { type: "string" },
  state: { type: "string" },
  with: { type: "string" },
  value: { type: "string" },
  all: { type: "boolean", default: false },
  from: { type: "string" },
  to: { type: "string" },
  "run-id": { type: "string" },
  record: { type: "string" },
  run: { type: "boolean", default: false },
  only: { type: "string" },
  "max-calls": { type: "string" },
  "set-aside": { type: "boolean", default: false },
  "in-keap": { type: "boolean", default: false },
  owner: { type: "string" },
} as const;

export function parseCommand(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
    const [command, ...rest] = positionals;
    return { command, rest, values };
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}\n${usage}`);
  }
}
type Values = ReturnType<typeof parseCommand>["values"];

/** What a command found or did: the same facts as data and in words, and whether all is well. */
export interface Report {
  value: object;
  text: string;
  ok?: boolean;
}

type Command = (deps: OperationDeps, rest: string[], values: Values) => Promise<Report>;

const commands: Readonly<Record<string, Command>> = {
  async status({ store, accountId }) {
    const status = statusOf(await store.readState(accountId));
    return { value: status, text: describeStatus(status) };
  },
  async backfill(deps, _rest, { restart }) {
    const result = await runBackfill({ ...deps, keap: deps.keap.inLane("backfill") }, { restart });
    const text = result.complete
      ? `Copied ${result.records} records in ${result.pages} pages. The copy is complete.`
      : troubleText(result);
    return { value: result, text, ok: result.complete };
  },
  async poll(deps) {
    const result = await runPoll({ ...deps, keap: deps.keap.inLane("reconcile") }, { force: true });
    const changed = Object.entries(result.changed).map(
      ([entity, n]) => `${n} ${entity.replaceAll("_", " ")}`,
    );
    const text =
      result.state === "done"
        ? `Read ${result.read} records; changed here: ${changed.join(", ") || "nothing"}.`
        : troubleText(result);
    return { value: result, text, ok: result.state === "done" };
  },
  async push(deps) {
    const result = await runPush({ ...deps, keap: deps.keap.inLane("interactive") });
    const text = result.busy
      ? "Another run is sending this account's edits to Keap just now. Nothing more was done here."
      : result.state === "done"
        ? `Sent to Keap: ${result.updated} changed, ${result.created} made, ${result.tags_applied} tags put on, ${result.tags_removed} taken off. Already agreed: ${result.agreed}. Held: ${result.held}. Failed: ${result.failed}.`
        : troubleText(result);
    return { value: result, text, ok: result.state === "done" };
  },
  async preview(deps, _rest, { only }) {
    if (only !== undefined && only !== "to_keap" && only !== "from_keap")
      throw new UsageError("--only takes to_keap or from_keap.");
    const preview = await previewSync({ ...deps, keap: deps.keap.inLane("interactive") }, { only });
    return { value: preview, text: describePreview(preview), ok: preview.state === "done" };
  },
  async verify(deps, _rest, values) {
    const result = await runVerify(
      { ...deps, keap: deps.keap.inLane("verify") },
      {
        entities: values.table,
        restart: values.restart,
        maxCalls: numberOf(values["max-calls"], "--max-calls"),
      },
    );
    return { value: result, text: describeVerify(result), ok: result.verified };
  },
  async settle(deps, _rest, values) {
    const side = values.with;
    if (side !== "keap" && side !== "supabase")
      throw new UsageError("settle takes --with keap or --with supabase.");
    const result = await settleUnexplained(deps, side);
    return {
      value: result,
      text:
        side === "keap"
          ? `${result.decided} differences: ${result.taken} taken from Keap, ${result.dropped} not there and removed here. Verify again to see.`
          : `${result.decided} rows are sent to Keap by the next push.`,
    };
  },
  async conflicts(deps, _rest, values) {
    const filter: ConflictFilter = {
      state: oneOf(values.state ?? "held", ["held", "decided", "resolved", "all"] as const, "--state"),
      ...(values.table?.[0] ? { entity: values.table[0] } : {}),
      ...(values.field ? { field: values.field } : {}),
      limit: 1000,
    };
    const list = await listConflicts(deps, filter);
    return { value: list, text: describeConflicts(list.conflicts, list.held) };
  },
  async resolve(deps, rest, values) {
    const choice = choiceOf(values);
    if (values.all === rest.length > 0)
      throw new UsageError("Name conflicts by id, or all of them with --all.");
    const ids = values.all
      ? await heldConflictIds(deps, {
          ...(values.table?.[0] ? { entity: values.table[0] } : {}),
          ...(values.field ? { field: values.field } : {}),
        })
      : rest;
    const outcomes = await resolveConflicts(deps, ids, choice);
    const refused = outcomes.filter((one) => one.outcome !== "resolved");
    return {
      value: { outcomes },
      text: [
        `${outcomes.length - refused.length} settled; the next push carries them out.`,
        ...refused.map((one) => `${one.conflict_id}: ${one.reason}`),
      ].join("\n"),
      ok: refused.length === 0,
    };
  },
  async holds(deps) {
    const holds = await listHolds(deps);
    const waiting = holds.filter((one) => one.state === "waiting");
    return {
      value: { holds },
      text:
        waiting.length === 0
          ? "No change of many records waits for an admin."
          : waiting.map((one) => `${one.hold_id}  ${one.reason}\n  ${one.cure}`).join("\n"),
    };
  },
  approve: (deps, rest) => decide(deps, rest, "approve"),
  reject: (deps, rest) => decide(deps, rest, "reject"),
  async "dead-letters"(deps) {
    const [letters, set_aside] = await Promise.all([listDeadLetters(deps), listSetAside(deps)]);
    return { value: { letters, set_aside }, text: describeLetters(letters, set_aside) };
  },
  async replay(deps, [id], values) {
    if (values["set-aside"]) {
      const result = await replaySetAside(deps);
      const text = `Read ${result.read} records again: ${result.stored} stored, ${result.dropped} not in Keap any more, ${result.still.length} still refused.`;
      return { value: result, text, ok: result.still.length === 0 };
    }
    const replayed = await replayLetters(deps, id);
    return { value: { replayed }, text: `${replayed} dead letters wait to be sent again.` };
  },
  async undo(deps, _rest, values) {
    const plan = await planUndoOf(deps, {
      ...(values.from ? { from: values.from } : {}),
      ...(values.to ? { to: values.to } : {}),
      ...(values["run-id"] ? { run_id: values["run-id"] } : {}),
      ...(values.record ? { record_id: values.record } : {}),
      ...(values.table?.[0] ? { entity: values.table[0] } : {}),
    });
    if (!values.run)
      return {
        value: { plan, done: false },
        text: `${describeUndo(plan)}\nNothing was changed. Add --run to carry it out.`,
      };
    const result = await runUndo(deps, plan);
    const pushed = await runPush({ ...deps, keap: deps.keap.inLane("interactive") });
    return {
      value: { plan, done: true, result, pushed },
      text: `${describeUndo(plan)}\nPut back: ${result.edited} records, ${result.members} memberships. Left alone: ${result.left.length}. Sent to Keap: ${pushed.updated} records, ${pushed.tags_applied + pushed.tags_removed} memberships.`,
      ok: pushed.state === "done",
    };
  },
  async "first-link"(deps, _rest, { run }) {
    const plan = await planFirstLink(deps);
    if (!run)
      return {
        value: { plan, done: false },
        text: `${describeFirstLink(plan)}\nNothing was changed. Add --run to link them.`,
      };
    const result = await runFirstLink(deps);
    return {
      value: { plan, done: true, result },
      text: `${describeFirstLink(plan)}\nLinked: ${result.linked}. Joined with a row of the copy: ${result.merged}. Held for you: ${result.held}.`,
    };
  },
  async link(deps, [row, keapId]) {
    if (!row || !/^\d+$/.test(keapId ?? ""))
      throw new UsageError("link takes the id of a row and the id of a contact in Keap.");
    const result = await decideMatch(deps, row, Number(keapId));
    return { value: result, text: result.merged > 0 ? "The two rows are one now." : "Linked." };
  },
  async erase(deps, [which], values) {
    if (!which) throw new UsageError("erase takes a person: our id, Keap's id or an e-mail address.");
    const person = await findPerson(deps, which);
    const inKeap = values["in-keap"] === true;
    const preview = await previewErasure(deps, person.record_id);
    if (!values.run && !preview.erased)
      return {
        value: { preview, done: false },
        text: `${describeErasurePreview(preview, inKeap)}\nNothing was changed, and it cannot be undone. Add --run to carry it out.`,
      };
    const erasure = values.run ? await erasePerson(deps, person.record_id, { inKeap }) : preview.erased;
    return {
      value: { preview, done: true, erasure },
      text: erasure ? describeErasure(erasure) : "",
      ok: erasure?.keap_state !== "refused",
    };
  },
  async pause(deps, [table = "*"]) {
    const value = await pause(deps, table);
    return {
      value,
      text: table === "*" ? "The sync is paused. Edits on both sides are kept." : `${table} is paused.`,
    };
  },
  async resume(deps, [table = "*"]) {
    const value = await resume(deps, table);
    return { value, text: table === "*" ? "The sync goes on." : `${table} goes on.` };
  },
  async "wake-setup"(deps, [where = process.env.KEAPSAKE_URL]) {
    if (!where || (where !== "off" && !URL.canParse(where)))
      throw new UsageError("wake-setup takes the public address of the app, or off; or set KEAPSAKE_URL.");
    const value = await setUpWake(deps.rpc, where === "off" ? null : where);
    const text = !value.url
      ? "The database calls nobody; edits are carried by the tick."
      : value.available
        ? `The database calls ${value.url} when rows wait for Keap.`
        : `Written down, but the database cannot call yet. ${value.cure}`;
    return { value, text, ok: value.available || !value.url };
  },
  async switch(deps, [table, name, how]) {
    const state = await deps.store.readState(deps.accountId);
    if (!table) {
      const value = { switches: backfillOrder.map((entity) => switchesOf(state, entity)) };
      return {
        value,
        text: value.switches.map((one) => `${one.entity.padEnd(26)} ${words(one)}`).join("\n"),
      };
    }
    if (!name || (how !== "on" && how !== "off"))
      throw new UsageError("switch takes a table, a name, and on or off.");
    const value = await setSwitches(deps, table, { [name as SwitchName]: how === "on" });
    return { value, text: `${table}: ${words(value)}` };
  },
  async policy(deps, [table, field, policy], { owner }) {
    if (!table) {
      const policies = listPolicies(await deps.store.readState(deps.accountId));
      return {
        value: { policies },
        text: policies
          .map(
            (one) =>
              `${`${one.entity}.${one.field}`.padEnd(48)} ${one.policy.padEnd(10)} may write: ${one.owner}${one.own ? "  (set)" : ""}`,
          )
          .join("\n"),
      };
    }
    if (!field || !policy)
      throw new UsageError("policy takes a table, a field (or *), and a policy or default.");
    const value = await setPolicy(deps, {
      entity: table,
      field,
      policy: policy === "default" ? null : (policy as "keap"),
      owner: owner as "keap" | undefined,
    });
    return { value, text: `${table}.${field}: ${value.policy ?? "as by default"}` };
  },
};

async function decide(deps: OperationDeps, [id]: string[], decision: "approve" | "reject"): Promise<Report> {
  if (!id) throw new UsageError(`${decision} takes the id of a hold; list them with: npm run sync -- holds`);
  const value = await decideHold(deps, id, decision);
  return {
    value,
    text:
      decision === "approve"
        ? `Let go: ${value.records} records; the next run carries them.`
        : `Put back: ${value.restored ?? 0} rows. Kept here and held: ${value.kept ?? 0}.`,
  };
}

/** @throws UsageError where there is no such command. */
export function runCommand(
  command: string,
  deps: OperationDeps,
  rest: string[],
  values: Values,
): Promise<Report> {
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) throw new UsageError(`There is no command "${command}".\n${usage}`);
  return run(deps, rest, values);
}

export const commandNames = Object.keys(commands);

function oneOf<T extends string>(value: string, known: readonly T[], option: string): T {
  const found = known.find((one) => one === value);
  if (!found) throw new UsageError(`${option} takes ${known.join(", ")}, not "${value}".`);
  return found;
}

function numberOf(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new UsageError(`${option} takes a whole number, not "${value}".`);
  return n;
}

function choiceOf(values: Values): Choice {
  if (values.value !== undefined) return { use: "value", value: values.value };
  if (values.with === "keap" || values.with === "supabase") return { use: values.with };
  throw new UsageError('Say whose value counts: --with keap, --with supabase, or --value "…".');
}

const words = (one: { paused: boolean; outbound: boolean; creates: boolean; deletes: boolean }): string =>
  `${one.paused ? "paused, " : ""}to Keap ${one.outbound ? "on" : "off"}, creates ${one.creates ? "on" : "off"}, deletes ${one.deletes ? "on" : "off"}`;

function troubleText({ error, cure }: { error?: string; cure?: string }): string {
  return [error, cure].filter(Boolean).join("\n");
}

function statusOf(state: SyncState) {
  const of = (stream: string) => state.cursors.filter((one) => one.stream === stream);
  const tables = backfillOrder.map((entity) => {
    const cursor = of("backfill").find((one) => one.entity === entity);
    return {
      entity,
      state: cursor?.state ?? "waiting",
      done: cursor?.done_count ?? 0,
      estimated_total: cursor?.estimated_total ?? null,
      started_at: cursor?.started_at ?? null,
      finished_at: cursor?.finished_at ?? null,
      error: cursor?.error ?? null,
      cure: cursor?.cure ?? null,
    };
  });
  return {
    account_id: state.account.account_id,
    connection: state.connection,
    paused: state.switches.filter((one) => one.paused).map((one) => one.entity),
    backfill: {
      complete: isBackfillComplete(state),
      records: tables.reduce((sum, one) => sum + one.done, 0),
      tables,
    },
    polls: of("poll").map(({ entity, state: how, watermark, due_at, error, cure }) => ({
      entity,
      state: how,
      watermark,
      due_at,
      error,
      cure,
    })),
    dirty: state.dirty,
    rejected: state.rejected,
    dead_letters: state.dead_letters,
    conflicts_held: state.conflicts_held,
    runs: state.runs,
  };
}

function describeStatus(status: ReturnType<typeof statusOf>): string {
  const { connection, backfill, dirty, paused } = status;
  return [
    `Connection: ${connection?.state ?? "not used yet"}${connection?.message ? ` (${connection.message} ${connection.cure ?? ""})` : ""}`,
    ...(paused.length > 0
      ? [`Paused: ${paused.map((one) => (one === "*" ? "everything" : one)).join(", ")}`]
      : []),
    `Copy: ${backfill.complete ? "complete" : "not complete"}, ${backfill.records} records`,
    ...backfill.tables.map(
      (one) =>
        `  ${one.entity.padEnd(26)} ${one.state.padEnd(8)} ${one.done}${one.estimated_total && one.state !== "done" ? ` of about ${one.estimated_total}` : ""}${one.error ? `  ${one.error} ${one.cure ?? ""}` : ""}`,
    ),
    `Waiting for Keap: ${
      Object.entries(dirty)
        .map(([entity, counts]) => `${entity} ${counts.waiting}`)
        .join(", ") || "nothing"
    }`,
    `Set aside: ${status.rejected} · dead letters: ${status.dead_letters} · conflicts held: ${status.conflicts_held}`,
  ].join("\n");
}
