import { type Call, created, noContent, ok, writerOf } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import { readFields } from "../query/fields";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { NoteRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

/** The only field that has to be asked for. */
const asked = ["custom_fields"];

function noteWire(note: NoteRecord, call: Pick<Call, "account">, fields?: ReadonlySet<string>) {
  const { user_id, custom_fields, ...rest } = note;
  const user = user_id ? call.account.users.get(Number(user_id)) : undefined;
  return {
    ...rest,
    ...(user_id
      ? {
          assigned_to_user: {
            id: user_id,
            given_name: user?.given_name,
            family_name: user?.family_name,
            email_address: user?.email_addresses[0]?.email,
          },
        }
      : {}),
    ...(fields?.has("custom_fields") ? { custom_fields: custom_fields ?? [] } : {}),
  };
}

/** A bare title matches anywhere, with a trailing `*` from the start. */
const title: f.FilterKey<NoteRecord> = {
  operators: ["=="],
  compile(value, operator, call, key) {
    if (value.startsWith("*")) throw badRequest(`${key}: a leading wildcard is not supported`, key);
    if (value.endsWith("*"))
      return f.text<NoteRecord>((n) => n.title, { prefix: true }).compile(value, operator, call, key);
    return f.anywhere<NoteRecord>((n) => n.title).compile(value, operator, call, key);
  },
};

const compared = (note: NoteRecord, call: Call) => note[call.switches.note_since_compares];

const list: ListSpec<NoteRecord> = {
  answerKey: "notes",
  rows: (call) => call.account.notes.values(),
  tables: ["notes"],
  filters: {
    id: f.idRange((n) => n.id, true),
    ids: f.ids((n) => n.id),
    title,
    contact_id: f.id((n) => n.contact_id, {
      candidates: (value, call) => findBy(call.account, "notes.contact_id", value),
    }),
    assigned_to_user_id: f.id((n) => n.user_id),
    since_time: f.since(compared),
    until_time: f.until(compared),
  },
  exclusive: [["ids", "id"]],
  custom: { recordType: "TASK_NOTE_APPOINTMENT", of: (n) => n.custom_fields },
  orders: { id: (n) => Number(n.id), create_time: (n) => n.create_time, update_time: (n) => n.update_time },
  fields: asked,
  wire: noteWire,
};

const ofContact: ListSpec<NoteRecord> = {
  ...list,
  rows: (call) => findBy(call.account, "notes.contact_id", String(Number(call.params.contact_id))),
};

const shape = {
  title: b.text(),
  text: b.text(),
  type: b.text(),
  user_id: b.id,
  is_pinned: b.bool,
  custom_fields: s.customFields,
};
const patchShape = { ...shape, contact_id: b.id };

function noteOf(call: Call): NoteRecord {
  const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
  const note = s.require(call.account.notes, call, "note_id", "Note");
  if (note.contact_id !== contact.id) throw notFound("Note", note.id);
  return note;
}

function check(call: Call, values: Map<string, unknown>): Map<string, unknown> {
  if (values.get("user_id")) s.requireRef(call.account.users, values.get("user_id"), "user_id");
  const type = values.get("type");
  if (type && !call.account.settings.note_types.includes(String(type))) {
    throw badRequest(`type must be one of ${call.account.settings.note_types.join(", ")}`, "type");
  }
  if (values.has("custom_fields")) {
    s.checkCustomFields(call, "TASK_NOTE_APPOINTMENT", values.get("custom_fields"));
    values.set("custom_fields", s.orDefaults(call, values.get("custom_fields")));
  }
  if (values.has("is_pinned")) {
    values.set("pinned_at", values.get("is_pinned") ? call.now : undefined);
    values.delete("is_pinned");
  }
  return values;
}

export const noteRoutes: Route[] = [
  get("/v2/notes", (call) => listPage(call, list)),
  get("/v2/contacts/{contact_id}/notes", (call) => {
    s.require(call.account.contacts, call, "contact_id", "Contact");
    return listPage(call, ofContact);
  }),
  post("/v2/contacts/{contact_id}/notes", (call) => {
    const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
    const body = b.readBody(call, shape, ["user_id"]);
    if (!body.title && !body.type) throw badRequest("title or type is required", "title");
    const fields = readFields(call, asked);
    const writer = writerOf(call);
    const note = fresh<NoteRecord>({
      ...Object.fromEntries(check(call, new Map(Object.entries(body)))),
      id: takeId(call.account, "notes"),
      contact_id: contact.id,
      create_time: call.now,
      update_time: call.now,
      created_by_user_id: writer,
      last_updated_by_user_id: writer,
    });
    return created(noteWire(putRecord(call.account, "notes", note), call, fields));
  }),
  get("/v2/contacts/{contact_id}/notes/{note_id}", (call) =>
    ok(noteWire(noteOf(call), call, readFields(call, asked))),
  ),
  // PATCH needs user_id too; a note can move to another contact.
  patch("/v2/contacts/{contact_id}/notes/{note_id}", (call) => {
    const note = noteOf(call);
    const names = Object.keys(patchShape);
    const body = b.readBody(call, patchShape, ["user_id"]);
    const changes = check(call, readChanges(call, body, { mask: names, writable: names }));
    if (changes.get("contact_id"))
      s.requireRef(call.account.contacts, changes.get("contact_id"), "contact_id");
    else changes.delete("contact_id");
    const writer = writerOf(call);
    const next = {
      ...withChanges(note, changes),
      update_time: call.now,
      ...(writer ? { last_updated_by_user_id: writer } : {}),
    };
    return ok(noteWire(putRecord(call.account, "notes", next), call, readFields(call, asked)));
  }),
  del("/v2/contacts/{contact_id}/notes/{note_id}", (call) => {
    removeRecord(call.account, "notes", Number(noteOf(call).id));
    return noContent();
  }),
  get("/v2/notes/templates", () => ok({ note_templates: [], next_page_token: "" })),
];
