import { addMonths, atLocal, dayMs } from "./calendar";
import type { Random } from "./random";
import type { World } from "./world";

/** How busy each month is, January first: courses in January and September, presents in November and December. */
export const seasonality = [1.45, 1.05, 0.95, 0.9, 0.85, 0.78, 0.7, 0.85, 1.25, 1.05, 1.4, 1.15] as const;
const busiest = Math.max(...seasonality);

/** Sunday first: leads come on weekdays. */
const weekdays = [0.8, 1.15, 1.2, 1.1, 1.05, 0.95, 0.75] as const;
/** The hours of the local day, from quiet night to the evening peak. */
const hours = [
  0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 0.8, 1.5, 2.2, 2.6, 2.8, 2.6, 2.7, 2.4, 2.2, 2.1, 2.0, 2.1, 2.5, 3.0, 3.2,
  2.8, 1.8, 0.8,
] as const;

/** The business doubles over the history. */
export const growth = 2;

const hourTable = cumulative(hours);

function cumulative(weights: readonly number[]): Float64Array {
  const table = new Float64Array(weights.length);
  let total = 0;
  weights.forEach((weight, index) => {
    total += weight;
    table[index] = total;
  });
  return table;
}

/** The index whose share of the table contains `at` (0 to 1). */
function drawIndex(table: Float64Array, at: number): number {
  const wanted = at * (table[table.length - 1] ?? 0);
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** An instant on a local date, at a believable hour. */
export function drawTimeOn(random: Random, date: number): number {
  return atLocal(date, drawIndex(hourTable, random.next()), random.int(0, 59), random.int(0, 59));
}

export function seasonOf(date: number): number {
  return seasonality[new Date(date).getUTCMonth()] ?? 1;
}

/** True as often as the season allows: for thinning a steady stream of events into a seasonal one. */
export function keptBySeason(random: Random, time: number): boolean {
  return random.next() < seasonOf(time) / busiest;
}

/** How much faster a steady stream must run so that thinning by season leaves its rate as it was on average. */
export const thinning = busiest / (seasonality.reduce((sum, month) => sum + month, 0) / 12);

/** The instants at which new leads come in, ascending: growth × season × weekday, with a few busy days. */
export function drawArrivals(random: Random, world: World, count: number): number[] {
  const days = Math.round((world.end - world.startDate) / dayMs);
  const weights: number[] = [];
  for (let day = 0; day < days; day++) {
    const date = world.startDate + day * dayMs;
    const weekday = weekdays[new Date(date).getUTCDay()] ?? 1;
    const busyDay = random.chance(0.02) ? 2.5 : 1;
    weights.push(growth ** (day / days) * seasonOf(date) * weekday * busyDay);
  }
  const table = cumulative(weights);
  const times: number[] = [];
  while (times.length < count) {
    const time = drawTimeOn(random, world.startDate + drawIndex(table, random.next()) * dayMs);
    if (time < world.end) times.push(time);
  }
  return times.sort((a, b) => a - b);
}

/** Months since the history began, for budgets and the like. */
export function monthsBetween(from: number, to: number): number {
  let months = 0;
  while (addMonths(from, months + 1) <= to) months++;
  return months;
}
