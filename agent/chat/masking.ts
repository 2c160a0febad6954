import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import type { QueryDoor } from "@/analytics/query/door";
import type { Principal } from "@/supabase/contract/principal";
import { isEveryday, ownWords } from "./offline/words";

/**
 * Names, e-mail addresses and phone numbers as the provider sees them: `[person-1]`, `[email-1]`, `[phone-1]`, the same
 * value always the same mark within an answer. What the model writes back is turned into the real thing before anybody
 * or any tool reads it.
 */
export interface Masker {
  /** Learns which of the words in these texts are people of the account. */
  learn(texts: readonly string[]): Promise<void>;
  mask(text: string): string;
  unmask(text: string): string;
}

/** Which of these are names of people: whole names, first names or last names, in any case. */
export type FindNames = (candidates: string[]) => Promise<string[]>;

const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
/** Ten to fifteen digits as phones are written; amounts and dates have fewer, ids no separators. */
const phone =
  /(?<![\p{L}\p{N}-])\+?(?:\(\d{1,4}\)|\d{1,4})(?:[ .\-/]?(?:\(\d{1,4}\)|\d{1,4})){2,6}(?![\p{L}\p{N}-])/gu;
const capitalised =
  /\p{Lu}[\p{L}\p{M}'’-]+(?: (?:(?:de|van|von|der|la|di|da|bin|al) )*\p{Lu}[\p{L}\p{M}'’-]*){0,3}/gu;
const mark = /\[(?:person|email|phone)-\d+\]/g;

export function createMasker(findNames: FindNames): Masker {
  const marks = new Map<string, string>();
  const values = new Map<string, string>();
  const names = new Set<string>();
  const asked = new Set<string>();
  let pattern: RegExp | null = null;
  const put = (kind: string, value: string): string => {
    const key = `${kind}:${value.toLowerCase()}`;
    const known = marks.get(key);
    if (known) return known;
    const made = `[${kind}-${[...marks.keys()].filter((each) => each.startsWith(`${kind}:`)).length + 1}]`;
    marks.set(key, made);
    values.set(made, value);
    return made;
  };
  return {
    async learn(texts) {
      const candidates = new Set<string>();
      for (const text of texts)
        for (const [said] of text.matchAll(capitalised))
          for (const part of partsOf(said)) candidates.add(part);
      // A question in small letters names people too.
      const [question] = texts.slice(-1);
      if (question && question.length < 500) for (const part of pairsIn(question)) candidates.add(part);
      const fresh = [...candidates].filter((each) => !asked.has(each.toLowerCase())).slice(0, 5_000);
      for (const each of fresh) asked.add(each.toLowerCase());
      if (fresh.length === 0) return;
      for (const found of await findNames(fresh)) names.add(found);
      const all = [...names]
        .sort((a, b) => b.length - a.length)
        .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      pattern =
        all.length > 0
          ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join("|")})(?![\\p{L}\\p{N}])`, "giu")
          : null;
    },
    mask(text) {
      const masked = text
        .replace(email, (value) => put("email", value))
        .replace(phone, (value) =>
          value.replace(/\D/g, "").length >= 10 && /\D/.test(value) && !/^\d{4}-\d\d-\d\d/.test(value)
            ? put("phone", value)
            : value,
        );
      return pattern ? masked.replace(pattern, (value) => put("person", value)) : masked;
    },
    unmask: (text) => text.replace(mark, (made) => values.get(made) ?? made),
  };
}

/** `Ann Lee Smith`: the whole, each word, and neighbours; a first name alone is a name too. */
function partsOf(said: string): string[] {
  const words = said.split(" ");
  const runs = words.flatMap((_, from) =>
    words.slice(from).map((__, length) => words.slice(from, from + length + 1).join(" ")),
  );
  return runs.filter((run) => run.length > 1);
}

function pairsIn(text: string): string[] {
  const words = text.match(/\p{L}[\p{L}\p{M}'’-]+/gu) ?? [];
  return words.flatMap((word, at) => [word, ...(words[at + 1] ? [`${word} ${words[at + 1]}`] : [])]);
}

const namesSql = `select distinct said.name from jsonb_array_elements_text($1->0) said(name)
where exists (select from analytics.contacts c where lower(c.name) = lower(said.name))
   or (position(' ' in said.name) = 0 and exists (
     select from analytics.contacts c
     where lower(said.name) in (lower(split_part(c.name, ' ', 1)), lower(regexp_replace(c.name, '^.* ', '')))))`;

/** Looks candidates up among the account's people. Single words that are words of every question stay as they are. */
export function namesThrough(door: QueryDoor, principal: Principal): FindNames {
  return async (candidates) => {
    const { rows } = await door(namesSql, [candidates], principal);
    const own = ownWords();
    return rows
      .map(({ name }) => String(name))
      .filter(
        (name) => name.includes(" ") || !(own.has(name.toLowerCase()) || isEveryday(name.toLowerCase())),
      );
  };
}

/** A model that is shown marks instead of people, and whose marks are people again when they come back. */
export function withMasking(model: LanguageModelV4, masker: Masker): LanguageModelV4 {
  const hidden = async (call: LanguageModelV4CallOptions): Promise<LanguageModelV4CallOptions> => {
    await masker.learn(textsIn(call.prompt));
    return { ...call, prompt: mapTexts(call.prompt, masker.mask) };
  };
  return {
    specificationVersion: "v4",
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: {},
    async doGenerate(call) {
      const answer = await model.doGenerate(await hidden(call));
      return { ...answer, content: mapTexts(answer.content, masker.unmask) as LanguageModelV4Content[] };
    },
    async doStream(call) {
      const { stream, ...rest } = await model.doStream(await hidden(call));
      return { ...rest, stream: stream.pipeThrough(unmasked(masker)) };
    },
  };
}

/** Marks may be cut between pieces: what could be the beginning of one is held back until it is whole. */
function unmasked(masker: Masker): TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart> {
  const held = new Map<string, string>();
  return new TransformStream({
    transform(part, controller) {
      if (part.type === "text-delta" || part.type === "reasoning-delta") {
        const text = (held.get(part.id) ?? "") + part.delta;
        const open = text.lastIndexOf("[");
        const cut = open >= 0 && !text.includes("]", open) && text.length - open < 24 ? open : text.length;
        held.set(part.id, text.slice(cut));
        if (cut > 0) controller.enqueue({ ...part, delta: masker.unmask(text.slice(0, cut)) });
        return;
      }
      if (part.type === "text-end" || part.type === "reasoning-end") {
        const rest = held.get(part.id);
        held.delete(part.id);
        if (rest)
          controller.enqueue({
            type: part.type === "text-end" ? "text-delta" : "reasoning-delta",
            id: part.id,
            delta: masker.unmask(rest),
          });
      }
      controller.enqueue(part.type === "tool-call" ? { ...part, input: masker.unmask(part.input) } : part);
    },
  });
}

const textKeys = new Set(["text", "value", "reason", "content"]);

/** Every text of a prompt, wherever it stands; the last is the question. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (value && typeof value === "object")
    return Object.entries(value).flatMap(([key, child]) =>
      typeof child === "string" && !textKeys.has(key) && !isInput(value) ? [] : textsIn(child),
    );
  return [];
}

/** Inputs and outputs of tools hold people in any field; ids and names of tools and types do not. */
const isInput = (value: object) => !("type" in value) && !("role" in value);

function mapTexts<T>(value: T, change: (text: string) => string): T {
  const walk = (each: unknown, inside: boolean): unknown => {
    if (typeof each === "string") return inside ? change(each) : each;
    if (Array.isArray(each)) return each.map((child) => walk(child, inside));
    if (!each || typeof each !== "object") return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, child]) => [
        key,
        walk(child, inside ? !structural.has(key) : textKeys.has(key) || key === "input" || key === "output"),
      ]),
    );
  };
  return walk(value, false) as T;
}

/** Keys whose texts are no content, also inside of inputs and outputs. */
const structural = new Set(["type", "toolCallId", "toolName", "id", "role", "providerOptions"]);
