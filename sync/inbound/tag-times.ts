import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";
import { instant } from "../mapping/values";
import type { CursorMove, TagTime } from "../store";

/**
 * When each tag was applied. Keap has no account-wide list, so the copy reads one tag after the other (1,000 people a
 * call), which is far cheaper than one call per person.
 */
export async function readTagTimesPage(
  context: RunContext,
  position: { tag: number; token: string | null },
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<{
  records: number;
  move: CursorMove & { state: "running" | "done"; position: Record<string, string | number | null> };
}> {
  const { store, accountId, runId } = context;
  const tags = await knownTags(context);
  const tag = position.token ? position.tag : tags.find((id) => id > position.tag);
  if (tag === undefined) {
    const move = {
      stream: "backfill" as const,
      state: "done" as const,
      position: { tag: position.tag, token: null },
    };
    await store.moveCursor(accountId, "contact_tags", move);
    return { records: 0, move };
  }
  const page = await peopleOfTag(context, tag, position.token);
  const move = {
    stream: "backfill" as const,
    state: "running" as const,
    position: { tag, token: page.nextPageToken },
    done: page.times.length,
    pages: 1,
  };
  await inTurn(() => store.applyTagTimes(accountId, tag, page.times, { runId, cursor: move }));
  return { records: page.times.length, move };
}

const tagsOfRun = new WeakMap<RunContext, Promise<number[]>>();

/** The tags copied before; they do not change within a run. */
function knownTags(context: RunContext): Promise<number[]> {
  const tags = tagsOfRun.get(context) ?? context.store.tagIds(context.accountId);
  tagsOfRun.set(context, tags);
  return tags;
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
  if (people.size < missing.length) {
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
    for (const [tag, times] of byTag) filled += await store.applyTagTimes(accountId, tag, times, { runId });
    return filled;
  }
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
