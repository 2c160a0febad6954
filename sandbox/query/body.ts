import type { Call } from "../http/call";
import { badRequest } from "../http/errors";
import { readTime } from "./filter";

/** Reads one value of a body or throws Keap's 400. */
export type Check = (value: unknown, path: string) => unknown;

const wrong = (path: string, what: string) => badRequest(`${path} ${what}`, path);

export const any: Check = (value) => value;

export const text =
  (max?: number): Check =>
  (value, path) => {
    if (typeof value !== "string") throw wrong(path, "must be text");
    if (max !== undefined && value.length > max)
      throw wrong(path, `must be at most ${max} characters, was ${value.length}`);
    return value;
  };

/** Text that must not be blank where it is sent. */
export const filled =
  (max?: number): Check =>
  (value, path) => {
    const read = text(max)(value, path) as string;
    if (read.trim() === "") throw wrong(path, "must not be blank");
    return read;
  };

/** v2 ids are numeric text. */
export const id: Check = (value, path) => {
  if (typeof value !== "string" || (value !== "" && !/^\d{1,18}$/.test(value)))
    throw wrong(path, "must be a numeric id as text");
  return value === "" ? null : String(Number(value));
};

export const int: Check = (value, path) => {
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrong(path, "must be a whole number");
  return value;
};

export const num: Check = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(path, "must be a number");
  return value;
};

export const bool: Check = (value, path) => {
  if (typeof value !== "boolean") throw wrong(path, "must be true or false");
  return value;
};

export const time: Check = (value, path) => {
  if (typeof value !== "string") throw wrong(path, "must be a date-time");
  return new Date(readTime(value, path)).toISOString();
};

export const date: Check = (value, path) => {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) {
    throw wrong(path, "must be a date such as 2026-01-31");
  }
  return value;
};

export const oneOf =
  (allowed: readonly string[]): Check =>
  (value, path) => {
    if (typeof value !== "string" || !allowed.includes(value))
      throw wrong(path, `must be one of ${allowed.join(", ")}`);
    return value;
  };

export const list =
  (check: Check, limits: { min?: number; max?: number } = {}): Check =>
  (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, "must be a list");
    if (limits.min !== undefined && value.length < limits.min)
      throw wrong(path, `needs at least ${limits.min} entries`);
    if (limits.max !== undefined && value.length > limits.max)
      throw wrong(path, `takes at most ${limits.max} entries`);
    return value.map((item, i) => check(item, `${path}[${i}]`));
  };

export interface Shape {
  [name: string]: Check;
}

export const object =
  (shape: Shape, required: readonly string[] = []): Check =>
  (value, path) =>
    readShape(value, shape, required, path);

function readShape(
  value: unknown,
  shape: Shape,
  required: readonly string[],
  path: string,
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(path || "body", "must be an object");
  const sent = value as Record<string, unknown>;
  const read: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(shape)) {
    const item = sent[name];
    if (item === undefined) continue;
    read[name] = item === null ? null : check(item, path ? `${path}.${name}` : name);
  }
  const missing = required.find((name) => read[name] === undefined || read[name] === null);
  if (missing !== undefined) throw wrong(path ? `${path}.${missing}` : missing, "is required");
  return read;
}

/**
 * The body of a call as its schema declares it. Names it does not declare are dropped, as Keap's reader does;
 * a null stays null and means "empty this".
 */
export function readBody(
  call: Call,
  shape: Shape,
  required: readonly string[] = [],
): Record<string, unknown> {
  if (call.body === undefined) throw badRequest("Request body is missing");
  return readShape(call.body, shape, required, "");
}
