"use client";

import { DownloadCloud, RefreshCw } from "lucide-react";
import { useState, useTransition } from "react";
import { useSWRConfig } from "swr";
import { Button } from "../../../_components/button";
import { useToast } from "../../../_components/toast";
import { startSync } from "../actions";

/** Look for changes now, or copy everything (again). */
export function SyncActions({ copied }: { copied: boolean }) {
  const notify = useToast();
  const { mutate } = useSWRConfig();
  const [pending, start] = useTransition();
  const [which, setWhich] = useState<"backfill" | "poll" | null>(null);
  const run = (kind: "backfill" | "poll") => {
    setWhich(kind);
    start(async () => {
      const { ok, message } = await startSync(kind);
      notify(message, ok ? "success" : "error");
      await mutate("/api/sync/status");
    });
  };
  return (
    <>
      <Button
        busy={pending && which === "backfill"}
        variant={copied ? "secondary" : "primary"}
        onClick={() => run("backfill")}
      >
        {!(pending && which === "backfill") && <DownloadCloud aria-hidden className="size-4" />}
        {copied ? "Copy everything again" : "Start the first copy"}
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
