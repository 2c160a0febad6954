import type { Unit } from "@/analytics/metrics/definition";
import type { Grain } from "@/analytics/query/query";

/** One locale on server and in the browser, so that both write the same text. */
const locale = "en-US";

const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = numberFormats.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat(locale, options);
  numberFormats.set(key, format);
  return format;
}

/** Digits after the point in a currency's minor unit: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  return numberFormat({ style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

export interface ValueFormat {
  unit: Unit | "text" | "date";
  /** ISO code; only for money. */
  currency?: string | null;
  /** `short` for axes and bars ($12.3K), `full` for tables, tooltips and headline numbers. */
  style?: "short" | "full";
}

/**
 * Writes a stored value for a reader: money from whole minor units, a ratio as per cent, null as "n/a".
 * Money without a currency keeps its two digits and gets no sign: a wrong sign would be worse.
 */
export function formatValue(value: unknown, { unit, currency, style = "full" }: ValueFormat): string {
  if (value === null || value === undefined) return "n/a";
  if (typeof value !== "number") return String(value);
  if (unit === "money") return formatMoney(value, currency ?? null, style);
  if (unit === "ratio")
    return numberFormat({ style: "percent", maximumFractionDigits: style === "short" ? 0 : 1 }).format(value);
  if (unit === "days") return `${numberFormat({ maximumFractionDigits: 1 }).format(value)} d`;
  if (style === "short") return numberFormat({ notation: "compact", maximumFractionDigits: 1 }).format(value);
  return numberFormat({ maximumFractionDigits: 2 }).format(value);
}

/** Money from minor units. `short` drops to thousands and millions; `full` always shows the cents. */
export function formatMoney(
  minor: number,
  currency: string | null,
  style: "short" | "full" = "full",
): string {
  if (!currency)
    return numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(minor / 100);
  const digits = minorDigits(currency);
  const amount = minor / 10 ** digits;
  if (style === "full") return numberFormat({ style: "currency", currency }).format(amount);
  const options: Intl.NumberFormatOptions = {
    style: "currency",
    currency,
    maximumFractionDigits: 1,
    minimumFractionDigits: 0,
  };
  return numberFormat(
    Math.abs(amount) < 1_000 ? { ...options, maximumFractionDigits: 0 } : { ...options, notation: "compact" },
  ).format(amount);
}

/** A change as a signed per cent: 0.123 is "+12.3 %"; null (nothing before) is "n/a". */
export function formatChange(change: number | null | undefined): string {
  if (change === null || change === undefined) return "n/a";
  return numberFormat({ style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(
    change,
  );
}

/**
 * The short name of a time bucket on an axis, from its first day (`YYYY-MM-DD`, already in the account's zone, so it is
 * read as a calendar day and never shifted). The year stands at the first bucket and where it changes.
 */
export function formatBucket(day: string, grain: Grain | null, withYear: boolean): string {
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  const year = `’${String(date.getUTCFullYear()).slice(2)}`;
  if (grain === "year") return String(date.getUTCFullYear());
  if (grain === "quarter") return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${year}`;
  const month = date.toLocaleDateString(locale, { month: "short", timeZone: "UTC" });
  if (grain === "month") return withYear ? `${month} ${year}` : month;
  return `${month} ${date.getUTCDate()}${withYear ? ` ${year}` : ""}`;
}

/** Day, month and year in the order the ranges of answers have, which no reader takes for another date. */
function dayMonthYear(date: Date, zone: string): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleDateString(locale, { ...options, timeZone: zone });
  return `${part({ day: "numeric" })} ${part({ month: "short" })} ${part({ year: "numeric" })}`;
}

/** An instant in the account's zone: "23 Nov 2026, 2:04 PM". */
export function formatInstant(iso: string | null | undefined, zone: string): string {
  if (!iso) return "never";
  const date = new Date(iso);
  return `${dayMonthYear(date, zone)}, ${date.toLocaleTimeString(locale, { timeStyle: "short", timeZone: zone })}`;
}

/** A calendar day without a zone, such as a birthday: "23 Nov 2026". */
export function formatDay(day: string | null | undefined): string {
  if (!day) return "–";
  return dayMonthYear(new Date(`${day.slice(0, 10)}T00:00:00Z`), "UTC");
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago: "2 minutes ago"; under a minute "just now". */
export function formatAgo(iso: string | null | undefined, now: number): string {
  if (!iso) return "never";
  const seconds = (now - new Date(iso).getTime()) / 1_000;
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) {
      return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(
        -Math.round(seconds / size),
        unit,
      );
    }
  }
  return "just now";
}

/** A plain count: 12,345. */
export const formatCount = (value: number): string =>
  numberFormat({ maximumFractionDigits: 0 }).format(value);

/** "1 contact", "2 contacts". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
