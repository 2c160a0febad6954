import { monthNumbers, weekdayNumbers } from "../calendar";
import { stopwords } from "../lexicon";
import { literal } from "../patterns";
import { personIn } from "../people/person-name";
import { isOrdinary, ownWords } from "../words";
import type { Reading } from "./read-words";

/** A stage by its name, or by its first word where only one stage begins so (`proposal` for `Proposal sent`). */
export function readStage(
  { scanner, kind, context, meanings }: Reading,
  longOnly = false,
): string | undefined {
  if (kind !== "deal") return undefined;
  const stages = context.index.byLength.filter((name) => name.kind === "stage");
  for (const { key, value } of stages) {
    // `won` and `new` are states as well; a name of several words is nothing else.
    if (longOnly && !key.includes(" ")) continue;
    if (
      scanner.take(
        new RegExp(
          String.raw`(?<![\p{L}\p{N}])(?:(?:at|in|on) )?(?:the )?(?:stage )?${literal(key)}(?: stage)?(?![\p{L}\p{N}])`,
          "u",
        ),
      )
    )
      return value;
  }
  if (longOnly) return undefined;
  for (const { key, value } of stages) {
    const [first = ""] = key.split(" ");
    if (first.length < 4 || stages.filter((other) => other.key.split(" ")[0] === first).length > 1) continue;
    if (
      scanner.take(
        new RegExp(
          String.raw`(?<![\p{L}\p{N}])(?:at|in|on) (?:the )?(?:stage )?${literal(first)}s?(?: stage)?(?![\p{L}\p{N}])`,
          "u",
        ),
      )
    ) {
      meanings.push(`I took "${first}" for the stage "${value}".`);
      return value;
    }
  }
  return undefined;
}

/** `with rose bennett`: two words that are a name and nothing else, of the person a record is about. */
export function readPerson({ scanner, context }: Reading): string | undefined {
  const match = scanner.find(
    /(?<![\p{L}])(?:with|for|of|by|from|about|on|to) (\p{L}[\p{L}'-]+ \p{L}[\p{L}'-]+)(?![\p{L}])/u,
  );
  // `with rebecca`: one word, which is nothing else.
  const single = match
    ? null
    : scanner.find(/(?<![\p{L}])(?:with|about|by|from) (\p{L}[\p{L}'-]{2,})(?= |$)/u);
  if (single?.[1] && personIn(single[1], new Set(), context)?.sure === 1) {
    scanner.blank(single.index, single.index + single[0].length);
    return single[1];
  }
  const words = match?.[1]?.split(" ") ?? [];
  const named = match && personIn(match[1] ?? "", new Set(), context)?.name === match[1];
  if (!match || (!named && !words.some((each) => !isOrdinary(each) && !ownWords().has(each))))
    return undefined;
  if (words.some((each) => stopwords.has(each) || each in monthNumbers || each in weekdayNumbers))
    return undefined;
  scanner.blank(match.index, match.index + match[0].length);
  return match[1];
}

/** `ben or nadia`: everyone who is named. */
export function readOwners(reading: Reading): string[] | "mine" {
  const found: string[] = [];
  for (let turns = 0; turns < 5; turns++) {
    const owner = readOwner(reading);
    if (owner === "mine") return found.length > 0 ? found : "mine";
    if (!owner || found.includes(owner)) break;
    found.push(owner);
  }
  if (found.length > 1) while (reading.scanner.take(/(?<![\p{L}])(?:or|and|&)(?![\p{L}])/u));
  return found;
}

/** A user by the whole name or by a part of it that only one has. */
export function readOwner({ scanner, context }: Reading): string | "mine" | undefined {
  const owners = context.index.byLength.filter((name) => name.kind === "owner");
  const before = String.raw`(?<![\p{L}\p{N}])(?:(?:that|who|which) )?(?:(?:belong(?:s|ing)? to|assigned to|owned by|(?:is|are) with|for|of|from|with|by|does|did|has|on|is|are) )*`;
  const after = String.raw`(?:'s?|s)?(?: (?:has|have|owns?|is working on|needs to do|got|still))?(?![\p{L}\p{N}])`;
  for (const { key, value } of owners)
    if (scanner.take(new RegExp(`${before}${literal(key)}${after}`, "u"))) return value;
  for (const { key, value } of owners) {
    for (const part of key.split(" ")) {
      if (
        part.length < 2 ||
        new Set(owners.filter((other) => other.key.split(" ").includes(part)).map((other) => other.value))
          .size > 1
      )
        continue;
      if (scanner.take(new RegExp(`${before}${literal(part)}${after}`, "u"))) return value;
    }
  }
  if (scanner.find(/(?<![\p{L}])(?:my|mine|i have|assigned to me|do i)(?![\p{L}])/u)) return "mine";
  return undefined;
}
