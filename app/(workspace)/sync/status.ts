import type { z } from "zod";
import type {
  Conflict,
  connectionSchema,
  DeadLetter,
  Health,
  LogEntry,
  Rejected,
  Run,
} from "./status-schema";

export interface SyncStatus {
  connection: z.infer<typeof connectionSchema> | null;
  health: Health[];
  runs: Run[];
  log: LogEntry[];
  deadLetters: DeadLetter[];
  conflicts: Conflict[];
  rejected: Rejected[];
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
export function summarise({ connection, health, deadLetters, conflicts, rejected }: SyncStatus): Overall {
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
  const held = deadLetters.length + conflicts.length + sum(health, "stuck");
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
  return {
    tone: "positive",
    title: "Everything known is on both sides",
    detail: "No change waits in either direction, as of the last look.",
  };
}

/** Counts are per entity and repeated on each of its streams, so one stream per entity is counted. */
function sum(health: Health[], field: "waiting" | "stuck"): number {
  const byEntity = new Map(health.map((row) => [row.entity, row[field]]));
  return [...byEntity.values()].reduce((total, value) => total + value, 0);
}

/** `order_items` as "Order items". */
export const label = (entity: string): string =>
  entity.charAt(0).toUpperCase() + entity.slice(1).replaceAll("_", " ");
