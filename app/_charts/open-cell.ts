"use server";

import { chartCellSchema } from "@/agent/export/export-schema";
import { anyChartSchema } from "@/analytics/charts/any-chart";
import { drill } from "@/analytics/query/drill";
import { drillShape } from "@/analytics/shapes/drill-shape";
import { getQueryDoor } from "../_server/deps";
import { requireSession } from "../_server/session";

/** One thing behind a cell, as a list shows it. */
export interface BehindRow {
  key: string;
  /** Null for what belongs to nobody. */
  contact_id: string | null;
  name: string;
  what: string | null;
  at: string | null;
  value: number | null;
}

export type Behind =
  | {
      ok: true;
      target: string;
      rows: BehindRow[];
      total: number | null;
      unit: string;
      currency: string | null;
      row_count: number;
    }
  | { ok: false; message: string };

/** Lists who or what a cell counts, for people who may see it. */
export async function openCell(chart: unknown, opened: unknown): Promise<Behind> {
  const session = await requireSession();
  const spec = anyChartSchema.safeParse(chart);
  const asked = chartCellSchema.safeParse(opened);
  if (!spec.success || !asked.success)
    return { ok: false, message: "This cell cannot be opened. Load the page again." };
  const context = { principal: session.principal, account: session.account, door: getQueryDoor() };
  try {
    const found =
      "shape" in spec.data
        ? asked.data.kind === "shape" && (await drillShape(spec.data.shape, asked.data.cell, context))
        : asked.data.kind === "metric" && (await drill(spec.data.query, asked.data.cell, context));
    if (!found) return { ok: false, message: "This cell cannot be opened. Load the page again." };
    const { target, rows, total, unit, currency, row_count } = found;
    return {
      ok: true,
      target,
      total,
      unit,
      currency,
      row_count,
      rows: rows.map((row, index) => ({
        key: `${index}`,
        contact_id: typeof row.contact_id === "string" ? row.contact_id : null,
        name: String(row.contact_name ?? row.email ?? (target === "contacts" ? "Unknown" : "Nobody named")),
        what: target === "contacts" ? textOf(row.email) : (textOf(row.title) ?? textOf(row.kind)),
        at: textOf(row.at),
        value: typeof row.value === "number" ? row.value : null,
      })),
    };
  } catch (error) {
    const known = error instanceof Error && /^Query/.test(error.name);
    if (!known) throw error;
    return { ok: false, message: error.message };
  }
}

const textOf = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
