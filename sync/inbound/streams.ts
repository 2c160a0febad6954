import type { KeapClient } from "../keap/client";
import type { Page } from "../keap/pages";
import {
  leadSourceFromWire,
  planFromWire,
  productFromWire,
  tagCategoryFromWire,
  tagFromWire,
  userFromWire,
} from "../mapping/catalog-records";
import {
  orderFromWire,
  paymentFromWire,
  subscriptionFromWire,
  transactionFromWire,
} from "../mapping/commerce";
import { contactFromWire } from "../mapping/contact";
import type { EntityName, MapContext, MappedRow } from "../mapping/types";
import type { RejectedRow } from "../store";

/** A page as read from Keap and mapped; records that cannot be read are set aside with their reason. */
export interface MappedPage {
  rows: MappedRow[];
  rejected: RejectedRow[];
  nextPageToken: string | null;
}

interface ReadOptions {
  pageToken?: string | null;
  pageSize?: number;
}

/**
 * How one of Keap's lists is read. Where it can be compared and ordered by id, the copy walks the ids: stateless, so a
 * killed run goes on where it stopped. Where not, it follows page tokens.
 */
export interface EntityStream {
  entity: EntityName;
  /** All records with an id above `afterId`, ascending. */
  byId?: (
    keap: KeapClient,
    context: MapContext,
    afterId: number,
    options?: ReadOptions,
  ) => Promise<MappedPage>;
  /** All records, by page token. */
  all?: (keap: KeapClient, context: MapContext, options?: ReadOptions) => Promise<MappedPage>;
  /** The record changed last, by Keap's clock: where the polls begin once the copy is done. */
  newest?: (keap: KeapClient, context: MapContext) => Promise<MappedPage>;
  /** The highest id, to estimate how many there are. */
  newestId?: (keap: KeapClient, context: MapContext) => Promise<MappedPage>;
  /**
   * Records changed since the watermark. `ascending` lists can move the watermark page by page; a list that only
   * sorts the other way is walked down to the watermark and moves it at the end.
   */
  changed?: {
    order: "ascending" | "descending";
    read: (keap: KeapClient, context: MapContext, since: Date, options?: ReadOptions) => Promise<MappedPage>;
    /** Overlap with what was read before, for records that were being written while we looked. */
    overlapMs: number;
    /** The time the list is ordered by; null where the record has none. */
    timeOf: (row: MappedRow) => string | null;
  };
  /** Shortest and longest time between two polls, seconds. */
  everySeconds: readonly [number, number];
}

function mapPage<W extends object>(page: Page<W>, map: (wire: W) => MappedRow): MappedPage {
  const rows: MappedRow[] = [];
  const rejected: RejectedRow[] = page.rejected.map(({ keap_id, reason, record, index }) => ({
    key: keap_id ?? `unreadable-${index}`,
    reason: `Keap's record cannot be read: ${reason}`,
    record: withoutCustomFields(record),
  }));
  for (const wire of page.items) {
    try {
      const row = map(wire);
      if (row.keap_id !== null && !(Number.isSafeInteger(row.keap_id) && row.keap_id > 0))
        throw new Error(`"${row.key}" is not a numeric id`);
      rows.push(row);
    } catch (cause) {
      rejected.push({
        key: String((wire as { id?: unknown }).id ?? "unknown"),
        reason: `A value cannot be stored: ${cause instanceof Error ? cause.message : String(cause)}`,
        record: withoutCustomFields(wire),
      });
    }
  }
  return { rows, rejected, nextPageToken: page.nextPageToken };
}

/** A record set aside must not become the one place where a social security number is kept. */
function withoutCustomFields(record: unknown): unknown {
  if (typeof record !== "object" || record === null) return record;
  const { custom_fields: _hidden, ...rest } = record as Record<string, unknown>;
  return rest;
}

const minute = 60_000;
const changedAt = (row: MappedRow) => row.updated_at;
const paidAt = (row: MappedRow) => (row.values.paid_at ?? row.values.transaction_at ?? null) as string | null;

/** In the order in which parents come before children. */
export const streams: readonly EntityStream[] = [
  {
    entity: "users",
    all: async (keap, _context, options) =>
      mapPage(
        await keap.users.list({
          filter: { include_inactive: true, include_partners: true },
          ...options,
          pageSize: 100,
        }),
        userFromWire,
      ),
    everySeconds: [3600, 21_600],
  },
  {
    entity: "lead_sources",
    all: async (keap, _context, options) =>
      mapPage(await keap.leadSources.list({ ...options }), leadSourceFromWire),
    everySeconds: [900, 3600],
  },
  {
    entity: "tag_categories",
    all: async (keap, _context, options) =>
      mapPage(await keap.tagCategories.list({ ...options }), tagCategoryFromWire),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, _context, since, options) =>
        mapPage(
          await keap.tagCategories.list({
            filter: { since_update_time: since },
            orderBy: "update_time asc",
            ...options,
          }),
          tagCategoryFromWire,
        ),
    },
    newest: async (keap, _context) =>
      mapPage(
        await keap.tagCategories.list({ orderBy: "update_time desc", pageSize: 1 }),
        tagCategoryFromWire,
      ),
    everySeconds: [900, 3600],
  },
  {
    entity: "tags",
    all: async (keap, _context, options) => mapPage(await keap.tags.list({ ...options }), tagFromWire),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, _context, since, options) =>
        mapPage(
          await keap.tags.list({
            filter: { since_update_time: since },
            orderBy: "update_time asc",
            ...options,
          }),
          tagFromWire,
        ),
    },
    newest: async (keap, _context) =>
      mapPage(await keap.tags.list({ orderBy: "update_time desc", pageSize: 1 }), tagFromWire),
    everySeconds: [120, 1800],
  },
  {
    entity: "products",
    all: async (keap, context, options) =>
      mapPage(await keap.products.list({ ...options }), (wire) => productFromWire(wire, context)),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, context, _since, options) =>
        mapPage(await keap.products.list({ orderBy: "last_updated_time desc", ...options }), (wire) =>
          productFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.products.list({ orderBy: "last_updated_time desc", pageSize: 1 }), (wire) =>
        productFromWire(wire, context),
      ),
    everySeconds: [300, 1800],
  },
  {
    entity: "subscription_plans",
    all: async (keap, context, options) =>
      mapPage(await keap.plans.list("-", { ...options }), (wire) => planFromWire(wire, context)),
    everySeconds: [900, 3600],
  },
  {
    entity: "contacts",
    byId: async (keap, context, afterId, options) =>
      mapPage(
        await keap.contacts.list({ filter: { contact_id: { gt: afterId } }, orderBy: "id asc", ...options }),
        (wire) => contactFromWire(wire, context),
      ),
    newestId: async (keap, context) =>
      mapPage(await keap.contacts.list({ orderBy: "id desc", pageSize: 1 }), (wire) =>
        contactFromWire(wire, context),
      ),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, context, since, options) =>
        mapPage(
          await keap.contacts.list({
            filter: { start_update_time: since },
            orderBy: "update_time asc",
            ...options,
          }),
          (wire) => contactFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.contacts.list({ orderBy: "update_time desc", pageSize: 1 }), (wire) =>
        contactFromWire(wire, context),
      ),
    everySeconds: [5, 600],
  },
  {
    entity: "subscriptions",
    byId: async (keap, context, afterId, options) =>
      mapPage(
        await keap.subscriptions.list({ filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
        (wire) => subscriptionFromWire(wire, context),
      ),
    newestId: async (keap, context) =>
      mapPage(await keap.subscriptions.list({ orderBy: "id desc", pageSize: 1 }), (wire) =>
        subscriptionFromWire(wire, context),
      ),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, context, _since, options) =>
        mapPage(
          await keap.subscriptions.list({ orderBy: "modification_time desc", ...options, pageSize: 200 }),
          (wire) => subscriptionFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.subscriptions.list({ orderBy: "modification_time desc", pageSize: 1 }), (wire) =>
        subscriptionFromWire(wire, context),
      ),
    everySeconds: [30, 900],
  },
  {
    entity: "orders",
    byId: async (keap, context, afterId, options) =>
      mapPage(
        await keap.orders.list({ filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
        (wire) => orderFromWire(wire, context),
      ),
    newestId: async (keap, context) =>
      mapPage(await keap.orders.list({ orderBy: "id desc", pageSize: 1 }), (wire) =>
        orderFromWire(wire, context),
      ),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, context, since, options) =>
        mapPage(
          await keap.orders.list({
            filter: { modified_since_time: since },
            orderBy: "modification_time asc",
            ...options,
          }),
          (wire) => orderFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.orders.list({ orderBy: "modification_time desc", pageSize: 1 }), (wire) =>
        orderFromWire(wire, context),
      ),
    everySeconds: [15, 600],
  },
  {
    entity: "payments",
    byId: async (keap, context, afterId, options) =>
      mapPage(
        await keap.payments.list({ filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
        (wire) => paymentFromWire(wire, context),
      ),
    newestId: async (keap, context) =>
      mapPage(await keap.payments.list({ orderBy: "id desc", pageSize: 1 }), (wire) =>
        paymentFromWire(wire, context),
      ),
    changed: {
      order: "ascending",
      // payments have no filter on their last change: look back over a day of payment times, and at touched orders
      overlapMs: 24 * 60 * minute,
      timeOf: paidAt,
      read: async (keap, context, since, options) =>
        mapPage(
          await keap.payments.list({
            filter: { since_time: since },
            orderBy: "payment_time asc",
            ...options,
          }),
          (wire) => paymentFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.payments.list({ orderBy: "payment_time desc", pageSize: 1 }), (wire) =>
        paymentFromWire(wire, context),
      ),
    everySeconds: [30, 900],
  },
  {
    entity: "transactions",
    all: async (keap, context, options) =>
      mapPage(await keap.transactions.list({ orderBy: "transaction_time asc", ...options }), (wire) =>
        transactionFromWire(wire, context),
      ),
    changed: {
      order: "ascending",
      overlapMs: 24 * 60 * minute,
      timeOf: paidAt,
      read: async (keap, context, since, options) =>
        mapPage(
          await keap.transactions.list({
            filter: { since_time: since },
            orderBy: "transaction_time asc",
            ...options,
          }),
          (wire) => transactionFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.transactions.list({ orderBy: "transaction_time desc", pageSize: 1 }), (wire) =>
        transactionFromWire(wire, context),
      ),
    everySeconds: [60, 1800],
  },
];

export function streamOf(entity: EntityName): EntityStream {
  const stream = streams.find((one) => one.entity === entity);
  if (!stream) throw new Error(`There is no stream for "${entity}".`);
  return stream;
}

export { mapPage };
