import type { Clock } from "../clock";

/** A clock that stands still until told: sleepers wake in order of their time, each followed by what it starts. */
export interface VirtualClock extends Clock {
  advance(ms: number): Promise<void>;
  /** Moves to the next sleeper again and again until `done` holds. */
  runUntil(done: () => boolean): Promise<void>;
}

export function createVirtualClock(start = Date.UTC(2026, 10, 23, 12)): VirtualClock {
  let now = start;
  let order = 0;
  const sleepers = new Map<number, { at: number; wake: () => void }>();

  const settle = async () => {
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  };
  const next = () => [...sleepers].sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];

  async function step(limit: number): Promise<boolean> {
    await settle();
    const first = next();
    if (!first || first[1].at > limit) return false;
    const [key, { at, wake }] = first;
    sleepers.delete(key);
    now = Math.max(now, at);
    wake();
    await settle();
    return true;
  }

  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const key = order++;
        sleepers.set(key, { at: now + Math.max(0, ms), wake: resolve });
        signal?.addEventListener(
          "abort",
          () => {
            if (sleepers.delete(key)) reject(signal.reason);
          },
          { once: true },
        );
      });
    },
    async advance(ms) {
      const until = now + ms;
      while (await step(until));
      now = until;
      await settle();
    },
    async runUntil(done) {
      while (!done()) {
        if (!(await step(Number.POSITIVE_INFINITY)) && !done())
          throw new Error("Nothing is left to wait for.");
      }
    },
  };
}
