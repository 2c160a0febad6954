import type { PlanBody, ProductBody, ProductCategoryBody, ProductPatch } from "../bodies";
import { type Calls, type ListOptions, maskQuery } from "../calls";
import { lists } from "../lists";
import type { MaskOf } from "../masks";
import { productCategorySchema, productSchema, subscriptionPlanSchema } from "../schemas";
import type { CallOptions } from "../transport";

const productPath = "/v2/products/{product_id}";
const planPath = `${productPath}/subscriptions/{subscription_plan_id}`;
const categoryPath = "/v2/productCategories/{category_id}";

export function productsResource(calls: Calls) {
  const one = (productId: string) => ({ product_id: productId });
  return {
    list: (options?: ListOptions<typeof lists.products>) => calls.page(lists.products, options),
    get: (productId: string, options?: CallOptions) =>
      calls.record(productSchema, { method: "GET", path: productPath, params: one(productId) }, options),
    create: (body: ProductBody, options?: CallOptions) =>
      calls.record(productSchema, { method: "POST", path: "/v2/products", body }, options),
    update: (productId: string, body: ProductPatch, mask?: MaskOf<"product">, options?: CallOptions) =>
      calls.record(
        productSchema,
        {
          method: "PATCH",
          path: productPath,
          params: one(productId),
          query: maskQuery(`PATCH ${productPath}`, "product", body, mask),
          body,
        },
        options,
      ),
    delete: (productId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: productPath, params: one(productId) }, options),
    adjustInventory: (
      productId: string,
      type: "INCREASE" | "DECREASE",
      quantity: number,
      options?: CallOptions,
    ) =>
      calls.record(
        productSchema,
        {
          method: "POST",
          path: `${productPath}:adjustInventory`,
          params: one(productId),
          body: { type, quantity },
        },
        options,
      ),
  };
}

export function plansResource(calls: Calls) {
  const one = (productId: string, planId: string) => ({
    product_id: productId,
    subscription_plan_id: planId,
  });
  return {
    /** The plans of one product, or of all of them with `-`. */
    list: (productId: string | "-", options?: ListOptions<typeof lists.plans>) =>
      calls.page(lists.plans, options, { product_id: productId }),
    get: (productId: string, planId: string, options?: CallOptions) =>
      calls.record(
        subscriptionPlanSchema,
        { method: "GET", path: planPath, params: one(productId, planId) },
        options,
      ),
    create: (productId: string, body: PlanBody, options?: CallOptions) =>
      calls.record(
        subscriptionPlanSchema,
        { method: "POST", path: `${productPath}/subscriptions`, params: { product_id: productId }, body },
        options,
      ),
    /** The body must carry `cycle_type` and `plan_price` even when the mask names another field. */
    update: (
      productId: string,
      planId: string,
      body: PlanBody,
      mask?: MaskOf<"plan">,
      options?: CallOptions,
    ) =>
      calls.record(
        subscriptionPlanSchema,
        {
          method: "PATCH",
          path: planPath,
          params: one(productId, planId),
          query: maskQuery(`PATCH ${planPath}`, "plan", body, mask),
          body,
        },
        options,
      ),
    delete: (productId: string, planId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: planPath, params: one(productId, planId) }, options),
  };
}

export function productCategoriesResource(calls: Calls) {
  const one = (categoryId: string) => ({ category_id: categoryId });
  return {
    list: (options?: ListOptions<typeof lists.productCategories>) =>
      calls.page(lists.productCategories, options),
    get: (categoryId: string, options?: CallOptions) =>
      calls.record(
        productCategorySchema,
        { method: "GET", path: categoryPath, params: one(categoryId) },
        options,
      ),
    create: (body: ProductCategoryBody & { name: string }, options?: CallOptions) =>
      calls.record(productCategorySchema, { method: "POST", path: "/v2/productCategories", body }, options),
    update: (
      categoryId: string,
      body: ProductCategoryBody,
      mask?: MaskOf<"productCategory">,
      options?: CallOptions,
    ) =>
      calls.record(
        productCategorySchema,
        {
          method: "PATCH",
          path: categoryPath,
          params: one(categoryId),
          query: maskQuery(`PATCH ${categoryPath}`, "productCategory", body, mask),
          body,
        },
        options,
      ),
    delete: (categoryId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: categoryPath, params: one(categoryId) }, options),
    /** Replaces the category's whole list of products. */
    assignProducts: (categoryId: string, productIds: readonly string[], options?: CallOptions) =>
      calls.nothing(
        {
          method: "POST",
          path: `${categoryPath}:assignProducts`,
          params: one(categoryId),
          body: { product_ids: productIds },
        },
        options,
      ),
  };
}
