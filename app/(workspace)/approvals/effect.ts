/** A before or after in words: `{tags: ["VIP"]}` as "tags: VIP"; null or nothing as "–". */
export function writeEffect(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(writeEffect).join(", ") || "–";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "–";
  return entries.map(([name, inner]) => `${name.replaceAll("_", " ")}: ${writeEffect(inner)}`).join("; ");
}
