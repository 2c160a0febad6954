import type { Memory } from "../memory";
import type { PeopleReading } from "../people/read-people";
import type { PlanContext, Reply } from "../plan";
import { call, reasonOf, sayWhy, unquote, whom } from "./request";

const put: { pattern: RegExp; tag: number; whom: number }[] = [
  { pattern: /^tag (?!["'])(.+) (?:as|with) (?:the )?(?:tag )?"([^"]+)"$/i, whom: 1, tag: 2 },
  // tag them VIP
  {
    pattern:
      /^tag (them|those|these|all of them|everyone (?:in|on) (?:the|that) list)(?: all)? (?:as |with )?(?:the )?(?:tag )?"?([^"]+?)"?$/i,
    whom: 1,
    tag: 2,
  },
  {
    pattern:
      /^(?:add|put|apply|assign)(?: the)? (?:tag )?"?([^"]+?)"?(?: tag)? (?:to|on|for) (them|those|these|all of them)$/i,
    tag: 1,
    whom: 2,
  },
  {
    pattern:
      /^(?:add|apply|propose|suggest|put|assign|attach|set|give)(?: (?:the|a|an|this|new))* tag "([^"]+)" (?:to|on|for) (.+)$/i,
    tag: 1,
    whom: 2,
  },
  { pattern: /^(?:give|assign) (?!(?:the |a )?tag)(.+?) (?:the |a )?tag "?([^"]+?)"?$/i, whom: 1, tag: 2 },
  { pattern: /^tag (?!["'])(.+) (?:as|with) (?:the )?(?:tag )?([^"]+)$/i, whom: 1, tag: 2 },
  {
    pattern:
      /^(?:add|apply|propose|suggest|put|assign|attach|set)(?: (?:the|a|an|new))* tag (?!["'])(.+?) (?:to|on|for) (.+)$/i,
    tag: 1,
    whom: 2,
  },
];
const takeOff: { pattern: RegExp; tag: number; whom: number }[] = [
  {
    pattern: /^(?:remove|take|drop|strip)(?: off| away)? (?:the )?tag "([^"]+)" (?:from|off|of) (.+)$/i,
    tag: 1,
    whom: 2,
  },
  {
    pattern: /^(?:remove|take|drop|strip)(?: off| away)? (?:the )?tag (?!["'])(.+?) (?:from|off|of) (.+)$/i,
    tag: 1,
    whom: 2,
  },
];

export function tags(raw: string, memory: Memory, context: PlanContext): Reply | null {
  for (const remove of [false, true]) {
    for (const { pattern, tag, whom: people } of remove ? takeOff : put) {
      const match = pattern.exec(raw);
      const name = unquote(match?.[tag] ?? "");
      if (!match || !name) continue;
      const phrase = match[people] ?? "";
      const everyone =
        remove && /^(?:everyone|everybody|all(?: of them)?|all (?:people|contacts|customers))$/i.test(phrase);
      const reading: PeopleReading = everyone
        ? { kind: "people", people: {}, meanings: [] }
        : whom(phrase, memory, context);
      if (reading.kind !== "people") return sayWhy(reading);
      return call(
        "propose_tags",
        { tag: name, ...(remove ? { remove } : {}), ...reading.people, reason: reasonOf(reading.people) },
        context,
        reading.meanings,
      );
    }
  }
  return null;
}
