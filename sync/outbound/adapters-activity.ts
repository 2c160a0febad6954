import type { RunContext } from "../context";
import { invalidRequest, isKeapError, KeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import type { WireAppointment, WireEmailSent, WireNote, WireTask } from "../keap/schemas";
import { customFieldsFromWire } from "../mapping/custom-fields";
import {
  appointmentFromWire,
  emailFromWire,
  interactionToWire,
  noteFromWire,
  taskFromWire,
} from "../mapping/interactions";
import type { Json, MapContext, Values } from "../mapping/types";
import { actingUser, afterWrite, lane, readOnlyAdapter, recordAdapter } from "./adapter-kit";
import type { OutboundAdapter } from "./adapters";

const taskFields = { model: "tasks", recordType: "TASK_NOTE_APPOINTMENT" } as const;

/** Who stands behind a note or a task: the person named, or the key's own user. */
async function userFor(context: RunContext, row: Values): Promise<string> {
  const user = typeof row.user_keap_id === "number" ? String(row.user_keap_id) : await actingUser(context);
  if (user === null)
    throw invalidRequest(
      "write a note or task",
      "Keap wants a user: set user_keap_id to one of Keap's users",
    );
  return user;
}

/** The custom fields a row holds: those never mirrored go back as they are, not as cleared. */
function mirrored(mapping: MapContext, list: WireNote["custom_fields"]): { id: string }[] {
  const known = customFieldsFromWire(list, mapping, "TASK_NOTE_APPOINTMENT");
  return Object.keys(known).map((id) => ({ id }));
}

const noteAdapter = recordAdapter<WireNote>({
  words: { one: "note", other: "title or text" },
  fields: taskFields,
  // an empty list resets every field of a note: what need not be sent is not
  marksChanges: false,
  byNature: "none",
  parents: { contact: "contact" },
  needs: { contact_keap_id: "a contact" },
  async byIds(context, ids) {
    const found: WireNote[] = [];
    for (const batch of inBatches(ids))
      found.push(...(await context.keap.notes.list({ filter: { ids: batch }, lane })).items);
    return found;
  },
  byMarker: async (context, field, recordId) =>
    (await context.keap.notes.list({ filter: { custom: { [field]: recordId } }, lane })).items,
  alike: async () => null,
  toRow: (wire, { mapping }) => noteFromWire(wire, mapping),
  toWire: (columns, values, { mapping }, held) =>
    interactionToWire("note", columns, values, mirrored(mapping, held?.custom_fields)),
  async patch(context, id, { body, mask }, held, row) {
    // Keap wants the user in every change of a note, also when it is not what changes
    const user_id =
      (body.user_id as string | null | undefined) ??
      held.assigned_to_user?.id ??
      (await userFor(context, row));
    const contact = String(held.contact_id);
    return context.keap.notes.update(contact, id, { ...body, user_id } as never, mask as never, { lane });
  },
  remove: (context, id, held) => context.keap.notes.delete(String(held.contact_id), id, { lane }),
  async post(context, body, row) {
    const { contact_id, ...rest } = body;
    const titled = rest.title || rest.type ? rest : { ...rest, title: "Note" };
    const user_id = await userFor(context, row);
    return context.keap.notes.create(String(contact_id), { ...titled, user_id } as never, { lane });
  },
});

const taskAdapter = recordAdapter<WireTask>({
  words: { one: "task", other: "title" },
  fields: taskFields,
  marksChanges: false,
  byNature: "none",
  parents: { contact: "contact" },
  async byIds(context, ids) {
    const found: WireTask[] = [];
    for (const batch of inBatches(ids))
      found.push(...(await context.keap.tasks.list({ filter: { task_ids: batch }, lane })).items);
    return found;
  },
  byMarker: async (context, field, recordId) =>
    (await context.keap.tasks.list({ filter: { custom: { [field]: recordId } }, lane })).items,
  alike: async () => null,
  toRow: (wire, { mapping }) => taskFromWire(wire, mapping),
  toWire: (columns, values, { mapping }, held) =>
    interactionToWire("task", columns, values, mirrored(mapping, held?.custom_fields)),
  patch: (context, id, { body, mask }) =>
    context.keap.tasks.update(id, body as never, mask as never, { lane }),
  remove: (context, id) => context.keap.tasks.delete(id, { lane }),
  post: async (context, body, row) =>
    context.keap.tasks.create({ ...body, assigned_to_user_id: await userFor(context, row) } as never, {
      lane,
    }),
});

type ShownAppointment = WireAppointment & { id: string };

async function appointmentsAt(context: RunContext, ids: readonly number[]): Promise<ShownAppointment[]> {
  const found: ShownAppointment[] = [];
  for (const id of ids) {
    try {
      found.push({ ...(await context.keap.appointments.get(String(id), { lane })), id: String(id) });
    } catch (cause) {
      if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
    }
  }
  return found;
}

const appointmentNames: Readonly<Record<string, string>> = {
  body: "description",
  occurred_at: "start_date",
  ended_at: "end_date",
  contact_keap_id: "contact_id",
  user_keap_id: "user",
};

/** Appointments of the person that begin and are called as this one. */
async function appointmentsLike(
  context: RunContext,
  body: Readonly<Record<string, Json>>,
): Promise<ShownAppointment[]> {
  const at = Date.parse(String(body.start_date));
  const { items } = await context.keap.appointments.list({
    contactId: String(body.contact_id),
    since: new Date(at - 1000),
    until: new Date(at + 1000),
    lane,
  });
  return items.flatMap((one) =>
    one.id && one.title === body.title && Date.parse(String(one.start_date)) === at
      ? [{ ...one, id: String(one.id) }]
      : [],
  );
}

/**
 * Where Keap shows appointments without ids, one made here could never be told from another: it would be made twice, or
 * stay held for ever. So nothing is made there.
 */
async function refuseWithoutIds(context: RunContext): Promise<void> {
  const { items } = await context.keap.appointments.list({ limit: 1, lane });
  if (items.length > 0 && items.every((one) => !one.id))
    throw invalidRequest(
      "create an appointment",
      "This account's Keap shows appointments without their ids, so one made here could not be kept in step. Make it in Keap",
    );
}

/** v1 wants title and times in every change. Where its answer to a create shows no id, the list is asked for one. */
const appointmentAdapter = recordAdapter<ShownAppointment>({
  words: { one: "appointment", other: "title" },
  fields: null,
  marksChanges: false,
  byNature: "none",
  parents: { contact: "contact" },
  needs: {
    contact_keap_id: "a contact",
    title: "a title",
    occurred_at: "a start (occurred_at)",
    ended_at: "an end (ended_at)",
  },
  byIds: appointmentsAt,
  alike: async () => [],
  toRow: appointmentFromWire,
  toWire: (columns, values) => {
    const body = Object.fromEntries(
      columns.map((column) => [appointmentNames[column] ?? column, values[column] ?? null]),
    );
    return { body, mask: Object.keys(body) };
  },
  async patch(context, id, { body }, held) {
    const needed = { title: held.title, start_date: held.start_date, end_date: held.end_date };
    await context.keap.appointments.update(id, { ...needed, ...body } as never, { lane });
    const [after] = await afterWrite("PATCH appointment", () => appointmentsAt(context, [Number(id)]));
    return after ?? held;
  },
  remove: (context, id) => context.keap.appointments.delete(id, { lane }),
  async post(context, body) {
    await refuseWithoutIds(context);
    const made = await context.keap.appointments.create(body as never, { lane });
    if (made.id) return { ...made, id: String(made.id) };
    const again = await afterWrite("POST appointment", () => appointmentsLike(context, body));
    const [found, ...others] = again;
    if (found && others.length === 0) return found;
    throw new KeapError({
      kind: "malformed",
      operation: "POST /v1/appointments",
      outcome: "unknown",
      message: "Keap took the appointment but does not show which one it is.",
    });
  },
});

const emailAdapter = readOnlyAdapter<WireEmailSent>({
  words: { one: "e-mail", other: "subject" },
  refusal: "E-mails are history: they are sent in Keap, or by an approved proposal",
  async byIds(context, ids) {
    const found: WireEmailSent[] = [];
    for (const id of ids) {
      try {
        const {
          plain_content: _plain,
          html_content: _html,
          ...wire
        } = await context.keap.emails.get(String(id), { lane });
        found.push(wire as WireEmailSent);
      } catch (cause) {
        if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      }
    }
    return found;
  },
  toRow: emailFromWire,
});

const parts: Readonly<Record<string, OutboundAdapter>> = {
  note: noteAdapter,
  task: taskAdapter,
  appointment: appointmentAdapter,
  email: emailAdapter,
};

/** Notes, tasks, appointments and e-mails: each kind is carried by its own. */
export const interactionAdapter: OutboundAdapter = {
  ...emailAdapter,
  partOf: (item) => parts[String(item.row?.kind ?? item.key?.split(":")[0])] ?? emailAdapter,
};
