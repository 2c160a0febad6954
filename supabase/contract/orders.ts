import { z } from "zod";
import { currency, keapId, minor, object, reference, syncedRecord, text, timestamp } from "./fields";

/** An order, which in Keap is an invoice. */
export const orderSchema = z.strictObject({
  ...syncedRecord,
  title: text.nullable(),
  status: text.nullable(),
  order_type: text.nullable(),
  source_type: text.nullable(),
  order_time: timestamp.nullable(),
  total_minor: minor.nullable(),
  total_paid_minor: minor.nullable(),
  total_due_minor: minor.nullable(),
  refund_total_minor: minor.nullable(),
  currency: currency.nullable(),
  refund_status: text.nullable(),
  credit_status: text.nullable(),
  notes: text.nullable(),
  terms: text.nullable(),
  promo_code: text.nullable(),
  invoice_keap_id: keapId.nullable(),
  invoice_number: text.nullable(),
  lead_affiliate_keap_id: keapId.nullable(),
  sales_affiliate_keap_id: keapId.nullable(),
  shipping_information: object,
  payment_plan: object,
  allow_payment: z.boolean().nullable(),
  allow_paypal: z.boolean().nullable(),
  sent_at: timestamp.nullable(),
  due_at: timestamp.nullable(),
  external_create_user: text.nullable(),
  external_created_at: timestamp.nullable(),
  external_updated_at: timestamp.nullable(),
  custom_fields: object,
  ...reference("contact"),
});
export type Order = z.infer<typeof orderSchema>;

/** A line of an order. */
export const orderItemSchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  description: text.nullable(),
  notes: text.nullable(),
  quantity: z.int().nullable(),
  item_type: text.nullable(),
  price_per_unit_minor: minor.nullable(),
  cost_per_unit_minor: minor.nullable(),
  discount_minor: minor.nullable(),
  currency: currency.nullable(),
  special: object.nullable(),
  ...reference("order"),
  ...reference("product"),
  ...reference("subscription"),
  ...reference("subscription_plan"),
});
export type OrderItem = z.infer<typeof orderItemSchema>;

/** A payment or refund, always a positive amount. */
export const paymentSchema = z.strictObject({
  ...syncedRecord,
  order_keap_ids: z.array(keapId),
  amount_minor: minor.nullable(),
  currency: currency.nullable(),
  kind: z.enum(["payment", "refund"]),
  refund_of_keap_id: keapId.nullable(),
  refund_payment_keap_id: keapId.nullable(),
  status: text.nullable(),
  payment_type: text.nullable(),
  note: text.nullable(),
  paid_at: timestamp.nullable(),
  method_type: text.nullable(),
  is_manual: z.boolean().nullable(),
  is_void: z.boolean(),
  merchant_account_keap_id: keapId.nullable(),
  merchant_account_type: text.nullable(),
  external_transaction_id: text.nullable(),
  commissioned: z.boolean().nullable(),
  is_test: z.boolean(),
  ...reference("contact"),
  ...reference("order"),
});
export type Payment = z.infer<typeof paymentSchema>;

/** The part of a payment that pays one order. */
export const paymentAllocationSchema = z.strictObject({
  ...syncedRecord,
  amount_minor: minor.nullable(),
  currency: currency.nullable(),
  pay_status: text.nullable(),
  paid_at: timestamp.nullable(),
  invoice_keap_id: keapId.nullable(),
  refund_of_keap_id: keapId.nullable(),
  note: text.nullable(),
  ...reference("payment"),
  ...reference("order"),
});
export type PaymentAllocation = z.infer<typeof paymentAllocationSchema>;

/** An attempt to move money, also a failed one. */
export const transactionSchema = z.strictObject({
  ...syncedRecord,
  natural_key: text,
  payment_keap_id: keapId.nullable(),
  order_keap_ids: z.array(keapId),
  amount_minor: minor.nullable(),
  currency: currency.nullable(),
  status: text.nullable(),
  transaction_method: text.nullable(),
  transaction_at: timestamp.nullable(),
  is_successful: z.boolean().nullable(),
  description: text.nullable(),
  error_details: text.nullable(),
  external_reference_id: text.nullable(),
  external_response_code: text.nullable(),
  merchant_account_keap_id: keapId.nullable(),
  merchant_account_type: text.nullable(),
  is_test: z.boolean(),
  ...reference("contact"),
});
export type Transaction = z.infer<typeof transactionSchema>;
