import type {
  WireAffiliate,
  WireCampaign,
  WireCampaignGoal,
  WireCampaignSequence,
  WireLeadSourceExpense,
  WireReferral,
} from "../keap/schemas";
import { customFieldsFromWire } from "./custom-fields";
import type { FieldSpec, MapContext, MappedRow } from "./types";
import { asJson, flag, instant, keapId, number, text } from "./values";

/** What brings people: campaigns, money spent on lead sources, partners and whom they referred. All Keap's. */

function readOnly(names: readonly string[], kind: FieldSpec["kind"]): FieldSpec[] {
  return names.map((name) => ({ name, kind, writable: false }));
}

export const campaignFields: readonly FieldSpec[] = [
  ...readOnly(["name", "time_zone", "error_message"], "text"),
  ...readOnly(["is_published", "is_locked"], "boolean"),
  ...readOnly(["published_at"], "instant"),
  ...readOnly(["active_contact_count", "completed_contact_count"], "number"),
  ...readOnly(["goals", "sequences", "raw"], "json"),
];

/** A campaign with its published goals and sequences, whose steps show type and order but not what they hold. */
export function campaignFromWire(
  wire: WireCampaign,
  parts: { goals: readonly WireCampaignGoal[]; sequences: readonly WireCampaignSequence[] },
): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.date_created),
    updated_at: instant(wire.published_date),
    values: {
      name: text(wire.name),
      is_published: flag(wire.published_status),
      published_at: instant(wire.published_date),
      is_locked: flag(wire.locked),
      time_zone: text(wire.time_zone),
      error_message: text(wire.error_message),
      active_contact_count: number(wire.active_contact_count),
      completed_contact_count: number(wire.completed_contact_count),
      goals: asJson(parts.goals.map(({ raw: _raw, ...goal }) => goal)),
      sequences: asJson(parts.sequences.map(({ raw: _raw, ...sequence }) => sequence)),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

export const expenseFields: readonly FieldSpec[] = [
  ...readOnly(["title", "notes", "currency"], "text"),
  ...readOnly(["amount_minor", "lead_source_keap_id", "recurring_expense_keap_id"], "number"),
  ...readOnly(["incurred_at"], "instant"),
  ...readOnly(["raw"], "json"),
];

export function expenseFromWire(wire: WireLeadSourceExpense, context: MapContext): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.create_time),
    updated_at: instant(wire.update_time),
    values: {
      title: text(wire.title),
      notes: text(wire.notes),
      amount_minor: number(wire.amount?.amount),
      currency: text(wire.amount?.currency_code) ?? context.currency,
      incurred_at: instant(wire.incurred_time),
      lead_source_keap_id: keapId(wire.lead_source_id),
      recurring_expense_keap_id: keapId(wire.lead_source_recurring_expense_id),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

export const affiliateFields: readonly FieldSpec[] = [
  ...readOnly(["code", "name", "status", "unique_site_id"], "text"),
  ...readOnly(["contact_keap_id", "parent_affiliate_keap_id", "track_leads_days"], "number"),
  ...readOnly(["notify_on_sale", "notify_on_lead"], "boolean"),
  ...readOnly(["custom_fields"], "map"),
  ...readOnly(["raw"], "json"),
];

export function affiliateFromWire(wire: WireAffiliate, context: MapContext): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.date_created),
    updated_at: null,
    values: {
      code: text(wire.code),
      name: text(wire.name),
      status: text(wire.status),
      unique_site_id: text(wire.unique_site_id),
      contact_keap_id: keapId(wire.contact_id),
      parent_affiliate_keap_id: keapId(wire.parent_affiliate_id),
      notify_on_sale: flag(wire.notify_on_sale),
      notify_on_lead: flag(wire.notify_on_lead),
      track_leads_days: number(wire.track_leads_days),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "REFERRAL_PARTNER"),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

export const referralFields: readonly FieldSpec[] = [
  ...readOnly(["description", "source", "referral_type", "ip_address"], "text"),
  ...readOnly(["contact_keap_id", "affiliate_keap_id"], "number"),
  ...readOnly(["referred_at", "expires_at"], "instant"),
  ...readOnly(["raw"], "json"),
];

export function referralFromWire(wire: WireReferral): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: null,
    updated_at: null,
    values: {
      description: text(wire.description),
      source: text(wire.source),
      referral_type: text(wire.referral_type),
      ip_address: text(wire.ip_address),
      contact_keap_id: keapId(wire.contact_id),
      affiliate_keap_id: keapId(wire.referral_partner_id),
      referred_at: instant(wire.referral_time),
      expires_at: instant(wire.expiration_time),
      raw: asJson(wire.raw ?? {}),
    },
  };
}
