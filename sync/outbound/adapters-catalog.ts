import type { RunContext } from "../context";
import { invalidRequest, isKeapError } from "../keap/errors";
import type { ModelKind } from "../keap/resources/custom-fields";
import type { WireCustomField, WireLeadSource } from "../keap/schemas";
import { customFieldFromWire, leadSourceFromWire } from "../mapping/catalog-records";
import type { RecordType } from "../mapping/custom-fields";
import type { Json, Values } from "../mapping/types";
import { lane, recordAdapter } from "./adapter-kit";
import type { OutboundAdapter } from "./adapters";

/** Lead sources and custom field definitions: what records refer to. */

const trimmed = (value: Json | undefined) => (typeof value === "string" ? value.trim() : "");

const categoriesOfRun = new WeakMap<RunContext, Promise<ReadonlyMap<string, string>>>();

/** A lead source names its category by id alone. */
function categoryNames(context: RunContext): Promise<ReadonlyMap<string, string>> {
  const known =
    categoriesOfRun.get(context) ??
    context.keap.leadSourceCategories
      .list({ lane })
      .then(({ items }) => new Map(items.map((one) => [String(one.id), one.name ?? ""])));
  categoriesOfRun.set(context, known);
  return known;
}

type NamedSource = WireLeadSource & { categories: ReadonlyMap<string, string> };

async function named(context: RunContext, wire: WireLeadSource): Promise<NamedSource> {
  return { ...wire, categories: wire.lead_source_category_id ? await categoryNames(context) : new Map() };
}

const leadSourceNames: Readonly<Record<string, string>> = {
  start_at: "start_time",
  end_at: "end_time",
  category_keap_id: "lead_source_category_id",
};

export const leadSourceAdapter = recordAdapter<NamedSource>({
  words: { one: "lead source", other: "name" },
  fields: null,
  marksChanges: false,
  byNature: "likely",
  parents: {},
  needs: { name: "a name" },
  async byIds(context, ids) {
    const found: NamedSource[] = [];
    for (const id of ids) {
      try {
        found.push(await named(context, await context.keap.leadSources.get(String(id), { lane })));
      } catch (cause) {
        if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      }
    }
    return found;
  },
  async alike(context, row) {
    const name = trimmed(row.name);
    if (name === "" || /[;*]/.test(name)) return null;
    const { items } = await context.keap.leadSources.list({ filter: { name }, lane });
    const same = items.filter((one) => one.name?.trim() === name);
    return Promise.all(same.map((one) => named(context, one)));
  },
  toRow: ({ categories, ...wire }) => leadSourceFromWire(wire as WireLeadSource, categories),
  toWire(columns, values) {
    const body: Record<string, Json> = {};
    for (const column of columns) {
      const value = values[column] ?? null;
      body[leadSourceNames[column] ?? column] =
        column === "category_keap_id" && value !== null ? String(value) : value;
    }
    return { body, mask: Object.keys(body) };
  },
  patch: async (context, id, { body, mask }) =>
    named(context, await context.keap.leadSources.update(id, body as never, mask as never, { lane })),
  post: async (context, body) =>
    named(context, await context.keap.leadSources.create(body as never, { lane })),
  remove: (context, id) => context.keap.leadSources.delete(id, { lane }),
});

const kindOf = {
  CONTACT: "contacts",
  COMPANY: "companies",
  ORDER: "orders",
  SUBSCRIPTION: "subscriptions",
  OPPORTUNITY: "opportunities",
  TASK_NOTE_APPOINTMENT: "tasks",
  REFERRAL_PARTNER: "affiliates",
} as const satisfies Record<RecordType, ModelKind>;

/** The type of a field is chosen when it is made and never changes; deleting one would drop everybody's values. */
function definitionAdapter(type: RecordType): OutboundAdapter {
  const kind = kindOf[type];
  const fieldsOf = async (context: RunContext) =>
    (await context.keap.customFields.model(kind, { lane })).items;
  return recordAdapter<WireCustomField>({
    words: { one: "custom field", other: "label" },
    fields: null,
    marksChanges: false,
    byNature: "likely",
    parents: {},
    needs: { label: "a label", field_type: "a type (field_type), such as TEXT" },
    async byIds(context, ids) {
      return (await fieldsOf(context)).filter((one) => ids.includes(Number(one.id)));
    },
    async alike(context, row) {
      const label = trimmed(row.label).toLowerCase();
      return (await fieldsOf(context)).filter((one) => one.label?.trim().toLowerCase() === label);
    },
    toRow: (wire) => customFieldFromWire(wire, type),
    toWire: (columns, values) => ({
      body: Object.fromEntries(columns.map((column) => [column, values[column] ?? null])),
      mask: [...columns],
    }),
    async patch(context, id, { body }, held) {
      if (kind === "contacts")
        throw invalidRequest(
          "rename a custom field of people",
          "Keap's API changes none. Rename it in Keap; the name arrives by itself",
        );
      // Keap wants the group in every change
      const sent = { label: String(body.label), group_id: String(held.group_id ?? "") };
      await context.keap.customFields.update(kind, id, sent, ["label"] as never, { lane });
      return { ...held, label: sent.label };
    },
    async post(context, body, row) {
      const options = optionsOf(row);
      return context.keap.customFields.create(
        kind,
        {
          label: String(body.label),
          field_type: String(row.field_type),
          ...(options.length > 0 ? { options } : {}),
          ...(row.group_keap_id ? { group_id: String(row.group_keap_id) } : {}),
        },
        { lane },
      );
    },
  });
}

function optionsOf({ options }: Values): { label: string }[] {
  if (!Array.isArray(options)) return [];
  return options.flatMap((one) =>
    one !== null && typeof one === "object" && !Array.isArray(one) && typeof one.label === "string"
      ? [{ label: one.label }]
      : [],
  );
}

const definitions = Object.fromEntries(
  Object.keys(kindOf).map((type) => [type, definitionAdapter(type as RecordType)]),
) as Record<RecordType, OutboundAdapter>;

/** Each kind of record counts the ids of its fields from one. */
export const customFieldAdapter: OutboundAdapter = {
  ...definitions.CONTACT,
  partOf: (item) =>
    definitions[String(item.row?.record_type ?? item.key?.split(":")[0]) as RecordType] ??
    definitions.CONTACT,
};
