import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";
import type { Json } from "../mapping/types";
import { instant } from "../mapping/values";
import type { Cursor, TagTime } from "../store";
import { readSideBySide } from "./side-by-side";

/** How far one of the readers is: the tag it is at, and the page of its list. */
interface Place {
  tag: number;
  token: string | null;
}

const readers = 4;

export interface TagTimesCopy {
  context: RunContext;
  cursor: Cursor | undefined;
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  begin(): boolean;
  copied(records: number): void;
}

/**
 * When each tag was applied. Keap has no account-wide list, so the copy reads one tag after the other (1,000 people a
 * call), which is far cheaper than one call per person; a few readers share the tags. False where the run ends before.
 */
export async function copyTagTimes(copy: TagTimesCopy): Promise<boolean> {
  const { context, cursor, inTurn } = copy;
  const { store, accountId, runId } = context;
  const stream = "backfill";
  const tags = await store.tagIds(accountId);
  let places = placesOf(cursor);
  const next = (at: number): number | undefined => {
    const { tag, token } = places[at] as Place;
    return token ? tag : tags.find((id) => id > tag && id % readers === at);
  };
  await readSideBySide(readers, copy, async (at, begin) => {
    for (let tag = next(at); tag !== undefined && begin(); tag = next(at)) {
      const { times, nextPageToken } = await peopleOfTag(context, tag, places[at]?.token ?? null);
      const moved = { tag, token: nextPageToken };
      await inTurn(async () => {
        const all = places.map((one, n) => (n === at ? moved : one));
        const position = { places: all as unknown as Json };
        const move = { stream, state: "running", position, done: times.length, pages: 1 } as const;
        await store.applyTagTimes(accountId, moved.tag, times, { runId, cursor: move });
        places = all;
      });
      copy.copied(times.length);
    }
  });
  const whole = places.every((_, at) => next(at) === undefined);
  if (whole) await store.moveCursor(accountId, "contact_tags", { stream, state: "done" });
  return whole;
}

function placesOf(cursor: Cursor | undefined): Place[] {
  const known = cursor?.position.places;
  if (Array.isArray(known) && known.length === readers) return known as unknown as Place[];
  return Array.from({ length: readers }, () => ({ tag: 0, token: null }));
}

async function peopleOfTag(
  { keap }: RunContext,
  tag: number,
  pageToken: string | null,
): Promise<{ times: TagTime[]; nextPageToken: string | null }> {
  try {
    const page = await keap.tags.contacts(String(tag), { orderBy: "applied_time asc", pageToken });
    return {
      times: page.items.map((one) => ({
        contact_keap_id: Number(one.id),
        applied_at: instant(one.applied_time),
      })),
      nextPageToken: page.nextPageToken,
    };
  } catch (cause) {
    // the tag was deleted while we copied: its people will vanish from tag_ids by themselves
    if (isKeapError(cause) && cause.kind === "not_found") return { times: [], nextPageToken: null };
    throw cause;
  }
}

/** Times of memberships that arrived with a poll, by whichever way costs fewer calls: per tag or per person. */
export async function fillTagTimes(context: RunContext): Promise<number> {
  const { store, accountId, keap, runId } = context;
  const missing = await store.missingTagTimes(accountId);
  if (missing.length === 0) return 0;
  const people = new Set(missing.flatMap((one) => one.contact_keap_ids));
  let filled = 0;
  if (people.size < missing.length) return readTagTimesOf(context, [...people]);
  for (const { tag_keap_id, contact_keap_ids } of missing) {
    const wanted = new Set(contact_keap_ids);
    let token: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof keap.tags.contacts>> = await keap.tags.contacts(
        String(tag_keap_id),
        {
          orderBy: "applied_time desc",
          pageToken: token,
        },
      );
      const times = page.items.map((one) => ({
        contact_keap_id: Number(one.id),
        applied_at: instant(one.applied_time),
      }));
      filled += await store.applyTagTimes(accountId, tag_keap_id, times, { runId });
      for (const { contact_keap_id } of times) wanted.delete(contact_keap_id);
      token = page.nextPageToken;
    } while (token !== null && wanted.size > 0);
  }
  return filled;
}

/** When these people were given each of their tags: one call a person. */
export async function readTagTimesOf(
  { keap, store, accountId, runId }: RunContext,
  people: readonly number[],
): Promise<number> {
  const byTag = new Map<number, TagTime[]>();
  for (const contact of people) {
    const page = await keap.contacts.tags(String(contact), { orderBy: "applied_time desc" });
    for (const { tag, applied_time } of page.items) {
      const id = Number(tag.id);
      byTag.set(id, [
        ...(byTag.get(id) ?? []),
        { contact_keap_id: contact, applied_at: instant(applied_time) },
      ]);
    }
  }
  let filled = 0;
  for (const [tag, times] of byTag) filled += await store.applyTagTimes(accountId, tag, times, { runId });
  return filled;
}
