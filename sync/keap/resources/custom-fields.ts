import { z } from "zod";
import type { CustomFieldBody, CustomFieldPatch } from "../bodies";
import { type Calls, maskQuery, slow } from "../calls";
import { invalidRequest } from "../errors";
import type { MaskOf } from "../masks";
import { readRecords } from "../pages";
import {
  customFieldGroupSchema,
  customFieldSchema,
  customFieldTabSchema,
  objectModelSchema,
} from "../schemas";
import type { CallOptions } from "../transport";

/** The kinds of record that can hold custom fields. Tasks, notes and classic appointments share one set. */
export const modelKinds = [
  "contacts",
  "companies",
  "orders",
  "subscriptions",
  "opportunities",
  "tasks",
  "notes",
  "affiliates",
] as const;
export type ModelKind = (typeof modelKinds)[number];

const groupsAnswer = z.looseObject({ groups: z.array(z.unknown()).nullish() });
const tabsAnswer = z.looseObject({ tabs: z.array(z.unknown()).nullish() });
/** On tasks the new field comes wrapped. */
const createdSchema = z.union([
  z.object({ custom_field: customFieldSchema }).transform((answer) => answer.custom_field),
  customFieldSchema,
]);

/** Custom fields, their groups and tabs. `field_name` is for filters, `id` for writing. No hook tells of changes. */
export function customFieldsResource(calls: Calls) {
  const at = (kind: ModelKind, rest = "") => `/v2/${kind}/model${rest}`;
  const field = (kind: ModelKind) => at(kind, "/customFields/{custom_field_id}");
  const group = (kind: ModelKind) => at(kind, "/customFields/groups/{group_id}");
  const tab = (kind: ModelKind) => at(kind, "/customFields/tabs/{tab_id}");
  return {
    /** The fields, and the optional properties that come only when `fields` asks for them. */
    async model(kind: ModelKind, options?: CallOptions) {
      const model = await calls.record(
        objectModelSchema,
        { method: "GET", path: at(kind), ...slow },
        options,
      );
      return {
        ...readRecords(model.custom_fields ?? [], customFieldSchema),
        optionalProperties: model.optional_properties ?? [],
        raw: model.raw ?? {},
      };
    },

    /** Without a group the field lands on the tab "Custom Fields". */
    create: (kind: ModelKind, body: CustomFieldBody, options?: CallOptions) =>
      calls.record(createdSchema, { method: "POST", path: at(kind, "/customFields"), body }, options),

    /** Contacts' fields can be made and deleted, but not changed, by API. */
    update(
      kind: Exclude<ModelKind, "contacts">,
      fieldId: string,
      body: CustomFieldPatch,
      mask?: MaskOf<"customField">,
      options?: CallOptions,
    ) {
      const path = field(kind);
      if ((kind as string) === "contacts")
        throw invalidRequest(`PATCH ${path}`, "Keap cannot change a contact's custom field by API");
      const query = maskQuery(`PATCH ${path}`, "customField", body, mask);
      return calls.record(
        customFieldSchema,
        { method: "PATCH", path, params: { custom_field_id: fieldId }, query, body },
        options,
      );
    },

    delete: (kind: ModelKind, fieldId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: field(kind), params: { custom_field_id: fieldId } }, options),

    async groups(kind: ModelKind, options?: CallOptions & { tabId?: string }) {
      const query = options?.tabId ? [`tab_id=${encodeURIComponent(options.tabId)}`] : [];
      const request = { method: "GET", path: at(kind, "/customFields/groups"), query } as const;
      return readRecords(
        (await calls.record(groupsAnswer, request, options)).groups ?? [],
        customFieldGroupSchema,
      );
    },
    createGroup: (kind: ModelKind, body: { name: string; tab_id?: string }, options?: CallOptions) =>
      calls.record(
        customFieldGroupSchema,
        { method: "POST", path: at(kind, "/customFields/groups"), body },
        options,
      ),
    updateGroup: (
      kind: ModelKind,
      groupId: string,
      body: { name?: string; tab_id?: string; order?: number },
      options?: CallOptions,
    ) =>
      calls.record(
        customFieldGroupSchema,
        {
          method: "PATCH",
          path: group(kind),
          params: { group_id: groupId },
          query: maskQuery(`PATCH ${group(kind)}`, "customFieldGroup", body),
          body,
        },
        options,
      ),
    /** A group that is not empty is a conflict. */
    deleteGroup: (kind: ModelKind, groupId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: group(kind), params: { group_id: groupId } }, options),

    async tabs(kind: ModelKind, options?: CallOptions) {
      const request = { method: "GET", path: at(kind, "/customFields/tabs") } as const;
      return readRecords((await calls.record(tabsAnswer, request, options)).tabs ?? [], customFieldTabSchema);
    },
    createTab: (kind: ModelKind, body: { name: string }, options?: CallOptions) =>
      calls.record(
        customFieldTabSchema,
        { method: "POST", path: at(kind, "/customFields/tabs"), body },
        options,
      ),
    updateTab: (
      kind: ModelKind,
      tabId: string,
      body: { name?: string; order?: number },
      options?: CallOptions,
    ) =>
      calls.record(
        customFieldTabSchema,
        {
          method: "PATCH",
          path: tab(kind),
          params: { tab_id: tabId },
          query: maskQuery(`PATCH ${tab(kind)}`, "customFieldTab", body),
          body,
        },
        options,
      ),
    deleteTab: (kind: ModelKind, tabId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: tab(kind), params: { tab_id: tabId } }, options),
  };
}
