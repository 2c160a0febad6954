import { type Call, created, noContent, ok, writerOf } from "../http/call";
import { badRequest } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import { readFields } from "../query/fields";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { TaskRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

const asked = ["custom_fields"];
const priorities = ["CRITICAL", "ESSENTIAL", "NONESSENTIAL"];
const reminders = [5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880];

/** Typed integer with its values listed as text: send a number, both are taken. */
const remind: b.Check = (value, path) => {
  const minutes = Number(value);
  if (!reminders.includes(minutes)) throw badRequest(`${path} must be one of ${reminders.join(", ")}`, path);
  return minutes;
};

function taskWire(task: TaskRecord, _call: unknown, fields?: ReadonlySet<string>) {
  const { custom_fields, ...rest } = task;
  return { ...rest, ...(fields?.has("custom_fields") ? { custom_fields: custom_fields ?? [] } : {}) };
}

const compared = (task: TaskRecord, call: Call) =>
  call.switches.note_since_compares === "update_time" ? task.modification_time : task.create_time;

const list: ListSpec<TaskRecord> = {
  answerKey: "tasks",
  rows: (call) => call.account.tasks.values(),
  tables: ["tasks"],
  filters: {
    contact_id: f.id((t) => t.contact_id, {
      candidates: (value, call) => findBy(call.account, "tasks.contact_id", value),
    }),
    has_due_date: f.flag((t) => t.due_time !== undefined),
    is_completed: f.flag((t) => t.completed),
    user_id: f.id((t) => t.assigned_to_user_id, { none: "UNASSIGNED" }),
    opportunity_id: f.id((t) => t.opportunity_id),
    task_ids: f.ids((t) => t.id),
    priority: f.oneOf((t) => t.priority, priorities),
    since_time: f.since(compared),
    until_time: f.until(compared),
    id: f.idRange((t) => t.id),
    title: f.text((t) => t.title, { prefix: true }),
  },
  custom: { recordType: "TASK_NOTE_APPOINTMENT", of: (t) => t.custom_fields, strict: true },
  // The order key is `update_time`, the field `modification_time`.
  orders: {
    id: (t) => Number(t.id),
    create_time: (t) => t.create_time,
    due_time: (t) => t.due_time,
    update_time: (t) => t.modification_time,
  },
  fields: asked,
  wire: taskWire,
};

const shape = {
  title: b.text(),
  description: b.text(),
  type: b.text(),
  priority: b.oneOf(priorities),
  completed: b.bool,
  completion_time: b.time,
  due_time: b.time,
  remind_time_mins: remind,
  assigned_to_user_id: b.id,
  contact_id: b.id,
  opportunity_id: b.id,
  accepted: b.bool,
  custom_fields: s.customFields,
};
const writable = Object.keys(shape);

function check(call: Call, values: Map<string, unknown>): Map<string, unknown> {
  if (values.get("assigned_to_user_id"))
    s.requireRef(call.account.users, values.get("assigned_to_user_id"), "assigned_to_user_id");
  if (values.get("contact_id")) s.requireRef(call.account.contacts, values.get("contact_id"), "contact_id");
  if (values.get("opportunity_id"))
    s.requireRef(call.account.opportunities, values.get("opportunity_id"), "opportunity_id");
  if (values.has("custom_fields")) {
    s.checkCustomFields(call, "TASK_NOTE_APPOINTMENT", values.get("custom_fields"));
    values.set("custom_fields", s.orDefaults(call, values.get("custom_fields")));
  }
  if (values.has("completed")) {
    values.set("completed", values.get("completed") ?? false);
    if (values.get("completed") === true && !values.get("completion_time"))
      values.set("completion_time", call.now);
    if (values.get("completed") === false) values.set("completion_time", undefined);
  }
  return values;
}

export const taskRoutes: Route[] = [
  get("/v2/tasks", (call) => listPage(call, list)),
  post("/v2/tasks", (call) => {
    const body = b.readBody(call, shape, ["assigned_to_user_id"]);
    const fields = readFields(call, asked);
    const writer = writerOf(call);
    const task = fresh<TaskRecord>({
      completed: false,
      ...Object.fromEntries(check(call, new Map(Object.entries(body)))),
      id: takeId(call.account, "tasks"),
      create_time: call.now,
      modification_time: call.now,
      created_by_user_id: writer,
      last_updated_by_user_id: writer,
    });
    return created(taskWire(putRecord(call.account, "tasks", task), call, fields));
  }),
  get("/v2/tasks/{task_id}", (call) =>
    ok(taskWire(s.require(call.account.tasks, call, "task_id", "Task"), call, readFields(call, asked))),
  ),
  patch("/v2/tasks/{task_id}", (call) => {
    const task = s.require(call.account.tasks, call, "task_id", "Task");
    const rules = { mask: [...writable, "id", "last_updated_by_user_id"], writable, promised: true };
    const changes = check(call, readChanges(call, b.readBody(call, shape), rules));
    const writer = writerOf(call);
    const next = {
      ...withChanges(task, changes),
      modification_time: call.now,
      ...(writer ? { last_updated_by_user_id: writer } : {}),
    };
    return ok(taskWire(putRecord(call.account, "tasks", next), call, readFields(call, asked)));
  }),
  del("/v2/tasks/{task_id}", (call) => {
    removeRecord(call.account, "tasks", Number(s.require(call.account.tasks, call, "task_id", "Task").id));
    return noContent();
  }),
];
