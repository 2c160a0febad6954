import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { call, clarify, reasonOf, sayWhy, unquote, whom } from "./request";

export function tasks(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:create|add|make|set up|schedule|propose|give me)(?: an?| the)?(?: new)?(?: follow[- ]?up)? tasks?(?: called| named| with the title)? "([^"]+)" (?:for|about|on) (.+)$/i.exec(
      raw,
    ) ??
    /^(?:create|add|make|set up|schedule|propose)(?: an?| the)?(?: new)?(?: follow[- ]?up)? tasks? to (.+) (?:for|about|with) (.+)$/i.exec(
      raw,
    );
  if (!match) return null;
  const { phrase, due_on, problem } = dueIn(match[2] ?? "", context);
  if (problem) return clarify(problem);
  const reading = whom(phrase, memory, context);
  if (reading.kind !== "people") return sayWhy(reading);
  const title = unquote(match[1] ?? "");
  return call(
    "propose_outreach",
    {
      action: "task",
      task_title: title.charAt(0).toUpperCase() + title.slice(1),
      ...(due_on ? { due_on } : {}),
      ...reading.people,
      reason: reasonOf(reading.people),
    },
    context,
    reading.meanings,
  );
}

/** `… due 2026-12-01`, `… due tomorrow`, `… due in 3 days`. */
function dueIn(
  phrase: string,
  { today }: PlanContext,
): { phrase: string; due_on?: string; problem?: string } {
  const match = /^(.*?),? due (?:on |by )?(.+)$/i.exec(phrase);
  if (!match) return { phrase };
  const said = (match[2] ?? "").toLowerCase();
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
      : goal
        ? { people: goal[3], input: { action: "goal", goal: goal[1], campaign: goal[2] } }
        : null;
  if (!asked) return null;
  const reading = whom(asked.people ?? "", memory, context);
  if (reading.kind !== "people") return sayWhy(reading);
  return call(
    "propose_outreach",
    { ...asked.input, ...reading.people, reason: reasonOf(reading.people) },
    context,
    reading.meanings,
  );
}
