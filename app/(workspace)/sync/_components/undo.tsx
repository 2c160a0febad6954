"use client";

import { Undo2 } from "lucide-react";
import { useId, useState, useTransition } from "react";
import type { UndoPlan, UndoScope } from "@/sync/operations/undo/undo";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input } from "../../../_components/field";
import { Card } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { differences } from "../../../_lib/changes";
import { formatCount, plural } from "../../../_lib/format";
import { carryOutUndo, planUndo } from "../actions";
import { Section, useAct } from "./parts";

/** Undo of any range of time: planned, looked at, then carried out by the sync. */
export function UndoPanel({ onDone }: { onDone: () => void }) {
  const id = useId();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [scope, setScope] = useState<UndoScope | null>(null);
  return (
    <Section
      title="Bring a range of time back"
      note="Every field goes back to what it was before, on both sides, unless it has been changed again since. You see the plan first."
    >
      <Card className="p-4">
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            setScope({
              from: new Date(from).toISOString(),
              ...(to ? { to: new Date(to).toISOString() } : {}),
            });
          }}
        >
          <Field label="From" htmlFor={`${id}-from`}>
            <Input
              id={`${id}-from`}
              type="datetime-local"
              step={1}
              required
              value={from}
              onChange={(event) => setFrom(event.target.value)}
            />
          </Field>
          <Field label="Until (empty: now)" htmlFor={`${id}-to`}>
            <Input
              id={`${id}-to`}
              type="datetime-local"
              step={1}
              value={to}
              min={from || undefined}
              onChange={(event) => setTo(event.target.value)}
            />
          </Field>
          <Button type="submit" disabled={from === ""}>
            Plan the undo
          </Button>
        </form>
      </Card>
      {scope && <UndoDialog scope={scope} what="this time" onClose={() => setScope(null)} onDone={onDone} />}
    </Section>
  );
}

/** Undo of one line of the journal. */
export function UndoButton({ scope, what, onDone }: { scope: UndoScope; what: string; onDone: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="icon"
        variant="ghost"
        aria-label={`Undo: ${what}`}
        title="Undo this"
        onClick={() => setOpen(true)}
      >
        <Undo2 aria-hidden className="size-3.5" />
      </Button>
      {open && <UndoDialog scope={scope} what={what} onClose={() => setOpen(false)} onDone={onDone} />}
    </>
  );
}

function UndoDialog({
  scope,
  what,
  onClose,
  onDone,
}: {
  scope: UndoScope;
  what: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const notify = useToast();
  const [plan, setPlan] = useState<UndoPlan | null>(null);
  const [planning, start] = useTransition();
  const { pending, act } = useAct(() => {
    onClose();
    onDone();
  });
  const look = () =>
    start(async () => {
      const answer = await planUndo(scope);
      if (answer.ok) setPlan(answer.value);
      else {
        notify(answer.message, "error");
        onClose();
      }
    });
  const count = plan ? plan.edits.length + plan.members.length : 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Undo"
      description={`Brings back ${what}.`}
      className="w-[min(44rem,calc(100vw-2rem))]"
    >
      {plan === null ? (
        <Button variant="primary" busy={planning} onClick={look}>
          Show the plan
        </Button>
      ) : (
        <div className="space-y-4 text-[13px]">
          <p>
            {plan.records === 0
              ? "The sync moved nothing there, so there is nothing to undo."
              : `${plural(plan.edits.length, "record goes", "records go")} back, ${plural(plan.members.length, "membership")}; costs ${plural(plan.calls, "call")} of Keap.`}
          </p>
          <PlanList plan={plan} />
          <div className="flex flex-wrap gap-2">
            {count > 0 && (
              <Button
                variant="danger"
                busy={pending}
                onClick={() =>
                  act(() =>
                    carryOutUndo(plan.scope, { edits: plan.edits.length, members: plan.members.length }),
                  )
                }
              >
                Put {formatCount(count)} back
              </Button>
            )}
            <Button variant="ghost" onClick={onClose}>
              {count > 0 ? "Leave it as it is" : "Close"}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function PlanList({ plan }: { plan: UndoPlan }) {
  return (
    <>
      {plan.edits.length > 0 && (
        <ul className="max-h-72 space-y-1 overflow-y-auto rounded-md bg-sunken px-3 py-2">
          {plan.edits.slice(0, 200).map((one) => (
            <li key={one.record_id} className="break-words">
              <span className="font-medium">{one.name}</span>{" "}
              <span className="text-muted">
                {one.changes
                  .flatMap(({ field, now, back }) => differences(field, now, back))
                  .map(({ path, before, after }) => `${path}: ${before} → ${after}`)
                  .join(", ")}
              </span>
            </li>
          ))}
          {plan.edits.length > 200 && (
            <li className="text-muted">and {formatCount(plan.edits.length - 200)} more</li>
          )}
        </ul>
      )}
      {plan.members.length > 0 && (
        <p className="text-muted">
          {plural(plan.members.filter((one) => one.present).length, "tag is", "tags are")} put on again,{" "}
          {plural(plan.members.filter((one) => !one.present).length, "tag is", "tags are")} taken off again.
        </p>
      )}
      {plan.refused.length > 0 && (
        <details>
          <summary className="cursor-pointer font-medium">
            {plural(plan.refused.length, "thing")} cannot be undone
          </summary>
          <ul className="mt-1 max-h-48 space-y-1 overflow-y-auto">
            {plan.refused.slice(0, 200).map((one) => (
              <li key={`${one.record_id}${one.field}${one.reason}`} className="break-words">
                <span className="font-medium">
                  {one.name}
                  {one.field && ` · ${one.field.replaceAll("_", " ")}`}
                </span>{" "}
                <span className="text-muted">{one.reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
