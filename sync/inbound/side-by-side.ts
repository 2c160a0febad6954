/** A list of Keap, or a stretch of one, whose pages can only be read one after the other. */
export interface Reading {
  /** The list it belongs to. */
  list: string;
  /** How much hangs on its next page, in pages. Asked whenever another page may be read: the largest goes first. */
  urgency(): number;
  /** Reads and stores its next page. What can be read from then on: itself, nothing at its end, or what waited for it. */
  next(): Promise<readonly Reading[]>;
}

/** Nothing is known of it yet: its first page tells how long it is. */
export const unknownLength = Number.POSITIVE_INFINITY;
/** A page token lives for minutes: what is read by tokens is gone on with until its end. */
export const heldByToken = 1e9;

export interface SideBySide {
  pagesAtOnce: number;
  /** Whether another page may be asked for, which is then counted. */
  begin(): boolean;
  failed(list: string, cause: unknown): void;
}

/**
 * Reads many lists at the same time, so many pages at once: always the next page of what is longest, so that no long list
 * is left over, read alone, when the others have ended. One that fails stops the others at the end of their page.
 * Whether everything was read.
 */
export async function readSideBySide(readings: Iterable<Reading>, run: SideBySide): Promise<boolean> {
  const idle = new Set(readings);
  const underWay = new Set<Promise<void>>();
  let failed = false;
  for (;;) {
    while (!failed && underWay.size < run.pagesAtOnce && idle.size > 0 && run.begin()) {
      const one = mostUrgent(idle);
      idle.delete(one);
      const page: Promise<void> = one
        .next()
        .then(
          (after) => {
            for (const each of after) idle.add(each);
          },
          (cause: unknown) => {
            failed = true;
            run.failed(one.list, cause);
          },
        )
        .finally(() => underWay.delete(page));
      underWay.add(page);
    }
    if (underWay.size === 0) return !failed && idle.size === 0;
    await Promise.race(underWay);
  }
}

/** What is only known after a look at it: a list, its parts, or nothing. The look and the first page are one step. */
export function opening(list: string, open: () => Promise<readonly Reading[]>): Reading {
  return {
    list,
    urgency: () => unknownLength,
    async next() {
      const [first, ...others] = await open();
      return first ? [...(await first.next()), ...others] : [];
    },
  };
}

/** Of two that are as urgent, the one that came first. */
function mostUrgent(idle: ReadonlySet<Reading>): Reading {
  return [...idle].reduce((most, one) => (one.urgency() > most.urgency() ? one : most));
}
