import type { Grain } from "../query/query";
import type { DimensionId } from "./dimensions";
import type { FactId } from "./facts";

/** `money` is whole minor units, `ratio` a fraction (shown as percent), `number` a plain quotient, `days` a duration. */
export type Unit = "money" | "count" | "ratio" | "number" | "days";

/**
 * One number taken from a fact's rows. `expression` and `where` are SQL over the fact's columns (alias `f`), fixed
 * text of ours without any value from outside.
 */
export interface Aggregate {
  fact: FactId;
  /**
   * `distinct` counts different values of the expression and can therefore not be added up over groups; `median` is
   * null where there is nothing.
   */
  kind: "sum" | "count" | "distinct" | "median";
  expression?: string;
  where?: string;
}

export type Measure =
  | { kind: "value"; value: Aggregate }
  /** plus − minus, missing parts are 0 */
  | { kind: "difference"; plus: Aggregate; minus: Aggregate }
  /** numerator ÷ denominator; a zero denominator is n/a. Money is rounded half up to the minor unit. */
  | { kind: "ratio"; numerator: Aggregate; denominator: Aggregate; times?: number };

export type MetricSection =
  | "revenue"
  | "orders"
  | "subscriptions"
  | "customers"
  | "leads"
  | "email"
  | "deals"
  | "team"
  | "hygiene";

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
  grains: Grain[];
  edge_cases: string[];
  source: string;
  better: "up" | "down" | "neutral";
}
