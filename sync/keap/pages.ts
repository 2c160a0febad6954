import type { z } from "zod";
import { KeapError } from "./errors";

/** A record of a page that could not be read: set aside with its reason while the others go in. */
export interface RejectedRecord {
  index: number;
  keap_id: string | null;
  reason: string;
  record: unknown;
}

export interface Page<T> {
  items: T[];
  rejected: RejectedRecord[];
  /** Null at the end of the list. Lives for minutes: never store it, and send the same filter and order with it. */
  nextPageToken: string | null;
}

/** Keap's end of list is absent, null or empty text; at least one list answers a whole URL instead of a token. */
export function readPageToken(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value.trim() === "") return null;
  if (/^https?:\/\//i.test(value) && URL.canParse(value))
    return new URL(value).searchParams.get("page_token") || null;
  if (/^[/?].*[?&]?page_token=/.test(value)) {
    return new URL(value, "https://api.infusionsoft.com").searchParams.get("page_token") || null;
  }
  return value;
}

/** Reads a list answer. Throws `malformed` only when the list itself is missing, never for a bad record in it. */
export function readPage<T>(operation: string, body: unknown, key: string, item: z.ZodType<T>): Page<T> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw malformed(operation, `the answer is no object`);
  }
  const { next_page_token, ...rest } = body as Record<string, unknown>;
  const list = rest[key];
  // An empty list may be left out; a list under another name must not pass as an empty one.
  const missing = list === undefined || list === null;
  if (missing && Object.values(rest).some((value) => Array.isArray(value))) {
    throw malformed(operation, `it has no "${key}"`);
  }
  if (!missing && !Array.isArray(list)) throw malformed(operation, `"${key}" is no list`);
  return { ...readRecords((list ?? []) as unknown[], item), nextPageToken: readPageToken(next_page_token) };
}

/** Reads records one by one, so that a malformed one hides no other. */
export function readRecords<T>(
  list: readonly unknown[],
  item: z.ZodType<T>,
): { items: T[]; rejected: RejectedRecord[] } {
  const items: T[] = [];
  const rejected: RejectedRecord[] = [];
  for (const [index, record] of list.entries()) {
    const parsed = item.safeParse(record);
    if (parsed.success) items.push(parsed.data);
    else rejected.push({ index, keap_id: idOf(record), reason: describeIssues(parsed.error), record });
  }
  return { items, rejected };
}

/** Reads a single record; here a malformed one is an error. */
export function readRecord<T>(operation: string, body: unknown, item: z.ZodType<T>, wasWrite: boolean): T {
  const parsed = item.safeParse(body);
  if (parsed.success) return parsed.data;
  throw malformed(operation, describeIssues(parsed.error), wasWrite);
}

export function malformed(operation: string, what: string, wasWrite = false): KeapError {
  return new KeapError({
    kind: "malformed",
    operation,
    outcome: wasWrite ? "unknown" : "not_applied",
    message: `Keap answered ${operation} in a form we cannot read: ${what}. ${
      wasWrite
        ? "The change was probably made: read the record before sending it again."
        : "Try again; if it stays, Keap has changed its answer."
    }`,
  });
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "record"}: ${issue.message}`)
    .join("; ");
}

function idOf(record: unknown): string | null {
  if (typeof record !== "object" || record === null) return null;
  const { id, key } = record as { id?: unknown; key?: unknown };
  const found = id ?? key;
  return typeof found === "string" || typeof found === "number" ? String(found) : null;
}
