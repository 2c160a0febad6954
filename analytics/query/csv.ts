import type { QueryResult, ResultColumn, ResultRow } from "./result";

/** Text a spreadsheet would run as a formula is led by an apostrophe; quotes are doubled. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const digitsOf = (currency: string) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

function textOf(row: ResultRow, column: ResultColumn, fallback: string): string {
  const value = row[column.id];
  if (value === null || value === undefined) return "";
  if (column.unit !== "money") return String(value);
  const digits = digitsOf(String(row.currency ?? column.currency ?? fallback));
  return (Number(value) / 10 ** digits).toFixed(digits);
}

/**
 * A result as CSV lines (RFC 4180), header first, money in whole units with its currency in a column of its own. Lines
 * come one by one, so that a long answer can be streamed.
 */
export function* csvLines(result: QueryResult): Generator<string> {
  const hasMoney = result.columns.some(({ unit }) => unit === "money");
  const listed = result.columns.some(({ id }) => id === "currency");
  const withCurrency = hasMoney && !listed;
  const fallback = result.currency ?? "USD";
  yield `${[...result.columns.map(({ label }) => cell(label)), ...(withCurrency ? ["Currency"] : [])].join(",")}\r\n`;
  for (const row of result.rows) {
    const values = result.columns.map((column) => cell(textOf(row, column, fallback)));
    if (withCurrency) values.push(cell(String(row.currency ?? fallback)));
    yield `${values.join(",")}\r\n`;
  }
}
