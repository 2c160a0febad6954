import { weekdayNumbers } from "../calendar";
import type { Memory } from "../memory";
import { personIn } from "../people/person-name";
import type { PeopleReading } from "../people/read-people";
import type { PlanContext, Reply } from "../plan";
import { authorOf } from "./notes";
import { personMeant } from "./one-person";
import { call, clarify, firstFew, reasonOf, sayWhy, unquote, whom } from "./request";
import { peopleOfSuchRecords, type TaskParts, taskParts } from "./task-request";

/** What is to be done, for whom, by whom and until when, as it was said. */
interface Told {
  title: string;
  whom: string;
  owner?: string | undefined;
}

const about = "(?:for|about|on|with|regarding|to)";
const verbs =
  "call|phone|ring|e-?mail|contact|text|write to|message|visit|meet|thank|invite|welcome|remind|ask|check in with|check on|check|follow[- ]?up with|follow[- ]?up on|follow[- ]?up|reach out to|get back to|get in touch with|touch base with|catch up with|congratulate|chase|send .{2,40}? to";

/**
 * `create a task to call …`, `remind Theo to call Rose Bennett on Friday`, `task for Ben: call …`. A task is made about each
 * of the people; who gets it is a user by the name or a part that only one has.
 */
export function tasks(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const ofOne = taskAbout(raw, context);
  const told = ofOne ?? toldTask(raw, memory);
  const first = told && proposed(told, ofOne !== null, memory, context);
  if (first?.kind === "call") return first;
  // In another order: `make follow-up tasks for all late payers, assign to Nadia, due Friday`.
  const parts = taskParts(raw, memory, context);
  const second = parts && proposed(parts, false, memory, context);
  return second?.kind === "call" ? second : (first ?? second ?? null);
}

function proposed(
  told: Told & Partial<TaskParts>,
  isOfOne: boolean,
  memory: Memory,
  context: PlanContext,
): Reply | null {
  const { phrase, due_on, problem } = told.due
    ? { ...dueIn(`x ${told.due}`, context), phrase: told.whom }
    : isOfOne
      ? { ...dueIn(told.title, context), phrase: told.whom }
      : dueIn(told.whom, context);
  if (problem) return clarify(problem);
  const few = firstFew(phrase);
  if (few) return few;
  const task_owner = told.owner ? authorOf(told.owner, context) : undefined;
  if (told.owner && !task_owner && !/^(?:me|us|myself)$/i.test(told.owner))
    return clarify(
      `I know no user "${told.owner}" in Keap who could get the task. Say the user's name as it stands there.`,
      [],
    );
  const title = unquote(isOfOne ? dueIn(told.title, context).phrase : told.title);
  const list = recordsIn(phrase) ? peopleOfSuchRecords(phrase, context) : null;
  if (list && !list.where)
    return clarify(
      `A task is about people, not about ${list.kind}s, and I can't choose the people of exactly those ${list.kind}s. Say who they are, for example "people with an open deal" or "people more than 30 days late with a payment".`,
      ["Create a task to call people with an open deal"],
    );
  const reading: PeopleReading = list?.where
    ? {
        kind: "people",
        people: { where: list.where },
        meanings: [`Tasks are about people: those of the ${list.kind}s.`, ...list.meanings],
      }
    : whom(phrase.replace(/^(?:every|each) (?=\S)/i, "every "), memory, context);
  const person = isOfOne ? told.whom : list ? null : personMeant(phrase, reading, context, memory);
  const input = {
    action: "task",
    task_title: title.charAt(0).toUpperCase() + title.slice(1),
    ...(due_on ? { due_on } : {}),
    ...(task_owner ? { task_owner } : {}),
  };
  const meanings = [
    ...(told.owner && !task_owner
      ? ["I don't know which user in Keap you are, so nobody is set as its owner."]
      : []),
    ...(told.meanings ?? []),
  ];
  if (person)
    return call("propose_outreach", { ...input, person, reason: `For ${person}.` }, context, meanings);
  if (reading.kind !== "people") return sayWhy(reading);
  return call(
    "propose_outreach",
    { ...input, ...reading.people, reason: reasonOf(reading.people) },
    context,
    [...meanings, ...reading.meanings],
  );
}

/** Deals, tasks and orders, which are no people; `everyone with an open deal` is. */
const recordsIn = (phrase: string): boolean =>
  /^(?:(?:all|every|each|any|the|our|those|these|my|of) )*(?:(?:open|unpaid|overdue|outstanding|late|lost|won|stale|new|big|oldest) )*(?:deals?|opportunit(?:y|ies)|orders?|invoices?|tasks?|appointments?)\b/i.test(
    phrase,
  );

/** `a task for olivia brown to send the invoice`: whom it is about stands before what is to be done. */
function taskAbout(raw: string, context: PlanContext): Told | null {
  const said =
    /^(?:(?:create|add|make|set up|set|schedule|propose|new|put(?: in)?|i need) )?(?:an? |the )?(?:new )?(?:follow[- ]?up )?(?:tasks?|to-?dos?|reminders?) (?:for|about|on|with) (?<whom>[^:]{3,60}?)(?: ?:| to| that says| saying) (?<title>.{3,120})$/iu.exec(
      raw,
    )?.groups;
  // `call hannah lopez tomorrow`: whoever says so wants to be reminded.
  const deed =
    /^(?:(?:i|we) (?:need|have|want) to |remind (?:me|us) to )?(?<title>call|phone|ring|call back|follow[- ]?up with|check in with|get back to) (?<whom>\S+(?: \S+){0,3}?)(?<when> (?:on |by )?(?:(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|next week|in \d{1,3} (?:days?|weeks?)))?$/iu.exec(
      raw,
    )?.groups;
  const called = deed?.whom && !authorOf(deed.whom, context) ? personIn(deed.whom, new Set(), context) : null;
  if (deed?.title && called && called.sure >= 2 && called.rest === "§")
    return { title: `${deed.title}${deed.when ?? ""}`, whom: called.name };
  if (!said?.whom || !said.title || authorOf(said.whom, context)) return null;
  const named = personIn(said.whom, new Set(), context);
  return named && named.sure >= 1 && /^§$/.test(named.rest) ? { title: said.title, whom: named.name } : null;
}

function toldTask(raw: string, { people }: Memory): Told | null {
  const make =
    "(?:create|add|make|set up|set|schedule|propose|give me|open|assign|new|put(?: in)?|i need|i want)";
  const noun = "(?:an? |the )?(?:new )?(?:follow[- ]?up )?(?:tasks?|to-?dos?|reminders?)";
  const quoted = new RegExp(
    `^${make} ${noun}(?: for (?<owner>\\p{L}+(?: \\p{L}+)?))?(?: called| named| with the title)? "(?<title>[^"]+)"(?: ${about} (?<whom>.+))?$`,
    "iu",
  ).exec(raw)?.groups;
  if (quoted?.title && (quoted.whom || people))
    return { title: quoted.title, whom: quoted.whom ?? "them", owner: quoted.owner };
  const remind =
    /^remind (?<owner>\p{L}+(?: \p{L}+)?) (?:to|that \p{L}+ (?:should|must|has to)) (?<rest>.+)$/iu.exec(
      raw,
    )?.groups;
  const made = new RegExp(
    `^(?:${make} )?${noun}(?: (?:for|to) (?<owner>(?!call|follow|e-?mail|check|contact)\\p{L}+(?: (?!to )\\p{L}+)?))?(?: ?:| to| -) ?(?<rest>(?:${verbs})\\b.+)$`,
    "iu",
  ).exec(raw)?.groups;
  const told = remind ?? made;
  if (!told?.rest) return null;
  const { owner } = told;
  const deed = new RegExp(`^(?<title>${verbs})(?: (?<whom>.+))?$`, "i").exec(told.rest)?.groups;
  if (deed?.title && deed.whom) {
    // `call about the renewal for people tagged …`
    const before = /^(?<what>(?:about|regarding|because of) .+?) (?:for|with) (?<whom>.+)$/i.exec(
      deed.whom,
    )?.groups;
    if (before?.what && before.whom)
      return { title: `${deed.title} ${before.what}`, whom: before.whom, owner };
    // `call everyone about the renewal`: what it is about belongs to the title.
    const topic =
      /^(?<whom>.+?) (?<about>about|regarding|to ask|to discuss|and ask|because of) (?<what>.+)$/i.exec(
        deed.whom,
      )?.groups;
    if (topic?.whom && topic.about)
      return { title: `${deed.title} ${topic.about} ${topic.what}`, whom: topic.whom, owner };
    return { title: deed.title, whom: deed.whom, owner };
  }
  const split = /^(?<title>.+?) (?:for|about|with) (?<whom>.+)$/i.exec(told.rest)?.groups;
  return split?.title && split.whom ? { title: split.title, whom: split.whom, owner } : null;
}

/** `… due 2026-12-01`, `… due tomorrow`, `… due in 3 days`. */
function dueIn(
  phrase: string,
  { today }: PlanContext,
): { phrase: string; due_on?: string; problem?: string } {
  const bare =
    /^(.*?\S),? (?:due )?(?:by |on |until |for )?((?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|next week|in \d{1,3} (?:days?|weeks?))$/i.exec(
      phrase,
    );
  const match = bare ?? /^(.*?),? due (?:on |by )?(.+)$/i.exec(phrase);
  if (!match) return { phrase };
  const said = (match[2] ?? "").toLowerCase();
  const named = /(mon|tues|wednes|thurs|fri|satur|sun)day$/.exec(said);
  if (named) {
    const wanted = weekdayNumbers[`${named[1]}day`] ?? 1;
    const ahead =
      ((wanted - today.now.weekday + 7) % 7 || 7) +
      (said.startsWith("next ") && wanted > today.now.weekday ? 7 : 0);
    return { phrase: match[1] ?? "", due_on: today.now.plus({ days: ahead }).toISODate() ?? "" };
  }
  if (said === "next week") {
    const monday = today.now.plus({ days: 8 - today.now.weekday });
    return { phrase: match[1] ?? "", due_on: monday.toISODate() ?? "" };
  }
  const day = today.now.startOf("day");
  const days = /^in (\d{1,3}) days?$/.exec(said)?.[1];
  const weeks = /^in (\d{1,2}) weeks?$/.exec(said)?.[1];
  const date = /^\d{4}-\d\d-\d\d$/.test(said)
    ? day.set({ year: Number(said.slice(0, 4)), month: Number(said.slice(5, 7)), day: Number(said.slice(8)) })
    : said === "today"
      ? day
      : said === "tomorrow"
        ? day.plus({ days: 1 })
        : days
          ? day.plus({ days: Number(days) })
          : weeks
            ? day.plus({ weeks: Number(weeks) })
            : null;
  const due_on = date?.isValid ? date.toISODate() : null;
  // The thirty-first of a shorter month would silently become another day.
  const exists = due_on !== null && (!/^\d{4}-/.test(said) || due_on === said);
  return exists
    ? { phrase: match[1] ?? "", due_on }
    : {
        phrase,
        problem: `I did not understand when the task is due ("${said}"). Write the day as 2026-12-01, or "due tomorrow", or "due in 3 days".`,
      };
}

export function campaigns(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const started =
    /^(?:start|run|launch|trigger|send) (?:the )?(?:(?:sequence "?(.+?)"? (?:in|of|from) (?:the )?(?:campaign )?"?(.+?)"?)|campaign "?(.+?)"?|"?(.+?)"? campaign) (?:for|to|with|on) (.+)$/i.exec(
      raw,
    );
  const toThem = /^(?:send|give) (.+?) the (?:campaign "?(.+?)"?|"?([^"]+?)"? campaign)$/i.exec(raw);
  const sequence =
    /^(?:add|put|enroll?|send|move) (.+?) (?:in|into|to|onto) (?:the )?sequence "?(.+?)"? (?:in|of|from) (?:the )?(?:campaign )?"?(.+?)"?(?: campaign)?$/i.exec(
      raw,
    );
  const whole =
    /^(?:add|put|enroll?|send|move) (.+?) (?:in|into|to|onto|through) (?:(?:the )?campaign "?(.+?)"?|(?:the )?"?(.+?)"? campaign)$/i.exec(
      raw,
    );
  const goal =
    /^(?:achieve|trigger|complete|reach|fire)(?: the)? goal "?(.+?)"? (?:of|in) (?:the )?(?:campaign )?"?(.+?)"?(?: campaign)? for (.+)$/i.exec(
      raw,
    );
  const asked = sequence
    ? { people: sequence[1], input: { action: "sequence", sequence: sequence[2], campaign: sequence[3] } }
    : whole
      ? { people: whole[1], input: { action: "sequence", campaign: whole[2] ?? whole[3] } }
      : started
        ? {
            people: started[5],
            input: {
              action: "sequence",
              campaign: started[2] ?? started[3] ?? started[4],
              ...(started[1] ? { sequence: started[1] } : {}),
            },
          }
        : toThem
          ? { people: toThem[1], input: { action: "sequence", campaign: toThem[2] ?? toThem[3] } }
          : goal
            ? { people: goal[3], input: { action: "goal", goal: goal[1], campaign: goal[2] } }
            : null;
  if (!asked) return null;
  const reading = whom(asked.people ?? "", memory, context);
  const person = personMeant(asked.people ?? "", reading, context, memory);
  if (person) return call("propose_outreach", { ...asked.input, person, reason: `For ${person}.` }, context);
  if (reading.kind !== "people") return sayWhy(reading);
  return call(
    "propose_outreach",
    { ...asked.input, ...reading.people, reason: reasonOf(reading.people) },
    context,
    reading.meanings,
  );
}
