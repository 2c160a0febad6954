import {
  ArrowDownLeft,
  ArrowUpRight,
  CircleAlert,
  CircleCheck,
  Clock,
  GitMerge,
  PencilLine,
} from "lucide-react";
import type { ReactNode } from "react";
import type { TimelineItem } from "@/sync/operations/timeline";
import { Badge, Card, EmptyState } from "../../../_components/surface";
import { differences, writeOrigin, writeValue } from "../../../_lib/changes";
import { formatInstant } from "../../../_lib/format";
import { label } from "../status";

type Of<K extends TimelineItem["kind"]> = Extract<TimelineItem, { kind: K }>;

/** A record's story, newest first. */
export function TimelineList({
  items,
  people,
  zone,
}: {
  items: readonly TimelineItem[];
  people: Readonly<Record<string, string>>;
  zone: string;
}) {
  if (items.length === 0)
    return (
      <EmptyState icon={Clock} title="Nothing here">
        Nothing has moved this record in the time shown.
      </EmptyState>
    );
  const who = (origin: string) => nameOf(origin, people);
  return (
    <Card>
      <ol className="divide-y divide-line">
        {items.map((item) => (
          <li
            key={item.id}
            className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-3 text-[13px] sm:flex-nowrap"
          >
            <Mark item={item} />
            <div className="min-w-0 flex-1 basis-[calc(100%-2rem)] space-y-1 sm:basis-0">
              <p className="font-medium break-words">{titleOf(item, who)}</p>
              <Details item={item} />
            </div>
            <div className="flex shrink-0 items-center gap-2 pl-7 sm:flex-col sm:items-end sm:gap-1 sm:pl-0">
              <time dateTime={item.at} className="text-xs text-muted">
                {formatInstant(item.at, zone)}
              </time>
              <StateOf item={item} />
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** `user:<id>` by the address they sign in with. */
function nameOf(origin: string, people: Readonly<Record<string, string>>): string {
  const id = /user:([0-9a-f-]{36})/.exec(origin)?.[1];
  const name = id ? people[id] : undefined;
  if (!name) return writeOrigin(origin);
  return origin.startsWith("undo:") ? `${name}, by an undo` : name;
}

function titleOf(item: TimelineItem, who: (origin: string) => string): string {
  const tag = item.tag ? `the tag "${item.tag}"` : "a tag";
  switch (item.kind) {
    case "change":
      return changeTitle(item, tag, who(item.origin));
    case "push":
      return item.entity === "contact_tags"
        ? `${item.action === "remove_tag" ? "Taking off" : "Putting on"} ${tag} in Keap`
        : `${{ create: "Making it", delete: "Deleting it" }[item.action] ?? "Changing it"} in Keap`;
    case "conflict":
      return `${label(item.field.replaceAll(".", " "))}: both sides changed it`;
    case "letter":
      return item.reason;
    case "waiting":
      return item.entity === "contact_tags"
        ? `A change of ${tag} by ${who(item.origin)} has not reached Keap`
        : `${{ insert: "The new record", delete: "The deletion" }[item.operation] ?? "A change"} by ${who(item.origin)} has not reached Keap`;
  }
}

function changeTitle(
  { entity, direction, action, run_kind }: Of<"change">,
  tag: string,
  who: string,
): string {
  if (entity === "contact_tags") {
    const verb = action === "remove_member" ? `took ${tag} off` : `put ${tag} on`;
    return action === "undo" ? `${who} undid a change of ${tag}` : `${who} ${verb}`;
  }
  const words: Record<string, string> = {
    create:
      direction === "out"
        ? `${who} made it here; Keap has it`
        : run_kind === "backfill"
          ? "Copied from Keap"
          : "New in Keap",
    delete: direction === "out" ? `${who} deleted it here; Keap did too` : "Gone from Keap",
    restore: "Brought back from Keap",
    link: "Linked to the record in Keap",
    adopt: "Linked to the record in Keap",
    redact: `${who} erased it`,
    undo: `${who} put values back`,
    violation: `${who} changed what Keap does not take from outside; it was put back`,
    agree: "Both sides came to say the same",
  };
  return words[action] ?? (direction === "in" ? "Changed in Keap" : `${who} changed it here`);
}

function Mark({ item }: { item: TimelineItem }) {
  const Icon =
    item.kind === "conflict"
      ? GitMerge
      : item.kind === "letter"
        ? CircleAlert
        : item.kind === "waiting"
          ? Clock
          : item.kind === "push"
            ? ArrowUpRight
            : { in: ArrowDownLeft, out: ArrowUpRight, agree: CircleCheck, local: PencilLine }[item.direction];
  return <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />;
}

const shownChanges = 8;
/** Keap's own note of who saved last says nothing that the line does not. */
const bookkeeping = new Set(["keap_last_updated_by"]);

function Details({ item }: { item: TimelineItem }) {
  if (item.kind === "change") {
    if (item.entity === "contact_tags" || ["create", "delete", "redact"].includes(item.action)) return null;
    const all = Object.entries(item.changes).flatMap(([field, pair]) =>
      Array.isArray(pair) && !bookkeeping.has(field) ? differences(field, pair[0], pair[1]) : [],
    );
    return <Lines lines={all.map(({ path, before, after }) => ({ path, text: `${before} → ${after}` }))} />;
  }
  if (item.kind === "push")
    return (
      <>
        {item.error && <p className="text-negative">{item.error}</p>}
        <Lines
          lines={Object.entries(item.fields).map(([field, value]) => ({
            path: label(field).toLowerCase(),
            text: writeValue(value),
          }))}
        />
      </>
    );
  if (item.kind === "conflict")
    return (
      <Lines
        lines={[
          { path: "before", text: writeValue(item.base) },
          { path: "in Keap", text: writeValue(item.keap) },
          { path: "here", text: writeValue(item.supabase) },
        ]}
      />
    );
  const hint = item.kind === "letter" ? item.cure : item.reason;
  return hint ? <p className="text-muted">{hint}</p> : null;
}

function Lines({ lines }: { lines: readonly { path: string; text: string }[] }) {
  if (lines.length === 0) return null;
  const line = ({ path, text }: { path: string; text: string }): ReactNode => (
    <li key={path} className="break-words">
      <span className="text-ink">{path}</span>: {text}
    </li>
  );
  const rest = lines.slice(shownChanges);
  return (
    <ul className="space-y-0.5 text-muted">
      {lines.slice(0, shownChanges).map(line)}
      {rest.length > 0 && (
        <li>
          <details>
            <summary className="cursor-pointer">{rest.length} more</summary>
            <ul className="mt-0.5 space-y-0.5">{rest.map(line)}</ul>
          </details>
        </li>
      )}
    </ul>
  );
}

function StateOf({ item }: { item: TimelineItem }) {
  switch (item.kind) {
    case "change":
      return item.direction === "out" ? <Badge tone="positive">Keap took it</Badge> : null;
    case "push":
      return {
        sent: <Badge tone="info">on its way</Badge>,
        unknown: <Badge tone="warning">no answer yet</Badge>,
        failed: <Badge tone="negative">Keap refused</Badge>,
        abandoned: <Badge>not sent</Badge>,
      }[item.state];
    case "conflict":
      return item.state === "held" ? (
        <Badge tone="warning">waits for you</Badge>
      ) : (
        <Badge>
          {{ keap: "Keap's value", supabase: "our value", merged: "merged", held: "decided" }[item.decision]}
        </Badge>
      );
    case "letter":
      return item.state === "open" ? (
        <Badge tone={item.class === "dead" ? "negative" : "warning"}>open</Badge>
      ) : (
        <Badge>{item.state}</Badge>
      );
    case "waiting":
      return item.state === "held" || item.state === "dead" ? (
        <Badge tone="warning">stuck</Badge>
      ) : (
        <Badge tone="info">waiting</Badge>
      );
  }
}
