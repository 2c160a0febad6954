import {
  customFieldFields,
  leadSourceFields,
  planFields,
  productFields,
  tagCategoryFields,
  tagFields,
  userFields,
} from "./catalog-records";
import {
  orderFields,
  orderItemFields,
  paymentAllocationFields,
  paymentFields,
  subscriptionFields,
  transactionFields,
} from "./commerce";
import { contactFields } from "./contact";
import type { EntityName, FieldSpec } from "./types";

/** What the planner knows of every synced table. `creates`: a record made here is made in Keap. */
export interface EntitySpec {
  entity: EntityName;
  fields: readonly FieldSpec[];
  outbound: boolean;
  creates: boolean;
}

const readOnlyEntity = (entity: EntityName, fields: readonly FieldSpec[]): EntitySpec => ({
  entity,
  fields,
  outbound: false,
  creates: false,
});

export const entitySpecs: Readonly<Record<EntityName, EntitySpec>> = {
  users: readOnlyEntity("users", userFields),
  lead_sources: readOnlyEntity("lead_sources", leadSourceFields),
  tag_categories: readOnlyEntity("tag_categories", tagCategoryFields),
  tags: { entity: "tags", fields: tagFields, outbound: true, creates: true },
  custom_field_definitions: readOnlyEntity("custom_field_definitions", customFieldFields),
  companies: readOnlyEntity("companies", []),
  products: readOnlyEntity("products", productFields),
  subscription_plans: readOnlyEntity("subscription_plans", planFields),
  contacts: { entity: "contacts", fields: contactFields, outbound: true, creates: true },
  subscriptions: readOnlyEntity("subscriptions", subscriptionFields),
  orders: readOnlyEntity("orders", orderFields),
  order_items: readOnlyEntity("order_items", orderItemFields),
  payments: readOnlyEntity("payments", paymentFields),
  payment_allocations: readOnlyEntity("payment_allocations", paymentAllocationFields),
  transactions: readOnlyEntity("transactions", transactionFields),
};
