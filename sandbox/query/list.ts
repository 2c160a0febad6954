import type { ChangedThing, KeapAccount } from "../account";
import type { Answer, Call } from "../http/call";
import { ok } from "../http/call";
import { badRequest } from "../http/errors";
import { revisionOf } from "../state";
import { readFields } from "./fields";
import { type Clause, type CompiledFilter, type CustomFilter, compileFilter, type FilterKey } from "./filter";

type SortValue = string | number | undefined;

export interface ListSpec<R> {
  /** First key of the answer. */
  answerKey: string;
  rows: (call: Call) => Iterable<R>;
  /** Tables whose change makes a kept order stale. */
  tables: readonly ChangedThing[];
  filters: Record<string, FilterKey<R>>;
  custom?: CustomFilter<R>;
  /** Pairs of filter keys that may not stand together. */
  exclusive?: readonly (readonly [string, string])[];
  orders: Record<string, (row: R, call: Call) => SortValue>;
  /** `"<key> asc|desc"`; without one, the order of the table (by id). */
  defaultOrder?: string;
  wire: (row: R, call: Call, fields: ReadonlySet<string> | undefined) => unknown;
  fields?: readonly string[];
  maxPageSize?: number;
  minPageSize?: number;
  /** Keap answered the contacts of a tag with a whole URL for the next page. */
  tokenAsUrl?: (call: Call) => boolean;
  /** Rows that only a filter brings in (inactive users). */
  narrow?: (filter: CompiledFilter<R>, call: Call) => (row: R) => boolean;
  /** More keys of the answer. */
  extra?: (rows: readonly R[], call: Call) => Record<string, unknown>;
}

interface PageToken {
  o: number;
  l: string;
  f?: string;
  b?: string;
  s?: number;
}

interface KeptRows {
  revision: string;
  rows: readonly unknown[];
}

const kept = new WeakMap<KeapAccount, Map<string, KeptRows>>();
const snapshots = new WeakMap<KeapAccount, Map<number, readonly unknown[]>>();
const keepAtMost = 12;
let lastSnapshot = 0;

function readPageSize(call: Call, spec: { maxPageSize?: number; minPageSize?: number }): number {
  const text = call.url.searchParams.get("page_size");
  const max = spec.maxPageSize ?? 1000;
  if (text === null) return Math.min(call.switches.default_page_size, max);
  const size = Number(text);
  if (!/^-?\d+$/.test(text) || size < (spec.minPageSize ?? 0) || size > max) {
    throw badRequest(
      `page_size must be between ${spec.minPageSize ?? 0} and ${max}, was "${text}"`,
      "page_size",
    );
  }
  return size === 0 ? Math.min(call.switches.default_page_size, max) : size;
}

function readToken(call: Call, list: string): PageToken | undefined {
  const text = call.url.searchParams.get("page_token");
  if (!text) return undefined;
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as PageToken;
    if (Number.isInteger(token.o) && token.o >= 0 && token.l === list) return token;
  } catch {
    // falls through to the 400 below
  }
  throw badRequest("page_token is not valid for this list", "page_token");
}

function writeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function readOrder<R>(text: string, spec: ListSpec<R>): Order<R> | null {
  if (text.trim() === "") return null;
  const match = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(text);
  const of = match?.[1] ? spec.orders[match[1]] : undefined;
  if (!match || !of)
    throw badRequest(
      `order_by must be "<field> asc|desc" with one of ${Object.keys(spec.orders).join(", ")}, was "${text}"`,
      "order_by",
    );
  return { of, descending: match[2]?.toLowerCase() === "desc" };
}

type Order<R> = { of: (row: R, call: Call) => SortValue; descending: boolean };

/** True when the rows stand in ascending order already, as a table does by id. */
function standSorted<R>(rows: readonly R[], order: Order<R>, call: Call): boolean {
  if (order.descending) return false;
  let before: SortValue;
  for (const [i, row] of rows.entries()) {
    const value = order.of(row, call);
    if (value === undefined || (i > 0 && before !== undefined && value < before)) return false;
    before = value;
  }
  return true;
}

function sortRows<R>(rows: R[], order: Order<R>, call: Call): R[] {
  if (standSorted(rows, order, call)) return rows;
  const values = rows.map((row, i) => ({ row, i, value: order.of(row, call) }));
  const direction = order.descending ? -1 : 1;
  const missing = call.switches.missing_sort_value === "last" ? 1 : -1;
  values.sort((a, b) => {
    if (a.value === undefined || b.value === undefined) {
      if (a.value === b.value) return a.i - b.i;
      return a.value === undefined ? missing : -missing;
    }
    if (a.value < b.value) return -direction;
    if (a.value > b.value) return direction;
    return a.i - b.i;
  });
  return values.map(({ row }) => row);
}

const isSweep = (clauses: readonly Clause[]) =>
  clauses.some((one) => one.operator === ">" || one.operator === ">=");

function select<R>(
  call: Call,
  spec: ListSpec<R>,
  filterText: string,
  orderText: string,
  upTo: number,
): readonly R[] {
  const filter = compileFilter(filterText, spec.filters, call, spec.custom);
  const has = (key: string) => filter.clauses.some((clause) => clause.key === key);
  for (const [a, b] of spec.exclusive ?? []) {
    if (has(a) && has(b)) throw badRequest(`Filters ${a} and ${b} may not stand together`, "filter");
  }
  const order = readOrder(orderText || (spec.defaultOrder ?? ""), spec);
  const cache = kept.get(call.account) ?? new Map<string, KeptRows>();
  kept.set(call.account, cache);
  const key = `${call.url.pathname}|${filterText}|${orderText}|${JSON.stringify(call.switches)}`;
  const revision = spec.tables.map((table) => revisionOf(call.account, table)).join(",");
  const held = cache.get(key);
  if (held?.revision === revision) {
    cache.delete(key);
    cache.set(key, held);
    return held.rows as readonly R[];
  }
  const narrow = spec.narrow?.(filter, call);
  // A sweep by id asks for a new list with every page: take the page and one row more, and keep nothing.
  const lazy =
    /^\s*id(\s+asc)?\s*$/i.test(orderText || (spec.defaultOrder ?? "")) &&
    isSweep(filter.clauses) &&
    call.switches.paging === "offset";
  const source = filter.candidates ? new Set(filter.candidates()) : spec.rows(call);
  let rows: R[] = [];
  for (const row of source) {
    if (!filter.test(row) || (narrow && !narrow(row))) continue;
    rows.push(row);
    if (lazy && rows.length > upTo) return rows;
  }
  if (order) rows = sortRows(rows, order, call);
  cache.set(key, { revision, rows });
  for (const oldest of cache.keys()) {
    if (cache.size <= keepAtMost) break;
    cache.delete(oldest);
  }
  return rows;
}

function freeze<R>(account: KeapAccount, rows: readonly R[]): number {
  const held = snapshots.get(account) ?? new Map<number, readonly unknown[]>();
  snapshots.set(account, held);
  lastSnapshot += 1;
  held.set(lastSnapshot, rows);
  for (const oldest of held.keys()) {
    if (held.size <= keepAtMost) break;
    held.delete(oldest);
  }
  return lastSnapshot;
}

/** Answers one page of a list: filter, order, page and fields as the list declares them; anything else is ignored. */
export function listPage<R>(call: Call, spec: ListSpec<R>): Answer {
  const query = call.url.searchParams;
  const size = readPageSize(call, spec);
  const token = readToken(call, spec.answerKey);
  const remembers = call.switches.page_token_remembers === "filter_and_order" && token?.f !== undefined;
  const filterText = remembers ? (token.f ?? "") : (query.get("filter") ?? "");
  const orderText = remembers ? (token.b ?? "") : (query.get("order_by") ?? "");
  const fields = spec.fields ? readFields(call, spec.fields) : undefined;
  const frozen =
    token?.s === undefined
      ? undefined
      : (snapshots.get(call.account)?.get(token.s) as readonly R[] | undefined);
  const start = token?.o ?? 0;
  const rows = frozen ?? select(call, spec, filterText, orderText, start + size);
  const page = rows.slice(start, start + size);
  const next = start + size;
  const body: Record<string, unknown> = {
    [spec.answerKey]: page.map((row) => spec.wire(row, call, fields)),
    ...spec.extra?.(rows, call),
  };
  if (next < rows.length) {
    const snapshot = call.switches.paging === "snapshot" ? { s: token?.s ?? freeze(call.account, rows) } : {};
    const memory =
      call.switches.page_token_remembers === "filter_and_order" ? { f: filterText, b: orderText } : {};
    const text = writeToken({ o: next, l: spec.answerKey, ...memory, ...snapshot });
    body.next_page_token = spec.tokenAsUrl?.(call) ? urlOfNext(call, text) : text;
  } else if (call.switches.page_end !== "absent") {
    body.next_page_token = call.switches.page_end === "null" ? null : "";
  }
  return ok(body);
}

function urlOfNext(call: Call, token: string): string {
  const url = new URL(call.url);
  url.searchParams.set("page_token", token);
  return url.toString();
}
