import { suggestDrawing } from "@/analytics/charts/chart-spec";
import { isStock } from "@/analytics/metrics/stock";
import { type Grain, type Query, querySchema } from "@/analytics/query/query";
import { numberWords } from "../../calendar";
import { call } from "../set-form";
import { wholeBuckets } from "../set-time";
import { daysOf } from "../shown-days";
import { asInput, labelOf, refuse, reply, type Turn } from "./shown";

const it = "it|that|this|them|these|those|the (?:same|numbers?|result|data|table)";
const picture = "chart|graph|diagram|plot|picture|visual(?:i[sz]ation)?|image";
/** `chart it`, `as a graph`: the answer just shown as it is drawn best; one number has no picture but how it developed. */
const drawn: [RegExp, Turn] = [
  new RegExp(
    `^(?:(?:chart|graph|plot|draw|visuali[sz]e) (?:${it})|(?:(?:show|give|make|put|turn|draw|display|see|have|get|present)(?: me| us)? )?(?:(?:${it}) )?(?:(?:as|in|into|on|to) )?(?:(?:an?|the) )?(?:${picture})(?: (?:of )?(?:${it}))?)$`,
  ),
  ({ now, said, ...shown }) => {
    const [query, another] = now;
    if (!query || another) return null;
    const single = query.dimensions.length === 0;
    const series = single ? overTime(query) : query;
    const suggested = suggestDrawing(series);
    const { kind } = suggested;
    if (kind === "table") return null;
    return reply(
      { ...shown, said },
      [call(asInput(series), suggested)],
      single
        ? [`One number has no "${said.slice(0, 60)}" of its own: this is how it developed.`]
        : [`Drawn ("${said.slice(0, 60)}").`],
    );
  },
];

/** `only the last 6`, `just the last 6 months` of a row of periods. */
const lastFew: [RegExp, Turn] = [
  /^(?:(?:only|just|show|by (?:day|week|month|quarter|year)) )*(?:the )?last (?<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve)(?: (?:only|of (?:them|those|these)))?$/,
  ({ now, ...shown }, match) => {
    const [query, another] = now;
    const count = numberWords[match.groups?.count ?? ""] ?? Number(match.groups?.count);
    const own = query?.grain;
    const unit = (/^by (\w+) /.exec(match[0])?.[1] ?? own) as Grain | undefined;
    if (!query || another || !count || !unit) return null;
    if (!own && !/^by /.test(match[0])) return null;
    const today = shown.today.now.toISODate() ?? "";
    const to = daysOf(query.range, shown.today)?.to;
    if (to && to < today) return null;
    const dimensions = [...new Set(["time", ...query.dimensions])].slice(0, 3);
    const range = { last: count, unit, including_current: true };
    return reply(
      shown,
      [
        call(
          asInput({ ...query, dimensions, grain: unit, range }),
          query.dimensions.includes("time") ? shown.drawing : undefined,
        ),
      ],
      [`The last ${count} ${unit}s ("${shown.said.slice(0, 60)}"), the running one included.`],
    );
  },
];

/** `since when` of a number that moved: month by month, since no single day began it. */
const sinceWhen: [RegExp, Turn] = [
  /^(?:since|from) when(?: (?:is|has|does|did|was|are|have)(?: (?:it|that|this|they|these|those|we))?(?: been)?(?: [a-z]+){0,4})?$/,
  ({ now, ...shown }) => {
    const [query, another] = now;
    if (!query || another || query.metrics.length > 2) return null;
    const { comparison: _, order: __, limit: ___, ...rest } = query;
    const days = daysOf(query.range, shown.today);
    const long = days && Date.parse(days.to) - Date.parse(days.from) > 150 * 86_400_000;
    const series = overTime(
      long
        ? (rest as Query)
        : ({ ...rest, range: { last: 12, unit: "month", including_current: true } } as Query),
    );
    return reply(
      shown,
      [
        call(
          asInput({ ...series, grain: series.grain ?? "month", dimensions: series.dimensions.slice(0, 2) }),
          undefined,
        ),
      ],
      [`"${shown.said.slice(0, 60)}": month by month, so that it shows where it turned.`],
    );
  },
];

function overTime(query: Query): Query {
  const { order: _, limit: __, ...rest } = query;
  const months = wholeBuckets("month");
  const today = "preset" in query.range && query.range.preset === "today";
  const range = today && query.metrics.every(isStock) ? { ...months, including_current: true } : query.range;
  return querySchema.parse({
    ...rest,
    range,
    dimensions: ["time", ...query.dimensions.filter((id) => id !== "time")].slice(0, 3),
    ...(today || query.grain ? { grain: query.grain ?? "month" } : {}),
  });
}

/** `at least 20 orders` after a table: groups can't be left out by a number yet, and it is about no people. */
const threshold: [RegExp, Turn] = [
  /^(?:(?:only|just|show|keep|hide|drop|remove|leave out|skip|exclude|without|ignore|with|having|those|the ones|ones|groups|rows|anything|everything|that|which|who|have|has|had|where|there|are|is|countries|products|sources|plans|months|reps|tags) )*(?:at least|more than|over|above|fewer than|less than|under|below|min(?:imum|\.)?|a minimum of|no less than|max(?:imum|\.)?|at most) (?<count>[$€£]?\d[\d.,]*k?%?)(?: (?<thing>[a-z ]+))?$/,
  ({ now, ...shown }) => {
    const [query, another] = now;
    const group = query?.dimensions.find((id) => id !== "time");
    if (!query || another || !group || group.endsWith("_age")) return null;
    return refuse(
      `I can't leave out groups by a number ("${shown.said.slice(0, 80)}"). I can put them in order, so that the small ones stand last.`,
      [`Top 10 ${group.replaceAll("_", " ")}s by ${labelOf(query.metrics[0] ?? "").toLowerCase()} this year`],
    );
  },
];

export const againDrawn = [drawn, lastFew, sinceWhen, threshold];
