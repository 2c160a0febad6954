import type { RecordKind } from "../../records/select-records";
import { peopleOfRecords } from "./actions/request";
import { monthNumbers, numberWords } from "./calendar";
import type { Memory } from "./memory";
import { normalise } from "./normalise";
import { callPeople } from "./people/choose";
import type { PlanContext, Reply } from "./plan";
import { inOneForm } from "./records/one-form";
import { readDays } from "./records/read-days";
import { byOwner, readAge, readWaiting } from "./records/read-order";
import { readOwners, readStage } from "./records/read-record-names";
import { type Reading, readBounds, readDated, readKind, readState, reasonStem } from "./records/read-words";
import { Scanner } from "./scanner";
import { understand } from "./understand";

/**
 * What is asked about the deals, tasks, appointments or orders shown last: of another owner or period, in another state
 * or order, how many, what they are worth. Every word has to be placed; the rest of the list stays as it was.
 */
export function recordsAgain(question: string, memory: Memory, context: PlanContext): Reply | null {
  const { records } = memory;
  if (!records || question.length > 120) return null;
  const kind = records.kind as RecordKind;
  const { clean: said } = normalise(question);
  const clean = inOneForm(said, context.index).text;
  const more = nextPage.exec(clean);
  if (more)
    return again(
      memory,
      context,
      { ...pageAfter(records), ...(more[1] ? { limit: Number(more[1]) } : {}) },
      [],
    );
  // `the last 5 orders` are five: who they are of is no longer list.
  // The oldest twenty are what the tool lists when nobody says how many.
  const unsaid = records.order === "oldest" && records.limit === 20;
  const few = !unsaid && records.order && Number(records.limit ?? 100) <= 50 ? Number(records.limit) : null;
  const me = iAm(said, context);
  if (me) return again(memory, context, { owner: [me] }, [`I took you for ${me}.`]);
  if (wholeList.test(clean)) return again(memory, context, { limit: few ?? 100 }, [besides]);
  if (inTheList[kind].test(clean)) return again(memory, context, few ? { limit: few } : {}, [besides]);
  if (reachable.test(clean))
    return theirPeople(memory, context) ?? again(memory, context, { limit: few ?? 100 }, [noAddress]);
  const scanner = new Scanner(clean);
  const short = clean.split(" ").length <= 9;
  if (
    !short ||
    /(?<![\p{L}])(?:revenue|sales|customers?|people|leads?|contacts?|members?|rate|tag|create|propose|pin|alert)(?![\p{L}])/u.test(
      clean,
    )
  )
    return null;
  const reading: Reading = { scanner, kind, context, meanings: [] };
  // `only price`, after the deals that were lost.
  const why =
    kind === "deal" && records.state === "lost"
      ? /^(?:(?:and|but|only|just|the ones|those|ones|lost|with|because of|due to|to|for|on|over|the|a|an|reason) )*(\p{L}{3,24})(?: (?:ones?|reasons?|only))*$/u.exec(
          clean,
        )?.[1]
      : undefined;
  if (
    why &&
    /^(?:only|just|because|due|lost|with|the ones|those|to|over)\b/.test(clean) &&
    !known(why, context)
  )
    return again(memory, context, { reason: reasonStem(why) }, [
      `I looked for "${why}" and forms of it in the reason that was written down with each.`,
    ]);
  const change: Record<string, unknown> = {};
  // Another kind of record is another question.
  const other = readKind(new Scanner(clean));
  if (other && other !== kind)
    return /^(?:(?:and|but|only|just|those|the ones|that|which) )*(?:with|without|having|have|has|for which)(?![\p{L}])/u.test(
      clean,
    )
      ? {
          kind: "say",
          topic: "clarify",
          text: `I can't choose the ${kind}s of the list before by their ${other}s: each is a list of its own.`,
          suggestions: [],
        }
      : null;
  const ranked = scanner.take(
    /(?<![\p{L}])(?:(?:sort|order|rank)(?:ed)?(?: (?:them|it|these|those))? by )?(?:the )?(biggest|largest|highest|most valuable|smallest|lowest|value|amount|size|newest|latest|most recent|oldest|longest)(?: (?:ones?|deals?|tasks?|orders?|first|on top))*(?![\p{L}])/u,
  );
  const counts = scanner.take(
    /(?<![\p{L}])(?:how many(?: (?:is|are|was|were))?(?: (?:that|those|they|there|these|of (?:them|those|these)))?|(?:total )?(?:value|worth|count|number|sum)|total|(?:what (?:is|are) )?(?:their|the|its) (?:total )?(?:value|worth|sum)|how much (?:is|are|was|were) (?:that|they|those|it)(?: worth)?)(?![\p{L}])/u,
  );
  const sortable = ranked?.[1] ?? "";
  if (ranked && few && few > 1)
    return {
      kind: "say",
      topic: "clarify",
      text: `The answer before was the first ${few} of a list. Which of exactly those comes first stands in it; of all of them it would be another question: ask for it in full.`,
      suggestions: [],
    };
  if (ranked) {
    change.order = /newest|latest|recent/.test(sortable)
      ? "newest"
      : /oldest|longest/.test(sortable)
        ? "oldest"
        : /smallest|lowest/.test(sortable)
          ? "smallest"
          : "value";
    if (/value|smallest/.test(String(change.order)) && kind !== "deal" && kind !== "order") return null;
  }
  const first = scanner.take(
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:first|top${ranked ? "|" : ""}) ?(\\d{1,2}|${Object.keys(numberWords)
        .filter((each) => each !== "a")
        .join("|")})(?![\\p{L}\\p{N}])`,
      "u",
    ),
  );
  if (first) change.limit = numberWords[first[1] ?? ""] ?? Number(first[1]);
  const named = readStage(reading, true);
  const grouped = kind === "order" ? null : scanner.take(byOwner);
  const bounds = readBounds(reading);
  const dated = readDated(reading);
  const state = readState(reading);
  const everything = scanner.take(/(?<![\p{L}])(?:all of them|all|whatever (?:their )?state)(?![\p{L}])/u);
  const age = readAge(reading, state?.state);
  const waiting = readWaiting(reading);
  const stage = named ?? readStage(reading);
  const owners = readOwners(reading);
  if (owners === "mine") {
    const names = [
      ...new Set(context.index.byLength.filter((one) => one.kind === "owner").map(({ value }) => value)),
    ];
    return {
      kind: "say",
      topic: "clarify",
      text: `I don't know which user in Keap you are, so I can't tell which ${kind}s are yours. Say the name.`,
      suggestions: names.slice(0, 4).map((name) => `Only those of ${name}`),
    };
  }
  const days = readDays(reading);
  if (typeof days === "string") return null;
  if (state) change.state = state.state;
  else if (everything) change.state = "any";
  if (owners.length > 0) change.owner = owners;
  if (stage) change.stage = [stage];
  if (waiting !== undefined) change.waiting_over_days = waiting;
  if (grouped) change.by_owner = true;
  Object.assign(change, bounds, days, age, dated ? { dated } : {});
  scanner.take(/(?<![\p{L}])(?:(?:of )?(?:them|those|these|that|they|it))(?![\p{L}])/u);
  const left = scanner.leftovers().filter((word) => !fillers.has(word.replace(/'s$/, "")));
  const asks =
    counts ||
    ranked ||
    first ||
    bounds ||
    state ||
    stage ||
    age ||
    grouped ||
    everything ||
    waiting !== undefined ||
    owners.length > 0 ||
    days.from ||
    days.to;
  if (left.length > 0 || !asks) return null;
  return again(
    memory,
    context,
    { ...change, ...(counts && !ranked && !first ? { limit: 5 } : {}) },
    reading.meanings,
  );
}

/** Words that say something else of deals than why they were lost. */
const known = (word: string, { index }: PlanContext): boolean =>
  /^(?:mine|overdue|open|won|lost|all|them|those|these|today|yesterday|week|month|year|quarter|biggest|largest|newest|oldest|smallest|big|small|new|old|names?|values?|list|reasons?|export|this|last|top|first)$/.test(
    word,
  ) ||
  word in monthNumbers ||
  index.byLength.some(
    ({ kind, key }) => (kind === "owner" || kind === "stage") && key.split(" ").includes(word),
  );

const nextPage =
  /^(?:and |ok )*(?:(?:show|list|see|give)(?: me| us)? )?(?:(?:some )?more|the (?:rest|others|next(?: (?:ones|page))?)|next(?: page| ones)?|next (\d{1,2})|the next (\d{1,2}))(?: please| pls)?$/u;
/** Each record stands with its person and its owner already. */
const wholeList = new RegExp(
  `^(?:and |ok |so |now |please )*(?:(?:show|list|give|see|get|tell|add|name)(?: me| us)? )?(?:${[
    "them all|all(?: of (?:them|those|these))?|them|those|the (?:full|whole) list|list|export(?: (?:it|them))?",
    "who(?:'s| is| are| was| were)? ?(?:they|those|these|it|that|this)?(?: (?:for|from|about|with))?",
    "who(?: are| is| was| were)? (?:the )?(?:people|persons?|customers?|clients?|contacts?|buyers?)?(?: behind (?:them|it|that|those))?",
    "names?|with names?|(?:their|the|with) (?:names?|customers?|clients?|people|contacts?|owners?|reps?|sellers?)(?: names?)?(?: of (?:them|those|each))?",
    "(?:by|with|from|for|of|to) whom|whom?",
    "who (?:has |have |had )?(?:placed|made|ordered|bought|sent|closed|won|lost|booked|handled|worked on|did|got|signed|created|entered|opened) (?:them|those|these|it|that|each)",
    "whose|whose (?:are (?:they|those|these)|(?:is|was) (?:it|that|this)|(?:deals?|tasks?|orders?|appointments?|invoices?)(?: (?:are|is) (?:they|it|those|these|that))?)",
    "who (?:owns|has|have|is responsible for|is in charge of|looks after|handles|is on|works on|manages) (?:them|it|those|these|that)|who is responsible|who(?:'s| is) (?:the )?(?:owner|rep|seller)|which (?:owners?|reps?|sellers?|customers?|clients?|people|contacts?)(?: (?:are|is) (?:they|it|those|that|these))?",
  ].join("|")})(?: please| pls)?$`,
  "u",
);

const besides = "Each stands with its person and its owner.";
const noAddress =
  "E-mail addresses and phone numbers stand in the record of each person; the list has their names.";
const asksIt = "^(?:and |ok |so |with |show )*(?:(?:in |at )?(?:what|which) |the |their |its )?";
/** What each line of the list tells anyway. */
const inTheList: Record<RecordKind, RegExp> = {
  deal: new RegExp(
    `${asksIt}(?:stages?|values?|worth|how (?:old|long)|reasons?|owners?)(?: (?:is|are) (?:it|they|that|those)(?: in| worth)?)?$`,
  ),
  task: new RegExp(`${asksIt}(?:due(?: dates?)?|when (?:is|are) (?:it|they) due|owners?)$`),
  appointment: new RegExp(
    `${asksIt}(?:times?|when(?: (?:is|are) (?:it|they|that|those))?|dates?|what time)$`,
  ),
  order: new RegExp(
    `${asksIt}(?:amounts?|totals?|dates?|values?|when (?:was|were) (?:it|they)(?: placed| ordered)?|how late)$`,
  ),
};
const reachable =
  /^(?:and |ok |so |now |please )*(?:(?:show|list|give|see|get|tell|what are)(?: me| us)? )?(?:(?:their|the|with|and|all) )*(?:e-?mails?|phones?|phone numbers|numbers|contact details|addresses)(?: addresses)?(?: and (?:e-?mails?|phones?(?: numbers)?|names?))?(?: of (?:them|those|the (?:people|customers|clients)))?(?: please| pls)?$/u;

/** The people of the list, where conditions can say exactly who they are: with their addresses. */
function theirPeople(memory: Memory, context: PlanContext): Reply | null {
  const where = memory.unanswered ? null : peopleOfRecords(memory.records);
  return where
    ? callPeople({ where, limit: 100 }, context, ["These are the people of the list before."])
    : null;
}

/** `I am ben`: the user whose deals are meant by `my deals`; null where nobody is called so, or several are. */
export function iAm(said: string, { index }: PlanContext): string | null {
  const name =
    /^(?:(?:hi|hello|hey|ok|well|sorry|no|and) )*(?:i am|i'm|im|my name is|this is|it is|it's|for|as) (?:called )?([\p{L}][\p{L}' -]{1,40}?)(?: here| by the way)?$/u.exec(
      said,
    )?.[1];
  if (!name) return null;
  const owners = index.byLength.filter(({ kind }) => kind === "owner");
  const fits = [
    ...new Set(
      owners.filter(({ key }) => key === name || key.split(" ").includes(name)).map(({ value }) => value),
    ),
  ];
  return fits.length === 1 ? (fits[0] ?? null) : null;
}

function pageAfter({ cursor, limit }: Record<string, unknown>): Record<string, unknown> {
  return { cursor: String(Number(cursor ?? 0) + Number(limit ?? 20)), limit: Number(limit ?? 20) };
}

function again(
  memory: Memory,
  context: PlanContext,
  change: Record<string, unknown>,
  meanings: string[],
): Reply {
  const { cursor: _, by_owner: __, limit, ...kept } = memory.records ?? {};
  // Five were shown beside a count, a hundred when all were asked for.
  const before = limit === 5 || limit === 100 ? kept : { ...kept, ...(limit ? { limit } : {}) };
  return {
    kind: "call",
    calls: [{ tool: "find_records", input: { ...before, ...change } }],
    meanings: [
      ...(memory.unanswered
        ? [
            `Your last question was not answered, so this changes the list of ${String(kept.kind)}s before it.`,
          ]
        : []),
      ...meanings,
    ],
    understanding: understand("", context.index, context.today),
    whole: true,
  };
}

const fillers = new Set(
  "sort sorted ranked ordered rank and or the a an of for what about how now then just only show me us list please pls with in is are was were that to ones one by first on also but same ok so do does did have has we deals deal tasks task orders order appointments appointment invoices invoice who which still there any due placed assigned".split(
    " ",
  ),
);
