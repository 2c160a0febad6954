import type { WireOpportunity, WireOpportunityStage, WireStageMove } from "../keap/schemas";
import { customFieldsFromWire, customFieldsToWire } from "./custom-fields";
import type { FieldSpec, Json, MapContext, MappedRow, Values } from "./types";
import { asJson, fromMinor, instant, keapId, number, text, toMinor } from "./values";

/** Deals, the stages they stand in and the history of their moves. */

function fields(names: readonly string[], kind: FieldSpec["kind"], writable: boolean): FieldSpec[] {
  return names.map((name) => ({ name, kind, writable }));
}

export const stageFields: readonly FieldSpec[] = [
  ...fields(["name", "outcome"], "text", false),
  ...fields(["stage_order", "probability", "target_number_days"], "number", false),
  ...fields(["checklist_items", "raw"], "json", false),
];

/** Which stages are won and lost is no part of the stage: the account's settings name them. */
export function stageFromWire(wire: WireOpportunityStage, context: MapContext): MappedRow {
  const outcome = context.wonStages?.has(wire.id)
    ? "won"
    : context.lostStages?.has(wire.id)
      ? "lost"
      : "active";
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.created_time),
    updated_at: instant(wire.updated_time),
    values: {
      name: text(wire.name),
      stage_order: number(wire.order),
      probability: number(wire.probability),
      target_number_days: number(wire.target_number_days),
      outcome,
      checklist_items: asJson(wire.checklist_items ?? []),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

export const opportunityFields: readonly FieldSpec[] = [
  ...fields(["title", "notes", "next_action_notes"], "text", true),
  ...fields(["next_action_at", "estimated_close_at"], "instant", true),
  { name: "include_in_forecast", kind: "boolean", writable: true },
  ...fields(["projected_revenue_low_minor", "projected_revenue_high_minor"], "number", true),
  ...fields(["contact_keap_id", "stage_keap_id", "user_keap_id", "affiliate_keap_id"], "number", true),
  { name: "custom_fields", kind: "map", writable: true },
  ...fields(["order_revenue_minor", "monthly_revenue_minor"], "number", false),
  ...fields(["currency", "lead_source_name", "objection", "status"], "text", false),
  { name: "stage_entered_at", kind: "instant", writable: false },
  ...fields(["keap_created_by", "keap_last_updated_by"], "number", false),
  { name: "raw", kind: "json", writable: false },
];

/** Revenues are plain numbers of no stated unit: decimals of the tenant's currency, as Keap's other plain numbers. */
export function opportunityFromWire(wire: WireOpportunity, context: MapContext): MappedRow {
  const minor = (value: number | null | undefined) => toMinor(value, context.currency);
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.created_time),
    updated_at: instant(wire.last_updated_time),
    values: {
      title: text(wire.opportunity_title),
      notes: text(wire.opportunity_notes),
      next_action_at: instant(wire.next_action_time),
      next_action_notes: text(wire.next_action_notes),
      estimated_close_at: instant(wire.estimated_close_time),
      include_in_forecast:
        wire.include_in_forecast === null || wire.include_in_forecast === undefined
          ? null
          : Boolean(wire.include_in_forecast),
      projected_revenue_low_minor: minor(wire.projected_revenue_low),
      projected_revenue_high_minor: minor(wire.projected_revenue_high),
      order_revenue_minor: minor(wire.order_revenue),
      monthly_revenue_minor: minor(wire.monthly_revenue),
      currency: context.currency,
      contact_keap_id: keapId(wire.contact?.id),
      stage_keap_id: keapId(wire.stage?.id),
      user_keap_id: keapId(wire.user?.id),
      affiliate_keap_id: keapId(wire.affiliate_id),
      lead_source_name: text(wire.lead_source),
      objection: text(wire.objection),
      status: text(wire.status),
      stage_entered_at: instant(wire.stage_entrance_time),
      keap_created_by: keapId(wire.created_by),
      keap_last_updated_by: keapId(wire.last_updated_by),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "OPPORTUNITY"),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

const wireNames: Readonly<Record<string, string>> = {
  title: "opportunity_title",
  notes: "opportunity_notes",
  next_action_at: "next_action_time",
  estimated_close_at: "estimated_close_time",
  projected_revenue_low_minor: "projected_revenue_low",
  projected_revenue_high_minor: "projected_revenue_high",
  contact_keap_id: "contact_id",
  stage_keap_id: "stage_id",
  user_keap_id: "user_id",
  affiliate_keap_id: "affiliate_id",
};

/** A change of `stage_keap_id` is a stage move: Keap writes its history itself. */
export function opportunityToWire(
  columns: readonly string[],
  values: Values,
  context: MapContext,
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    const value = values[column] ?? null;
    body[wireNames[column] ?? column] =
      column === "custom_fields"
        ? customFieldsToWire(value)
        : value === null
          ? null
          : column.endsWith("_minor")
            ? fromMinor(Number(value), context.currency)
            : column.endsWith("_keap_id")
              ? String(value)
              : value;
  }
  return { body, mask: Object.keys(body) };
}

export const stageMoveFields: readonly FieldSpec[] = [
  ...fields(["moved_at", "previous_move_at"], "instant", false),
  ...fields(
    ["opportunity_keap_id", "from_stage_keap_id", "to_stage_keap_id", "user_keap_id"],
    "number",
    false,
  ),
  { name: "raw", kind: "json", writable: false },
];

/** A first move comes from stage 0, which is no stage: null here. */
export function stageMoveFromWire(wire: WireStageMove): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.create_time),
    updated_at: instant(wire.move_time),
    values: {
      moved_at: instant(wire.move_time),
      previous_move_at: instant(wire.prev_stage_move_time),
      opportunity_keap_id: keapId(wire.opportunity_id),
      from_stage_keap_id: keapId(wire.move_from_stage_id),
      to_stage_keap_id: keapId(wire.move_to_stage_id),
      user_keap_id: keapId(wire.user_id),
      raw: asJson(wire.raw ?? {}),
    },
  };
}
