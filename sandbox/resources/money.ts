import type { KeapAccount } from "../account";

const digitsByCurrency = new Map<string, number>();
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(account: KeapAccount): Intl.NumberFormat {
  const currency = account.businessProfile.currency_code;
  const held = formats.get(currency);
  if (held) return held;
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  formats.set(currency, format);
  return format;
}

/** Decimal places of the account's currency (2 for USD, 0 for JPY). */
export function currencyDigits(account: KeapAccount): number {
  const currency = account.businessProfile.currency_code;
  const held = digitsByCurrency.get(currency);
  if (held !== undefined) return held;
  const digits = formatOf(account).resolvedOptions().maximumFractionDigits ?? 2;
  digitsByCurrency.set(currency, digits);
  return digits;
}

/** Smallest unit → the decimal number some answers carry (12345 → 123.45). */
export function toMajor(account: KeapAccount, minor: number): number {
  const digits = currencyDigits(account);
  return digits === 0 ? minor : Number((minor / 10 ** digits).toFixed(digits));
}

/** A decimal of a request → the smallest unit. */
export function toMinor(account: KeapAccount, major: number): number {
  return Math.round(Number((major * 10 ** currencyDigits(account)).toFixed(4)));
}

const texts = new Map<string, string>();

/** The same few prices come back all the time, and a number format is slow. */
function formatted(account: KeapAccount, minor: number): string {
  const key = `${account.businessProfile.currency_code}${minor}`;
  const held = texts.get(key);
  if (held !== undefined) return held;
  if (texts.size > 20_000) texts.clear();
  const text = formatOf(account).format(toMajor(account, minor));
  texts.set(key, text);
  return text;
}

/** Keap's CurrencyValue: an integer in the smallest unit, its currency, and a text. */
export function currencyValue(account: KeapAccount, minor: number) {
  return {
    amount: minor,
    currency_code: account.businessProfile.currency_code,
    formatted_amount: formatted(account, minor),
  };
}
