import { formatDay } from "@/agent/format";
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
  const count = plural(people, "person", "people");
  const text = (key: string) => (typeof payload[key] === "string" ? (payload[key] as string) : null);
  switch (kind) {
    case "apply_tag":
    case "remove_tag":
      return describeTag(kind, payload, count, currentName) ?? unreadable(kind);
    case "update_contact": {
      if (!isObject(payload.changes)) return unreadable(kind);
      const each = writeEffect(payload.changes);
      return { text: `Sets, for ${count}: ${each}.`, each, problem: null };
    }
    case "create_task": {
      const title = text("title");
      if (!title) return unreadable(kind);
      const due = text("due_on") ? `, due ${formatDay(text("due_on") ?? "")}` : "";
      const owner = text("user_name") ? `, for ${text("user_name")}` : "";
      return {
        text: `Makes the task "${title}" about ${count}${due}${owner}.`,
        each: `task ${title}`,
        problem: null,
      };
    }
    case "achieve_goal": {
      const goal = text("goal_name") ?? text("call_name");
      if (!goal) return unreadable(kind);
      const where = text("campaign_name") ? ` of the campaign "${text("campaign_name")}"` : "";
      return {
        text: `Achieves the goal "${goal}"${where} for ${count}.`,
        each: `goal ${goal}`,
        problem: null,
      };
    }
    case "add_to_sequence": {
      const [sequence, campaign] = [text("sequence_name"), text("campaign_name")];
      if (!sequence || !campaign) return unreadable(kind);
      return {
        text: `Adds ${count} to the sequence "${sequence}" of the campaign "${campaign}".`,
        each: `sequence ${sequence}`,
        problem: null,
      };
    }
    default:
      return unreadable(kind);
  }
}

const unreadable = (kind: string): ProposalEffect => ({
  text: `An action of the kind "${kind}".`,
  each: "–",
  problem: "This version cannot tell what it would do. Reject it.",
});

function describeTag(
  kind: "apply_tag" | "remove_tag",
  { tag_id, tag_name }: Record<string, unknown>,
  count: string,
  currentName: string | null,
): ProposalEffect | null {
  if (typeof tag_name !== "string" || (tag_id !== null && typeof tag_id !== "string")) return null;
  if (tag_id === null)
    return kind === "apply_tag"
      ? {
          text: `Makes the tag "${tag_name}" and puts it on ${count}.`,
          each: `tag ${tag_name}`,
          problem: null,
        }
      : null;
  const name = currentName ?? tag_name;
  return {
    text:
      kind === "apply_tag" ? `Puts the tag "${name}" on ${count}.` : `Takes the tag "${name}" off ${count}.`,
    each: kind === "apply_tag" ? `tag ${name}` : `no tag ${name}`,
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
