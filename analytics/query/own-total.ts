import type { QueryResult, ResultRow } from "./result";

/**
 * The one number of a question without a split: of several currencies the account's own, since amounts are never added
 * across currencies. Null is n/a; where only other currencies came in it is 0.
 */
export function ownTotal(result: QueryResult, column: string, currency: string): number | null {
  const rows = wholeOf(result);
  const row = rows.find((each) => each.currency === undefined || each.currency === currency);
  if (!row) return rows.length > 0 ? 0 : null;
  const value = row[column];
  return typeof value === "number" ? value : null;
}

/** Currencies in which there is something that `ownTotal` leaves out. */
export const otherCurrencies = (result: QueryResult, currency: string): string[] =>
  wholeOf(result).flatMap((row) =>
    typeof row.currency === "string" && row.currency !== currency ? [row.currency] : [],
  );

const wholeOf = ({ totals, rows }: QueryResult): ResultRow[] => (totals.length > 0 ? totals : rows);
