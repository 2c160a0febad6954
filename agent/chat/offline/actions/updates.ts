import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { call, reasonOf, sayWhy, unquote, whom } from "./request";

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

export function segments(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const saved =
    /^(?:save|store|keep|turn) (.+?) (?:as|into) (?:a |the |an )?(?:new )?segment(?: called| named)? "?([^"]+?)"?$/i.exec(
      raw,
    );
  const made =
    /^(?:create|make|build|add|define|save|set up)(?: me)?(?: an?| the)?(?: new)? segment(?: called| named)? "([^"]+)" (?:of|for|with|from|out of|containing) (.+)$/i.exec(
      raw,
    );
  const named =
    /^(?:create|make|build|add|define|save|set up)(?: me)?(?: an?| the)?(?: new)? segment (?:of|for|with|from|out of|containing) (.+) (?:called|named|as) "?([^"]+?)"?$/i.exec(
      raw,
    );
  const quoted = /^(?:save|store|keep) (.+?) as "([^"]+)"$/i.exec(raw);
  const [name, phrase] = saved
    ? [saved[2], saved[1]]
    : made
      ? [made[1], made[2]]
      : [named?.[2] ?? quoted?.[2], named?.[1] ?? quoted?.[1]];
  if (!name || !phrase) return null;
  const reading = whom(phrase, memory, context);
  // `save it as "Sales"` may be about a chart.
  if (quoted && !saved && reading.kind !== "people") return null;
  if (reading.kind !== "people") return sayWhy(reading);
  return call("create_segment", { name: name.trim(), ...reading.people }, context, reading.meanings);
}
