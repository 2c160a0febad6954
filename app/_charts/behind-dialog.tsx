"use client";

import Link from "next/link";
import useSWR from "swr";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { Unit } from "@/analytics/metrics/definition";
import { Dialog } from "../_components/dialog";
import { Skeleton } from "../_components/surface";
import { formatInstant, formatValue } from "../_lib/format";
import { DownloadAll } from "./download-all";
import type { OpenedCell } from "./drawn";
import { openCell } from "./open-cell";

export interface Opened {
  cell: OpenedCell;
  /** What the cell is, in words: its row and column. */
  title: string;
}

/** Who or what stands behind a cell, with the total that equals it. */
export function BehindDialog({
  chart,
  opened,
  zone,
  onClose,
}: {
  chart: AnyChart;
  opened: Opened;
  zone: string;
  onClose: () => void;
}) {
  const { data, error } = useSWR(["behind", chart, opened.cell], () => openCell(chart, opened.cell), {
    revalidateOnFocus: false,
  });
  const failure = error ? "The list could not be read. Try again." : data && !data.ok ? data.message : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={opened.title}
      description={chart.title}
      className="w-[min(40rem,calc(100vw-2rem))]"
    >
      {failure && (
        <p role="alert" className="text-sm text-negative">
          {failure}
        </p>
      )}
      {!data && !failure && <Skeleton className="h-40" label="Looking who is behind it" />}
      {data?.ok && (
        <>
          <p className="mb-2 text-[13px] text-muted">
            {data.row_count} {data.row_count === 1 ? data.target.replace(/s$/, "") : data.target}
            {data.rows.length < data.row_count && `, the first ${data.rows.length} shown`}. Together{" "}
            <span className="font-medium text-ink">
              {formatValue(data.total, { unit: data.unit as Unit, currency: data.currency })}
            </span>
            , as in the cell.
          </p>
          {data.row_count > 0 && (
            <div className="mb-2">
              <DownloadAll what={{ kind: "cell", chart, cell: opened.cell }} count={data.row_count} />
            </div>
          )}
          <ul className="max-h-[60vh] divide-y divide-line overflow-y-auto text-[13px]">
            {data.rows.map(({ key, contact_id, name, what, at, value }) => (
              <li key={key} className="flex items-baseline justify-between gap-4 py-1.5">
                <span className="min-w-0">
                  {contact_id ? (
                    <Link
                      href={`/contacts/${contact_id}`}
                      className="font-medium hover:text-accent hover:underline"
                    >
                      {name}
                    </Link>
                  ) : (
                    <span className="font-medium">{name}</span>
                  )}
                  {what && <span className="ml-2 break-words text-muted">{what}</span>}
                </span>
                <span className="tabular shrink-0 text-right text-muted">
                  {data.unit === "money" && value !== null
                    ? formatValue(value, { unit: "money", currency: data.currency })
                    : data.unit === "days" && value !== null
                      ? formatValue(value, { unit: "days" })
                      : at
                        ? formatInstant(at, zone)
                        : ""}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
