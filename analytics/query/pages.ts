import type { ResultRow } from "./result";
import type { Statement } from "./sql-text";

/** One of the values by which rows are in order; all of them together tell every row from every other. */
export interface Key {
  /** Over the statement's columns, as `q.…`. Null comes last, whichever the direction. */
  sql: string;
  type: "uuid" | "text" | "numeric" | "timestamptz";
  descending?: boolean;
}

/** Where a page ended: the keys of its last row. Empty: the beginning. */
export type After = readonly (string | null)[];

type Runnable = Pick<Statement, "text" | "params">;

const keyColumn = (index: number) => `page_key_${index}`;

/**
 * The next `size` rows of a statement after a row's keys. A row that comes or goes between two pages moves no other, as
 * an offset would. Keys travel as text, which loses no digit.
 */
export function pageOf(
  { text, params }: Runnable,
  keys: readonly Key[],
  after: After,
  size: number,
): Runnable {
  const given = [...params];
  const value = (index: number) => {
    given.push(after[index]);
    return `($1->>${given.length - 1})::${keys[index]?.type}`;
  };
  const same = ({ sql }: Key, index: number) =>
    after[index] === null ? `${sql} is null` : `${sql} = ${value(index)}`;
  const beyond = ({ sql, descending }: Key, index: number) =>
    after[index] === null ? "false" : `(${sql} ${descending ? "<" : ">"} ${value(index)} or ${sql} is null)`;
  const where =
    after.length === 0
      ? ""
      : `where ${keys.map((key, index) => `(${[...keys.slice(0, index).map(same), beyond(key, index)].join(" and ")})`).join("\n  or ")}`;
  const order = keys.map(({ sql, descending }) => `${sql} ${descending ? "desc" : "asc"} nulls last`);
  given.push(size);
  const named = keys.map(({ sql }, index) => `(${sql})::text as ${keyColumn(index)}`);
  return {
    text: `select q.*, ${named.join(", ")}\nfrom (\n${text}\n) q\n${where}\norder by ${order.join(", ")}\nlimit ($1->>${given.length - 1})::int`,
    params: given,
  };
}

/** The rows without their keys, and where the next page begins; null after the last. */
export function readPage(
  rows: readonly ResultRow[],
  keys: readonly Key[],
  size: number,
): { rows: ResultRow[]; next: After | null } {
  const names = keys.map((_, index) => keyColumn(index));
  const last = rows.at(-1);
  return {
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))),
    ),
    next:
      last && rows.length >= size
        ? names.map((name) => (last[name] === null ? null : String(last[name])))
        : null,
  };
}
