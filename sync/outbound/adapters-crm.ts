import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import type { WireCompany, WireOpportunity, WireProduct, WireTagCategory } from "../keap/schemas";
import { productFromWire, productToWire, tagCategoryFromWire } from "../mapping/catalog-records";
import { companyFromWire, companyToWire } from "../mapping/company";
import { opportunityFromWire, opportunityToWire } from "../mapping/deals";
import type { Json, Values } from "../mapping/types";
import { afterWrite, lane, recordAdapter } from "./adapter-kit";

const text = (value: Json | undefined) =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : null;
/** A value the filter language would misread cannot be looked up. */
const findable = (value: string | null) => (value === null || /[;*]/.test(value) ? null : value);

async function companyAt(context: RunContext, id: number): Promise<WireCompany | undefined> {
  // a single company shows no times: the list does
  const page = await context.keap.companies.list({ filter: { company_id: id }, lane });
  return page.items.find((one) => Number(one.id) === id);
}

export const companyAdapter = recordAdapter<WireCompany>({
  words: { one: "company", other: "name" },
  fields: { model: "companies", recordType: "COMPANY" },
  marksChanges: true,
  byNature: "likely",
  parents: {},
  needs: { company_name: "a name" },
  async byIds(context, ids) {
    const found: WireCompany[] = [];
    for (const id of ids) {
      const one = await companyAt(context, id);
      if (one) found.push(one);
    }
    return found;
  },
  byMarker: async (context, field, recordId) =>
    (await context.keap.companies.list({ filter: { custom: { [field]: recordId } }, lane })).items,
  async alike(context, row) {
    const name = findable(text(row.company_name));
    return name === null
      ? null
      : (await context.keap.companies.list({ filter: { company_name: name }, lane })).items;
  },
  toRow: (wire, { mapping }) => companyFromWire(wire, mapping),
  toWire: (columns, values, _context, held) => companyToWire(columns, values, held),
  async patch(context, id, { body, mask }) {
    const answer = await context.keap.companies.update(id, body as never, mask as never, { lane });
    return (await afterWrite("PATCH company", () => companyAt(context, Number(id)))) ?? answer;
  },
  remove: (context, id) => context.keap.companies.delete(id, { lane }),
  async post(context, body) {
    const answer = await context.keap.companies.create(body as never, { lane });
    return (await afterWrite("POST company", () => companyAt(context, Number(answer.id)))) ?? answer;
  },
});

export const opportunityAdapter = recordAdapter<WireOpportunity>({
  words: { one: "deal", other: "title" },
  fields: { model: "opportunities", recordType: "OPPORTUNITY" },
  marksChanges: true,
  byNature: "none",
  parents: { contact: "contact" },
  needs: { title: "a title", contact_keap_id: "a contact", stage_keap_id: "a stage" },
  async byIds(context, ids) {
    const found: WireOpportunity[] = [];
    for (const batch of inBatches(ids))
      found.push(...(await context.keap.opportunities.list({ filter: { ids: batch }, lane })).items);
    return found;
  },
  byMarker: async (context, field, recordId) =>
    (await context.keap.opportunities.list({ filter: { custom: { [field]: recordId } }, lane })).items,
  alike: async () => null,
  toRow: (wire, { mapping }) => opportunityFromWire(wire, mapping),
  toWire: (columns, values, { mapping }) => opportunityToWire(columns, values, mapping),
  patch: (context, id, { body, mask }) =>
    context.keap.opportunities.update(id, body as never, mask as never, { lane }),
  remove: (context, id) => context.keap.opportunities.delete(id, { lane }),
  post: (context, body) => context.keap.opportunities.create(body as never, { lane }),
});

export const tagCategoryAdapter = recordAdapter<WireTagCategory>({
  words: { one: "tag category", other: "name" },
  fields: null,
  marksChanges: false,
  byNature: "unique",
  parents: {},
  needs: { name: "a name" },
  async byIds(context, ids) {
    const found: WireTagCategory[] = [];
    for (const id of ids) {
      try {
        found.push(await context.keap.tagCategories.get(String(id), { lane }));
      } catch (cause) {
        if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      }
    }
    return found;
  },
  async alike(context, row) {
    const name = findable(text(row.name));
    if (name === null) return null;
    const { items } = await context.keap.tagCategories.list({ filter: { name }, lane });
    return items.filter((one) => one.name?.trim() === name);
  },
  toRow: tagCategoryFromWire,
  toWire: plain,
  patch: (context, id, { body, mask }) =>
    context.keap.tagCategories.update(id, body as never, mask as never, { lane }),
  remove: (context, id) => context.keap.tagCategories.delete(id, { lane }),
  post: (context, body) => context.keap.tagCategories.create(body as never, { lane }),
});

function plain(columns: readonly string[], values: Values) {
  const body = Object.fromEntries(columns.map((column) => [column, values[column] ?? null]));
  return { body, mask: Object.keys(body) };
}

async function productsAt(context: RunContext, ids: readonly number[]): Promise<WireProduct[]> {
  const found: WireProduct[] = [];
  for (const batch of inBatches(ids))
    found.push(...(await context.keap.products.list({ filter: { product_ids: batch }, lane })).items);
  return found;
}

export const productAdapter = recordAdapter<WireProduct>({
  words: { one: "product", other: "SKU or name" },
  fields: null,
  marksChanges: false,
  byNature: "likely",
  parents: {},
  needs: { name: "a name", price_minor: "a price", short_description: "a short description" },
  byIds: productsAt,
  async alike(context, row) {
    const sku = findable(text(row.sku));
    const name = findable(text(row.name));
    if (sku !== null) {
      const { items } = await context.keap.products.list({ filter: { sku }, lane });
      return items.filter((one) => one.sku?.trim() === sku);
    }
    if (name === null) return null;
    const { items } = await context.keap.products.list({ filter: { name }, lane });
    return items.filter((one) => one.name?.trim() === name);
  },
  toRow: (wire, { mapping }) => productFromWire(wire, mapping),
  toWire: productToWire,
  // the single answer shows a stock count that the list leaves out: the row is compared with the list's form
  async patch(context, id, { body, mask }) {
    const answer = await context.keap.products.update(id, body as never, mask as never, { lane });
    return (await afterWrite("PATCH product", () => productsAt(context, [Number(id)])))[0] ?? answer;
  },
  remove: (context, id) => context.keap.products.delete(id, { lane }),
  async post(context, body) {
    const answer = await context.keap.products.create(body as never, { lane });
    return (await afterWrite("POST product", () => productsAt(context, [Number(answer.id)])))[0] ?? answer;
  },
});
