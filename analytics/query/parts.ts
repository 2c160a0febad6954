import {
  type Aggregate,
  type Expression,
  isMedian,
  type Measure,
  type MetricDefinition,
} from "../metrics/definition";

/** A column of the inner selects that holds one aggregate of one metric. */
export interface Part {
  column: string;
  metric: MetricDefinition;
  aggregate: Aggregate;
}

/** The aggregates of a metric with the columns they land in. A metric that is one aggregate keeps its own name. */
export function partsOf(metric: MetricDefinition): Part[] {
  const { measure } = metric;
  switch (measure.kind) {
    case "value":
      return [{ column: metric.id, metric, aggregate: measure.value }];
    case "difference":
      return [
        { column: `${metric.id}__plus`, metric, aggregate: measure.plus },
        { column: `${metric.id}__minus`, metric, aggregate: measure.minus },
      ];
    case "ratio":
      return [
        { column: `${metric.id}__numerator`, metric, aggregate: measure.numerator },
        { column: `${metric.id}__denominator`, metric, aggregate: measure.denominator },
      ];
    case "formula":
      return Object.entries(measure.parts).map(([name, aggregate]) => ({
        column: `${metric.id}__${name}`,
        metric,
        aggregate,
      }));
  }
}

/** SQL of a metric's value from its parts' columns, which hold whole numbers. */
export function valueSql(metric: MetricDefinition, suffix: string, aggregate: "sum" | "none"): string {
  const part = (column: string) => (aggregate === "sum" ? `sum(${column}${suffix})` : `${column}${suffix}`);
  const { measure } = metric;
  switch (measure.kind) {
    case "value":
      return part(metric.id);
    case "difference":
      return `${part(`${metric.id}__plus`)} - ${part(`${metric.id}__minus`)}`;
    case "ratio": {
      const times = measure.times ? ` * ${measure.times}` : "";
      const ratio = `${part(`${metric.id}__numerator`)}::numeric${times} / nullif(${part(`${metric.id}__denominator`)}, 0)`;
      return metric.unit === "money" ? `round(${ratio})` : `round(${ratio}, 6)`;
    }
    case "formula": {
      const value = expressionSql(measure.value, (name) => `${part(`${metric.id}__${name}`)}::numeric`);
      return metric.unit === "money" ? `round(${value})` : `round(${value}, 6)`;
    }
  }
}

/** SQL text of an expression; `part` gives a part's own. Null is n/a. */
function expressionSql(expression: Expression, part: (name: string) => string): string {
  if (typeof expression === "string") return part(expression);
  if (typeof expression === "number") return String(expression);
  if ("at_least" in expression) {
    const [name, least] = expression.at_least;
    return `case when ${part(name)} >= ${least} then ${expressionSql(expression.of, part)} end`;
  }
  const [left, right] = expression.of.map((each) => `(${expressionSql(each, part)})`);
  if (expression.op === "/") return `${left} / nullif(${right}, 0)`;
  // Not least(), which passes over what is n/a.
  if (expression.op === "min")
    return `case when ${left} <= ${right} then ${left} when ${right} < ${left} then ${right} end`;
  return `${left} ${expression.op} ${right}`;
}

/** The same as `expressionSql`, worked out here from the parts' numbers. */
function evaluate(expression: Expression, part: (name: string) => number): number | null {
  if (typeof expression === "string") return part(expression);
  if (typeof expression === "number") return expression;
  if ("at_least" in expression) {
    const [name, least] = expression.at_least;
    return part(name) >= least ? evaluate(expression.of, part) : null;
  }
  const [first, second] = expression.of;
  const left = evaluate(first, part);
  const right = evaluate(second, part);
  if (left === null || right === null) return null;
  switch (expression.op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? null : left / right;
    case "min":
      return Math.min(left, right);
  }
}

/** A measure's value from its parts, as the statement works it out. Null is n/a. */
export function valueFromParts(
  metric: MetricDefinition,
  part: (column: string) => number | null,
): number | null {
  const measure: Measure = metric.measure;
  const number = (column: string) => part(column) ?? 0;
  switch (measure.kind) {
    case "value": {
      if (!isMedian(measure.value)) return number(metric.id);
      const median = part(metric.id);
      return median === null ? null : Math.round(median * 100) / 100;
    }
    case "difference":
      return number(`${metric.id}__plus`) - number(`${metric.id}__minus`);
    case "ratio": {
      const denominator = number(`${metric.id}__denominator`);
      if (denominator === 0) return null;
      const ratio = (number(`${metric.id}__numerator`) * (measure.times ?? 1)) / denominator;
      return metric.unit === "money" ? roundHalfUp(ratio) : Math.round(ratio * 1e6) / 1e6;
    }
    case "formula": {
      const value = evaluate(measure.value, (name) => number(`${metric.id}__${name}`));
      if (value === null) return null;
      return metric.unit === "money" ? roundHalfUp(value) : Math.round(value * 1e6) / 1e6;
    }
  }
}

/** Rounds to whole minor units, halves away from zero as Postgres does. */
const roundHalfUp = (value: number) => Math.sign(value) * Math.round(Math.abs(value));
