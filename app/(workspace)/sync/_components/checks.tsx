"use client";

import { Scale } from "lucide-react";
import { useState, useTransition } from "react";
import type { PlannedChange, Preview } from "@/sync/operations/preview";
import { Button } from "../../../_components/button";
import { Badge, Card, EmptyState } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { differences, writeValue } from "../../../_lib/changes";
import { formatAgo, formatCount, plural } from "../../../_lib/format";
import { previewRun, settleDifferences, startSync } from "../actions";
import { label, type SyncStatus, unexplainedOf } from "../status";
import type { Mismatch, Verification } from "../status-schema";
import { Head, Section, useAct } from "./parts";

/** What is proven, how long ago, and what the next run would do. */
export function Checks({
  status,
  now,
  isAdmin,
  onChanged,
}: {
  status: SyncStatus;
  now: number;
  isAdmin: boolean;
  onChanged: () => void;
}) {
  return (
    <div className="space-y-6">
      <Comparison status={status} now={now} isAdmin={isAdmin} onChanged={onChanged} />
      {isAdmin && <NextRun />}
    </div>
  );
}

function Comparison({
  status,
  now,
  isAdmin,
  onChanged,
}: {
  status: SyncStatus;
  now: number;
  isAdmin: boolean;
  onChanged: () => void;
}) {
  const { verification, mismatches } = status;
  const { pending, act } = useAct(onChanged);
  const compare = (
    <Button size="small" busy={pending} onClick={() => act(() => startSync("verify"))}>
      Compare everything now
    </Button>
  );
  if (verification.length === 0) {
    return (
      <Section title="Comparison of both sides">
        <EmptyState icon={Scale} title="Nothing has been compared yet" action={isAdmin && compare}>
          A little is compared every half hour and everything every night, record by record, against Keap
          itself.
        </EmptyState>
      </Section>
    );
  }
  const unexplained = unexplainedOf(verification);
  return (
    <Section
      title="Comparison of both sides"
      note="Read from Keap again and compared record by record. Nothing is called equal on trust."
      action={isAdmin && compare}
    >
      <Card className="overflow-x-auto">
        <table className="w-full text-[13px]">
          <thead className="text-left text-muted">
            <tr>
              <Head>Kind</Head>
              <Head>Compared</Head>
              <Head className="hidden sm:table-cell">Last whole pass</Head>
              <Head className="hidden md:table-cell">On their way</Head>
              <Head className="hidden md:table-cell">Held</Head>
              <Head className="hidden md:table-cell">Excluded</Head>
              <Head>Unexplained</Head>
            </tr>
          </thead>
          <tbody>
            {verification.map((one) => (
              <Table key={one.entity} one={one} now={now} />
            ))}
          </tbody>
        </table>
      </Card>
      {mismatches.length > 0 && (
        <Differences
          mismatches={mismatches}
          unexplained={unexplained}
          isAdmin={isAdmin}
          onChanged={onChanged}
        />
      )}
    </Section>
  );
}

const tableLabel = (entity: string): string => label(entity.split(":")[1] ?? entity);

function Table({ one, now }: { one: Verification; now: number }) {
  const underWay = one.under_way_since !== null;
  const compared = underWay ? (one.under_way_compared ?? 0) : (one.compared ?? 0);
  const bad = Math.max(one.unexplained ?? 0, one.under_way_unexplained ?? 0);
  return (
    <tr className="border-t border-line">
      <th scope="row" className="px-4 py-2 text-left font-medium">
        {tableLabel(one.entity)}
      </th>
      <td className="tabular px-4 py-2 text-muted">
        {formatCount(compared)}
        {underWay && ` of about ${formatCount(one.under_way_total ?? 0)}`}
      </td>
      <td className="hidden px-4 py-2 whitespace-nowrap text-muted sm:table-cell">
        {one.finished_at ? formatAgo(one.finished_at, now) : "not yet"}
        {underWay && (
          <Badge tone="info" pulse className="ml-2">
            comparing
          </Badge>
        )}
      </td>
      <td className="tabular hidden px-4 py-2 text-muted md:table-cell">{one.in_flight || "–"}</td>
      <td className="tabular hidden px-4 py-2 text-muted md:table-cell">{one.conflict_held || "–"}</td>
      <td className="tabular hidden px-4 py-2 text-muted md:table-cell">{one.excluded || "–"}</td>
      <td className="px-4 py-2">
        {bad > 0 ? (
          <Badge tone="negative">{bad}</Badge>
        ) : one.finished_at ? (
          <Badge tone="positive">0</Badge>
        ) : (
          <span className="text-muted">not known</span>
        )}
      </td>
    </tr>
  );
}

const classWords: Record<
  Mismatch["class"],
  { words: string; tone: "info" | "warning" | "neutral" | "negative" }
> = {
  in_flight: { words: "on its way", tone: "info" },
  conflict_held: { words: "held", tone: "warning" },
  excluded: { words: "excluded", tone: "neutral" },
  unexplained: { words: "unexplained", tone: "negative" },
};

function Differences({
  mismatches,
  unexplained,
  isAdmin,
  onChanged,
}: {
  mismatches: Mismatch[];
  unexplained: number;
  isAdmin: boolean;
  onChanged: () => void;
}) {
  const { pending, act } = useAct(onChanged);
  return (
    <Card className="mt-3 divide-y divide-line">
      {unexplained > 0 && isAdmin && (
        <div className="flex flex-wrap items-center justify-between gap-3 p-4 text-[13px]">
          <p>
            <span className="font-medium">{plural(unexplained, "difference")} without an explanation.</span>{" "}
            <span className="text-muted">Whose side is right?</span>
          </p>
          <div className="flex flex-wrap gap-2">
            <Button size="small" disabled={pending} onClick={() => act(() => settleDifferences("keap"))}>
              Read them from Keap
            </Button>
            <Button size="small" disabled={pending} onClick={() => act(() => settleDifferences("supabase"))}>
              Send ours to Keap
            </Button>
          </div>
        </div>
      )}
      {mismatches.map((one) => (
        <p key={one.key} className="flex flex-wrap items-baseline gap-x-2 px-4 py-2.5 text-[13px]">
          <Badge tone={classWords[one.class].tone}>{classWords[one.class].words}</Badge>
          <span className="font-medium">{one.name ?? one.key}</span>
          <span className="min-w-0 break-words text-muted">
            {[
              one.entity && label(one.entity).toLowerCase(),
              one.detail.why,
              one.fields.join(", ").replaceAll("_", " "),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </p>
      ))}
    </Card>
  );
}

function NextRun() {
  const notify = useToast();
  const [pending, start] = useTransition();
  const [preview, setPreview] = useState<Preview | null>(null);
  const look = () =>
    start(async () => {
      const answer = await previewRun();
      if (answer.ok) setPreview(answer.value);
      else notify(answer.message, "error");
    });
  return (
    <Section
      title="What the next run would do"
      note="Played through with Keap's present state and taken back: nothing changes by looking."
      action={
        <Button size="small" busy={pending} onClick={look}>
          {preview ? "Look again" : "Preview the next run"}
        </Button>
      }
    >
      {preview && <Plan preview={preview} />}
    </Section>
  );
}

function Plan({ preview }: { preview: Preview }) {
  const { to_keap, from_keap, held, held_batches, conflicts, calls, error, cure } = preview;
  const nothing =
    to_keap.length + from_keap.length + held.length + held_batches.length + conflicts.length === 0;
  return (
    <Card className="divide-y divide-line text-[13px]">
      <p className="px-4 py-2.5">
        {error ? (
          <span className="text-negative">
            {error} {cure}
          </span>
        ) : nothing ? (
          "Nothing: both sides are as agreed."
        ) : (
          `${plural(to_keap.length, "change")} to Keap, ${plural(from_keap.length, "change")} from Keap.`
        )}{" "}
        <span className="text-muted">
          Costs {plural(calls.total, "call")}: {formatCount(calls.reads)} to read, {formatCount(calls.writes)}{" "}
          to write.
        </span>
      </p>
      {held_batches.map((one) => (
        <p key={`${one.entity}${one.kind}`} className="px-4 py-2.5">
          <Badge tone="warning">would wait for an admin</Badge> {one.reason}
        </p>
      ))}
      <Changes title="To Keap" changes={to_keap} />
      <Changes title="From Keap" changes={from_keap} />
      {conflicts.map((one) => (
        <p key={`${one.record_id}${one.field}`} className="px-4 py-2.5">
          <Badge tone="warning">conflict</Badge> {one.field.replaceAll("_", " ")}: Keap {writeValue(one.keap)}
          , here {writeValue(one.supabase)} →{" "}
          {one.decision === "held" ? "held for you" : one.decision === "keap" ? "Keap's" : "ours"}
        </p>
      ))}
      {held.map((one) => (
        <p key={one.record_id} className="px-4 py-2.5">
          <Badge tone="warning">held</Badge>{" "}
          <span className="font-medium">{one.name ?? label(one.entity)}</span>{" "}
          <span className="text-muted">{one.reason}</span>
        </p>
      ))}
    </Card>
  );
}

const shown = 100;

function Changes({ title, changes }: { title: string; changes: PlannedChange[] }) {
  if (changes.length === 0) return null;
  return (
    <details open={changes.length <= 10} className="px-4 py-2.5">
      <summary className="cursor-pointer font-medium">
        {title} <span className="tabular text-muted">{formatCount(changes.length)}</span>
      </summary>
      <ul className="mt-1.5 space-y-1">
        {changes.slice(0, shown).map((one) => (
          <li
            key={`${one.entity}${one.record_id}${one.other_id}${one.action}`}
            className="min-w-0 break-words"
          >
            <span className="font-medium">
              {label(one.action)} {label(one.entity).toLowerCase()} {one.name ?? one.keap_id ?? ""}
            </span>{" "}
            <span className="text-muted">{describe(one)}</span>
          </li>
        ))}
        {changes.length > shown && (
          <li className="text-muted">and {formatCount(changes.length - shown)} more</li>
        )}
      </ul>
    </details>
  );
}

function describe({ action, changes }: PlannedChange): string {
  if (action === "create") return plural(Object.keys(changes).length, "field");
  return Object.entries(changes)
    .flatMap(([field, pair]) => (Array.isArray(pair) ? differences(field, pair[0], pair[1]) : []))
    .slice(0, 4)
    .map(({ path, before, after }) => `${path}: ${before} → ${after}`)
    .join(", ");
}
