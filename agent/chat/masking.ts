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
  /** Takes names and phones from the tools' own results, where the field says what they are. */
  learnFrom(outputs: readonly unknown[]): void;
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
/** As Keap often stores them; nothing else in an answer has as many digits without a separator. */
const bareDigits = /(?<![\p{L}\p{N}.,$€£-])\d{10,15}(?![\p{L}\p{N}%-])/gu;
/** Words of scripts without capital letters. */
const uncased = /\p{Lo}[\p{Lo}\p{M}]+/gu;
const mark = /\[(?:person|email|phone)-\d+\]/g;

/** Candidates looked up in one query. */
const slice = 5_000;

export function createMasker(findNames: FindNames): Masker {
  const marks = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<string, number>();
  const names = new Set<string>();
  const phones = new Set<string>();
  const asked = new Set<string>();
  let pattern: RegExp | null = null;
  const put = (kind: string, value: string): string => {
    const key = `${kind}:${value.toLowerCase()}`;
    const known = marks.get(key);
    if (known) return known;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const made = `[${kind}-${number}]`;
    marks.set(key, made);
    values.set(made, value);
    return made;
  };
  const rebuild = () => {
    const all = [...names]
      .sort((one, other) => other.length - one.length)
      .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    pattern =
      all.length > 0 ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join("|")})(?![\\p{L}\\p{N}])`, "giu") : null;
  };
  return {
    async learn(texts) {
      const fresh = candidatesIn(texts).filter((each) => !asked.has(each.toLowerCase()));
      for (const each of fresh) asked.add(each.toLowerCase());
      for (let at = 0; at < fresh.length; at += slice)
        for (const found of await findNames(fresh.slice(at, at + slice))) names.add(found);
      if (fresh.length > 0) rebuild();
    },
    learnFrom(outputs) {
      for (const { kind, value } of outputs.flatMap(peopleIn)) (kind === "name" ? names : phones).add(value);
      rebuild();
    },
    mask(text) {
      let masked = text
        .replace(email, (value) => put("email", value))
        .replace(phone, (value) =>
          value.replace(/\D/g, "").length >= 10 && /\D/.test(value) && !/^\d{4}-\d\d-\d\d/.test(value)
            ? put("phone", value)
            : value,
        )
        .replace(bareDigits, (value) => put("phone", value));
      for (const number of phones)
        if (masked.includes(number)) masked = masked.replaceAll(number, put("phone", number));
      return pattern ? masked.replace(pattern, (value) => put("person", value)) : masked;
    },
    unmask: (text) => text.replace(mark, (made) => values.get(made) ?? made),
  };
}

function candidatesIn(texts: readonly string[]): string[] {
  const candidates = new Set<string>();
  for (const text of texts)
    for (const words of [capitalised, uncased])
      for (const [said] of text.matchAll(words)) for (const part of partsOf(said)) candidates.add(part);
  // A question in small letters names people too.
  const question = texts.at(-1);
  if (question && question.length < 500) for (const part of pairsIn(question)) candidates.add(part);
  return [...candidates];
}

const nameKeys = new Set([
  "contact_name",
  "given_name",
  "family_name",
  "preferred_name",
  "middle_name",
  "spouse_name",
]);

/** Names and phones in a tool's result, by the fields they stand in; `name` is a person's beside an address or an id. */
function peopleIn(value: unknown): { kind: "name" | "phone"; value: string }[] {
  if (Array.isArray(value)) return value.flatMap(peopleIn);
  if (!value || typeof value !== "object") return [];
  const person = "contact_id" in value || "email" in value || "email_addresses" in value;
  return Object.entries(value).flatMap(([key, child]): { kind: "name" | "phone"; value: string }[] => {
    if (typeof child !== "string") return peopleIn(child);
    const text = child.trim();
    if ((nameKeys.has(key) || (person && key === "name")) && text.length > 1 && !text.includes("@"))
      return [{ kind: "name", value: text }];
    const digits = text.replace(/\D/g, "").length;
    return /phone|fax|mobile|^number$/.test(key) && digits >= 7 ? [{ kind: "phone", value: text }] : [];
  });
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
export function withMasking(
  model: LanguageModelV4,
  masker: Masker,
  /** What tools returned so far. */
  outputs: () => readonly unknown[] = () => [],
): LanguageModelV4 {
  const hidden = async (call: LanguageModelV4CallOptions): Promise<LanguageModelV4CallOptions> => {
    masker.learnFrom(outputs());
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

/** Ids, addresses and statements of ours are no content: marks in them would break what they point to. */
const untouched = (key: string) =>
  key === "id" || key === "ids" || /_ids?$|_at$|_of$|(?:^|_)url$|^(?:sql|kind|status|zone)$/.test(key);

/** A tool's result as a model of somebody else may see it, with people as marks wherever they stand. */
export async function maskResult<T>(output: T, masker: Masker): Promise<T> {
  masker.learnFrom([output]);
  const texts: string[] = [];
  const collect = (text: string) => {
    texts.push(text);
    return text;
  };
  mapContent(output, collect);
  // The last text would count as the question, whose small words are looked up too.
  await masker.learn([...texts, ""]);
  return mapContent(output, masker.mask) as T;
}

function mapContent(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapContent(each, change));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      typeof child === "string" && untouched(key) ? child : mapContent(child, change),
    ]),
  );
}

/** Whether a text holds marks: nobody outside may be asked for by one that is not known here. */
export const holdsMark = (value: unknown): boolean =>
  /\[(?:person|email|phone)-\d+\]/.test(JSON.stringify(value ?? null));

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
