import { type Call, created, noContent, ok } from "../http/call";
import { v1Error } from "../http/errors";
import { del, get, patch, post, put, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import { readTime } from "../query/filter";
import { fresh, withChanges } from "../query/mask";
import type { AppointmentRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { requireRef } from "./shared";

/** v1 ids are numbers. The spec's object has no id at all: whether the wire shows one is a switch. */
function appointmentWire(appointment: AppointmentRecord, call: Pick<Call, "switches">) {
  const { id, update_time, contact_id, user, ...rest } = appointment;
  return {
    ...(call.switches.appointment_ids ? { id: Number(id) } : {}),
    ...rest,
    ...(contact_id ? { contact_id: Number(contact_id) } : {}),
    ...(user ? { user: Number(user) } : {}),
  };
}

const shape = {
  title: b.filled(),
  start_date: b.time,
  end_date: b.time,
  description: b.text(),
  location: b.text(),
  contact_id: b.int,
  user: b.int,
  remind_time: b.int,
};

/** v1 paging: `limit`, `offset`, and `next` as a whole URL. */
export function pageV1<R>(call: Call, rows: R[]): { rows: R[]; rest: Record<string, unknown> } {
  const number = (name: string, fallback: number) => {
    const text = call.url.searchParams.get(name);
    if (text !== null && !/^\d+$/.test(text)) throw v1Error(400, `${name} must be a number`);
    return text === null ? fallback : Number(text);
  };
  const limit = Math.min(1000, number("limit", 1000));
  const offset = number("offset", 0);
  const page = rows.slice(offset, offset + limit);
  const link = (to: number) => {
    const url = new URL(call.url);
    url.searchParams.set("limit", String(limit));
    url.searchParams.set("offset", String(Math.max(0, to)));
    return url.toString();
  };
  const count = call.switches.v1_count === "total" ? rows.length : page.length;
  return { rows: page, rest: { count, next: link(offset + limit), previous: link(offset - limit) } };
}

function find(call: Call): AppointmentRecord {
  const appointment = call.account.appointments.get(Number(call.params.appointmentId));
  if (!appointment) throw v1Error(404, "Appointment not found");
  return appointment;
}

function read(call: Call, required: string[]): Record<string, unknown> {
  const body = b.readBody(call, shape, required);
  if (body.contact_id) requireRef(call.account.contacts, body.contact_id, "contact_id");
  return {
    ...body,
    ...(body.contact_id ? { contact_id: String(body.contact_id) } : {}),
    ...(body.user ? { user: String(body.user) } : {}),
  };
}

const required = ["title", "start_date", "end_date"];

export const appointmentRoutes: Route[] = [
  get("/v1/appointments", (call) => {
    const contact = call.url.searchParams.get("contact_id");
    const bound = (name: string) => {
      const text = call.url.searchParams.get(name);
      return text === null ? null : new Date(readTime(text, name)).toISOString();
    };
    const since = bound("since");
    const until = bound("until");
    const all = contact
      ? findBy(call.account, "appointments.contact_id", contact)
      : [...call.account.appointments.values()];
    const rows = all.filter(
      (one) => (!since || one.start_date >= since) && (!until || one.start_date <= until),
    );
    const page = pageV1(call, rows);
    return ok({ appointments: page.rows.map((one) => appointmentWire(one, call)), ...page.rest });
  }),
  post("/v1/appointments", (call) => {
    const appointment = fresh<AppointmentRecord>({
      ...read(call, required),
      id: takeId(call.account, "appointments"),
      update_time: call.now,
    });
    return created(appointmentWire(putRecord(call.account, "appointments", appointment), call));
  }),
  get("/v1/appointments/{appointmentId}", (call) => ok(appointmentWire(find(call), call))),
  put("/v1/appointments/{appointmentId}", (call) => {
    const { id } = find(call);
    const appointment = fresh<AppointmentRecord>({ ...read(call, required), id, update_time: call.now });
    return ok(appointmentWire(putRecord(call.account, "appointments", appointment), call));
  }),
  patch("/v1/appointments/{appointmentId}", (call) => {
    const next = { ...withChanges(find(call), Object.entries(read(call, []))), update_time: call.now };
    return ok(appointmentWire(putRecord(call.account, "appointments", next), call));
  }),
  del("/v1/appointments/{appointmentId}", (call) => {
    removeRecord(call.account, "appointments", Number(find(call).id));
    return noContent();
  }),
];
