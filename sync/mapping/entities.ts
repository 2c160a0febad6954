import {
  customFieldFields,
  leadSourceFields,
  planFields,
  productCategoryFields,
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
import { companyFields } from "./company";
import { contactFields } from "./contact";
import { opportunityFields, stageFields, stageMoveFields } from "./deals";
import { emailAddressFields, interactionFields, interactionFieldsOf } from "./interactions";
import { affiliateFields, campaignFields, expenseFields, referralFields } from "./marketing";
import type { EntityName, FieldSpec, Values } from "./types";

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

const writableEntity = (
  entity: EntityName,
  fields: readonly FieldSpec[],
  { creates }: { creates: boolean },
): EntitySpec => ({ entity, fields, outbound: true, creates });

export const entitySpecs: Readonly<Record<EntityName, EntitySpec>> = {
  users: readOnlyEntity("users", userFields),
  lead_sources: writableEntity("lead_sources", leadSourceFields, { creates: true }),
  tag_categories: writableEntity("tag_categories", tagCategoryFields, { creates: true }),
  tags: { entity: "tags", fields: tagFields, outbound: true, creates: true },
  custom_field_definitions: writableEntity("custom_field_definitions", customFieldFields, { creates: true }),
  companies: writableEntity("companies", companyFields, { creates: true }),
  product_categories: readOnlyEntity("product_categories", productCategoryFields),
  products: writableEntity("products", productFields, { creates: true }),
  subscription_plans: readOnlyEntity("subscription_plans", planFields),
  contacts: { entity: "contacts", fields: contactFields, outbound: true, creates: true },
  subscriptions: writableEntity("subscriptions", subscriptionFields, { creates: false }),
  orders: writableEntity("orders", orderFields, { creates: false }),
  order_items: writableEntity("order_items", orderItemFields, { creates: false }),
  payments: writableEntity("payments", paymentFields, { creates: false }),
  payment_allocations: readOnlyEntity("payment_allocations", paymentAllocationFields),
  transactions: readOnlyEntity("transactions", transactionFields),
  lead_source_expenses: readOnlyEntity("lead_source_expenses", expenseFields),
  affiliates: readOnlyEntity("affiliates", affiliateFields),
  referrals: readOnlyEntity("referrals", referralFields),
  opportunity_stages: readOnlyEntity("opportunity_stages", stageFields),
  opportunities: writableEntity("opportunities", opportunityFields, { creates: true }),
  stage_moves: readOnlyEntity("stage_moves", stageMoveFields),
  campaigns: readOnlyEntity("campaigns", campaignFields),
  email_addresses_status: readOnlyEntity("email_addresses_status", emailAddressFields),
  interactions: writableEntity("interactions", interactionFields, { creates: true }),
};

/** The columns of one row: where a table holds several kinds of record, Keap takes back what its kind has. */
export function fieldsOf(entity: EntityName, row: Values): readonly FieldSpec[] {
  return entity === "interactions" ? interactionFieldsOf(row.kind) : entitySpecs[entity].fields;
}
