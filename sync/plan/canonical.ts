import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { FieldKind, Json } from "../mapping/types";

/**
 * Two values are the same when their canonical forms are: text is trimmed, e-mail compared without case, phones as
 * E.164 where they parse, instants as UTC, numbers by value, objects without key order, and empty is null.
 */
export function canonical(value: Json | undefined, kind: FieldKind): Json {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "email":
      return emptyIsNull(String(value).trim().toLowerCase());
    case "phone":
      return phone(String(value));
    case "website":
      return emptyIsNull(
        String(value)
          .trim()
          .replace(/^https?:\/\//i, "")
          .replace(/\/$/, "")
          .toLowerCase(),
      );
    case "date":
      return emptyIsNull(String(value).slice(0, 10));
    case "instant": {
      const at = Date.parse(String(value));
      return Number.isNaN(at) ? emptyIsNull(String(value).trim()) : new Date(at).toISOString();
    }
    case "number": {
      if (value === "") return null;
      const parsed = Number(value);
      return Number.isFinite(parsed) ? parsed : String(value);
    }
    case "boolean":
      return value === true || value === "true" ? true : value === false || value === "false" ? false : null;
    case "text":
      return typeof value === "string" ? emptyIsNull(value.trim()) : sortedJson(value);
    default:
      return typeof value === "string" ? emptyIsNull(value.trim()) : sortedJson(value);
  }
}

/** Equality of canonical forms, with the cheap cases first. */
export function same(a: Json | undefined, b: Json | undefined, kind: FieldKind): boolean {
  if (a === b) return true;
  if ((a ?? null) === null && (b ?? null) === null) return true;
  const left = canonical(a, kind);
  const right = canonical(b, kind);
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  return JSON.stringify(left) === JSON.stringify(right);
}

function emptyIsNull(text: string): string | null {
  return text === "" ? null : text;
}

const phones = new Map<string, string | null>();

/** E.164 where the number names its country or is North American (Keap's home); else its digits. */
function phone(raw: string): string | null {
  const known = phones.get(raw);
  if (known !== undefined) return known;
  const trimmed = raw.trim();
  const parsed = trimmed === "" ? undefined : parsePhoneNumberFromString(trimmed, "US");
  const result = parsed?.isPossible()
    ? parsed.number
    : (emptyIsNull(trimmed.replace(/[^\d+]/g, "")) ?? emptyIsNull(trimmed));
  // a bounded memory: the same numbers come back page after page
  if (phones.size > 20_000) phones.clear();
  phones.set(raw, result);
  return result;
}

function sortedJson(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(sortedJson);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, content]) => content !== null);
    if (entries.length === 0) return null;
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, content]) => [key, sortedJson(content)]),
    );
  }
  return value;
}
