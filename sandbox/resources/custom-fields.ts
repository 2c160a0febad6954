import { type Answer, type Call, created, noContent, ok } from "../http/call";
import { badRequest, conflict } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import * as b from "../query/body";
import { readChanges, withChanges } from "../query/mask";
import {
  type CustomFieldGroupRecord,
  type CustomFieldRecord,
  type CustomFieldRecordType,
  type CustomFieldTabRecord,
  customFieldTypes,
} from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { optionalCompanyFields } from "./company-wire";
import { optionalContactFields } from "./contact-wire";
import * as s from "./shared";

interface Model {
  path: string;
  recordType: CustomFieldRecordType;
  optional: readonly string[];
  /** Contacts can create and delete a field but not change it. */
  canPatch: boolean;
  /** Tasks answer a creation as `{custom_field}`. */
  wrapsCreate?: boolean;
}

/** Tasks, notes and classic appointments share one set; affiliates' is REFERRAL_PARTNER. */
const models: Model[] = [
  { path: "contacts", recordType: "CONTACT", optional: optionalContactFields, canPatch: false },
  { path: "companies", recordType: "COMPANY", optional: optionalCompanyFields, canPatch: true },
  { path: "orders", recordType: "ORDER", optional: [], canPatch: true },
  { path: "subscriptions", recordType: "SUBSCRIPTION", optional: [], canPatch: true },
  {
    path: "opportunities",
    recordType: "OPPORTUNITY",
    optional: ["custom_fields", "created_by", "last_updated_by", "status_id"],
    canPatch: true,
  },
  {
    path: "tasks",
    recordType: "TASK_NOTE_APPOINTMENT",
    optional: ["custom_fields"],
    canPatch: true,
    wrapsCreate: true,
  },
  { path: "notes", recordType: "TASK_NOTE_APPOINTMENT", optional: ["custom_fields"], canPatch: true },
  { path: "affiliates", recordType: "REFERRAL_PARTNER", optional: [], canPatch: true },
];

function fieldWire(call: Call, field: CustomFieldRecord) {
  const group = field.group_id ? call.account.customFieldGroups.get(Number(field.group_id)) : undefined;
  return {
    id: field.id,
    label: field.label,
    options: field.options ?? [],
    record_type: field.record_type,
    field_type: field.field_type,
    ...(field.default_value ? { default_value: field.default_value } : {}),
    ...(field.group_id ? { group_id: field.group_id, group_name: group?.name } : {}),
    field_name: field.field_name,
  };
}

/** A legacy column name: the label in CamelCase, with a number where it is taken. */
function fieldName(call: Call, recordType: CustomFieldRecordType, label: string): string {
  const words = label
    .replaceAll(/[^A-Za-z0-9]+/g, " ")
    .trim()
    .split(" ")
    .filter(Boolean);
  const base = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("") || "Field";
  const taken = new Set(
    [...call.account.customFields.values()]
      .filter((one) => one.record_type === recordType)
      .map((one) => one.field_name),
  );
  let name = base;
  for (let n = 0; taken.has(name); n++) name = `${base}${n}`;
  return name;
}

/** Without a group a field lands on the tab "Custom Fields". */
function defaultGroup(call: Call, recordType: CustomFieldRecordType): CustomFieldGroupRecord {
  const held = [...call.account.customFieldGroups.values()].find((one) => one.record_type === recordType);
  if (held) return held;
  const tab =
    [...call.account.customFieldTabs.values()].find((one) => one.record_type === recordType) ??
    putRecord(call.account, "customFieldTabs", {
      id: takeId(call.account, "customFieldTabs"),
      record_type: recordType,
      name: "Custom Fields",
      order: 0,
    });
  return putRecord(call.account, "customFieldGroups", {
    id: takeId(call.account, "customFieldGroups"),
    record_type: recordType,
    name: "Custom Fields",
    order: 0,
    tab_id: tab.id,
  });
}

function own<R extends { record_type: CustomFieldRecordType }>(
  rows: Map<number, R>,
  call: Call,
  param: string,
  model: Model,
  what: string,
): R {
  const record = s.require(rows, call, param, what);
  if (record.record_type !== model.recordType)
    throw badRequest(`${what} belongs to ${record.record_type}`, what);
  return record;
}

function groupOf(call: Call, model: Model, id: unknown): CustomFieldGroupRecord {
  const group = s.requireRef(call.account.customFieldGroups, id, "group_id");
  if (group.record_type !== model.recordType)
    throw badRequest(`group_id belongs to ${group.record_type}`, "group_id");
  return group;
}

function createField(call: Call, model: Model): Answer {
  const body = b.readBody(
    call,
    {
      label: b.filled(),
      options: b.list(b.object({ label: b.filled() })),
      field_type: b.oneOf(customFieldTypes),
      group_id: b.id,
      user_group_id: b.id,
    },
    ["label", "field_type"],
  );
  const group = body.group_id ? groupOf(call, model, body.group_id) : defaultGroup(call, model.recordType);
  const options = (body.options as { label: string }[] | undefined)?.map(({ label }) => ({
    id: takeId(call.account, "option"),
    label,
  }));
  const field = putRecord(call.account, "customFields", {
    id: takeId(call.account, "customFields"),
    record_type: model.recordType,
    label: String(body.label),
    field_name: fieldName(call, model.recordType, String(body.label)),
    field_type: body.field_type as CustomFieldRecord["field_type"],
    group_id: group.id,
    ...(options?.length ? { options } : {}),
  });
  const wire = fieldWire(call, field);
  return created(model.wrapsCreate ? { custom_field: wire } : wire);
}

/** The body must carry `group_id` even when only the label changes; the type cannot change. */
function patchField(call: Call, model: Model): Answer {
  const field = own(call.account.customFields, call, "custom_field_id", model, "Custom field");
  const body = b.readBody(
    call,
    { label: b.filled(), options: b.list(b.object({ id: b.id, label: b.filled() })), group_id: b.id },
    ["group_id"],
  );
  groupOf(call, model, body.group_id);
  const names = ["group_id", "label", "options"];
  const changes = readChanges(call, body, { mask: names, writable: names, promised: true });
  if (changes.has("options")) {
    const sent = (changes.get("options") as { id?: string; label: string }[] | undefined) ?? [];
    changes.set(
      "options",
      sent.map((option) => ({ id: option.id ?? takeId(call.account, "option"), label: option.label })),
    );
  }
  if (changes.has("label") && !changes.get("label")) changes.delete("label");
  return ok(fieldWire(call, putRecord(call.account, "customFields", withChanges(field, changes))));
}

function fieldRoutes(model: Model): Route[] {
  const base = `/v2/${model.path}/model`;
  return [
    get(base, (call) =>
      ok({
        custom_fields: [...call.account.customFields.values()]
          .filter((one) => one.record_type === model.recordType)
          .map((one) => fieldWire(call, one)),
        optional_properties: [...model.optional],
      }),
    ),
    post(`${base}/customFields`, (call) => createField(call, model)),
    ...(model.canPatch
      ? [patch(`${base}/customFields/{custom_field_id}`, (call) => patchField(call, model))]
      : []),
    del(`${base}/customFields/{custom_field_id}`, (call) => {
      removeRecord(
        call.account,
        "customFields",
        Number(own(call.account.customFields, call, "custom_field_id", model, "Custom field").id),
      );
      return noContent();
    }),
  ];
}

function groupRoutes(model: Model): Route[] {
  const base = `/v2/${model.path}/model/customFields/groups`;
  const shape = { name: b.filled(), tab_id: b.id, order: b.int };
  return [
    get(base, (call) => {
      const tab = call.url.searchParams.get("tab_id");
      const groups = [...call.account.customFieldGroups.values()].filter(
        (one) => one.record_type === model.recordType && (!tab || one.tab_id === tab),
      );
      return ok({ groups });
    }),
    post(base, (call) => {
      const body = b.readBody(call, { name: b.filled(), tab_id: b.id }, ["name"]);
      const tab_id = body.tab_id
        ? s.requireRef(call.account.customFieldTabs, body.tab_id, "tab_id").id
        : defaultGroup(call, model.recordType).tab_id;
      const order = [...call.account.customFieldGroups.values()].filter(
        (one) => one.tab_id === tab_id,
      ).length;
      const group = {
        id: takeId(call.account, "customFieldGroups"),
        record_type: model.recordType,
        name: String(body.name),
        order,
        tab_id,
      };
      return created(putRecord(call.account, "customFieldGroups", group));
    }),
    get(`${base}/{group_id}`, (call) =>
      ok(own(call.account.customFieldGroups, call, "group_id", model, "Custom field group")),
    ),
    patch(`${base}/{group_id}`, (call) => {
      const group = own(call.account.customFieldGroups, call, "group_id", model, "Custom field group");
      const names = Object.keys(shape);
      const changes = readChanges(call, b.readBody(call, shape), {
        mask: names,
        writable: names,
        maskRequired: true,
      });
      return ok(
        putRecord(call.account, "customFieldGroups", withChanges<CustomFieldGroupRecord>(group, changes)),
      );
    }),
    del(`${base}/{group_id}`, (call) => {
      const group = own(call.account.customFieldGroups, call, "group_id", model, "Custom field group");
      if ([...call.account.customFields.values()].some((one) => one.group_id === group.id))
        throw conflict(`Custom field group ${group.id} is not empty`, "Custom field group");
      removeRecord(call.account, "customFieldGroups", Number(group.id));
      return noContent();
    }),
  ];
}

function tabRoutes(model: Model): Route[] {
  const base = `/v2/${model.path}/model/customFields/tabs`;
  const shape = { name: b.filled(), order: b.int };
  return [
    get(base, (call) =>
      ok({
        tabs: [...call.account.customFieldTabs.values()].filter(
          (one) => one.record_type === model.recordType,
        ),
      }),
    ),
    post(base, (call) => {
      const body = b.readBody(call, { name: b.filled() }, ["name"]);
      const order = [...call.account.customFieldTabs.values()].filter(
        (one) => one.record_type === model.recordType,
      ).length;
      return created(
        putRecord(call.account, "customFieldTabs", {
          id: takeId(call.account, "customFieldTabs"),
          record_type: model.recordType,
          name: String(body.name),
          order,
        }),
      );
    }),
    get(`${base}/{tab_id}`, (call) =>
      ok(own(call.account.customFieldTabs, call, "tab_id", model, "Custom field tab")),
    ),
    patch(`${base}/{tab_id}`, (call) => {
      const tab = own(call.account.customFieldTabs, call, "tab_id", model, "Custom field tab");
      const names = Object.keys(shape);
      const changes = readChanges(call, b.readBody(call, shape), {
        mask: names,
        writable: names,
        maskRequired: true,
      });
      return ok(putRecord(call.account, "customFieldTabs", withChanges<CustomFieldTabRecord>(tab, changes)));
    }),
    del(`${base}/{tab_id}`, (call) => {
      const tab = own(call.account.customFieldTabs, call, "tab_id", model, "Custom field tab");
      if ([...call.account.customFieldGroups.values()].some((one) => one.tab_id === tab.id))
        throw conflict(`Custom field tab ${tab.id} is not empty`, "Custom field tab");
      removeRecord(call.account, "customFieldTabs", Number(tab.id));
      return noContent();
    }),
  ];
}

export const customFieldRoutes: Route[] = models.flatMap((model) => [
  ...tabRoutes(model),
  ...groupRoutes(model),
  ...fieldRoutes(model),
]);
