import { z } from "zod";
import { countryName } from "@/analytics/metrics/countries";
import { dimensions } from "@/analytics/metrics/dimensions";
import { countryNames, regionNames } from "./chat/offline/places";
import { type Name, nameKinds, type Vocabulary } from "./chat/offline/vocabulary";
import type { ToolContext } from "./tools/context";
import { ToolError } from "./tools/errors";

/**
 * Dimensions whose values are no names people use: months of joining (`2026-01` stands in every date), groups of ours
 * (`at risk` may be a tag), what people write as a reason, and second readings of what has a name already (a tag at the time of the purchase).
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
  "weekday",
  "hour",
  "purchase",
  "loss_reason",
  "stop_reason",
]);
const namedKinds = nameKinds.filter((kind) => !unnamed.has(kind));

/** As long as names count as new, and as long as they may still be used while they are read again. */
const freshMs = 30_000;
/** Too new to be worth reading again, whatever was not understood. */
const justReadMs = 5_000;
const usableMs = 10 * 60_000;
/** Accounts whose names are kept at a time. */
const mostKept = 200;

interface Kept {
  readAt: number;
  vocabulary: Promise<Vocabulary>;
  /** A newer reading that is under way. */
  next?: Promise<Vocabulary>;
}
const kept = new Map<string, Kept>();

export interface KnownNames {
  vocabulary: Vocabulary;
  /** Names as they are now, for a question that holds a word these do not know; null where these are new. */
  renew: (() => Promise<Vocabulary>) | null;
}

/**
 * The account's own names (tags, products, lead sources, countries, regions). They are read once and kept: half a minute
 * as they are, then for ten minutes more while they are read again behind the answer. Who meets a word that they do not
 * know asks for newer ones, so that a tag made a moment ago is found.
 * @throws ToolError when they cannot be read: without them a filter by name would silently fall away, and the number
 * would be right for another question.
 */
export async function loadNames(context: ToolContext): Promise<KnownNames> {
  const key = `${context.principal.account_id} ${context.principal.role}`;
  const now = context.clock().getTime();
  const known = kept.get(key);
  const age = known ? Math.abs(now - known.readAt) : Number.POSITIVE_INFINITY;
  if (!known || age >= usableMs) return { vocabulary: await read(key, now, context), renew: null };
  const vocabulary = await known.vocabulary;
  if (age < justReadMs) return { vocabulary, renew: null };
  if (age >= freshMs) void renewed(key, known, now, context);
  return { vocabulary, renew: () => renewed(key, known, now, context) };
}

/** The names alone. */
export const loadVocabulary = async (context: ToolContext): Promise<Vocabulary> =>
  (await loadNames(context)).vocabulary;

/** Reads again, once for all who ask, while what is there stays in use; a failure leaves it and is told to who waits. */
function renewed(key: string, known: Kept, now: number, context: ToolContext): Promise<Vocabulary> {
  known.next ??= readVocabulary(context).then(
    (vocabulary) => {
      keep(key, { readAt: now, vocabulary: Promise.resolve(vocabulary) });
      return vocabulary;
    },
    (error) => {
      known.next = undefined;
      throw unreadable(error, context);
    },
  );
  // Nobody may be waiting for it.
  known.next.catch(() => undefined);
  return known.next;
}

function read(key: string, now: number, context: ToolContext): Promise<Vocabulary> {
  const entry: Kept = {
    readAt: now,
    vocabulary: readVocabulary(context)
      // The first question of all meets a database that has cold pages and a copy to write: it is asked once more.
      .catch(() => readVocabulary(context))
      .catch((error) => {
        if (kept.get(key) === entry) kept.delete(key);
        throw unreadable(error, context);
      }),
  };
  keep(key, entry);
  return entry.vocabulary;
}

function keep(key: string, entry: Kept): void {
  kept.delete(key);
  kept.set(key, entry);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}

function unreadable(error: unknown, context: ToolContext): ToolError {
  context.report?.(error, "vocabulary");
  return new ToolError(
    "unavailable",
    "The names of your tags, products and sources could not be read just now, so I would not know whom you mean. Ask again in a moment.",
    { retryable: true, cause: error },
  );
}

/** Codes of countries are words as well (`are`, `mar`), so they are left to `countryNames`. Numbers are also how people count: an id such as `3` is no name to look for in a question. */
function isSayable(name: string): boolean {
  return /\p{L}/u.test(name);
}

/** All kinds in one question to the database, a row each: their lists may be longer than the door lets rows through. */
const namesSql = namedKinds
  .map(
    (kind) => `select '${kind}' as kind, jsonb_agg(to_jsonb(v)) as list from (${dimensions[kind].values}) v`,
  )
  .join("\nunion all\n");

const listsSchema = z.array(
  z.object({
    kind: z.enum(namedKinds),
    list: z
      .array(z.looseObject({ id: z.string(), name: z.string().nullable(), also: z.string().nullish() }))
      .nullable(),
  }),
);

async function readVocabulary({ door, principal }: ToolContext): Promise<Vocabulary> {
  const { rows } = await door(namesSql, [], principal);
  const names = listsSchema.parse(rows).flatMap(({ kind, list }) =>
    (list ?? []).map(({ id, name, also }): Name => {
      if (kind === "country") return { kind, id, value: countryName(id), aliases: countryNames(id) };
      const further = [
        ...(name !== null && also ? [also] : []),
        ...(kind === "region" ? regionNames(id) : []),
      ];
      return { kind, id, value: name ?? also ?? id, aliases: further.filter(isSayable) };
    }),
  );
  return { names: names.filter(({ value }) => value !== "unknown") };
}
