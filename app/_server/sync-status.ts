import "server-only";
import type { SyncStatus } from "../(workspace)/sync/status";
import {
  conflictSchema,
  connectionSchema,
  deadLetterSchema,
  healthSchema,
  logSchema,
  rejectedSchema,
  runSchema,
} from "../(workspace)/sync/status-schema";
import type { Session } from "./session";

/** Everything the sync page shows, read through row security: a viewer gets the health and nobody's records. */
export async function readSyncStatus({ db, account, principal }: Session): Promise<SyncStatus> {
  const of = (view: string) => db.from(view).select("*").eq("account_id", account.id);
  const seesRecords = principal.role !== "viewer";
  const nothing = Promise.resolve({ data: [], error: null });
  const [connection, health, runs, log, dead, conflicts, rejected] = await Promise.all([
    of("sync_connection").maybeSingle(),
    of("sync_health").order("entity"),
    seesRecords ? of("sync_runs").order("started_at", { ascending: false }).limit(12) : nothing,
    seesRecords ? of("sync_log").order("log_id", { ascending: false }).limit(40) : nothing,
    seesRecords
      ? of("sync_dead_letters").eq("state", "open").order("last_at", { ascending: false }).limit(50)
      : nothing,
    seesRecords
      ? of("sync_conflicts").eq("state", "held").order("detected_at", { ascending: false }).limit(50)
      : nothing,
    seesRecords ? of("sync_rejected").order("last_at", { ascending: false }).limit(50) : nothing,
  ]);
  const failed = [connection, health, runs, log, dead, conflicts, rejected].find(({ error }) => error)?.error;
  if (failed) throw new Error(`The state of the sync could not be read (${failed.message}).`);
  return {
    connection: connectionSchema.nullable().parse(connection.data),
    health: healthSchema.array().parse(health.data),
    runs: runSchema.array().parse(runs.data),
    log: logSchema.array().parse(log.data),
    deadLetters: deadLetterSchema.array().parse(dead.data),
    conflicts: conflictSchema.array().parse(conflicts.data),
    rejected: rejectedSchema.array().parse(rejected.data),
    readAt: new Date().toISOString(),
  };
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
