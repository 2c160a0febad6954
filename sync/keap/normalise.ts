/**
 * Keap's units made one, at the edge. Keap mixes integers in the smallest unit with a currency (order totals, item
 * prices in answers, product and plan prices) and decimals in major units (payments, transactions, item prices in
 * requests). Everything behind this line is integer minor units, UTC instants and plain dates.
 */

/** Decimals of a currency per ISO 4217; what is not listed has two. Source: ISO 4217 list one. */
const exponents: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** How many decimals a currency has: 2 for USD, 0 for JPY, 3 for KWD. */
export function currencyExponent(currency: string): number {
  return exponents[currency.toUpperCase()] ?? 2;
}

/**
 * A decimal amount in major units as integer minor units, `12.345` USD rounded half away from zero to `1235`.
 * Works on the decimal text, because `1.005 * 100` is 100.49999999999999. Null stays null.
 */
export function decimalToMinor(amount: number | string | null | undefined, currency: string): number | null {
  if (amount === null || amount === undefined || amount === "") return null;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(String(amount).trim());
  if (!parts || (!parts[2] && !parts[3]))
    throw new RangeError(`"${amount}" is no decimal amount of ${currency}`);
  const [, sign, whole = "", fraction = "", power = "0"] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(power) + currencyExponent(currency);
  const padded = digits.padEnd(Math.max(point, digits.length), "0");
  const kept = point > 0 ? padded.slice(0, point) : "0";
  const next = point >= 0 ? Number(padded[point] ?? "0") : 0;
  const minor = Number(kept) + (next >= 5 ? 1 : 0);
  if (!Number.isSafeInteger(minor))
    throw new RangeError(`${amount} ${currency} is too large to be counted exactly`);
  return sign === "-" && minor !== 0 ? -minor : minor;
}

/** Integer minor units as the decimal Keap takes in requests: `1235` USD is `12.35`, `1235` JPY is `1235`. */
export function minorToDecimal(minor: number, currency: string): number {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${minor} is no whole number of minor units`);
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const cut = digits.length - exponent;
  return Number(`${minor < 0 ? "-" : ""}${digits.slice(0, cut)}.${digits.slice(cut) || "0"}`);
}

/** A `CurrencyValue`: its amount is in minor units already. A missing currency is the account's. */
export function currencyValueToMinor(
  value: { amount?: number | null; currency_code?: string | null } | null | undefined,
  accountCurrency: string,
): { amount_minor: number; currency: string } | null {
  if (value?.amount === null || value?.amount === undefined) return null;
  return { amount_minor: value.amount, currency: (value.currency_code || accountCurrency).toUpperCase() };
}

/**
 * An instant as ISO 8601 in UTC with milliseconds. Reads offsets with and without a colon (`+0000`), epoch
 * milliseconds, and times without any offset as UTC, which is how Keap means them. Null for nothing.
 */
export function toInstant(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number" || /^\d{10,}$/.test(value)) return fromEpochMs(Number(value));
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d+)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$/i.exec(
      value.trim(),
    );
  if (!parts) throw new RangeError(`"${value}" is no date and time that Keap documents`);
  const [, day, clock = "00:00", seconds = ":00", fraction = "", offset = "Z"] = parts;
  // Date keeps milliseconds; finer digits are cut, not rounded, so that a watermark never runs ahead of its row.
  const milliseconds = `.${fraction.slice(1, 4).padEnd(3, "0")}`;
  const at = new Date(`${day}T${clock}${seconds}${milliseconds}${withColon(offset)}`);
  if (Number.isNaN(at.getTime())) throw new RangeError(`"${value}" is no date and time`);
  return at.toISOString();
}

function withColon(offset: string): string {
  if (/^z$/i.test(offset)) return "Z";
  const [sign, digits] = [offset[0], offset.slice(1).replace(":", "")];
  return `${sign}${digits.slice(0, 2)}:${digits.slice(2) || "00"}`;
}

function fromEpochMs(ms: number): string {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) throw new RangeError(`${ms} is no time in milliseconds`);
  return at.toISOString();
}

/** A calendar date, `2026-11-23`, cut from whatever stands behind it and never shifted by a zone. Null for nothing. */
export function toDate(value: string | null | undefined): string | null {
  if (value === null || value === undefined || value === "") return null;
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(value.trim());
  const day = parts?.[1];
  // 2026-02-30 would roll over to March: a date that does not come back the same does not exist.
  const at = day ? new Date(`${day}T00:00:00Z`) : null;
  if (!day || !at || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day) {
    throw new RangeError(`"${value}" is no calendar date`);
  }
  return day;
}

/** Keap's numeric text as a number for a bigint column. Null for nothing and for Keap's "no such record", 0. */
export function toKeapId(value: string | number | null | undefined): number | null {
  if (value === null || value === undefined || value === "") return null;
  const id = Number(value);
  if (!Number.isSafeInteger(id)) throw new RangeError(`"${value}" is no Keap id`);
  return id === 0 ? null : id;
}
