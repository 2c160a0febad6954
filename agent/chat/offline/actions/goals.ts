import { DateTime } from "luxon";
import { getMetric } from "@/analytics/metrics/catalog";
import { allOf, filtersOf } from "../build-filters";
import { shift, startOf, type Unit } from "../calendar";
import { matchPeriod, type Period, type Today } from "../dates";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { understand } from "../understand";
import { call, clarify } from "./request";

const goalWord = String.raw`\b(?:goals?|targets?|quotas?)\b`;
const setting = new RegExp(
  String.raw`^(?:(?:set|make|create|add|put|define|enter|save|change|raise|lower|update|move|increase|reduce)\b.*${goalWord}|(?:my |our |the |a |an |new )*(?:\p{L}+ ){0,3}${goalWord}.*\b(?:is|are|of|at|should be|shall be|to|:|=) ?[$€£]?\d)`,
  "iu",
);
const following = new RegExp(
  String.raw`${goalWord}|\b(?:on|off) (?:track|pace|course|schedule)\b(?! (?:stock|record))`,
  "i",
);
const asking =
  /^(?:how|are|is|am|do|did|will|what|where|which|show|list|see|check|tell|give|track|follow|progress|goals?|targets?|our|my|the|all|current|hit|reach|any|have|has|when|[\p{L}& ]{3,40} (?:vs|versus|against|compared (?:to|with)|towards?))\b/iu;
/** A campaign's goal is something people achieve, and no number. */
const ofCampaign = /\b(?:campaigns?|sequence|achieve|trigger)\b/i;

/** `set a goal of 50k for December`, `are we on track`, `how do we stand against the goal`. */
export function goals(raw: string, _: Memory, context: PlanContext): Reply | null {
  if (ofCampaign.test(raw) || raw.length > 300) return null;
  if (/^(?:delete|remove|drop|cancel|forget|get rid of)\b/i.test(raw) && new RegExp(goalWord, "i").test(raw))
    return clarify("Goals are deleted on the Goals page, by whoever may change them.", ["Show the goals"]);
  if (setting.test(raw)) return setGoal(raw, context);
  if (!following.test(raw) || !asking.test(raw)) return null;
  // `this month against our goal of 30,000`: a line of the moment, and none that is kept.
  if (new RegExp(String.raw`${goalWord} (?:of|is|at)? ?[$€£]?\d`, "i").test(raw)) return null;
  const read = understand(
    raw.replace(new RegExp(`${following.source}|\\b(?:progress|stand|standing|status)\\b`, "gi"), " "),
    context.index,
    context.today,
  );
  const [metric] = read.metrics.weak ? [] : read.metrics.ids;
  const ended = /\b(?:did|was|were|last|previous|past|ended|all|missed|met)\b/i.test(raw);
  return call(
    "list_goals",
    { ...(metric ? { metric } : {}), ...(ended ? { ended: true } : {}), ...daysOf(read.time.period) },
    context,
  );
}

/** The first and the last day of a period that was named. */
function daysOf(period: Period | undefined): { from?: string; to?: string } {
  const last = period?.to
    ? DateTime.fromISO(period.to, { zone: "utc" }).minus({ days: 1 }).toISODate()
    : null;
  return { ...(period?.from ? { from: period.from } : {}), ...(last ? { to: last } : {}) };
}

const amountAt =
  /([$€£] ?)?(\d[\d,]*(?:\.\d+)?) ?(k|m|thousand|million)?\b ?(%|percent|dollars|euros|pounds|usd|eur|gbp)?/gi;
const times: Record<string, number> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6 };

interface Amount {
  said: string;
  value: number;
}

/** The number that is the target: one with a currency, a k or a percent sign before any other. */
function amountIn(text: string): Amount | null {
  const found = [...text.matchAll(amountAt)].map(([said, sign, digits = "", times_ = "", unit]) => ({
    said: said.trim(),
    value: Number(digits.replaceAll(",", "")) * (times[times_.toLowerCase()] ?? 1),
    marked: Boolean(sign ?? (times_ || unit)) || digits.includes(","),
  }));
  return found.find(({ marked }) => marked) ?? (found.length === 1 ? (found[0] ?? null) : null);
}

function setGoal(raw: string, context: PlanContext): Reply {
  const when = periodIn(raw.toLowerCase(), context.today);
  const rest = when ? raw.replace(new RegExp(escaped(when.said), "i"), " ") : raw;
  const amount = amountIn(rest);
  if (!amount)
    return clarify('How much is the goal? For example: "Set a goal of 50,000 revenue for December".', []);
  if (!when)
    return clarify(
      `For which time? For example: "Set a goal of ${amount.said} for this month" or "… for Q1".`,
      [],
    );
  const low =
    /\b(?:at most|no more than|not more than|below|under|less than|fewer than|max(?:imum)?|keep|stay)\b/i.exec(
      rest,
    );
  const what = rest
    .replace(amount.said, " ")
    .replace(
      /\b(?:set|make|create|add|put|define|enter|save|change|raise|lower|update|move|increase|reduce|goals?|targets?|quotas?|at most|at least|no more than|not more than|below|under|less than|fewer than|max(?:imum)?|keep|stay|should be|shall be)\b/gi,
      " ",
    )
    .replace(/[:=]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const read = understand(what, context.index, context.today);
  const [choice] = read.choices;
  if (choice) return clarify(`"${choice.said}" fits more than one name. Say which one.`, []);
  if (read.unknown.length > 0 || read.time.period)
    return clarify(
      `I did not understand ${read.unknown.map((word) => `"${word}"`).join(", ") || "the time"}, so I set no goal. For example: "Set a goal of ${amount.said} revenue for December".`,
      [],
    );
  const named = read.metrics.ids.length > 0 && !read.metrics.weak;
  if (!named && /^(?:change|raise|lower|update|move|increase|reduce)\b/i.test(raw))
    return clarify(
      `Which number is the goal for? For example: "Change the revenue goal for ${when.said} to ${amount.said}".`,
      [],
    );
  const [metric = "revenue_collected", another] = read.metrics.weak ? [] : read.metrics.ids;
  if (another) return clarify("One goal is for one number. Which one?", []);
  const filters = allOf(filtersOf(read, [metric]));
  return call(
    "set_goal",
    {
      metric,
      target: amount.value,
      from: when.from,
      to: when.to,
      ...(low ? { direction: "at_most" } : {}),
      ...(filters ? { filters } : {}),
    },
    context,
    [
      ...(read.metrics.ids.length === 0 || read.metrics.weak
        ? [`You named no number, so the goal is for ${getMetric(metric)?.label.toLowerCase()}.`]
        : []),
      `By "${when.said}" I took ${when.from} to ${when.to}.`,
    ],
  );
}

interface Ahead {
  said: string;
  from: string;
  /** Last day, included. */
  to: string;
}

/** The time a goal is for: what is running or still to come, where no year is said. */
function periodIn(text: string, today: Today): Ahead | null {
  const iso = (day: DateTime) => day.toISODate() ?? "";
  const whole = (said: string, unit: Unit, by: number): Ahead => {
    const from = shift(startOf(today.now, unit, today.weekStart), by, unit);
    return { said, from: iso(from), to: iso(shift(from, 1, unit).minus({ days: 1 })) };
  };
  const named =
    /\b(?:for |in |by |during |until |before )*(?:the )?(?:end of )?(?:the )?(this|current|next|coming)? ?(week|month|quarter|year)\b/.exec(
      text,
    );
  if (named?.[1] ?? /\bend of\b/.test(named?.[0] ?? ""))
    return whole((named?.[0] ?? "").trim(), named?.[2] as Unit, /next|coming/.test(named?.[1] ?? "") ? 1 : 0);
  for (const { index, 0: word } of text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]+/gu)) {
    if (/^(?:for|in|by|a|of)$/.test(word)) continue;
    const match = matchPeriod(text.slice(index), today);
    if (!match || "problem" in match || !match.period.from || !match.period.to) continue;
    const said = text.slice(index, index + match.length).trim();
    // 50 or 2,000 by itself is the amount; a year is one that stands behind "for" or "in".
    if (/^\d+$/.test(said) && !/(?:for|in|by|during) $/.test(text.slice(0, index))) continue;
    let from = DateTime.fromISO(match.period.from, { zone: "utc" });
    let to = DateTime.fromISO(match.period.to, { zone: "utc" }).minus({ days: 1 });
    while (iso(to) < iso(today.now) && !/\b(?:19|20)\d\d\b|last|previous/.test(said))
      [from, to] = [from.plus({ years: 1 }), to.plus({ years: 1 })];
    return { said, from: iso(from), to: iso(to) };
  }
  const per = /\b(monthly|weekly|quarterly|yearly|annual|per month|a month|per year|a year)\b/.exec(
    text,
  )?.[1];
  if (!per) return null;
  const unit = /week/.test(per)
    ? "week"
    : /quarter/.test(per)
      ? "quarter"
      : /month/.test(per)
        ? "month"
        : "year";
  return whole(per, unit, 0);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
