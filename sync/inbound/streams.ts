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
  listReader,
  type MappedPage,
  mapPage,
  minute,
  paidAt,
} from "./stream";
import { activityStreams } from "./streams-activity";
import { companyStream, dealStreams } from "./streams-crm";
import { expenseStream, leadSourceStream, marketingStreams } from "./streams-marketing";

const listUsers = listReader((keap) => keap.users, userFromWire);
const listTagCategories = listReader((keap) => keap.tagCategories, tagCategoryFromWire);
const listTags = listReader((keap) => keap.tags, tagFromWire);
const listProductCategories = listReader((keap) => keap.productCategories, productCategoryFromWire);
const listProducts = listReader((keap) => keap.products, productFromWire);
const listContacts = listReader((keap) => keap.contacts, contactFromWire);
const listSubscriptions = listReader((keap) => keap.subscriptions, subscriptionFromWire);
const listOrders = listReader((keap) => keap.orders, orderFromWire);
const listPayments = listReader((keap) => keap.payments, paymentFromWire);
const listTransactions = listReader((keap) => keap.transactions, transactionFromWire);

/** In the order in which parents come before children. */
export const streams: readonly EntityStream[] = [
  {
    name: "users",
    entity: "users",
    all: (keap, context, options) =>
      listUsers(keap, context, {
        filter: { include_inactive: true, include_partners: true },
        ...options,
        pageSize: 100,
      }),
    everySeconds: [3600, 21_600],
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.users.get(id)) },
  },
  leadSourceStream,
  expenseStream,
  {
    name: "tag_categories",
    entity: "tag_categories",
    all: (keap, context, options) => listTagCategories(keap, context, { ...options }),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, since, options) =>
        listTagCategories(keap, context, {
          filter: { since_update_time: since },
          orderBy: "update_time asc",
          ...options,
        }),
    },
    newest: (keap, context) => listTagCategories(keap, context, { orderBy: "update_time desc", pageSize: 1 }),
    everySeconds: [900, 7200],
    sweep: { everySeconds: 21_600, existing: existingByGet((keap, id) => keap.tagCategories.get(id)) },
  },
  {
    name: "tags",
    entity: "tags",
    all: (keap, context, options) => listTags(keap, context, { ...options }),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, since, options) =>
        listTags(keap, context, {
          filter: { since_update_time: since },
          orderBy: "update_time asc",
          ...options,
        }),
    },
    newest: (keap, context) => listTags(keap, context, { orderBy: "update_time desc", pageSize: 1 }),
    everySeconds: [120, 1800],
    sweep: { everySeconds: 7200, existing: existingByGet((keap, id) => keap.tags.get(id)) },
  },
  {
    // Keap tells no times of them, and they hardly ever change: a whole reading now and then.
    name: "product_categories",
    entity: "product_categories",
    all: (keap, context, options) => listProductCategories(keap, context, { ...options }),
    everySeconds: [21_600, 86_400],
    sweep: {
      everySeconds: 86_400,
      existing: existingByGet((keap, id) => keap.productCategories.get(id)),
    },
  },
  {
    name: "products",
    entity: "products",
    all: (keap, context, options) => listProducts(keap, context, { ...options }),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, _since, options) =>
        listProducts(keap, context, { orderBy: "last_updated_time desc", ...options }),
    },
    newest: (keap, context) =>
      listProducts(keap, context, { orderBy: "last_updated_time desc", pageSize: 1 }),
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
    byId: (keap, context, afterId, options) =>
      listContacts(keap, context, { filter: { contact_id: { gt: afterId } }, orderBy: "id asc", ...options }),
    newestId: (keap, context) => listContacts(keap, context, { orderBy: "id desc", pageSize: 1 }),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, since, options) =>
        listContacts(keap, context, {
          filter: { start_update_time: since },
          orderBy: "update_time asc",
          ...options,
        }),
    },
    newest: (keap, context) => listContacts(keap, context, { orderBy: "update_time desc", pageSize: 1 }),
    everySeconds: [5, 600],
  },
  {
    name: "subscriptions",
    entity: "subscriptions",
    byId: (keap, context, afterId, options) =>
      listSubscriptions(keap, context, { filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
    newestId: (keap, context) => listSubscriptions(keap, context, { orderBy: "id desc", pageSize: 1 }),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, _since, options) =>
        listSubscriptions(keap, context, { orderBy: "modification_time desc", ...options, pageSize: 200 }),
    },
    newest: (keap, context) =>
      listSubscriptions(keap, context, { orderBy: "modification_time desc", pageSize: 1 }),
    everySeconds: [30, 900],
  },
  {
    name: "orders",
    entity: "orders",
    byId: (keap, context, afterId, options) =>
      listOrders(keap, context, { filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
    newestId: (keap, context) => listOrders(keap, context, { orderBy: "id desc", pageSize: 1 }),
    changed: {
      order: "ascending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, context, since, options) => {
        const page = await listOrders(keap, context, {
          filter: { modified_since_time: since },
          orderBy: "modification_time asc",
          ...options,
        });
        return { ...page, also: await billedSubscriptions(keap, context, page.rows) };
      },
    },
    recent: {
      everySeconds: 1800,
      read: (keap, context) => listOrders(keap, context, { orderBy: "id desc", pageSize: 200 }),
    },
    newest: (keap, context) => listOrders(keap, context, { orderBy: "modification_time desc", pageSize: 1 }),
    everySeconds: [15, 600],
  },
  {
    name: "payments",
    entity: "payments",
    byId: (keap, context, afterId, options) =>
      listPayments(keap, context, { filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
    newestId: (keap, context) => listPayments(keap, context, { orderBy: "id desc", pageSize: 1 }),
    changed: {
      order: "ascending",
      // payments have no filter on their last change: look back over a day of payment times, and at touched orders
      overlapMs: 24 * 60 * minute,
      timeOf: paidAt,
      read: (keap, context, since, options) =>
        listPayments(keap, context, {
          filter: { since_time: since },
          orderBy: "payment_time asc",
          ...options,
        }),
    },
    newest: (keap, context) => listPayments(keap, context, { orderBy: "payment_time desc", pageSize: 1 }),
    everySeconds: [30, 900],
  },
  {
    name: "transactions",
    entity: "transactions",
    all: (keap, context, options) =>
      listTransactions(keap, context, { orderBy: "transaction_time asc", ...options }),
    changed: {
      order: "ascending",
      overlapMs: 24 * 60 * minute,
      timeOf: paidAt,
      read: (keap, context, since, options) =>
        listTransactions(keap, context, {
          filter: { since_time: since },
          orderBy: "transaction_time asc",
          ...options,
        }),
    },
    newest: (keap, context) =>
      listTransactions(keap, context, { orderBy: "transaction_time desc", pageSize: 1 }),
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
    const { rows, rejected } = await listSubscriptions(keap, context, { filter: { ids: batch } });
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
