import { getMetric } from "@/analytics/metrics/catalog";
import { type PeopleInput, peopleInWords } from "../../people/people-input";
import { allOf, filtersOf } from "./build-filters";
import { rangeOf } from "./build-range";
import { matchPeriod } from "./dates";
import type { Memory } from "./memory";
import { fold } from "./normalise";
import type { Span } from "./people/clause";
import { completeNames } from "./people/complete-names";
import { periodAt, spanOf } from "./people/periods";
import { nested, type PeopleReading, readPeople } from "./people/read-people";
import type { PlanContext, Reply } from "./plan";
import { exampleQuestions } from "./suggest";
import { understand } from "./understand";
import { isEveryday, ownWords } from "./words";

type Say = Extract<Reply, { kind: "say" }>;

/**
 * Requests that name what is to be done: proposals, segments, alerts, one board, one person, cohorts, conflicts. Each
 * has a form of its own; a request that does not fit it whole is left to the readers of questions.
 */
export function planAction(question: string, memory: Memory, context: PlanContext): Reply | null {
  const raw = question
    .slice(0, 2_000)
    .normalize("NFKC")
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[?.!]+$/, "")
    .replace(politely, "");
  for (const plan of [
    tags,
    tasks,
    campaigns,
    updates,
    segments,
    digests,
    alerts,
    pins,
    board,
    changes,
    searches,
    conflicts,
    cohorts,
    lookup,
    person,
    people,
  ]) {
    const reply = plan(raw, memory, context);
    if (reply) return reply;
  }
  return null;
}

const politely =
  /^(?:(?:please|pls|can you|could you|would you|i want to|i'd like to|i would like to|let's|ok|okay|now|then|and|go ahead and|propose to|suggest to)[, ]+)+/i;

function call(
  tool: string,
  input: Record<string, unknown>,
  context: PlanContext,
  meanings: string[] = [],
): Reply {
  if (!context.available.has(tool)) return notOpen(tool);
  return {
    kind: "call",
    calls: [{ tool, input }],
    meanings,
    understanding: understand("", context.index, context.today),
    ...(readWhole.has(tool) ? { whole: true as const } : {}),
  };
}

/** Their people are read word by word, and the rest of the request has a form of its own. */
const readWhole = new Set([
  "find_contacts",
  "propose_tags",
  "propose_outreach",
  "create_segment",
  "propose_update",
]);

const purposes: Record<string, string> = {
  find_contacts: "people's records",
  get_contact: "people's records",
  keap_lookup: "live look-ups in Keap",
  list_conflicts: "sync conflicts",
  create_alert: "alerts",
  create_segment: "segments",
  get_board: "boards",
  cohort: "cohorts",
};

function notOpen(tool: string): Say {
  return {
    kind: "say",
    topic: "refuse",
    text: `Your role, or this installation, does not include ${purposes[tool] ?? "proposing changes"}. An administrator of this account can change that. Numbers I can compute for you at any time.`,
    suggestions: exampleQuestions.slice(0, 3),
  };
}

const clarify = (text: string, suggestions: string[] = exampleQuestions.slice(0, 2)): Say => ({
  kind: "say",
  topic: "clarify",
  text,
  suggestions,
});

/** People a request names, or those of the answer before. */
function whom(phrase: string, memory: Memory, context: PlanContext): PeopleReading {
  const back =
    /^(?:them|those|these|it|that (?:group|list)|(?:those|these|the same|all of (?:them|those)) ?(?:people|contacts|customers|ones)?|everyone (?:in|on) (?:that|the) list|all of them)$/i;
  if (back.test(phrase.trim()))
    return memory.people && !memory.unanswered
      ? { kind: "people", people: memory.people, meanings: [] }
      : {
          kind: "unclear",
          text: memory.unanswered
            ? "Your last question was not answered, so I don't know whom you mean. Ask for the people first, or say who they are."
            : "I don't know whom you mean: no list of people was shown before this.",
        };
  // `those over 500`, `the ones who opened`: some of the people shown last.
  const some = /^(?:those|them|these|the ones)(?: of (?:them|those))?(?:,? (?:who|that|which))? (.+)$/i.exec(
    phrase.trim(),
  )?.[1];
  const before = some && memory.people ? nested(memory.people) : null;
  if (some && before) {
    const said = /^(?:over|above|under|below|at least|more than|less than) [$€£]?\d/i.test(some)
      ? `spent ${some}`
      : some;
    const more = readPeople(said, context.index, context.today);
    const added = more.kind === "people" && nested(more.people);
    if (added) return { ...more, people: { where: { and: [before, added] } } };
  }
  return readPeople(phrase, context.index, context.today);
}

function sayWhy(reading: Exclude<PeopleReading, { kind: "people" }>): Say {
  if (reading.kind === "unclear") return clarify(reading.text);
  return {
    kind: "say",
    topic: reading.kind === "beyond" ? "refuse" : "clarify",
    text:
      reading.kind === "beyond"
        ? `I can't choose people ${reading.how}. I can choose them by tags they hold or lack, products they bought or never bought, whether and since when they ordered, what they paid in all, country, state, lead source and risk.`
        : 'Whom do you mean? For example "people tagged VIP who never bought the Coaching Call", or "everyone at risk".',
    suggestions: ["Who is at risk of not coming back?", ...exampleQuestions.slice(0, 2)],
  };
}

const unquote = (text: string) =>
  text
    .trim()
    .replace(/^["']|["']$/g, "")
    .trim();

// ── Tags ──────────────────────────────────────────────────────────────────────────────────────────────────────────

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

function tags(raw: string, memory: Memory, context: PlanContext): Reply | null {
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

const reasonOf = (people: PeopleInput) =>
  Object.keys(people).length === 0
    ? "For everyone."
    : `For people who ${peopleInWords(people)}.`.slice(0, 500);

// ── Tasks and campaigns ───────────────────────────────────────────────────────────────────────────────────────────

function tasks(raw: string, memory: Memory, context: PlanContext): Reply | null {
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

function campaigns(raw: string, memory: Memory, context: PlanContext): Reply | null {
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

// ── Fields of a person ────────────────────────────────────────────────────────────────────────────────────────────

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

function updates(raw: string, memory: Memory, context: PlanContext): Reply | null {
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

// ── Segments, alerts, boards ──────────────────────────────────────────────────────────────────────────────────────

function segments(raw: string, memory: Memory, context: PlanContext): Reply | null {
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

const adverbs = { daily: "day", weekly: "week", monthly: "month" } as const;
type Period = "day" | "week" | "month";

function takePeriod(text: string): { rest: string; period: Period | null } {
  const adverb = /\b(daily|weekly|monthly)\b/i.exec(text);
  if (adverb)
    return {
      rest: text.replace(adverb[0], " "),
      period: adverbs[(adverb[1] ?? "").toLowerCase() as keyof typeof adverbs],
    };
  const noun =
    /\b(?:in|per|for|within|on|by) (?:a|an|any|one|each|the|every) (?:single )?(day|week|month)\b|\b(?:a|per|each|every) (day|week|month)\b/i.exec(
      text,
    );
  if (noun)
    return { rest: text.replace(noun[0], " "), period: (noun[1] ?? noun[2] ?? "").toLowerCase() as Period };
  return { rest: text, period: null };
}

/** The metric and filters of what is to be watched; words nobody understood are asked back about. */
function watched(text: string, context: PlanContext): { metrics: string[]; filters?: unknown } | Say {
  const read = understand(text, context.index, context.today);
  const [choice] = read.choices;
  if (choice) return clarify(`"${choice.said}" fits more than one name. Say which one.`);
  if (read.unknown.length > 0)
    return clarify(
      `I did not understand ${read.unknown
        .map((word) => `"${word}"`)
        .join(", ")
        .slice(0, 200)}, so I did not make an alert.`,
    );
  if (read.metrics.ids.length === 0)
    return clarify('Which number should I watch? For example: "Alert me when weekly orders fall below 5".');
  const filters = allOf(filtersOf(read, read.metrics.ids));
  return { metrics: read.metrics.ids, ...(filters ? { filters } : {}) };
}

function digests(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:send|give|e-?mail|show) (?:me|us) (?:a |the )?(daily|weekly|monthly) (?:digest|summary|update|report|recap)(?: of| with| about| for)? (.+)$/i.exec(
      raw,
    );
  // `e-mail me a summary every Monday with revenue and orders`
  const every =
    /^(?:send|give|e-?mail|show) (?:me|us) (?:an? |the )?(?:digest|summary|update|report|recap|overview) (?:every|each) (day|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning)(?: morning)?(?: of| with| w| about| for| on)? (.+)$/i.exec(
      raw,
    );
  // `tell me every friday how many leads came in`
  const told =
    /^(?:(?:tell|send|show|give|e-?mail|remind|notify|report)(?: to)? (?:me|us)(?: about| of)? )?(?:every|each) (day|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning)(?: morning)?,?(?: (?:tell|send|show|give|e-?mail)(?: me| us)?)?(?: (?:about|with|of|on|the))* (.+)$/i.exec(
      raw,
    ) ?? reversed(raw);
  if (!match && !every && !told) return null;
  const seen = watched(
    (match?.[2] ?? every?.[2] ?? told?.[2] ?? "").replace(/ (?:came|come|coming) in$/i, ""),
    context,
  );
  if ("kind" in seen) return seen;
  const [metric, ...also] = seen.metrics;
  const unit = (every?.[1] ?? told?.[1] ?? "").toLowerCase();
  const period = match
    ? adverbs[(match[1] ?? "").toLowerCase() as keyof typeof adverbs]
    : unit === "day" || unit === "morning"
      ? "day"
      : unit === "month"
        ? "month"
        : "week";
  return call(
    "create_alert",
    {
      metric,
      ...(also.length > 0 ? { also } : {}),
      when: "digest",
      period,
      ...(seen.filters ? { filters: seen.filters } : {}),
    },
    context,
    [
      ...(/^e-?mail/i.test(raw)
        ? ["It is shown in the app. Who gets it by mail as well is set on the Alerts page, not by asking."]
        : []),
      ...(/day$/.test(unit) && unit !== "day"
        ? ["A weekly digest comes when the week is over; the weekday can't be chosen."]
        : []),
    ],
  );
}

/** `remind me about new leads every monday`. */
function reversed(raw: string): string[] | null {
  const match =
    /^(?:tell|send|show|give|e-?mail|remind|notify)(?: to)? (?:me|us)(?: about| of| the)* (.+?),? (?:every|each) (day|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning)(?: morning)?$/i.exec(
      raw,
    );
  return match ? [match[0], match[2] ?? "", match[1] ?? ""] : null;
}

const amount = String.raw`[$€£]? ?(\d[\d,]*(?:\.\d+)?)(k|m)?\b(?: ?(%|percent|dollars|euros|pounds|usd|eur))?`;
const verb =
  "(?:(?:would |will |should )?(?:drops?|falls?|goes|go|is|are|gets?|rises?|climbs?|dips?|sinks?|grows?|stays?|stay|comes?|hits?|moves?|increases?|decreases?|declines?|jumps?|exceeds?|surpass(?:es)?) ?(?:to )?)?";
const below = new RegExp(
  `\\b${verb}(?:below|under|beneath|less than|lower than|fewer than|down (?:below|under)) ${amount}`,
  "i",
);
const above = new RegExp(
  `\\b(?:${verb}(?:above|over|more than|higher than|greater than|beyond|past)|exceeds?|exceeding|surpass(?:es)?|tops?|beats?|passes) ${amount}`,
  "i",
);
/** `drops to zero`: below the least there can be. */
const gone =
  /\b(?:drops?|falls?|goes|go|comes?|is|are|hits?)(?: down)?(?: to)? (?:zero|nothing|0|none)(?= |$)/i;
const change =
  /\b(drops?|falls?|declines?|decreases?|dips?|sinks?|is down|are down|goes down|go down|rises?|increases?|grows?|jumps?|climbs?|is up|are up|goes up|go up|changes?)(?: by)?(?: more than| at least| over)? (\d+(?:\.\d+)?) ?(?:%|percent)(?: or more)?/i;
const odd =
  /\b(?:looks?|is|are|gets?|becomes?|behaves?)? ?(?:unusual(?:ly (?:low|high))?|abnormal|weird|strange|out of the ordinary|anomal(?:ous|y|ies)|odd)\b/i;

function alerts(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:alert|notify|warn|ping|tell|message|inform|remind) (?:me|us) (?:when(?:ever)?|if|once|as soon as) (.+)$/i.exec(
      raw,
    ) ??
    /^let (?:me|us) know (?:when(?:ever)?|if|once|as soon as) (.+)$/i.exec(raw) ??
    /^(?:create|set up|set|add|make)(?: me)?(?: an?)?(?: new)? (?:alert|alarm|notification|warning)(?: for me)? (?:when(?:ever)?|if|for when|once|for|on) (.+)$/i.exec(
      raw,
    );
  if (!match) return null;
  const said = takePeriod((match[1] ?? "").replace(/^(?:the|our|my) /i, ""));
  const period = said.period ?? "week";
  const meanings = said.period ? [] : ["You named no period, so I look at completed weeks."];
  const number = (found: RegExpExecArray) =>
    Number((found[1] ?? "0").replaceAll(",", "")) * ({ k: 1e3, m: 1e6 }[(found[2] ?? "").toLowerCase()] ?? 1);
  const changed = change.exec(said.rest);
  const under = below.exec(said.rest);
  const over = above.exec(said.rest);
  const strange = odd.exec(said.rest);
  const none = changed || under || over ? null : gone.exec(said.rest);
  const found = changed ?? under ?? over ?? none ?? strange;
  if (!found)
    return clarify(
      'When should I tell you? For example: "Alert me when weekly orders fall below 5", "… when monthly revenue drops by 20%", or "… when daily leads are unusual".',
    );
  if (changed && /^change/i.test(changed[1] ?? ""))
    return clarify("Should I tell you when it rises or when it falls by that much?");
  const what = said.rest.replace(found[0], " ").replace(/\s+/g, " ").trim();
  const seen =
    /^(?:it|this|that|this number)?$/i.test(what) && memory.last
      ? { metrics: memory.last.query.metrics, filters: memory.last.query.filters }
      : watched(what, context);
  if ("kind" in seen) return seen;
  const [metric, another] = seen.metrics;
  if (another) return clarify("One alert watches one number. Which one?");
  const filters = seen.filters ? { filters: seen.filters } : {};
  const condition = changed
    ? {
        when: /^(?:drop|fall|declin|decreas|dip|sink|is down|are down|go(?:es)? down)/i.test(changed[1] ?? "")
          ? "falls"
          : "rises",
        percent: Number(changed[2]),
      }
    : none
      ? { when: "below", value: getMetric(metric ?? "")?.unit === "money" ? 0.01 : 1 }
      : strange === found
        ? { when: "unusual" }
        : { when: under ? "below" : "above", value: number(found) };
  return call("create_alert", { metric, ...condition, period, ...filters }, context, meanings);
}

/** `pin to board "Marketing"`: the chart is the one shown last. */
function pins(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const name =
    /^(?:pin|save|put|add|stick)(?: (?:it|this|that|the chart|this chart|that chart))? (?:to|on|onto|in|into) (?:(?:the|my|our|a) )?(?:board|dashboard)(?: called| named)? "?([^"]{2,60}?)"?$/i.exec(
      raw,
    )?.[1];
  const chart = memory.shape ? { shape: memory.shape } : memory.last;
  if (!name || !chart) return null;
  return call("pin_chart", { ...chart, board: name.trim() }, context);
}

/** `what changed in keap today` is about the copy, not about a number. */
function changes(raw: string, _: Memory, context: PlanContext): Reply | null {
  return /^(?:what(?:'s|s| has| have| did| was| is)?|did anything|has anything|anything) (?:changed?|new|updated?|happened?|came in|come in|sync(?:ed)?)(?: \w+){0,3}? (?:in|from|with|at) keap\b/i.test(
    raw,
  )
    ? call("sync_status", {}, context, [
        "I can tell how far the copy has come, not which records changed on a day; those stand on the Sync page.",
      ])
    : null;
}

/** `anyone mention allergies`, `what did Nadia write about invoices in May`, `notes by Nadia about shipping`. */
function searches(raw: string, _: Memory, context: PlanContext): Reply | null {
  const said =
    /^(?:(?:did|has|have|does|do|is there|are there) )?(?:any ?(?:one|body)|some(?:one|body)|people|customers?|clients?|anything|any notes?)(?: (?:ever|who|that|in the notes|written))* (?:mention(?:ed|s|ing)?|complain(?:ed|s|ing)?(?: about)?|ask(?:ed|s|ing)? (?:for|about)|talk(?:ed|ing)? about|say(?:ing)?|said|writ(?:e|es|ten|ing)(?: about)?|wrote(?: about)?|about) (?<what>.+)$/i.exec(
      raw,
    )?.groups ??
    /^what (?:did|has|have) (?<who>\p{L}+(?: \p{L}+)?) (?:write|written|wrote|say|said|note|noted)(?: down)? (?:about|on|regarding|concerning) (?<what>.+)$/iu.exec(
      raw,
    )?.groups ??
    /^(?:(?:show|find|get|list|search|give)(?: me)?(?: all| the)? )?(?<kind>notes?|e-?mails?|tasks?|messages?) (?:(?:written |sent |made )?by|from|of) (?<who>\p{L}+(?: \p{L}+)?)(?: (?<when>.{3,30}?))? (?:about|mentioning|on|that mention|regarding|concerning|with) (?<what>.+)$/iu.exec(
      raw,
    )?.groups;
  if (!said?.what) return null;
  const author = said.who ? authorOf(said.who, context) : undefined;
  if (said.who && !author) return null;
  const words = said.what.split(" ");
  let span: Span | null = null;
  let query = said.what;
  if (said.when) {
    const found = periodAt(said.when.toLowerCase(), context.today);
    span = found && found.length === said.when.length ? spanOf(found.period, context.today) : null;
    if (!span) return null;
  }
  for (let at = 1; at < words.length && !span; at++) {
    const behind = words.slice(at).join(" ").toLowerCase();
    const found = periodAt(behind, context.today);
    if (!found || found.length < behind.length) continue;
    span = spanOf(found.period, context.today);
    query = words
      .slice(0, at)
      .join(" ")
      .replace(/ (?:in|during|since|from|on)$/i, "");
  }
  const kinds = said.kind
    ? [/^n/i.test(said.kind) ? "note" : /^t/i.test(said.kind) ? "task" : "email"]
    : undefined;
  return call(
    "search_knowledge",
    { query: unquote(query), ...(author ? { author } : {}), ...(kinds ? { kinds } : {}), ...(span ?? {}) },
    context,
    author && said.who && !author.toLowerCase().startsWith(said.who.toLowerCase())
      ? [`I took "${said.who}" for ${author}.`]
      : [],
  );
}

/** A user by the whole name or a part that only one has. */
function authorOf(said: string, { index }: PlanContext): string | undefined {
  const wanted = fold(said);
  const owners = index.byLength.filter(({ kind }) => kind === "owner");
  const fits = owners.filter(({ key }) => key === wanted || key.split(" ").includes(wanted));
  return new Set(fits.map(({ value }) => value)).size === 1 ? fits[0]?.value : undefined;
}

function board(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:what(?:'s| is| are)(?: there)? (?:on|in)|show(?: me)?(?: what is on)?|open|read|summari[sz]e|give me|go to) (?:the |my |our )?(?:board |dashboard )"?([^"]{2,80}?)"?$/i.exec(
      raw,
    ) ??
    /^(?:what(?:'s| is| are)(?: there)? (?:on|in)|show(?: me)?(?: what is on)?|open|read|summari[sz]e|give me|go to) (?:the |my |our )?"?([^"]{2,80}?)"? (?:board|dashboard)$/i.exec(
      raw,
    );
  const on = /^what(?:'s|s| is) on (?:the|my|our) "?([^"]{2,60}?)"?$/i.exec(raw);
  const name = (match ?? on)?.[1]?.trim();
  if (!name || /^(?:my|our|the|a|all|which|boards?|dashboards?)$/i.test(name)) return null;
  return call("get_board", { board: name }, context);
}

// ── Conflicts, cohorts, one record ────────────────────────────────────────────────────────────────────────────────

function conflicts(raw: string, _: Memory, context: PlanContext): Reply | null {
  if (!/\bconflict(?:s|ing|ed)?\b/i.test(raw)) return null;
  const rest = raw
    .toLowerCase()
    .replace(
      /\b(?:sync(?:hroni[sz]ation)?|conflict(?:s|ing|ed)?|us|keap|supabase|database|copy|us|between|and|are|is|there|any|show|me|list|the|our|in|of|with|what|which|do|we|have|open|unresolved|held|waiting|settled|decided|how many|see|all|fields?|records?|for|a|person|here|to be|need|needs|deciding|i|to|deal|with|sort|out|fix|handle|look|at|resolve|settle|my|that|any)\b/g,
      " ",
    )
    .replace(/[^a-z0-9]+/g, "");
  if (rest) return null;
  const held = /\b(?:open|unresolved|held|waiting|need)/i.test(raw);
  return call("list_conflicts", held ? { state: "held" } : {}, context);
}

function cohorts(raw: string, _: Memory, context: PlanContext): Reply | null {
  const said = /\bcohorts?\b/i.test(raw);
  const cameBack =
    /\b(?:first (?:bought|ordered|purchased)|new customers|first[- ]time buyers)\b.*\b(?:came? back|come back|returned?|bought again|ordered again|stayed?)\b/i.test(
      raw,
    ) ||
    /\b(?:come|came|coming|comes) back (?:again )?after (?:their|the|a|an)? ?first (?:order|purchase|buy|sale)\b|\b(?:buy|bought|order|ordered) again after (?:their|the|a|an)? ?first\b/i.test(
      raw,
    );
  if (!said && !cameBack) return null;
  const rest = raw.replace(
    /\b(?:show|me|us|the|our|a|an|by|of|for|in|customer|customers|cohorts?|retention|analysis|table|chart|heat ?map|month|monthly|sign[- ]?up|signup|first|order|purchase|purchases|subscription|subscriptions|subscribers?|membership|members?|people|who|bought|ordered|purchased|how|many|came?|come|back|returned?|again|each|every|what|is|does|look|like|do|did|please|and|from|rate|new|buyers?|stayed?|time|curves?|churn|per|later|after|that|have|plot|draw|display|see|compute|after|their|well|we|retain|retained|keep|kept|back|buy|order|do)\b/gi,
    " ",
  );
  const kind = /\b(?:subscri\w*|member\w*)\b/i.test(raw) ? "subscription" : "purchase";
  const words = rest.replace(/[^\p{L}\p{N}-]+/gu, " ").trim();
  let range: unknown;
  if (words) {
    const match = matchPeriod(words.toLowerCase(), context.today);
    if (!match || "problem" in match || match.length < words.length)
      return said
        ? clarify(
            `I did not understand "${words.slice(0, 60)}" beside cohorts. I can show purchase or subscription cohorts, for a period.`,
            ["Customer cohorts", "Subscription cohorts this year"],
          )
        : null;
    range = rangeOf(match.period);
  }
  const meanings = [
    kind === "purchase"
      ? "Cohorts are the months of people's first purchases; each later month shows the share who bought in it."
      : "Cohorts are the months of people's first paid subscriptions; each later month shows the share still paying.",
  ];
  return call("cohort", { kind, ...(range ? { range } : {}) }, context, meanings);
}

function lookup(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:look up|lookup|check|read|get|show me|what does keap (?:say|have|know) (?:about|for|on))(?: the)? (contact|company|order|subscription|tag|product|opportunity|task)(?: (?:number|no|id))? ?#?(\d{1,15})(?: (?:live )?(?:in|from|at) keap(?: itself)?)?$/i.exec(
      raw,
    );
  if (!match || !/\bkeap\b/i.test(raw)) return null;
  return call("keap_lookup", { kind: (match[1] ?? "").toLowerCase(), keap_id: Number(match[2]) }, context);
}

function person(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:pull up|open|show(?: me)?|get|look up|see) (.{2,80}?)(?:'s|s') (?:record|profile|history|details|journey|page|orders and notes)$/i.exec(
      raw,
    ) ??
    /^(?:tell me (?:more )?about|what do (?:we|you) know about|give me (?:the )?(?:details|history|profile) (?:of|for|on)) (.{2,80})$/i.exec(
      raw,
    );
  const one = namedPerson(raw, context);
  if (one) return one;
  const did =
    /^(?:how much|how many (?:times|orders)|how often|what|when|which (?:products?|courses?)|why) (?:has|have|did|does|is|was) (\p{L}[\p{L}'-]+(?: \p{L}[\p{L}'-]*){1,2}?) (?:spen[dt]|paid|pay|buy|bought|purchased?|order(?:ed)?|own|last (?:buy|bought|order(?:ed)?|purchased?)|sign(?:ed)? up|join(?:ed)?)(?: (?:with us|in total|so far|from us|last|in all|altogether|ever))*$/iu.exec(
      raw,
    );
  if (did?.[1]) {
    const who = understand(did[1], context.index, context.today);
    // A part of a tag's name (`Bennett`) does not keep two words that are no words of ours from being a person.
    const words = fold(did[1]).split(" ");
    const whole = context.index.byLength.some(({ key }) => key === words.join(" "));
    const isName =
      !whole &&
      who.metrics.ids.length + who.splits.ids.length === 0 &&
      who.unknown.length > 0 &&
      !words.some((word) => isEveryday(word) || ownWords().has(word));
    if (isName)
      return call("get_contact", { search: did[1] }, context, [
        "What they paid and ordered stands in their record.",
      ]);
  }
  const called =
    /^(?:pull up|bring up|open|show(?: me)?) (?!(?:the |a |my )*(?:contact|customer|person|lead|client|profile) )(\p{L}[\p{L}'-]+(?: \p{L}[\p{L}'-]*){1,3})$/iu.exec(
      raw,
    );
  const search = unquote((match ?? called)?.[1] ?? "").replace(
    /^(?:the )?(?:contact|customer|person|lead|client) /i,
    "",
  );
  if (!search) return null;
  const read = understand(search, context.index, context.today);
  const known =
    read.metrics.ids.length + read.names.length + read.choices.length + read.splits.ids.length > 0;
  if (known || read.time.period || read.unknown.length === 0) return null;
  // Whose something it is, or everybody: no name of one person.
  if (!match && /'s?(?: |$)|\b(?:every|any|some)(?:one|body)\b|\b(?:all|our|my|your|their)\b/i.test(search))
    return null;
  // Without a word that says so, only words that are nothing else are a name.
  if (!match && (read.unknown.length < search.split(" ").length || read.unknown.some(isEveryday)))
    return null;
  return call("get_contact", { search }, context);
}

/** An address, people of a name, and what belongs to one person: `email of Ann Smith`. */
function namedPerson(raw: string, context: PlanContext): Reply | null {
  const address =
    /^(?:(?:find|look up|lookup|search(?: for)?|show(?: me)?|get|open|who is|pull up)(?: (?:contact|person|customer|lead))? )?([\w.+-]+@[\w-]+\.[\w.-]+)$/i.exec(
      raw,
    )?.[1];
  if (address) return call("get_contact", { search: address }, context);
  const named =
    /^(?:(?:list|show(?: me)?|find|get|who are)(?: (?:the|all|our|me))* )?(?:people|customers?|contacts?|clients?|leads?|everyone|everybody|anyone) (?:named|called|with the (?:first |last )?name|whose (?:first |last )?name is) "?(\p{L}[\p{L}' -]{1,60}?)"?$/iu.exec(
      raw,
    )?.[1];
  if (named) return call("find_contacts", { search: named, limit: 20 }, context);
  const thing =
    "phone(?: number)?|e-?mail(?: address)?|address|orders?|last order|purchases|tags|details|spend|lifetime value|ltv";
  const whose = new RegExp(
    `^(?:(?:what(?:'s| is| are)|show(?: me)?|give me|find|get|look up|pull up) )?(?:the )?(?:(?:${thing}) (?:of|for|by|from) (?<a>\\p{L}[\\p{L}'-]+ \\p{L}[\\p{L}'-]*)|(?<b>\\p{L}[\\p{L}-]+ \\p{L}[\\p{L}-]*)(?:'s|s') (?:${thing}))$`,
    "iu",
  ).exec(raw)?.groups;
  const person = whose?.a ?? whose?.b;
  if (!person) return null;
  const read = understand(person, context.index, context.today);
  const known =
    read.metrics.ids.length + read.names.length + read.choices.length + read.splits.ids.length > 0;
  if (known || read.unknown.length !== person.split(" ").length || read.unknown.some(isEveryday)) return null;
  return call("get_contact", { search: person }, context);
}

// ── Lists of people ───────────────────────────────────────────────────────────────────────────────────────────────

const asksForPeople =
  /^(?:(?:list|show|find|get|give me|name|export|see|pull up|look up|which|who|whoever|everyone|everybody|people|persons|contacts|customers|clients|leads|those|all)\b|.{2,60}\b(?:buyers|owners)\b)/i;
/** `California people who never bought`: no verb, but a group and a condition. */
const groupOfPeople =
  /^(?!what|how|when|why|did|do|does|is|are|has|have|will).{2,60}\b(?:people|folks|ppl|customers|contacts|leads|clients)\b (?:who|that|with|without)\b|^(?!what|how|when|why|did|do|does|is|are|has|have|will).{2,60}s who (?:have|has|had|haven't|hasn't|never|did|didn't|do|don't|spent|spend|paid|bought|ordered|own|live|are)\b/i;
const asksForList =
  /^(?:list|show|find|get|give me|name|export|see|pull up|look up|which|who|whoever)\b|\b(?:who|that|which|whose|with|without|tagged|having|never|not|no|haven't|hasn't|didn't)\b/i;
function people(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const phrase = raw.replace(/,? who are they$/i, "");
  if (!asksForPeople.test(phrase)) {
    if (!groupOfPeople.test(phrase)) return null;
    const { metrics } = understand(phrase, context.index, context.today);
    if (metrics.ids.length > 0 && !metrics.weak) return null;
  }
  let reading = whom(phrase, memory, context);
  let meanings: string[] = [];
  if (reading.kind === "unclear") {
    // A list shows whom it found: a name that is only half said may be completed, and is said back.
    const completed = completeNames(phrase, context.index);
    if (completed.meanings.length > 0) reading = whom(completed.phrase, memory, context);
    meanings = completed.meanings;
  }
  if (reading.kind === "beyond" && /\b(?:spent|spend|paid)\b/i.test(phrase)) return sayWhy(reading);
  if (reading.kind !== "people") return null;
  // `leads in March`, `subscribers in Canada`: how many there were, which the numbers say.
  if (reading.people.where && !asksForList.test(phrase)) return null;
  if (!context.available.has("find_contacts")) return notOpen("find_contacts");
  return call("find_contacts", { ...reading.people, limit: 20 }, context, [...meanings, ...reading.meanings]);
}
