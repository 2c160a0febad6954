"use client";

import { type ReactNode, useTransition } from "react";
import { useToast } from "../../../_components/toast";
import { cn } from "../../../_lib/cn";
import type { ActionResult } from "../actions";

export function Section({
  title,
  note,
  action,
  children,
}: {
  title: string;
  note?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-2 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-sm font-semibold">{title}</h2>
          {note && <p className="text-[13px] text-muted">{note}</p>}
        </div>
        {action && <div className="flex flex-wrap gap-2">{action}</div>}
      </div>
      {children}
    </section>
  );
}

export const Head = ({ children, className }: { children: ReactNode; className?: string }) => (
  <th scope="col" className={cn("px-4 py-2.5 font-medium", className)}>
    {children}
  </th>
);

/** Runs an action of the page, says how it went, and has the page look again. */
export function useAct(onDone: () => void): {
  pending: boolean;
  act: (work: () => Promise<ActionResult>) => void;
} {
  const notify = useToast();
  const [pending, start] = useTransition();
  const act = (work: () => Promise<ActionResult>) =>
    start(async () => {
      const { ok, message } = await work();
      notify(message, ok ? "success" : "error");
      if (ok) onDone();
    });
  return { pending, act };
}

/** A value as it stands on one side; the chosen one is marked. */
export function Side({
  name,
  detail,
  chosen = false,
  children,
}: {
  name: string;
  detail?: string | null;
  chosen?: boolean;
  children: ReactNode;
}) {
  return (
    <div
      className={cn(
        "flex min-w-0 flex-col gap-1 rounded-md border px-2.5 py-2",
        chosen ? "border-accent bg-accent-soft" : "border-transparent bg-sunken",
      )}
    >
      <dt className="flex justify-between gap-2 text-xs text-muted">
        <span>{name}</span>
        {chosen && <span className="font-medium text-accent">chosen</span>}
      </dt>
      <dd className="min-w-0 break-words">{children}</dd>
      {detail && <dd className="text-xs text-muted">{detail}</dd>}
    </div>
  );
}

export interface TabSpec {
  id: string;
  label: string;
  /** How many things there wait for somebody. */
  count?: number;
}

/** Tabs by the keyboard as by the mouse; the panel follows the choice. */
export function Tabs({
  tabs,
  active,
  onChange,
}: {
  tabs: readonly TabSpec[];
  active: string;
  onChange: (id: string) => void;
}) {
  const step = (by: number) => {
    const at = tabs.findIndex(({ id }) => id === active);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label="Parts of the sync"
      className="-mx-4 flex gap-1 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0"
    >
      {tabs.map(({ id, label, count }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          aria-selected={id === active}
          aria-controls={`panel-${id}`}
          tabIndex={id === active ? 0 : -1}
          onClick={() => onChange(id)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") step(1);
            if (event.key === "ArrowLeft") step(-1);
          }}
          className={cn(
            "-mb-px flex shrink-0 items-center gap-1.5 border-b-2 px-3 py-2 text-sm transition-colors",
            id === active
              ? "border-accent font-medium text-ink"
              : "border-transparent text-muted hover:text-ink",
          )}
        >
          {label}
          {count !== undefined && count > 0 && (
            <span className="tabular rounded-full bg-warning-soft px-1.5 text-xs font-medium text-warning">
              {count}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
