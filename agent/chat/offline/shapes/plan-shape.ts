import type { ShapeInput } from "../../../tools/shape";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { understand } from "../understand";
import { planCohorts } from "./plan-cohorts";
import { planFunnel } from "./plan-funnel";
import {
  clarify,
  leftOver,
  openReading,
  type Reading,
  readRange,
  readWindow,
  refuse,
  type Say,
  settle,
} from "./reading";

type Planned = { input: ShapeInput & { open?: Record<string, unknown> }; meanings?: string[] };

/**
 * Questions whose answer is a shape: funnels, how long subscribers stay, moves between RFM groups, invoiced against
 * collected, attribution, revenue by cohort, how recurring revenue moved. Null for every other question. Each reads
 * its question whole: a word nobody understood is asked about, never passed over.
 */
export function planShape(question: string, memory: Memory, context: PlanContext): Reply | null {
  if (question.length > 2_000 || wantsWrite.test(question)) return null;
  const pinning = pinWords.exec(question);
  const asked = pinning ? question.slice(0, pinning.index) : question;
  const reading = openReading(asked, context);
  const planned =
    planners
      .map((plan) => () => plan(reading))
      .reduce<Planned | Say | null>((done, plan) => done ?? plan(), null) ?? followUp(reading, memory);
  if (!planned) return null;
  if ("kind" in planned) return planned;
  if (!context.available.has("shape"))
    return refuse(
      "Your role, or this installation, does not include funnels, cohorts and the like. An administrator of this account can change that.",
    );
  const { open: _, ...chart } = planned.input;
  const calls = [{ tool: "shape", input: planned.input as Record<string, unknown> }];
  if (pinning) {
    if (!context.available.has("pin_chart")) return refuse("Your role does not include pinning charts.");
    calls.push({ tool: "pin_chart", input: { shape: chart } });
  }
  return {
    kind: "call",
    calls,
    meanings: [...reading.meanings, ...(planned.meanings ?? [])],
    understanding: understand("", context.index, context.today),
  };
}

const wantsWrite =
  /\b(?:propose|tag (?:all|everyone|them|people|those)|create|make an? (?:alert|segment)|alert|notify|segment|email (?:them|everyone|all)|delete|remove|forecast|predict)\b/i;
const pinWords =
  /,?\s*(?:and|then)?\s*\b(?:pin|save) (?:it|this|that)(?: (?:to|on) (?:a|my|the) (?:board|dashboard))?\s*[?.!]*$/i;

const planners: ((reading: Reading) => Planned | Say | null)[] = [
  planCohorts,
  planCohortRevenue,
  planReconciliation,
  planAttribution,
  planRfm,
  planBridge,
  planSurvival,
  planFunnel,
];

const w = (source: string) => new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${source})(?![\p{L}\p{N}])`, "u");

/** A shape that knows a period and nothing else: any name in the question would narrow it, which it cannot be. */
function only(reading: Reading, what: string, also: string[] = []): Say | null {
  const problem = readRange(reading, what);
  if (problem) return problem;
  const [name] = reading.names;
  if (name) {
    const said = settle(name, [], what);
    return "topic" in said ? said : null;
  }
  return leftOver(reading, what.toLowerCase(), also);
}

const ranged = (reading: Reading) => (reading.range ? { range: reading.range } : {});
const said = (reading: Reading, text: string): string[] => (reading.range ? [] : [text]);

function planCohortRevenue(reading: Reading): Planned | Say | null {
  const { scanner } = reading;
  const money = "revenue|money|value|clv|ltv|lifetime value|spend|spending|sales|income";
  if (!w("cohorts?").test(scanner.rest) || !w(money).test(scanner.rest)) return null;
  if (w("retention|churn|repeat|orders|units|refunds?").test(scanner.rest)) return null;
  while (
    scanner.take(
      w(
        `net|${money}|cohorts?|cumulative(?:ly)?|to date|lifetime|(?:of |by )?(?:the )?(?:month|monthly|months)(?: of)?(?: the| their)?(?: first)?(?: purchases?| orders?)?|first(?: purchase| order)?|acquisition|sign[- ]?up|signup|customers?|buyers?|per (?:person|customer|head)|brought|brings?|bring in|worth|develop(?:s|ed)?`,
      ),
    )
  );
  const problem = only(reading, "Revenue by cohort");
  if (problem) return problem;
  return {
    input: { shape: "revenue_cohorts", ...ranged(reading) },
    meanings: said(
      reading,
      "You named no period, so these are the cohorts of the last 12 months, the current one included.",
    ),
  };
}

function planReconciliation(reading: Reading): Planned | Say | null {
  const { scanner } = reading;
  const [billed, paid] = [
    "invoiced|billed|invoices|invoicing|billings?",
    "collected|collections?|received|paid|payments?|cash(?: in)?",
  ];
  const both = w(billed).test(scanner.rest) && w(paid).test(scanner.rest);
  const named = w("reconcil(?:e|es|ed|ing|iation|iations)").test(scanner.rest);
  const gap = w(
    "differ(?:s|ence|ences|ent)?|gap|bridge|mismatch|discrepancy|explain(?:s|ed)?|why|not the same|more than|less than",
  ).test(scanner.rest);
  if (!(named && (both || !w("keap|sync|supabase|records?|databases?").test(scanner.rest))) && !(both && gap))
    return null;
  while (
    scanner.take(
      w(
        `reconcil(?:e|es|ed|ing|iation|iations)|${billed}|${paid}|revenue|sales|amounts?|money|differ(?:s|ence|ences|ent)?|gap|bridge|mismatch|discrepancy|explain(?:s|ed)?|why|not the same|not|equal|more than|less than|than|against|versus|vs|with|amount to`,
      ),
    )
  );
  const problem = only(reading, "The reconciliation of invoiced and collected");
  if (problem) return problem;
  return {
    input: { shape: "reconciliation", ...ranged(reading) },
    meanings: said(reading, "You named no period, so this is the current month."),
  };
}

const modelWords: [string, ShapeInput["models"] extends (infer M)[] | undefined ? M : never][] = [
  ["first[- ](?:touch|click|contact)", "first"],
  ["last[- ](?:touch|click)", "last"],
  ["lead[- ]creation", "lead_creation"],
  ["linear|even(?:ly)?|equal(?:ly)?", "linear"],
  ["position(?:[- ]based)?|u[- ]?shaped?|40[/-]20[/-]40|40[/-]40[/-]20", "position"],
  ["w[- ]?shaped?", "w"],
  ["full[- ]path", "full_path"],
  ["(?:time[- ])?decay", "decay"],
];

function planAttribution(reading: Reading): Planned | Say | null {
  const { scanner } = reading;
  const text = scanner.rest;
  const models = modelWords.filter(([words]) => w(words).test(text));
  const named = w("attribution|attributed?|attributes|attributing|multi[- ]?touch").test(text);
  const touched =
    models.length > 0 &&
    w("revenue|roi|touch|touches|models?|credit|credits|sales|campaigns?|channels?").test(text);
  // What sources cost as an amount stands in the attribution by touch alone.
  const costs =
    w("costs?|spend|ad ?spend|expenses").test(text) &&
    w("(?:per|by|each|which|of each|every) (?:lead )?(?:channels?|sources?|lead sources?)").test(text) &&
    !w("per (?:lead|customer|new)|cac|cpl|acquisition|roi|leads?(?! sources?)|customers?").test(text);
  if (!named && !touched && !costs) return null;
  const asked: string[] = [];
  if (costs) {
    const words =
      text.match(
        /(?<![\p{L}])(?:costs?|spend|ad ?spend|expenses|channels?|(?:lead )?sources?|most|highest|biggest)(?![\p{L}])/gu,
      ) ?? [];
    asked.push(
      `I took "${words.join(" ")}" to mean what each source cost beside the revenue that its touches are credited with.`,
    );
    scanner.take(w("which"));
    scanner.take(w("(?:the )?most|highest|best|(?:the )?biggest"));
  }
  // Two numbers of their own, which are metrics.
  if (w("coverage").test(text)) return null;
  if (models.length === 0 && w("attributed revenue").test(text) && !w("roi|models?").test(text)) return null;
  const roi = Boolean(
    scanner.take(w("roi|return on (?:ad spend|investment)|returns?|cost|costs|spend|profitability")),
  );
  const campaign = Boolean(
    scanner.take(w("(?:by |per |of (?:the |each )?|for (?:each|every) |across )?(?:utm )?campaigns?")),
  );
  const kind = Boolean(
    !costs &&
      scanner.take(
        w(
          "(?:by |per |of |for (?:each|every) |across )?(?:kinds?|types?)(?: of)? (?:touch(?:es)?|channels?)|(?:by |per |for (?:each|every) |across )(?:marketing )?channels?|touch[- ](?:kinds?|types?)",
        ),
      ),
  );
  for (const [words] of models) while (scanner.take(w(words)));
  const source = Boolean(
    (costs && scanner.take(w("(?:by |per |of each |each |every )?(?:lead )?(?:channels?|sources?)"))) ||
      scanner.take(
        w(
          "(?:by|per|for (?:each|every)|across) (?:the )?(?:utm )?(?:sources?|touch(?:es)?|touchpoints?)|utm sources?",
        ),
      ),
  );
  if ([campaign, kind, source].filter(Boolean).length > 1)
    return clarify(
      "Attribution can be shown by touch, by kind of touch or by campaign, one at a time. Which one?",
    );
  if (roi && (campaign || kind))
    return refuse(
      "Costs are booked to lead sources, so there is a return by touch alone, not by campaign or channel.",
      ["Attribution by touch with ROI this year"],
    );
  while (
    scanner.take(
      w(
        "attribution|attributed?|attributes|attributing|multi[- ]?touch|touch(?:es)?|models?|net|revenue|sales|money|credits?|marketing|under|based|with|compared?|side by side|all|report|versus|vs|and|or",
      ),
    )
  );
  const problem = only(reading, "Attribution");
  if (problem) return problem;
  const by = campaign ? "campaign" : source || roi ? "touch" : "touch_kind";
  return {
    input: {
      shape: "attribution",
      by,
      ...(models.length > 0 ? { models: models.map(([, id]) => id) } : {}),
      ...ranged(reading),
    },
    meanings: [
      ...asked,
      ...said(reading, "You named no period, so this is the last 12 months, the current one included."),
    ],
  };
}

const groupWords: [string, string][] = [
  ["champions?", "champions"],
  ["loyals?(?: customers?| ones?)?", "loyal"],
  ["recents?(?: customers?| ones?)?", "recent"],
  ["needs?[- ]attention|needing attention", "needs attention"],
  ["at[- ]risk", "at risk"],
  ["inactives?(?: customers?| ones?)?", "inactive"],
];

function planRfm(reading: Reading): Planned | Say | null {
  const { scanner, names } = reading;
  const text = scanner.rest;
  const moves = w(
    "mov(?:e|es|ed|ing|ements?)|went|go|goes|became|become|becomes|turned|turns?|dropp?(?:ed|s)?|slipp?(?:ed|s)?|fell|falls?|shift(?:s|ed)?|transition(?:s|ed)?|chang(?:e|es|ed)|migrat(?:e|ed|ion|ions)|left|from [^¤]* to",
  );
  const groups = groupWords
    .flatMap(([words, id]) =>
      [...text.matchAll(new RegExp(w(words), "gu"))].map(({ index, 0: found }) => ({ id, index, found })),
    )
    .sort((a, b) => a.index - b.index);
  const rfm = w("rfm(?:[- ](?:groups?|segments?|moves?|scores?))?").test(text);
  if (
    !rfm &&
    !(
      groups.length >= 2 &&
      groups.some(
        ({ id }) => id === "champions" || id === "loyal" || id === "needs attention" || id === "inactive",
      )
    )
  )
    return null;
  if (!moves.test(text)) return null;
  // A tag of the same name would be another question.
  const clash = names.find(({ options }) => options.some(({ kind }) => kind === "tag"));
  if (clash && !rfm) return null;
  for (const [words] of groupWords) while (scanner.take(w(words)));
  while (
    scanner.take(
      w(
        "rfm|groups?|segments?|customers?|scores?|mov(?:e|es|ed|ing|ements?)|went|go|goes|became|become|becomes|turned|turns?|dropp?(?:ed|s)?|slipp?(?:ed|s)?|fell|falls?|shift(?:s|ed)?|transition(?:s|ed)?|chang(?:e|es|ed)|migrat(?:e|ed|ion|ions)|left|into|now|list",
      ),
    )
  );
  const problem = only(reading, "Moves between RFM groups");
  if (problem) return problem;
  const ids = [...new Set(groups.map(({ id }) => id))];
  if (ids.length > 2)
    return clarify("Between which two RFM groups? Name where people were and where they are now.", [
      "RFM: who moved from champions to at risk since January",
    ]);
  const [first, second] = ids;
  // `who is at risk that was a champion`: the order of the words decides only where `from … to` or a verb says so.
  const backwards = new RegExp(
    w("(?:that|who) (?:was|were|used to be)|(?:were|was) (?:once )?(?:a )?(?:champions?|loyal)|from"),
    "u",
  );
  let open: { row: string; column: string } | undefined;
  if (first && second) {
    const between = text.slice(groups[0]?.index ?? 0, groups.at(-1)?.index ?? 0);
    open =
      backwards.test(between) && !/(?<![\p{L}])to(?![\p{L}])/u.test(between)
        ? { row: second, column: first }
        : { row: first, column: second };
  } else if (first) {
    if (!/(?<![\p{L}])(?:from|left|were|was)(?![\p{L}])/u.test(text))
      return clarify(`From which RFM group to which? You named one, "${first}".`, [
        "RFM: who moved from champions to at risk since January",
      ]);
    open = { row: first, column: "people" };
  }
  return {
    input: { shape: "rfm_moves", ...ranged(reading), ...(open ? { open } : {}) },
    meanings: said(reading, "You named no period, so this compares the beginning of this year with now."),
  };
}

function planBridge(reading: Reading): Planned | Say | null {
  const { scanner } = reading;
  const mrr = "mrr|(?:monthly )?recurring revenue|subscription revenue";
  const form = "bridges?|waterfalls?|walk|roll[- ]?forward|movements? table";
  if (!w(mrr).test(scanner.rest) || !w(form).test(scanner.rest)) return null;
  while (scanner.take(w(`${mrr}|${form}|opening|closing`)));
  const grain = scanner.take(
    w("(?:by |per )?(week|month|quarter|year)ly|(?:by|per|each|every) (week|month|quarter|year)"),
  );
  const problem = only(reading, "The bridge of recurring revenue");
  if (problem) return problem;
  const size = (grain?.[1] ?? grain?.[2]) as ShapeInput["grain"];
  return {
    input: { shape: "mrr_bridge", ...(size ? { grain: size } : {}), ...ranged(reading) },
    meanings: said(reading, "You named no period, so this is the last 12 months, the current one included."),
  };
}

function planSurvival(reading: Reading): Planned | Say | null {
  const { scanner } = reading;
  const who = "subscribers?|subscriptions?|members?|memberships?";
  const stay =
    "stay(?:s|ed|ing)?|last(?:s|ed)?(?= |$)|remain(?:s|ed)?|keep paying|kept paying|stick(?: around| with us)?|sticks|still (?:pay|paying|there|active|subscribed)|survive[sd]?|survival";
  const text = scanner.rest;
  const long =
    new RegExp(
      `${w(`how long (?:do |does |did )?(?:the |our |my |a |an |average |typical |most )*(?:${who})`).source}`,
      "u",
    ).test(text) && w(stay).test(text);
  const curve =
    w("survival|kaplan[- ]meier").test(text) ||
    (w(who).test(text) && w("(?:stick|retention|survival|lifetime) curves?").test(text));
  const after =
    w(who).test(text) &&
    w("still (?:pay|paying|there|active|subscribed)|survive[sd]?|remain(?:s|ed)?|stay(?:s|ed)?").test(text) &&
    w("after \\d{1,2} months?|after (?:one|two|three|six|nine|twelve) months?|after (?:a|one) year").test(
      text,
    );
  const tenure =
    w(`(?:average |typical |median )?(?:${who}) (?:lifetime|lifespan|tenure|length|duration)(?! value)`).test(
      text,
    ) || w(`(?:length|duration|lifetime) of (?:a |our |the )?(?:${who})`).test(text);
  if (!long && !curve && !after && !tenure) return null;
  if (w("customers|buyers|leads").test(text) && !w(who).test(text)) return null;
  const months = readMonths(reading);
  if (months === null)
    return clarify("I follow subscribers for 1 to 60 months. After how many months?", [
      "How long do subscribers stay?",
    ]);
  // `do subscribers last`, before the period is read, where `last` begins one.
  scanner.take(
    w(`(?<=(?:${who}) )(?:last|lasts|lasted)(?! (?:\\d|year|month|quarter|week|day|two|three|six|twelve))`),
  );
  while (
    scanner.take(
      w(
        `how long|${who}|stay(?:s|ed|ing)?|remain(?:s|ed)?|keep paying|kept paying|stick(?: around| with us)?|sticks|still|paying|pay|there|active|subscribed|survive[sd]?|survival|kaplan[- ]meier|curves?|retention|stick|lifetime|lifespan|tenure|length|duration|average|typical|median|most|(?:who )?(?:began|started|joined|signed up)|customers?|typically|usually|with us`,
      ),
    )
  );
  const problem = only(reading, "How long subscribers stay");
  if (problem) return problem;
  return {
    input: { shape: "survival", ...(months ? { months } : {}), ...ranged(reading) },
    meanings: said(
      reading,
      "You named no period, so this follows who began in the last 12 months, the current one included.",
    ),
  };
}

const monthWords: Record<string, number> = { one: 1, two: 2, three: 3, six: 6, nine: 9, twelve: 12 };

/** `after 6 months`; null where it is out of reach. */
function readMonths({ scanner }: Reading): number | null | undefined {
  const year = scanner.take(w("(?:after|over|for) (?:a|one) year"));
  if (year) return 12;
  const match = scanner.take(w("(?:after|over) (\\d{1,3}|one|two|three|six|nine|twelve) months?"));
  if (!match) return undefined;
  const months = monthWords[match[1] ?? ""] ?? Number(match[1]);
  return months >= 1 && months <= 60 ? months : null;
}

/** `and for last year`, `within 30 days`, right after a shape was shown. */
function followUp(reading: Reading, memory: Memory): Planned | Say | null {
  const { shape } = memory;
  if (!shape) return null;
  const { scanner } = reading;
  const days = shape.shape === "funnel" ? readWindow(scanner) : undefined;
  if (days === null) return clarify("A window is 1 to 730 days.");
  const problem = readRange(reading, "This answer");
  if (!reading.range && days === undefined && !problem) return null;
  while (
    scanner.take(
      w(
        "and|now|but|what about|how about|same|only|just|for|in|the|during|again|instead|make it|with|it|that|show|me",
      ),
    )
  );
  if (scanner.leftovers().length > 0 || reading.names.length > 0) return null;
  if (problem) return problem;
  const { open: _, ...before } = shape;
  return { input: { ...before, ...ranged(reading), ...(days ? { window_days: days } : {}) } };
}
