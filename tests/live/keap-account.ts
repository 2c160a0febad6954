import { keapList } from "./running";

/** What these tests need of Keap's records; written from Keap's API description, sharing no code with the sync. */
export interface KeapContact {
  id: string;
  given_name?: string;
  family_name?: string;
  tag_ids?: string[];
  email_addresses?: { email: string; field: string }[];
}
export interface KeapOrder {
  id: string;
  total?: { amount: number; currency_code: string };
  contact?: { id: string };
  order_items?: { id: string }[];
  refund_total?: { amount: number };
}
export interface KeapPayment {
  id: string;
  amount?: number;
  status?: string;
  payment_time?: string;
  refund_payment_id?: string | null;
  contact_id?: string;
}
export interface KeapTransaction {
  payment_id?: string;
  transaction_method?: string;
  merchant_account_id?: string;
}

export const readContacts = () =>
  keapList<KeapContact>("/v2/contacts?fields=id,given_name,family_name,tag_ids,email_addresses", "contacts");
export const readTags = () => keapList<{ id: string; name: string }>("/v2/tags", "tags");
export const readOrders = () => keapList<KeapOrder>("/v2/orders", "orders");
export const readPayments = () => keapList<KeapPayment>("/v2/sales/payments", "payments");
export const readTransactions = () => keapList<KeapTransaction>("/v2/sales/transactions", "transactions");
export const readSubscriptions = () =>
  keapList<{ id: string; active?: boolean }>("/v2/subscriptions", "subscriptions");
export const readProducts = () => keapList<{ id: string; name?: string }>("/v2/products", "products");

/**
 * Money collected by METRICS section 1, in cents: payments by payment time; APPROVED and COMPLETED, and NONE where no
 * transaction stands behind it (paid by hand); not the refunds, not what was voided.
 */
export function collectedCents(
  payments: KeapPayment[],
  transactions: KeapTransaction[],
  from: Date,
  to: Date,
): number {
  const refunds = new Set(payments.map((payment) => payment.refund_payment_id).filter(Boolean));
  const voided = new Set(
    transactions.filter((one) => one.transaction_method === "VOID").map((one) => one.payment_id),
  );
  const withTransaction = new Set(transactions.map((one) => one.payment_id));
  return payments
    .filter(({ id, amount, status, payment_time }) => {
      if (refunds.has(id) || voided.has(id) || !payment_time || (amount ?? 0) <= 0) return false;
      const at = new Date(payment_time);
      if (at < from || at >= to) return false;
      return (
        status === "APPROVED" || status === "COMPLETED" || (status === "NONE" && !withTransaction.has(id))
      );
    })
    .reduce((sum, payment) => sum + Math.round((payment.amount ?? 0) * 100), 0);
}
