import { z } from "zod";
import {
  currency,
  date,
  keapId,
  list,
  minor,
  object,
  reference,
  syncedRecord,
  text,
  timestamp,
} from "./fields";

/** A group of products. */
export const productCategorySchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  parent_keap_id: keapId.nullable(),
  display_order_index: z.int().nullable(),
});
export type ProductCategory = z.infer<typeof productCategorySchema>;

/** A product. */
export const productSchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  description: text.nullable(),
  short_description: text.nullable(),
  sku: text.nullable(),
  price_minor: minor.nullable(),
  currency: currency.nullable(),
  active: z.boolean().nullable(),
  shippable: z.boolean().nullable(),
  taxable: z.boolean().nullable(),
  country_taxable: z.boolean().nullable(),
  state_taxable: z.boolean().nullable(),
  city_taxable: z.boolean().nullable(),
  subscription_only: z.boolean().nullable(),
  storefront_hidden: z.boolean().nullable(),
  is_package: z.boolean().nullable(),
  needs_digital_delivery: z.boolean().nullable(),
  weight: z.number().nullable(),
  categories: list,
  options: list,
  inventory: object,
});
export type Product = z.infer<typeof productSchema>;

/** A plan of a product. */
export const subscriptionPlanSchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  cycle_type: text.nullable(),
  frequency: z.int().nullable(),
  total_cycles: z.int().nullable(),
  plan_price_minor: minor.nullable(),
  currency: currency.nullable(),
  active: z.boolean().nullable(),
  prorate: z.boolean().nullable(),
  display_order_index: z.int().nullable(),
  ...reference("product"),
});
export type SubscriptionPlan = z.infer<typeof subscriptionPlanSchema>;

/** A subscription; dates are in the account's zone. */
export const subscriptionSchema = z.strictObject({
  ...syncedRecord,
  active: z.boolean().nullable(),
  quantity: z.int().nullable(),
  billing_amount_minor: minor.nullable(),
  currency: currency.nullable(),
  billing_cycle: text.nullable(),
  billing_frequency: z.int().nullable(),
  auto_charge: z.boolean().nullable(),
  start_date: date.nullable(),
  last_bill_date: date.nullable(),
  next_bill_date: date.nullable(),
  end_date: date.nullable(),
  reason_stopped: text.nullable(),
  promo_code: text.nullable(),
  max_charge_attempts: z.int().nullable(),
  days_between_retries: z.int().nullable(),
  merchant_account_keap_id: keapId.nullable(),
  payment_method_keap_id: keapId.nullable(),
  shipping_option_keap_id: keapId.nullable(),
  lead_affiliate_keap_id: keapId.nullable(),
  sale_affiliate_keap_id: keapId.nullable(),
  shipping_address: object,
  allow_tax: z.boolean().nullable(),
  cancelled_at: timestamp.nullable(),
  cancelled_source: z.enum(["observed", "modification_time"]).nullable(),
  custom_fields: object,
  ...reference("contact"),
  ...reference("product"),
  ...reference("subscription_plan"),
});
export type Subscription = z.infer<typeof subscriptionSchema>;
