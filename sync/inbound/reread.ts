import type { RunContext } from "../context";
import type { KeapClient } from "../keap/client";
import { isKeapError, KeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import { leadSourceFromWire, productFromWire, tagFromWire, userFromWire } from "../mapping/catalog-records";
import { orderFromWire, paymentFromWire, subscriptionFromWire } from "../mapping/commerce";
import { companyFromWire } from "../mapping/company";
import { contactFromWire } from "../mapping/contact";
import type { EntityName, MapContext, MappedRow } from "../mapping/types";
import { isPaused } from "../operations/switches";
import type { Rereads, SyncState } from "../store";
import { applyPage, readTime } from "./apply";
import { findMerged } from "./merges";
import { peopleSharing } from "./shared-addresses";
import { type MappedPage, mapPage } from "./streams";
import { keepVanished } from "./vanished";

/** Reading single records again by their ids: for hooks, for the orders of payments that moved, for what seems gone. */

/** What a run that reads carries along. */
export interface Reading {
  context: RunContext;
  state: SyncState;
  result: { changed: Record<string, number>; read: number };
  /** Orders to be read again, with their payments. */
  rereads: Rereads;
  /** These records are read for others who share an address with them. */
  sharing?: true;
}

export interface ById {
  /** Up to 100 records; those that do not exist are not in the answer. */
  list: (keap: KeapClient, mapping: MapContext, ids: readonly number[]) => Promise<MappedPage>;
  /** One record; rejects with `not_found` when there is none. */
  get: (keap: KeapClient, id: string) => Promise<unknown>;
}

/** Tables whose records can be read by id. A hook for another table makes its poll due at once. */
export const byId: Partial<Record<EntityName, ById>> = {
  contacts: {
    list: async (keap, mapping, ids) =>
      mapPage(await keap.contacts.list({ filter: { ids } }), (wire) => contactFromWire(wire, mapping)),
    get: (keap, id) => keap.contacts.get(id, { fields: ["id"] }),
  },
  companies: {
    // the single answer shows no times: the list does, one id a call
    async list(keap, mapping, ids) {
      const found: MappedPage = { rows: [], rejected: [], nextPageToken: null };
      for (const id of ids) {
        const page = mapPage(await keap.companies.list({ filter: { company_id: id } }), (wire) =>
          companyFromWire(wire, mapping),
        );
        found.rows.push(...page.rows);
        found.rejected.push(...page.rejected);
      }
      return found;
    },
    get: (keap, id) => keap.companies.get(id),
  },
  tags: {
    list: async (keap, _mapping, ids) =>
      mapPage(await keap.tags.list({ filter: { tag_ids: ids } }), tagFromWire),
    get: (keap, id) => keap.tags.get(id),
  },
  products: {
    list: async (keap, mapping, ids) =>
      mapPage(await keap.products.list({ filter: { product_ids: ids } }), (wire) =>
        productFromWire(wire, mapping),
      ),
    get: (keap, id) => keap.products.get(id),
  },
  subscriptions: {
    list: async (keap, mapping, ids) =>
      mapPage(await keap.subscriptions.list({ filter: { ids } }), (wire) =>
        subscriptionFromWire(wire, mapping),
      ),
    get: (keap, id) => keap.subscriptions.get(id),
  },
  orders: {
    list: async (keap, mapping, ids) =>
      mapPage(await keap.orders.list({ filter: { ids } }), (wire) => orderFromWire(wire, mapping)),
    get: (keap, id) => keap.orders.get(id),
  },
  payments: {
    list: async (keap, mapping, ids) =>
      mapPage(await keap.payments.list({ filter: { ids } }), (wire) => paymentFromWire(wire, mapping)),
    // Keap has no call for one payment
    get: async (keap, id) => {
      const { items, rejected } = await keap.payments.list({ filter: { ids: [id] } });
      if (items.length + rejected.length === 0) throw noPayment(id);
      return items[0];
    },
  },
  users: {
    list: async (keap, _mapping, ids) =>
      mapPage(
        await keap.users.list({
          filter: { user_ids: ids, include_inactive: true, include_partners: true },
          pageSize: 100,
        }),
        userFromWire,
      ),
    get: (keap, id) => keap.users.get(id),
  },
  lead_sources: {
    async list(keap, _mapping, ids) {
      const items = [];
      for (const id of ids) {
        try {
          items.push(await keap.leadSources.get(String(id)));
        } catch (cause) {
          if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
        }
      }
      // a lead source names its category by id alone
      const categories = items.some((one) => one.lead_source_category_id)
        ? (await keap.leadSourceCategories.list()).items
        : [];
      const names = new Map(categories.map((one) => [String(one.id), one.name ?? ""]));
      return mapPage({ items, rejected: [], nextPageToken: null }, (wire) => leadSourceFromWire(wire, names));
    },
    get: (keap, id) => keap.leadSources.get(id),
  },
};

function noPayment(id: string): KeapError {
  return new KeapError({
    kind: "not_found",
    operation: "GET /v2/sales/payments",
    message: `Keap has no payment ${id}.`,
  });
}

export function count(result: Reading["result"], entity: string, changed: number): void {
  if (changed > 0) result.changed[entity] = (result.changed[entity] ?? 0) + changed;
}

export async function storePage(
  reading: Reading,
  entity: EntityName,
  rows: readonly MappedRow[],
  page: Parameters<typeof applyPage>[3],
): Promise<void> {
  const { context, state, result, rereads } = reading;
  result.read += rows.length;
  // before the page, which moves the watermark: a kill in between reads them again
  if (!reading.sharing && !isPaused(state, "contacts"))
    await readById({ ...reading, sharing: true }, "contacts", await peopleSharing(context, entity, rows));
  const { keap, mapping } = context;
  const kept = await keepVanished(
    context,
    entity,
    rows,
    async (ids) => (await byId[entity]?.list(keap, mapping, ids)) ?? { rows: [] },
  );
  const stored = await applyPage(context, entity, kept, page, state.policies);
  count(result, entity, stored.inserted + stored.updated + stored.removed + stored.to_plan.length);
  Object.assign(rereads, stored.rereads);
}

/** Reads records by id and stores them. Answers the ids that Keap has, whether or not they could be stored. */
export async function readById(
  reading: Reading,
  entity: EntityName,
  ids: readonly number[],
): Promise<Set<number>> {
  const { context } = reading;
  const reader = byId[entity];
  if (!reader) throw new Error(`The records of ${entity} cannot be read by id.`);
  const found = new Set<number>();
  for (const batch of inBatches([...new Set(ids)])) {
    const readAt = await readTime(context, entity);
    const page = await reader.list(context.keap, context.mapping, batch);
    for (const row of page.rows) found.add(row.keap_id ?? 0);
    for (const one of page.rejected) found.add(Number(one.key));
    await storePage(reading, entity, page.rows, {
      rejected: page.rejected,
      readAt,
      ...(entity === "orders" ? { rereads: "changed" as const } : {}),
    });
  }
  return found;
}

/** So many at once are not housekeeping but a disaster, or a list that was cut: a person must look first. */
export class MassDelete extends Error {
  override readonly name = "MassDelete";
  readonly cure =
    "Nothing was deleted here. If they were deleted in Keap on purpose, approve it on the sync page; if not, reject it and restore them in Keap. The sync goes on by itself then.";
  constructor(
    missing: number,
    readonly entity: string,
  ) {
    super(`${missing} ${entity} that were in Keap are not found there any more.`);
  }
}

/**
 * Records that a list no longer names. "Not seen" is not "deleted": each is asked for by id, in a list and then alone,
 * and only what Keap answers with "not found" is taken for gone.
 */
export async function confirmAbsent(
  reading: Reading,
  entity: EntityName,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0 || !byId[entity]) return;
  const found = await readById(reading, entity, ids);
  await confirmGone(
    reading,
    entity,
    ids.filter((one) => !found.has(one)),
  );
}

/** Of records a list by id did not hold: those that Keap says do not exist, with what follows from that. */
export async function confirmGone(
  reading: Reading,
  entity: EntityName,
  missing: readonly number[],
): Promise<number[]> {
  const { context, result } = reading;
  const { keap, store, accountId, runId, hooks } = context;
  const reader = byId[entity];
  if (missing.length === 0 || !reader) return [];
  const { allowed } = await store.guardGone(accountId, entity, missing, runId);
  if (!allowed) throw new MassDelete(missing.length, entity);
  const gone: number[] = [];
  for (const id of missing) {
    try {
      await reader.get(keap, String(id));
    } catch (cause) {
      if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      gone.push(id);
    }
  }
  if (gone.length === 0) return gone;
  const hung = entity === "contacts" && hooks ? await hooks.recordsOfContacts(accountId, gone) : {};
  const merges =
    Object.keys(hung).length > 0 ? await findMerged(reading, gone, hung, { readById, confirmGone }) : null;
  count(result, entity, await store.confirmGoneKeys(accountId, entity, gone.map(String), runId));
  await merges?.follow();
  return gone;
}

/**
 * A refund or void made in Keap also shows on the payment it undoes and in the order's totals, and whether those come
 * up in any list of changes is not documented. So the orders of every payment that moved are read again by id: first
 * their payments, then they themselves, so that a refund made in between is still to come with the payments' list.
 * Answers the orders Keap has.
 */
export async function rereadOrders(reading: Reading): Promise<Set<number>> {
  const { context, state, rereads } = reading;
  const copied = (entity: EntityName) =>
    state.cursors.some((one) => one.entity === entity && one.stream === "backfill" && one.state === "done");
  const found = new Set<number>();
  if (!copied("orders") || !copied("payments")) return found;
  const { keap, mapping } = context;
  for (const ids of inBatches(Object.keys(rereads).map(Number))) {
    let pageToken: string | null = null;
    do {
      const answer: Awaited<ReturnType<typeof keap.payments.list>> = await keap.payments.list({
        filter: { order_ids: ids },
        pageToken,
      });
      const page = mapPage(answer, (wire) => paymentFromWire(wire, mapping));
      await storePage(reading, "payments", page.rows, { rejected: page.rejected, rereads: "changed" });
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    // what is pushed while the page is on its way must not be undone by it
    const readAt = await readTime(context, "orders");
    const page = mapPage(await keap.orders.list({ filter: { ids } }), (wire) => orderFromWire(wire, mapping));
    for (const row of page.rows) found.add(row.keap_id ?? 0);
    for (const one of page.rejected) found.add(Number(one.key));
    const answersRereads = Object.fromEntries(ids.map((id) => [String(id), rereads[id] ?? ""]));
    await storePage(reading, "orders", page.rows, {
      rejected: page.rejected,
      rereads: "changed",
      answersRereads,
      readAt,
    });
    for (const id of ids) delete rereads[id];
  }
  return found;
}
