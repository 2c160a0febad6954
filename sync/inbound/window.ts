import { readTime } from "./apply";
import { type Reading, storePage } from "./reread";
import type { MappedPage } from "./stream";
import type { EntityStream } from "./streams";
import { notAfter } from "./watermark";

/** Rows a database call takes at most. */
const pageRows = 1000;

/** Rows of other tables that a page brought to light. */
export async function storeAlso(reading: Reading, page: MappedPage): Promise<void> {
  for (const { entity, rows, rejected } of page.also ?? []) {
    for (let from = 0; from === 0 || from < rows.length; from += pageRows) {
      await storePage(reading, entity, rows.slice(from, from + pageRows), {
        rejected: from === 0 ? rejected : [],
      });
    }
  }
}

/**
 * What changed since the watermark, in whatever order the list has: read to its end, then the watermark moves to the
 * newest change seen. A run that dies in between reads the window again.
 */
export async function readWindow(reading: Reading, stream: EntityStream, watermark: string): Promise<void> {
  const { context } = reading;
  const changed = stream.changed;
  if (!changed) return;
  const since = new Date(Date.parse(watermark) - changed.overlapMs);
  let reached = watermark;
  let pageToken: string | null = null;
  do {
    const readAt = await readTime(context, stream.entity);
    const page: MappedPage = await changed.read(context.keap, context.mapping, since, { pageToken });
    await storeAlso(reading, page);
    await storePage(reading, stream.entity, page.rows, { rejected: page.rejected, readAt });
    for (const row of page.rows) {
      const time = changed.timeOf(row);
      const at = time === null ? null : notAfter(time, context.now());
      if (at !== null && Date.parse(at) > Date.parse(reached)) reached = at;
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  await context.store.moveCursor(context.accountId, stream.name, { stream: "poll", watermark: reached });
}
