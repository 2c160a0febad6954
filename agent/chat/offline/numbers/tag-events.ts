import { fold } from "../normalise";
import type { FoundName } from "../read-names";
import type { MetricsReading } from "../read-shape";
import type { TimeReading } from "../read-time";

const people = new Set(["contacts", "new_leads", "customers", "subscribers", "tags_applied"]);

/**
 * `how many people started a trial in October`, where a tag is called so: how often that tag was put on in October. Only
 * where the question says what the tag's own name says (its verb stands in both), so that nothing is guessed.
 */
export function tagEvent(
  text: string,
  names: readonly FoundName[],
  metrics: MetricsReading,
  time: TimeReading,
): { id: string; said: string } | undefined {
  if (!time.period && !time.grain) return undefined;
  if (metrics.ids.length > 0 && !(metrics.ids.every((id) => people.has(id)) && metrics.ids.length === 1))
    return undefined;
  const tags = names.filter(({ kind, negated }) => kind === "tag" && !negated);
  const [tag, another] = tags;
  if (!tag || another || names.some(({ kind }) => kind !== "tag" && kind !== "product")) return undefined;
  const verb = fold(tag.value)
    .split(/[^\p{L}]+/u)
    .find((word) => /(?:ed|got|took|bought|began)$/.test(word) && word.length > 3);
  if (!verb || !new RegExp(`(?<![\\p{L}])${verb}(?![\\p{L}])`, "u").test(text)) return undefined;
  return { id: "tags_applied", said: tag.said ?? fold(tag.value) };
}
