import { getMetric } from "@/analytics/metrics/catalog";
import { allOf, filtersOf } from "../build-filters";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { understand } from "../understand";
import { call, clarify, type Say } from "./request";

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

export const vagueChange =
  /\b(?:suddenly |sharply |a lot |really )*(?:jumps?|spikes?|drops?|falls?|rises?|plummets?|tanks?|surges?|explodes?|goes (?:up|down|crazy)|go (?:up|down|crazy)|slows? down|changes?)(?: (?:suddenly|sharply|a lot|too much|significantly|out of hand))*$/i;

/** `a payment fails`, `someone cancels`: one of what a number counts. */
function eventIn(text: string): string | null {
  const single =
    /^(?:an?|any|some|some(?:one|body)|any(?:one|body)|a single|another|every|a new|we (?:get|have|lose|win)(?: an?)?) .+$/i;
  if (!single.test(text) || /\d/.test(text)) return null;
  return events.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
const events: [RegExp, string][] = [
  [/payments?.*fail|cards?.*(?:fail|declin)|fail.*payments?/i, "failed payments"],
  [/unsubscrib|opts? out/i, "unsubscribes"],
  [
    /(?:members?|subscri\w+|memberships?|some(?:one|body)|any(?:one|body)).*(?:cancel|leave|quit)|lose .*members?/i,
    "members lost",
  ],
  [/refund/i, "refunds given"],
  [/deals?.*(?:won|closed)|win .*deals?/i, "deals won"],
  [/deals?.*lost|lose .*deals?/i, "deals lost"],
  [/(?:order|sale)s?\b/i, "orders"],
  [/new customer|becomes? (?:a )?customer/i, "new customers"],
  [/(?:lead|contact|person)\b.*(?:come|join|sign|add)|new lead|signs? up|joins/i, "new leads"],
];

export function digests(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:(?:send|give|e-?mail|show|create|make|set up)(?: (?:me|us))? (?:a |the )?)?(daily|weekly|monthly) (?:digest|summary|update|recap|(?:e-?mail )?report)(?: of| with| about| for| on)? (.+?)(?: (?:to|for) (?:me|us))?$/i.exec(
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
  "(?:(?:would |will |should )?(?:drops?|falls?|goes|go|is|are|gets?|rises?|climbs?|dips?|sinks?|grows?|stays?|stay|comes?|hits?|moves?|increases?|decreases?|declines?|jumps?|exceeds?|surpass(?:es)?|reach(?:es)?|crosses|cross) ?(?:to )?)?";
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

export function alerts(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const whenever = "(?:when(?:ever)?|if|once|as soon as|in case|should)";
  const match =
    new RegExp(
      `^(?:alert|notify|warn|ping|tell|message|inform|remind|e-?mail|text|mail|write)(?: to)?(?: me| us)? ${whenever} (.+)$`,
      "i",
    ).exec(raw) ??
    new RegExp(
      `^(?:let (?:me|us) know|i (?:want|need|would like|'d like) to (?:know|be (?:told|alerted|notified|warned))|keep an eye on it and tell me|shout) ${whenever} (.+)$`,
      "i",
    ).exec(raw) ??
    new RegExp(
      `^(?:know ${whenever}|when(?:ever)?(?= (?!did|do|does|is|was|were|are|will|has|have|should|can|would)\\S)) ?(.+?(?:exceed|over|above|below|under|drops?|falls?|rises?).+)$`,
      "i",
    ).exec(raw) ??
    new RegExp(
      `^(?:create|set up|set|add|make|send|give|put|i want|i need|start|have)(?: me| us)?(?: an?| the)?(?: new)? (?:(?:alert|alarm|notification|warning|heads[- ]up)(?: (?:for|to) (?:me|us))?(?:,|:)? ?(?:${whenever}|for when|that tells me when|for|on|about)?|(?:e-?mail|message|text|ping)(?: (?:for|to) (?:me|us))?(?:,|:)? ${whenever}) ?(.+)$`,
      "i",
    ).exec(raw) ??
    /^alerts? (?:me |us )?(?:on|for|about|:) ?(.+)$/i.exec(raw) ??
    /^(?:alert|notify|warn) (?:me|us) (?:about|of|on) (.+)$/i.exec(raw) ??
    /^(?:watch|monitor|keep an eye on|track) (.+?)(?:,? and (?:tell|alert|warn|notify) (?:me|us) (?:when|if) (?:it |they )?(.+))?$/i.exec(
      raw,
    );
  if (!match) return null;
  const said = takePeriod(
    [match[1], match[2]]
      .filter(Boolean)
      .join(" ")
      .replace(/^(?:the|our|my) /i, ""),
  );
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
  // `watch refunds`, `alert me about refunds`: without a bound, when they are unusual.
  const bare =
    /^(?:watch|monitor|keep an eye on|alert (?:me|us) (?:about|on)|notify (?:me|us) (?:about|of))\b/i.test(
      raw,
    );
  if (!found && bare) {
    const seen = watched(said.rest, context);
    if ("kind" in seen) return null;
    const [metric, another] = seen.metrics;
    if (another) return clarify("One alert watches one number. Which one?");
    return call(
      "create_alert",
      { metric, when: "unusual", period, ...(seen.filters ? { filters: seen.filters } : {}) },
      context,
      ["You named no bound, so I tell you when it is unusual against its own history.", ...meanings],
    );
  }
  const event = found ? null : eventIn(said.rest);
  if (event) {
    const each = watched(event, context);
    const [metric, another] = "kind" in each ? [] : each.metrics;
    if (metric && !another && !("kind" in each))
      return call(
        "create_alert",
        {
          metric,
          when: "above",
          value: 0,
          period: said.period ?? "day",
          ...(each.filters ? { filters: each.filters } : {}),
        },
        context,
        ["I look at completed days, so you hear of it the day after."],
      );
  }
  // `if unsubscribes jump`: by how much is not said.
  const vague = found ? null : vagueChange.exec(said.rest);
  if (vague) {
    const each = watched(said.rest.replace(vague[0], " "), context);
    const [metric, another] = "kind" in each ? [] : each.metrics;
    if (metric && !another && !("kind" in each))
      return call(
        "create_alert",
        { metric, when: "unusual", period, ...(each.filters ? { filters: each.filters } : {}) },
        context,
        [
          `You did not say by how much ("${vague[0].trim()}"), so I tell you when it is unusual against its own history.`,
          ...meanings,
        ],
      );
  }
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
