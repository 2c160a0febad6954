/** `1000` as a person writes it: minor units for money, a fraction for a rate. */
export function inUnit(value: number, unit: string, currency: string): number {
  if (unit === "ratio") return value / 100;
  if (unit !== "money") return value;
  const digits =
    new Intl.NumberFormat("en-US", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ??
    2;
  return Math.round(value * 10 ** digits);
}
