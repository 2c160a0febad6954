"use client";

import { Download } from "lucide-react";
import { useTransition } from "react";
import type { ExportInput } from "@/agent/export/export-schema";
import { Button } from "../_components/button";
import { useToast } from "../_components/toast";
import { formatCount } from "../_lib/format";
import { downloadAll } from "./export";

/** Hands over a file of all rows, however many of them are on the page. */
export function DownloadAll({ what, count }: { what: ExportInput; count?: number }) {
  const [pending, start] = useTransition();
  const notify = useToast();
  const fetchIt = () =>
    start(() => downloadAll(what).catch((error: Error) => notify(error.message, "error")));
  return (
    <Button size="small" busy={pending} onClick={fetchIt}>
      {!pending && <Download aria-hidden className="size-3.5" />}
      {pending ? "Writing the file…" : count && count > 1 ? `All ${formatCount(count)} as CSV` : "As CSV"}
    </Button>
  );
}
