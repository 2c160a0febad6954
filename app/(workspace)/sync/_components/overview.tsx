"use client";

import { ArrowDownLeft, ArrowUpRight, CircleCheck } from "lucide-react";
import { Badge, Card } from "../../../_components/surface";
import { differences, writeOrigin } from "../../../_lib/changes";
import { cn } from "../../../_lib/cn";
import { formatAgo, formatCount, formatInstant, plural } from "../../../_lib/format";
import { label, type SyncStatus } from "../status";
import type { Health, LogEntry, Run } from "../status-schema";
import { Head, Section } from "./parts";
import { RecordLink } from "./record-link";
import { UndoButton } from "./undo";

/** Where everything stands: per kind of record, the last runs, and what changed. */
export function Overview({
  status,
  zone,
  now,
  isAdmin,
  onChanged,
}: {
  status: SyncStatus;
  zone: string;
  now: number;
  isAdmin: boolean;
  onChanged: () => void;
}) {
  return (
    <div className="space-y-6">
      <Facts status={status} now={now} />
      <Entities health={status.health} now={now} />
      <div className="grid gap-6 lg:grid-cols-2">
        <Runs runs={status.runs} zone={zone} now={now} />
        <Journal log={status.log} now={now} isAdmin={isAdmin} onChanged={onChanged} />
      </div>
    </div>
  );
}

/** Lag and quota in four figures. */
function Facts({ status, now }: { status: SyncStatus; now: number }) {
  const { dataAsOf, waitingSince, quota, connection } = status;
  const share = quota ? Math.min(1, quota.day_used / quota.per_day) : 0;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Fact name="Keap's changes are here up to">
        {dataAsOf ? formatAgo(dataAsOf, now) : "not known yet"}
      </Fact>
      <Fact name="Oldest change waiting for Keap">
        {waitingSince ? formatAgo(waitingSince, now) : "none"}
      </Fact>
      <Fact name="Keap answered">
        {connection?.last_ok_at ? formatAgo(connection.last_ok_at, now) : "not yet"}
      </Fact>
      <Fact name="Calls of Keap's day">
        {quota ? `${formatCount(quota.day_used)} of ${formatCount(quota.per_day)}` : "–"}
        {quota && (
          <span className="mt-1.5 block h-1 overflow-hidden rounded-full bg-line" aria-hidden>
            <span
              className={cn("block h-full rounded-full", share > 0.9 ? "bg-negative" : "bg-accent")}
              style={{ width: `${share * 100}%` }}
            />
          </span>
        )}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Card className="px-4 py-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="tabular mt-0.5 text-sm font-medium">{children}</dd>
    </Card>
  );
}

/** One line per kind of record: the copy's progress, and since then how fresh it is. */
function Entities({ health, now }: { health: Health[]; now: number }) {
  // The account itself is read too, but it is not a kind of record.
  const entities = [...new Set(health.map(({ entity }) => entity))].filter((entity) => entity !== "account");
  if (entities.length === 0) return null;
  return (
    <Section title="Records">
      <Card className="overflow-x-auto">
        <table className="w-full text-[13px]">
          <thead className="text-left text-muted">
            <tr>
              <Head>Kind</Head>
              <Head>Copied</Head>
              <Head className="hidden sm:table-cell">Last looked</Head>
              <Head className="hidden sm:table-cell">To Keap</Head>
              <Head>State</Head>
            </tr>
          </thead>
          <tbody>
            {entities.map((entity) => (
              <Entity
                key={entity}
                entity={entity}
                streams={health.filter((row) => row.entity === entity)}
                now={now}
              />
            ))}
          </tbody>
        </table>
      </Card>
    </Section>
  );
}

function Entity({ entity, streams, now }: { entity: string; streams: Health[]; now: number }) {
  const backfill = streams.find(({ stream }) => stream === "backfill");
  const any = streams[0];
  const total = backfill?.estimated_total ?? null;
  const share = backfill?.state === "done" ? 1 : total && backfill ? Math.min(1, backfill.done / total) : 0;
  const problem = streams.find(({ error }) => error);
  return (
    <>
      <tr className="border-t border-line">
        <th scope="row" className="px-4 py-2.5 text-left font-medium">
          {label(entity)}
        </th>
        <td className="px-4 py-2.5">
          <div className="flex items-center gap-2.5">
            <div
              role="progressbar"
              aria-label={`Copy of ${label(entity)}`}
              aria-valuenow={Math.round(share * 100)}
              aria-valuemin={0}
              aria-valuemax={100}
              className="h-1.5 w-12 overflow-hidden sm:w-20 rounded-full bg-line"
            >
              <div
                className={cn(
                  "h-full rounded-full bg-accent transition-[width] duration-700",
                  backfill?.state === "running" && !total && "w-1/3! animate-breathe",
                )}
                style={{ width: `${share * 100}%` }}
              />
            </div>
            <span className="tabular text-muted">
              {formatCount(backfill?.done ?? 0)}
              {total !== null && backfill?.state !== "done" && ` of ${formatCount(total)}`}
            </span>
          </div>
        </td>
        <td className="hidden px-4 py-2.5 whitespace-nowrap text-muted sm:table-cell">
          {formatAgo(lastLook(streams), now)}
        </td>
        <td className="tabular hidden px-4 py-2.5 text-muted sm:table-cell">
          {[
            any?.waiting ? `${formatCount(any.waiting)} waiting` : null,
            any?.stuck ? `${formatCount(any.stuck)} held` : null,
          ]
            .filter(Boolean)
            .join(", ") || "–"}
        </td>
        <td className="px-4 py-2.5">
          <StateBadge streams={streams} />
        </td>
      </tr>
      {problem && (
        <tr>
          <td colSpan={5} className="px-4 pb-3 text-negative">
            {problem.error} {problem.cure && <span className="text-muted">{problem.cure}</span>}
          </td>
        </tr>
      )}
    </>
  );
}

/** When any stream of this kind last got an answer from Keap. */
const lastLook = (streams: Health[]): string | null =>
  streams
    .filter(({ started_at }) => started_at !== null)
    .map(({ updated_at }) => updated_at)
    .sort()
    .at(-1) ?? null;

function StateBadge({ streams }: { streams: Health[] }) {
  const has = (state: Health["state"]) => streams.some((row) => row.state === state);
  const backfill = streams.find(({ stream }) => stream === "backfill");
  if (has("error")) return <Badge tone="negative">Error</Badge>;
  if (has("paused")) return <Badge tone="warning">Paused</Badge>;
  if (backfill?.state === "running")
    return (
      <Badge tone="info" pulse>
        Copying
      </Badge>
    );
  if (backfill && backfill.state !== "done") return <Badge>Waiting</Badge>;
  return <Badge tone="positive">Copied</Badge>;
}

function Runs({ runs, zone, now }: { runs: Run[]; zone: string; now: number }) {
  return (
    <Section title="Last runs">
      <Card className="divide-y divide-line">
        {runs.length === 0 && (
          <p className="p-4 text-sm text-muted">No run yet. The first copy will stand here.</p>
        )}
        {runs.map((run) => (
          <div key={run.run_id} className="px-4 py-2.5 text-[13px]">
            <div className="flex items-center gap-2">
              <RunBadge run={run} />
              <span className="font-medium">{label(run.kind)}</span>
              <span className="min-w-0 flex-1 truncate text-muted">{describeCounts(run)}</span>
              <time
                dateTime={run.started_at}
                title={formatInstant(run.started_at, zone)}
                className="shrink-0 text-xs text-muted"
              >
                {formatAgo(run.started_at, now)}
              </time>
            </div>
            {run.error && (
              <p className="mt-1 text-negative">
                {run.error} {run.cure && <span className="text-muted">{run.cure}</span>}
              </p>
            )}
          </div>
        ))}
      </Card>
    </Section>
  );
}

/** A run that paused without an error did its share and left the rest to the next one. */
function RunBadge({ run: { state, error } }: { run: Run }) {
  if (state === "running") {
    return (
      <Badge tone="info" pulse>
        running
      </Badge>
    );
  }
  if (state === "error") return <Badge tone="negative">error</Badge>;
  if (state === "paused")
    return error ? <Badge tone="warning">paused</Badge> : <Badge>to be continued</Badge>;
  return <Badge tone="positive">done</Badge>;
}

/** The numbers of a run that are not zero, such as "1,000 inserted · 12 calls". */
function describeCounts({ counts, calls }: Run): string {
  const words = Object.entries(counts)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] > 0)
    .map(([name, count]) => `${formatCount(count)} ${name.replaceAll("_", " ")}`);
  return [...words, ...(calls > 0 ? [plural(calls, "Keap call")] : [])].join(" · ");
}

function Journal({
  log,
  now,
  isAdmin,
  onChanged,
}: {
  log: LogEntry[];
  now: number;
  isAdmin: boolean;
  onChanged: () => void;
}) {
  return (
    <Section title="What changed">
      <Card
        role="region"
        aria-label="Changes, newest first"
        // A scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="max-h-[34rem] divide-y divide-line overflow-y-auto"
      >
        {log.length === 0 && (
          <p className="p-4 text-sm text-muted">
            No change yet. Each record that moves is listed here with what changed in it.
          </p>
        )}
        {log.map((entry) => (
          <div key={entry.log_id} className="flex items-start gap-2.5 px-4 py-2.5 text-[13px]">
            <Direction direction={entry.direction} />
            <div className="min-w-0 flex-1">
              <p className="font-medium">
                <RecordLink entity={entry.entity} id={entry.record_id}>
                  {nameChange(entry)}
                </RecordLink>
              </p>
              <p className="truncate text-xs text-muted">{describeChanges(entry)}</p>
            </div>
            <span className="shrink-0 text-xs text-muted">{formatAgo(entry.at, now)}</span>
            {isAdmin && undoable.has(entry.action) && (
              <UndoButton
                scope={{ record_id: entry.record_id, from: entry.at }}
                what={`${nameChange(entry)}, and what came after`}
                onDone={onChanged}
              />
            )}
          </div>
        ))}
      </Card>
    </Section>
  );
}

const undoable = new Set(["update", "add_member", "remove_member"]);

function Direction({ direction }: { direction: LogEntry["direction"] }) {
  const words = { in: "From Keap", out: "To Keap", agree: "Both agree", local: "Here" }[direction];
  const Icon = direction === "in" ? ArrowDownLeft : direction === "out" ? ArrowUpRight : CircleCheck;
  return (
    <span title={words} className={cn("mt-0.5 shrink-0", direction === "out" ? "text-accent" : "text-muted")}>
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{words}:</span>
    </span>
  );
}

function describeChanges({ action, changes, origin }: LogEntry): string {
  const by = `by ${writeOrigin(origin)}`;
  if (action === "create" || action === "delete")
    return `${plural(Object.keys(changes).length, "field")}, ${by}`;
  if (action === "add_member" || action === "remove_member") return by;
  const all = Object.entries(changes).flatMap(([name, pair]) =>
    Array.isArray(pair) ? differences(name, pair[0], pair[1]) : [],
  );
  const first = all.slice(0, 2).map(({ path, before, after }) => `${path}: ${before} → ${after}`);
  return [...first, ...(all.length > 2 ? [`${all.length - 2} more`] : []), by].join(", ");
}

/** "Update contacts 12", or for a membership "Tag put on contact 12". */
function nameChange({ action, entity, keap_id, record_id }: LogEntry): string {
  const which = keap_id ?? record_id.slice(0, 8);
  if (entity === "contact_tags" && action === "add_member") return `Tag put on contact ${which}`;
  if (entity === "contact_tags" && action === "remove_member") return `Tag taken off contact ${which}`;
  return `${label(action)} ${label(entity).toLowerCase()} ${which}`;
}
