import type { Json, Values } from "../../mapping/types";
import { markDirty } from "./marks";
import { letGo, resolveReferences } from "./references";
import {
  copy,
  type LinkRow,
  linkKey,
  type MemoryState,
  markKey,
  newId,
  type Row,
  sameJson,
  shadowOfRecord,
  tableOf,
} from "./state";

/** What people and programs do to the tables: the same as SQL through the capture triggers. One call, one transaction. */

const emptyObjects = new Set([
  "email_addresses",
  "phone_numbers",
  "addresses",
  "fax_numbers",
  "social_accounts",
  "custom_fields",
]);

export function insertRow(
  state: MemoryState,
  account: string,
  entity: string,
  values: Values,
  origin = "sql",
  id = newId(state),
): string {
  const at = state.now();
  const row: Row = {
    supabase_id: id,
    account_id: account,
    keap_id: null,
    version: 1,
    sync_status: "pending",
    sync_error: null,
    last_synced_at: null,
    last_modified_by: origin,
    last_updated_at: at,
    deleted_at: null,
    keap_created_at: null,
    keap_updated_at: null,
    values: { ...copy(values), ...resolveReferences(state, account, entity, values, null) },
  };
  tableOf(state, entity).set(id, row);
  markDirty(
    state,
    { account_id: account, entity, record_id: id, other_id: null, origin, operation: "insert" },
    at,
  );
  return id;
}

/** Sets columns of a row; a change to what it already holds is none. */
export function updateRow(
  state: MemoryState,
  entity: string,
  id: string,
  values: Values,
  origin = "sql",
): boolean {
  const row = tableOf(state, entity).get(id);
  if (!row) return false;
  const changed = Object.entries(values).some(
    ([column, value]) => !sameJson(row.values[column] ?? (emptyObjects.has(column) ? {} : null), value),
  );
  if (!changed) return false;
  const at = state.now();
  const next = { ...row.values, ...copy(values) };
  row.values = { ...next, ...resolveReferences(state, row.account_id, entity, next, row.values) };
  touch(state, entity, row, origin, at);
  return true;
}

function touch(state: MemoryState, entity: string, row: Row, origin: string, at: number): void {
  row.version += 1;
  row.last_updated_at = at;
  row.last_modified_by = origin;
  row.sync_status = "pending";
  row.sync_error = null;
  if (shadowOfRecord(state, entity, row.supabase_id)?.row_version !== row.version)
    markDirty(
      state,
      {
        account_id: row.account_id,
        entity,
        record_id: row.supabase_id,
        other_id: null,
        origin,
        operation: "update",
      },
      at,
    );
}

/** `delete from …`: memberships go along. */
export function deleteRow(state: MemoryState, entity: string, id: string, origin = "sql"): boolean {
  const row = tableOf(state, entity).get(id);
  if (!row) return false;
  const at = state.now();
  tableOf(state, entity).delete(id);
  if (entity === "contacts" || entity === "tags")
    for (const link of [...state.links.values()])
      if (link[entity === "contacts" ? "contact_id" : "tag_id"] === id)
        dropLink(state, link, origin, at, row);
  if (shadowOfRecord(state, entity, id))
    markDirty(
      state,
      { account_id: row.account_id, entity, record_id: id, other_id: null, origin, operation: "delete" },
      at,
    );
  // never known to Keap: nothing is left to say
  else state.dirty.delete(markKey(row.account_id, entity, id, null));
  const { gone, edited } = letGo(state, entity, id);
  for (const one of gone) deleteRow(state, one.entity, one.id, origin);
  for (const one of edited) touch(state, one.entity, one.row, origin, at);
  return true;
}

function dropLink(state: MemoryState, link: LinkRow, origin: string, at: number, _parent?: Row): void {
  state.links.delete(linkKey(link.contact_id, link.tag_id));
  const members = shadowOfRecord(state, "contacts", link.contact_id)?.members;
  if (link.tag_keap_id !== null && members?.includes(link.tag_keap_id))
    markLink(state, link, origin, "delete", at);
}

function markLink(
  state: MemoryState,
  link: Pick<LinkRow, "account_id" | "contact_id" | "tag_id">,
  origin: string,
  operation: "insert" | "update" | "delete",
  at: number,
): void {
  markDirty(
    state,
    {
      account_id: link.account_id,
      entity: "contact_tags",
      record_id: link.contact_id,
      other_id: link.tag_id,
      origin,
      operation,
    },
    at,
  );
}

/** Puts a tag on a person, or takes it off. */
export function setMember(
  state: MemoryState,
  contactId: string,
  tagId: string,
  present: boolean,
  origin = "sql",
): boolean {
  const contact = tableOf(state, "contacts").get(contactId);
  const tag = tableOf(state, "tags").get(tagId);
  if (!contact || !tag) return false;
  const known = state.links.get(linkKey(contactId, tagId));
  if (!known && !present) return false;
  if (known && (known.removed_at === null) === present) return false;
  const at = state.now();
  const members = shadowOfRecord(state, "contacts", contactId)?.members ?? [];
  const link: LinkRow = known ?? {
    account_id: contact.account_id,
    contact_id: contactId,
    tag_id: tagId,
    contact_keap_id: contact.keap_id,
    tag_keap_id: tag.keap_id,
    applied_at: null,
    removed_at: null,
    version: 0,
    sync_status: "pending",
    sync_error: null,
    last_modified_by: origin,
    last_updated_at: at,
  };
  link.removed_at = present ? null : at;
  link.version += 1;
  link.sync_status = "pending";
  link.sync_error = null;
  link.last_modified_by = origin;
  link.last_updated_at = at;
  state.links.set(linkKey(contactId, tagId), link);
  if (present !== (link.tag_keap_id !== null && members.includes(link.tag_keap_id)))
    markLink(state, link, origin, known ? "update" : "insert", at);
  return true;
}

export type { Json };
