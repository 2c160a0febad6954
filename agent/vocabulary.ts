import { openNames } from "@/analytics/query/names";
import { countryNames, regionNames } from "./chat/offline/places";
import { type Name, nameKinds, type Vocabulary } from "./chat/offline/vocabulary";
import type { ToolContext } from "./tools/context";
import { ToolError } from "./tools/errors";

/**
 * Dimensions whose values are no names people use: months of joining (`2026-01` stands in every date), groups of ours
 * (`at risk` may be a tag), and second readings of what has a name already (a tag at the time of the purchase).
 */
const unnamed = new Set<string>([
  "cohort",
  "subscription_cohort",
  "rfm_group",
  "receivable_age",
  "touch",
  "touch_kind",
  "tag_at_time",
  "tag_category",
  "email_state",
  "record_type",
  "campaign",
  "sale_affiliate",
  "lead_affiliate",
]);
const namedKinds = nameKinds.filter((kind) => !unnamed.has(kind));

const keepMs = 30_000;
const kept = new Map<string, { at: number; vocabulary: Promise<Vocabulary> }>();

/**
 * The account's own names (tags, products, lead sources, countries, regions), kept for half a minute per account.
 * @throws ToolError when they cannot be read: without them a filter by name would silently fall away, and the number
 * would be right for another question.
 */
export function loadVocabulary(context: ToolContext): Promise<Vocabulary> {
  const key = context.principal.account_id;
  const now = context.clock().getTime();
  const known = kept.get(key);
  if (known && Math.abs(now - known.at) < keepMs) return known.vocabulary;
  const vocabulary = readVocabulary(context).catch((error) => {
    kept.delete(key);
    context.report?.(error, "vocabulary");
    throw new ToolError(
      "unavailable",
      "The names of your tags, products and sources could not be read just now, so I would not know whom you mean. Ask again in a moment.",
      { retryable: true, cause: error },
    );
  });
  kept.set(key, { at: now, vocabulary });
  return vocabulary;
}

/** Codes of countries are words as well (`are`, `mar`), so they are left to `countryNames`. Numbers are also how people count: an id such as `3` is no name to look for in a question. */
function isSayable(name: string): boolean {
  return /\p{L}/u.test(name);
}

async function readVocabulary({ door, principal }: ToolContext): Promise<Vocabulary> {
  const source = openNames(door, principal);
  const lists = await Promise.all(
    namedKinds.map(async (kind) =>
      (await source.values(kind)).map(({ id, names }): Name => {
        const value = names[0] ?? id;
        const also = kind === "country" ? countryNames(id) : kind === "region" ? regionNames(id) : [];
        return {
          kind,
          id,
          value,
          aliases: [...(kind === "country" ? [] : names.slice(1).filter(isSayable)), ...also],
        };
      }),
    ),
  );
  return { names: lists.flat().filter(({ value }) => value !== "unknown") };
}
