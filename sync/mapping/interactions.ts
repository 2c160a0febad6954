import type {
  WireAppointment,
  WireEmailAddressStatus,
  WireEmailSent,
  WireNote,
  WireTask,
} from "../keap/schemas";
import { customFieldsFromWire, customFieldsToWire } from "./custom-fields";
import type { FieldSpec, Json, MapContext, MappedRow, Values } from "./types";
import { asJson, flag, instant, keapId, number, text } from "./values";

/**
 * Notes, tasks, appointments and e-mails in one table. Each kind counts its ids from one, so the kind is part of the
 * key; every kind fills every column, so that a row always has the same shape.
 */
export type InteractionKind = "note" | "task" | "appointment" | "email";

const columns: Readonly<Record<string, FieldSpec["kind"]>> = {
  kind: "text",
  title: "text",
  body: "text",
  type: "text",
  occurred_at: "instant",
  due_at: "instant",
  completed_at: "instant",
  ended_at: "instant",
  is_completed: "boolean",
  is_pinned: "boolean",
  priority: "text",
  location: "text",
  remind_minutes: "number",
  sent_from_address: "text",
  sent_to_address: "text",
  opened_at: "instant",
  clicked_at: "instant",
  provider: "text",
  provider_source_id: "text",
  contact_keap_id: "number",
  user_keap_id: "number",
  opportunity_keap_id: "number",
  keap_created_by: "number",
  keap_last_updated_by: "number",
  custom_fields: "map",
  raw: "json",
};

/** What Keap takes back, by kind. E-mails are history; appointments are v1's, without an id to write to on most accounts. */
const writable: Readonly<Record<InteractionKind, readonly string[]>> = {
  note: ["title", "body", "type", "is_pinned", "contact_keap_id", "user_keap_id", "custom_fields"],
  task: [
    "title",
    "body",
    "type",
    "priority",
    "is_completed",
    "completed_at",
    "due_at",
    "remind_minutes",
    "contact_keap_id",
    "user_keap_id",
    "opportunity_keap_id",
    "custom_fields",
  ],
  appointment: ["title", "body", "location", "occurred_at", "ended_at", "contact_keap_id", "user_keap_id"],
  email: [],
};

const kinds = Object.keys(writable) as InteractionKind[];

const fieldsByKind = Object.fromEntries(
  kinds.map((one) => [
    one,
    Object.entries(columns).map(
      ([name, kind]): FieldSpec => ({ name, kind, writable: writable[one].includes(name) }),
    ),
  ]),
) as unknown as Record<InteractionKind, readonly FieldSpec[]>;

/** The columns of one kind; of an unknown kind nothing can be written. */
export function interactionFieldsOf(kind: Json | undefined): readonly FieldSpec[] {
  return fieldsByKind[kinds.includes(kind as InteractionKind) ? (kind as InteractionKind) : "email"];
}

/** All columns, writable where any kind takes them. */
export const interactionFields: readonly FieldSpec[] = Object.entries(columns).map(([name, kind]) => ({
  name,
  kind,
  writable: kinds.some((one) => writable[one].includes(name)),
}));

const nothing: Values = Object.fromEntries(
  Object.keys(columns).map((name) => [name, name === "custom_fields" || name === "raw" ? {} : null]),
);

function interaction(
  kind: InteractionKind,
  id: string,
  values: Values,
  times: { created?: unknown; updated?: unknown },
): MappedRow {
  return {
    key: `${kind}:${id}`,
    keap_id: Number(id),
    created_at: instant(times.created),
    updated_at: instant(times.updated),
    values: { ...nothing, kind, ...values },
  };
}

export function noteFromWire(wire: WireNote, context: MapContext): MappedRow {
  return interaction(
    "note",
    wire.id,
    {
      title: text(wire.title),
      body: text(wire.text),
      type: text(wire.type),
      occurred_at: instant(wire.create_time),
      is_pinned: text(wire.pinned_at) !== null,
      contact_keap_id: keapId(wire.contact_id),
      user_keap_id: keapId(wire.assigned_to_user?.id),
      keap_created_by: keapId(wire.created_by_user_id),
      keap_last_updated_by: keapId(wire.last_updated_by_user_id),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "TASK_NOTE_APPOINTMENT"),
      raw: asJson(wire.raw ?? {}),
    },
    { created: wire.create_time, updated: wire.update_time },
  );
}

/** A task happens when it is due, or where nobody said when, when it was made. */
export function taskFromWire(wire: WireTask, context: MapContext): MappedRow {
  return interaction(
    "task",
    wire.id,
    {
      title: text(wire.title),
      body: text(wire.description),
      type: text(wire.type),
      priority: text(wire.priority),
      occurred_at: instant(wire.due_time) ?? instant(wire.create_time),
      due_at: instant(wire.due_time),
      completed_at: instant(wire.completion_time),
      is_completed: flag(wire.completed),
      remind_minutes: number(wire.remind_time_mins),
      contact_keap_id: keapId(wire.contact_id),
      user_keap_id: keapId(wire.assigned_to_user_id),
      opportunity_keap_id: keapId(wire.opportunity_id),
      keap_created_by: keapId(wire.created_by_user_id),
      keap_last_updated_by: keapId(wire.last_updated_by_user_id),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "TASK_NOTE_APPOINTMENT"),
      raw: asJson(wire.raw ?? {}),
    },
    { created: wire.create_time, updated: wire.modification_time },
  );
}

/** Keap's specification gives appointments no id. One that shows none cannot be told from the next and is not copied. */
export function appointmentFromWire(wire: WireAppointment): MappedRow {
  return interaction(
    "appointment",
    String(wire.id),
    {
      title: text(wire.title),
      body: text(wire.description),
      location: text(wire.location),
      occurred_at: instant(wire.start_date),
      ended_at: instant(wire.end_date),
      remind_minutes: number(wire.remind_time),
      contact_keap_id: keapId(wire.contact_id),
      user_keap_id: keapId(wire.user),
      raw: asJson(wire.raw ?? {}),
    },
    {},
  );
}

/** Bodies are in no list; opened and clicked are one time each, first or last is not documented. */
export function emailFromWire(wire: WireEmailSent): MappedRow {
  const { headers: _private, sent_from_reply_address, original_provider_id, ...rest } = wire;
  return interaction(
    "email",
    wire.id,
    {
      title: text(rest.subject),
      occurred_at: instant(rest.sent_time) ?? instant(rest.received_time),
      sent_from_address: text(rest.sent_from_address),
      sent_to_address: text(rest.sent_to_address),
      opened_at: instant(rest.opened_time),
      clicked_at: instant(rest.clicked_time),
      provider: text(rest.original_provider),
      provider_source_id: text(rest.provider_source_id),
      contact_keap_id: keapId(rest.contact_id),
      raw: asJson({ ...(rest.raw ?? {}), ...withText({ sent_from_reply_address, original_provider_id }) }),
    },
    {},
  );
}

function withText(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => text(value) !== null));
}

const noteNames: Readonly<Record<string, string>> = {
  body: "text",
  user_keap_id: "user_id",
  contact_keap_id: "contact_id",
};
const taskNames: Readonly<Record<string, string>> = {
  body: "description",
  is_completed: "completed",
  completed_at: "completion_time",
  due_at: "due_time",
  remind_minutes: "remind_time_mins",
  user_keap_id: "assigned_to_user_id",
  contact_keap_id: "contact_id",
  opportunity_keap_id: "opportunity_id",
};

/**
 * Body and mask of a note or a task. An empty list of custom fields would reset them all to their defaults, so what was
 * cleared here is named with nothing in it; `held` are the fields as Keap has them.
 */
export function interactionToWire(
  kind: "note" | "task",
  changed: readonly string[],
  values: Values,
  held: readonly { id: string }[] = [],
): { body: Record<string, Json>; mask: string[] } {
  const names = kind === "note" ? noteNames : taskNames;
  const body: Record<string, Json> = {};
  for (const column of changed) {
    const value = values[column] ?? null;
    if (column === "custom_fields") {
      const kept = customFieldsToWire(value);
      const cleared = held.filter(({ id }) => !kept.some((one) => one.id === id));
      const list = [...kept, ...cleared.map(({ id }) => ({ id, content: null }))];
      if (list.length > 0) body.custom_fields = list;
    } else
      body[names[column] ?? column] = column.endsWith("_keap_id") && value !== null ? String(value) : value;
  }
  return { body, mask: Object.keys(body) };
}

export const emailAddressFields: readonly FieldSpec[] = [
  { name: "email", kind: "text", writable: false },
  { name: "opted_in", kind: "boolean", writable: false },
  { name: "status", kind: "text", writable: false },
  ...["last_click_at", "last_open_at", "last_sent_at"].map(
    (name): FieldSpec => ({ name, kind: "instant", writable: false }),
  ),
  { name: "raw", kind: "json", writable: false },
];

/** Keap gives an address no id: it is its own, in lower case. */
export function emailAddressFromWire(wire: WireEmailAddressStatus): MappedRow {
  const email = wire.email.trim().toLowerCase();
  return {
    key: email,
    keap_id: null,
    created_at: instant(wire.create_time),
    updated_at: null,
    values: {
      email,
      opted_in: flag(wire.opted_in),
      status: text(wire.status),
      last_click_at: instant(wire.last_click_time),
      last_open_at: instant(wire.last_open_time),
      last_sent_at: instant(wire.last_sent_time),
      raw: asJson(wire.raw ?? {}),
    },
  };
}
