"use client";

import { RotateCw } from "lucide-react";
import { Button } from "../../../_components/button";
import { Badge, Card } from "../../../_components/surface";
import { formatAgo, plural } from "../../../_lib/format";
import { readSetAsideAgain, replayDeadLetters } from "../actions";
import { label } from "../status";
import type { DeadLetter, Rejected } from "../status-schema";
import { Section, useAct } from "./parts";
import { RecordLink } from "./record-link";

const classes = {
  retry: { words: "tried again by itself", tone: "info" },
  hold: { words: "waits for you", tone: "warning" },
  dead: { words: "refused", tone: "negative" },
} as const;

export function DeadLetters({
  letters,
  now,
  isAdmin,
  onReplayed,
}: {
  letters: DeadLetter[];
  now: number;
  isAdmin: boolean;
  onReplayed: () => void;
}) {
  const { pending, act } = useAct(onReplayed);
  return (
    <Section
      title="Could not be sent"
      note="Each says why. Replay puts it back in the queue."
      action={
        isAdmin &&
        letters.length > 1 && (
          <Button size="small" busy={pending} onClick={() => act(() => replayDeadLetters(null))}>
            Replay all
          </Button>
        )
      }
    >
      <Card className="divide-y divide-line">
        {letters.map((letter) => (
          <div key={letter.dead_letter_id} className="flex flex-wrap items-start gap-3 p-4 text-[13px]">
            <Badge tone={classes[letter.class].tone}>{classes[letter.class].words}</Badge>
            <div className="min-w-0 flex-1 basis-full sm:basis-0">
              <p className="font-medium">
                <RecordLink entity={letter.entity} id={letter.record_id}>
                  {letter.name}
                </RecordLink>{" "}
                <span className="font-normal text-muted">
                  {label(letter.entity).toLowerCase()} {letter.keap_id ?? ""}
                </span>
              </p>
              <p className="text-muted">{letter.reason}</p>
              {letter.cure && <p className="mt-0.5">{letter.cure}</p>}
              <p className="mt-0.5 text-xs text-muted">
                {plural(letter.attempts, "try", "tries")}, last {formatAgo(letter.last_at, now)}
              </p>
            </div>
            {isAdmin && (
              <Button
                size="small"
                disabled={pending}
                onClick={() => act(() => replayDeadLetters(letter.dead_letter_id))}
              >
                <RotateCw aria-hidden className="size-3.5" /> Replay
              </Button>
            )}
          </div>
        ))}
      </Card>
    </Section>
  );
}

export function SetAside({
  rejected,
  now,
  isAdmin,
  onReplayed,
}: {
  rejected: Rejected[];
  now: number;
  isAdmin: boolean;
  onReplayed: () => void;
}) {
  const { pending, act } = useAct(onReplayed);
  return (
    <Section
      title="Set aside"
      note="Records of Keap that could not be stored as they are. They come in by themselves once they can."
      action={
        isAdmin && (
          <Button size="small" busy={pending} onClick={() => act(() => readSetAsideAgain(null))}>
            Read all again
          </Button>
        )
      }
    >
      <Card className="divide-y divide-line">
        {rejected.map(({ entity, key, reason, times, last_at }) => (
          <div key={`${entity}${key}`} className="flex flex-wrap items-start gap-3 px-4 py-2.5 text-[13px]">
            <p className="min-w-0 flex-1 break-words">
              <span className="font-medium">
                {label(entity)} {key}
              </span>{" "}
              {reason}{" "}
              <span className="text-muted">
                · seen {plural(times, "time")}, last {formatAgo(last_at, now)}
              </span>
            </p>
            {isAdmin && (
              <Button
                size="small"
                disabled={pending}
                onClick={() => act(() => readSetAsideAgain({ entity, key }))}
              >
                Read again
              </Button>
            )}
          </div>
        ))}
      </Card>
    </Section>
  );
}
