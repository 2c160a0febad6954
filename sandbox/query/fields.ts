import type { Call } from "../http/call";
import { badRequest } from "../http/errors";

/** The `fields` of a call: a comma list, or repeated. Undefined when none were sent; an unknown name is a 400. */
export function readFields(call: Call, allowed: readonly string[]): ReadonlySet<string> | undefined {
  const names = call.url.searchParams
    .getAll("fields")
    .flatMap((text) => text.split(","))
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) return undefined;
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw badRequest(`Unknown field: ${unknown}`, "fields");
  return new Set([...names, "id"]);
}

/** Keeps only what was asked for. */
export function pickFields(
  wire: Record<string, unknown>,
  wanted: ReadonlySet<string>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wire).filter(([name]) => wanted.has(name)));
}
