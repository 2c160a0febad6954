import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";
import type { Json } from "../mapping/types";
import { instant } from "../mapping/values";
import type { Cursor, TagSize, TagTime } from "../store";
import { heldByToken, type Reading } from "./side-by-side";

/** A tag that is being read, and the page of its list. */
type Place = { tag: number; token: string | null };

/** How far the copy is: tags of several pages are read first, the longest before the others, then the rest by id. */
type Position = {
  /** Begun, and not at their end. */
  open: Place[];
  /** Tags of several pages that are at their end. */
  long: number[];
  /** All tags of one page up to this id are begun. */
  upTo: number;
};

const pageSize = 1_000;

export interface TagTimesCopy {
  context: RunContext;
  cursor: Cursor | undefined;
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  copied(records: number): void;
}

/**
 * When each tag was applied. Keap has no account-wide list, so the copy reads tag by tag (1,000 people a call), which is
 * far cheaper than one call per person. The tags still to be read.
 */
export async function readingsOfTags(copy: TagTimesCopy): Promise<Reading[]> {
  const { context, cursor, inTurn } = copy;
  const { store, accountId, runId } = context;
  const stream = "backfill";
  const pages = ({ people }: TagSize) => Math.max(1, Math.ceil(people / pageSize));
  const sizes = (await store.tagSizes(accountId)).sort((a, b) => pages(b) - pages(a) || a.id - b.id);
  let { open, long, upTo } = positionOf(cursor);
  const wasOpen = new Map(open.map((place) => [place.tag, place.token]));
  const left = sizes.filter(({ id }) => wasOpen.has(id) || !(id <= upTo || long.includes(id)));
  // a tag deleted meanwhile is not gone on with
  open = open.filter(({ tag }) => left.some(({ id }) => id === tag));
  let waiting = left.length;

  const whole = () => store.moveCursor(accountId, "contact_tags", { stream, state: "done" });
  if (waiting === 0) await whole();

  const readingOf = (size: TagSize): Reading => {
    const tag = size.id;
    const own: Reading = {
      list: "contact_tags",
      urgency: () => (open.find((one) => one.tag === tag)?.token ? heldByToken : pages(size)),
      async next() {
        let place = open.find((one) => one.tag === tag);
        if (!place) {
          place = { tag, token: null };
          open = [...open, place];
          if (pages(size) === 1) upTo = Math.max(upTo, tag);
        }
        const { times, nextPageToken } = await peopleOfTag(context, tag, place.token);
        await inTurn(async () => {
          const ended = nextPageToken === null;
          const others = open.filter((one) => one.tag !== tag);
          const moved: Position = {
            open: ended ? others : [...others, { tag, token: nextPageToken }],
            long: ended && tag > upTo ? [...long, tag] : long,
            upTo,
          };
          const position: Record<string, Json> = moved;
          const move = { stream, state: "running", position, done: times.length, pages: 1 } as const;
          await store.applyTagTimes(accountId, tag, times, { runId, cursor: move });
          // only what is stored has moved
          open = open.flatMap((one) =>
            one.tag !== tag ? [one] : ended ? [] : [{ tag, token: nextPageToken }],
          );
          if (ended) long = moved.long;
          if (ended) waiting -= 1;
          copy.copied(times.length);
          if (waiting === 0) await whole();
        });
        return nextPageToken === null ? [] : [own];
      },
    };
    return own;
  };
  return left.map(readingOf);
}

function positionOf(cursor: Cursor | undefined): Position {
  const { open, long, upTo } = (cursor?.position ?? {}) as Partial<Position>;
  return { open: open ?? [], long: long ?? [], upTo: upTo ?? 0 };
}

async function peopleOfTag(
  { keap }: Pick<RunContext, "keap">,
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
    // a page token lives for minutes
    if (pageToken !== null && isKeapError(cause) && cause.kind === "invalid")
      return peopleOfTag({ keap }, tag, null);
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
