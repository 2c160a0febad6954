"use client";

import { DownloadCloud, RefreshCw } from "lucide-react";
import { useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { useToast } from "../../../_components/toast";
import { startSync } from "../actions";
import type { SyncStatus } from "../status";

/** Look for changes now, or copy everything (again); while a copy runs there is nothing to start. */
export function SyncActions({ status, onStarted }: { status: SyncStatus; onStarted: () => void }) {
  const notify = useToast();
  const [pending, start] = useTransition();
  const [which, setWhich] = useState<"backfill" | "poll" | null>(null);
  const copies = status.health.filter(({ stream }) => stream === "backfill");
  const copied = copies.length > 0 && copies.every(({ state }) => state === "done");
  const copying = copies.some(({ state }) => state === "running");
  const run = (kind: "backfill" | "poll") => {
    setWhich(kind);
    start(async () => {
      const { ok, message } = await startSync(kind);
      notify(message, ok ? "success" : "error");
      if (ok) onStarted();
    });
  };
  if (copying) return null;
  return (
    <>
      <Button
        busy={pending && which === "backfill"}
        variant={copied ? "secondary" : "primary"}
        onClick={() => run("backfill")}
      >
        {!(pending && which === "backfill") && <DownloadCloud aria-hidden className="size-4" />}
        {copied ? "Copy everything again" : copies.length > 0 ? "Go on copying" : "Start the first copy"}
      </Button>
      {copied && (
        <Button busy={pending && which === "poll"} variant="primary" onClick={() => run("poll")}>
          {!(pending && which === "poll") && <RefreshCw aria-hidden className="size-4" />}
          Look for changes
        </Button>
      )}
    </>
  );
}
