import type { EntityName, Json, MappedRow, Values } from "../../mapping/types";
import type { PageContext, PageResult, ToPlan } from "../../store";
import { adoptOrphans, parentsOf } from "./references";
import {
  copy,
  keyOf,
  linkKey,
  type MemoryState,
  markKey,
  newId,
  parentOf,
  type Row,
  readHash,
  rowByKeapId,
  rowValues,
  type Shadow,
  sameJson,
  shadowKey,
  shadowOfRecord,
  tableOf,
} from "./state";

interface PageRow {
  row: MappedRow;
  hash: string;
  shadow: Shadow | undefined;
  record: string;
  known: boolean;
  fresh: boolean;
  stamp: string | null;
  class: "insert" | "update" | "same" | "plan";
  made?: Values;
}

interface ApplyOptions {
  account: string;
  runId: string | null;
  at: number;
  /** When the page was asked for; null: just now. */
  readAt: number | null;
  rereads: PageContext["rereads"];
}

const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

/** `sync.difference`: what the second says otherwise. */
export function difference(from: Values, to: Values): Record<string, Json> {
  const changes: Record<string, Json> = {};
  for (const [key, value] of Object.entries(to))
    if (!(key in from) || !sameJson(from[key], value)) changes[key] = [from[key] ?? null, copy(value)];
  return changes;
}

export function journal(
  state: MemoryState,
  { account, runId, at }: Pick<ApplyOptions, "account" | "runId" | "at">,
  entry: {
    entity: string;
    record_id: string;
    other_id?: string | null;
    keap_id: number | null;
    direction: string;
    action: string;
    origin: string;
    changes: Record<string, Json>;
    detail?: Json;
  },
): void {
  state.journal.push({ account_id: account, run_id: runId, at, other_id: null, ...entry });
}

/** A push is deleting it in Keap just now: a page neither agrees to what Keap holds meanwhile nor brings it back. */
function isBeingDeleted(state: MemoryState, entity: string, shadow: Shadow, at: number): boolean {
  if (shadow.agreed_at === Number.NEGATIVE_INFINITY) return false;
  for (const one of state.intents.values())
    if (
      one.action === "delete" &&
      one.state === "sent" &&
      one.record_id === shadow.record_id &&
      one.entity === entity &&
      one.created_at > at - 120_000
    )
      return true;
  return false;
}

function openPage(
  state: MemoryState,
  entity: string,
  rows: readonly MappedRow[],
  { account, readAt, at }: ApplyOptions,
): PageRow[] {
  const asked = readAt ?? Number.POSITIVE_INFINITY;
  const last = new Map(rows.map((row) => [row.key, row]));
  return [...last.values()].map((row) => {
    const hash = readHash(row);
    const shadow = state.shadows.get(shadowKey(account, entity, row.key));
    const late =
      shadow !== undefined && (shadow.agreed_at > asked || isBeingDeleted(state, entity, shadow, at));
    // read before it went away: it does not come back by that
    const buried = !shadow && (state.tombstones.get(shadowKey(account, entity, row.key))?.at ?? 0) > asked;
    return {
      row,
      hash,
      shadow,
      record: shadow?.record_id ?? newId(state),
      known: shadow !== undefined,
      fresh: buried || (shadow !== undefined && (shadow.k_hash === hash || late)),
      stamp: (shadow?.keap_updated_at ?? null) !== row.updated_at && !late ? row.updated_at : null,
      class: "insert",
    };
  });
}

/** `sync.apply_rows`. */
export function applyRows(
  state: MemoryState,
  entity: EntityName,
  rows: readonly MappedRow[],
  options: ApplyOptions,
): PageResult {
  return applyOpened(state, entity, openPage(state, entity, rows, options), options);
}

function applyOpened(
  state: MemoryState,
  entity: EntityName,
  page: PageRow[],
  options: ApplyOptions,
): PageResult {
  const { account, at } = options;
  const table = tableOf(state, entity);
  const result: PageResult = {
    inserted: 0,
    updated: 0,
    unchanged: 0,
    removed: 0,
    rejected: [],
    to_plan: [],
  };
  for (const one of page) {
    if (!one.fresh || one.stamp === null || !one.shadow) continue;
    const row = table.get(one.record);
    if (row) row.keap_updated_at = one.stamp;
    one.shadow.keap_updated_at = one.stamp;
  }
  if (entity === "orders" || entity === "payments" || entity === "transactions")
    markRereads(state, entity, page, options);
  const total = page.length;
  const open = page.filter((one) => !one.fresh);
  if (open.length === 0) return { ...result, unchanged: total };

  for (const one of open) classify(state, entity, one, options);
  for (const one of open) {
    if (one.class === "insert") insertRow(state, entity, one, options);
    else if (one.class === "update") updateRow(state, entity, one, options);
    else if (one.shadow) {
      one.shadow.k_hash = one.hash;
      one.shadow.keap_updated_at = one.stamp ?? one.shadow.keap_updated_at;
      if (one.class === "plan") one.shadow.keap = copy(one.row.values);
    }
    if (one.class === "insert" || one.class === "update")
      state.tombstones.delete(shadowKey(account, entity, one.row.key));
  }
  result.inserted = open.filter((one) => one.class === "insert").length;
  result.updated = open.filter((one) => one.class === "update").length;

  if (entity === "contacts") {
    const moved = open.filter((one) => {
      const shadow = state.shadows.get(shadowKey(account, entity, one.row.key));
      return (
        one.class !== "insert" &&
        one.row.members &&
        shadow &&
        !sameJson(shadow.members ?? [], one.row.members)
      );
    });
    applyMembers(
      state,
      moved.map((one) => ({ contact: one.record, members: one.row.members ?? [] })),
      { ...options, first: false },
    );
  }
  for (const [child, parent] of Object.entries(parentOf))
    if (parent?.entity === entity)
      applyChildren(state, child as EntityName, parent.column, open, options, result);

  if (result.inserted > 0)
    adoptOrphans(
      state,
      account,
      entity,
      open
        .filter((one) => one.class === "insert")
        .map((one) => ({ id: one.record, keap_id: one.row.keap_id })),
    );
  if (entity === "tags" && result.inserted > 0) {
    const arrived = new Set(
      open.filter((one) => one.class === "insert").map((one) => one.row.keap_id ?? Number.NaN),
    );
    const waiting = [...state.shadows.values()].filter(
      (one) =>
        one.account_id === account &&
        one.entity === "contacts" &&
        one.members_waiting?.some((tag) => arrived.has(tag)),
    );
    applyMembers(
      state,
      waiting.map((one) => ({
        contact: one.record_id,
        members: [...(one.members ?? []), ...(one.members_waiting ?? [])],
      })),
      { ...options, first: false },
    );
  }
  for (const one of open) {
    if (one.class !== "plan") continue;
    const row = table.get(one.record);
    if (!row) continue;
    result.to_plan.push({
      entity,
      record_id: one.record,
      key: one.row.key,
      seen: copy(one.row),
      base: copy(one.shadow?.base ?? null),
      made: copy(one.made ?? null),
      row: rowValues(row),
      version: row.version,
    } satisfies ToPlan);
  }
  const planned = open.filter((one) => one.class === "plan").length;
  result.unchanged = total - result.inserted - result.updated - planned;
  void at;
  return result;
}

function classify(state: MemoryState, entity: string, one: PageRow, options: ApplyOptions): void {
  const { account } = options;
  const table = tableOf(state, entity);
  if (one.shadow) {
    const row = table.get(one.record);
    if (!row) {
      if (staysGone(state, entity, one, options)) one.class = "same";
      return;
    }
    one.class = sameJson(one.shadow.base, one.row.values)
      ? "same"
      : one.shadow.row_version === row.version
        ? "update"
        : "plan";
    return;
  }
  for (const row of table.values()) {
    if (row.account_id !== account) continue;
    if (entity !== "transactions" && entity !== "email_addresses_status" && row.keap_id !== one.row.keap_id)
      continue;
    if (keyOf(entity, row) !== one.row.key) continue;
    one.record = row.supabase_id;
    one.class = row.deleted_at === null ? "plan" : "update";
    return;
  }
  for (const intent of [...state.intents.values()].reverse()) {
    if (intent.account_id !== account || intent.entity !== entity || intent.action !== "create") continue;
    if (intent.state !== "sent" && intent.state !== "unknown") continue;
    const row = table.get(intent.record_id);
    if (!row || row.keap_id !== null || row.deleted_at !== null) continue;
    if (!answersCreate(entity, intent.marker, intent.fields, one.row.values)) continue;
    one.record = row.supabase_id;
    one.class = "plan";
    if (entity !== "tags") one.made = intent.fields;
    return;
  }
}

/** Deleted here, and Keap shows it with its lines as agreed: what becomes of it is the push's to say. */
function staysGone(
  state: MemoryState,
  entity: string,
  { shadow, row, record }: PageRow,
  { account, readAt }: ApplyOptions,
): boolean {
  const asked = readAt ?? Number.POSITIVE_INFINITY;
  const mark = state.dirty.get(markKey(account, entity, record, null));
  if (!shadow || mark?.operation !== "delete") return false;
  // to be brought back, whatever it holds
  if (shadow.agreed_at === Number.NEGATIVE_INFINITY) return false;
  if (!sameJson(shadow.base, row.values)) return false;
  if (row.members && !sameJson(shadow.members ?? [], row.members)) return false;
  return Object.entries(row.children ?? {}).every(([child, lines]) =>
    (lines ?? []).every((line) => {
      const known = state.shadows.get(shadowKey(account, child, line.key));
      return known !== undefined && (known.agreed_at > asked || sameJson(known.base, line.values));
    }),
  );
}

/** A record that comes back brings its lines along: else what is marked as deleted here would be deleted in Keap. */
function returnLines(state: MemoryState, child: EntityName, open: readonly PageRow[], account: string): void {
  for (const one of open) {
    if (one.class !== "insert" || !one.known) continue;
    for (const line of one.row.children?.[child] ?? []) {
      const shadow = state.shadows.get(shadowKey(account, child, line.key));
      if (shadow && !tableOf(state, child).has(shadow.record_id))
        Object.assign(shadow, { k_hash: "", agreed_at: Number.NEGATIVE_INFINITY });
    }
  }
}

const knownByName: readonly string[] = ["tags", "tag_categories", "lead_sources", "products"];

/** `sync.answers_create`. */
function answersCreate(entity: string, marker: string | null, fields: Values, values: Values): boolean {
  if (knownByName.includes(entity)) return fields.name !== undefined && fields.name === values.name;
  if (entity === "order_items")
    return (
      "order_keap_id" in fields &&
      Object.entries(fields).every(([column, value]) => sameJson(value, values[column] ?? null))
    );
  return marker !== null && Object.values((values.custom_fields ?? {}) as Values).includes(marker);
}

function insertRow(state: MemoryState, entity: EntityName, one: PageRow, options: ApplyOptions): void {
  const { account, at, readAt } = options;
  const { row, record } = one;
  const unknown = new Set((row.members ?? []).filter((tag) => !rowByKeapId(state, account, "tags", tag)));
  state.shadows.set(shadowKey(account, entity, row.key), {
    account_id: account,
    entity,
    key: row.key,
    keap_id: row.keap_id,
    record_id: record,
    base: copy(row.values),
    keap: null,
    k_hash: one.hash,
    members: row.members ? sorted(row.members.filter((tag) => !unknown.has(tag))) : null,
    members_waiting: unknown.size > 0 ? [...unknown] : null,
    row_version: 1,
    keap_updated_at: row.updated_at,
    agreed_at: readAt ?? at,
  });
  journal(state, options, {
    entity,
    record_id: record,
    keap_id: row.keap_id,
    direction: "in",
    action: one.known ? "restore" : "create",
    origin: "keap",
    changes: copy(row.values),
    ...(row.members ? { detail: { members: sorted(row.members.filter((tag) => !unknown.has(tag))) } } : {}),
  });
  const made = newRow(record, account, row, at);
  Object.assign(made.values, parentsOf(state, account, entity, row.values));
  tableOf(state, entity).set(record, made);
  if (one.known) {
    state.dirty.delete(markKey(account, entity, record, null));
    for (const letter of state.letters)
      if (letter.entity === entity && letter.record_id === record && letter.state === "open")
        letter.state = "solved";
  }
  for (const tag of row.members ?? []) {
    const tagRow = rowByKeapId(state, account, "tags", tag);
    if (tagRow) putLink(state, account, record, tagRow.supabase_id, row.keap_id, tag, at);
  }
}

function newRow(record: string, account: string, row: MappedRow, at: number): Row {
  return {
    supabase_id: record,
    account_id: account,
    keap_id: row.keap_id,
    version: 1,
    sync_status: "synced",
    sync_error: null,
    last_synced_at: at,
    last_modified_by: "keap",
    last_updated_at: at,
    deleted_at: null,
    keap_created_at: row.created_at,
    keap_updated_at: row.updated_at,
    values: copy(row.values),
  };
}

function updateRow(state: MemoryState, entity: string, one: PageRow, options: ApplyOptions): void {
  const { account, at, readAt } = options;
  const row = tableOf(state, entity).get(one.record);
  if (!row) return;
  const before = one.shadow;
  journal(state, options, {
    entity,
    record_id: one.record,
    keap_id: one.row.keap_id,
    direction: "in",
    action: one.known ? "update" : "restore",
    origin: "keap",
    changes: before && one.known ? difference(before.base, one.row.values) : copy(one.row.values),
  });
  state.shadows.set(shadowKey(account, entity, one.row.key), {
    account_id: account,
    entity,
    key: one.row.key,
    members: null,
    members_waiting: null,
    ...before,
    keap_id: before?.keap_id ?? one.row.keap_id,
    record_id: one.record,
    base: copy(one.row.values),
    keap: null,
    k_hash: one.hash,
    row_version: row.version + 1,
    keap_updated_at: one.row.updated_at,
    agreed_at: readAt ?? at,
  });
  Object.assign(row, {
    keap_id: one.row.keap_id,
    version: row.version + 1,
    sync_status: "synced",
    sync_error: null,
    last_synced_at: at,
    last_modified_by: "keap",
    last_updated_at: at,
    deleted_at: null,
    keap_created_at: one.row.created_at,
    keap_updated_at: one.row.updated_at,
    values: {
      ...row.values,
      ...copy(one.row.values),
      ...parentsOf(state, account, entity, one.row.values),
    },
  });
}

function putLink(
  state: MemoryState,
  account: string,
  contact: string,
  tag: string,
  contactKeapId: number | null,
  tagKeapId: number,
  at: number,
): void {
  const known = state.links.get(linkKey(contact, tag));
  state.links.set(linkKey(contact, tag), {
    account_id: account,
    contact_id: contact,
    tag_id: tag,
    contact_keap_id: contactKeapId,
    tag_keap_id: tagKeapId,
    applied_at: known && known.removed_at === null ? known.applied_at : null,
    removed_at: null,
    version: (known?.version ?? 0) + 1,
    sync_status: "synced",
    sync_error: null,
    last_modified_by: "keap",
    last_updated_at: at,
  });
}

/** `sync.apply_members`: what Keap's list adds to the base and takes away from it. */
export function applyMembers(
  state: MemoryState,
  contacts: readonly { contact: string; members: readonly number[] }[],
  options: Pick<ApplyOptions, "account" | "runId" | "at"> & { first: boolean },
): number {
  const { account, at } = options;
  let changed = 0;
  for (const { contact, members } of contacts) {
    const shadow = shadowOfRecord(state, "contacts", contact);
    if (!shadow) continue;
    const before = shadow.members;
    const added = [...new Set(members)].filter((tag) => before === null || !before.includes(tag));
    const gone = (before ?? []).filter((tag) => !members.includes(tag));
    const tagOf = (tag: number) => rowByKeapId(state, account, "tags", tag);
    const waiting = added.filter((tag) => !tagOf(tag));
    shadow.members = sorted([...new Set(members)].filter((tag) => !waiting.includes(tag)));
    shadow.members_waiting = waiting.length > 0 ? waiting : null;
    for (const [tags, isAdded] of [
      [gone, false],
      [added, true],
    ] as const) {
      for (const tag of tags) {
        const row = tagOf(tag);
        if (!row) continue;
        const link = state.links.get(linkKey(contact, row.supabase_id));
        if (isAdded) {
          putLink(state, account, contact, row.supabase_id, shadow.keap_id, tag, at);
          changed += 1;
        } else if (link && link.removed_at === null) {
          Object.assign(link, {
            removed_at: at,
            version: link.version + 1,
            sync_status: "synced",
            sync_error: null,
            last_modified_by: "keap",
            last_updated_at: at,
          });
          changed += 1;
        }
        state.dirty.delete(markKey(account, "contact_tags", contact, row.supabase_id));
        if (!options.first)
          journal(state, options, {
            entity: "contact_tags",
            record_id: contact,
            other_id: row.supabase_id,
            keap_id: shadow.keap_id,
            direction: "in",
            action: isAdded ? "add_member" : "remove_member",
            origin: "keap",
            changes: { tag_keap_id: [isAdded ? null : tag, isAdded ? tag : null] },
          });
      }
    }
  }
  return changed;
}

function applyChildren(
  state: MemoryState,
  child: EntityName,
  parentColumn: string,
  open: readonly PageRow[],
  options: ApplyOptions,
  result: PageResult,
): void {
  returnLines(state, child, open, options.account);
  const rows = open.flatMap((one) => one.row.children?.[child] ?? []);
  const page = openPage(state, child, rows, options);
  const parents = new Set(
    open.filter((one) => one.known && one.row.children?.[child]).map((one) => one.row.keap_id),
  );
  const named = new Set(page.map((one) => one.row.key));
  for (const row of [...tableOf(state, child).values()]) {
    if (row.account_id !== options.account || row.deleted_at !== null) continue;
    if (!parents.has(row.values[parentColumn] as number)) continue;
    const shadow = shadowOfRecord(state, child, row.supabase_id);
    if (!shadow || named.has(shadow.key)) continue;
    // one agreed upon since the page was asked for is not in it
    if (options.readAt !== null && shadow.agreed_at > options.readAt) continue;
    if (shadow.row_version !== row.version) {
      holdGone(state, child, row, options.account);
      continue;
    }
    entomb(state, child, shadow, row, "gone_from_parent", options);
    result.removed += 1;
  }
  if (rows.length > 0) result.to_plan.push(...applyOpened(state, child, page, options).to_plan);
}

/** `sync.hold_gone`: gone from Keap and edited here; it stays, and a person is told. */
export function holdGone(state: MemoryState, entity: string, row: Row, account: string): void {
  const reason = "Deleted in Keap while it was edited here. Decide which side is right.";
  Object.assign(row, { sync_status: "held", sync_error: reason });
  const mark = state.dirty.get(markKey(account, entity, row.supabase_id, null));
  if (!mark) return;
  Object.assign(mark, { state: "held", reason: "Deleted in Keap while it was edited here." });
  const open = state.letters.find(
    (one) =>
      one.account_id === account &&
      one.entity === entity &&
      one.record_id === row.supabase_id &&
      one.other_id === null &&
      one.state === "open",
  );
  if (open) Object.assign(open, { class: "hold", reason });
  else
    state.letters.push({
      letter_id: newId(state),
      account_id: account,
      entity,
      record_id: row.supabase_id,
      other_id: null,
      class: "hold",
      reason,
      state: "open",
    });
}

/** A record that is gone from Keap: its base goes to the tombstone, its row is marked deleted. */
export function entomb(
  state: MemoryState,
  entity: string,
  shadow: Shadow,
  row: Row,
  reason: string,
  options: Pick<ApplyOptions, "account" | "runId" | "at">,
): void {
  const key = shadowKey(options.account, entity, shadow.key);
  if (!state.tombstones.has(key))
    state.tombstones.set(key, { record_id: shadow.record_id, reason, base: shadow.base, at: options.at });
  journal(state, options, {
    entity,
    record_id: shadow.record_id,
    keap_id: shadow.keap_id,
    direction: "in",
    action: "delete",
    origin: "keap",
    changes: copy(shadow.base),
  });
  state.shadows.delete(key);
  Object.assign(row, {
    deleted_at: options.at,
    version: row.version + 1,
    sync_status: "synced",
    ...(reason === "gone_from_parent" ? { sync_error: null } : {}),
    last_synced_at: options.at,
    last_modified_by: "keap",
    last_updated_at: options.at,
  });
  state.dirty.delete(markKey(options.account, entity, shadow.record_id, null));
}

function markRereads(
  state: MemoryState,
  entity: string,
  page: readonly PageRow[],
  { account, at, rereads }: ApplyOptions,
): void {
  if (!rereads) return;
  const marks = state.rereads.get(account) ?? new Map<string, number>();
  state.rereads.set(account, marks);
  for (const one of page) {
    if (rereads !== "all" && one.fresh) continue;
    const orders =
      entity === "orders" ? [one.row.keap_id] : ((one.row.values.order_keap_ids ?? []) as number[]);
    for (const id of orders) if (id !== null) marks.set(String(id), at);
  }
}
