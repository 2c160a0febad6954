"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { isMoving, type SyncStatus } from "../status";

const movingMs = 2_000;
const idleMs = 15_000;
/** After someone started something, how long to look often although nothing moves yet. */
const expectingMs = 30_000;

export interface LiveStatus {
  status: SyncStatus;
  /** The last look failed; `status` is what was known before. */
  failed: boolean;
  /** Looks at once, and often for a while: something was just started. */
  expectChange: () => void;
}

/** The state of the sync, looked at every two seconds while something moves, else every fifteen; not in a hidden tab. */
export function useSyncStatus(initial: SyncStatus): LiveStatus {
  const [status, setStatus] = useState(initial);
  const [failed, setFailed] = useState(false);
  const expectingUntil = useRef(0);
  const lookNow = useRef<() => void>(() => undefined);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const wait = (moving: boolean) => {
      clearTimeout(timer);
      if (!over) timer = setTimeout(look, moving || Date.now() < expectingUntil.current ? movingMs : idleMs);
    };
    const look = async () => {
      if (document.hidden) return wait(false);
      const latest = await fetchStatus();
      if (over) return;
      setFailed(latest === null);
      if (latest) setStatus(latest);
      wait(latest !== null && isMoving(latest));
    };
    const onShow = () => !document.hidden && void look();
    lookNow.current = () => void look();
    wait(isMoving(initial));
    document.addEventListener("visibilitychange", onShow);
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShow);
    };
  }, [initial]);

  const expectChange = useCallback(() => {
    expectingUntil.current = Date.now() + expectingMs;
    lookNow.current();
  }, []);
  return { status, failed, expectChange };
}

async function fetchStatus(): Promise<SyncStatus | null> {
  try {
    const response = await fetch("/api/sync/status");
    return response.ok ? ((await response.json()) as SyncStatus) : null;
  } catch {
    return null;
  }
}
