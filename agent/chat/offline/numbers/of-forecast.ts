import { getMetric } from "@/analytics/metrics/catalog";
import type { Filter } from "@/analytics/query/query";
import { rangeOf } from "../build-range";
import { numberWords } from "../calendar";
import type { Memory } from "../memory";
import type { PlanContext, PlannedCall, Reply } from "../plan";
import type { Understanding } from "../understand";
import { call } from "./set-form";

const leads =
  "(?:(?:and|so|ok|but|now|then|what about|how about|same|also|the same|do|make it|for|over|please) )*";
const unsure =
  /^(?:(?:and|so|but|ok) )*(?:(?:how|are you|is (?:that|it|this)) (?:really |that |very )?(?:sure|certain|confident|accurate|reliable|realistic|likely|good|precise|exact|safe)(?: (?:are you|is (?:it|that|this)|can (?:we|i) be))?(?: (?:about|of) (?:it|that|this))?|how (?:did you|do you|is (?:it|that|this)|was (?:it|that|this)) (?:calculated?|computed?|get (?:it|that|this)|know|come up with (?:it|that|this))|can (?:i|we) (?:trust|rely on|count on) (?:it|that|this)|why (?:is (?:it|that|this) )?(?:so )?(?:low|high|much|little|few|many)|what(?:'s| is) (?:it|that|this) based on|based on what|why|best case|worst case|what(?:'s| is) the (?:range|margin(?: of error)?|method|best case|worst case))$/i;
const longer = new RegExp(
  `^${leads}(?:the )?(?:next |coming |following )?(\\d{1,2}|${Object.keys(numberWords).join("|")}) months?(?: (?:ahead|instead|please|then))*$`,
  "i",
);

/**
 * What is asked of the forecast just shown: how sure it is, more months, another number, and how the same was in days
 * gone by, which is what it is held against. Null for anything else.
 */
export function turnOfForecast(
  question: string,
  { forecast }: Memory,
  { today }: PlanContext,
  read: () => Understanding,
): Reply | null {
  if (!forecast) return null;
  const said = question
    .trim()
    .replace(/[?.!]+$/, "")
    .trim();
  const made = (calls: PlannedCall[], ...meanings: string[]): Reply => ({
    kind: "call",
    calls,
    meanings,
    understanding: read(),
    whole: true,
  });
  if (unsure.test(said))
    return made(
      [{ tool: "forecast", input: { ...forecast } }],
      `"${said.slice(0, 60)}": the range beside each month holds four times out of five; under them stand the method and how far it was off on months it had not seen.`,
    );
  const count = longer.exec(said)?.[1]?.toLowerCase();
  const months = count ? (numberWords[count] ?? Number(count)) : 0;
  if (months >= 1 && months <= 12)
    return made([{ tool: "forecast", input: { ...forecast, months } }], `Forecast of "${months}" months.`);
  if (said.split(/\s+/).length > 8) return null;
  const { metrics, time, names, splits, unknown, choices } = read();
  if (names.length + splits.ids.length + unknown.length + choices.length > 0 || time.problem) return null;
  const [id, another] = metrics.ids;
  const asksNext = new RegExp(`^${leads}(?:our |the )?[\\p{L} -]{2,30}$`, "iu").test(said);
  if (id && !another && !metrics.weak && !time.period && !time.against && !time.grain && asksNext) {
    const unit = getMetric(id)?.unit;
    if (unit !== "money" && unit !== "count") return null;
    return made([{ tool: "forecast", input: { ...forecast, metric: id } }], "The same months, forecast.");
  }
  // With its number and its days in full it is a question of its own.
  if (id && !time.against) return null;
  const before = time.against?.period ?? time.period;
  const day = today.now.toISODate() ?? "";
  if ((id && id !== forecast.metric) || !before?.to || before.to > day) return null;
  const filters = forecast.filters as Filter | undefined;
  return made(
    [
      call(
        {
          metrics: [forecast.metric],
          dimensions: [],
          range: rangeOf(before),
          ...(filters ? { filters } : {}),
        },
        undefined,
      ),
    ],
    "What it was then; the forecast stands in the answer before.",
  );
}
