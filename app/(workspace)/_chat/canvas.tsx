"use client";

import { useEffect, useRef } from "react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { ChartCard } from "../../_charts/chart-card";
import type { ChatChart } from "./parts";

/** The charts of the conversation, newest on top; a chip in the thread brings its chart into view. */
export function Canvas({
  charts,
  shown,
  onPin,
  onSave,
}: {
  charts: (ChatChart & { question: string })[];
  shown: string | null;
  onPin: ((spec: AnyChart) => void) | undefined;
  onSave: ((spec: AnyChart, question: string) => void) | undefined;
}) {
  const list = useRef<HTMLElement>(null);
  const newest = charts[0]?.id;
  useEffect(() => {
    if (newest) list.current?.scrollTo({ top: 0, behavior: "smooth" });
  }, [newest]);
  useEffect(() => {
    if (shown)
      list.current
        ?.querySelector(`[data-chart="${CSS.escape(shown)}"]`)
        ?.scrollIntoView({ behavior: "smooth", block: "start" });
  }, [shown]);
  return (
    <section ref={list} aria-label="Charts" className="h-full overflow-y-auto bg-sunken/50 p-5">
      <div className="mx-auto max-w-4xl space-y-4">
        {charts.map(({ id, spec, result, keeps, question }, index) => (
          <div key={id} data-chart={id} className="scroll-mt-5 animate-rise">
            <ChartCard
              spec={spec}
              result={result}
              height={index === 0 ? 360 : 260}
              canOpen={onPin !== undefined}
              {...(onPin && keeps ? { onPin } : {})}
              {...(onSave && keeps ? { onSave: (drawn: AnyChart) => onSave(drawn, question) } : {})}
            />
          </div>
        ))}
      </div>
    </section>
  );
}
