import "server-only";
import { backfillOrder } from "@/sync/inbound/backfill";
import type { SyncState } from "@/sync/store";
import { operationsFor, readQuota } from "../(workspace)/sync/operations";
import type { SyncStatus } from "../(workspace)/sync/status";
import {
  conflictSchema,
  connectionSchema,
  deadLetterSchema,
  type Health,
  healthSchema,
  holdSchema,
  logSchema,
  mismatchSchema,
  rejectedSchema,
  runSchema,
  storedPolicySchema,
  switchSchema,
  verificationSchema,
} from "../(workspace)/sync/status-schema";
import type { Session } from "./session";

/** Everything the sync page shows: a viewer gets the health and nobody's records. */
export async function readSyncStatus(session: Session): Promise<SyncStatus> {
  const { db, account } = session;
  const of = (view: string) => db.from(view).select("*").eq("account_id", account.id);
  const [connection, health, verification, records, { data: row }] = await Promise.all([
    of("sync_connection").maybeSingle(),
    of("sync_health").order("entity"),
    of("sync_verification_state").order("entity"),
    session.principal.role === "viewer" ? noRecords : readRecords(session),
    db.from("accounts").select("data_as_of").eq("id", account.id).maybeSingle(),
  ]);
  const failed = [connection, health, verification].find(({ error }) => error)?.error;
  if (failed) throw new Error(`The state of the sync could not be read (${failed.message}).`);
  return {
    connection: connectionSchema.nullable().parse(connection.data),
    health: withKindsToCome(healthSchema.array().parse(health.data)),
    verification: verificationSchema.array().parse(verification.data),
    dataAsOf: (row?.data_as_of as string | null) ?? null,
    ...records,
    readAt: new Date().toISOString(),
  };
}

/** Kinds of records whose copy has not begun: a copy of 30 kinds is not complete with the eleven it has come to. */
function withKindsToCome(health: Health[]): Health[] {
  const begun = new Set(health.filter(({ stream }) => stream === "backfill").map(({ entity }) => entity));
  const [any] = health;
  if (!any || begun.size === 0) return health;
  const toCome = backfillOrder.filter((entity) => !begun.has(entity));
  return [
    ...health,
    ...toCome.map(
      (entity): Health => ({
        entity,
        stream: "backfill",
        state: "waiting",
        done: 0,
        estimated_total: null,
        pages: 0,
        watermark: null,
        due_at: null,
        error: null,
        cure: null,
        started_at: null,
        finished_at: null,
        updated_at: any.updated_at,
        waiting: 0,
        stuck: 0,
        rejected: 0,
      }),
    ),
  ];
}

type Records = Omit<SyncStatus, "connection" | "health" | "verification" | "dataAsOf" | "readAt">;

const noRecords: Records = {
  runs: [],
  log: [],
  deadLetters: [],
  conflicts: [],
  conflictsHeld: 0,
  holds: [],
  rejected: [],
  mismatches: [],
  switches: [],
  policies: [],
  quota: null,
  waitingSince: null,
};

/** What names people and values. The views answer to the person; the lists of the sync are read for them by account. */
async function readRecords(session: Session): Promise<Records> {
  const { db, account } = session;
  const { rpc, store } = operationsFor(session);
  const p_account = account.id;
  const of = (view: string) => db.from(view).select("*").eq("account_id", account.id);
  const conflictsOf = (state: string, limit: number) =>
    rpc<{ conflicts: unknown[]; held: number }>("sync_list_conflicts", {
      p_account,
      p_filter: { state, limit },
    });
  const [runs, log, rejected, letters, held, decided, resolved, holds, mismatches, state, quota] =
    await Promise.all([
      of("sync_runs").order("started_at", { ascending: false }).limit(12),
      of("sync_log").order("log_id", { ascending: false }).limit(40),
      of("sync_rejected").order("last_at", { ascending: false }).limit(50),
      rpc("sync_list_letters", { p_account, p_limit: 50 }),
      conflictsOf("held", 50),
      conflictsOf("decided", 15),
      conflictsOf("resolved", 15),
      rpc<unknown[]>("sync_holds", { p_account }),
      rpc("sync_verify_mismatches", { p_account, p_limit: 50 }),
      store.readState(p_account),
      readQuota(),
    ]);
  const failed = [runs, log, rejected].find(({ error }) => error)?.error;
  if (failed) throw new Error(`The state of the sync could not be read (${failed.message}).`);
  return {
    runs: runSchema.array().parse(runs.data),
    log: logSchema.array().parse(log.data),
    rejected: rejectedSchema.array().parse(rejected.data),
    deadLetters: deadLetterSchema.array().parse(letters),
    conflicts: conflictSchema.array().parse([...held.conflicts, ...decided.conflicts, ...resolved.conflicts]),
    conflictsHeld: held.held,
    holds: holdSchema
      .array()
      .parse(holds)
      .filter((one) => one.state === "waiting"),
    mismatches: mismatchSchema.array().parse(mismatches),
    switches: switchSchema.array().parse(state.switches),
    policies: storedPolicySchema.array().parse(state.policies),
    quota,
    waitingSince: oldest(state),
  };
}

function oldest({ dirty }: SyncState): string | null {
  const times = Object.values(dirty).flatMap(({ waiting, oldest_at }) =>
    waiting > 0 && oldest_at ? [oldest_at] : [],
  );
  return times.sort()[0] ?? null;
}

/** One sentence for people who ask before the first copy is complete; null once it is. */
export async function describeFirstCopy({ db, account }: Session): Promise<string | null> {
  const { data } = await db
    .from("sync_health")
    .select("entity, state, done, estimated_total")
    .eq("account_id", account.id)
    .eq("stream", "backfill");
  if (!data) return null;
  if (data.length === 0)
    return "Keap has not been copied yet. Answers are empty until the first copy has run; start it under Sync.";
  const open = data.filter(({ state }) => state !== "done");
  if (open.length === 0) return null;
  const names = open.map(({ entity }) => String(entity).replaceAll("_", " "));
  return `Keap is still being copied (${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}). Answers cover what has arrived so far.`;
}
