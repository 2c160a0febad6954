import type { ResultColumn, ResultRow } from "./result";

/** Spreadsheets take a file without it for an old code page and spoil every accent. */
export const byteOrderMark = "\uFEFF";

/** What a spreadsheet might run as a formula, also after blanks it trims and in the wide forms it reads alike. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;
const plainNumber = /^-?\d+(?:\.\d+)?$/;

/** One value of a line: a text that might be run is led by an apostrophe, quotes are doubled (RFC 4180). */
function cell(value: string): string {
  const safe = formula.test(value) && !plainNumber.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const digits = new Map<string, number>();
function digitsOf(currency: string): number {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const found = format.resolvedOptions().maximumFractionDigits ?? 2;
  digits.set(currency, found);
  return found;
}

/** What a file needs to know of a column. */
export type CsvColumn = Pick<ResultColumn, "id" | "label" | "unit" | "currency">;

/** Rows with what it takes to write them: the currency of rows and columns that name none. */
export interface CsvTable {
  columns: readonly CsvColumn[];
  currency: string | null;
}

const currencyOf = ({ columns, currency }: CsvTable, row: ResultRow): string | null => {
  const named = columns.find((column) => column.unit === "money" && column.currency)?.currency;
  return typeof row.currency === "string" ? row.currency : (named ?? currency);
};

/** Money says its currency in a column of its own, unless the rows have one. */
const withCurrency = ({ columns }: CsvTable): boolean =>
  columns.some(({ unit }) => unit === "money") && !columns.some(({ id }) => id === "currency");

function textOf(row: ResultRow, column: CsvColumn, table: CsvTable): string {
  const value = row[column.id];
  if (value === null || value === undefined) return "";
  if (column.unit !== "money") return String(value);
  const currency = column.currency ?? currencyOf(table, row);
  const places = currency ? digitsOf(currency) : 2;
  return (Number(value) / 10 ** places).toFixed(places);
}

/** The first line. */
export const csvHeader = (table: CsvTable): string =>
  `${[...table.columns.map(({ label }) => cell(label)), ...(withCurrency(table) ? ["Currency"] : [])].join(",")}\r\n`;

/** The line of a row: numbers a spreadsheet can add up, money in whole units with a point, ratios as fractions. */
export function csvRow(row: ResultRow, table: CsvTable): string {
  const values = table.columns.map((column) => cell(textOf(row, column, table)));
  if (withCurrency(table)) values.push(cell(currencyOf(table, row) ?? ""));
  return `${values.join(",")}\r\n`;
}

/** A line that says something about the file, such as that it was cut. */
export const csvNote = (text: string): string => `${cell(text)}\r\n`;

/** All of an answer that is at hand. */
export function csvText(table: CsvTable & { rows: readonly ResultRow[] }): string {
  return byteOrderMark + csvHeader(table) + table.rows.map((row) => csvRow(row, table)).join("");
}

/** A file name from a title: letters and digits of any script, the rest as dashes. */
export function fileName(title: string, extension: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 100);
  return `${name || "keapsake"}.${extension}`;
}
