"use client";

import {
  ArrowDownLeft,
  ArrowUpRight,
  CircleAlert,
  CircleCheck,
  Info,
  RotateCw,
  TriangleAlert,
} from "lucide-react";
import { type ReactNode, useEffect, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Badge, Card, PageHeader } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { differences, writeOrigin, writeValue } from "../../../_lib/changes";
import { cn } from "../../../_lib/cn";
import { formatAgo, formatCount, formatInstant, plural } from "../../../_lib/format";
import { replayDeadLetters } from "../actions";
import { label, type Overall, type SyncStatus, summarise } from "../status";
import type { Conflict, DeadLetter, Health, LogEntry, Rejected, Run } from "../status-schema";
import { SyncActions } from "./sync-actions";
import { useSyncStatus } from "./use-sync-status";

/** The page's live part: what can be started, and where everything stands. */
export function SyncView({
  initial,
  zone,
  isAdmin,
}: {
  initial: SyncStatus;
  zone: string;
  isAdmin: boolean;
}) {
  const { status, failed, expectChange } = useSyncStatus(initial);
  const now = useNow(new Date(initial.readAt).getTime());
  return (
    <>
      <PageHeader
        title="Sync"
        description="What moves between Keap and your database, in both directions."
        actions={isAdmin && <SyncActions status={status} onStarted={expectChange} />}
      />
      <div className="space-y-6">
        {failed && (
          <p role="alert" className="rounded-lg bg-negative-soft px-3.5 py-2.5 text-sm text-negative">
            The server does not answer, so this may be old (read {formatAgo(status.readAt, now)}). It is asked
            again every few seconds.
          </p>
        )}
        <Summary overall={summarise(status)} lastOk={status.connection?.last_ok_at ?? null} now={now} />
        <Entities health={status.health} now={now} />
        {status.conflicts.length > 0 && <Conflicts conflicts={status.conflicts} now={now} />}
        {status.deadLetters.length > 0 && (
          <DeadLetters letters={status.deadLetters} now={now} isAdmin={isAdmin} onReplayed={expectChange} />
        )}
        {status.rejected.length > 0 && <SetAside rejected={status.rejected} now={now} />}
        <div className="grid gap-6 lg:grid-cols-2">
          <Runs runs={status.runs} zone={zone} now={now} />
          <Journal log={status.log} now={now} />
        </div>
      </div>
    </>
  );
}

const summaryLooks = {
  positive: { icon: CircleCheck, style: "bg-positive-soft text-positive" },
  info: { icon: Info, style: "bg-info-soft text-info" },
  warning: { icon: TriangleAlert, style: "bg-warning-soft text-warning" },
  negative: { icon: CircleAlert, style: "bg-negative-soft text-negative" },
};

function Summary({ overall, lastOk, now }: { overall: Overall; lastOk: string | null; now: number }) {
  const { icon: Icon, style } = summaryLooks[overall.tone];
  return (
    <Card className="flex items-start gap-3.5 p-4 sm:p-5">
      <span className={cn("grid size-9 shrink-0 place-items-center rounded-full", style)}>
        <Icon aria-hidden className="size-5" />
      </span>
      <div className="min-w-0 flex-1" role="status">
        <p className="font-medium">{overall.title}</p>
        <p className="mt-0.5 text-sm text-muted">{overall.detail}</p>
      </div>
      {lastOk && (
        <p className="hidden shrink-0 text-xs text-muted sm:block">Keap answered {formatAgo(lastOk, now)}</p>
      )}
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
          {any?.waiting ? `${formatCount(any.waiting)} waiting` : "–"}
          {any?.stuck ? `, ${formatCount(any.stuck)} held` : ""}
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

function Conflicts({ conflicts, now }: { conflicts: Conflict[]; now: number }) {
  return (
    <Section title="Conflicts" note="Both sides changed the same field. Neither value is lost.">
      <Card className="divide-y divide-line">
        {conflicts.map((conflict) => (
          <div key={conflict.conflict_id} className="p-4 text-[13px]">
            <p>
              <span className="font-medium">{conflict.field}</span> of {label(conflict.entity).toLowerCase()}{" "}
              {conflict.keap_id ?? conflict.record_id.slice(0, 8)}
              <span className="text-muted"> · {formatAgo(conflict.detected_at, now)}</span>
            </p>
            <dl className="mt-2 grid gap-2 sm:grid-cols-3">
              <Value name="Before" value={conflict.base} />
              <Value name="In Keap" value={conflict.keap} />
              <Value name="Here" value={conflict.supabase} />
            </dl>
          </div>
        ))}
      </Card>
    </Section>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  return (
    <div className="rounded-md bg-sunken px-2.5 py-1.5">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="break-words">{writeValue(value)}</dd>
    </div>
  );
}

function DeadLetters(props: {
  letters: DeadLetter[];
  now: number;
  isAdmin: boolean;
  onReplayed: () => void;
}) {
  const { letters, now, isAdmin, onReplayed } = props;
  const notify = useToast();
  const [pending, start] = useTransition();
  const replay = (id: string | null) =>
    start(async () => {
      const { ok, message } = await replayDeadLetters(id);
      notify(message, ok ? "success" : "error");
      if (ok) onReplayed();
    });
  return (
    <Section
      title="Could not be sent"
      note="Each says why. Replay puts it back in the queue."
      action={
        isAdmin && letters.length > 1 ? (
          <Button size="small" busy={pending} onClick={() => replay(null)}>
            Replay all
          </Button>
        ) : undefined
      }
    >
      <Card className="divide-y divide-line">
        {letters.map((letter) => (
          <div key={letter.dead_letter_id} className="flex flex-wrap items-start gap-3 p-4 text-[13px]">
            <Badge tone={letter.class === "dead" ? "negative" : "warning"}>{letter.class}</Badge>
            <div className="min-w-0 flex-1">
              <p className="font-medium">
                {label(letter.entity)} {letter.keap_id ?? letter.record_id.slice(0, 8)}
              </p>
              <p className="text-muted">{letter.reason}</p>
              {letter.cure && <p className="mt-0.5">{letter.cure}</p>}
              <p className="mt-0.5 text-xs text-muted">
                {plural(letter.attempts, "try", "tries")}, last {formatAgo(letter.last_at, now)}
              </p>
            </div>
            {isAdmin && (
              <Button size="small" disabled={pending} onClick={() => replay(letter.dead_letter_id)}>
                <RotateCw aria-hidden className="size-3.5" /> Replay
              </Button>
            )}
          </div>
        ))}
      </Card>
    </Section>
  );
}

function SetAside({ rejected, now }: { rejected: Rejected[]; now: number }) {
  return (
    <Section
      title="Set aside"
      note="Records of Keap that could not be stored as they are. They come in by themselves once they can."
    >
      <Card className="divide-y divide-line">
        {rejected.map(({ entity, key, reason, times, last_at }) => (
          <p key={`${entity}${key}`} className="px-4 py-2.5 text-[13px]">
            <span className="font-medium">
              {label(entity)} {key}
            </span>{" "}
            {reason}{" "}
            <span className="text-muted">
              · seen {plural(times, "time")}, last {formatAgo(last_at, now)}
            </span>
          </p>
        ))}
      </Card>
    </Section>
  );
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

function Journal({ log, now }: { log: LogEntry[]; now: number }) {
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
              <p className="font-medium">{nameChange(entry)}</p>
              <p className="truncate text-xs text-muted">{describeChanges(entry)}</p>
            </div>
            <span className="shrink-0 text-xs text-muted">{formatAgo(entry.at, now)}</span>
          </div>
        ))}
      </Card>
    </Section>
  );
}

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

function Section({
  title,
  note,
  action,
  children,
}: {
  title: string;
  note?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-2 flex items-end justify-between gap-4">
        <div>
          <h2 className="text-sm font-semibold">{title}</h2>
          {note && <p className="text-[13px] text-muted">{note}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

const Head = ({ children, className }: { children: ReactNode; className?: string }) => (
  <th scope="col" className={cn("px-4 py-2.5 font-medium", className)}>
    {children}
  </th>
);

/** The time now, renewed every five seconds; starts at the server's time, so that both write the same text. */
function useNow(initial: number): number {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
