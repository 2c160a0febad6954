import type { z } from "zod";
import type {
  Conflict,
  connectionSchema,
  DeadLetter,
  Health,
  Hold,
  LogEntry,
  Mismatch,
  Rejected,
  Run,
  StoredPolicy,
  SwitchRow,
  Verification,
} from "./status-schema";

export interface SyncStatus {
  connection: z.infer<typeof connectionSchema> | null;
  health: Health[];
  runs: Run[];
  log: LogEntry[];
  deadLetters: DeadLetter[];
  /** Held ones first, then those decided lately. */
  conflicts: Conflict[];
  conflictsHeld: number;
  holds: Hold[];
  rejected: Rejected[];
  verification: Verification[];
  mismatches: Mismatch[];
  switches: SwitchRow[];
  policies: StoredPolicy[];
  /** Calls of Keap's day; null where this process knows of none. */
  quota: { day_used: number; per_day: number; resets_at: string } | null;
  /** Since when the oldest change waits for Keap. */
  waitingSince: string | null;
  /** Keap's changes up to then are in the numbers. */
  dataAsOf: string | null;
  readAt: string;
}

/** True while something moves, so that the page looks again soon. */
export function isMoving({ health, runs }: SyncStatus): boolean {
  return (
    health.some(({ state, waiting }) => state === "running" || waiting > 0) ||
    runs.some(({ state }) => state === "running")
  );
}

export interface Overall {
  tone: "positive" | "info" | "warning" | "negative";
  title: string;
  detail: string;
}

/** The state in one line. It never says "in sync" while anything waits, is stuck, was set aside or is unknown. */
export function summarise(status: SyncStatus): Overall {
  const { connection, health, deadLetters, conflictsHeld, holds, rejected, verification } = status;
  if (
    connection &&
    (connection.state === "attention" || connection.state === "throttled" || connection.state === "paused")
  ) {
    return {
      tone: connection.state === "attention" ? "negative" : "warning",
      title:
        connection.message ??
        {
          attention: "The connection to Keap needs attention",
          throttled: "Keap asks us to slow down",
          paused: "The sync is paused",
        }[connection.state],
      detail: connection.cure ?? "It goes on by itself as soon as Keap answers again.",
    };
  }
  const backfill = health.filter(({ stream }) => stream === "backfill");
  if (backfill.length === 0)
    return {
      tone: "info",
      title: "Nothing copied yet",
      detail: "Start the first copy to bring your Keap account in.",
    };
  const broken = health.find(({ state }) => state === "error");
  if (broken)
    return {
      tone: "negative",
      title: broken.error ?? `Reading ${label(broken.entity)} failed`,
      detail: broken.cure ?? "It is tried again by itself.",
    };
  const open = backfill.filter(({ state }) => state !== "done");
  if (open.length > 0) {
    return {
      tone: "info",
      title: "Copying your Keap account",
      detail: `${backfill.length - open.length} of ${backfill.length} kinds of records are complete. You can ask already; answers cover what has arrived.`,
    };
  }
  const unexplained = unexplainedOf(verification);
  if (unexplained > 0)
    return {
      tone: "negative",
      title: `${unexplained} ${unexplained === 1 ? "record differs" : "records differ"} without an explanation`,
      detail: "The last comparison of both sides found them. They are listed under Checks.",
    };
  const held = deadLetters.length + conflictsHeld + waitingHolds(holds) + sum(health, "stuck");
  if (held > 0)
    return {
      tone: "warning",
      title: "Some changes wait for you",
      detail: "They are listed below with the reason. Everything else goes on.",
    };
  const waiting = sum(health, "waiting");
  if (waiting > 0)
    return {
      tone: "info",
      title: `${waiting} ${waiting === 1 ? "change is" : "changes are"} on the way to Keap`,
      detail: "Usually a matter of seconds.",
    };
  if (rejected.length > 0)
    return {
      tone: "warning",
      title: "Some records of Keap could not be stored",
      detail: "They are set aside with their reason; all others are in.",
    };
  const unpaused = health.filter(({ entity }) => !isPausedTable(status, entity));
  if (unpaused.length < health.length)
    return {
      tone: "warning",
      title: "Some tables are paused",
      detail: "Nothing of them moves until they are resumed under Controls.",
    };
  return isCompared(status)
    ? {
        tone: "positive",
        title: "Both sides match",
        detail:
          "Every table was compared with Keap record by record, and no change waits in either direction.",
      }
    : {
        tone: "info",
        title: "No change waits in either direction",
        detail: "Whether both sides match is known once every table has been compared. See Checks.",
      };
}

const isPausedTable = ({ switches }: SyncStatus, entity: string): boolean =>
  switches.some((one) => one.paused && (one.entity === entity || one.entity === "*"));

const waitingHolds = (holds: readonly Hold[]): number =>
  holds.filter(({ state }) => state === "waiting").length;

/** Of each table, what the pass under way or the last whole one could not explain. */
export const unexplainedOf = (verification: readonly Verification[]): number =>
  verification.reduce(
    (total, one) => total + Math.max(one.unexplained ?? 0, one.under_way_unexplained ?? 0),
    0,
  );

/** A comparison is good for two days: every night makes a new one. */
const comparisonMs = 48 * 3600 * 1000;

/** Every copied table has been compared to its end, lately, without an unexplained difference. */
export function isCompared({ health, verification, readAt }: SyncStatus): boolean {
  const copied = health.filter(({ stream, state }) => stream === "backfill" && state === "done");
  const now = Date.parse(readAt);
  const isFresh = (entity: string) =>
    verification.some((one) => {
      const [table, list] = one.entity.split(":");
      return (
        (table === entity || list === entity) &&
        one.unexplained === 0 &&
        one.finished_at !== null &&
        now - Date.parse(one.finished_at) < comparisonMs
      );
    });
  // memberships are compared with their people
  const needed = copied
    .map(({ entity }) => entity)
    .filter((entity) => entity !== "contact_tags" && entity !== "account");
  return needed.length > 0 && needed.every(isFresh);
}

/** Counts are per entity and repeated on each of its streams, so one stream per entity is counted. */
function sum(health: Health[], field: "waiting" | "stuck"): number {
  const byEntity = new Map(health.map((row) => [row.entity, row[field]]));
  return [...byEntity.values()].reduce((total, value) => total + value, 0);
}

/** `order_items` as "Order items". */
export const label = (entity: string): string =>
  entity.charAt(0).toUpperCase() + entity.slice(1).replaceAll("_", " ");
