/** One value that differs; `path` names it inside its field, such as "addresses · BILLING · line 1". */
export interface Difference {
  path: string;
  before: string;
  after: string;
}

/** What differs between two values of a field, leaf by leaf. Empty, null and missing are the same: nothing. */
export function differences(field: string, before: unknown, after: unknown): Difference[] {
  if (isObject(before) || isObject(after)) {
    const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names.flatMap((name) => differences(`${field} · ${name}`, old[name], now[name]));
  }
  const [old, now] = [writeValue(before), writeValue(after)];
  return old === now ? [] : [{ path: field.replaceAll("_", " "), before: old, after: now }];
}

/** A value in one line; nothing is "empty". */
export function writeValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Who wrote something, from the journal's short form: `keap`, `sql`, `service`, `user:<id>`, `agent:<id>`, `automation:<name>`. */
export function writeOrigin(origin: string): string {
  const [kind, name] = origin.split(":");
  if (kind === "keap") return "Keap";
  if (kind === "sql") return "SQL";
  if (kind === "user") return "a member";
  if (kind === "undo") return "an undo";
  if (kind === "agent") return "the analyst";
  if (kind === "automation") return name ? `automation ${name.replaceAll(/[-_]/g, " ")}` : "an automation";
  return "Keapsake";
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
