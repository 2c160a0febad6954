import type { KeapClient } from "../keap/client";
import { inBatches } from "../keap/filter";
import {
  appointmentFromWire,
  emailAddressFromWire,
  emailFromWire,
  noteFromWire,
  taskFromWire,
} from "../mapping/interactions";
import type { MapContext, MappedRow } from "../mapping/types";
import {
  changedAt,
  type EntityStream,
  listReader,
  type MappedPage,
  mapPage,
  minute,
  type ReadOptions,
} from "./stream";

const listNotes = listReader((keap) => keap.notes, noteFromWire);
const listTasks = listReader((keap) => keap.tasks, taskFromWire);
const listEmailAddresses = listReader((keap) => keap.emailAddresses, emailAddressFromWire);
const listEmails = listReader((keap) => keap.emails, emailFromWire);

const day = 24 * 60 * minute;
const idOf = (key: string) => key.slice(key.indexOf(":") + 1);

/** Keys of one kind that a list by ids still names, a hundred a call. */
function existingByIds(
  kind: string,
  list: (keap: KeapClient, ids: string[]) => Promise<{ items: { id: string }[] }>,
): (keap: KeapClient, keys: readonly string[]) => Promise<Set<string>> {
  return async (keap, keys) => {
    const found = new Set<string>();
    for (const ids of inBatches(keys.map(idOf))) {
      for (const one of (await list(keap, ids)).items) found.add(`${kind}:${one.id}`);
    }
    return found;
  };
}

const sentAt = (row: MappedRow) => row.values.occurred_at as string | null;

/** What happened with people. Which time `since_time` of notes and tasks compares is not stated, so it is not used. */
export const activityStreams: readonly EntityStream[] = [
  {
    name: "notes",
    entity: "interactions",
    byId: (keap, context, afterId, options) =>
      listNotes(keap, context, { filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
    newestId: (keap, context) => listNotes(keap, context, { orderBy: "id desc", pageSize: 1 }),
    newest: (keap, context) => listNotes(keap, context, { orderBy: "update_time desc", pageSize: 1 }),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, _since, options) =>
        listNotes(keap, context, { orderBy: "update_time desc", ...options, pageSize: 200 }),
    },
    everySeconds: [60, 3600],
    sweep: {
      everySeconds: 43_200,
      existing: existingByIds("note", (keap, ids) => keap.notes.list({ filter: { ids } })),
    },
  },
  {
    name: "tasks",
    entity: "interactions",
    byId: (keap, context, afterId, options) =>
      listTasks(keap, context, { filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
    newestId: (keap, context) => listTasks(keap, context, { orderBy: "id desc", pageSize: 1 }),
    newest: (keap, context) => listTasks(keap, context, { orderBy: "update_time desc", pageSize: 1 }),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, _since, options) =>
        listTasks(keap, context, { orderBy: "update_time desc", ...options, pageSize: 200 }),
    },
    everySeconds: [60, 3600],
    sweep: {
      everySeconds: 43_200,
      existing: existingByIds("task", (keap, ids) => keap.tasks.list({ filter: { task_ids: ids } })),
    },
  },
  {
    name: "appointments",
    entity: "interactions",
    all: async (keap, _context, options) => appointmentPage(keap, options),
    everySeconds: [900, 3600],
    sweep: {
      everySeconds: 43_200,
      existing: async (keap) => {
        const found = new Set<string>();
        for (let offset: number | null = 0; offset !== null; ) {
          const page: Awaited<ReturnType<typeof keap.appointments.list>> = await keap.appointments.list({
            offset,
          });
          for (const one of page.items) if (one.id) found.add(`appointment:${one.id}`);
          offset = page.nextOffset;
        }
        return found;
      },
    },
  },
  {
    name: "email_addresses_status",
    entity: "email_addresses_status",
    all: (keap, context, options) => listEmailAddresses(keap, context, { orderBy: "email asc", ...options }),
    newest: (keap, context) =>
      listEmailAddresses(keap, context, { orderBy: "last_open_time desc", pageSize: 1 }),
    changed: {
      order: "unordered",
      overlapMs: minute,
      timeOf: addressMovedAt,
      read: readEngagement,
    },
    everySeconds: [120, 3600],
    sweep: {
      everySeconds: day / 1000,
      existing: async (keap, keys) => {
        const found = new Set<string>();
        for (const emails of inBatches(keys.filter((one) => !/[;,*]/.test(one)))) {
          const { items } = await keap.emailAddresses.list({ filter: { emails } });
          for (const one of items) found.add(one.email.trim().toLowerCase());
        }
        // an address with a character of the filter language cannot be asked for: it stays
        for (const key of keys) if (/[;,*]/.test(key)) found.add(key);
        return found;
      },
    },
  },
  {
    name: "emails",
    entity: "interactions",
    all: (keap, context, options) => listEmails(keap, context, { orderBy: "created_time asc", ...options }),
    inParts: {
      span: async (keap, context) => {
        const ends = await Promise.all(
          (["created_time asc", "created_time desc"] as const).map((orderBy) =>
            listEmails(keap, context, { orderBy, pageSize: 1 }),
          ),
        );
        const [oldest, newest] = ends.map(({ rows: [row] }) => row);
        const [first, last] = [oldest, newest].map((row) => new Date((row && sentAt(row)) ?? Number.NaN));
        // ids are given in turn
        const about = Math.abs((newest?.keap_id ?? 0) - (oldest?.keap_id ?? 0)) + 1;
        return first && last && first < last ? { first, last, about } : null;
      },
      read: (keap, context, { from, to }, options) =>
        listEmails(keap, context, {
          filter: {
            ...(from ? { start_created_time: from } : {}),
            ...(to ? { end_created_time: to } : {}),
          },
          orderBy: "created_time asc",
          ...options,
        }),
    },
    newest: (keap, context) => listEmails(keap, context, { orderBy: "created_time desc", pageSize: 1 }),
    changed: {
      // the created time it goes by is in no answer: the window is read to its end, and the newest sending moves it
      order: "unordered",
      overlapMs: 10 * minute,
      timeOf: sentAt,
      read: (keap, context, since, options) =>
        listEmails(keap, context, {
          filter: { start_created_time: since },
          orderBy: "created_time asc",
          ...options,
        }),
    },
    everySeconds: [120, 1800],
    sweep: {
      everySeconds: (7 * day) / 1000,
      existing: async (keap, keys) => {
        const found = new Set<string>();
        for (const key of keys) {
          try {
            await keap.emails.get(idOf(key));
            found.add(key);
          } catch (cause) {
            if (!(cause instanceof Error && "kind" in cause && cause.kind === "not_found")) throw cause;
          }
        }
        return found;
      },
    },
  },
];

/** v1 pages by offset; the next one stands for a page token. Appointments that show no id are not copied. */
async function appointmentPage(keap: KeapClient, options: ReadOptions = {}): Promise<MappedPage> {
  const page = await keap.appointments.list({
    offset: Number(options.pageToken ?? 0),
    ...(options.pageSize ? { limit: options.pageSize } : {}),
  });
  return mapPage(
    {
      items: page.items.flatMap((one) => (one.id ? [{ ...one, id: one.id }] : [])),
      rejected: page.rejected,
      nextPageToken: page.nextOffset === null ? null : String(page.nextOffset),
    },
    appointmentFromWire,
  );
}

/** The orders in which new and engaged addresses come first, and the time each goes by. */
const addressOrders = {
  last_open_time: (row: MappedRow) => row.values.last_open_at as string | null,
  last_click_time: (row: MappedRow) => row.values.last_click_at as string | null,
  create_time: (row: MappedRow) => row.created_at,
};
type AddressOrder = keyof typeof addressOrders;
const orderNames = Object.keys(addressOrders) as AddressOrder[];

function addressMovedAt(row: MappedRow): string | null {
  const times = orderNames.map((by) => addressOrders[by](row)).filter((one) => one !== null);
  return times.sort().at(-1) ?? null;
}

/** More people than this are found cheaper by reading the last weeks' e-mails again. */
const fewEngaged = 25;
const engagementWindowMs = 30 * day;

/**
 * Who opened or clicked since the watermark, and which addresses are new: the list by each of these times, newest first
 * down to the watermark; and with the openers the e-mails they opened, which no list of changes names.
 */
async function readEngagement(
  keap: KeapClient,
  context: MapContext,
  since: Date,
  options: ReadOptions = {},
): Promise<MappedPage> {
  const [by, token] = tokenParts(options.pageToken);
  const page = await listEmailAddresses(keap, context, {
    orderBy: `${by} desc`,
    pageToken: token,
    pageSize: 200,
  });
  const timeOf = addressOrders[by];
  const isNew = (row: MappedRow) => Date.parse(timeOf(row) ?? "") >= since.getTime();
  // a row without the time says nothing about where we are
  const deep = page.rows.some((row) => timeOf(row) !== null && !isNew(row));
  const moved = page.rows.filter(isNew);
  // the overlap as well: a row that came late has not been followed yet
  const engaged = by === "create_time" ? [] : moved;
  const nextOrder = orderNames[orderNames.indexOf(by) + 1];
  return {
    ...page,
    rows: moved,
    also:
      engaged.length > 0
        ? [{ entity: "interactions", ...(await emailsOf(keap, context, engaged, since)) }]
        : [],
    nextPageToken:
      page.nextPageToken !== null && !deep
        ? `${by}|${page.nextPageToken}`
        : nextOrder === undefined
          ? null
          : `${nextOrder}|`,
  };
}

function tokenParts(token: string | null | undefined): [AddressOrder, string | null] {
  const at = token?.indexOf("|") ?? -1;
  if (!token || at < 0) return ["last_open_time", null];
  return [token.slice(0, at) as AddressOrder, token.slice(at + 1) || null];
}

async function emailsOf(
  keap: KeapClient,
  context: MapContext,
  engaged: readonly MappedRow[],
  since: Date,
): Promise<Pick<MappedPage, "rows" | "rejected">> {
  const found: Pick<MappedPage, "rows" | "rejected"> = { rows: [], rejected: [] };
  const addresses = engaged.map((row) => row.key).filter((one) => !/[;*]/.test(one));
  const filters =
    addresses.length <= fewEngaged
      ? addresses.map((email) => ({ email }))
      : [{ start_created_time: new Date(since.getTime() - engagementWindowMs) }];
  for (const filter of filters) {
    let pageToken: string | null = null;
    do {
      const page: MappedPage = await listEmails(keap, context, {
        filter,
        orderBy: "created_time desc",
        pageToken,
      });
      found.rows.push(...page.rows);
      found.rejected.push(...page.rejected);
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
  }
  return found;
}
