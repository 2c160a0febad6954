import type { Grain } from "../query/query";
import type { DimensionId } from "./dimensions";
import type { FactId } from "./facts";
import type { SettingId } from "./settings";

/** `money` is whole minor units, `ratio` a fraction (shown as percent), `number` a plain quotient, `days` a duration. */
export type Unit = "money" | "count" | "ratio" | "number" | "days";

/**
 * One number taken from a fact's rows. `expression` and `where` are SQL over the fact's columns (alias `f`), fixed
 * text of ours without any value from outside.
 */
export interface Aggregate {
  fact: FactId;
  /**
   * `distinct` counts different values of the expression and can therefore not be added up over groups. `median` and
   * `survival` are null where there is nothing; `survival` is the median of how long it takes (the expression, in
   * days) where some have not got there yet: those of whom `observed` is false stay in as having waited so long
   * (Kaplan-Meier), and it is null while fewer than half got there.
   */
  kind: "sum" | "count" | "distinct" | "median" | "survival";
  expression?: string;
  observed?: string;
  where?: string;
  /** Where this holds no other row has the same value, of what is `distinct`: such rows are counted without comparing. */
  alone?: string;
}

/** True for what has an order and no sum: null where there is nothing, never added up. */
export const isMedian = ({ kind }: Aggregate) => kind === "median" || kind === "survival";

/**
 * Arithmetic over named parts: a part's name, a number, or an operation. Division by zero is n/a, and so is all that
 * follows from n/a. `at_least` is n/a while the part is smaller than the number.
 */
export type Expression =
  | string
  | number
  | { op: "+" | "-" | "*" | "/" | "min"; of: readonly [Expression, Expression] }
  | { at_least: readonly [part: string, number: number]; of: Expression };

export type Measure =
  | { kind: "value"; value: Aggregate }
  /** plus − minus, missing parts are 0 */
  | { kind: "difference"; plus: Aggregate; minus: Aggregate }
  /** numerator ÷ denominator; a zero denominator is n/a. Money is rounded half up to the minor unit. */
  | { kind: "ratio"; numerator: Aggregate; denominator: Aggregate; times?: number }
  /** Several parts put together by arithmetic, rounded like a ratio. */
  | { kind: "formula"; parts: Readonly<Record<string, Aggregate>>; value: Expression };

export type MetricSection =
  | "revenue"
  | "orders"
  | "subscriptions"
  | "customers"
  | "leads"
  | "attribution"
  | "email"
  | "deals"
  | "team"
  | "affiliates"
  | "hygiene"
  | "sync";

/** A number the product knows: its one definition, from which labels, docs, SQL and drills are derived. */
export interface MetricDefinition {
  id: string;
  /** Raised whenever the number for the same data would change. */
  version: number;
  section: MetricSection;
  label: string;
  unit: Unit;
  /** One sentence a business owner understands. */
  description: string;
  formula: string;
  synonyms: string[];
  /** Dimensions that make sense for it, time apart. */
  dimensions: DimensionId[];
  edge_cases: string[];
  /** Where the rule comes from: section of METRICS. */
  source: string;
  measure: Measure;
  drill: "contacts" | "orders" | "payments" | "subscriptions" | null;
  /** Which direction is good news. */
  better: "up" | "down" | "neutral";
  /** Not money itself, but worked out from money: never across currencies. */
  per_currency?: boolean;
  /** Days until a row's outcome is known; younger buckets are marked immature and left out of totals. */
  matures_days?: number;
  /** Not about people: conditions on people do not apply. */
  of_nobody?: true;
  /** Choices of the account that change what the number means; said with every answer. */
  settings?: readonly SettingId[];
}

/** What is printed beside an answer and listed to a model. */
export interface MetricSummary {
  id: string;
  version: number;
  section: MetricSection;
  label: string;
  unit: Unit;
  description: string;
  formula: string;
  synonyms: string[];
  dimensions: string[];
  /** Conditions it can be asked under: the dimensions but time, and those on people. */
  filters: string[];
  grains: Grain[];
  edge_cases: string[];
  source: string;
  better: "up" | "down" | "neutral";
  /** What a click on a number opens; null where there is nothing to open. */
  drill: MetricDefinition["drill"];
  /** Ids of the account's settings that change its meaning. */
  settings: string[];
}
