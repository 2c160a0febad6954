import { DateTime } from "luxon";
import type { DrawingKind } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import type { Grain } from "@/analytics/query/query";
import { dateOrderOf, type Today } from "./dates";
import { outOfScope, rankWords, stopwords } from "./lexicon";
import { fold, normalise } from "./normalise";
import { stayingByPlan } from "./numbers/by-plan";
import { takeOverview } from "./numbers/choose-metrics";
import { type Direction, readAverage, readDirection, readGrowth } from "./numbers/read-change";
import { readComparison } from "./numbers/read-comparison";
import { readContrast, type Side } from "./numbers/read-contrast";
import { readFirstNames } from "./numbers/read-first-names";
import { readBilling, readCategories, readThingsOfCategory, widenFamily } from "./numbers/read-groups";
import { readLately } from "./numbers/read-lately";
import { newcomersOf, readAcquired, takeNewcomers } from "./numbers/read-newcomers";
import { addPair, readPair } from "./numbers/read-pairs";
import { readSmallest, showSize } from "./numbers/read-smallest";
import { readStatus } from "./numbers/read-status";
import { readTraits } from "./numbers/read-traits";
import { settleNames } from "./numbers/settle-names";
import { ofWhomItIs, tagEvent, whoBought } from "./numbers/tag-events";
import { literal } from "./patterns";
import { readEvents } from "./read-events";
import { type Intent, readIntent } from "./read-intent";
import { type FoundName, type NameChoice, negations, readNames, readPartialNames } from "./read-names";
import {
  type DimensionsReading,
  type MetricsReading,
  type Rank,
  readDrawing,
  readLooseSplits,
  readMetrics,
  readRank,
  readSplits,
  readUnknownSplits,
} from "./read-shape";
import { readTime, type TimeReading } from "./read-time";
import { reword } from "./reword";
import { Scanner } from "./scanner";
import type { VocabularyIndex } from "./vocabulary";
import { type Correction, mend, ownWords } from "./words";

/** Everything that was read from one question, before the conversation so far is taken into account. */
export interface Understanding {
  raw: string;
  /** The question as it was read, with the account's names taken out. */
  text: string;
  /** The same without what was read as one number: `revenue from one-time purchases`. */
  guarded: string;
  intent: Intent;
  metrics: MetricsReading;
  splits: DimensionsReading;
  names: FoundName[];
  choices: NameChoice[];
  joint: "and" | "or";
  /** Groups set side by side that are no split: a question of its own for each. */
  sides?: Side[];
  time: TimeReading;
  /** `names please`: who or what stands behind the answer before. */
  listing: boolean;
  /** How things go was asked, in these words. */
  overview?: string;
  /** A change was asked for without saying against what. */
  change: boolean;
  /** What is said with the answer about words that stand in it for nothing else. */
  notes: string[];
  /** `without unknown`: rows of what has no value are left out. */
  dropUnknown: boolean;
  drawing?: DrawingKind;
  rank?: Rank;
  /** `customers who bought X`: the product restricts people, not the rows. */
  bought: boolean;
  /** `average monthly income`: the mean over the buckets. */
  average: boolean;
  /** `how much did they spend`: of people who were spoken of before. */
  pronoun: boolean;
  /** `did it go up`, `is it getting worse`: a comparison that wants a yes or no. */
  direction?: Direction;
  /** Words that ask to keep what was said before and change one thing. */
  followUp: boolean;
  /** `everywhere`, `all products`, `without the filter`. */
  clearFilters: boolean;
  /** `in total`, `overall`: no split. */
  clearSplits: boolean;
  /** `without the comparison`. */
  clearComparison: boolean;
  corrections: Correction[];
  /** Numbers that are not kept anywhere here. */
  outOfScope: { what: string; nearest: string; said: string }[];
  /** Words nobody understood. */
  unknown: string[];
  cut: boolean;
}

const followUpOpening =
  /^ ?(?:and|now|but|ok|okay|then|also|what about|how about|same|same for|instead|only|just|but only|make it|show it|show that|do the same|as|by|per|split|break|with|without|excluding|compare|compared|vs|versus|in|for|from|since|during|sorted|sort|top|bottom|limit|change|switch|filter|remove|drop|add|zoom|narrow|group|use|turn|plot|draw|give me that|that|this|those|it|them|the same)(?![\p{L}])/u;

/** Reads one question against the registry's words and the account's names. Pure; never throws. */
export function understand(asked: string, index: VocabularyIndex, today: Today): Understanding {
  const question = reword(asked);
  const whyToo = /(?:,| and| &) why ?[?!.]* *$/i.exec(question);
  const { clean, quoted, cut } = normalise(whyToo ? question.slice(0, whyToo.index) : question);
  const notes: string[] = [];
  const mended = mend(sharedNoun(withUnitedStates(clean, question)), index);
  const scanner = new Scanner(mended.text);
  const followUp = followUpOpening.test(scanner.rest);
  const { intent, match } = readIntent(scanner);
  if (match && blankable.has(intent)) scanner.blank(match.index, match.index + match[0].length);

  if (intent === "forecast") scanner.take(/(?<![\p{L}])project(?:ed|ing)?(?![\p{L}])/u);
  if (intent === "forecast")
    scanner.take(
      /(?<![\p{L}])(?:for |in |over )?(?:the )?(?:next|coming) (?:\d{1,2} |few |(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) )?(?:months?|quarters?|years?|weeks?)(?:'s)?(?![\p{L}])/u,
    );

  if (intent === "forecast")
    scanner.take(
      /(?<![\p{L}])(?:by|at|until|till|for|through|to)? ?(?:the )?(?:year[ -]end|end of (?:the|this) year|rest of (?:the|this) year)(?![\p{L}])/u,
    );

  if (intent === "forecast") scanner.take(/(?<![\p{L}])(?:going to )?happen(?: (?:with|to))?(?![\p{L}])/u);
  if (intent === "why")
    scanner.take(
      /(?<![\p{L}])(?:what is |what was |what lies )?(?:reasons? |drivers? )?behind(?: the| our| this)?(?![\p{L}])/u,
    );
  // `why were orders down`: which way it went is what the answer says.
  const moved =
    intent === "why" &&
    scanner.take(
      /(?<![\p{L}])(?:(?:so|that|this|really|very|much) )*(?:jump(?:ed)?|spik(?:e|ed)|surg(?:e|ed)|soar(?:ed)?|plung(?:e|ed)|dip(?:ped)?|down|up|low|lower|high|higher|bad|slow|slower|weak|weaker|soft|poor|good|off|worse|better)(?![\p{L}])(?! (?:than|to|by) )/u,
    );
  if (moved && /spik|surg|soar|plung/.test(moved[0]))
    notes.push(`I took "${moved[0].trim()}" to be the change that was asked about.`);
  const clearComparison = Boolean(
    scanner.take(
      /(?<![\p{L}])(?:drop|remove|without|no|hide|clear|lose|skip|forget|stop|undo)(?: the| that| this| any)? (?:comparison|comparing)(?: please)?(?![\p{L}])/u,
    ),
  );

  if (whyToo && !/\b(?:cancel|left|leav|lost|lose|churn|quit)/i.test(question))
    notes.push('For "why", open each of them: reasons stand in the records, and are not summed up here.');
  const billing = readBilling(scanner, index);
  const unknownRows = scanner.take(
    /(?<![\p{L}])(?:without|excluding|exclude|drop|hide|remove|leave out|minus|no|ignore|ignoring)(?: the| all| any)? unknowns?(?: (?:ones|rows?|sources?|values?|group))?(?![\p{L}])/u,
  );
  const dropUnknown = Boolean(unknownRows);
  if (unknownRows) notes.push(`"${unknownRows[0].trim()}": what has no value is left out.`);
  const names = readNames(scanner, index, {
    raw: question,
    clean: mended.text,
    quoted,
    isOwnWord: (word) => ownWords().has(word),
  });
  if (names.found.some(({ negated }) => negated) && /(?<![\p{L}])leave out(?![\p{L}])/u.test(mended.text))
    notes.push('I read "leave out" as excluding what follows.');
  const otherNumber =
    /(?<![\p{L}])(?:spent|spend|revenue|sales|orders?|bought|aov|ltv|clv|lifetime|refunds?|paid|made|leads?|contacts|customers|average)(?![\p{L}])/u;
  const status =
    otherNumber.test(scanner.rest) || /^ ?(?:and|only|just|now|what about) /u.test(scanner.rest)
      ? readStatus(scanner)
      : undefined;
  if (status) names.found.push(status);
  const splits: DimensionsReading = { ids: [], unknown: [], explicit: false };
  names.found.push(
    ...billing,
    ...readThingsOfCategory(scanner, index, splits),
    ...readCategories(scanner, index),
    ...readFirstNames(scanner, index),
  );
  names.found = widenFamily(scanner, names.found, index, notes);
  const text = scanner.rest;
  const bought = readBought(scanner);
  const clearFilters = Boolean(
    scanner.take(
      /(?<![\p{L}])(?:remove|drop|clear|reset|without|undo|forget)(?: (?:the|all|any|that|this|my))* (?:filters?|restrictions?)|everywhere|(?:for |in )?all (?:countries|regions|states|products|tags|sources)(?![\p{L}])|worldwide|for everyone/u,
    ),
  );
  const clearSplits = Boolean(
    scanner.take(
      /(?<![\p{L}])(?:in total(?! (?:lifetime|revenue|sales|value|spend|orders|customers|subscribers|contacts|refunds))|overall|just the total|as a total|only the total|the total|total only|altogether|in all|all together|grand total)(?![\p{L}])/u,
    ),
  );
  scanner.take(/^ ?(?:good )?(?:morning|afternoon|evening)(?= )/u);
  // `make a pie chart of customers` makes no money.
  scanner.take(/^ ?(?:please |can you |could you )?make(?= (?:me |us )?(?:an? |the ))/u);
  const boughtWhat = readBoughtWhat(scanner);
  const direction = readDirection(scanner);
  names.found.push(...readAcquired(scanner, today, notes));
  const newcomers = takeNewcomers(scanner);
  const traits = readTraits(scanner, splits);
  names.found.push(...traits.names);
  notes.push(...traits.notes);
  const events = [...traits.events, ...readEvents(scanner)];
  const overview = takeOverview(scanner);
  const listed = scanner.take(
    /^ ?(?:(?:and|now|ok|so) )*(?:(?:give|show|get|tell|send)(?: me| us)? )?(?:(?:the|their|all|list|of) )*(?:names|list (?:them|it)|who (?:exactly|specifically)|who (?:is|are|was|were) (?:affected|concerned|that|those|these))(?: (?:please|pls|too|of them))* *$/u,
  );
  const detailed = scanner.take(
    /(?<![\p{L}])(?:with|including|incl|showing|and) (?:the |their |all )*(?:names?|amounts?|details?|dates?)(?:(?:,| and| &|,? plus) (?:the |their )*(?:names?|amounts?|details?|dates?))*(?=[¤ ]*$)/u,
  );
  if (detailed) notes.push(`"${detailed[0].trim()}": they stand in the list of what is behind the number.`);
  const listing = Boolean(listed ?? detailed);
  if (listed) notes.push(`"${listed[0].trim()}": who or what stands behind the number.`);
  const guarded = scanner.rest;
  const drawing = readDrawing(scanner);
  if (boughtWhat) {
    splits.ids.push("product");
    events.push({ id: "units", said: "what people buy" });
  }
  readSplits(scanner, splits);
  scanner.take(
    /(?<![\p{L}])(?:break|broken|breaking|split|splitting)(?: (?:it|this|that|them))? (?:down|out|up)(?![\p{L}])/u,
  );
  readOrigin(scanner, splits);
  readLooseSplits(scanner, splits, "phrases");
  // What sells best is a product, whether it is said or not.
  const sellers = scanner.find(/(?<![\p{L}])best[ -]?sell(?:ing|ers?)(?![\p{L}])/u);
  if (sellers && splits.ids.length === 0 && !otherSplit.test(scanner.rest)) {
    splits.ids.push("product");
    scanner.take(/(?<![\p{L}])best[ -]?sellers?(?= (?:by|in|for) )/u);
  }
  const smallest = readSmallest(scanner);
  let rank = readRank(scanner) ?? (sellers || boughtWhat ? { direction: "desc" as const } : undefined);
  const pair = readPair(scanner);
  const metrics = withEvents(events, readMetrics(scanner, question), scanner);
  // `what did refunds cost us`: their own amount, which the verb only asks for.
  if (metrics.ids.length > 0 && metrics.ids.every((id) => outlays.has(id)))
    scanner.take(/(?<![\p{L}])costs?(?: (?:us|me|the business|the company))?(?![\p{L}])/u);
  if (
    billing.length > 0 ||
    /(?<![\p{L}])(?:of|do|does|did|are|for|from) (?:the |our |all )*(?:active |paying )?(?:¤|members|subscribers)/u.test(
      text,
    )
  )
    dropWhose(metrics);
  if (boughtWhat) names.found.push(...whoBought(metrics, text, notes));
  readUnknownSplits(scanner, splits);
  if (pair && !addPair(pair, metrics)) metrics.dropped.push(...pair.said.split(" ").slice(-1));
  if (smallest) notes.push(showSize(smallest, metrics));
  if (whyToo) readWhyToo(metrics.ids, splits, notes);
  const comparison = readComparison(scanner);
  const ahead = readAhead(scanner, metrics.ids);
  const time = readTime(scanner, { ...today, dateOrder: dateOrderOf(mended.text) });
  if (comparison.sinceStart && !time.period) {
    const { now, weekStart } = today;
    const unit = comparison.sinceStart;
    const from =
      unit === "week"
        ? now.startOf("day").minus({ days: (now.weekday - weekStart + 7) % 7 })
        : now.startOf(unit);
    const to = from.plus({ [`${unit}s`]: 1 });
    time.period = { from: from.toISODate(), to: to.toISODate(), unit, rolling: { kind: "current", unit } };
  }
  // `revenue last 3 months each`
  if (time.period?.rolling?.kind === "last" && !time.grain && splits.ids.length === 0) {
    const { unit, count } = time.period.rolling;
    if (count > 1 && scanner.take(/(?<![\p{L}])(?:each|one by one|separately|individually)(?=[¤ ]*$)/u))
      time.grain = unit;
  }
  if (newcomers) names.found.push(...newcomersOf(newcomers, time.period, today, notes));
  lastWeekend(time, today, intent, notes);
  takeTagNoun(scanner, index);
  readLooseSplits(scanner, splits, "words");
  time.grain ??= splits.grain;
  if (comparison.against && !time.against && !(comparison.change && time.grain))
    time.against = comparison.against;
  buyersOf(time, metrics);
  readLately(scanner, time, metrics.ids, notes);
  const average = readAverage(scanner, time, metrics, notes);
  const grown = readGrowth(scanner, time);
  if (direction && !time.against && (!time.grain || time.grain === "auto")) {
    time.against = { relative: "previous_period" };
    time.grain = undefined;
  }
  dropLeadsOfSource(metrics, names.found, question);
  // `which source gives the highest lifetime value`: the verb asks for it and says nothing more.
  if (splits.ids.length > 0 && metrics.ids.some((id) => id === "clv_average" || id === "lead_value"))
    scanner.take(
      /(?<![\p{L}])(?:gives?|gave|sends?|sent|delivers?|yields?)(?: (?:us|me))?(?= (?:the |our )*(?:¤|best|most|highest))/u,
    );
  // `how many units of it did we move`: the name stands between.
  if (metrics.ids.includes("units"))
    scanner.take(
      /(?<![\p{L}])(?:did |do |have |has )?we (?:move|moved|ship|shipped|shift|shifted)(?![\p{L}])/u,
    );
  scanner.take(
    /^ ?(?:(?:and|also|now|please|can you|could you) )*(?:add|include|put in|throw in)(?: in| the)*(?= |¤)/u,
  );
  // `revenue with tax`: what came in holds it.
  const taxed = metrics.ids.includes("revenue_collected")
    ? scanner.take(
        /(?<![\p{L}])(?:tax included|taxes included|(?:including|incl\.?|inclusive of|with|before) (?:the )?tax(?:es)?)(?![\p{L}])/u,
      )
    : null;
  if (taxed) notes.push(`"${taxed[0].trim()}": revenue collected holds the tax.`);
  // `returns: how many % got refunded`
  if (metrics.joined.some((pair) => pair.includes("refund_rate") && pair.includes("refunds"))) {
    metrics.ids = metrics.ids.filter((id) => id !== "refunds");
    metrics.meanings = metrics.meanings.filter(({ id }) => id !== "refunds");
    metrics.joined = metrics.joined.filter((pair) => !pair.includes("refunds"));
  }
  // `conversion of leads from Texas`: they are what it is of.
  if (metrics.joined.some((pair) => pair.includes("new_leads") && pair.some((id) => aboutLeads.has(id)))) {
    metrics.ids = metrics.ids.filter((id) => id !== "new_leads");
    metrics.meanings = metrics.meanings.filter(({ id }) => id !== "new_leads");
    metrics.joined = metrics.joined.filter((pair) => !pair.includes("new_leads"));
  }
  // `drop revenue` of several numbers is no drop of it.
  scanner.take(/^ ?(?:(?:and|now|please|ok) )*(?:drop|remove|take out|leave out|hide)(?: the)?(?= ¤)/u);
  // `revenue this year excluding refunds`
  if (
    metrics.joined.some((pair) => pair.includes("revenue_collected") && pair.includes("refunds")) &&
    scanner.take(/(?<![\p{L}])(?:excluding|without|minus|less|net of|after|not counting)(?= (?:the )?¤)/u)
  ) {
    metrics.ids = [
      "revenue_net",
      ...metrics.ids.filter((id) => id !== "revenue_collected" && id !== "refunds"),
    ];
    metrics.meanings = [{ said: "revenue excluding refunds", id: "revenue_net" }];
    metrics.joined = [];
  }
  // `how many orders did we ship`: an order is counted on its day, whatever was done with it.
  const handled = metrics.ids.includes("orders")
    ? scanner.take(
        /(?<![\p{L}])(?:(?:did|do|have|has) (?:we|i) )?(?:ship(?:ped)?|process(?:ed)?|handled?|fulfil(?:l|led)?|deliver(?:ed)?|send|sent|issued?|writ(?:e|ten)|wrote)(?![\p{L}])/u,
      )
    : null;
  if (handled) notes.push(`"${handled[0].trim()}": orders are counted by the day they were placed.`);
  if (metrics.ids.some((id) => id.startsWith("email")))
    scanner.take(
      /(?<![\p{L}])(?:do|did|have|has) (?:we|i|our team) (?:usually )?(?:send|sent|mail|mailed)(?: out)?(?![\p{L}])/u,
    );
  // `gross and after refunds`: gross is what came in.
  if (metrics.ids.includes("revenue_collected")) scanner.take(/(?<![\p{L}])gross(?![\p{L}])/u);
  rank = readLateBucket(scanner, rank, splits);
  const partial = readPartialNames(
    scanner.leftovers().filter((word) => !isNoise(word) && !outOfScope[word] && !(word in rankWords)),
    index,
  );
  takePartial(scanner, partial, notes);
  widenChoices(scanner, partial, notes);
  const settled = settleNames(
    distinct([...names.found, ...partial.found]),
    [...names.choices, ...partial.choices],
    { metrics: metrics.ids, text: mended.text, index },
  );
  dropLeadsOfSource(metrics, settled.found, question);
  settled.found = dealsByStage(metrics, withoutHalves(settled.found));
  settled.found = conversionOfStages(metrics, splits, settled.found, notes);
  withLikeSplits(splits, metrics.ids);
  // `only US ones`: the word stands for what is counted.
  if (settled.found.length > 0 && scanner.take(/(?<=¤ )ones(?![\p{L}])/u))
    notes.push('By "ones" I took what the number counts.');
  // `a monthly member`: the noun belongs to the plan.
  if (billing.length > 0 && metrics.ids.length > 0)
    while (scanner.take(/(?<![\p{L}])(?:members?|subscribers?|subscriptions?|memberships?)(?![\p{L}])/u));
  stayingByPlan(metrics, settled.found);
  settled.found = ofWhomItIs(mended.text, metrics, settled.found, notes, index);
  const put = tagEvent(mended.text, settled.found, metrics, time);
  if (put) {
    metrics.ids = [put.id];
    metrics.meanings = [put];
    metrics.weak = false;
    notes.push("I counted how often the tag was put on in the period.");
  }
  const longer = /(?<![\p{L}])(?:longer|more often|better|worse|more|less)(?![\p{L}])/u.exec(
    scanner.rest,
  )?.[0];
  const sides = readContrast(scanner, settled.found, splits, metrics.ids, Boolean(time.grain));
  // Parts that are stacked are those that were named.
  const parts = settled.found.filter(({ negated }) => !negated).map(({ kind }) => kind);
  const stacked = parts.find((kind, at) => parts.indexOf(kind) !== at);
  if (stacked && (drawing === "stacked_bar" || drawing === "pie") && splits.ids.length === 0)
    splits.ids.push(stacked);
  if (sides && longer) scanner.take(new RegExp(`(?<![\\p{L}])${longer}(?![\\p{L}])`, "u"));
  if (sides && longer) notes.push(`Which is "${longer}" shows in the results side by side.`);
  // `new customers vs returning customers`: two numbers side by side.
  if (metrics.ids.length > 1 && !time.against)
    while (scanner.take(/(?<![\p{L}])(?:vs|versus|compared (?:to|with)|against)(?![\p{L}])/u));
  // RFM customers are a number by their groups, or one of the groups that go by a name of their own.
  const rfm = metrics.ids.length === 1 && metrics.ids[0] === "rfm";
  if (rfm && splits.ids.length === 0 && /(?<![\p{L}])champions?(?![\p{L}])/u.test(mended.text))
    settled.found.push({
      kind: "rfm_group",
      value: "champions",
      filter: "champions",
      negated: false,
      hinted: true,
    });
  if (rfm && !splits.ids.includes("rfm_group") && !settled.found.some(({ kind }) => kind === "rfm_group")) {
    scanner.take(
      /(?<![\p{L}])(?:in |by |per )?(?:each |every )?(?:rfm )?(?:groups?|segments?|split|breakdown)(?![\p{L}])/u,
    );
    if (splits.ids.length === 0) splits.ids.push("rfm_group");
  }
  const pronoun =
    /(?<![\p{L}])(?:they|them|their|theirs|he|she|him|her|his|hers|those (?:people|customers|leads|contacts)|these (?:people|customers|leads|contacts))(?![\p{L}])/u.test(
      scanner.rest,
    );

  // `how many of the leads became customers`: the part, and how many leads it is of.
  if (
    metrics.ids.length === 1 &&
    metrics.ids[0] === "lead_conversion_rate" &&
    (time.period || settled.found.length === 0) &&
    /(?<![\p{L}])how many(?![\p{L}])/u.test(mended.text)
  )
    metrics.ids.push("new_leads");
  // `churn % by month`: the number is a share by itself.
  if (isRate(metrics.ids)) while (scanner.take(/(?<=[\s¤])(?:in |as )?(?:%|percent(?:age)?)(?=[\s¤])/u));
  const over = scanner.leftovers();
  const left = over.filter((word) => !isNoise(word));
  // What happens has no state at the start of a year that it could be set beside.
  if (comparison.sinceStart && !metrics.ids.every(isStock)) left.push("start");
  left.push(...unplaced(over, { intent, metrics, splits, time, rank, direction, sides }));
  const beyond = left.flatMap((word) => (outOfScope[word] ? [{ ...outOfScope[word], said: word }] : []));
  return {
    raw: question,
    text,
    guarded,
    // A share that is a number of its own, such as the part of the leads that buy, is asked for like any other.
    intent:
      (intent === "share" && isRate(metrics.ids)) ||
      (intent === "why" && splits.ids.some((id) => id === "loss_reason" || id === "stop_reason"))
        ? "metric"
        : intent,
    metrics,
    splits,
    names: settled.found,
    choices: settled.choices,
    joint: names.joint,
    sides,
    overview,
    listing: listing || (Boolean(whyToo) && !splits.ids.some((id) => id.endsWith("_reason"))),
    time,
    change: Boolean(comparison.change) || grown,
    notes: [
      ...notes,
      ...(ahead ? [ahead] : []),
      ...(comparison.said ? [`I set it beside the period you asked for ("${comparison.said}").`] : []),
      ...(comparison.change ? [`"${comparison.change}" is what stands beside as the change.`] : []),
      ...(comparison.target ? [withoutTarget(comparison.target)] : []),
    ],
    dropUnknown,
    drawing,
    rank,
    bought,
    average,
    direction,
    pronoun,
    followUp,
    clearFilters,
    clearSplits,
    clearComparison,
    corrections: relevant(mended.corrections),
    outOfScope: beyond,
    unknown: left.filter((word) => !outOfScope[word] && !(word in rankWords)),
    cut,
  };
}

const withoutTarget = (said: string) =>
  `Targets are not kept here, so "${said.replace(/,(?=\d)/g, "")}" is not compared with.`;

/** Money that is known to come: a number of the next 30 days, whatever way those are named. */
function readAhead(scanner: Scanner, metrics: readonly string[]): string | undefined {
  if (!metrics.includes("expected_cash")) return undefined;
  const match = scanner.take(
    /(?<![\p{L}])(?:(?:over|in|within|during|for|from) )?(?:the )?(?:next|coming) (?:30 days|month|four weeks|4 weeks|thirty days)(?![\p{L}])/u,
  );
  return match ? `"${match[0].trim()}" are the 30 days from today.` : undefined;
}

/** `how many bought this weekend`, asked on a Monday: the one that is over, since the next has not begun. */
function lastWeekend(
  { period, against }: TimeReading,
  { now }: Today,
  intent: Intent,
  notes: string[],
): void {
  if (!period?.from || !period.to || intent === "forecast" || period.from <= (now.toISODate() ?? "")) return;
  const weekends = [period, ...(against?.period ? [against.period] : [])];
  for (const each of weekends) {
    const [from, to] = [each.from, each.to].map((day) => DateTime.fromISO(day ?? "", { zone: "utc" }));
    if (!from?.isValid || !to?.isValid || from.weekday !== 6 || to.diff(from, "days").days !== 2) return;
    each.from = from.minus({ weeks: 1 }).toISODate();
    each.to = to.minus({ weeks: 1 }).toISODate();
  }
  notes.push("The coming weekend has not begun, so I took the one that is just over.");
}

/** `how many members left, and why`: by the reasons that were written down; of other numbers what is behind them. */
function readWhyToo(metrics: readonly string[], splits: DimensionsReading, notes: string[]): void {
  const [only, another] = metrics;
  const reason = { subscribers_lost: "stop_reason", deals_lost: "loss_reason" }[only ?? ""];
  if (reason && !another && splits.ids.length === 0) {
    splits.ids.push(reason);
    notes.push('The reasons ("why") are what was written down with each; unknown are those without one.');
  } else if (!notes.some((note) => note.startsWith('For "why"')))
    notes.push('For "why", open each of them: reasons stand in the records, and are not summed up here.');
}

const isRate = (ids: readonly string[]) =>
  ids.length > 0 && ids.every((id) => getMetric(id)?.unit === "ratio");

/** Numbers that are money going out. */
const outlays = new Set(["refunds", "affiliate_commissions", "cost_per_lead", "cac"]);

/** Intents whose words are theirs alone; in the others the matched words still have to be read. */
const blankable = new Set<Intent>([
  "pin",
  "proposals",
  "boards",
  "sync",
  "refuse_approval",
  "refuse_write",
  "list_metrics",
  "propose_tag",
  "search",
  "at_risk",
]);

/** What is asked for with `which`, where it is no product. */
const otherSplit =
  /(?<![\p{L}])(?:which|what|best|top|by|per) (?:hours?|weekdays?|days?|time|sources?|channels?|countr(?:y|ies)|states?|regions?|categor(?:y|ies)|tags?|owners?|reps?|campaigns?|plans?)(?![\p{L}])/u;

/** `active vs lapsed customers` are two kinds of customers. */
function sharedNoun(clean: string): string {
  // `has churn improved since last quarter`: this one against the last.
  const asked = clean.replace(
    /^((?:has|have|is|are|did|does)(?![\p{L}]).*) since last (quarter|month|week|year)$/u,
    "$1 this $2 vs last $2",
  );
  const popular = asked.replace(
    /(?<![\p{L}])(?:most popular|sells? (?:the )?(?:best|most)|selling (?:the )?(?:best|most))(?![\p{L}])/gu,
    "best selling",
  );
  const kinds = "new|active|lapsed|inactive|returning|reactivated|repeat|dormant";
  return popular.replace(
    new RegExp(
      `(?<![\\p{L}])(${kinds}) (vs|versus|and|or|against|compared to|compared with) (${kinds}) (customers|buyers|clients)(?![\\p{L}])`,
      "gu",
    ),
    (_, one: string, joint: string, other: string, noun: string) =>
      `${one} ${noun} ${joint === "or" ? "and" : joint} ${other} ${noun}`,
  );
}

/** `us` is a pronoun in `show us`, and a country in `US`, `in us` and `us customers`. */
function withUnitedStates(clean: string, raw: string): string {
  const shouted = raw === raw.toUpperCase();
  const typed = !shouted && /(?<![\p{L}.])US(?![\p{L}])/u.test(raw);
  return (
    clean
      .replace(/(?<![\p{L}'])(?<!(?:show|give|tell|get|let|help|for|to|of) )us(?![\p{L}'])/gu, (word) =>
        typed ? "usa" : word,
      )
      .replace(
        /(?<=(?:^| )(?:in|within|across|outside|inside|only|excluding|except|vs|the) )us(?![\p{L}'])/gu,
        "usa",
      )
      // `customers from us` live there, `a refund from us` is one we gave.
      .replace(
        /(?<=(?:^| )(?:customers?|clients?|buyers?|contacts?|leads?|people|members?|subscribers?|revenue|sales|income|money|traffic|visitors|sign[- ]?ups|ones|that|those|only|are|just|what about|and|how about) from )us(?![\p{L}'])/gu,
        "usa",
      )
      .replace(/^( ?from )us(?![\p{L}'])/gu, "$1usa")
      .replace(
        /(?<!(?:show|give|tell|get|let|help|wins?|won|win|brings?|brought|sends?|sent|gives|gets|got|gave|makes?|made|earns?|earned|costs?|owes?|pays?|paid|finds?|found|gains?|gained|lose|lost|delivers?|delivered|drives?|drove|generates?|generated) )(?<![\p{L}'])us(?= (?:only|customers|contacts|leads|orders|revenue|sales|people|market|buyers)(?![\p{L}]))/gu,
        "usa",
      )
  );
}

/** `buyers this year` bought in it; `customers` are whoever had bought by its end. */
function buyersOf({ period }: Understanding["time"], metrics: Understanding["metrics"]): void {
  const said = metrics.meanings.find(({ id }) => id === "customers");
  if (!period || !said || !/^(?:number of )?(?:buyers|shoppers|purchasers)$/.test(said.said)) return;
  said.id = "buyers";
  metrics.ids = metrics.ids.map((id) => (id === "customers" ? "buyers" : id));
}

/** `what do VIPs buy`: pieces by product; who they are stays to be read. */
function readBoughtWhat(scanner: Scanner): boolean {
  const match = scanner.find(
    /(?<![\p{L}])((?:what|which)(?: products?| items?| courses?)? (?:do|did|does|have|has|are)) ([^?]{1,40}?) ((?:buy|bought|buying|purchased?|purchases(?! (?:bring|brought|make|made|earn|generate|come|cost|yield))|order(?:ed)?)(?: (?:the most|most|mostly|most often))?)(?![\p{L}])(?! (?:come|comes|came|cost|costs) (?:to|us)?)/u,
  );
  // `what sold today`
  if (!match)
    return Boolean(
      scanner.take(
        /(?<![\p{L}])(?:what|which products?|which items?) (?:sold|is selling|was sold|got sold|have sold|has sold)(?: (?:the most|most|best))?(?![\p{L}])/u,
      ),
    );
  const [whole, opening = "", who = "", verb = ""] = match;
  const turned = /(?<![\p{L}])(?:not|never|after|before|first|again|with|next|instead)(?![\p{L}])/u;
  if (turned.test(scanner.rest.replace(/first[- ]time(?= (?:buyers|customers|clients|shoppers))/u, "")))
    return false;
  const end = match.index + whole.length;
  scanner.blank(match.index, match.index + opening.length);
  scanner.blank(end - verb.length, end);
  if (/^(?:(?:our|the|my|most|of) )*(?:people|customers?|clients?|buyers?|they|everyone|we)$/u.test(who))
    scanner.blank(match.index + opening.length + 1, match.index + opening.length + 1 + who.length);
  return true;
}

/** Numbers that are of leads, so that the word says nothing more. */
const aboutLeads = new Set(["lead_conversion_rate", "lead_value", "cost_per_lead", "time_to_first_purchase"]);

/** Fillers that mean something where no reader has used them: `expected deals`, `which one is better`. */
function unplaced(
  words: string[],
  {
    intent,
    metrics,
    splits,
    time,
    rank,
    direction,
    sides,
  }: Pick<Understanding, "intent" | "metrics" | "splits" | "time" | "rank" | "direction" | "sides">,
): string[] {
  const compares =
    sides ||
    time.against ||
    time.grain ||
    rank ||
    direction ||
    splits.ids.length > 0 ||
    metrics.ids.length > 1;
  return words.filter((word) => {
    if (foretelling.has(word)) return intent !== "forecast" && intent !== "define";
    if (comparing.has(word)) return !compares && (intent === "metric" || intent === "pin");
    return false;
  });
}

const foretelling = new Set(
  "expect expected predict predicted prediction projected projection forecast forecasts".split(" "),
);
const comparing = new Set("better worse higher lower fewer greater difference comparison".split(" "));

/** What was read as an event stands first; a plain word for people in it is no number of its own. */
function withEvents(
  events: ReturnType<typeof readEvents>,
  metrics: MetricsReading,
  scanner: Scanner,
): MetricsReading {
  if (events.length === 0) return metrics;
  const ofLeads = events.some(({ id }) => aboutLeads.has(id));
  const others = metrics.weak ? [] : metrics.ids.filter((id) => !(ofLeads && id === "new_leads"));
  const ids = [...new Set([...events.map(({ id }) => id), ...others])];
  const listed = /(?:^|[^\p{L}])(?:and|&|plus|vs|versus|,|as well as)(?:[^\p{L}]|$)/u.test(scanner.rest);
  return {
    ids,
    unavailable: metrics.unavailable,
    meanings: [...events.map(({ id, said }) => ({ id, said })), ...(metrics.weak ? [] : metrics.meanings)],
    weak: false,
    joined: ofLeads
      ? metrics.joined.filter((pair) => !pair.includes("new_leads"))
      : others.length > 0 && !listed && events[0] && others[0] && !others.includes(events[0].id)
        ? [[events[0].id, others[0]], ...metrics.joined]
        : metrics.joined,
    dropped: metrics.dropped,
  };
}

/** `where do leads come from`: the lead source, said as a question. */
function readOrigin(scanner: Scanner, splits: DimensionsReading): void {
  const lives = scanner.find(
    /(?<![\p{L}])where (?:do|are|is|does)(?= (?:[\p{L}¤]+ ){1,4}(?:live|located|based|from$|living))/u,
  );
  if (lives) {
    scanner.blank(lives.index, lives.index + lives[0].length);
    scanner.take(/(?<![\p{L}])(?:live|located|based|living)(?: in)?(?![\p{L}])/u);
    splits.ids.push("country");
    return;
  }
  if (
    !scanner.take(
      /(?<![\p{L}])where (?:do|did|are|does|is|have|has)(?= (?:[\p{L}¤]+ ){0,4}(?:come|came|coming) from)/u,
    )
  )
    return;
  scanner.take(/(?<![\p{L}])(?:come|came|coming) from(?![\p{L}])/u);
  splits.ids.push("lead_source");
}

/** `lowest revenue month`: the bucket stands apart from its rank. */
function readLateBucket(
  scanner: Scanner,
  rank: Rank | undefined,
  splits: DimensionsReading,
): Rank | undefined {
  if (!rank || rank.bucket || splits.ids.length > 0) return rank;
  const bucket = scanner.take(/(?<![\p{L}])(?:which |what )?(day|week|month|quarter|year)s?(?![\p{L}])/u);
  return bucket ? { ...rank, bucket: bucket[1] as Grain } : rank;
}

/** `attended the webinar`, where the tag is called "Webinar: attended": the word names no lead source beside it. */
function withoutHalves(names: FoundName[]): FoundName[] {
  return names.filter(({ kind, value, said, hinted }) => {
    if (!said || hinted || fold(value) === said) return true;
    return !names.some(
      (other) =>
        (other.kind !== kind || other.value !== value) &&
        other.said !== said &&
        other.said !== undefined &&
        said.split(" ").every((word) =>
          fold(other.value)
            .split(/[^\p{L}\p{N}]+/u)
            .includes(word),
        ),
    );
  });
}

const ofWonDeals = new Set(["deal_size", "days_to_win", "deals_won_value"]);

/** `deals Nadia lost`: won and lost say which number is meant, and are no stage beside it. */
function dealsByStage(metrics: MetricsReading, names: FoundName[]): FoundName[] {
  const ends: Record<string, string> = { won: "deals_won", lost: "deals_lost" };
  const end = names.find(({ kind, value, hinted }) => kind === "stage" && !hinted && fold(value) in ends);
  // The average deal won is of those that were won.
  if (end && fold(end.value) === "won" && metrics.ids.some((id) => ofWonDeals.has(id)))
    return names.filter((name) => name !== end);
  if (!end || !metrics.ids.some((id) => id === "deals_won" || id === "deals_lost")) return names;
  metrics.ids = metrics.ids.map((id) => (id === "deals_won" ? (ends[fold(end.value)] ?? id) : id));
  metrics.meanings = metrics.meanings.map((each) =>
    each.id === "deals_won"
      ? { ...each, said: `deals ${fold(end.value)}`, id: ends[fold(end.value)] ?? each.id }
      : each,
  );
  return names.filter((name) => name !== end);
}

/** `the onboarding tag`: the noun says what the word before it names, and asks for no split. */
function takeTagNoun(scanner: Scanner, index: VocabularyIndex): void {
  const match = scanner.find(/(?<![\p{L}])([\p{L}-]{3,}) tags?(?![\p{L}])/u);
  const [whole = "", word = ""] = match ?? [];
  if (!match || ownWords().has(word)) return;
  if (!index.byLength.some(({ kind, key }) => kind === "tag" && key.split(/[^\p{L}\p{N}]+/u).includes(word)))
    return;
  scanner.blank(match.index + word.length + 1, match.index + whole.length);
}

/** `the MRR of annual members`, `do members stay`: they are whose number it is, and no number beside it. */
function dropWhose(metrics: MetricsReading): void {
  const [other] = metrics.ids.filter((id) => id !== "subscribers");
  if (!other || metrics.ids.length !== 2 || !metrics.ids.includes("subscribers")) return;
  if (getMetric(other)?.section !== "subscriptions" && other !== "renewal_rate") return;
  if (metrics.meanings.some(({ id, listed }) => id === "subscribers" && listed)) return;
  metrics.ids = [other];
  metrics.meanings = metrics.meanings.filter(({ id }) => id !== "subscribers");
  metrics.joined = metrics.joined.filter((pair) => !pair.includes("subscribers"));
}

/** `watercolor stuff`: all products in whose names the word stands, which is said. */
function widenChoices(
  scanner: Scanner,
  partial: { found: FoundName[]; choices: NameChoice[] },
  notes: string[],
): void {
  const generic =
    /(?<=¤ ?)(?:(?:related|themed|type) )?(?:stuff|things|products?|items?|range|line|family|gear|goods|merch|offers?|materials?)(?![\p{L}])|(?<![\p{L}])(?:anything|everything|all|any)(?: (?:the|our|with|about|to do with|related to))*(?= ¤)/u;
  for (const choice of [...partial.choices]) {
    const products = choice.options.filter(({ kind }) => kind === "product");
    if (products.length < 2) continue;
    const said = scanner.take(generic);
    if (!said) return;
    partial.choices.splice(partial.choices.indexOf(choice), 1);
    partial.found.push(
      ...products.map((option) => ({
        ...option,
        negated: false,
        hinted: true,
        said: choice.said,
        group: `${choice.said} ${said[0].trim()}`,
      })),
    );
    notes.push(`"${said[0].trim()}": all products with "${choice.said}" in their name.`);
  }
}

/** Dimensions that say much the same of different numbers: commissions are by affiliate, their sales by sale affiliate. */
const likeSplits = [["sale_affiliate", "affiliate", "lead_affiliate"]];

function withLikeSplits(splits: DimensionsReading, metrics: readonly string[]): void {
  const allowed = (id: string) =>
    metrics.length > 0 &&
    metrics.every((metric) => getMetric(metric)?.dimensions.some((known) => known === id));
  splits.ids = [
    ...new Set(
      splits.ids.map((id) => {
        if (allowed(id)) return id;
        return likeSplits.find((group) => group.includes(id))?.find(allowed) ?? id;
      }),
    ),
  ];
}

/** `conversion from discovery call to won`: deals go through stages, leads do not. */
function conversionOfStages(
  metrics: MetricsReading,
  splits: DimensionsReading,
  names: FoundName[],
  notes: string[],
): FoundName[] {
  const stages = names.filter(({ kind }) => kind === "stage");
  const [only, another] = metrics.ids;
  if (another || (only !== "lead_conversion_rate" && only !== "win_rate")) return names;
  if (
    stages.length === 0 ||
    stages.length < names.length - names.filter(({ kind }) => kind === "owner").length
  )
    return names;
  metrics.ids = ["stage_conversion"];
  metrics.meanings = metrics.meanings.map((each) => ({ ...each, id: "stage_conversion" }));
  if (!splits.ids.includes("stage")) splits.ids.push("stage");
  const said = stages.map(({ value, said }) => `"${said ?? fold(value)}"`).join(" to ");
  notes.push(
    `${said}: of each stage the share of deals that went on to a later one ("from", "to"). How many of them were won in the end is no number of its own here; the win rate is of all that were closed.`,
  );
  return names.filter(({ kind }) => kind !== "stage");
}

/** Takes names that were only half said out of the question, and says which of them were excluded. */
function takePartial(
  scanner: Scanner,
  partial: { found: FoundName[]; choices: NameChoice[] },
  notes: string[],
): void {
  for (const { said = "" } of [...partial.found, ...partial.choices])
    for (const word of said.split(" ")) {
      const out = scanner.take(
        new RegExp(
          `(?<![\\p{L}\\p{N}])(?:(${negations}) (?:the |all |our |any |my )*)?${literal(word)}(?:s|es)?(?![\\p{L}\\p{N}])`,
          "u",
        ),
      );
      const name = partial.found.find((each) => each.said === said);
      if (name && out?.[1]) {
        name.negated = true;
        notes.push(`I read "${out[0].trim()}" as leaving it out.`);
      }
    }
}

/** `revenue from referral leads`: the leads belong to the name. */
function dropLeadsOfSource(metrics: MetricsReading, names: FoundName[], raw: string): void {
  // In a list they are a number of their own: `Instagram: leads, customers and revenue`.
  if (/(?<![\p{L}])leads ?,/iu.test(raw)) return;
  if (metrics.ids.length < 2 || !names.some(({ kind }) => kind === "lead_source")) return;
  if (!metrics.meanings.some(({ said, listed }) => said === "leads" && !listed)) return;
  metrics.ids = metrics.ids.filter((id) => id !== "new_leads");
  metrics.joined = metrics.joined.filter((pair) => !pair.includes("new_leads"));
}

function distinct(names: FoundName[]): FoundName[] {
  return [...new Map(names.map((name) => [`${name.kind}:${name.value}:${name.negated}`, name])).values()];
}

function readBought(scanner: Scanner): boolean {
  return Boolean(
    scanner.take(
      /(?<![\p{L}])(?:who|that|which) (?:have |has |had |ever )*(?:bought|purchased|ordered|own|owns)(?![\p{L}])|(?<![\p{L}])(?:buyers|purchasers|owners|customers) of(?![\p{L}])/u,
    ),
  );
}

function isNoise(word: string): boolean {
  return (
    stopwords.has(word) ||
    (/^['\d.,-]*s?$/.test(word) && !/\d/.test(word)) ||
    word === "s" ||
    word === "&" ||
    word === "+" ||
    word === "-" ||
    word === "#"
  );
}

/** Slips in filler words are not worth a sentence. */
function relevant(corrections: Correction[]): Correction[] {
  return corrections.filter(({ to }) => !stopwords.has(to));
}

export type { Direction };
