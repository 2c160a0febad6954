/** A month to come: the expected value and the range that holds it four times out of five. */
export interface ForecastPoint {
  /** First day of the month. */
  month: string;
  expected: number;
  low: number;
  high: number;
}

export interface Forecast {
  points: ForecastPoint[];
  method: MethodName;
  /** Mean absolute error of the method in its back-test, in the metric's unit. */
  error: number;
  /** The same for the plain baseline: the average of the last twelve months. */
  baseline_error: number;
  months_used: number;
}

export type MethodName = "average" | "recent_average" | "same_month_last_year" | "trend";

type Method = (history: readonly number[], ahead: number) => number;

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const at = (values: readonly number[], index: number) => values[index] ?? 0;

/** `history` ends with the last completed month; `ahead` is 1 for the month after. */
const methods: Record<MethodName, { needs: number; predict: Method }> = {
  average: { needs: 12, predict: (history) => mean(history.slice(-12)) },
  recent_average: { needs: 6, predict: (history) => mean(history.slice(-3)) },
  same_month_last_year: {
    needs: 24,
    predict: (history, ahead) => {
      const last = mean(history.slice(-12));
      const before = mean(history.slice(-24, -12));
      const growth = before > 0 ? Math.min(2, Math.max(0.5, last / before)) : 1;
      return at(history, history.length - 12 + ((ahead - 1) % 12)) * growth;
    },
  },
  trend: { needs: 12, predict: (history, ahead) => line(history.slice(-12), ahead) },
};

/** A straight line through the last values, damped so that it does not run away. */
function line(values: readonly number[], ahead: number): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  const covariance = values.reduce((sum, value, index) => sum + (index - middle) * (value - average), 0);
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const slope = spread > 0 ? covariance / spread : 0;
  return (
    average +
    slope * (values.length - 1 - middle) +
    slope * Array.from({ length: ahead }, (_, index) => 0.9 ** index).reduce((sum, part) => sum + part, 0)
  );
}

export const fewestMonths = 12;
/** A normal error stays within ±1.28 standard deviations four times out of five. */
const fourInFive = 1.2816;

/**
 * Forecasts the next months from completed ones. Each method is back-tested on the history (predicting each of the last
 * months from what was known before it); the best one is used, and its errors give the interval. Null below a year.
 */
export function forecastMonths(history: readonly number[], months: readonly string[]): Forecast | null {
  if (history.length < fewestMonths) return null;
  const tested = (Object.keys(methods) as MethodName[]).flatMap((name) => {
    const errors = backTest(history, methods[name]);
    return errors.length > 0 ? [{ name, errors, error: mean(errors.map(Math.abs)) }] : [];
  });
  const baseline = tested.find(({ name }) => name === "average");
  const best = [...tested].sort((a, b) => a.error - b.error)[0];
  const chosen = best ?? {
    name: "average" as const,
    errors: spreadOf(history),
    error: mean(spreadOf(history).map(Math.abs)),
  };
  const deviation = Math.sqrt(mean(chosen.errors.map((error) => error ** 2)));
  return {
    points: months.map((month, index) => {
      const expected = Math.max(0, methods[chosen.name].predict(history, index + 1));
      // What is further away is less certain.
      const reach = fourInFive * deviation * Math.sqrt(1 + index / 3);
      return {
        month,
        expected: Math.round(expected),
        low: Math.round(Math.max(0, expected - reach)),
        high: Math.round(expected + reach),
      };
    }),
    method: chosen.name,
    error: Math.round(chosen.error),
    baseline_error: Math.round(baseline?.error ?? chosen.error),
    months_used: history.length,
  };
}

/** Errors of predicting each of the last twelve months one ahead, as far as the method had what it needs. */
function backTest(
  history: readonly number[],
  { needs, predict }: { needs: number; predict: Method },
): number[] {
  const errors: number[] = [];
  for (let index = Math.max(needs, history.length - 12); index < history.length; index++) {
    errors.push(at(history, index) - predict(history.slice(0, index), 1));
  }
  return errors.length >= 3 ? errors : [];
}

function spreadOf(history: readonly number[]): number[] {
  const average = mean(history);
  return history.map((value) => value - average);
}
