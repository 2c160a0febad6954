import type { KeapClient } from "../keap/client";
import { inBatches } from "../keap/filter";
import {
  planFromWire,
  productCategoryFromWire,
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
import {
  changedAt,
  type EntityStream,
  existingByGet,
  existingByList,
  type MappedPage,
  mapPage,
  minute,
  paidAt,
} from "./stream";
import { activityStreams } from "./streams-activity";
import { companyStream, dealStreams } from "./streams-crm";
import { expenseStream, leadSourceStream, marketingStreams } from "./streams-marketing";

/** In the order in which parents come before children. */
export const streams: readonly EntityStream[] = [
  {
    name: "users",
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
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.users.get(id)) },
  },
  leadSourceStream,
  expenseStream,
  {
    name: "tag_categories",
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
    everySeconds: [900, 7200],
    sweep: { everySeconds: 21_600, existing: existingByGet((keap, id) => keap.tagCategories.get(id)) },
  },
  {
    name: "tags",
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
    sweep: { everySeconds: 7200, existing: existingByGet((keap, id) => keap.tags.get(id)) },
  },
  {
    // Keap tells no times of them, and they hardly ever change: a whole reading now and then.
    name: "product_categories",
    entity: "product_categories",
    all: async (keap, _context, options) =>
      mapPage(await keap.productCategories.list({ ...options }), productCategoryFromWire),
    everySeconds: [21_600, 86_400],
    sweep: {
      everySeconds: 86_400,
      existing: existingByGet((keap, id) => keap.productCategories.get(id)),
    },
  },
  {
    name: "products",
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
    sweep: { everySeconds: 21_600, existing: existingByGet((keap, id) => keap.products.get(id)) },
  },
  {
    name: "subscription_plans",
    entity: "subscription_plans",
    all: async (keap, context, options) =>
      mapPage(await keap.plans.list("-", { ...options }), (wire) => planFromWire(wire, context)),
    everySeconds: [900, 7200],
    sweep: { everySeconds: 21_600, existing: existingByList((keap, page) => keap.plans.list("-", page)) },
  },
  companyStream,
  {
    name: "contacts",
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
    name: "subscriptions",
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
    name: "orders",
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
      read: async (keap, context, since, options) => {
        const page = mapPage(
          await keap.orders.list({
            filter: { modified_since_time: since },
            orderBy: "modification_time asc",
            ...options,
          }),
          (wire) => orderFromWire(wire, context),
        );
        return { ...page, also: await billedSubscriptions(keap, context, page.rows) };
      },
    },
    recent: {
      everySeconds: 1800,
      read: async (keap, context) =>
        mapPage(await keap.orders.list({ orderBy: "id desc", pageSize: 200 }), (wire) =>
          orderFromWire(wire, context),
        ),
    },
    newest: async (keap, context) =>
      mapPage(await keap.orders.list({ orderBy: "modification_time desc", pageSize: 1 }), (wire) =>
        orderFromWire(wire, context),
      ),
    everySeconds: [15, 600],
  },
  {
    name: "payments",
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
    name: "transactions",
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
  ...[...marketingStreams, ...dealStreams, ...activityStreams].map((stream) => ({
    ...stream,
    optional: true,
  })),
];

/** A bill run moves the dates of its subscription, which need not show in the list of changes: its order does. */
async function billedSubscriptions(
  keap: KeapClient,
  context: MapContext,
  orders: readonly MappedRow[],
): Promise<MappedPage["also"]> {
  const items = orders.flatMap((order) => order.children?.order_items ?? []);
  const ids = new Set(
    items.map((item) => Number(item.values.subscription_keap_id ?? 0)).filter((id) => id > 0),
  );
  const also: NonNullable<MappedPage["also"]> = [];
  for (const batch of inBatches([...ids])) {
    const { rows, rejected } = mapPage(await keap.subscriptions.list({ filter: { ids: batch } }), (wire) =>
      subscriptionFromWire(wire, context),
    );
    also.push({ entity: "subscriptions", rows, rejected });
  }
  return also;
}

export function streamOf(entity: EntityName): EntityStream {
  const stream = streams.find((one) => one.entity === entity);
  if (!stream) throw new Error(`There is no stream for "${entity}".`);
  return stream;
}

export { type EntityStream, type MappedPage, mapPage } from "./stream";
