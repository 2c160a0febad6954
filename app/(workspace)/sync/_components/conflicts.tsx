"use client";

import { useId, useState } from "react";
import { Button } from "../../../_components/button";
import { Input } from "../../../_components/field";
import { Badge, Card } from "../../../_components/surface";
import { writeOrigin, writeValue } from "../../../_lib/changes";
import { formatAgo, plural } from "../../../_lib/format";
import { settleConflicts } from "../actions";
import { label } from "../status";
import type { Conflict } from "../status-schema";
import { Section, Side, useAct } from "./parts";

/** Side by side: what was, what Keap says, what stands here; and a button for each. */
export function Conflicts({
  conflicts,
  held,
  now,
  isAdmin,
  onSettled,
}: {
  conflicts: Conflict[];
  held: number;
  now: number;
  isAdmin: boolean;
  onSettled: () => void;
}) {
  const waiting = conflicts.filter(({ state }) => state === "held");
  const decided = conflicts.filter(({ state }) => state !== "held");
  const { pending, act } = useAct(onSettled);
  const all = (use: "keap" | "supabase") =>
    act(() =>
      settleConflicts(
        waiting.map((one) => one.conflict_id),
        { use },
      ),
    );
  return (
    <div className="space-y-6">
      {waiting.length > 0 && (
        <Section
          title={plural(held, "conflict waits", "conflicts wait")}
          note="Both sides changed the same field. Neither value is lost, whatever you choose."
          action={
            isAdmin &&
            waiting.length > 1 && (
              <>
                <Button size="small" disabled={pending} onClick={() => all("keap")}>
                  Keap's for all {waiting.length}
                </Button>
                <Button size="small" disabled={pending} onClick={() => all("supabase")}>
                  Ours for all {waiting.length}
                </Button>
              </>
            )
          }
        >
          <Card className="divide-y divide-line">
            {waiting.map((one) => (
              <ConflictRow
                key={one.conflict_id}
                conflict={one}
                now={now}
                isAdmin={isAdmin}
                onSettled={onSettled}
              />
            ))}
          </Card>
        </Section>
      )}
      {decided.length > 0 && (
        <Section
          title="Decided lately"
          note="By your policies or by a person. The other value can be chosen at any time."
        >
          <Card className="divide-y divide-line">
            {decided.map((one) => (
              <ConflictRow
                key={one.conflict_id}
                conflict={one}
                now={now}
                isAdmin={isAdmin}
                onSettled={onSettled}
              />
            ))}
          </Card>
        </Section>
      )}
    </div>
  );
}

const fieldName = (field: string): string => field.replaceAll("_", " ").replaceAll(".", " · ");

function ConflictRow({
  conflict,
  now,
  isAdmin,
  onSettled,
}: {
  conflict: Conflict;
  now: number;
  isAdmin: boolean;
  onSettled: () => void;
}) {
  const { conflict_id, field, entity, keap_id, name, state, decision, detected_at } = conflict;
  const { pending, act } = useAct(onSettled);
  const [typed, setTyped] = useState<string | null>(null);
  const input = useId();
  const isHeld = state === "held";
  const choose = (use: "keap" | "supabase") => act(() => settleConflicts([conflict_id], { use }));
  return (
    <div className="p-4 text-[13px]">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{name}</span>
        <span className="text-muted">
          {fieldName(field)} · {label(entity).toLowerCase()} {keap_id ?? "not in Keap yet"} ·{" "}
          {formatAgo(detected_at, now)}
        </span>
        {!isHeld && (
          <Badge>{state === "resolved" ? "decided by a person" : `by policy “${conflict.policy}”`}</Badge>
        )}
      </p>
      <dl className="mt-2 grid gap-2 sm:grid-cols-3">
        <Side name="Before">{writeValue(conflict.base)}</Side>
        <Side
          name="In Keap"
          chosen={!isHeld && decision === "keap"}
          detail={told(conflict.keap_changed_by, conflict.keap_changed_at, now)}
        >
          {writeValue(conflict.keap)}
        </Side>
        <Side
          name="Here"
          chosen={!isHeld && decision === "supabase"}
          detail={told(
            conflict.supabase_changed_by && writeOrigin(conflict.supabase_changed_by),
            conflict.supabase_changed_at,
            now,
          )}
        >
          {writeValue(conflict.supabase)}
        </Side>
      </dl>
      {!isHeld && decision === "merged" && <p className="mt-2">Chosen: {writeValue(conflict.chosen)}</p>}
      {isAdmin && (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          {(isHeld || decision !== "keap") && (
            <Button size="small" disabled={pending} onClick={() => choose("keap")}>
              {isHeld ? "Keep Keap's" : "Take Keap's instead"}
            </Button>
          )}
          {(isHeld || decision !== "supabase") && (
            <Button size="small" disabled={pending} onClick={() => choose("supabase")}>
              {isHeld ? "Keep ours" : "Take ours instead"}
            </Button>
          )}
          {typed === null ? (
            <Button size="small" variant="ghost" disabled={pending} onClick={() => setTyped("")}>
              Type a value
            </Button>
          ) : (
            <form
              className="flex flex-wrap items-center gap-2"
              onSubmit={(event) => {
                event.preventDefault();
                act(() => settleConflicts([conflict_id], { use: "value", value: typed }));
              }}
            >
              <label htmlFor={input} className="sr-only">
                {fieldName(field)} of {name}
              </label>
              <Input
                ref={(element) => element?.focus()}
                id={input}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                className="h-8 w-56"
              />
              <Button type="submit" size="small" variant="primary" busy={pending}>
                {typed.trim() === "" ? "Clear it on both sides" : "Use it on both sides"}
              </Button>
              <Button size="small" variant="ghost" onClick={() => setTyped(null)}>
                Cancel
              </Button>
            </form>
          )}
        </div>
      )}
    </div>
  );
}

function told(who: string | null, when: string | null, now: number): string | null {
  const parts = [who, when && formatAgo(when, now)].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : null;
}
