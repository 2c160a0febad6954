import { metrics } from "../metrics/catalog";
import type { Aggregate } from "../metrics/definition";
import type { DimensionId } from "../metrics/dimensions";
import type { FactId } from "../metrics/facts";

/** A fact of which sums by day are kept, whole and by the values of some dimensions. */
interface DailyFact {
  dimensions: readonly DimensionId[];
  /** What the database notes when the fact itself changes; `<topic>_people` and `<topic>_tags` when only whose it is. */
  topic: string;
  /** The copied fact it is summed up from: its days follow from the people whose facts are copied again. */
  copied?: "occasions" | "customers" | "activity" | "customer_value";
  /** And another note after which its days are worked out again. */
  also?: string;
  /** Holds from one instant to another: a day holds what began on it less what ended on it. */
  spans?: true;
}

/** Facts hot enough to be kept by day: those a board over a large account would otherwise read row by row. */
export const dailyFacts = {
  payments: { dimensions: ["product", "lead_source", "owner", "country", "tag"], topic: "payments" },
  orders: { dimensions: ["product", "lead_source", "owner", "country", "tag"], topic: "orders" },
  invoices: { dimensions: ["product", "lead_source"], topic: "orders" },
  affiliate_payments: { dimensions: ["sale_affiliate", "lead_affiliate"], topic: "payments" },
  order_lines: { dimensions: ["product"], topic: "orders" },
  leads: { dimensions: ["lead_source", "owner", "country", "tag"], topic: "leads" },
  emails: { dimensions: ["lead_source", "tag"], topic: "emails" },
  tag_applications: { dimensions: ["tag"], topic: "tags_applied" },
  occasions: { dimensions: [], topic: "people", copied: "occasions" },
  new_customers: { dimensions: [], topic: "people", copied: "customers" },
  activity: { dimensions: [], topic: "people", copied: "activity" },
  lead_values: { dimensions: ["lead_source"], topic: "people", copied: "customer_value", also: "leads" },
  email_states: { dimensions: ["email_state"], topic: "addresses", spans: true },
} as const satisfies Partial<Record<FactId, DailyFact>>;
export type DailyFactId = keyof typeof dailyFacts;

/** True of facts that a rollup holds as what began and what ended by day. */
export const isSpans = (fact: DailyFactId): boolean => (dailyFacts[fact] as DailyFact).spans === true;

/** Facts that are the same rows, counted up to an instant instead of within a period. */
const sameRows: Partial<Record<FactId, DailyFactId>> = {
  payments_to_date: "payments",
  contacts: "leads",
  occasions_to_date: "occasions",
  customers: "new_customers",
  reactivations: "activity",
};

/** The daily fact whose sums also answer for this one; undefined where none is kept. */
export function dailyFactOf(fact: FactId): DailyFactId | undefined {
  return fact in dailyFacts ? (fact as DailyFactId) : sameRows[fact];
}

/** What the sums of `activity` count, in their order; see activity.ts. */
const activitySums: Aggregate[] = [
  { fact: "activity", kind: "count", where: "f.state = 'active'" },
  { fact: "activity", kind: "count", where: "f.state = 'lapsed'" },
  { fact: "reactivations", kind: "count" },
];

const signature = ({ kind, expression, where }: Aggregate) => JSON.stringify([kind, expression, where]);

function aggregatesOf(fact: DailyFactId): Aggregate[] {
  if (fact === "activity") return activitySums;
  const found = new Map<string, Aggregate>();
  for (const { measure } of metrics) {
    const parts: Aggregate[] =
      measure.kind === "value"
        ? [measure.value]
        : measure.kind === "difference"
          ? [measure.plus, measure.minus]
          : measure.kind === "ratio"
            ? [measure.numerator, measure.denominator]
            : Object.values(measure.parts);
    for (const part of parts) {
      const additive = part.kind === "sum" || part.kind === "count";
      if (additive && dailyFactOf(part.fact) === fact) found.set(signature(part), part);
    }
  }
  for (const each of alsoKept) if (each.fact === fact) found.set(signature(each), each);
  return [...found.values()];
}

/** How many gaps between purchases there are: what tells which of them are the middle ones. */
export const gapsBetween: Aggregate = { fact: "occasions", kind: "count", where: "f.gap_days is not null" };
const alsoKept: readonly Aggregate[] = [gapsBetween];

const columns = new Map<DailyFactId, Aggregate[]>();

/** Every sum and count of a fact that some registered metric asks for, in the order in which a rollup holds them. */
export function sumsOf(fact: DailyFactId): readonly Aggregate[] {
  const known = columns.get(fact) ?? aggregatesOf(fact);
  columns.set(fact, known);
  return known;
}

/** Place of an aggregate among the sums of its fact, counted from 1; 0 where it is not kept. */
export function placeOf(fact: DailyFactId, aggregate: Aggregate): number {
  return sumsOf(fact).findIndex((each) => signature(each) === signature(aggregate)) + 1;
}

/**
 * Sums that a shape is read from, by day and a text of their own in the place of a dimension's value; see tables.ts.
 * They are marked by the same notes as the facts they read.
 */
export const dailyTables = {
  settlements: ["payments", "orders"],
  cohort_money: ["payments", "payments_people", "people", "copied_first_purchases"],
  returns: ["people", "copied_activity"],
} as const satisfies Record<string, readonly string[]>;
export type DailyTableId = keyof typeof dailyTables;

/** One rollup: a fact by day, or by day and the values of one dimension; or a table. */
export type DailyRollup = FactRollup | { table: DailyTableId; fact?: never; dimension?: never };
export interface FactRollup {
  fact: DailyFactId;
  dimension: DimensionId | null;
}

export const rollupKey = (rollup: DailyRollup): string => {
  if (!rollup.fact) return rollup.table;
  return rollup.dimension ? `${rollup.fact}/${rollup.dimension}` : rollup.fact;
};

/** What the database notes when a rollup's rows may have moved. */
export function topicsOf(rollup: DailyRollup): string[] {
  if (!rollup.fact) return [...dailyTables[rollup.table]];
  const { fact, dimension } = rollup;
  const { topic, copied, also }: DailyFact = dailyFacts[fact];
  if (copied) return [topic, `copied_${copied}`, ...(also ? [also] : [])];
  if (!dimension || dimension === "product" || isSpans(fact)) return [topic];
  return [topic, dimension === "tag" ? `${topic}_tags` : `${topic}_people`];
}

export const dailyRollups: readonly DailyRollup[] = [
  ...(Object.keys(dailyFacts) as DailyFactId[]).flatMap((fact) =>
    [null, ...dailyFacts[fact].dimensions].map((dimension) => ({ fact, dimension })),
  ),
  ...(Object.keys(dailyTables) as DailyTableId[]).map((table) => ({ table })),
];
