import { derived, isWrittenAs, writtenNumbers } from "./proven-numbers";

/** A number of a result with what it is: `Revenue collected · Jan 2026`. */
export interface NumberCell {
  value: number;
  of: string;
}

type Json = Record<string, unknown>;

/** The numbers of tool results, with words for the place each has in its own. */
export function cellsOf(outputs: readonly unknown[]): NumberCell[] {
  return [...outputs.flatMap((output) => walk(output, [])), ...derived(outputs)];
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function walk(value: unknown, path: string[]): NumberCell[] {
  if (typeof value === "number") return [{ value, of: path.join(" · ") || "result" }];
  if (Array.isArray(value))
    return [
      ...(value.some(isObject) ? [{ value: value.length, of: [...path, "how many"].join(" · ") }] : []),
      ...value.flatMap((item) => walk(item, [...path, ...nameOf(item)])),
    ];
  if (!isObject(value)) return [];
  if (Array.isArray(value.columns) && Array.isArray(value.rows) && value.columns.every(isObject))
    return tableCells(value.columns, value.rows as Json[], (value.totals ?? []) as Json[]);
  return Object.entries(value).flatMap(([key, child]) =>
    // What was asked is no answer.
    key === "query" || key === "chart" ? [] : walk(child, [...path, words(key)]),
  );
}

function tableCells(columns: Json[], rows: Json[], totals: Json[]): NumberCell[] {
  const numeric = columns.filter(({ kind }) => kind !== "time" && kind !== "dimension");
  const names = columns.filter(({ kind }) => kind === "time" || kind === "dimension");
  const cells = (row: Json, place: string[]) =>
    numeric.flatMap(({ id, label }) => {
      const value = row[String(id)];
      return typeof value === "number" ? [{ value, of: [String(label), ...place].join(" · ") }] : [];
    });
  return [
    ...totals.flatMap((row) => cells(row, names.length > 0 ? ["total"] : [])),
    ...rows.flatMap((row) =>
      cells(
        row,
        names.map(({ id }) => String((id === "time" && row.time_label) || (row[String(id)] ?? "unknown"))),
      ),
    ),
    { value: rows.length, of: "rows" },
  ];
}

/** What an item of a list is called, where it says so. */
function nameOf(item: unknown): string[] {
  if (!isObject(item)) return [];
  const name = item.name ?? item.title ?? item.label ?? item.segment ?? item.month ?? item.time_label;
  return typeof name === "string" ? [name.slice(0, 60)] : [];
}

const words = (key: string) => key.replaceAll("_", " ");

export interface TextPiece {
  text: string;
  /** The cell this number is, in words. */
  of?: string;
  /** It stands in no result. */
  unproven?: boolean;
  /** Where the record of this person is. */
  href?: string;
}

/** Somebody a result lists, as the first words of a line name them. */
export interface ListedPerson {
  line: string;
  name: string;
  href: string;
}

/** The people in lists of results, the longest line first: two of one name differ by their address. */
export function peopleIn(outputs: readonly unknown[]): ListedPerson[] {
  return outputs
    .flatMap((output) => {
      const list = isObject(output) ? output.people : null;
      return Array.isArray(list) ? list.filter(isObject) : [];
    })
    .flatMap(({ name, email, contact_id }) =>
      typeof name === "string" && name && typeof contact_id === "string"
        ? [{ line: email ? `${name}, ${String(email)}` : name, name, href: `/contacts/${contact_id}` }]
        : [],
    )
    .sort((a, b) => b.line.length - a.line.length);
}

/** A line that begins with somebody listed begins with a link to them. */
export function linkPerson(text: string, people: readonly ListedPerson[]): [TextPiece | null, string] {
  const found = people.find(
    ({ line }) => text.startsWith(line) && !/^[\p{L}\p{N}]/u.test(text.slice(line.length)),
  );
  return found ? [{ text: found.name, href: found.href }, text.slice(found.name.length)] : [null, text];
}

/** Cuts a text at its numbers: those that are a cell say which, those that were flagged say so. */
export function markNumbers(
  text: string,
  cells: readonly NumberCell[],
  flagged: ReadonlySet<string>,
): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const number of writtenNumbers(text)) {
    const cell = cells.find(({ value }) => isWrittenAs(value, number));
    const unproven = flagged.has(number.text);
    if (!cell && !unproven) continue;
    const from = text.slice(at, number.start).search(/[-−+]?[$€£¥]?$/) + at;
    if (from > at) pieces.push({ text: text.slice(at, from) });
    const written = text.slice(from, number.end);
    pieces.push(unproven || !cell ? { text: written, unproven: true } : { text: written, of: cell.of });
    at = number.end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
