import { formatMoney, formatValue, plural } from "../../_lib/format";

/** What approving would do. */
export interface ProposalEffect {
  /** One sentence: `Puts the tag "VIP" on 3 people.` */
  text: string;
  /** The change for one person: `tag VIP`. */
  each: string;
  /** Why it cannot be carried out as it stands, or null. */
  problem: string | null;
}

/**
 * Reads what would run off the payload and the tag's name of today, so that the words of whoever proposed it play no
 * part in what an approver sees.
 */
export function describeEffect(
  { kind, payload }: { kind: string; payload: Record<string, unknown> },
  people: number,
  currentName: string | null,
): ProposalEffect {
  const { tag_id, tag_name } = payload;
  if (kind !== "apply_tag" || typeof tag_name !== "string" || (tag_id !== null && typeof tag_id !== "string"))
    return {
      text: `An action of the kind "${kind}".`,
      each: "–",
      problem: "This version cannot tell what it would do. Reject it.",
    };
  const on = `on ${plural(people, "person", "people")}`;
  if (tag_id === null)
    return { text: `Makes the tag "${tag_name}" and puts it ${on}.`, each: `tag ${tag_name}`, problem: null };
  const name = currentName ?? tag_name;
  return {
    text: `Puts the tag "${name}" ${on}.`,
    each: `tag ${name}`,
    problem:
      currentName === null
        ? `The tag "${tag_name}" no longer exists. Reject this.`
        : currentName === tag_name
          ? null
          : `The tag was called "${tag_name}" when this was proposed. Reject this and propose it again.`,
  };
}

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
