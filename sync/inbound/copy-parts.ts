import type { RunContext } from "../context";
import type { Json } from "../mapping/types";
import type { Cursor, CursorMove, SyncState } from "../store";
import { applyPage } from "./apply";
import { heldByToken, type Reading } from "./side-by-side";
import type { EntityStream, MappedPage, ReadOptions, Span } from "./stream";

/** A stretch of a list by time, read to its end by page tokens. The first has no beginning, the last no end. */
export interface Part {
  from: string | null;
  to: string | null;
  token: string | null;
  done: boolean;
  /** About how many pages it has. */
  about: number;
}

/** Keap does not say whether the ends of a stretch belong to it: each begins a little early. */
const overlapMs = 60_000;

/** Each part costs a call, its last page not being full; and a long one is what all the others are waited with for. */
const pagesOfPart = 40;
const [fewestParts, mostParts] = [6, 48];

export function splitTime({ first, last, about }: Span, pageSize = 1_000): Part[] {
  const pages = Math.ceil(about / pageSize);
  const count = Math.min(mostParts, Math.max(fewestParts, Math.ceil(pages / pagesOfPart)));
  const at = (n: number, early = 0) =>
    new Date(first.getTime() + ((last.getTime() - first.getTime()) * n) / count - early).toISOString();
  return Array.from({ length: count }, (_, n) => ({
    from: n === 0 ? null : at(n, overlapMs),
    to: n === count - 1 ? null : at(n + 1),
    token: null,
    done: false,
    about: Math.max(1, Math.ceil(pages / count)),
  }));
}

/** Where each part stands, or null where the list is not read in parts. A cursor's position is written here alone. */
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
  copied(records: number): void;
  /** All parts are read to their end. */
  whole(): Promise<void>;
}

/** The parts still to be read, each page by page. The cursor holds where every part stands. */
export function readingsOfParts(copy: PartsCopy): Reading[] {
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
    if (whole) await copy.whole();
  }

  const readingOf = (at: number): Reading => {
    const part = () => parts[at] as Part;
    const own: Reading = {
      list: stream.name,
      urgency: () => (part().token === null ? part().about : heldByToken),
      async next() {
        const page = await readPart(context, stream, part());
        await inTurn(() => store(at, page));
        return part().done ? [] : [own];
      },
    };
    return own;
  };
  return parts.flatMap((part, at) => (part.done ? [] : [readingOf(at)]));
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
