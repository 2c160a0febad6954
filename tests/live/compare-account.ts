import type { SupabaseClient } from "@supabase/supabase-js";
import {
  readContacts,
  readOrders,
  readPayments,
  readProducts,
  readSubscriptions,
  readTags,
} from "./keap-account";
import { dev } from "./running";

/** All rows of a table that came from Keap and are not deleted, page by page. */
async function rowsOf<T>(
  service: SupabaseClient,
  table: string,
  columns: string,
  order: string,
): Promise<T[]> {
  const rows: T[] = [];
  for (let from = 0; ; from += 1000) {
    let query = service
      .from(table)
      .select(columns)
      .eq("account_id", dev.account_id ?? "")
      .order(order)
      .range(from, from + 999);
    query =
      table === "contact_tags"
        ? query.is("removed_at", null).order("tag_keap_id")
        : query.is("deleted_at", null);
    const { data, error } = await query;
    if (error) throw new Error(`${table}: ${error.message}`);
    rows.push(...(data as T[]));
    if (data.length < 1000) return rows;
  }
}

/** Lines that are on one side only, at most ten of each; empty when both sides are equal. */
function difference(what: string, keap: string[], here: string[]): string[] {
  const there = new Set(keap);
  const ours = new Set(here);
  const missing = keap.filter((line) => !ours.has(line));
  const extra = here.filter((line) => !there.has(line));
  return [
    ...missing.slice(0, 10).map((line) => `${what}: only in Keap (${missing.length}): ${line}`),
    ...extra.slice(0, 10).map((line) => `${what}: only here (${extra.length}): ${line}`),
    ...(keap.length === here.length ? [] : [`${what}: ${keap.length} in Keap, ${here.length} here`]),
  ];
}

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value).trim());

/**
 * Compares the tables with the Keap account record for record, through both public interfaces: Keap's REST API and the
 * database's. Returns what differs.
 */
export async function compareAccount(service: SupabaseClient): Promise<string[]> {
  const contacts = await readContacts();
  const slot = (contact: (typeof contacts)[number]) =>
    contact.email_addresses?.find(({ field }) => field === "EMAIL1")?.email ?? "";
  const [people, memberships, orders, payments, subscriptions, products, tags] = await Promise.all([
    rowsOf<Record<string, unknown>>(
      service,
      "contacts",
      "keap_id, given_name, family_name, email",
      "keap_id",
    ),
    rowsOf<Record<string, unknown>>(
      service,
      "contact_tags",
      "contact_keap_id, tag_keap_id",
      "contact_keap_id",
    ),
    rowsOf<Record<string, unknown>>(
      service,
      "orders",
      "keap_id, contact_keap_id, total_minor, currency",
      "keap_id",
    ),
    rowsOf<Record<string, unknown>>(
      service,
      "payments",
      "keap_id, amount_minor, status, contact_keap_id",
      "keap_id",
    ),
    rowsOf<Record<string, unknown>>(service, "subscriptions", "keap_id, active", "keap_id"),
    rowsOf<Record<string, unknown>>(service, "products", "keap_id, name", "keap_id"),
    rowsOf<Record<string, unknown>>(service, "tags", "keap_id, name", "keap_id"),
  ]);
  const items = await rowsOf<Record<string, unknown>>(
    service,
    "order_items",
    "keap_id, order_keap_id",
    "keap_id",
  );
  const keapOrders = await readOrders();
  return [
    ...difference(
      "contacts",
      contacts.map((one) =>
        [one.id, text(one.given_name), text(one.family_name), text(slot(one)).toLowerCase()].join(" | "),
      ),
      people.map((row) =>
        [row.keap_id, text(row.given_name), text(row.family_name), text(row.email).toLowerCase()].join(" | "),
      ),
    ),
    ...difference(
      "tag membership",
      contacts.flatMap((one) => (one.tag_ids ?? []).map((tag) => `${one.id} ${tag}`)),
      memberships.map((row) => `${row.contact_keap_id} ${row.tag_keap_id}`),
    ),
    ...difference(
      "orders",
      keapOrders.map((one) =>
        [one.id, text(one.contact?.id), text(one.total?.amount), text(one.total?.currency_code)].join(" | "),
      ),
      orders.map((row) =>
        [row.keap_id, text(row.contact_keap_id), text(row.total_minor), text(row.currency)].join(" | "),
      ),
    ),
    ...difference(
      "order items",
      keapOrders.flatMap((one) => (one.order_items ?? []).map((item) => `${one.id} ${item.id}`)),
      items.map((row) => `${row.order_keap_id} ${row.keap_id}`),
    ),
    ...difference(
      "payments",
      (await readPayments()).map((one) =>
        [one.id, Math.round(Math.abs(one.amount ?? 0) * 100), text(one.status), text(one.contact_id)].join(
          " | ",
        ),
      ),
      payments.map((row) =>
        [row.keap_id, Number(row.amount_minor), text(row.status), text(row.contact_keap_id)].join(" | "),
      ),
    ),
    ...difference(
      "subscriptions",
      (await readSubscriptions()).map((one) => `${one.id} ${one.active}`),
      subscriptions.map((row) => `${row.keap_id} ${row.active}`),
    ),
    ...difference(
      "products",
      (await readProducts()).map((one) => `${one.id} ${text(one.name)}`),
      products.map((row) => `${row.keap_id} ${text(row.name)}`),
    ),
    ...difference(
      "tags",
      (await readTags()).map((one) => `${one.id} ${text(one.name)}`),
      tags.map((row) => `${row.keap_id} ${text(row.name)}`),
    ),
  ];
}
