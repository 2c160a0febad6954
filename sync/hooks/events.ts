import type { EntityName } from "../mapping/types";

/**
 * What is done when Keap says that something happened. The id of a delivery is all that is used of it.
 * - `records`: read these records of the table again by id.
 * - `tag_applied`, `tag_removed`: the id is the tag; whom it concerns is read from Keap.
 * - `invoices`, `invoice_payments`: the id leads to an order, which is read again with its payments.
 * - `redact`: the person is to be forgotten.
 */
export type HookWork =
  | { kind: "records"; entity: EntityName }
  | { kind: "tag_applied" | "tag_removed" | "invoices" | "invoice_payments" | "redact" };

export interface HookEvent {
  work: HookWork;
  /** Tables whose changes may be missed while the subscription is silent: they are read from their watermarks. */
  tables: readonly string[];
}

const records = (entity: string, ...more: string[]): HookEvent => ({
  work: { kind: "records", entity: entity as EntityName },
  tables: [entity, ...more],
});
const each = (object: string, actions: readonly string[], event: HookEvent): [string, HookEvent][] =>
  actions.map((action) => [`${object}.${action}`, event]);
const changes = ["add", "edit", "delete"] as const;

/** Every event we subscribe to, where the tenant offers it. Source of the names: Keap API reference, section 13. */
export const hookEvents: Readonly<Record<string, HookEvent>> = Object.fromEntries([
  ...each("contact", changes, records("contacts", "contact_tags")),
  ["contact.redact", { work: { kind: "redact" }, tables: ["contacts", "contact_tags"] }],
  ...each("contactGroup", changes, records("tags", "contact_tags")),
  ["contactGroup.applied", { work: { kind: "tag_applied" }, tables: ["contact_tags"] }],
  ["contactGroup.removed", { work: { kind: "tag_removed" }, tables: ["contact_tags"] }],
  ...each("company", changes, records("companies")),
  ...each("order", changes, records("orders", "payments", "transactions")),
  ...each("invoice", changes, { work: { kind: "invoices" }, tables: ["orders", "payments", "transactions"] }),
  ...each("invoice.payment", changes, {
    work: { kind: "invoice_payments" },
    tables: ["orders", "payments", "transactions"],
  }),
  ...each("subscription", changes, records("subscriptions")),
  ...each("product", changes, records("products", "subscription_plans")),
  ...each("opportunity", [...changes, "stage_move"], records("opportunities", "stage_moves")),
  ...each("note", changes, records("notes")),
  ...each("task", [...changes, "complete", "incomplete"], records("tasks")),
  ...each("appointment", changes, records("appointments")),
  ...each("leadsource", changes, records("lead_sources")),
  ...each("user", ["activate", "add", "edit"], records("users")),
] as [string, HookEvent][]);

export const wantedEvents: readonly string[] = Object.keys(hookEvents);
