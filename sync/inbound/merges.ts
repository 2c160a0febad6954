import type { KeapClient } from "../keap/client";
import { isKeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import { transactionFromWire } from "../mapping/commerce";
import { emailFromWire, noteFromWire, taskFromWire } from "../mapping/interactions";
import type { EntityName, MapContext } from "../mapping/types";
import { readTime } from "./apply";
import type { confirmGone, Reading, readById } from "./reread";
import { byId, storePage } from "./reread";
import { type MappedPage, mapPage } from "./streams";
import { readTagTimesOf } from "./tag-times";

interface Readers {
  readById: typeof readById;
  confirmGone: typeof confirmGone;
}

/** What hung on contacts that are gone, by table: contact → ids. */
type Hung = Record<string, Record<string, number[]>>;

/**
 * Keap has no event for a merge, and moves what hung on the lost contact without touching its dates. So what hung on a
 * contact that is gone is read again; if all of it now hangs on one other contact, that one is the survivor. What only
 * a list by contact shows is read for it at once, while the lost one is still here: a run that is killed before the
 * end is done over. Who the survivor is has been written down before anything moved, because what the first run moved no
 * longer tells the second; the link is made as the lost one goes. The answer does the rest, once it is gone here too.
 */
export async function findMerged(
  reading: Reading,
  gone: readonly number[],
  hung: Hung,
  { readById, confirmGone }: Readers,
): Promise<{ follow(): Promise<void> }> {
  const { accountId, hooks, keap } = reading.context;
  if (!hooks) return { follow: async () => undefined };
  const survivors = new Map<number, number>();
  const owners = new Map<number, Set<number>>();
  const noteOwner = (contact: number, owner: number) => {
    if (owner > 0) owners.set(contact, (owners.get(contact) ?? new Set()).add(owner));
  };
  const moved: (() => Promise<unknown>)[] = [];
  const orders: number[] = [];
  for (const [table, byContact] of Object.entries(hung)) {
    const owner = ownerReaders[table];
    if (owner) {
      for (const [contact, ids] of Object.entries(byContact))
        for (const one of await owner(keap, ids)) noteOwner(Number(contact), one);
      continue;
    }
    const entity = table as EntityName;
    const reader = byId[entity];
    if (!reader?.list) {
      await hooks.noteGaps(accountId, [table], "A contact they belonged to is gone from Keap.");
      continue;
    }
    const ids = Object.values(byContact).flat();
    if (entity === "orders") orders.push(...ids);
    const found = new Set<number>();
    for (const batch of inBatches(ids)) {
      const readAt = await readTime(reading.context, entity);
      const page = await reader.list(keap, reading.context.mapping, batch);
      for (const one of page.rejected) found.add(Number(one.key));
      for (const row of page.rows) {
        found.add(row.keap_id ?? 0);
        for (const [contact, its] of Object.entries(byContact))
          if (its.includes(row.keap_id ?? 0))
            noteOwner(Number(contact), Number(row.values.contact_keap_id ?? 0));
      }
      moved.push(() => storePage(reading, entity, page.rows, { rejected: page.rejected, readAt }));
    }
    const missing = ids.filter((one) => !found.has(one));
    moved.push(() => confirmGone(reading, entity, missing));
  }
  for (const contact of gone) {
    const [survivor, ...others] = [...(owners.get(contact) ?? [])];
    if (survivor === undefined || others.length > 0 || survivor === contact) continue;
    await readById(reading, "contacts", [survivor]);
    survivors.set(contact, survivor);
  }
  await hooks.expectMerged(accountId, survivors);
  // only now: an order that is read again says no more whose it was
  if (orders.length > 0) await hooks.markRereads(accountId, orders);
  for (const survivor of survivors.values()) await unlessGone(() => readOnlyByContact(reading, survivor));
  return {
    async follow() {
      for (const survivor of survivors.values())
        await unlessGone(() => readLists(reading, survivor, notesAndTasks));
      for (const store of moved) await store();
    },
  };
}

/** Whose these are now; what Keap does not have any more says nothing. */
const ownerReaders: Record<string, (keap: KeapClient, ids: readonly number[]) => Promise<number[]>> = {
  notes: async (keap, ids) => contactsOf((await keap.notes.list({ filter: { ids } })).items),
  tasks: async (keap, ids) => contactsOf((await keap.tasks.list({ filter: { task_ids: ids } })).items),
  emails: async (keap, ids) => {
    const found: object[] = [];
    for (const id of ids.slice(0, 1)) {
      try {
        found.push(await keap.emails.get(String(id)));
      } catch (cause) {
        if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      }
    }
    return contactsOf(found);
  },
};

function contactsOf(records: readonly object[]): number[] {
  return records.map((one) => {
    const { contact_id, contact } = one as { contact_id?: unknown; contact?: { id?: unknown } | null };
    return Number(contact_id ?? contact?.id ?? 0);
  });
}

type ByContact = (
  keap: KeapClient,
  mapping: MapContext,
  contact: number,
  pageToken: string | null,
) => Promise<MappedPage>;

type ListByContact = readonly [EntityName, ByContact];

/** Attempts to pay and e-mails: no other list shows them again, or only one that is read once a week. */
const onlyByContact: readonly ListByContact[] = [
  [
    "transactions",
    async (keap, mapping, contact_id, pageToken) =>
      mapPage(
        await keap.transactions.list({
          filter: { contact_id },
          orderBy: "transaction_time asc",
          pageToken,
        }),
        (wire) => transactionFromWire(wire, mapping),
      ),
  ],
  [
    "interactions",
    async (keap, _mapping, contact_id, pageToken) =>
      mapPage(
        await keap.emails.list({ filter: { contact_id }, orderBy: "created_time asc", pageToken }),
        emailFromWire,
      ),
  ],
];

/** These are found by the sweeps as well. */
const notesAndTasks: readonly ListByContact[] = [
  [
    "interactions",
    async (keap, mapping, contact_id, pageToken) =>
      mapPage(await keap.notes.list({ filter: { contact_id }, orderBy: "id asc", pageToken }), (wire) =>
        noteFromWire(wire, mapping),
      ),
  ],
  [
    "interactions",
    async (keap, mapping, contact_id, pageToken) =>
      mapPage(await keap.tasks.list({ filter: { contact_id }, orderBy: "id asc", pageToken }), (wire) =>
        taskFromWire(wire, mapping),
      ),
  ],
];

/** A survivor may be gone by now as well, merged on or deleted: it is then found gone by itself, and has nothing to read. */
async function unlessGone(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (cause) {
    if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
  }
}

/** That, and the earlier time of a tag that both had. */
async function readOnlyByContact(reading: Reading, contact: number): Promise<void> {
  await readLists(reading, contact, onlyByContact);
  if (isCopied(reading, "contact_tags")) await readTagTimesOf(reading.context, [contact]);
}

async function readLists(reading: Reading, contact: number, lists: readonly ListByContact[]): Promise<void> {
  const { context } = reading;
  for (const [entity, list] of lists) {
    const names = entity === "interactions" ? ["notes", "tasks", "emails"] : [entity];
    if (!names.every((name) => isCopied(reading, name))) continue;
    let pageToken: string | null = null;
    do {
      const readAt = await readTime(context, entity);
      const page: MappedPage = await list(context.keap, context.mapping, contact, pageToken);
      await storePage(reading, entity, page.rows, { rejected: page.rejected, readAt });
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
  }
}

function isCopied({ state }: Reading, name: string): boolean {
  return state.cursors.some(
    (one) => one.entity === name && one.stream === "backfill" && one.state === "done",
  );
}
