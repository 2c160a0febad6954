import { z } from "zod";
import type { AppointmentBody, NoteBody, NotePatch, TaskBody, TaskPatch } from "../bodies";
import { type Calls, fieldsQuery, type ListOptions, maskQuery } from "../calls";
import { customFieldsOnly, lists } from "../lists";
import type { MaskOf } from "../masks";
import { readRecords } from "../pages";
import { appointmentSchema, noteSchema, taskSchema } from "../schemas";
import type { CallOptions } from "../transport";

const notesPath = "/v2/contacts/{contact_id}/notes";
const notePath = `${notesPath}/{note_id}`;

/** A note id alone, from a hook, is read with `list({ filter: { ids: [id] } })`: single calls need the contact. */
export function notesResource(calls: Calls) {
  const fields = (operation: string) => fieldsQuery(operation, undefined, customFieldsOnly);
  const params = (contactId: string, noteId: string) => ({ contact_id: contactId, note_id: noteId });
  return {
    list: (options?: ListOptions<typeof lists.notes>) => calls.page(lists.notes, options),
    listOfContact: (contactId: string, options?: ListOptions<typeof lists.contactNotes>) =>
      calls.page(lists.contactNotes, options, { contact_id: contactId }),
    get: (contactId: string, noteId: string, options?: CallOptions) =>
      calls.record(
        noteSchema,
        {
          method: "GET",
          path: notePath,
          params: params(contactId, noteId),
          query: fields(`GET ${notePath}`),
        },
        options,
      ),
    create: (contactId: string, body: NoteBody, options?: CallOptions) =>
      calls.record(
        noteSchema,
        {
          method: "POST",
          path: notesPath,
          params: { contact_id: contactId },
          query: fields(`POST ${notesPath}`),
          body,
        },
        options,
      ),
    /** The body must carry `user_id`, also when the mask names another field. */
    update: (
      contactId: string,
      noteId: string,
      body: NotePatch,
      mask?: MaskOf<"note">,
      options?: CallOptions,
    ) =>
      calls.record(
        noteSchema,
        {
          method: "PATCH",
          path: notePath,
          params: params(contactId, noteId),
          query: [...maskQuery(`PATCH ${notePath}`, "note", body, mask), ...fields(`PATCH ${notePath}`)],
          body,
        },
        options,
      ),
    delete: (contactId: string, noteId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: notePath, params: params(contactId, noteId) }, options),
  };
}

const taskPath = "/v2/tasks/{task_id}";

export function tasksResource(calls: Calls) {
  const fields = (operation: string) => fieldsQuery(operation, undefined, customFieldsOnly);
  const params = (taskId: string) => ({ task_id: taskId });
  return {
    list: (options?: ListOptions<typeof lists.tasks>) => calls.page(lists.tasks, options),
    get: (taskId: string, options?: CallOptions) =>
      calls.record(
        taskSchema,
        { method: "GET", path: taskPath, params: params(taskId), query: fields(`GET ${taskPath}`) },
        options,
      ),
    create: (body: TaskBody, options?: CallOptions) =>
      calls.record(
        taskSchema,
        { method: "POST", path: "/v2/tasks", query: fields("POST /v2/tasks"), body },
        options,
      ),
    update: (taskId: string, body: TaskPatch, mask?: MaskOf<"task">, options?: CallOptions) =>
      calls.record(
        taskSchema,
        {
          method: "PATCH",
          path: taskPath,
          params: params(taskId),
          query: [...maskQuery(`PATCH ${taskPath}`, "task", body, mask), ...fields(`PATCH ${taskPath}`)],
          body,
        },
        options,
      ),
    delete: (taskId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: taskPath, params: params(taskId) }, options),
  };
}

export interface AppointmentListOptions extends CallOptions {
  contactId?: string;
  since?: Date;
  until?: Date;
  limit?: number;
  offset?: number;
}

const appointmentPath = "/v1/appointments/{appointment_id}";
const appointmentList = z.looseObject({
  appointments: z.array(z.unknown()).nullish(),
  count: z.number().nullish(),
  next: z.string().nullish(),
});

/** v1 only, and only the appointments of Keap Max Classic. Paged by offset. */
export function appointmentsResource(calls: Calls) {
  const params = (appointmentId: string) => ({ appointment_id: appointmentId });
  return {
    /** `nextOffset` is null at the end: a page shorter than asked for, or an empty one. */
    async list({
      contactId,
      since,
      until,
      limit = 1000,
      offset = 0,
      ...options
    }: AppointmentListOptions = {}) {
      const query = [`limit=${limit}`, `offset=${offset}`];
      if (contactId) query.push(`contact_id=${encodeURIComponent(contactId)}`);
      if (since) query.push(`since=${encodeURIComponent(since.toISOString())}`);
      if (until) query.push(`until=${encodeURIComponent(until.toISOString())}`);
      const answer = await calls.record(
        appointmentList,
        { method: "GET", path: "/v1/appointments", query },
        options,
      );
      const records = answer.appointments ?? [];
      return {
        ...readRecords(records, appointmentSchema),
        nextOffset: records.length > 0 && records.length >= limit ? offset + records.length : null,
      };
    },
    get: (appointmentId: string, options?: CallOptions) =>
      calls.record(
        appointmentSchema,
        { method: "GET", path: appointmentPath, params: params(appointmentId) },
        options,
      ),
    create: (body: AppointmentBody, options?: CallOptions) =>
      calls.record(appointmentSchema, { method: "POST", path: "/v1/appointments", body }, options),
    /** Keap wants the title and both times also in a PATCH. */
    update: (appointmentId: string, body: AppointmentBody, options?: CallOptions) =>
      calls.record(
        appointmentSchema,
        { method: "PATCH", path: appointmentPath, params: params(appointmentId), body },
        options,
      ),
    delete: (appointmentId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: appointmentPath, params: params(appointmentId) }, options),
  };
}
