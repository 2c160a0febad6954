import { getMetric } from "@/analytics/metrics/catalog";
import type { ProposalStatus } from "@/supabase/contract/proposals";
import { allOf, filtersOf } from "./build-filters";
import { alternation, monthNumbers, numberWords } from "./calendar";
import { guard, turningWords } from "./guards";
import type { Memory } from "./memory";
import { fold } from "./normalise";
import { shareOf } from "./numbers/share-of";
import { givenNames } from "./people/person-name";
import type { PlanContext, PlannedCall, Reply } from "./plan";
import { planMetric } from "./plan-metric";
import { nameInWords } from "./read-names";
import { exampleQuestions } from "./suggest";
import { type Understanding, understand } from "./understand";
import { isOrdinary } from "./words";

/** Requests that are answered by another tool than `query_metric`; null when it is a question about numbers after all. */
export function planTool(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  switch (understanding.intent) {
    case "list_metrics":
      return one(understanding, context, "list_metrics", {});
    case "define":
      return define(understanding, memory, context);
    case "pin":
      return pin(understanding, memory, context);
    case "boards":
      return one(understanding, context, "list_boards", {});
    case "sync":
      return one(understanding, context, "sync_status", {});
    case "proposals":
      return one(understanding, context, "list_proposals", proposalsAsked(understanding.raw));
    case "at_risk":
      return atRisk(understanding, context);
    case "people":
      return people(understanding, context);
    case "propose_tag":
      return proposeTag(understanding, context);
    case "why":
      return why(understanding, memory, context);
    case "forecast":
      return forecast(understanding, memory, context);
    case "search":
      return search(understanding, context);
    case "share":
      return share(understanding, memory, context);
    default:
      return null;
  }
}

/** Which proposals are asked for: all of them, those with a status that is said, or else those that wait. */
function proposalsAsked(raw: string): { status?: ProposalStatus } {
  const said = proposalWords.find(([pattern]) => pattern.test(raw))?.[1];
  return said === "all" ? {} : { status: said ?? "proposed" };
}

const proposalWords: [RegExp, ProposalStatus | "all"][] = [
  [
    /\b(?:waiting|pending|open|to approve|need|needs|await\w*|unapproved|not (?:yet )?approved)\b/i,
    "proposed",
  ],
  [/\b(?:approved|accepted)\b/i, "approved"],
  [/\b(?:rejected|declined|refused)\b/i, "rejected"],
  [/\b(?:expired|lapsed)\b/i, "expired"],
  [/\bfailed\b/i, "failed"],
  [/\b(?:undone|taken back|reverted)\b/i, "undone"],
  [/\b(?:done|executed|carried out|completed)\b/i, "done"],
  [/\b(?:all|every|past|old|earlier)\b.*\bproposals?\b/i, "all"],
];

function one(
  understanding: Understanding,
  context: PlanContext,
  tool: string,
  input: Record<string, unknown>,
): Reply {
  if (!context.available.has(tool)) return notOpen(tool);
  return { kind: "call", calls: [{ tool, input }], meanings: [], understanding };
}

const toolPurpose: Record<string, string> = {
  find_contacts: "people's records",
  list_proposals: "proposals",
  propose_tags: "proposing tags",
  pin_chart: "pinning charts",
  search_knowledge: "notes and e-mails",
  get_contact: "people's records",
};

function notOpen(tool: string): Reply {
  const purpose = toolPurpose[tool];
  return {
    kind: "say",
    topic: "refuse",
    text: purpose
      ? `Your role does not include ${purpose}. An administrator of this account can change that. Numbers I can compute for you at any time.`
      : "I can't do that yet. Numbers I can compute for you at any time.",
    suggestions: exampleQuestions.slice(0, 3),
  };
}

function define(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  const ids =
    understanding.metrics.ids.length > 0 ? understanding.metrics.ids : (memory.last?.query.metrics ?? []);
  if (ids.length === 0) return one(understanding, context, "list_metrics", {});
  const calls = ids.slice(0, 3).map((metric) => ({ tool: "describe_metric", input: { metric } }));
  return { kind: "call", calls, meanings: [], understanding };
}

/** `pin it`, or `revenue by month and pin it`: asked and pinned in one go. */
function pin(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  if (!context.available.has("pin_chart")) return notOpen("pin_chart");
  const board = boardName(understanding.raw);
  if (understanding.metrics.ids.length > 0) {
    const asked = planMetric(understanding, memory, context);
    if (asked.kind === "say") return asked;
    const pins = asked.calls.map(({ input }) => pinCall(input, board));
    return { ...asked, calls: [...asked.calls, ...pins] };
  }
  if (memory.shape) {
    const input = { shape: memory.shape, ...(board ? { board } : {}) };
    return { kind: "call", calls: [{ tool: "pin_chart", input }], meanings: [], understanding };
  }
  if (!memory.last) {
    return {
      kind: "say",
      topic: "clarify",
      text: 'There is no chart to pin yet. Ask for a number first, then say "pin it".',
      suggestions: exampleQuestions.slice(0, 3),
    };
  }
  return { kind: "call", calls: [pinCall({ ...memory.last }, board)], meanings: [], understanding };
}

function pinCall(chart: Record<string, unknown>, board: string | undefined): PlannedCall {
  return { tool: "pin_chart", input: { ...chart, ...(board ? { board } : {}) } };
}

/** `save this to the sales overview`: a board by its name alone. */
export const toNamed =
  /^\s*(?:ok |please |now )*(?:pin|save|put|add|stick) (?:it|this|that|this chart|that chart) (?:to|on|onto|in|into) (?:the|my|our) ["“']?([\p{L}\p{N}][^"”'?.!]{1,60}?)["”']?\s*[?.!]*$/iu;

/** `pin it to the Sales board`, `save to board "Weekly"`. */
function boardName(raw: string): string | undefined {
  const match =
    /\b(?:board|dashboard)\s+(?:called\s+|named\s+)?["“']?([^"”'?.!]{1,60}?)["”']?\s*[?.!]*$/i.exec(raw) ??
    /\b(?:to|on|onto|in|into)\s+(?:my|the|our|a)?\s*["“']?([\p{L}\p{N}][^"”'?.!]{0,60}?)["”']?\s+(?:board|dashboard)\b/iu.exec(
      raw,
    );
  const name = (match ?? toNamed.exec(raw))?.[1]?.trim();
  return name && !/^(?:my|the|our|a|new|please|it)$/i.test(name) ? name : undefined;
}

function people(understanding: Understanding, context: PlanContext): Reply | null {
  const { names, metrics, time, splits } = understanding;
  // `who has the most orders`, `show customers by country`: a question about numbers.
  if (metrics.ids.length > 0 && !metrics.weak) return null;
  if (splits.ids.length > 0 || time.grain) return null;
  if (!context.available.has("find_contacts")) return notOpen("find_contacts");
  const limit = Math.min(understanding.rank?.limit ?? 20, 100);
  if (names.length === 0 && understanding.choices.length === 0) {
    const search = personName(understanding.raw);
    const said = fold(search ?? "").split(" ");
    if (!search || !understanding.unknown.every((word) => said.includes(word) || personNouns.has(word)))
      return null;
    return one(understanding, context, "find_contacts", { search, limit });
  }
  if (/\b(?:top|best|biggest|largest|highest|worst|most|least)\b/i.test(understanding.raw))
    return cannotNarrow("in an order of rank");
  const group = peopleOf(understanding);
  return "kind" in group ? group : one(understanding, context, "find_contacts", { ...group.people, limit });
}

/**
 * The only words beside names that may stand in a choice of people. In a question about numbers fillers are passed
 * over; here `used to be VIP` or `want the kit` would choose the wrong ones.
 */
const choosingWords = new Set(
  `a all an and any anybody anyone are at bought buyers can client clients contact contacts could customer customers each every everybody everyone
  find for get give has have having hold holding holds i in is leads list look lookup me my of or our owners owns people person persons please pull purchased
  risk s see show tag tagged tags that the their them these those to up us we which who whoever with you`.split(
    /\s+/,
  ),
);

const personNouns = new Set("contact person customer lead client profile".split(" "));

function atRisk(understanding: Understanding, context: PlanContext): Reply | null {
  const unknown = understanding.unknown.filter((word) => turningWords.has(word));
  const group = peopleOf({ ...understanding, unknown, time: {} });
  if ("kind" in group) return group;
  return one(understanding, context, "find_contacts", {
    at_risk: true,
    ...group.people,
    limit: understanding.rank?.limit ?? 20,
  });
}

interface PeopleGroup {
  people: { has_tag?: string[]; bought_product?: string[] };
  /** Who they are, as an approver reads it. */
  said: string;
}

/**
 * The people a question names, or a refusal. The tools know two conditions, holding any of some tags and having bought
 * any of some products, both at once; whatever else was said would choose other people than the ones that were meant.
 */
function peopleOf(understanding: Understanding): PeopleGroup | Extract<Reply, { kind: "say" }> {
  const { names, choices, time, unknown, joint, bought, corrections } = understanding;
  const refused = guard({
    ...understanding,
    metrics: { ...understanding.metrics, ids: [], joined: [], dropped: [] },
  });
  if (refused?.kind === "say") return refused;
  const [choice] = choices;
  if (choice)
    return clarify(
      `"${choice.said}" fits more than one name: ${choice.options.map(nameInWords).join(" or ")}. Which one?`,
    );
  const negated = names.find((name) => name.negated);
  if (negated || unknown.some((word) => turningWords.has(word)))
    return cannotNarrow(negated ? `without ${nameInWords(negated)}` : "who did or have something not");
  const other = names.find(({ kind }) => kind !== "tag" && kind !== "product");
  if (other) return cannotNarrow(`by ${nameInWords(other)}`);
  if (time.period || time.grain || time.against) return cannotNarrow("by a period");
  const tags = names.filter(({ kind }) => kind === "tag");
  const products = names.filter(({ kind }) => kind === "product");
  if (bought && products.length === 0) return cannotNarrow("who bought anything at all");
  if (joint === "and" && (tags.length > 1 || products.length > 1))
    return cannotNarrow("who meet several conditions of a kind at once");
  if (joint === "or" && tags.length > 0 && products.length > 0)
    return cannotNarrow("by a tag or a product, one or the other");
  if (unknown.length > 0)
    return clarify(
      `I did not understand ${unknown
        .map((word) => `"${word}"`)
        .join(", ")
        .slice(0, 200)}, so I don't choose people past it.`,
    );
  const strange = understanding.text
    .replaceAll("¤", " ")
    .split(/[^\p{L}\p{N}']+/u)
    .filter((word) => word && !choosingWords.has(word))
    // The plural of a name, such as `VIPs`, is found in what the names left over.
    .filter((word) => !names.some(({ value }) => fold(value) === word.replace(/'?s$/, "")));
  if (strange.length > 0)
    return clarify(
      `I did not understand ${strange
        .map((word) => `"${word}"`)
        .join(", ")
        .slice(0, 200)}, so I don't choose people past it.`,
    );
  // A name that was only half said, or mended from a slip, must not decide whom a change is for.
  const guessed = names.find(
    ({ said, value }) => said && fold(value) !== said && fold(value) !== said.replace(/s$/, ""),
  );
  const mended = corrections.find(({ to }) => names.some(({ value }) => fold(value).split(" ").includes(to)));
  if (guessed) return clarify(`Do you mean ${nameInWords(guessed)}? Say the name in full.`);
  if (mended) return clarify(`Do you mean "${mended.to}" by "${mended.from}"? Say the name in full.`);
  const values = (list: typeof names) => list.map(({ value }) => value);
  const quoted = (list: typeof names) =>
    values(list)
      .map((value) => `"${value}"`)
      .join(" or ");
  return {
    people: {
      ...(tags.length > 0 ? { has_tag: values(tags) } : {}),
      ...(products.length > 0 ? { bought_product: values(products) } : {}),
    },
    said: [
      ...(tags.length > 0 ? [`hold the tag ${quoted(tags)}`] : []),
      ...(products.length > 0 ? [`bought ${quoted(products)}`] : []),
    ].join(" and "),
  };
}

function cannotNarrow(how: string): Extract<Reply, { kind: "say" }> {
  return {
    kind: "say",
    topic: "refuse",
    text: `I can't choose people ${how}. I can find and propose a tag for people who hold a tag (or any of several), who bought a product (or any of several), or both: "people tagged A or B who bought C".`,
    suggestions: ["Who is at risk of not coming back?", ...exampleQuestions.slice(0, 2)],
  };
}

function clarify(text: string): Extract<Reply, { kind: "say" }> {
  return { kind: "say", topic: "clarify", text, suggestions: exampleQuestions.slice(0, 2) };
}

/** The name or address after `find`, `look up`, `who is`. */
function personName(raw: string): string | undefined {
  const match =
    /\b(?:find|look ?up|search for|show me|show|open|get|pull up)\s+(?:the |a |me )*(?:contact|person|customer|lead|client|profile)(?:\s+(?:of|for|named|called))?\s+["“']?([^"”?]{2,80}?)["”']?\s*[?.!]*$/i.exec(
      raw,
    ) ?? /\bwho\s+(?:is|are)\s+["“']?([^"”?]{2,80}?)["”']?\s*[?.!]*$/i.exec(raw);
  const name = match?.[1]?.trim();
  // `who is new`: one ordinary word is no name, where nothing says that a person is meant.
  if (name && /^\s*who/i.test(raw) && !name.includes(" ") && isOrdinary(name.toLowerCase())) return undefined;
  // `who is already gone`: ordinary words, of which none is anybody's name.
  if (
    name &&
    /\bwho\b/i.test(raw) &&
    !/\p{Lu}/u.test(name) &&
    fold(name)
      .split(" ")
      .every((word) => isOrdinary(word) && !givenNames.has(word))
  )
    return undefined;
  // A verb or a `to` is no part of a name: `who is likely to cancel`.
  if (
    name &&
    /^\s*who/i.test(raw) &&
    fold(name)
      .split(" ")
      .some((word) => notInNames.has(word))
  )
    return undefined;
  return name &&
    !/^(?:my|our|the|your|all|most|best|top|we|they|at|you|these|those|them|it|this|that|with|who|whose|which|without|from|in)\b/i.test(
      name,
    )
    ? name
    : undefined;
}

const notInNames = new Set(
  "to for on in at by of about going likely leave leaving cancel cancelling canceling buy buying next soon up due new most more than".split(
    " ",
  ),
);

function proposeTag(understanding: Understanding, context: PlanContext): Reply {
  if (!context.available.has("propose_tags")) return notOpen("propose_tags");
  const asked = tagRequest(understanding.raw);
  if (!asked) return whichTag();
  // Read on its own, so that words of the new tag's name choose nobody.
  const whom = understand(asked.whom, context.index, context.today);
  // A second request among the people (`and remove …`, `at risk`) would be taken out of the text unread.
  if (whom.intent !== "metric" && whom.intent !== "people")
    return cannotNarrow("and do or look up something else in one sentence");
  if (whom.metrics.ids.length > 0 && !whom.metrics.weak) return cannotNarrow("by a number");
  const group = peopleOf(whom);
  if ("kind" in group) return group;
  if (group.said === "") return whichTag();
  return one(understanding, context, "propose_tags", {
    tag: asked.tag,
    ...group.people,
    reason: `For people who ${group.said}.`.slice(0, 500),
  });
}

function whichTag(): Reply {
  return {
    kind: "say",
    topic: "clarify",
    text: 'To propose a tag I need the tag and who should get it, for example: propose the tag "VIP" for people who bought a product, or for people with another tag. An administrator approves it in the app before anything happens.',
    suggestions: ["Who is at risk of not coming back?", "Which proposals are waiting for approval?"],
  };
}

const politely = String.raw`^\s*(?:please\s+|can you\s+|could you\s+)?`;

/** Ways to ask for a tag: which group is its name and which the people. The first that fits is taken. */
const tagRequests: { pattern: RegExp; tag: number; whom: number }[] = [
  // tag people who bought X as "Y"
  {
    pattern: new RegExp(
      `${politely}tag\\s+(?!["“'])(.+)\\s(?:as|with)\\s+(?:the\\s+)?(?:tag\\s+)?["“']([^"”']+)["”']\\s*[?.!]*$`,
      "i",
    ),
    tag: 2,
    whom: 1,
  },
  // propose the tag "Y" for people who bought X
  {
    pattern: /^[^"“”]*?\btag\s+["“']([^"”']+)["”']\s*(?:to|on|for)\s+(.+)$/i,
    tag: 1,
    whom: 2,
  },
  // tag people who bought X as Y
  {
    pattern: new RegExp(`${politely}tag\\s+(?!["“'])(.+)\\s(?:as|with)\\s+([^"“”?.]+?)\\s*[?.!]*$`, "i"),
    tag: 2,
    whom: 1,
  },
  // add the tag Y to people who bought X
  {
    pattern:
      /\b(?:add|apply|propose|suggest|put|give|assign|attach|set)\s+(?:the\s+|a\s+|an\s+)?(?:new\s+)?tag\s+(?!["“'])(.+?)\s+(?:to|on|for)\s+(.+)$/i,
    tag: 1,
    whom: 2,
  },
];

function tagRequest(raw: string): { tag: string; whom: string } | null {
  for (const { pattern, tag, whom } of tagRequests) {
    const match = pattern.exec(raw);
    const name = match?.[tag]?.trim();
    if (name) return { tag: name, whom: match?.[whom] ?? "" };
  }
  return null;
}

function why(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  if (!context.available.has("explain_change")) return soon("explain why a number changed");
  // `why was October so good`: of the business, which is its revenue.
  const business =
    understanding.time.period && understanding.names.length === 0 ? "revenue_collected" : undefined;
  const metric = understanding.metrics.ids[0] ?? memory.last?.query.metrics[0] ?? business;
  if (!metric) {
    return {
      kind: "say",
      topic: "clarify",
      text: "Which number's change should I explain?",
      suggestions: ["Why did revenue change last month?", "Why did orders change last quarter?"],
    };
  }
  const asked = planMetric(
    {
      ...understanding,
      metrics: { ...understanding.metrics, ids: [metric], unavailable: [] },
      splits: { ids: [], unknown: [], explicit: false },
      time: { ...understanding.time, grain: undefined },
      rank: undefined,
    },
    memory,
    context,
  );
  if (asked.kind === "say") return asked;
  const query = asked.calls[0]?.input.query as
    | { range: unknown; filters?: unknown; comparison?: string }
    | undefined;
  const range =
    understanding.time.period || understanding.metrics.ids.length > 0
      ? query?.range
      : (memory.last?.query.range ?? query?.range);
  const named = understanding.time.period !== undefined || memory.last !== undefined;
  return {
    ...asked,
    meanings: asked.meanings.filter((line) => !/^(?:You named no period|For "why")/.test(line)),
    calls: [
      {
        tool: "explain_change",
        input: {
          metric,
          range: named ? range : { preset: "previous_month" },
          comparison: query?.comparison ?? memory.last?.query.comparison ?? "previous_period",
          ...(query?.filters ? { filters: query.filters } : {}),
        },
      },
    ],
  };
}

function forecast(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  if (!context.available.has("forecast")) return soon("forecast");
  const asked = understanding.metrics.ids[0];
  // `expected revenue for December` is a forecast of revenue; what is already billed is another number.
  const metric =
    (asked === "expected_cash" ? "revenue_collected" : asked) ??
    memory.last?.query.metrics[0] ??
    "revenue_collected";
  const said =
    /\b(?:next|coming|for|over) (?:the )?(\d{1,2}|[a-z]+) months?\b/i
      .exec(understanding.raw)?.[1]
      ?.toLowerCase() ?? "";
  const horizon = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : undefined);
  // The running month is the first that is forecast: the next one is the second.
  const { month } = context.today.now;
  const quarter = /\bnext quarter\b/i.test(understanding.raw)
    ? 6 - ((month - 1) % 3)
    : /\b(?:next|coming) month\b/i.test(understanding.raw)
      ? 2
      : undefined;
  const named = monthAhead(understanding.raw, context.today);
  if (typeof named === "string")
    return {
      kind: "say",
      topic: "refuse",
      text: named,
      suggestions: ["Forecast revenue for the next 12 months"],
    };
  const filters = allOf(filtersOf(understanding, [metric]));
  return one(understanding, context, "forecast", {
    metric,
    ...(filters ? { filters } : {}),
    months: Math.min(12, Number(horizon ?? quarter ?? named ?? 1)),
  });
}

/**
 * `what will we make in february`: how many months ahead that is, the current one being the first that is forecast; the
 * rest of the year for `by the end of the year`. A sentence where it lies too far ahead.
 */
function monthAhead(raw: string, { now }: PlanContext["today"]): number | string | undefined {
  if (
    /\b(?:(?:by|at|until|till|to|through) (?:the )?(?:year[- ]?end|end of (?:the|this) year)|rest of (?:the|this) year|this year)\b/i.test(
      raw,
    )
  )
    return 13 - now.month;
  const match = new RegExp(
    String.raw`\b(?:in|for|by|this|next|until|through|of|will)\s+(${alternation(monthNumbers)})\b(?:\s+((?:20)\d\d|next year))?`,
    "i",
  ).exec(raw);
  if (!match) return undefined;
  const month = monthNumbers[match[1]?.toLowerCase() ?? ""] ?? now.month;
  const said = match[2]?.toLowerCase();
  const year =
    said === "next year" ? now.year + 1 : said ? Number(said) : month < now.month ? now.year + 1 : now.year;
  const ahead = (year - now.year) * 12 + month - now.month + 1;
  if (ahead < 1) return undefined;
  return ahead <= 12 ? ahead : "I forecast at most 12 months ahead.";
}

function search(understanding: Understanding, context: PlanContext): Reply | null {
  if (!context.available.has("search_knowledge"))
    return context.available.has("find_contacts")
      ? soon("search notes and e-mails")
      : notOpen("search_knowledge");
  const quoted = /["“]([^"”]+)["”]/.exec(understanding.raw)?.[1];
  const about =
    /\b(?:about|mention(?:ing|s|ed)?|containing|saying|say|said|with the word|for|complained about|asked (?:about|for)|wrote about)\s+(.{2,100}?)\s*[?.!]*$/i.exec(
      understanding.raw,
    )?.[1];
  const query = quoted ?? about;
  if (!query)
    return {
      kind: "say",
      topic: "clarify",
      text: "What should I look for in the notes and e-mails?",
      suggestions: ["Which notes mention a refund?"],
    };
  return one(understanding, context, "search_knowledge", { query });
}

/** A share is shown as the split it is taken from; the percentages are the chart's. */
function share(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  const { names, splits, drawing } = understanding;
  if (splits.ids.length === 0 && names.length > 0) return shareOf(understanding, memory, context);
  if (splits.ids.length === 0) return null;
  return planMetric({ ...understanding, names: [], drawing: drawing ?? "pie" }, memory, context);
}

function soon(what: string): Reply {
  const label = getMetric("revenue_collected")?.label ?? "Revenue collected";
  return {
    kind: "say",
    topic: "refuse",
    text: `I can't ${what} yet. I can show how a number developed and how it splits, which is often the start of an answer.`,
    suggestions: [`${label} by month this year vs last year`, `${label} by product this year vs last year`],
  };
}
