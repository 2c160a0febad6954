"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Looks again every second and a half while a proposal is being carried out. */
export function LiveProposal({ moving }: { moving: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => router.refresh(), 1_500);
    return () => clearInterval(timer);
  }, [moving, router]);
  return null;
}
