import type { AppointmentRecord, NoteRecord, TaskRecord } from "../records";
import { fieldsOf } from "./build-fields";
import { dayMs, hourMs, localDate, minuteMs, timeText } from "./calendar";
import { createRandom, type Random } from "./random";
import { drawTimeOn } from "./traffic";
import { idOf, type Person, put, type World } from "./world";

/** How much the team writes down, per contact; large accounts a fifth of it. */
export const activityRules = {
  notesLead: 0.35,
  notesCustomer: 1.3,
  longShare: 0.02,
  tasks: 0.4,
  appointments: 0.09,
} as const;

const noteTexts = [
  "Called back, will think about it.",
  "Asked whether the ceramics course works without a kiln. Yes.",
  "Wants the invoice on paper ✉️",
  "Sehr freundlich, möchte im Frühjahr noch einmal angerufen werden.",
  "Interested in the retreat 🏝️, travels with her sister.",
  "Parcel arrived damaged, sent a new one.",
  "Просит перезвонить после 18:00.",
  "お電話ありがとうございました。来月またご連絡します。",
  "يرغب في دورة للأطفال.",
  "ביקשה קישור לשיעור המוקלט.",
  "Left-handed; asked for left-handed scissors.",
  "Donated two sketchbooks to the school 🙏🏽",
  "<b>Careful</b>: pasted from a mail &amp; not cleaned.",
] as const;

const paragraph =
  "We spoke for almost an hour about how to start again after years without drawing. She kept every sketchbook since school and is afraid to open them. " +
  "Suggested ten minutes a day, no erasing, and the watercolour set rather than oil because of the small flat. " +
  "She will send three pictures; look at composition first, not at anatomy. Her daughter may join in autumn. 🎒\n";

interface Dated<T> {
  at: number;
  record: T;
}

function drawWhen(world: World, random: Random, person: Person): number {
  return drawTimeOn(random, localDate(person.created + random.next() ** 1.5 * (world.end - person.created)));
}

function drawNote(world: World, random: Random, person: Person, at: number): Dated<NoteRecord> {
  const user = idOf(world, random.pick(["user:office", "user:nadia", "user:ben", "user:zoe"]));
  const long = random.chance(activityRules.longShare);
  const time = timeText(at);
  return {
    at,
    record: {
      id: "",
      contact_id: person.record.id,
      title: long
        ? "Long conversation"
        : random.pick(["Call", "Mail", "Visit", "Reminder", "Zusammenfassung"]),
      text: long ? paragraph.repeat(random.int(4, 14)) : random.pick(noteTexts),
      type: random.pick(["Call", "Email", "Other", "Letter", "Appointment"]),
      user_id: user,
      ...(random.chance(0.03) && { pinned_at: time }),
      ...fieldsOf(world, random, "TASK_NOTE_APPOINTMENT"),
      create_time: time,
      update_time: random.chance(0.1) ? timeText(Math.min(at + 2 * dayMs, world.end - minuteMs)) : time,
      created_by_user_id: user,
      last_updated_by_user_id: user,
    },
  };
}

function drawTask(world: World, random: Random, person: Person, at: number): Dated<TaskRecord> {
  const user = idOf(world, random.pick(["user:nadia", "user:ben", "user:zoe", "user:office"]));
  const due = at + random.int(1, 14) * dayMs;
  const doneAt = due + random.int(-30, 60) * hourMs;
  const completed = doneAt < world.end && random.chance(0.85);
  const changed = completed ? Math.max(at, doneAt) : at;
  return {
    at,
    record: {
      id: "",
      title: random.pick([
        "Call back",
        "Send catalogue",
        "Check the refund",
        "Birthday card 🎂",
        "Angebot schicken",
      ]),
      ...(random.chance(0.5) && { description: random.pick(noteTexts) }),
      type: random.pick(["Call", "Email", "Other"]),
      priority: random.weighted([
        ["ESSENTIAL", 6],
        ["NONESSENTIAL", 3],
        ["CRITICAL", 1],
      ] as const),
      completed,
      ...(completed && { completion_time: timeText(changed) }),
      ...(random.chance(0.9) && { due_time: timeText(due) }),
      ...(random.chance(0.3) && { remind_time_mins: random.pick([10, 30, 60, 1440]) }),
      assigned_to_user_id: user,
      contact_id: person.record.id,
      accepted: true,
      ...fieldsOf(world, random, "TASK_NOTE_APPOINTMENT"),
      create_time: timeText(at),
      modification_time: timeText(changed),
      created_by_user_id: idOf(world, "user:office"),
      last_updated_by_user_id: user,
    },
  };
}

function drawAppointment(world: World, random: Random, person: Person, at: number): Dated<AppointmentRecord> {
  // Appointments start at the full or half hour, and some lie ahead.
  const start = at - (at % (30 * minuteMs)) + random.int(1, 20) * dayMs;
  return {
    at,
    record: {
      id: "",
      title: random.pick(["Portfolio review", "Discovery call", "Studio visit", "Mentoring"]),
      start_date: timeText(start),
      end_date: timeText(start + hourMs),
      ...(random.chance(0.5) && { description: "Bring three pictures." }),
      location: random.pick(["Zoom", "12 Wharf Street", "Phone"]),
      contact_id: person.record.id,
      user: idOf(world, random.pick(["user:nadia", "user:ben", "user:owner"])),
      remind_time: 60,
      update_time: timeText(at),
    },
  };
}

/** Notes, tasks and appointments: more about customers than about leads. */
export function buildActivity(world: World): void {
  const scale = { full: 1, lean: 0.2, sparse: 0.02 }[world.detail];
  const notes: Dated<NoteRecord>[] = [];
  const tasks: Dated<TaskRecord>[] = [];
  const appointments: Dated<AppointmentRecord>[] = [];
  const count = (random: Random, mean: number) => Math.floor(mean * scale + random.next());
  for (const person of world.people) {
    const random = createRandom(world.seed, "activity", person.index);
    const customer = person.order_times.length > 0;
    const add = <T>(list: Dated<T>[], draw: (at: number) => Dated<T>, mean: number) => {
      for (let left = count(random, mean); left > 0; left--) {
        const at = drawWhen(world, random, person);
        if (at > person.created && at < world.end) list.push(draw(at));
      }
    };
    add(
      notes,
      (at) => drawNote(world, random, person, at),
      (customer ? activityRules.notesCustomer : activityRules.notesLead) * 2 * random.next(),
    );
    add(tasks, (at) => drawTask(world, random, person, at), activityRules.tasks);
    add(
      appointments,
      (at) => drawAppointment(world, random, person, at),
      customer ? 2 * activityRules.appointments : activityRules.appointments / 2,
    );
  }
  for (const { merged_id, survivor, at } of world.merges) {
    notes.push({
      at,
      record: {
        id: "",
        contact_id: survivor.record.id,
        title: "Merged",
        text: `Merged duplicate contact ${merged_id} into this one.`,
        type: "Other",
        user_id: idOf(world, "user:office"),
        create_time: timeText(at),
        update_time: timeText(at),
        created_by_user_id: idOf(world, "user:office"),
        last_updated_by_user_id: idOf(world, "user:office"),
      },
    });
  }
  const store = <T extends { id: string }>(list: Dated<T>[], first: number, putOne: (record: T) => void) => {
    list.sort((a, b) => a.at - b.at);
    list.forEach(({ record }, index) => {
      record.id = String(first + index);
      putOne(record);
    });
  };
  store(notes, 301, (record) => put(world, "notes", record));
  store(tasks, 5001, (record) => put(world, "tasks", record));
  store(appointments, 51, (record) => put(world, "appointments", record));
}
