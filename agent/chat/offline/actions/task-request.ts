import type { Memory } from "../memory";
import type { PlanContext } from "../plan";
import { planRecords } from "../plan-records";
import { authorOf } from "./notes";
import { peopleOfRecords } from "./request";

/** What a request for a task says, in whatever order its parts stand. */
export interface TaskParts {
  title: string;
  whom: string;
  owner?: string;
  /** As it was said: `friday`, `in 3 days`. */
  due?: string;
  meanings: string[];
}

const make =
  "(?:create|add|make|set up|set|schedule|propose|give me|open|new|put(?: in| down)?|i need|i want|we need|generate|prepare|do)";
const kindOf =
  "(?:follow[- ]?ups?|call(?:[- ]?back)?|phone|reminder|check[- ]?in|thank[- ]?you|welcome|onboarding|payment|dunning|e-?mail|collection)";
const taskNoun = `(?:(?:an?|the|some|one|new) )*(?:(?<kind>${kindOf}) )?(?:tasks?|to-?dos?|reminders?|follow[- ]?ups?)`;
const requestForm = new RegExp(
  `^(?:${make} )${taskNoun}\\b(?<rest>.*)$|^${taskNoun.replace("<kind>", "<kind2>")}(?= (?:for|to) )(?<rest2>.+)$`,
  "iu",
);

/** A request for a task and no question about tasks: `put a task for Theo: …`, `task for every member with …, due friday`. */
export const isTaskRequest = (raw: string): boolean => {
  const said = raw.trim().replace(/^(?:(?:please|pls|can you|could you|would you|ok|and|now) )+/i, "");
  // `open tasks per person` are tasks that are open; to open some takes an article.
  if (/^open (?:tasks|to-?dos|reminders|follow[- ]?ups)\b/i.test(said)) return false;
  return (
    new RegExp(`^${make} ${taskNoun.replace("?<kind>", "?:")}\\b`, "iu").test(said) ||
    /^(?:an? )?(?:new )?(?:tasks?|to-?dos?|reminders?) (?:for|to) [^:?]{2,60}: ?\S/iu.test(said) ||
    /^(?:an? )?(?:new )?(?:tasks?|to-?dos?|reminders?) (?:for|to) \p{L}+(?: \p{L}+)? to \p{L}+/iu.test(
      said,
    ) ||
    /^(?:an? )?(?:new )?(?:task|to-?do|reminder) to (?!do\b)\p{L}+ /iu.test(said)
  );
};

const day =
  "(?:(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|next week|in (?:\\d{1,3}|a|one|two|three|four) (?:days?|weeks?)|\\d{4}-\\d\\d-\\d\\d|the day after tomorrow|end of (?:the )?week)";
const dueForm = new RegExp(
  `(?:^|,? )(?:(?:and )?(?:it is |they are |make it |make them )?due(?: on| by| for)?|by|until|on|for|before) (?<day>${day})(?: (?<time>morning|afternoon|evening|(?:at )?\\d{1,2}(?::\\d\\d)? ?(?:am|pm)?))?(?=,|$| |:)|,? (?<bare>${day})(?: (?<time2>morning|afternoon|evening|(?:at )?\\d{1,2}(?::\\d\\d)? ?(?:am|pm)?))?$`,
  "iu",
);

/**
 * The parts of a request for a task, taken one by one wherever they stand: who gets it, when it is due, what is to be
 * done and whom it is about. Null where a part is missing that nobody could guess.
 */
export function taskParts(raw: string, memory: Memory, context: PlanContext): TaskParts | null {
  const groups = requestForm.exec(raw)?.groups;
  const kind = groups?.kind ?? groups?.kind2;
  let rest = groups?.rest ?? groups?.rest2;
  if (rest === undefined) return null;
  const meanings: string[] = [];
  const due = dueForm.exec(rest);
  const said = due?.groups?.day ?? due?.groups?.bare;
  if (due) rest = `${rest.slice(0, due.index)}${rest.slice(due.index + due[0].length)}`;
  const time = due?.groups?.time ?? due?.groups?.time2;
  const { text, owner } = withoutOwner(rest, context);
  const parts = whatAndWhom(text.replace(/\s+/g, " ").replace(/^[ ,:]+|[ ,]+$/g, ""), memory);
  if (!parts) return null;
  const plain = /^follow/i.test(kind ?? "")
    ? "Follow up"
    : kind
      ? `${kind.charAt(0).toUpperCase()}${kind.slice(1).toLowerCase()}`
      : null;
  const title = parts.title ?? plain ?? "Follow up";
  if (!parts.title && !plain) meanings.push('You gave the task no title, so I called it "Follow up".');
  // Keap's tasks have a day and no hour, so the hour stands in the title.
  return {
    title: time ? `${title}, ${time}` : title,
    whom: parts.whom,
    ...(owner ? { owner } : {}),
    ...(said ? { due: said } : {}),
    meanings,
  };
}

/** `assign to nadia`, `for ben`, `owner theo`: a user who is known by that name. */
function withoutOwner(rest: string, context: PlanContext): { text: string; owner?: string } {
  const forms = [
    /,? ?(?:and )?(?:please )?(?:assign(?:ed)?|give|hand)(?: (?:it|them|those|these|each))? to (\p{L}+(?: \p{L}+)?)(?=,|$| (?:for|about|to|due|and)\b|:)/iu,
    /,? ?(?:with |the )?(?:owner|assignee)(?: is|:)? (\p{L}+(?: \p{L}+)?)(?=,|$|:)/iu,
    /(?:^|,)? ?(?:for|to) (\p{L}+(?: \p{L}+)?)(?=,|$| (?:for|about|to|on|with|regarding|concerning|and)\b|:| -)/iu,
  ];
  for (const form of forms) {
    const match = form.exec(rest);
    if (!match?.[1]) continue;
    for (const name of [match[1], match[1].split(" ")[0] ?? ""]) {
      const owner = name && authorOf(name, context);
      if (!owner) continue;
      const end = match.index + match[0].length - (match[1].length - name.length);
      return { text: `${rest.slice(0, match.index)} ${rest.slice(end)}`, owner: name };
    }
  }
  return { text: rest };
}

const verbs =
  "call(?: back)?|phone|ring|e-?mail|contact|text|write to|message|visit|meet|thank|invite|welcome|remind|ask|check in with|check on|chase|follow[- ]?up with|follow[- ]?up on|follow[- ]?up|reach out to|get back to|congratulate|send .{2,40}? to";

function whatAndWhom(
  text: string,
  { people, records, shown: counted }: Memory,
): { title?: string; whom: string } | null {
  const shown = people || records || counted === "number";
  // `: call sofia garcia`, `to call everyone who …`
  const deed = new RegExp(`^(?:to |that says |saying |: ?|- )?(?<title>${verbs}) (?<whom>.+)$`, "iu").exec(
    text,
  )?.groups;
  if (deed?.title && deed.whom) return { title: upper(deed.title), whom: deed.whom };
  if (/^(?:for )?(?:each|every one|all|each of them|them|each one)?$/i.test(text))
    return shown ? { whom: "them" } : null;
  const free =
    /^(?:to |: ?)(?<title>(?!do\b)\p{L}.{2,60}?) (?:of|for|about|with) (?<whom>(?:all|every|each|the|our|people|everyone|everybody|customers|members|contacts|leads|whoever|those)\b.+)$/iu.exec(
      text,
    )?.groups;
  if (free?.title && free.whom) return { title: upper(free.title), whom: free.whom };
  const about =
    /^(?:for|about|on|with|regarding|concerning|of) (?<whom>[^:]+?)(?:(?: ?:| -| that says| saying| called| named| to) ?(?<title>\S.*))?$/iu.exec(
      text,
    )?.groups;
  if (about?.whom)
    return { whom: about.whom, ...(about.title ? { title: upper(about.title.replace(/^"|"$/g, "")) } : {}) };
  const named = /^(?:called |named )?"(?<title>[^"]+)"(?: (?:for|about|with) (?<whom>.+))?$/iu.exec(
    text,
  )?.groups;
  if (named?.title && (named.whom || shown)) return { title: named.title, whom: named.whom ?? "them" };
  return null;
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `all unpaid orders over 30 days`: the people of such a list, where conditions can say exactly who they are. */
export function peopleOfSuchRecords(phrase: string, context: PlanContext) {
  const list = planRecords(
    `list ${phrase.replace(/^(?:each|every|all|the|any)(?: of)?(?: the| our)? /i, "")}`,
    {},
    context,
  );
  if (list?.kind !== "call") return null;
  const [call] = list.calls;
  if (call?.tool !== "find_records") return null;
  const where = peopleOfRecords(call.input);
  return { where, kind: String(call.input.kind), meanings: list.meanings };
}
