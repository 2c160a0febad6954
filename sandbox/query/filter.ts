import type { Call } from "../http/call";
import { badRequest } from "../http/errors";
import type { CustomFieldContent, CustomFieldRecord, CustomFieldRecordType } from "../records";

export type Operator = "==" | "!=" | ">" | "<" | ">=" | "<=";

/** One key a list declares: which operators it takes and how a value is compared. */
export interface FilterKey<R> {
  operators: readonly Operator[];
  /** Parses the text once (throwing a 400) and answers the test for a row. */
  compile: (value: string, operator: Operator, call: Call, key: string) => (row: R) => boolean;
  /** Rows that may match, from an index, when the operator is `==`. */
  candidates?: (value: string, call: Call) => R[];
}

const only: readonly Operator[] = ["=="];
const ordered: readonly Operator[] = ["==", ">", "<", ">=", "<="];
const orderedNot: readonly Operator[] = [...ordered, "!="];

function compare(left: number, operator: Operator, right: number): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case ">":
      return left > right;
    case "<":
      return left < right;
    case ">=":
      return left >= right;
    case "<=":
      return left <= right;
  }
}

type TextOf<R> = (row: R, call: Call) => string | undefined | readonly (string | undefined)[];

/** Text, case-insensitive. `prefix` allows a trailing `*`; `none` makes the word NONE (or UNASSIGNED) mean "empty". */
export function text<R>(
  of: TextOf<R>,
  options: { prefix?: boolean; none?: string; candidates?: (value: string, call: Call) => R[] } = {},
): FilterKey<R> {
  return {
    operators: only,
    ...(options.candidates
      ? {
          candidates: (v: string, call: Call) =>
            v.endsWith("*") || v === options.none ? [] : (options.candidates?.(v, call) ?? []),
        }
      : {}),
    compile(value, _operator, call, key) {
      const values = (row: R) => {
        const got = of(row, call);
        return Array.isArray(got) ? (got as readonly (string | undefined)[]) : [got as string | undefined];
      };
      if (value.startsWith("*")) throw badRequest(`${key}: a leading wildcard is not supported`, key);
      if (options.none && value === options.none)
        return (row) => values(row).every((v) => v === undefined || v === "");
      const wanted = value.toLowerCase();
      if (options.prefix && wanted.endsWith("*")) {
        const start = wanted.slice(0, -1);
        return (row) => values(row).some((v) => v?.toLowerCase().startsWith(start));
      }
      return (row) => values(row).some((v) => v?.toLowerCase() === wanted);
    },
  };
}

/** Matches anywhere in the text without a wildcard (titles of notes, names of campaigns). */
export function anywhere<R>(of: (row: R) => string | undefined): FilterKey<R> {
  return {
    operators: only,
    compile: (value) => {
      const wanted = value.toLowerCase().replace(/\*$/, "");
      return (row) => of(row)?.toLowerCase().includes(wanted) ?? false;
    },
  };
}

function readId(value: string, key: string): string {
  if (!/^\d{1,18}$/.test(value)) throw badRequest(`${key} must be numeric, was "${value}"`, key);
  return String(Number(value));
}

/** An id, `==` only. `none` is a word that means "no id". */
export function id<R>(
  of: (row: R, call: Call) => string | undefined | readonly string[],
  options: { none?: string; candidates?: (value: string, call: Call) => R[] } = {},
): FilterKey<R> {
  return {
    operators: only,
    ...(options.candidates ? { candidates: options.candidates } : {}),
    compile(value, _operator, call, key) {
      if (options.none && value === options.none) {
        return (row) => {
          const got = of(row, call);
          return got === undefined || got.length === 0;
        };
      }
      const wanted = readId(value, key);
      return (row) => {
        const got = of(row, call);
        return Array.isArray(got) ? got.includes(wanted) : got === wanted;
      };
    },
  };
}

/** An id that can also be compared. */
export function idRange<R>(of: (row: R) => string | undefined, not = false): FilterKey<R> {
  return {
    operators: not ? orderedNot : ordered,
    compile(value, operator, _call, key) {
      const wanted = Number(readId(value, key));
      return (row) => {
        const got = of(row);
        return got !== undefined && compare(Number(got), operator, wanted);
      };
    },
  };
}

/** A comma list of ids. */
export function ids<R>(
  of: (row: R, call: Call) => string | undefined | readonly string[],
  candidates?: (value: string, call: Call) => R[],
): FilterKey<R> {
  return {
    operators: only,
    ...(candidates
      ? {
          candidates: (value: string, call: Call) =>
            value.split(",").flatMap((one) => candidates(one.trim(), call)),
        }
      : {}),
    compile(value, _operator, call, key) {
      const wanted = new Set(value.split(",").map((one) => readId(one.trim(), key)));
      const limit = call.switches.id_list_limit;
      if (wanted.size > limit) throw badRequest(`${key} takes at most ${limit} ids, got ${wanted.size}`, key);
      return (row) => {
        const got = of(row, call);
        if (Array.isArray(got)) return (got as readonly string[]).some((one) => wanted.has(one));
        return got !== undefined && wanted.has(got as string);
      };
    },
  };
}

/** A comma list of words. */
export function words<R>(of: (row: R) => string | undefined): FilterKey<R> {
  return {
    operators: only,
    compile(value) {
      const wanted = new Set(value.split(",").map((one) => one.trim().toLowerCase()));
      return (row) => wanted.has(of(row)?.toLowerCase() ?? "");
    },
  };
}

export function number<R>(
  of: (row: R, call: Call) => number | undefined,
  operators: "==" | "<>" | "<>!" = "==",
): FilterKey<R> {
  return {
    operators: operators === "==" ? only : operators === "<>" ? ordered : orderedNot,
    compile(value, operator, call, key) {
      const wanted = Number(value);
      if (value.trim() === "" || !Number.isFinite(wanted))
        throw badRequest(`${key} must be a number, was "${value}"`, key);
      return (row) => {
        const got = of(row, call);
        return got !== undefined && compare(got, operator, wanted);
      };
    },
  };
}

export function flag<R>(of: (row: R, call: Call) => boolean): FilterKey<R> {
  return {
    operators: only,
    compile(value, _operator, call, key) {
      if (!/^(true|false)$/i.test(value))
        throw badRequest(`${key} must be true or false, was "${value}"`, key);
      const wanted = value.toLowerCase() === "true";
      return (row) => of(row, call) === wanted;
    },
  };
}

/** One of a closed set of words; another word is a 400. */
export function oneOf<R>(
  of: (row: R, call: Call) => string | undefined,
  allowed: readonly string[],
): FilterKey<R> {
  return {
    operators: only,
    compile(value, _operator, call, key) {
      const wanted = value.toUpperCase();
      if (!allowed.includes(wanted))
        throw badRequest(`${key} must be one of ${allowed.join(", ")}, was "${value}"`, key);
      return (row) => of(row, call) === wanted;
    },
  };
}

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Reads a date-time of a filter or body; a bare date is refused as Keap does. */
export function readTime(value: string, key: string): number {
  const time = dateTime.test(value) ? Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, "$1:$2")) : Number.NaN;
  if (Number.isNaN(time))
    throw badRequest(`${key} must be a date-time such as 2025-04-16T20:33:02.321Z, was "${value}"`, key);
  return time;
}

function bound<R>(of: (row: R, call: Call) => string | undefined, lower: boolean): FilterKey<R> {
  return {
    operators: only,
    compile(value, _operator, call, key) {
      const limit = new Date(readTime(value, key)).toISOString();
      const inclusive = call.switches.since_inclusive;
      return (row) => {
        const got = of(row, call);
        if (got === undefined) return false;
        if (got === limit) return inclusive;
        return lower ? got > limit : got < limit;
      };
    },
  };
}

export const since = <R>(of: (row: R, call: Call) => string | undefined) => bound(of, true);
export const until = <R>(of: (row: R, call: Call) => string | undefined) => bound(of, false);

/** A time that only `==` can name, to the millisecond. */
export function moment<R>(of: (row: R) => string | undefined): FilterKey<R> {
  return {
    operators: only,
    compile(value, _operator, _call, key) {
      const wanted = new Date(readTime(value, key)).toISOString();
      return (row) => of(row) === wanted;
    },
  };
}

/** A key that steers other keys or the list itself and excludes no row. */
export function steers<R>(): FilterKey<R> {
  return { operators: only, compile: () => () => true };
}

export interface Clause {
  key: string;
  operator: Operator;
  value: string;
}

/** Cuts `a==1;b>2` into its clauses. */
export function parseFilter(filter: string): Clause[] {
  if (filter.trim() === "") return [];
  // Keap's own examples end in a semicolon now and then.
  return filter
    .replace(/;\s*$/, "")
    .split(";")
    .map((part) => {
      const match = /^\s*([A-Za-z0-9_]+)\s*(==|!=|>=|<=|>|<)\s*(.*?)\s*$/s.exec(part);
      if (!match) throw badRequest(`Invalid filter expression: "${part}"`, "filter");
      const [, key = "", operator = "==", value = ""] = match;
      if (value === "") throw badRequest(`Filter ${key} has no value`, "filter");
      return { key, operator: operator as Operator, value };
    });
}

export interface CustomFilter<R> {
  recordType: CustomFieldRecordType;
  of: (row: R) => CustomFieldContent[] | undefined;
  /** Opportunities and tasks answer 400 for an unknown field in words of their own; elsewhere it is not stated. */
  strict?: boolean;
}

const numeric = new Set([
  "CURRENCY",
  "DECIMAL_NUMBER",
  "PERCENT",
  "WHOLE_NUMBER",
  "YEAR",
  "DAY_OF_WEEK",
  "MONTH",
]);
const many = new Set(["LIST_BOX", "USER_LIST_BOX"]);

function customTest<R>(field: CustomFieldRecord, clause: Clause, spec: CustomFilter<R>): (row: R) => boolean {
  const content = (row: R) => spec.of(row)?.find((value) => value.id === field.id)?.content;
  const { key, operator, value } = clause;
  const isTime = field.field_type === "DATE" || field.field_type === "DATE_TIME";
  if (operator !== "==" && !isTime && !numeric.has(field.field_type)) {
    throw badRequest(`Operator ${operator} is not supported by custom field ${key}`, key);
  }
  if (isTime) {
    if (!/\.\d{3}(Z|[+-]\d{2}:?\d{2})$/.test(value))
      throw badRequest(`${key} must be a date-time with milliseconds and offset, was "${value}"`, key);
    const wanted = readTime(value, key);
    return (row) => {
      const got = content(row);
      return typeof got === "string" && compare(Date.parse(got), operator, wanted);
    };
  }
  if (numeric.has(field.field_type)) {
    const wanted = Number(value);
    if (!Number.isFinite(wanted)) throw badRequest(`${key} must be a number, was "${value}"`, key);
    return (row) => {
      const got = content(row);
      return got !== undefined && got !== null && got !== "" && compare(Number(got), operator, wanted);
    };
  }
  if (field.field_type === "YES_NO") {
    const wanted = /^(1|true|yes)$/i.test(value);
    return (row) => {
      const got = content(row);
      return got !== undefined && got !== null && /^(1|true|yes)$/i.test(String(got)) === wanted;
    };
  }
  if (value.startsWith("*")) throw badRequest(`${key}: a leading wildcard is not supported`, key);
  const wanted = value.toLowerCase();
  const prefix = wanted.endsWith("*") ? wanted.slice(0, -1) : undefined;
  return (row) => {
    const got = content(row);
    if (got === undefined || got === null) return false;
    if (many.has(field.field_type))
      return (Array.isArray(got) ? got : String(got).split(",")).some(
        (one) => String(one).toLowerCase() === wanted,
      );
    const held = String(got).toLowerCase();
    return prefix === undefined ? held === wanted : held.startsWith(prefix);
  };
}

export interface CompiledFilter<R> {
  test: (row: R) => boolean;
  /** A smaller set that holds every match, when a clause has an index. */
  candidates: (() => R[]) | null;
  clauses: Clause[];
}

/** Checks a filter against what the list declares and answers the test, or throws Keap's 400. */
export function compileFilter<R>(
  filter: string,
  keys: Record<string, FilterKey<R>>,
  call: Call,
  custom?: CustomFilter<R>,
): CompiledFilter<R> {
  let clauses = parseFilter(filter);
  const seen = new Map<string, number>();
  for (const clause of clauses) seen.set(clause.key, (seen.get(clause.key) ?? 0) + 1);
  const twice = [...seen].find(([, times]) => times > 1)?.[0];
  if (twice && call.switches.filter_key_twice === "reject")
    throw badRequest(`Filter ${twice} may stand only once`, "filter");
  if (twice && call.switches.filter_key_twice === "last") {
    clauses = clauses.filter((clause, i) => clauses.findLastIndex((other) => other.key === clause.key) === i);
  }
  let candidates: (() => R[]) | null = null;
  const tests = clauses.flatMap((clause) => {
    const key = keys[clause.key];
    if (key) {
      if (!key.operators.includes(clause.operator)) {
        throw badRequest(`Filter ${clause.key} does not support ${clause.operator}`, "filter");
      }
      const test = key.compile(clause.value, clause.operator, call, clause.key);
      if (
        key.candidates &&
        !candidates &&
        !clause.value.endsWith("*") &&
        !/^(NONE|UNASSIGNED)$/.test(clause.value)
      ) {
        const { candidates: find } = key;
        candidates = () => find(clause.value, call);
      }
      return [test];
    }
    const field = custom
      ? [...call.account.customFields.values()].find(
          (one) =>
            one.record_type === custom.recordType &&
            one.field_name.toLowerCase() === clause.key.toLowerCase(),
        )
      : undefined;
    if (field && custom) return [customTest(field, clause, custom)];
    if (custom?.strict || call.switches.unknown_filter_key === "reject") {
      throw badRequest(`Unknown filter field: ${clause.key}`, "filter");
    }
    return [];
  });
  return { test: (row) => tests.every((one) => one(row)), candidates, clauses };
}
