import type { KeapAccount } from "../account";
import { created, noContent, ok } from "../http/call";
import { del, get, patch, post, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { ProductCategoryRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

const productsOf = (account: KeapAccount, categoryId: string): string[] =>
  [...account.products.values()].filter((p) => p.category_ids?.includes(categoryId)).map((p) => p.id);

const list: ListSpec<ProductCategoryRecord> = {
  answerKey: "product_categories",
  rows: (call) => call.account.productCategories.values(),
  tables: ["productCategories", "products"],
  filters: {
    product_id: f.id((c, call) => productsOf(call.account, c.id)),
    name: f.text((c) => c.name, { prefix: true }),
    product_category_id: f.idRange((c) => c.id, true),
  },
  orders: { id: (c) => Number(c.id) },
  wire: (c) => c,
};

const assigned: ListSpec<ProductCategoryRecord> = {
  answerKey: "assigned_product_categories",
  rows: (call) => call.account.productCategories.values(),
  tables: ["productCategories", "products"],
  filters: {
    product_ids: f.ids((c, call) => productsOf(call.account, c.id)),
    product_category_ids: f.ids((c) => c.id),
  },
  orders: { product_category_id: (c) => Number(c.id) },
  wire: (c, call) => ({ product_category_id: c.id, product_ids: productsOf(call.account, c.id) }),
};
const shape = { name: b.filled(), display_order_index: b.int, parent_category_id: b.id };

export const productCategoryRoutes: Route[] = [
  get("/v2/productCategories", (call) => listPage(call, list)),
  post("/v2/productCategories", (call) => {
    const body = b.readBody(call, shape, ["name"]);
    return created(
      putRecord(
        call.account,
        "productCategories",
        fresh<ProductCategoryRecord>({ ...body, id: takeId(call.account, "productCategories") }),
      ),
    );
  }),
  get("/v2/productCategories/assignedProducts", (call) => listPage(call, assigned)),
  get("/v2/productCategories/{category_id}", (call) =>
    ok(s.require(call.account.productCategories, call, "category_id", "Product category")),
  ),
  patch("/v2/productCategories/{category_id}", (call) => {
    const category = s.require(call.account.productCategories, call, "category_id", "Product category");
    const names = Object.keys(shape);
    const changes = readChanges(call, b.readBody(call, shape), {
      mask: names,
      writable: names,
      promised: true,
    });
    if (changes.has("name") && !changes.get("name")) changes.delete("name");
    return ok(putRecord(call.account, "productCategories", withChanges(category, changes)));
  }),
  del("/v2/productCategories/{category_id}", (call) => {
    const category = s.require(call.account.productCategories, call, "category_id", "Product category");
    removeRecord(call.account, "productCategories", Number(category.id));
    return noContent();
  }),
  // Replaces the whole list of the category.
  post("/v2/productCategories/{category_id}:assignProducts", (call) => {
    const category = s.require(call.account.productCategories, call, "category_id", "Product category");
    const { product_ids } = b.readBody(call, { product_ids: b.list(b.id) }, ["product_ids"]);
    const wanted = new Set(product_ids as string[]);
    for (const id of wanted) s.requireRef(call.account.products, id, "product_ids");
    for (const product of [...call.account.products.values()]) {
      const held = product.category_ids ?? [];
      if (held.includes(category.id) === wanted.has(product.id)) continue;
      const category_ids = wanted.has(product.id)
        ? [...held, category.id]
        : held.filter((id) => id !== category.id);
      putRecord(call.account, "products", { ...product, category_ids, update_time: call.now });
    }
    return noContent();
  }),
];
