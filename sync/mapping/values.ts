import type { Json } from "./types";

/** Empty text and blanks are null: Keap makes no difference. */
export function text(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const trimmed = String(value).trim();
  return trimmed === "" ? null : trimmed;
}

/** Keap's ids are numeric text; 0 and empty mean none. */
export function keapId(value: unknown): number | null {
  const raw = text(value);
  if (raw === null) return null;
  const id = Number(raw);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

export function flag(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

export function number(value: unknown): number | null {
  if (value === null || value === undefined || value === "") return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** An instant as ISO 8601 in UTC. Accepts offsets without a colon (`+0000`), as stage moves show them. */
export function instant(value: unknown): string | null {
  const raw = text(value);
  if (raw === null) return null;
  const at = new Date(raw.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  if (Number.isNaN(at.getTime())) throw new UnreadableValue(raw, "a date and time");
  return at.toISOString();
}

/** A calendar date. Some of Keap's dates arrive with a time behind them. */
export function date(value: unknown): string | null {
  const raw = text(value);
  if (raw === null) return null;
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(raw);
  const day = match && new Date(`${match[0]}T00:00:00Z`);
  if (!match || !day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== match[0])
    throw new UnreadableValue(raw, "a date");
  return match[0];
}

const exponents: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** Digits behind the point of a currency's minor unit (ISO 4217). */
export function minorDigits(currency: string): number {
  return exponents[currency.toUpperCase()] ?? 2;
}

/** Decimal major units to integer minor units: 19.99 USD is 1999. Null stays null. */
export function toMinor(amount: number | null | undefined, currency: string): number | null {
  if (amount === null || amount === undefined) return null;
  const minor = Math.round(Number((amount * 10 ** minorDigits(currency)).toPrecision(15)));
  if (!Number.isSafeInteger(minor)) throw new UnreadableValue(String(amount), "an amount of money");
  return minor;
}

/** Integer minor units as the decimal Keap takes: 1999 USD is 19.99. */
export function fromMinor(minor: number, currency: string): number {
  const digits = minorDigits(currency);
  return Number((minor / 10 ** digits).toFixed(digits));
}

/** The value where it is an object, else an empty one. */
export function objectOf(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** An object by slot from a list whose items name their slot. Items without a slot take the first free one. */
export function bySlot<T extends { field?: string | null }>(
  list: readonly T[] | null | undefined,
  slots: readonly string[],
  leaf: (item: T) => Record<string, Json>,
): Record<string, Json> {
  const result: Record<string, Json> = {};
  for (const item of list ?? []) {
    const named =
      item.field && slots.includes(item.field) ? item.field : slots.find((slot) => !(slot in result));
    if (!named) continue;
    const leaves = leaf(item);
    if (Object.values(leaves).every((value) => value === null)) continue;
    result[named] = leaves;
  }
  return result;
}

export function asJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

/** A value that cannot be stored: the record is set aside with this reason, the others go in. */
export class UnreadableValue extends Error {
  override readonly name = "UnreadableValue";
  constructor(value: string, expected: string) {
    super(`"${value.slice(0, 60)}" is not ${expected}`);
  }
}
