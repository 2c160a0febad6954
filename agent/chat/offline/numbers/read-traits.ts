import type { EventReading } from "../read-events";
import type { FoundName, NameKind } from "../read-names";
import type { DimensionsReading } from "../read-shape";
import type { Scanner } from "../scanner";

/**
 * What an order, a deal or the end of a membership was, beside who and what stands in it: first or repeat, with a code or
 * without, lost for which reason, on which weekday. Read before the numbers, whose words they hold.
 */
export interface TraitsReading {
  names: FoundName[];
  events: EventReading[];
  notes: string[];
}

const edge = String.raw`(?<![\p{L}\p{N}])`;
const end = String.raw`(?![\p{L}\p{N}])`;
const w = (source: string) => new RegExp(`${edge}(?:${source})${end}`, "u");
const name = (kind: NameKind, values: string[], said: string, negated = false): FoundName[] =>
  values.map((value) => ({ kind, value, filter: value, negated, hinted: true, said, group: said }));

export function readTraits(scanner: Scanner, splits: DimensionsReading): TraitsReading {
  const reading: TraitsReading = { names: [], events: [], notes: [] };
  readReasons(scanner, splits, reading);
  readPurchases(scanner, splits, reading);
  readCodes(scanner, splits, reading);
  readWeekdays(scanner, splits, reading);
  readAges(scanner, reading);
  readTax(scanner, reading);
  readShipping(scanner, splits, reading);
  readHours(scanner, splits, reading);
  readLossReason(scanner, reading);
  readClosers(scanner, splits, reading);
  // `tag counts`: how many hold each of them.
  const tags = scanner.take(
    w("tags? (?:counts?|sizes?)|(?:counts?|sizes?) of (?:our |the |all |each )*tags?"),
  );
  if (tags) {
    splits.ids.push("tag");
    reading.events.push({ id: "contacts", said: tags[0].trim() });
  }
  return reading;
}

const deals =
  "(?:(?:our|the|any|some|lost|these|those|more|so many) )*(?:deals?|opportunit(?:y|ies)|quotes?)";
const members =
  "(?:(?:our|the|any|some|so many|more|these|those) )*(?:members?|subscribers?|subscriptions?|memberships?|people|customers?|clients?|folks|they)";
const leaving =
  "(?:cancel(?:l?ed|l?ing|s)?|leav(?:e|es|ing)|left|quit(?:s|ting)?|churn(?:ed|ing|s)?|drop(?:ped)? out|stop(?:ped)? (?:paying|their (?:membership|subscription)s?))";
const helping =
  "(?: (?:did|do|does|are|is|were|was|have|has|we|our|that|who|usually|mostly|most|the|often|given|for|why|people|members|to|us|it))*";
/** Of how the number moved, not of the single ones: `why did more members cancel`. */
const moved = w(
  "more|fewer|less|up|down|higher|lower|increas\\p{L}*|decreas\\p{L}*|drop|dropped|rise|rose|spike\\p{L}*|jump\\p{L}*|than|vs|versus|compared|change\\p{L}*",
);

function readReasons(scanner: Scanner, splits: DimensionsReading, { events, notes }: TraitsReading): void {
  const text = scanner.rest;
  const why = w("why|how come").test(text);
  const asked = w("reasons?|objections?|causes? of (?:loss|churn|cancellations?)").test(text);
  if (!why && !asked) return;
  if (why && !asked && moved.test(text)) return;
  const ofDeals = w(
    `(?:why|how come)${helping} (?:lose|losing|lost) ${deals}|(?:why|how come)${helping} ${deals}${helping} (?:lost|lose|fail(?:ed)?|fall through|fell through)|(?:why|how come)${helping} not (?:win|close) (?:more )?deals`,
  );
  const ofMembers = w(
    `(?:why|how come)${helping} (?:lose|losing|lost) ${members.replace("|people|customers?|clients?|folks|they", "|people")}|(?:why|how come)${helping} ${members}${helping} ${leaving}`,
  );
  const dealsSaid = w("deals?|opportunit(?:y|ies)|los[st]s? reasons?|objections?").test(text);
  const membersSaid = w(
    "members?|subscribers?|subscriptions?|memberships?|cancell?ations?|cancel\\p{L}*|churn\\p{L}*|leaving|quit",
  ).test(text);
  const phrase = why && !asked ? (scanner.find(ofDeals) ?? scanner.find(ofMembers)) : null;
  if (why && !asked && !phrase) return;
  const about = phrase
    ? ofDeals.test(phrase[0])
      ? "deals"
      : "members"
    : dealsSaid
      ? "deals"
      : membersSaid
        ? "members"
        : null;
  if (!about) return;
  const said =
    (phrase ? scanner.take(about === "deals" ? ofDeals : ofMembers) : null) ??
    scanner.take(
      w(
        `(?:(?:by|per|for|with|and|split by|grouped by|what are|what were|what is|the|our|main|most common|common|biggest|top|usual|which|their|its|each) )*(?:(?:cancell?ation|cancel|churn|loss|lost|leaving|lost deal|deal loss) )?(?:reasons?|objections?)(?: (?:given|named|stated|they gave|people give|of loss|(?:for|of|why|behind|that)${helping} (?:los(?:s|ing|t|e)|${leaving}|cancell?ations?|churn)))*`,
      ),
    );
  if (why) scanner.take(w("why|how come"));
  splits.ids.push(about === "deals" ? "loss_reason" : "stop_reason");
  const inMoney =
    about === "deals"
      ? scanner.take(w("(?:the |their )?(?:total )?(?:values?|worth|amounts?)(?: of)?"))
      : null;
  const wanted = about === "members" ? "subscribers_lost" : inMoney ? "deals_lost_value" : "deals_lost";
  const whole = w(
    about === "deals"
      ? `(?:how many )?(?:lost )?${deals}(?:${helping} (?:lost|lose|losing))?(?: (?:lost|why|because))?|(?:losing|lose|lost) ${deals}`
      : `(?:how many )?${members}${helping} ${leaving}|${leaving}|cancell?ations?|(?:lost|losing|lose) ${members}|${members}(?: lost)?`,
  );
  const rest = scanner.take(whole);
  events.push({
    id: wanted,
    said: [inMoney?.[0], said?.[0], rest?.[0]].filter(Boolean).join(" ").replace(/¤+/g, "…").trim(),
  });
  notes.push(
    `The reasons are what was written down with each${said ? ` ("${said[0].replace(/¤+/g, "…").trim()}")` : ""}; unknown are those without one.`,
  );
}

const buying =
  "(?:orders?|purchases?|sales|buys|buyers?|customers?|clients?|shoppers?|business|revenue|money)";
const first = "(?:first[- ]time|first|1st|initial|new)";
const again = "(?:repeat|repeated|returning|later|follow[- ]?up|recurring|existing|old|again)";
const joint = "(?:vs\\.?|versus|and|or|against|compared (?:to|with)|&|/|,)";

function readPurchases(
  scanner: Scanner,
  splits: DimensionsReading,
  { names, events, notes }: TraitsReading,
): void {
  const both = scanner.take(
    w(
      `(?:(?:from|by|of|split by|between|for) )?(?:${first}(?:(?: |-)${buying})? ${joint} ${again}(?: (${buying}))?|${again}(?:(?: |-)${buying})? ${joint} ${first}(?: (${buying}))?)(?: ones)?`,
    ),
  );
  if (both) {
    // Active, lapsed and new customers are numbers of their own.
    if (/lapsed|active|reactivated|recurring (?:revenue|customers)/.test(both[0])) return;
    splits.ids.push("purchase");
    notes.push(
      `"${both[0].trim()}": first is somebody's first purchase with all orders within a day of it, repeat any later one; renewals of subscriptions stand apart.`,
    );
    const noun = /customers?|clients?|buyers?|shoppers?/.test(both[0])
      ? "buyers"
      : /revenue|money/.test(both[0])
        ? "revenue_collected"
        : /orders?|purchases?|sales/.test(both[0])
          ? "orders"
          : "";
    const other = w("revenue|sales|money|income|orders?|aov|average order|refunds?|units|spend|spent").test(
      scanner.rest,
    );
    if (noun && !other) events.push({ id: noun, said: both[0].trim() });
    return;
  }
  const one =
    scanner.take(
      w("(?:from |of |by |for )?(?:repeat|returning) (?:orders?|purchases?|business|sales)(?! rate)"),
    ) ??
    scanner.take(
      w(
        "(?:from|of|by|for) (?:our |the |all )?(?:repeat|returning|existing) (?:customers?|buyers?|clients?|shoppers?)",
      ),
    ) ??
    scanner.take(
      w("(?:first(?:[- ]time)?|initial) (?:orders|purchases)(?! (?:date|month|in a|within|after))"),
    );
  const people = one ? null : scanner.take(w("returning (?:customers?|buyers?|clients?|shoppers?)(?! rate)"));
  const said = one ?? people;
  if (!said) return;
  const kind = /first|initial/.test(said[0]) ? "first" : "repeat";
  names.push(...name("purchase", [kind], said[0].trim()));
  notes.push(
    kind === "first"
      ? `"${said[0].trim()}": all orders within a day of somebody's first.`
      : `"${said[0].trim()}": what was bought later than a day after somebody's first purchase, renewals of subscriptions apart.`,
  );
  const money = w("revenue|sales|money|income|much|spend|spent|aov|average order|units|worth").test(
    scanner.rest,
  );
  if (people) events.push({ id: "buyers", said: said[0].trim() });
  else if (!money && /orders?|purchases?/.test(said[0])) events.push({ id: "orders", said: said[0].trim() });
}

function readCodes(
  scanner: Scanner,
  splits: DimensionsReading,
  { names, notes, events }: TraitsReading,
): void {
  const code = "(?:promo|coupon|discount|voucher)(?:[ -]?(?:codes?|coupons?))?s?";
  const held = scanner.take(
    w(
      `(?:(?:that|which|who|were|was|placed) )*(with|without|using|used|use|had|has|have|having|by means of|no)(?: (?:an?|any|some|the|our))* ${code}(?: used| applied)?`,
    ),
  );
  if (held) {
    const without = /^(?:without|no)$/.test(held[1] ?? "");
    names.push({
      kind: "promo_code",
      value: "unknown",
      filter: "unknown",
      negated: !without,
      hinted: true,
      said: held[0].trim(),
      group: held[0].trim(),
    });
    notes.push(`"${held[0].trim()}": orders ${without ? "without" : "with"} a promo code.`);
    return;
  }
  if (
    scanner.take(
      w(
        `(?:by|per|which|what|top|best|each|every|our|all|the)? ?(?:promo|coupon|discount|voucher)[ -]?(?:codes?|coupons?)`,
      ),
    )
  ) {
    splits.ids.push("promo_code");
    // `which codes are used most`: in orders.
    const used = scanner.take(
      w("(?:(?:are|is|was|were|gets?|got) )?used(?= (?:the )?(?:most|least|more|best)|$| (?:in|this|last) )"),
    );
    if (used) events.push({ id: "orders", said: used[0].trim() });
  }
}

/** `owed for more than 60 days`: what has been due so long, in the steps that are kept. */
function readAges(scanner: Scanner, { names, notes }: TraitsReading): void {
  if (!w("owed?|owes|outstanding|receivables?|overdue|unpaid|invoices?|past due").test(scanner.rest)) return;
  const match = scanner.take(
    w(
      "(?:for )?(?:over|more than|older than|longer than|at least|beyond|past) (30|60|90) days?(?: (?:late|overdue|old|past due|due|ago|now))?",
    ),
  );
  if (!match) return;
  const ages = ["31 to 60 days", "61 to 90 days", "over 90 days"].slice(Number(match[1]) / 30 - 1);
  names.push(...name("receivable_age", ages, match[0].trim()));
  notes.push(`"${match[0].trim()}": due for ${ages.join(" or ")}.`);
}

/** `how much sales tax did we collect`: the row of the orders that is tax. */
function readTax(scanner: Scanner, { names, events }: TraitsReading): void {
  const match = scanner.take(
    w(
      "(?:how much )?(?:sales[- ]?tax|vat|gst)(?:es)?(?: (?:did|have|has|do|was|were|we))*(?: (?:collect|collected|charge|charged|take|took)(?: in)?)?|(?:how much )?tax(?:es)?(?: (?:did|have|do|was|were|we))+ (?:collect|collected|charge|charged)|(?:collected|charged) (?:in )?(?:sales )?tax(?:es)?|tax(?:es)? (?:collected|charged)",
    ),
  );
  if (!match) return;
  names.push(...name("product", ["Tax"], match[0].trim()));
  events.push({ id: "revenue_collected", said: match[0].trim() });
}

const besides: Record<string, string> = { shipping: "shipping", delivery: "shipping", postage: "shipping" };
const besideName = (said: string): string =>
  besides[said] ?? (said.startsWith("tax") ? "tax" : said.startsWith("fee") ? "fee" : said);

/** `shipping revenue`, `revenue by product without shipping and tax`: rows of the orders that are no products. */
function readShipping(
  scanner: Scanner,
  splits: DimensionsReading,
  { names, events, notes }: TraitsReading,
): void {
  const row = "shipping|delivery|postage|tax(?:es)?|fees?";
  const byProduct =
    splits.ids.includes("product") ||
    w("(?:by|per|each|which|top|best) (?:\\d+ )?(?:products?|items?)").test(scanner.rest);
  const out = scanner.find(
    w(
      `(?:and |but )?(?:hide|without|exclude|excluding|leave out|leaving out|drop|remove|minus|no|ignore|ignoring|except|less) (?:the )?(?:${row})(?:(?: costs?| charges?)?(?:,| and| or| &|, and) (?:the )?(?:${row}))*(?: (?:costs?|charges?|rows?|lines?))?(?: from(?= ))?`,
    ),
  );
  if (out) {
    const said = [...out[0].matchAll(new RegExp(row, "g"))].map(([word]) => besideName(word));
    // `revenue without tax` is a number of its own.
    if (byProduct || said.some((word) => word !== "tax")) {
      scanner.blank(out.index, out.index + out[0].length);
      names.push(...name("product", [...new Set(said)], out[0].trim(), true));
      notes.push(`"${out[0].trim()}": left out of what was bought.`);
      return;
    }
  }
  const own = scanner.take(
    w(
      "(?:shipping|delivery|postage) (?:revenue|income|money|fees?|charges?|sales|earnings)|(?:revenue|income|money|sales) (?:from|for|on) (?:shipping|delivery|postage)|(?:how much )?(?:(?:did|do|have|has) )?(?:we |they |customers? |people )?(?:charge[d]?|collect(?:ed)?|t[ao]ken?|pa(?:y|id)) (?:for|on|in) (?:shipping|delivery|postage)",
    ),
  );
  if (!own) return;
  names.push(...name("product", ["shipping"], own[0].trim()));
  events.push({ id: "revenue_collected", said: own[0].trim() });
}

const partsOfDay: [string, string, number[]][] = [
  ["mornings?", "from 5 to 12", [5, 6, 7, 8, 9, 10, 11]],
  ["afternoons?", "from 12 to 17", [12, 13, 14, 15, 16]],
  ["evenings?", "from 17 to 22", [17, 18, 19, 20, 21]],
  ["nights?|at night", "from 22 to 5", [22, 23, 0, 1, 2, 3, 4]],
];

/** `more in the evening or in the morning`: each hour of the day; `orders in the evening` are those hours alone. */
function readHours(scanner: Scanner, splits: DimensionsReading, { names, notes }: TraitsReading): void {
  const part = partsOfDay.map(([words]) => words).join("|");
  const lead = "(?:in |during |at |on )?(?:the |our )?";
  const several = scanner.take(
    w(
      `(?<!(?:this|yesterday|tomorrow|good|last|to) )${lead}(?:${part})(?:(?:,| or| and| vs\\.?| versus| than| compared to)+ ${lead}(?:${part}))+`,
    ),
  );
  const asked =
    several ??
    scanner.take(
      w(
        "(?:at |by |on )?(?:what|which) (?:time|hours?)(?: of (?:the )?day)?(?: (?:do|does|did|are|is)(?= ))?(?! zone)",
      ),
    );
  if (asked) {
    if (!splits.ids.includes("hour")) splits.ids.push("hour");
    notes.push(`"${asked[0].trim()}": here is each hour of the day, in the account's time zone.`);
    return;
  }
  const one = scanner.take(
    w(
      `(?<!(?:this|yesterday|tomorrow|good|last) )(?:(?:in|during) the (?:${part})|at night|(?:morning|afternoon|evening)s)(?= ?$| (?:this|last|in|since|only|by|per|and) )`,
    ),
  );
  const [, hours, list = []] = partsOfDay.find(([words]) => one && w(words).test(one[0])) ?? [];
  if (!one) return;
  names.push(
    ...name(
      "hour",
      list.map((hour) => `${String(hour).padStart(2, "0")}:00`),
      one[0].trim(),
    ),
  );
  notes.push(`"${one[0].trim()}": ${hours} o'clock, in the account's time zone.`);
}

/** `deals we lost to price`: the reason that was written down. */
function readLossReason(scanner: Scanner, { names, events, notes }: TraitsReading): void {
  const match = scanner.find(
    w(
      "(?:how many |which |the |our |all )*(?:deals?|opportunit(?:y|ies))(?: (?:that|which|we|were|was|have|did|got|been))* (?:lost|lose|losing) (?:to|because of|due to|over|on) (?:the |their |a )?([\\p{L}]+(?: [\\p{L}]+)?)(?=[¤ ]*$| (?:this|last|in|since|by|per) )",
    ),
  );
  const reason = match?.[1] ?? "";
  if (!match || /^(?:us|them|competitors?|time|date|average)$|(?:month|year|week|quarter)/.test(reason))
    return;
  scanner.blank(match.index, match.index + match[0].length);
  const value = reason.charAt(0).toUpperCase() + reason.slice(1);
  names.push({ kind: "loss_reason", value, filter: value, negated: false, hinted: true, said: reason });
  events.push({ id: "deals_lost", said: match[0].trim() });
  notes.push(`"${match[0].trim()}": lost deals with "${reason}" written down as the reason.`);
}

/** `who's our best closer`: of the deals won, by who won them. */
function readClosers(scanner: Scanner, splits: DimensionsReading, { events }: TraitsReading): void {
  const match = scanner.take(
    w("(?<=(?:best|top|strongest|worst|weakest|biggest|\\d) )(?:(?:deal|sales) )?closers?"),
  );
  if (!match) return;
  if (!splits.ids.includes("owner")) splits.ids.push("owner");
  events.push({ id: "deals_won", said: match[0].trim() });
}

const days = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
const proper = (day: string) => `${day.charAt(0).toUpperCase()}${day.slice(1)}`;

function readWeekdays(
  scanner: Scanner,
  splits: DimensionsReading,
  { names, notes, events }: TraitsReading,
): void {
  // `which weekday do people buy most`: in orders.
  if (w("weekdays?|days? of (?:the )?week|hours?|time of (?:the )?day").test(scanner.rest)) {
    const bought = scanner.take(
      w(
        "(?:do|did|does) (?:most )?(?:our |the )?(?:people|customers?|clients?|buyers|they|everyone) (?:usually |mostly |typically )?(?:buy|order|purchase|shop)(?: from us)?",
      ),
    );
    if (bought) events.push({ id: "orders", said: bought[0].trim() });
  }
  const weekends = scanner.take(
    w(
      "weekdays? (?:vs|versus|and|or|compared (?:to|with)) weekends?|weekends? (?:vs|versus|and|or|compared (?:to|with)) weekdays?",
    ),
  );
  if (weekends) {
    splits.ids.push("weekday");
    notes.push(`"${weekends[0].trim()}": here is each day of the week.`);
    return;
  }
  const on = scanner.take(
    w(`(?:on|at|during|only|for) (?:the )?(?:weekends|((?:${days})s(?:(?:,| and| or| &) (?:${days})s)*))`),
  );
  if (on) {
    const said = on[1]
      ? [...on[1].matchAll(new RegExp(days, "g"))].map(([day]) => proper(day))
      : ["Saturday", "Sunday"];
    names.push(...name("weekday", said, on[0].trim()));
    notes.push(`"${on[0].trim()}": every ${said.join(" and ")} of the period.`);
  }
}
