import { formatMoney, formatValue } from "../../_lib/format";

/** Parts of an item that identify the person or explain the choice; they are shown elsewhere. */
const aside = new Set(["person", "risk"]);

/** A before or after in words: `{tags: {VIP: true}}` as "tag VIP", `{email: "a@b"}` as "email: a@b"; nothing as "–". */
export function writeEffect(value: unknown): string {
  if (!isObject(value)) return writeValue(value);
  const words = Object.entries(value)
    .filter(([name]) => !aside.has(name))
    .flatMap(([name, inner]) =>
      name === "tags" && isObject(inner)
        ? writeTags(inner)
        : [`${name.replaceAll("_", " ")}: ${writeValue(inner)}`],
    );
  return words.join("; ") || "–";
}

const writeTags = (tags: Record<string, unknown>): string[] =>
  Object.entries(tags).map(([name, held]) => (held ? `tag ${name}` : `no tag ${name}`));

function writeValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(writeValue).join(", ") || "–";
  if (isObject(value)) return writeEffect(value);
  return String(value);
}

/** Why this person: the numbers behind a risk score, or null when the item carries none. */
export function writeReason(after: unknown): string | null {
  if (!isObject(after) || !isObject(after.risk)) return null;
  const { days_since, gap_days, value_minor, currency } = after.risk;
  if (typeof days_since !== "number" || typeof gap_days !== "number") return null;
  const days = (count: number) => formatValue(Math.round(count), { unit: "count" });
  const worth =
    typeof value_minor === "number" && typeof currency === "string"
      ? `, ${formatMoney(value_minor, currency)} so far`
      : "";
  return `${days(days_since)} days since the last purchase, usually ${days(gap_days)} days${worth}`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
