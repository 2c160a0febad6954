import type { ChartModel } from "./model";

/** Ticks of the value axis: round steps of 1, 2, 2.5 or 5, at most five of them, always with 0, just past the data. */
export function valueTicks(model: ChartModel, hidden: ReadonlySet<string>): number[] {
  const [low, high] = valueRange(model, hidden);
  const whole = model.unit === "count" || model.unit === "money";
  const step = niceStep((high - low) / 4 || 1, whole);
  const ticks: number[] = [];
  for (let at = Math.floor(low / step); at <= Math.ceil(high / step); at += 1) ticks.push(at * step);
  return ticks.length > 1 ? ticks : [0, step];
}

/** Lowest and highest value drawn, 0 included; of stacked parts their sums. */
function valueRange(model: ChartModel, hidden: ReadonlySet<string>): [number, number] {
  const keys = model.series.filter(({ key }) => !hidden.has(key));
  const stacked = model.kind === "stacked_bar" || model.kind === "area";
  let [low, high] = [Math.min(0, model.goal ?? 0), Math.max(0, model.goal ?? 0)];
  for (const { values } of model.points) {
    const numbers = keys.map(({ key }) => values[key] ?? 0);
    const tops = stacked ? [sum(numbers.filter((value) => value > 0))] : numbers;
    const bottoms = stacked ? [sum(numbers.filter((value) => value < 0))] : numbers;
    low = Math.min(low, ...bottoms);
    high = Math.max(high, ...tops);
  }
  return [low, high];
}

function niceStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  const step = factor * power;
  return whole ? Math.max(1, Math.ceil(step)) : step;
}

const sum = (numbers: number[]): number => numbers.reduce((total, value) => total + value, 0);
