import { type Call, created, noContent, ok } from "../http/call";
import { badRequest } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { ProductRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { currencyValue } from "./money";
import * as s from "./shared";

/** Embedded plans go by other names here than in the plan calls; the inventory count shows in the single get alone. */
function productWire(product: ProductRecord, call: Call, single: boolean) {
  const { price_minor, category_ids, inventory, ...rest } = product;
  const { inventory_count, ...limits } = inventory ?? {};
  return {
    ...rest,
    price: currencyValue(call.account, price_minor),
    categories: category_ids ?? [],
    options: [],
    ...(inventory ? { inventory: single ? { ...limits, inventory_count } : limits } : {}),
    subscription_plans: findBy(call.account, "plans.product_id", product.id).map((plan) => ({
      id: plan.id,
      active: plan.active,
      prorate: plan.allow_prorating ?? false,
      billing_cycle: plan.cycle_type,
      billing_frequency: plan.frequency,
      number_of_cycles: plan.total_cycles,
      plan_price: currencyValue(call.account, plan.plan_price_minor),
      order_index: plan.display_order_index,
    })),
  };
}

const list: ListSpec<ProductRecord> = {
  answerKey: "products",
  rows: (call) => call.account.products.values(),
  tables: ["products"],
  filters: {
    name: f.text((p) => p.name, { prefix: true }),
    sku: f.text((p) => p.sku, { prefix: true }),
    description: f.text((p) => p.description, { prefix: true }),
    short_description: f.text((p) => p.short_description, { prefix: true }),
    product_id: f.idRange((p) => p.id),
    product_ids: f.ids((p) => p.id),
  },
  // The field is `update_time`, the order key is not.
  orders: {
    name: (p) => p.name.toLowerCase(),
    sku: (p) => p.sku?.toLowerCase(),
    last_updated_time: (p) => p.update_time,
  },
  wire: (product, call) => productWire(product, call, false),
};

const common = {
  name: b.filled(),
  sku: b.text(),
  /** An int in the smallest unit; comes back as CurrencyValue. */
  price: b.int,
  active: b.bool,
  description: b.text(),
  shippable: b.bool,
  weight: b.num,
  taxable: b.bool,
  short_description: b.text(),
  subscription_only: b.bool,
  storefront_hidden: b.bool,
  country_taxable: b.bool,
  state_taxable: b.bool,
  city_taxable: b.bool,
  top_html: b.text(),
  bottom_html: b.text(),
  is_package: b.bool,
  needs_digital_delivery: b.bool,
  delivery_description: b.text(),
};
const inventoryShape = {
  inventory_limit: b.int,
  inventory_count: b.int,
  out_of_stock_enabled: b.bool,
  email_for_inventory_notifications: b.text(),
};
const createShape = { ...common, inventory: b.object(inventoryShape) };
/** PATCH takes the inventory flat, and without the count. */
const flat = {
  inventory_limit: b.int,
  out_of_stock_enabled: b.bool,
  email_for_inventory_notifications: b.text(),
};
const updateShape = { ...common, ...flat };

export const productRoutes: Route[] = [
  get("/v2/products", (call) => listPage(call, list)),
  post("/v2/products", (call) => {
    const { price, inventory, ...body } = b.readBody(call, createShape, [
      "name",
      "price",
      "short_description",
    ]);
    if (Number(price) < 0) throw badRequest("price must not be negative", "price");
    const product = fresh<ProductRecord>({
      active: true,
      shippable: false,
      taxable: false,
      subscription_only: false,
      storefront_hidden: false,
      ...body,
      inventory,
      price_minor: price,
      id: takeId(call.account, "products"),
      create_time: call.now,
      update_time: call.now,
    });
    return created(productWire(putRecord(call.account, "products", product), call, true));
  }),
  get("/v2/products/{product_id}", (call) =>
    ok(productWire(s.require(call.account.products, call, "product_id", "Product"), call, true)),
  ),
  patch("/v2/products/{product_id}", (call) => {
    const product = s.require(call.account.products, call, "product_id", "Product");
    const names = Object.keys(updateShape);
    const changes = readChanges(call, b.readBody(call, updateShape), { mask: names, writable: names });
    if (changes.has("price")) changes.set("price_minor", changes.get("price") ?? 0);
    if (changes.has("name") && !changes.get("name")) throw badRequest("name must not be blank", "name");
    if (changes.has("active")) changes.set("active", changes.get("active") ?? false);
    changes.delete("price");
    const stock = Object.keys(flat).filter((name) => changes.has(name));
    if (stock.length) {
      const held = withChanges<Record<string, unknown>>(
        product.inventory ?? {},
        stock.map((name) => [name, changes.get(name)] as const),
      );
      for (const name of stock) changes.delete(name);
      changes.set("inventory", Object.keys(held).length ? held : undefined);
    }
    const next = { ...withChanges(product, changes), update_time: call.now };
    return ok(productWire(putRecord(call.account, "products", next), call, true));
  }),
  del("/v2/products/{product_id}", (call) => {
    const product = s.require(call.account.products, call, "product_id", "Product");
    for (const plan of findBy(call.account, "plans.product_id", product.id))
      removeRecord(call.account, "plans", Number(plan.id));
    removeRecord(call.account, "products", Number(product.id));
    return noContent();
  }),
  post("/v2/products/{product_id}:adjustInventory", (call) => {
    const product = s.require(call.account.products, call, "product_id", "Product");
    const body = b.readBody(call, { type: b.oneOf(["INCREASE", "DECREASE"]), quantity: b.int }, [
      "type",
      "quantity",
    ]);
    const change = Number(body.quantity) * (body.type === "INCREASE" ? 1 : -1);
    const inventory = {
      ...product.inventory,
      inventory_count: (product.inventory?.inventory_count ?? 0) + change,
    };
    return ok(
      productWire(
        putRecord(call.account, "products", { ...product, inventory, update_time: call.now }),
        call,
        true,
      ),
    );
  }),
];
