import { getMetric } from "@/analytics/metrics/catalog";
import type { Grain } from "@/analytics/query/query";
import type { MetricsReading } from "../read-shape";
import type { TimeReading } from "../read-time";
import type { Scanner } from "../scanner";

/** How a number moved, and its mean over days, weeks or months. */
export type Direction = "up" | "down" | "better" | "worse" | "either";

const ups =
  "up|increas(?:e|ed|es|ing)|grow|grew|grown|grows|growing|ris(?:e|es|en|ing)|rose|climb(?:ed|ing)?|higher";
const downs =
  "down|decreas(?:e|ed|es|ing)|drop(?:ped|ping|s)?|fall(?:en|ing|s)?|fell|declin(?:e|ed|es|ing)|shrink(?:ing)?|shrank|lower|dip(?:ped)?";
const betters = "improv(?:e|ed|es|ing)|better|healthier";
const worses = "worse(?:n|ned|ning)?|deteriorat(?:e|ed|ing)";
const helping =
  /^ ?(?:(?:and|so|ok|but|hey|tell me|do you know|can you tell me if|if|whether) )*(?:did|has|have|had|is|are|was|were|does|do|am)(?![\p{L}])/u;

/** `did the open rate go up this quarter`: yes or no, and by how much. */
export function readDirection(scanner: Scanner): Direction | undefined {
  if (!helping.test(scanner.rest)) return undefined;
  const either = scanner.take(
    /(?<![\p{L}])(?:(?:go|gone|going|went|trending|moving|headed|heading) )?(?:up or down|down or up|better or worse|worse or better)(?![\p{L}])/u,
  );
  if (either) return "either";
  for (const [words, direction] of [
    [ups, "up"],
    [downs, "down"],
    [betters, "better"],
    [worses, "worse"],
  ] as const) {
    const match = scanner.take(
      new RegExp(
        `(?<![\\p{L}])(?:(?:get|gets|getting|got|gotten|go|goes|gone|going|went|trending|trend|moving|move|moved|headed|heading|doing|do|done|perform(?:ing|ed)?|sell(?:ing)?|been) )?(?:any )?(?:${words})(?![\\p{L}])(?! (?:than|by product|or) )`,
        "u",
      ),
    );
    if (match) return direction;
  }
  return undefined;
}

/** `average monthly income`, `on an average week`: the mean over buckets, where the number is not a mean already. */
export function readAverage(
  scanner: Scanner,
  time: TimeReading,
  metrics: MetricsReading,
  notes: string[],
): boolean {
  const word =
    /(?<![\p{L}])(?:on average|(?:in |on )?an? (?:average|typical|normal|usual)|averages?|averaged|averaging|mean|typical(?:ly)?|usual(?:ly)?|normal(?:ly)?)(?![\p{L}])/u;
  const median = /(?<![\p{L}])median(?![\p{L}])/u;
  if (metrics.ids.length > 0 && metrics.ids.every((id) => getMetric(id)?.label.startsWith("Median")))
    scanner.take(median);
  const found = scanner.find(word);
  if (!found) return false;
  const bucket = scanner.take(
    /(?<![\p{L}])(?:in |on )?(?:an? |the )?(?:average|typical|normal|usual) (day|week|month|quarter|year)(?![\p{L}])/u,
  );
  if (bucket) time.grain = bucket[1] as Grain;
  const means = metrics.ids.length > 0 && metrics.ids.every(isMean);
  const usual = /usual|normal|typical/.test(found[0]);
  // A median or a mean is what is typical; anything else has to be an average over something.
  if (means && (!time.grain || time.grain === "auto")) {
    scanner.take(word);
    return false;
  }
  if (!time.grain || time.grain === "auto") {
    const over = stepsOf(time, metrics.ids);
    if (!over) return false;
    time.grain = over;
    notes.push(`The "${found[0].trim()}" is the mean of the ${over}s.`);
  }
  while (scanner.take(word));
  return !(usual && means);
}

/** What an average over a period is taken of: of its months for a year or a quarter, of the units that were counted. */
function stepsOf({ period, against }: TimeReading, metrics: readonly string[]): Grain | undefined {
  if (metrics.length === 0 || against) return undefined;
  if (!period) return metrics.every((id) => getMetric(id)?.unit === "ratio") ? "month" : undefined;
  const { rolling, unit, from, to } = period;
  if (rolling?.kind === "last") {
    if (rolling.count < 2) return undefined;
    if (rolling.unit !== "day") return rolling.unit;
    return rolling.count <= 31 ? "day" : rolling.count <= 92 ? "week" : "month";
  }
  if (rolling?.kind === "all") return "month";
  if (unit === "year" || unit === "quarter") return "month";
  const days = from && to ? (Date.parse(to) - Date.parse(from)) / 86_400_000 : 0;
  return days >= 58 ? "month" : undefined;
}

/** A number that is an average, a share or a median of single things. */
function isMean(id: string): boolean {
  const metric = getMetric(id);
  return (
    metric !== undefined &&
    (metric.unit === "days" || metric.unit === "number" || /average|per |median/i.test(metric.label))
  );
}

/** `growth`, `did it increase`: a change is only a change against something. */
export function readGrowth(scanner: Scanner, time: TimeReading): boolean {
  const word = scanner.take(
    /(?<![\p{L}])(?:going (?:up|down)|growth|grew|grow|growing|grown|increas(?:e|ed|ing)|decreas(?:e|ed|ing)|declin(?:e|ed|ing)|drop(?:ped)?|fall(?:en)?|fell|rise|risen|rose|chang(?:e|ed|ing)|differ(?:ence)?|improv(?:e|ed|ing)|up or down)(?: rate| percent(?:age)?| ?%)?(?![\p{L}])/u,
  );
  if (!word || time.against || time.grain) return false;
  time.against = { relative: "previous_period" };
  return true;
}
