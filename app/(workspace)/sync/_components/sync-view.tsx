"use client";

import { CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { EmptyState, PageHeader } from "../../../_components/surface";
import { formatAgo } from "../../../_lib/format";
import { type SyncStatus, summarise, unexplainedOf } from "../status";
import { Checks } from "./checks";
import { Conflicts } from "./conflicts";
import { Controls, type TableSpec } from "./controls";
import { FirstLinkPanel } from "./first-link";
import { Holds } from "./holds";
import { DeadLetters, SetAside } from "./letters";
import { Overview } from "./overview";
import { type TabSpec, Tabs } from "./parts";
import { Summary } from "./summary";
import { SyncActions } from "./sync-actions";
import { UndoPanel } from "./undo";
import { useNow } from "./use-now";
import { useSyncStatus } from "./use-sync-status";

/** The page's live part: where everything stands, what waits for a decision, what is proven, and the controls. */
export function SyncView({
  initial,
  zone,
  role,
  tables,
}: {
  initial: SyncStatus;
  zone: string;
  role: "admin" | "analyst" | "viewer";
  tables: TableSpec[];
}) {
  const { status, failed, expectChange } = useSyncStatus(initial);
  const now = useNow(new Date(initial.readAt).getTime());
  const isAdmin = role === "admin";
  const tabs = tabsFor(status, role);
  const [tab, setTab] = useTab(tabs);
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
        <Tabs tabs={tabs} active={tab} onChange={setTab} />
        <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
          {tab === "overview" && (
            <Overview status={status} zone={zone} now={now} isAdmin={isAdmin} onChanged={expectChange} />
          )}
          {tab === "decisions" && (
            <Decisions status={status} now={now} isAdmin={isAdmin} onChanged={expectChange} />
          )}
          {tab === "checks" && (
            <Checks status={status} now={now} isAdmin={isAdmin} onChanged={expectChange} />
          )}
          {tab === "undo" && <UndoPanel onDone={expectChange} />}
          {tab === "controls" && (
            <Controls status={status} tables={tables} isAdmin={isAdmin} onChanged={expectChange} />
          )}
        </div>
      </div>
    </>
  );
}

/** A viewer sees the state alone; decisions and controls name people and values. */
function tabsFor(status: SyncStatus, role: "admin" | "analyst" | "viewer"): TabSpec[] {
  const overview = { id: "overview", label: "Overview" };
  if (role === "viewer") return [overview, { id: "checks", label: "Checks" }];
  const waiting =
    status.conflictsHeld + status.holds.length + status.deadLetters.length + status.rejected.length;
  return [
    overview,
    { id: "decisions", label: "Decisions", count: waiting },
    { id: "checks", label: "Checks", count: unexplainedOf(status.verification) },
    ...(role === "admin" ? [{ id: "undo", label: "Undo" }] : []),
    { id: "controls", label: "Controls" },
  ];
}

/** The tab in the address, so that a link or a reload comes back to it. */
function useTab(tabs: readonly TabSpec[]): [string, (id: string) => void] {
  const [tab, setTab] = useState("overview");
  useEffect(() => {
    const read = () => setTab(window.location.hash.slice(1) || "overview");
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  const choose = (id: string) => {
    window.history.replaceState(null, "", id === "overview" ? window.location.pathname : `#${id}`);
    setTab(id);
  };
  return [tabs.some(({ id }) => id === tab) ? tab : "overview", choose];
}

function Decisions({
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
  const { conflicts, conflictsHeld, holds, deadLetters, rejected } = status;
  const common = { now, isAdmin };
  const nothing = conflictsHeld + holds.length + deadLetters.length + rejected.length === 0;
  return (
    <div className="space-y-6">
      {nothing && (
        <EmptyState icon={CircleCheck} title="Nothing waits for you">
          Conflicts that a policy leaves to a person, large changes and what Keap refuses are listed here.
        </EmptyState>
      )}
      {holds.length > 0 && <Holds holds={holds} onDecided={onChanged} {...common} />}
      <Conflicts conflicts={conflicts} held={conflictsHeld} onSettled={onChanged} {...common} />
      {deadLetters.length > 0 && <DeadLetters letters={deadLetters} onReplayed={onChanged} {...common} />}
      {rejected.length > 0 && <SetAside rejected={rejected} onReplayed={onChanged} {...common} />}
      {isAdmin && <FirstLinkPanel onDone={onChanged} />}
    </div>
  );
}
