"use client";

import { useState } from "react";
import type { HoldExample } from "@/sync/operations/holds";
import { Button } from "../../../_components/button";
import { Badge, Card } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { differences, writeOrigin } from "../../../_lib/changes";
import { formatAgo, formatCount, plural } from "../../../_lib/format";
import { decideOnHold, lookAtHold } from "../actions";
import { label } from "../status";
import type { Hold } from "../status-schema";
import { Section, useAct } from "./parts";

const kinds = {
  push: { words: "would be changed in Keap", approve: "Send them to Keap", reject: "Put the rows back" },
  delete: {
    words: "would be deleted in Keap",
    approve: "Delete them in Keap",
    reject: "Bring the rows back",
  },
  gone: {
    words: "are gone from Keap and would be deleted here",
    approve: "Delete them here too",
    reject: "Keep them here",
  },
} as const;

/** Changes of many records at once: nothing of them has moved. */
export function Holds(props: { holds: Hold[]; now: number; isAdmin: boolean; onDecided: () => void }) {
  return (
    <Section
      title="Large changes wait for an admin"
      note="So many records at once may be a mistake. Nothing of it was sent; everything else goes on."
    >
      <Card className="divide-y divide-line">
        {props.holds.map((hold) => (
          <HoldRow key={hold.hold_id} hold={hold} {...props} />
        ))}
      </Card>
    </Section>
  );
}

function HoldRow({
  hold,
  now,
  isAdmin,
  onDecided,
}: {
  hold: Hold;
  now: number;
  isAdmin: boolean;
  onDecided: () => void;
}) {
  const { pending, act } = useAct(onDecided);
  const notify = useToast();
  const [examples, setExamples] = useState<HoldExample[] | null>(null);
  // what was on the page when the question was put
  const [seen, setSeen] = useState<Hold | null>(null);
  const { words, approve, reject } = kinds[hold.kind];
  const look = async () => {
    const answer = await lookAtHold(hold.hold_id);
    if (answer.ok) setExamples(answer.value);
    else notify(answer.message, "error");
  };
  const by = Object.entries(hold.origins).map(([origin, n]) => `${formatCount(n)} by ${writeOrigin(origin)}`);
  return (
    <div className="p-4 text-[13px]">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={hold.kind === "push" ? "warning" : "negative"}>{plural(hold.records, "record")}</Badge>
        <span className="font-medium">
          of {formatCount(hold.linked)} {label(hold.entity).toLowerCase()} {words}
        </span>
        <span className="text-muted">{[...by, `since ${formatAgo(hold.first_at, now)}`].join(" · ")}</span>
      </p>
      {examples && <Examples examples={examples} of={hold.records} />}
      <div className="mt-3 flex flex-wrap gap-2">
        {!examples && (
          <Button size="small" onClick={look}>
            Show what would change
          </Button>
        )}
        {isAdmin && !seen && (
          <>
            <Button
              size="small"
              disabled={pending}
              onClick={() => act(() => decideOnHold(hold.hold_id, "reject", hold))}
            >
              {reject}
            </Button>
            <Button size="small" variant="danger" disabled={pending} onClick={() => setSeen(hold)}>
              {approve} …
            </Button>
          </>
        )}
        {seen && (
          <>
            <Button
              size="small"
              variant="danger"
              busy={pending}
              onClick={() => act(() => decideOnHold(hold.hold_id, "approve", seen))}
            >
              Yes, all {formatCount(seen.records)}
            </Button>
            <Button size="small" variant="ghost" onClick={() => setSeen(null)}>
              Not yet
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function Examples({ examples, of }: { examples: HoldExample[]; of: number }) {
  return (
    <ul className="mt-2 space-y-1 rounded-md bg-sunken px-3 py-2">
      {examples.map((one) => (
        <li key={`${one.record_id}${JSON.stringify(one.changes)}`} className="min-w-0 break-words">
          <span className="font-medium">{one.name}</span>{" "}
          <span className="text-muted">
            {one.operation === "delete"
              ? "deleted here"
              : Object.entries(one.changes)
                  .flatMap(([field, pair]) =>
                    Array.isArray(pair) ? differences(field, pair[0], pair[1]) : [],
                  )
                  .slice(0, 4)
                  .map(({ path, before, after }) => `${path}: ${before} → ${after}`)
                  .join(", ") || "as it was agreed"}
          </span>
        </li>
      ))}
      {of > examples.length && <li className="text-muted">and {formatCount(of - examples.length)} more</li>}
    </ul>
  );
}
