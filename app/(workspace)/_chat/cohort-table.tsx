import type { ChatMessage } from "@/agent/chat/messages";
import { Card } from "../../_components/surface";

type Cohorts = Extract<
  Extract<ChatMessage["parts"][number], { type: "tool-cohort" }>,
  { state: "output-available" }
>["output"];

const percent = (rate: number) => `${Math.round(rate * 100)}%`;

/** A heat map of cohorts: a row per month people joined, a column per month since. Running months are grey. */
export function CohortTable({ cohorts }: { cohorts: Cohorts }) {
  const rows = cohorts.cohorts.filter(({ size }) => size > 0);
  const months = Math.max(0, ...rows.map(({ cells }) => cells.length - 1));
  if (rows.length === 0) return null;
  return (
    <Card className="overflow-x-auto">
      <table className="tabular w-full text-xs">
        <caption className="sr-only">{cohorts.definition}</caption>
        <thead className="text-muted">
          <tr>
            <th scope="col" className="px-3 py-2 text-left font-medium">
              Joined
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              People
            </th>
            {Array.from({ length: months }, (_, month) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a month's number is its identity
              <th key={month} scope="col" className="px-2 py-2 text-right font-medium">
                {month + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, time_label, size, cells }) => (
            <tr key={time} className="border-t border-line">
              <th scope="row" className="whitespace-nowrap px-3 py-1.5 text-left font-normal">
                {time_label}
              </th>
              <td className="px-2 py-1.5 text-right text-muted">{size}</td>
              {Array.from({ length: months }, (_, month) => {
                const cell = cells.find((each) => each.month === month + 1);
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: a month's number is its identity
                    key={month}
                    className={`px-2 py-1.5 text-right ${cell?.immature ? "text-muted italic" : ""}`}
                    style={
                      cell && !cell.immature && cell.rate > 0
                        ? {
                            background: `color-mix(in oklab, var(--color-accent) ${Math.round(8 + cell.rate * 42)}%, transparent)`,
                          }
                        : undefined
                    }
                    title={
                      cell
                        ? `${cell.people} of ${size}${cell.immature ? ", month still running" : ""}`
                        : undefined
                    }
                  >
                    {cell ? percent(cell.rate) : ""}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
