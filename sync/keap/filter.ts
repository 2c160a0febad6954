import { invalidRequest } from "./errors";

/**
 * Keap's filter language. `equal` takes `==` only, `prefix` also a trailing wildcard, `compare` also `<` `>` `<=`
 * `>=`, `compare_not` those and `!=`, `list` a comma list, `time` an instant, `flag` true or false.
 * A query parameter that Keap does not declare is ignored and the call returns everything, hence the tables.
 */
export type FilterKind = "equal" | "prefix" | "compare" | "compare_not" | "list" | "time" | "flag";

type Scalar = string | number;
/** One bound. Whether Keap takes a key twice is not documented, so a range is a start and an order. */
export type Comparison = { gt?: Scalar; gte?: Scalar; lt?: Scalar; lte?: Scalar };
type ValueOf<K extends FilterKind> = K extends "prefix"
  ? Scalar | { startsWith: string }
  : K extends "compare"
    ? Scalar | Comparison
    : K extends "compare_not"
      ? Scalar | (Comparison & { not?: Scalar })
      : K extends "list"
        ? readonly Scalar[]
        : K extends "time"
          ? Date | string
          : K extends "flag"
            ? boolean
            : Scalar;

export type FilterKeys = Readonly<Record<string, FilterKind>>;

/** Values by key; all clauses must hold. `custom` filters by a custom field's `field_name` (not its id or label). */
export type FilterOf<Keys extends FilterKeys, Custom extends boolean = false> = {
  [K in keyof Keys]?: ValueOf<Keys[K]>;
} & (Custom extends true ? { custom?: Readonly<Record<string, CustomFilterValue>> } : unknown);

export type CustomFilterValue = Scalar | boolean | Date | { startsWith: string } | Comparison;

export interface FilterRules {
  operation: string;
  keys: FilterKeys;
  custom: boolean;
  /** Pairs that may not stand together. */
  exclusive?: readonly (readonly [string, string])[];
  /** A key that means nothing without another. */
  needs?: readonly (readonly [string, string])[];
}

/** The id-list limit is stated for opportunities only; one limit for all keeps us on the documented side. */
export const maxListValues = 100;

const symbols = { gt: ">", gte: ">=", lt: "<", lte: "<=", not: "!=" } as const;

/** Builds the URL-encoded value of `filter=`, or null when there is nothing to filter by. */
export function buildFilter(
  rules: FilterRules,
  filter: Readonly<Record<string, unknown>> | undefined,
): string | null {
  if (!filter) return null;
  const { custom, ...standard } = filter;
  const clauses: string[] = [];
  for (const [key, value] of Object.entries(standard)) {
    if (value === undefined) continue;
    const kind = Object.hasOwn(rules.keys, key) ? rules.keys[key] : undefined;
    if (!kind)
      throw invalidRequest(
        rules.operation,
        `Keap cannot filter this list by "${key}". Use one of: ${Object.keys(rules.keys).join(", ")}`,
      );
    clauses.push(...clausesFor(rules, key, kind, value));
  }
  if (custom !== undefined) clauses.push(...customClauses(rules, custom));
  checkTogether(rules, standard);
  return clauses.length > 0 ? clauses.join("%3B") : null;
}

function clausesFor(rules: FilterRules, key: string, kind: FilterKind, value: unknown): string[] {
  const refuse = (why: string) => invalidRequest(rules.operation, `The filter "${key}" ${why}`);
  if (kind === "list") {
    if (!Array.isArray(value)) throw refuse("takes a list");
    if (value.length === 0)
      throw refuse("is an empty list, which Keap would read as everything: skip the call");
    if (value.length > maxListValues)
      throw refuse(`has ${value.length} values: send at most ${maxListValues} a call`);
    return [`${key}%3D%3D${value.map((one) => encode(scalar(one, refuse, { comma: false }))).join(",")}`];
  }
  if (kind === "time") return [`${key}%3D%3D${encode(instant(value, refuse))}`];
  if (kind === "flag") {
    if (typeof value !== "boolean") throw refuse("takes true or false");
    return [`${key}%3D%3D${value}`];
  }
  if (typeof value !== "object" || value === null) return [`${key}%3D%3D${encode(scalar(value, refuse))}`];
  if (kind === "prefix" && "startsWith" in value)
    return [`${key}%3D%3D${encode(prefix(value.startsWith, refuse))}%2A`];
  if (kind === "compare" || kind === "compare_not")
    return comparisons(key, value, kind === "compare_not", refuse);
  throw refuse("takes a plain value");
}

type Refuse = (why: string) => Error;

function comparisons(key: string, value: object, allowNot: boolean, refuse: Refuse): string[] {
  const clauses = Object.entries(value)
    .filter(([, bound]) => bound !== undefined)
    .map(([name, bound]) => {
      const symbol = Object.hasOwn(symbols, name) ? symbols[name as keyof typeof symbols] : undefined;
      if (!symbol || (name === "not" && !allowNot)) throw refuse(`does not know the comparison "${name}"`);
      return `${key}${encode(symbol)}${encode(bound instanceof Date ? bound.toISOString() : scalar(bound, refuse))}`;
    });
  if (clauses.length === 0) throw refuse("holds no comparison");
  if (clauses.length > 1) {
    throw refuse(
      "holds two bounds, and whether a key may stand twice is not documented: order by it and stop at the end",
    );
  }
  return clauses;
}

/** Operators depend on the field's type, which Keap checks; a custom date needs milliseconds and an offset. */
function customClauses(rules: FilterRules, custom: unknown): string[] {
  if (!rules.custom) throw invalidRequest(rules.operation, "Keap cannot filter this list by custom fields");
  return Object.entries(custom as Record<string, unknown>).flatMap(([name, value]) => {
    const refuse: Refuse = (why) =>
      invalidRequest(rules.operation, `The custom field filter "${name}" ${why}`);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw refuse("is not a field_name: take it from the model");
    if (Object.hasOwn(rules.keys, name.toLowerCase()))
      throw refuse("has the name of a standard key, which Keap prefers: it cannot be filtered by");
    if (value === undefined) return [];
    if (value instanceof Date) return [`${name}%3D%3D${encode(value.toISOString())}`];
    if (typeof value === "boolean") return [`${name}%3D%3D${value}`];
    if (typeof value !== "object" || value === null) return [`${name}%3D%3D${encode(scalar(value, refuse))}`];
    if ("startsWith" in value) return [`${name}%3D%3D${encode(prefix(value.startsWith, refuse))}%2A`];
    return comparisons(name, value, false, refuse);
  });
}

function checkTogether(rules: FilterRules, filter: Readonly<Record<string, unknown>>): void {
  const has = (key: string) => filter[key] !== undefined;
  for (const [one, other] of rules.exclusive ?? []) {
    if (has(one) && has(other))
      throw invalidRequest(rules.operation, `The filters "${one}" and "${other}" exclude each other`);
  }
  for (const [key, needed] of rules.needs ?? []) {
    if (has(key) && !has(needed))
      throw invalidRequest(rules.operation, `The filter "${key}" needs "${needed}" beside it`);
  }
}

/** Keap documents no escape: a `;` would start another clause, a trailing `*` would be a wildcard. */
function scalar(value: unknown, refuse: Refuse, { comma = true } = {}): string {
  if (typeof value === "number" ? !Number.isFinite(value) : typeof value !== "string")
    throw refuse("takes text or a number");
  const text = String(value);
  if (text === "") throw refuse("is empty");
  if (text.includes(";"))
    throw refuse("holds a semicolon, which Keap reads as the next clause: filter the answer instead");
  if (text.startsWith("*") || text.endsWith("*"))
    throw refuse("begins or ends with *, which Keap reads as a wildcard: use startsWith");
  if (!comma && text.includes(",")) throw refuse("holds a comma inside one value of a list");
  return text;
}

function prefix(value: unknown, refuse: Refuse): string {
  if (typeof value !== "string") throw refuse("takes text to start with");
  return scalar(value, refuse);
}

function instant(value: unknown, refuse: Refuse): string {
  const at =
    value instanceof Date ? value : typeof value === "string" ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) throw refuse("takes a date and time such as 2026-04-16T20:33:02.321Z");
  return at.toISOString();
}

/** As `encodeURIComponent`, and the characters it leaves bare that mean something to Keap. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Splits ids into lists that fit one filter or one tag call. */
export function inBatches<T>(values: readonly T[], size = maxListValues): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  );
}
