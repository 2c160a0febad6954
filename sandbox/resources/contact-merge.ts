import type { KeapTables, TableName } from "../account";
import type { Call } from "../http/call";
import { badRequest } from "../http/errors";
import { findBy } from "../indexes";
import type { ContactEmail, ContactRecord } from "../records";
import { applyTag, putRecord, removeRecord, removeTag } from "../state";
import * as s from "./shared";

function joinSlots<T extends { field: string }>(
  kept: T[] | undefined,
  moved: T[] | undefined,
  slots: readonly string[],
  same: (a: T, b: T) => boolean,
): T[] | undefined {
  const out = [...(kept ?? [])];
  for (const item of moved ?? []) {
    if (out.some((one) => same(one, item))) continue;
    const free = [item.field, ...slots].find((slot) => !out.some((one) => one.field === slot));
    if (free) out.push({ ...item, field: free });
  }
  return out.length > 0 ? out : undefined;
}

/**
 * Merges the duplicate into the survivor: the survivor's values win, its gaps are filled, lists take free slots,
 * children move, memberships keep the earlier applied time, and the duplicate's id is gone.
 */
export function mergeContacts(call: Call, survivorId: string, duplicateId: string): ContactRecord {
  const { account } = call;
  if (survivorId === duplicateId)
    throw badRequest("contact_id and duplicate_contact_id must differ", "duplicate_contact_id");
  const survivor = s.requireRef(account.contacts, survivorId, "contact_id");
  const duplicate = s.requireRef(account.contacts, duplicateId, "duplicate_contact_id");
  const mode = call.switches.merge_hooks;

  const move = <T extends TableName>(table: T, rows: KeapTables[T][]) => {
    for (const row of rows)
      putRecord(account, table, { ...row, contact_id: survivorId } as KeapTables[T], { quiet: true });
  };
  move("orders", findBy(account, "orders.contact_id", duplicateId));
  move("payments", findBy(account, "payments.contact_id", duplicateId));
  move("transactions", findBy(account, "transactions.contact_id", duplicateId));
  move("paymentMethods", findBy(account, "paymentMethods.contact_id", duplicateId));
  move("subscriptions", findBy(account, "subscriptions.contact_id", duplicateId));
  move("opportunities", findBy(account, "opportunities.contact_id", duplicateId));
  move("notes", findBy(account, "notes.contact_id", duplicateId));
  move("tasks", findBy(account, "tasks.contact_id", duplicateId));
  move("appointments", findBy(account, "appointments.contact_id", duplicateId));
  move("emails", findBy(account, "emails.contact_id", duplicateId));
  move("affiliates", findBy(account, "affiliates.contact_id", duplicateId));
  move("referrals", findBy(account, "referrals.contact_id", duplicateId));
  for (const link of findBy(account, "contactLinks.contact_id", duplicateId)) {
    const other = link.contact1_id === duplicateId ? link.contact2_id : link.contact1_id;
    if (other === survivorId) removeRecord(account, "contactLinks", Number(link.id));
    else putRecord(account, "contactLinks", { ...link, contact1_id: survivorId, contact2_id: other });
  }
  moveTags(call, Number(survivorId), Number(duplicateId));

  const merged: ContactRecord = {
    ...duplicate,
    ...survivor,
    email_addresses: joinSlots<ContactEmail>(
      survivor.email_addresses,
      duplicate.email_addresses,
      s.emailFields.slice(1),
      (a, z) => a.email.toLowerCase() === z.email.toLowerCase(),
    ),
    phone_numbers: joinSlots(
      survivor.phone_numbers,
      duplicate.phone_numbers,
      s.phoneFields.slice(1),
      (a, z) => a.number === z.number,
    ),
    addresses: joinSlots(
      survivor.addresses as { field: string }[],
      duplicate.addresses as { field: string }[],
      s.addressFields.slice(1),
      (a, z) => JSON.stringify({ ...a, field: "" }) === JSON.stringify({ ...z, field: "" }),
    ) as ContactRecord["addresses"],
    custom_fields: [
      ...(survivor.custom_fields ?? []),
      ...(duplicate.custom_fields ?? []).filter(
        (one) => !survivor.custom_fields?.some((held) => held.id === one.id),
      ),
    ],
    update_time: call.now,
  };
  for (const name of ["email_addresses", "phone_numbers", "addresses"] as const)
    if (!merged[name]) delete merged[name];
  if (merged.custom_fields?.length === 0) delete merged.custom_fields;
  removeRecord(account, "contacts", Number(duplicateId), { quiet: mode !== "delete_and_edit" });
  return putRecord(account, "contacts", merged, { quiet: mode === "none" });
}

function moveTags(call: Call, survivorId: number, duplicateId: number): void {
  const { account } = call;
  for (const [tagId, time] of [...(account.contactTags.get(duplicateId) ?? [])]) {
    const held = account.contactTags.get(survivorId)?.get(tagId);
    const first = held === undefined || time < held ? time : held;
    removeTag(account, duplicateId, tagId, { quiet: true });
    if (held !== first) {
      if (held !== undefined) removeTag(account, survivorId, tagId, { quiet: true });
      applyTag(account, survivorId, tagId, first, { quiet: true });
    }
  }
}
