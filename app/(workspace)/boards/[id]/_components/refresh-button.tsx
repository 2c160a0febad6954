"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "../../../../_components/button";

/** Computes every chart of the board again. */
export function RefreshButton() {
  const router = useRouter();
  const [pending, start] = useTransition();
  return (
    <Button busy={pending} onClick={() => start(() => router.refresh())}>
      {!pending && <RefreshCw aria-hidden className="size-4" />} {pending ? "Computing…" : "Compute again"}
    </Button>
  );
}
