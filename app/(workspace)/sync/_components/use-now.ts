"use client";

import { useEffect, useState } from "react";

/** The time now, renewed every five seconds; starts at the server's time, so that both write the same text. */
export function useNow(initial: number): number {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
