"use client";

import { useState } from "react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { ChartCard } from "../../../../_charts/chart-card";
import type { Drawn } from "../../../../_charts/drawn";
import { PinDialog } from "../../../_chat/pin-dialog";

/** The answer with its definition, its file, and a way onto a board. */
export function SavedChart({ spec, result }: { spec: AnyChart; result: Drawn }) {
  const [pinning, setPinning] = useState<AnyChart | null>(null);
  return (
    <>
      <ChartCard spec={spec} result={result} height={380} onPin={setPinning} canOpen />
      {pinning && <PinDialog spec={pinning} onClose={() => setPinning(null)} />}
    </>
  );
}
