import type { DimensionId } from "../metrics/dimensions";
import type { FactId } from "../metrics/facts";
import type { ShapeQuery } from "../shapes/shape";
import { QueryError } from "./errors";
import type { QueryContext } from "./run";

/**
 * What an answer says while the first copy of Keap is under way. A number over tables that have only begun to arrive
 * looks as right as any, so it comes with a first sentence that says what is missing; over tables of which nothing
 * has arrived there is no number at all.
 */

/** Kinds of records as the copy names them, with how people call them. */
const called = {
  contacts: "contacts",
  tags: "tags",
  contact_tags: "times of tags",
  products: "products",
  orders: "orders",
  payments: "payments",
  transactions: "transactions",
  subscriptions: "subscriptions",
  lead_sources: "lead sources",
  lead_source_expenses: "costs of lead sources",
  affiliates: "affiliates",
  referrals: "referrals",
  opportunity_stages: "stages",
  opportunities: "deals",
  stage_moves: "stage moves",
  notes: "notes",
  tasks: "tasks",
  appointments: "appointments",
  email_addresses_status: "states of e-mail addresses",
  emails: "e-mails",
} as const;
export type CopiedEntity = keyof typeof called;

const money: CopiedEntity[] = ["orders", "payments", "transactions"];
const recurring: CopiedEntity[] = ["subscriptions", ...money];
const buyers: CopiedEntity[] = ["contacts", ...money];

/** What each fact is made of. One that is not named here waits for the whole copy. */
const factEntities: Partial<Record<FactId, CopiedEntity[]>> = {
  subscription_spans: recurring,
  mrr_movements: recurring,
  mrr_periods: recurring,
  scheduled_ends: recurring,
  unpaid_subscriptions: recurring,
  stick_periods: recurring,
  subscriber_cohorts: recurring,
  renewals: recurring,
  expected_cash: recurring,
  payments: money,
  payments_by_line: money,
  payments_without_tax: money,
  payments_to_date: money,
  orders: ["orders"],
  order_lines: ["orders"],
  invoices: ["orders"],
  receivables: ["orders", "payments"],
  receivables_due: ["orders", "payments"],
  failed_charges: ["orders", "payments", "transactions"],
  customers: buyers,
  new_customers: buyers,
  activity: buyers,
  reactivations: buyers,
  activity_periods: buyers,
  occasions: ["orders"],
  occasions_to_date: ["orders"],
  rfm_scores: buyers,
  next_orders: buyers,
  leads: ["contacts"],
  contacts: ["contacts"],
  contact_hygiene: ["contacts"],
  lead_outcomes: buyers,
  lead_values: buyers,
  lead_waits: buyers,
  lead_source_costs: ["lead_sources", "lead_source_expenses"],
  tag_applications: ["contacts", "tags", "contact_tags"],
  first_tags: ["contacts", "tags", "contact_tags", ...money],
  tag_use: ["tags", "contact_tags"],
  emails: ["emails"],
  email_revenue: ["emails", "orders"],
  unsubscribes: ["contacts", "email_addresses_status"],
  email_states: ["contacts", "email_addresses_status"],
  open_deals: ["opportunities", "opportunity_stages"],
  created_deals: ["opportunities", "opportunity_stages"],
  closed_deals: ["opportunities", "opportunity_stages", "stage_moves"],
  stage_stays: ["opportunities", "opportunity_stages", "stage_moves"],
  stage_reaches: ["opportunities", "opportunity_stages", "stage_moves"],
  activities: ["notes", "tasks", "appointments"],
  affiliate_commissions: ["affiliates", ...money],
  affiliate_payments: ["affiliates", ...money],
  predictions: [],
  passages: [],
  verifications: [],
};

const everything = Object.keys(called) as CopiedEntity[];

/** What a split or condition adds; people's own come with the contacts. */
const dimensionEntities: Partial<Record<DimensionId, CopiedEntity[]>> = {
  product: ["products"],
  category: ["products"],
  tag: ["contacts", "tags"],
  lead_source: ["contacts", "lead_sources"],
  customer_status: [...buyers, "subscriptions"],
  cohort: buyers,
  rfm_group: buyers,
  purchase: buyers,
  promo_code: ["orders"],
  loss_reason: ["opportunities"],
  stop_reason: ["subscriptions"],
  touch: ["contacts", "contact_tags", "appointments", "emails", "referrals"],
  touch_kind: ["contacts", "contact_tags", "appointments", "emails", "referrals"],
};

const shapeEntities: Record<ShapeQuery["shape"], CopiedEntity[]> = {
  funnel: ["contacts", "tags", "contact_tags", "products", ...money],
  survival: recurring,
  rfm_moves: buyers,
  reconciliation: ["orders", "payments", "transactions"],
  attribution: [...buyers, "contact_tags", "appointments", "emails", "referrals"],
  revenue_cohorts: buyers,
  retention_cohorts: [...buyers, "subscriptions"],
  mrr_bridge: recurring,
};

/** The records that facts, splits and conditions rest on. */
export function entitiesOf(parts: {
  facts: readonly FactId[];
  dimensions: readonly string[];
}): CopiedEntity[] {
  const wanted = [
    ...parts.facts.flatMap((id) => factEntities[id] ?? everything),
    ...parts.dimensions.flatMap((id) => dimensionEntities[id as DimensionId] ?? []),
  ];
  return everything.filter((entity) => wanted.includes(entity));
}

export const entitiesOfShape = (shape: ShapeQuery["shape"]): CopiedEntity[] => shapeEntities[shape];

/**
 * The first sentence of an answer over these records, or null when all of them are there. Throws QueryError with the
 * code still_copying where of some of them nothing has arrived. Asked only while the first copy is not complete.
 */
export async function describeCopying(
  entities: readonly CopiedEntity[],
  { door, principal }: QueryContext,
): Promise<string | null> {
  const { rows } = await door(
    "select entity, complete, done, estimated_total from analytics.copy_progress",
    [],
    principal,
  );
  const progress = new Map(rows.map((row) => [String(row.entity), row]));
  const missing = entities
    .filter((entity) => progress.get(entity)?.complete !== true)
    .map((entity) => {
      const row = progress.get(entity);
      const about = row?.estimated_total;
      return {
        entity,
        done: Number(row?.done ?? 0),
        about: about === null ? null : Number(about ?? 0) || null,
      };
    });
  if (missing.length === 0) return null;
  const names = listOf(missing.map(({ entity }) => called[entity]));
  const absent = missing.filter(({ done }) => done === 0);
  if (rows.length === 0)
    throw new QueryError(
      "still_copying",
      `Nothing has arrived from Keap yet, so there is no number to give. If the first copy has just begun, ask again in a minute, when ${names} are here; if not, start it under Sync.`,
    );
  if (absent.length > 0)
    throw new QueryError(
      "still_copying",
      `${upperFirst(listOf(absent.map(({ entity }) => called[entity])))} have not arrived from Keap yet, so there is no number to give. The first copy is under way${far(rows)}; ask again in a few minutes, or when the Sync page says it is complete.`,
    );
  const counts = missing.map(
    ({ entity, done, about }) =>
      `${count(done)}${about && about >= done ? ` of about ${count(about)}` : ""} ${called[entity]}`,
  );
  return `${upperFirst(names)} are still being copied from Keap (${counts.join(", ")}), so this is only what has arrived so far.`;
}

/** ` (12 of 26 kinds of records are complete)`. */
function far(rows: readonly Record<string, unknown>[]): string {
  const complete = rows.filter((row) => row.complete === true).length;
  return complete > 0 ? ` (${complete} kinds of records are complete)` : "";
}

const count = (value: number) => new Intl.NumberFormat("en-US").format(value);
const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const listOf = (names: readonly string[]) =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
