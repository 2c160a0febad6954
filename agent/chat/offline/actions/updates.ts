import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { call, clarify, reasonOf, sayWhy, unquote, whom } from "./request";

const fields: Record<string, string> = {
  "job title": "job_title",
  title: "job_title",
  position: "job_title",
  role: "job_title",
  company: "company_name",
  "company name": "company_name",
  email: "email",
  "e-mail": "email",
  "email address": "email",
  "e-mail address": "email",
  phone: "phone",
  "phone number": "phone",
  mobile: "phone",
  website: "website",
  "web site": "website",
  "first name": "given_name",
  "given name": "given_name",
  "last name": "family_name",
  "family name": "family_name",
  surname: "family_name",
  nickname: "preferred_name",
  "preferred name": "preferred_name",
  "middle name": "middle_name",
  birthday: "birth_date",
  "birth date": "birth_date",
  "date of birth": "birth_date",
  spouse: "spouse_name",
  "time zone": "time_zone",
};
const field = Object.keys(fields)
  .sort((a, b) => b.length - a.length)
  .join("|");

export function updates(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const possessive = new RegExp(
    `^(?:change|set|update|correct|fix|make) (.+?)(?:'s|s') (${field}) (?:to|as|=) (.+)$`,
    "i",
  ).exec(raw);
  const theirs = new RegExp(
    `^(?:change|set|update|correct|fix|make)(?: their| the)? (${field})(?: (?:of|for) (?:them|those|these|all of them))? (?:to|as|=) (.+)$`,
    "i",
  ).exec(raw);
  if (
    theirs?.[1] &&
    theirs[2] &&
    (memory.people || /\b(?:their|them|those|these)\b/i.test(raw)) &&
    !/^(?:of|for) /i.test(theirs[2])
  ) {
    const reading = whom("them", memory, context);
    if (reading.kind !== "people") return sayWhy(reading);
    return call(
      "propose_update",
      {
        changes: { [fields[theirs[1].toLowerCase()] ?? ""]: unquote(theirs[2]) },
        ...reading.people,
        reason: reasonOf(reading.people),
      },
      context,
      reading.meanings,
    );
  }
  const ofThem = new RegExp(
    `^(?:change|set|update|correct|fix)(?: the)? (${field}) (?:of|for) (.+?) (?:to|as|=) (.+)$`,
    "i",
  ).exec(raw);
  const [who, what, value] = possessive
    ? [possessive[1], possessive[2], possessive[3]]
    : [ofThem?.[2], ofThem?.[1], ofThem?.[3]];
  if (!who || !what || !value) return null;
  const changes = { [fields[what.toLowerCase()] ?? ""]: unquote(value) };
  const group = /^(?:them|those|these|everyone|everybody|all|people|contacts|customers|leads)\b/i.test(who);
  if (!group) return call("propose_update", { person: unquote(who), changes }, context);
  const reading = whom(who, memory, context);
  if (reading.kind !== "people") return sayWhy(reading);
  return call(
    "propose_update",
    { changes, ...reading.people, reason: reasonOf(reading.people) },
    context,
    reading.meanings,
  );
}

const listed =
  "(?:it|this|that|them|those|these|the list|this list|that list|these people|those people|the people)";

const freezing =
  /^freeze (.+?)(?: (?:as|into|under)(?: an?| the)?(?: new)?(?: segment)?(?: called| named)? "?([^"]+?)"?)?$/i;
const kindSaid = /\b(frozen|static|fixed|live|dynamic) (?=(?:segment|list)\b)/i;

/** Frozen or live, where it was said, and the request in the words of one that says neither. */
function withoutKind(raw: string): { request: string; kind: "frozen" | "live" | null } {
  const freeze = freezing.exec(raw);
  if (freeze) {
    const who = freeze[1] ?? "";
    return {
      request: freeze[2]
        ? `save ${who} as segment "${freeze[2]}"`
        : `save ${back.test(who) ? who : "it"} as segment`,
      kind: "frozen",
    };
  }
  const said = kindSaid.exec(raw)?.[1]?.toLowerCase();
  if (!said) return { request: raw, kind: null };
  return {
    // `a frozen list` is a segment as well.
    request: raw.replace(/\b(?:frozen|static|fixed|live|dynamic) (?:segment|list)\b/i, "segment"),
    kind: said === "live" || said === "dynamic" ? "live" : "frozen",
  };
}

const back = new RegExp(`^${listed}$`, "i");

export function segments(raw: string, memory: Memory, context: PlanContext): Reply | null {
  if (/^freeze (?:the |my |our )?segments?\b/i.test(raw))
    return clarify(
      'A live segment is frozen on its page. A list of people is frozen here: ask for them, then say "freeze them as" with a name.',
      [],
    );
  const { request, kind } = withoutKind(raw);
  const [name, phrase] = segmentAsked(request, memory) ?? [];
  if (!phrase) return null;
  if (!name)
    return clarify(
      'What should the segment be called? For example: save them as segment "Big spenders".',
      [],
    );
  const reading = whom(phrase, memory, context);
  // `save it as "Sales"` may be about a chart.
  if (!/segment/i.test(request) && reading.kind !== "people") return null;
  if (reading.kind !== "people") return sayWhy(reading);
  return call(
    "create_segment",
    { name: unquote(name), ...(kind ? { kind } : {}), ...reading.people },
    context,
    reading.meanings,
  );
}

/** The name and the people of a segment that is asked for; null where none is. */
function segmentAsked(raw: string, { people }: Memory): [string | null, string] | null {
  const make = "(?:create|make|build|add|define|save|set up|new)(?: me)?(?: an?| the)?(?: new)? segment";
  const saved =
    /^(?:save|store|keep|turn|make) (.+?) (?:as|into) (?:a |the |an )?(?:new )?segment(?: called| named| as)? "?([^"]+?)"?$/i.exec(
      raw,
    );
  if (saved) return [saved[2] ?? null, saved[1] ?? ""];
  const quick =
    /^(?:save|store|keep)(?: as| in)? (?:a |the )?segment(?: called| named| as)? "?([^"]+?)"?$/i.exec(raw);
  if (quick && people) return [quick[1] ?? null, "them"];
  const made =
    new RegExp(
      `^${make}(?: called| named)? "([^"]+)"(?:(?: (?:of|for|with|from|out of|containing)|:) (.+))?$`,
      "i",
    ).exec(raw) ?? new RegExp(`^${make} (?:called |named )?([^":]{2,60}?): (.+)$`, "i").exec(raw);
  if (made && (made[2] || people)) return [made[1] ?? null, made[2] ?? "them"];
  const named = new RegExp(
    `^${make} (?:of|for|with|from|out of|containing) (.+) (?:called|named|as) "?([^"]+?)"?$`,
    "i",
  ).exec(raw);
  if (named) return [named[2] ?? null, named[1] ?? ""];
  // Without a name there is one thing to ask.
  const nameless = new RegExp(
    `^(?:${make} (?:of|for|with|from|out of|containing) (.+)|(?:save|store|keep|turn) (${listed}) (?:as|into) (?:a |the )?(?:new )?segment)$`,
    "i",
  ).exec(raw);
  if (nameless) return [null, nameless[1] ?? nameless[2] ?? ""];
  if (new RegExp(`^${make}$`, "i").test(raw) && people) return [null, "them"];
  const quoted = /^(?:save|store|keep) (.+?) as "([^"]+)"$/i.exec(raw);
  if (quoted) return [quoted[2] ?? null, quoted[1] ?? ""];
  const plain = new RegExp(
    `^(?:save|store|keep) (${listed}|list) as ([\\p{L}\\p{N}][\\p{L}\\p{N} &'-]{1,60})$`,
    "iu",
  ).exec(raw);
  return plain && people ? [plain[2] ?? null, plain[1] === "list" ? "them" : (plain[1] ?? "")] : null;
}
