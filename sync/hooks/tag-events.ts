import type { Reading } from "../inbound/reread";
import { readById } from "../inbound/reread";
import { isKeapError } from "../keap/errors";
import { instant } from "../mapping/values";
import type { TagTime } from "../store";
import type { HookStore } from "./store";

/** For records that were being written while we looked. */
const overlapMs = 2 * 60_000;
/** A tag with more people than this is left to the sweep over all memberships, which costs no more. */
const maxPages = 20;

/**
 * A hook about a membership names the tag. Who got it is read from the tag's list, from the newest application known
 * here; who lost it by comparing the whole list. The people found are then read themselves, because their record says
 * what their tags are now.
 */
export async function readTagApplications(
  reading: Reading,
  hooks: HookStore,
  kind: "tag_applied" | "tag_removed",
  tags: readonly number[],
  hints: ReadonlyMap<number, ReadonlySet<number>>,
): Promise<void> {
  const { accountId } = reading.context;
  const since = kind === "tag_applied" ? await hooks.tagWatermarks(accountId, tags) : {};
  const people = new Set<number>();
  const times = new Map<number, TagTime[]>();
  for (const tag of tags) {
    if (kind === "tag_applied") {
      const found = await peopleSince(reading, tag, since[tag] ?? null);
      if (!found) {
        await hooks.noteGaps(accountId, ["contact_tags"], `Tag ${tag} was applied to many people.`);
        continue;
      }
      times.set(tag, found);
      for (const one of found) people.add(one.contact_keap_id);
      continue;
    }
    const hinted = hints.get(tag);
    if (hinted && hinted.size > 0) for (const one of hinted) people.add(one);
    else {
      const listed = await peopleSince(reading, tag, null);
      if (!listed) {
        await hooks.noteGaps(accountId, ["contact_tags"], `Tag ${tag} was taken from people.`);
        continue;
      }
      const gone = await hooks.tagDifferences(
        accountId,
        tag,
        listed.map((one) => one.contact_keap_id),
      );
      for (const one of gone) people.add(one);
    }
  }
  await readById(reading, "contacts", [...people]);
  // the list told the times; a person's record does not
  for (const [tag, rows] of times)
    await reading.context.store.applyTagTimes(accountId, tag, rows, { runId: reading.context.runId });
}

/** Everyone the tag was applied to since then; null when they are too many to read one tag for. */
async function peopleSince(
  { context }: Reading,
  tag: number,
  since: string | null,
): Promise<TagTime[] | null> {
  const people: TagTime[] = [];
  let pageToken: string | null = null;
  const from = since === null ? null : new Date(Date.parse(since) - overlapMs);
  for (let page = 1; ; page += 1) {
    let answer: Awaited<ReturnType<typeof context.keap.tags.contacts>>;
    try {
      answer = await context.keap.tags.contacts(String(tag), {
        ...(from ? { filter: { since_applied_time: from } } : {}),
        orderBy: "applied_time asc",
        pageToken,
      });
    } catch (cause) {
      // the tag itself was deleted: its own event, and everyone's record, say so
      if (isKeapError(cause) && cause.kind === "not_found") return people;
      throw cause;
    }
    for (const one of answer.items)
      people.push({ contact_keap_id: Number(one.id), applied_at: instant(one.applied_time) });
    pageToken = answer.nextPageToken;
    if (pageToken === null) return people;
    if (page >= maxPages) return null;
  }
}

/**
 * Older code has seen a JSON text of `[{tagId, removed: [contact ids]}]` in another field of the body. Where it is, it
 * says whom to read; it is not believed, and where it is not, the tag's list is compared.
 */
export function contactsOfRemovals(body: unknown): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  if (typeof body !== "object" || body === null) return found;
  for (const value of Object.values(body)) {
    if (typeof value !== "string" || !value.includes("tagId")) continue;
    let entries: unknown;
    try {
      entries = JSON.parse(value);
    } catch {
      continue;
    }
    for (const entry of Array.isArray(entries) ? entries : [entries]) {
      const { tagId, removed } = (entry ?? {}) as { tagId?: unknown; removed?: unknown };
      const tag = Number(tagId);
      if (!Number.isSafeInteger(tag) || tag <= 0 || !Array.isArray(removed)) continue;
      const ids = removed.map(Number).filter((id) => Number.isSafeInteger(id) && id > 0);
      found.set(tag, new Set([...(found.get(tag) ?? []), ...ids]));
    }
  }
  return found;
}
