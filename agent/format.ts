import type { ResultColumn, ResultRow } from "@/analytics/query/result";

/** Whole minor units (cents) as people write money: `1234550` USD is `$12,345.50`. */
export function formatMoney(minor: number, currency: string): string {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** A fraction as percent with one decimal: `0.1234` is `12.3%`. */
export function formatPercent(fraction: number): string {
  return new Intl.NumberFormat("en-US", {
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(fraction);
}

export function formatCount(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 }).format(value);
}

/** One cell of a result in words. Null is "n/a": there was nothing to divide by, or it does not apply. */
export function formatCell(column: ResultColumn, row: ResultRow): string {
  const value = row[column.id];
  if (value === null || value === undefined) return "n/a";
  if (column.kind === "time" && typeof row.time_label === "string") return row.time_label;
  if (typeof value !== "number") return String(value);
  if (column.kind === "change" || column.unit === "ratio") return formatPercent(value);
  if (column.unit === "money") return formatMoney(value, column.currency ?? currencyOf(row));
  if (column.unit === "days") return `${formatCount(value)} days`;
  return formatCount(value);
}

function currencyOf(row: ResultRow): string {
  return typeof row.currency === "string" ? row.currency : "USD";
}

/** `3 Mar 2026` */
export function formatDay(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  }).format(Date.UTC(year ?? 1970, (month ?? 1) - 1, day ?? 1));
}

/** `23 Nov 2026, 02:12 (New York)`: a moment as people of that zone read it. */
export function formatMoment(iso: string, zone: string): string {
  const text = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  }).format(new Date(iso));
  return `${text} (${zone.split("/").at(-1)?.replaceAll("_", " ")})`;
}

/** A value in its metric's own unit. */
export function formatValue(value: number, unit: string, currency: string | null): string {
  if (unit === "money") return formatMoney(value, currency ?? "USD");
  if (unit === "ratio") return formatPercent(value);
  return formatCount(value);
}
