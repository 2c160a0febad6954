import { fold } from "../normalise";
import { literal } from "../patterns";
import type { IndexedName, NameKind, VocabularyIndex } from "../vocabulary";
import { isEveryday, ownWords } from "../words";
import { completeMarks } from "./half-names";

/** Names of the account in a choice of people: they stand as `@0@`, `@1@` … while it is read. */
export interface Found {
  names: IndexedName[];
  said: string;
}

const orderOf: Record<Parameters<typeof settle>[0], NameKind[]> = {
  bought: ["product", "category"],
  place: ["region", "country", "lead_source", "tag"],
  owned: ["owner", "tag"],
  joined: ["plan", "product", "tag"],
  tagged: ["tag", "plan", "product", "region", "country", "lead_source", "owner"],
  without: ["tag", "product", "region", "country", "lead_source", "category", "owner"],
};

/** Which kind of thing the names of a clause are, and their values as a filter takes them. */
export function settle(
  clause: "tagged" | "without" | "bought" | "place" | "owned" | "joined",
  names: Found[],
  previous: NameKind | null,
): { kind: NameKind; values: string[] } | { text: string } {
  const order: NameKind[] =
    clause === "without" && (previous === "product" || previous === "category")
      ? ["product", "category", "tag"]
      : orderOf[clause];
  const kind = order.find((each) => names.every(({ names: own }) => own.some((one) => one.kind === each)));
  if (!kind) {
    const said = names.map(({ said: words }) => `"${words}"`).join(" and ");
    return {
      text:
        clause === "bought"
          ? `${said} is no product I know, so I don't choose people past it.`
          : `I can't tell what ${said} is here. Say the tag or the product by its full name.`,
    };
  }
  // `VIP buyers` would be read as a tag; a product that stands where a tag is said is not guessed at.
  if (clause === "tagged" && kind === "product")
    return {
      text: `Do you mean people who bought ${names.map(({ said }) => `"${said}"`).join(", ")}? Say "who bought".`,
    };
  const values: string[] = [];
  for (const { names: own, said } of names) {
    const fits = [
      ...new Map(own.filter((one) => one.kind === kind).map((one) => [one.filter, one])).values(),
    ];
    const [only, another] = fits;
    if (another)
      return {
        text: `"${said}" fits more than one ${kind.replaceAll("_", " ")}: ${fits.map(({ value }) => `"${value}"`).join(", ")}. Which one?`,
      };
    if (only) values.push(only.filter);
  }
  return { kind, values };
}

const peopleNouns = new Set(
  "people customer customers contact contacts lead leads buyer buyers member members client clients everyone".split(
    " ",
  ),
);
const peopleKinds = new Set<NameKind>([
  "tag",
  "product",
  "country",
  "region",
  "lead_source",
  "owner",
  "plan",
  "category",
]);
/** A tag such as `Bought a kit` is not meant by who says that somebody bought a kit. */
export const saysPurchase = /^(?:bought|ordered|purchased|had a refund|refunded)(?: |$)/;
const hint =
  /(?:tagged(?: with| as)?|tags?|label|products?|course|bought|bought the|holds?|hold|has the|source|in|from|outside|outside of|non|excluding|except|without|not)(?: the| called| named)* $/u;
const joined = /@\d+@(?: ?,? ?(?:and|or|nor|but not|not) (?:the )?(?:tags? )?)$/u;

/** Replaces the account's names by marks. A name that is an every-day word has to be quoted, hinted at or capital. */
export function markNames(
  clean: string,
  raw: string,
  index: VocabularyIndex,
): { text: string; found: Found[]; meanings: string[] } {
  const found: Found[] = [];
  let text = clean;
  const seen = new Set<string>();
  const ours = ownWords();
  // `the Club Annual plan` is that plan, whatever tag is called Annual plan.
  const plans = index.byLength.filter(
    ({ kind, key }) => kind === "plan" && [" plan", " membership"].some((noun) => text.includes(key + noun)),
  );
  for (const { key } of [...plans, ...index.byLength]) {
    if (seen.has(key) || key.length < 2) continue;
    seen.add(key);
    const same = index.byLength.filter((one) => one.key === key && peopleKinds.has(one.kind));
    if (saysPurchase.test(key) && !hintedTag(raw, key)) continue;
    if (same.length === 0 || !text.includes(key.replace(/s$/, ""))) continue;
    const everyday = key
      .split(" ")
      .every((word) => peopleNouns.has(word) || ours.has(word) || isEveryday(word) || /^\d+$/.test(word));
    // `the Customer tag` is the tag "Customers".
    const ending = key.endsWith("s")
      ? `${literal(key)}|${literal(key.slice(0, -1))}(?= tags?(?: |$))`
      : literal(key);
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}@])(?:${ending})(?:'s|'|s)?(?![\\p{L}\\p{N}@])`, "gu");
    const spelled = spellings(raw, key, same);
    let turn = -1;
    text = text.replace(pattern, (said, at: number) => {
      turn++;
      const before = text.slice(0, at);
      const exact = same.filter(({ value }) => value !== value.toLowerCase() && raw.includes(value));
      const capital = exact.some(({ value }) => raw.indexOf(value) > 0);
      const quoted = new RegExp(`["“'‘]${literal(said.trim())}`, "iu").test(
        // A phrase that is the name and nothing else; `customers` alone are people.
        fold(raw) === fold(said) && !peopleNouns.has(fold(said)) ? `"${raw}"` : raw.toLowerCase(),
      );
      const kindAfter = /^ tags?(?= |$)(?! of )/u.test(text.slice(at + said.length));
      // `are not members`: who they are, not a tag that is called so.
      if (
        peopleNouns.has(fold(said)) &&
        !capital &&
        !quoted &&
        !kindAfter &&
        !/(?:tags?|tagged(?: with| as)?|labels?) (?:the )?$/u.test(before)
      )
        return said;
      if (everyday && !capital && !quoted && !hint.test(before) && !joined.test(before) && !kindAfter)
        return said;
      // Capital letters decide between names that differ in nothing else.
      const lower = same.filter(({ value }) => value === value.toLowerCase() && raw.includes(value));
      const typed = spelled?.[turn];
      const chosen = typed
        ? same.filter(({ value }) => value === typed)
        : exact.length > 0
          ? exact
          : lower.length > 0 && lower.length < same.length && raw.includes(`"`)
            ? lower
            : same;
      found.push({ names: chosen, said: said.trim() });
      return `@${found.length - 1}@`;
    });
  }
  const completed = completeMarks(withUs(text.replace(/\s+/g, " "), found, index), found, index);
  return { text: listed(completed.text, found, raw), found, meanings: completed.meanings };
}

/** `tagged vip but not VIP`: names that differ in capital letters alone, where each is said in its own. */
function spellings(raw: string, key: string, same: IndexedName[]): string[] | null {
  const values = new Set(same.filter(({ kind }) => kind === "tag").map(({ value }) => value));
  if (values.size < 2) return null;
  const said = [
    ...raw.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])${literal(key)}(?![\\p{L}\\p{N}])`, "giu")),
  ].map(([text]) => text);
  return new Set(said).size > 1 && said.every((each) => values.has(each)) ? said : null;
}

/** `Canada, Germany and France` is one list: the commas that the folding of the text took away. */
function listed(text: string, found: Found[], raw: string): string {
  const folded = ` ${raw.toLowerCase()}`;
  return text.replace(/@(\d+)@ (?=(?:(?:the|a|an) )?@\d+@)/gu, (marks, digits: string) => {
    const said = found[Number(digits)]?.said.toLowerCase() ?? "";
    return said && folded.includes(`${said},`) ? `@${digits}@, ` : marks;
  });
}

/** `us or canada`: beside a place, `us` is one. */
function withUs(text: string, found: Found[], index: VocabularyIndex): string {
  const america = index.byLength.filter(({ kind, key }) => kind === "country" && key === "usa");
  const isPlace = (digits: string) =>
    found[Number(digits)]?.names.some(({ kind }) => kind === "country" || kind === "region") ?? false;
  if (america.length === 0) return text;
  const mark = () => {
    found.push({ names: america, said: "us" });
    return `@${found.length - 1}@`;
  };
  return text
    .replace(/(?<![\p{L}@])us(?= ?,? ?(?:or|and|&) (?:the )?@(\d+)@)/gu, (said, digits: string) =>
      isPlace(digits) ? mark() : said,
    )
    .replace(/(?<=@(\d+)@ ?,? (?:or|and|&) (?:the )?)us(?![\p{L}@])/gu, (said, digits: string) =>
      isPlace(digits) ? mark() : said,
    );
}

const hintedTag = (raw: string, key: string) =>
  new RegExp(
    `(?:tags?|tagged(?: with| as)?|label|["“'])(?: the)? ?["“']?${literal(key)}|${literal(key)}["”']? tag`,
    "iu",
  ).test(raw);
