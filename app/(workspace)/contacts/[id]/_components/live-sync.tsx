"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { isOnItsWay, SyncBadge } from "../../../../_components/sync-badge";

type State = "synced" | "pending" | "pushing" | "conflict" | "error" | "held";

/** Where the record stands; while it or one of its tags is on its way the page looks again every second. */
export function LiveSync({ state, tagStates }: { state: State; tagStates: State[] }) {
  const router = useRouter();
  const moving = [state, ...tagStates].some(isOnItsWay);
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => router.refresh(), 1_000);
    return () => clearInterval(timer);
  }, [moving, router]);
  return (
    <span role="status">
      <SyncBadge state={state} />
    </span>
  );
}
