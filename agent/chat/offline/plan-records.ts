import type { RecordKind } from "../../records/select-records";
import { bareOf } from "./actions/about-person";
import { isTaskRequest } from "./actions/task-request";
import type { Memory } from "./memory";
import { normalise } from "./normalise";
import { isOfThoseShown } from "./people/those-shown";
import { type PlanContext, type Reply, say } from "./plan";
import { inOneForm } from "./records/one-form";
import { readDays } from "./records/read-days";
import { byOwner, readAge, readOrder, readWaiting } from "./records/read-order";
import { readOwners, readPerson, readStage } from "./records/read-record-names";
import { type Reading, readBounds, readDated, readKind, readReason, readState } from "./records/read-words";
import { iAm, recordsAgain } from "./records-follow-up";
import { Scanner } from "./scanner";
import { understand } from "./understand";
import type { VocabularyIndex } from "./vocabulary";

/**
 * Deals, tasks, appointments and orders one by one: `any deals stuck in proposal for more than 3 weeks`, `what tasks are
 * overdue for theo`, `appointments next week`. Null where something else is asked, such as a number over time.
 */
export function planRecords(question: string, memory: Memory, context: PlanContext): Reply | null {
  if (question.length > 500) return null;
  if (isOfThoseShown(question, memory) || isTaskRequest(question)) return null;
  if (bareOf(question, memory)) return null;
  const again = recordsAgain(question, memory, context);
  if (again) return again;
  const { clean: said } = normalise(question);
  // `have they an open task`, behind a question that was not answered: everybody's would be another question.
  if (
    memory.unanswered &&
    /(?<![\p{L}])(?:they|them|their|those|these)(?![\p{L}])/u.test(said) &&
    readKind(new Scanner(said))
  )
    return say(
      "clarify",
      "Your last question was not answered, so I don't know whose you mean. Ask it in full, with who they are.",
    );
  const me = iAm(said, context);
  if (me && !memory.records)
    return say("chat", `Then "my deals" and "my tasks" are those of ${me}. What would you like to see?`, [
      "My open deals",
      "My tasks for today",
    ]);
  const { text: clean, listed, mine, titled } = inOneForm(said, context.index);
  // `worth more than 2000` is a bound, no sum; whoever placed an order is a person.
  const asksNumber = numbersOrActs.test(
    clean.replace(
      /(?<![\p{L}])(?:worth|valued at|value of) (?=(?:more|less|over|under|above|below|at|between) )/gu,
      "",
    ),
  );
  // `open deals per owner with value`, `where do deals get stuck`: numbers of each.
  if (
    asksNumber &&
    (!byOwner.test(clean) || /(?<![\p{L}])(?:values?|worth|amounts?|totals?)(?![\p{L}])/u.test(clean))
  )
    return null;
  if (/^(?:and )?(?:where|in which stage|(?:at )?which stage|what stage)(?![\p{L}])/u.test(clean))
    return null;
  const scanner = new Scanner(clean);
  const kind = readKind(scanner);
  if (!kind) return null;
  if (kind === "order" && ofPeople.test(clean)) return null;
  const bounded = readBounds({ scanner: new Scanner(clean), kind, context, meanings: [] });
  // `people with an open deal` are people; with one over 2,000 it is the deals that are looked for.
  if (!bounded && peopleWith.test(clean) && !/ (?:assigned|for|of|by|to) \p{L}+$/u.test(clean)) return null;
  const grouped = kind === "order" ? null : scanner.take(byOwner);
  // `meetings tomorrow`: what lies ahead is a list, never a number.
  const ahead =
    (kind === "appointment" || kind === "task") &&
    /(?<![\p{L}])(?:today|tomorrow|next|coming|upcoming|scheduled|due)(?![\p{L}])/u.test(clean);
  const asked = listing.test(clean) || grouped !== null || ahead || listed;
  const reading: Reading = { scanner, kind, context, meanings: [] };
  const named = readStage(reading, true);
  const bounds = readBounds(reading);
  // How many were lost for a reason is a number; `deals we lost to price` are looked for one by one.
  const reason = readReason(reading);
  const whichWeLost =
    reason !== undefined &&
    /^(?:the |all )*¤+ (?:that |which )?we (?:have )?lost(?![\p{L}])/u.test(scanner.rest.trim());
  const dated = readDated(reading);
  const state = readState(reading);
  // `deals won in october`: a number, which a metric gives with its comparison and chart; `which deals did we win` is a list.
  if (
    (state?.state === "won" || state?.state === "lost") &&
    !asked &&
    !bounds &&
    !whichWeLost &&
    !single.test(clean)
  )
    return null;
  if (grouped && (state?.state === "won" || state?.state === "lost")) return null;
  const waiting = readWaiting(reading);
  const age = readAge(reading, state?.state);
  const order = readOrder(reading);
  const telling = Boolean(
    bounds ||
      reason ||
      order.order ||
      order.limit ||
      age ||
      (waiting !== undefined && owed.test(clean)) ||
      (listed && state) ||
      ((listing.test(clean) || /^(?:(?:all|the|our) )*(?:unpaid|overdue) orders$/u.test(clean)) &&
        owed.test(clean)),
  );
  // A number of orders, or what they come to, is for the numbers; one by one they are asked for by size, rank or debt.
  if (kind === "order" && (!telling || (state?.state === "done" && !bounds && !order.order))) return null;
  const stage = named ?? readStage(reading);
  const owners = readOwners(reading);
  const person = readPerson(reading);
  const plain = !state && waiting === undefined && !dated && !telling;
  const past = /(?<![\p{L}])(?:last|yesterday|ago|since|in 20\d\d|previous|past)(?![\p{L}])/u.test(clean);
  if (plain && !asked && !stage && !person && (owners.length === 0 || owners === "mine" || past)) return null;
  if (!context.available.has("find_records"))
    return say(
      "refuse",
      "Your role, or this installation, does not include lists of deals, tasks and appointments. An administrator of this account can change that.",
    );
  const told = memory.unanswered ? iAm(normalise(memory.unanswered).clean, context) : null;
  const ofMine = mine || owners === "mine" || /(?<![\p{L}])for me(?![\p{L}])/u.test(clean);
  const whose =
    told && ofMine && (owners === "mine" || owners.length === 0) ? [told] : owners === "mine" ? [] : owners;
  if (told && ofMine) reading.meanings.push(`I took you for ${told}.`);
  const forMe = /(?<![\p{L}])for me(?![\p{L}])/u.test(clean);
  if ((mine || forMe || owners === "mine") && whose.length === 0)
    reading.meanings.push(
      `I don't know which user in Keap you are, so these are everybody's; name one to see only theirs${anyOwner(context.index) ? `, for example "${kind}s of ${anyOwner(context.index)}"` : ""}.`,
    );
  const days = readDays(reading, dated === "expected_close", mine);
  if (typeof days === "string" && kind === "order") return null;
  if (typeof days === "string")
    return say("refuse", `${days} Name another period, such as "this week".`, examplesOf(kind));
  const left = scanner.leftovers().filter((each) => !fillers.has(each.replace(/'s$/, "")));
  if (left.length > 0 && (kind === "order" || (plain && !asked))) return null;
  if (left.length > 0)
    return say(
      "clarify",
      `I did not understand ${left.map((each) => `"${each}"`).join(", ")} beside ${kind}s, so I don't answer past it. I list ${kind}s by ${kind === "deal" ? "stage, owner, state, value and how long they have stood there" : kind === "order" ? "size, day and whether they are paid" : "owner, state and day"}.`,
      examplesOf(kind).slice(0, 1),
    );
  if (titled && person) return null;
  if (titled) reading.meanings.push(`I looked for "${titled}" in the title.`);
  if (age && (days.from || days.to)) return null;
  const defaulted = !state && kind !== "order" && dated !== "created" && !age;
  if (defaulted && kind !== "appointment" && (whose.length > 0 || stage) && !days.from)
    reading.meanings.push(
      `These are the open ones; say "won", "lost" or "all" for others.`.replace(
        kind === "task" ? '"won", "lost" or "all"' : "",
        kind === "task" ? '"done"' : "",
      ),
    );
  // What lies behind us was held: an appointment of last week is no coming one.
  const today = context.today.now.toISODate() ?? "";
  const held = kind === "appointment" && !state && days.to !== undefined && days.to < today;
  const input = {
    kind,
    state: state?.state ?? (kind === "order" || dated === "created" ? "any" : held ? "done" : "open"),
    ...(whose.length > 0 ? { owner: whose } : {}),
    ...(stage ? { stage: [stage] } : {}),
    ...(person ? { search: person } : titled ? { search: titled } : {}),
    ...days,
    ...age,
    ...(waiting === undefined ? {} : { waiting_over_days: waiting }),
    ...(dated ? { dated } : {}),
    ...bounds,
    ...(reason ? { reason } : {}),
    ...(grouped ? { by_owner: true } : {}),
    ...order,
    ...(order.order && !order.limit && single.test(clean) ? { limit: 1 } : {}),
  };
  return {
    kind: "call",
    calls: [{ tool: "find_records", input }],
    meanings: [...(state?.meaning ? [state.meaning] : []), ...reading.meanings],
    understanding: understand("", context.index, context.today),
    whole: true,
  };
}

/** `show overdue invoices`, which are no people and no sum. */
const owed =
  /(?<![\p{L}])(?:unpaid|outstanding|overdue|open|late) (?:orders|invoices|bills)(?![\p{L}])|(?<![\p{L}])(?:orders|invoices|bills) (?:that |which )?(?:(?:are|is|were|still|yet) )*(?:unpaid|not (?:yet )?paid|open|outstanding|overdue|late)(?![\p{L}])/u;
/** `the biggest open deal` is one of them. */
const single =
  /(?<![\p{L}])(?:biggest|largest|most valuable|highest|best|smallest|oldest|newest|latest|most recent) (?:(?:open|won|lost|unpaid|overdue|single|current|active) )*(?:deal|opportunity|opp|order|invoice|bill|task|appointment|meeting)(?![\p{L}])/u;

const peopleWith =
  /(?<![\p{L}])(?:people|customers?|clients?|contacts?|leads?|members?|everyone|who|anyone) (?:\p{L}+ ){0,4}(?:with|without|have|has|having) (?:an? |any |no )?(?:\p{L}+ )?(?:deals?|opportunit|tasks?|to-?dos?)/u;

const ofPeople =
  /(?<![\p{L}])(?:people|who|whoever|customers?|clients?|buyers?|contacts?|leads?|members?|everyone|anyone)(?![\p{L}])/u;

/** A number over time, a split, a reason or an act: other readers know better. */
const numbersOrActs =
  /\b(?:by|per|each|every|trends?|rates?|worth|values?|valued|totals?|sum|averages?|avg|mean|vs\.?|versus|compared?|than (?:last|the)|funnels?|pipeline|forecast|how (?:much|long)|how many days|days do|revenue|sales|why|cohorts?|charts?|graph|plot|ratio|velocity|percent(?:age)?|share|propose|create|add(?!ed)|make|book|remind|alert|notify|pin|email|delete|remove|complete the|mark|search|notes?|completed? (?:this|last|in|since))\b|%/i;

/** Words that ask for the things themselves. */
const listing =
  /(?:^| )(?:show|list|which|what|whats|any|find|see|give|get|are there|is there|who has|display|pull up|all|my|our)(?: |$)/;

const anyOwner = (index: VocabularyIndex) => index.byLength.find(({ kind }) => kind === "owner")?.value;

const examplesOf = (kind: RecordKind) =>
  ({
    deal: ["Which deals have stood in their stage for more than 30 days?", "Show the biggest open deals"],
    task: ["Which tasks are overdue?", "What tasks are due this week?"],
    appointment: ["Which appointments are coming up?", "Show appointments this week"],
    order: ["Orders over 500 last month", "Unpaid invoices"],
  })[kind];

const fillers = new Set(
  `find see search placed single whole a about all already an and any anything are assigned at be been being can could created do does did due everybody everyone for from get give got had has have hello hey hi how i in
  is it just keep kept list look looking many me need needs now number of on open or our out owned over people person please pull really right see shall should show still stage stages
  standing stand stood starting starts so team that the their them there these they this those to up us we were what whats when where which who whose with would you your ones someone that's
  let made put thanks ok okay first my mine responsible handle handles handling owns working works manages deal's pending customer customers contact contacts client clients which's lately recently after exactly full whole such do doing record records item items pls kindly ones'`
    .split(/\s+/)
    .filter(Boolean),
);
