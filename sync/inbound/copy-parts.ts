import type { RunContext } from "../context";
import type { Json } from "../mapping/types";
import type { Cursor, CursorMove, SyncState } from "../store";
import { applyPage } from "./apply";
import { readSideBySide } from "./side-by-side";
import type { EntityStream, MappedPage, ReadOptions } from "./stream";

/** A stretch of a list by time, read to its end by page tokens. The first has no beginning, the last no end. */
export interface Part {
  from: string | null;
  to: string | null;
  token: string | null;
  done: boolean;
}

/** Keap does not say whether the ends of a stretch belong to it: each begins a little early. */
const overlapMs = 60_000;

export function splitTime([first, last]: readonly [Date, Date], count: number): Part[] {
  const at = (n: number, early = 0) =>
    new Date(first.getTime() + ((last.getTime() - first.getTime()) * n) / count - early).toISOString();
  return Array.from({ length: count }, (_, n) => ({
    from: n === 0 ? null : at(n, overlapMs),
    to: n === count - 1 ? null : at(n + 1),
    token: null,
    done: false,
  }));
}

/** Where each part stands, or null where the list is not read in parts. A cursor's position is written by copyParts alone. */
export function partsOf(position: Record<string, Json>): Part[] | null {
  return Array.isArray(position.parts) ? (position.parts as unknown as Part[]) : null;
}

export interface PartsCopy {
  context: RunContext;
  state: SyncState;
  stream: EntityStream & Required<Pick<EntityStream, "inParts">>;
  parts: Part[];
  watermark: string | null;
  cursor: Cursor | undefined;
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether another page may be asked for; counts it. */
  begin(): boolean;
  copied(records: number): void;
}

/** Reads all parts side by side, each page by page. The cursor holds where every part stands. Whether all are read. */
export async function copyParts(copy: PartsCopy): Promise<boolean> {
  const { context, state, stream, watermark, inTurn } = copy;
  let { parts } = copy;
  let done = copy.cursor?.done_count ?? 0;

  async function store(at: number, page: MappedPage): Promise<void> {
    const moved = parts.map((one, n) =>
      n === at ? { ...one, token: page.nextPageToken, done: page.nextPageToken === null } : one,
    );
    const whole = moved.every((one) => one.done);
    const records = page.rows.length;
    const cursor: CursorMove = {
      stream: "backfill",
      state: whole ? "done" : "running",
      position: { watermark, parts: moved as unknown as Json },
      done: records,
      pages: 1,
      ...(whole ? { estimated_total: done + records } : {}),
    };
    const { policies } = state;
    const entry = { cursor, cursorEntity: stream.name, rejected: page.rejected };
    await applyPage(context, stream.entity, page.rows, entry, policies);
    // only what is stored has moved: the next page of another part must not take this one for read
    parts = moved;
    done += records;
    copy.copied(records);
  }

  await readSideBySide(parts.length, copy, async (at, begin) => {
    for (let part = parts[at]; part && !part.done && begin(); part = parts[at]) {
      const page = await readPart(context, stream, part);
      await inTurn(() => store(at, page));
    }
  });
  return parts.every((one) => one.done);
}

/** A page token lives for minutes: where Keap refuses it, the part is read from its beginning. */
async function readPart(
  { keap, mapping }: RunContext,
  { inParts }: PartsCopy["stream"],
  part: Part,
): Promise<MappedPage> {
  const stretch = {
    from: part.from === null ? null : new Date(part.from),
    to: part.to === null ? null : new Date(part.to),
  };
  const page = (options?: ReadOptions) => inParts.read(keap, mapping, stretch, options);
  if (part.token === null) return page();
  try {
    return await page({ pageToken: part.token });
  } catch (cause) {
    if (cause instanceof Error && "kind" in cause && cause.kind === "invalid") return page();
    throw cause;
  }
}
