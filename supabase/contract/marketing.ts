import { z } from "zod";
import { currency, keapId, list, minor, object, reference, syncedRecord, text, timestamp } from "./fields";

/** A campaign with its goals and sequences. */
export const campaignSchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  is_published: z.boolean().nullable(),
  published_at: timestamp.nullable(),
  is_locked: z.boolean().nullable(),
  time_zone: text.nullable(),
  error_message: text.nullable(),
  active_contact_count: z.int().nullable(),
  completed_contact_count: z.int().nullable(),
  goals: list,
  sequences: list,
});
export type Campaign = z.infer<typeof campaignSchema>;

/** Where leads come from. */
export const leadSourceSchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  description: text.nullable(),
  vendor: text.nullable(),
  medium: text.nullable(),
  message: text.nullable(),
  status: text.nullable(),
  category_keap_id: keapId.nullable(),
  category_name: text.nullable(),
  start_at: timestamp.nullable(),
  end_at: timestamp.nullable(),
});
export type LeadSource = z.infer<typeof leadSourceSchema>;

/** Money spent on a lead source. */
export const leadSourceExpenseSchema = z.strictObject({
  ...syncedRecord,
  title: text.nullable(),
  notes: text.nullable(),
  amount_minor: minor.nullable(),
  currency: currency.nullable(),
  incurred_at: timestamp.nullable(),
  recurring_expense_keap_id: keapId.nullable(),
  ...reference("lead_source"),
});
export type LeadSourceExpense = z.infer<typeof leadSourceExpenseSchema>;

/** A referral partner. */
export const affiliateSchema = z.strictObject({
  ...syncedRecord,
  code: text.nullable(),
  name: text.nullable(),
  status: text.nullable(),
  unique_site_id: text.nullable(),
  parent_affiliate_keap_id: keapId.nullable(),
  notify_on_sale: z.boolean().nullable(),
  notify_on_lead: z.boolean().nullable(),
  track_leads_days: z.int().nullable(),
  custom_fields: object,
  ...reference("contact"),
});
export type Affiliate = z.infer<typeof affiliateSchema>;

/** A commission of a referral partner: earned, paid out or clawed back, always positive. */
export const affiliateCommissionSchema = z.strictObject({
  ...syncedRecord,
  natural_key: text,
  kind: z.enum(["earned", "paid", "clawed_back"]),
  amount_minor: minor,
  currency: currency.nullable(),
  occurred_at: timestamp.nullable(),
  description: text.nullable(),
  product_name: text.nullable(),
  invoice_keap_id: keapId.nullable(),
  payment_type: text.nullable(),
  ...reference("affiliate"),
  ...reference("contact"),
});
export type AffiliateCommission = z.infer<typeof affiliateCommissionSchema>;

/** Who referred whom. */
export const referralSchema = z.strictObject({
  ...syncedRecord,
  description: text.nullable(),
  source: text.nullable(),
  referral_type: text.nullable(),
  referred_at: timestamp.nullable(),
  expires_at: timestamp.nullable(),
  ip_address: text.nullable(),
  ...reference("contact"),
  ...reference("affiliate"),
});
export type Referral = z.infer<typeof referralSchema>;
