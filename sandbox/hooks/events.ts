import type { AccountChange, ChangedThing, KeapAccount } from "../account";
import type { OpportunityRecord, OrderPaymentRecord, OrderRecord, TaskRecord } from "../records";

/** Union of the event keys that public code lists; per tenant, so a client reads the endpoint. */
export const eventKeys = [
  "appointment.add",
  "appointment.edit",
  "appointment.delete",
  "company.add",
  "company.edit",
  "company.delete",
  "contact.add",
  "contact.edit",
  "contact.delete",
  "contact.redact",
  "contactGroup.add",
  "contactGroup.edit",
  "contactGroup.delete",
  "contactGroup.applied",
  "contactGroup.removed",
  "invoice.add",
  "invoice.edit",
  "invoice.delete",
  "invoice.payment.add",
  "invoice.payment.edit",
  "invoice.payment.delete",
  "leadsource.add",
  "leadsource.edit",
  "leadsource.delete",
  "note.add",
  "note.edit",
  "note.delete",
  "opportunity.add",
  "opportunity.edit",
  "opportunity.delete",
  "opportunity.stage_move",
  "order.add",
  "order.edit",
  "order.delete",
  "product.add",
  "product.edit",
  "product.delete",
  "subscription.add",
  "subscription.edit",
  "subscription.delete",
  "task.add",
  "task.edit",
  "task.delete",
  "task.complete",
  "task.incomplete",
  "user.activate",
  "user.add",
  "user.edit",
] as const;

export interface HookEvent {
  eventKey: string;
  id: number;
  /** contactGroup.applied and .removed: the contact. */
  contactId?: number;
}

/** Tables whose records have add, edit and delete events. Everything else (mail, opt status, fields, affiliates …) has none. */
const objects: Partial<Record<ChangedThing, string>> = {
  contacts: "contact",
  companies: "company",
  tags: "contactGroup",
  orders: "order",
  orderPayments: "invoice.payment",
  leadSources: "leadsource",
  notes: "note",
  tasks: "task",
  opportunities: "opportunity",
  products: "product",
  subscriptions: "subscription",
  users: "user",
  appointments: "appointment",
};

const known = new Set<string>(eventKeys);

/** The hook events of one change. */
export function eventsOf(account: KeapAccount, change: AccountChange): HookEvent[] {
  if (change.quiet) return [];
  const id = Number(change.id);
  if (change.table === "contactTags") {
    return [
      {
        eventKey: `contactGroup.${change.action === "add" ? "applied" : "removed"}`,
        id: Number(change.tagId),
        contactId: id,
      },
    ];
  }
  const object = objects[change.table];
  if (!object) return [];
  const events: HookEvent[] = [{ eventKey: `${object}.${change.action}`, id }];
  if (change.table === "orders") {
    const order = (change.after ?? change.before) as OrderRecord;
    events.push({ eventKey: `invoice.${change.action}`, id: Number(order.invoice_id) });
  }
  if (change.table === "orderPayments") {
    const order = account.orders.get(
      Number(((change.after ?? change.before) as OrderPaymentRecord).order_id),
    );
    if (order) events.push({ eventKey: "invoice.edit", id: Number(order.invoice_id) });
  }
  if (change.table === "tasks" && change.action === "edit") {
    const [before, after] = [change.before as TaskRecord, change.after as TaskRecord];
    if (before.completed !== after.completed)
      events.push({ eventKey: after.completed ? "task.complete" : "task.incomplete", id });
  }
  if (change.table === "opportunities" && change.action === "edit") {
    const [before, after] = [change.before as OpportunityRecord, change.after as OpportunityRecord];
    if (before.stage_id !== after.stage_id) events.push({ eventKey: "opportunity.stage_move", id });
  }
  return events.filter((event) => known.has(event.eventKey));
}

/** Milliseconds from the change to the first attempt: 30–60 s, for tag events 5–10 minutes; or one second, to watch it. */
export function firstDelayMs(
  eventKey: string,
  chance: number,
  delay: "documented" | "prompt" = "documented",
): number {
  if (delay === "prompt") return 1_000;
  const slow = eventKey === "contactGroup.applied" || eventKey === "contactGroup.delete";
  return slow ? 300_000 + chance * 300_000 : 30_000 + chance * 30_000;
}
