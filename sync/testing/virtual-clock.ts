import type { SandboxClock } from "@/sandbox/clock";
import type { Clock } from "../keap/clock";

/**
 * Time that passes only while everybody waits, for both sides of a measurement: a busy machine does not slow it, and an
 * hour of waiting takes none.
 */
export interface VirtualClock {
  client: Clock;
  sandbox: SandboxClock;
  /** Work that time must not overtake: a call on its way inside this process. */
  busy<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass until the work is done. */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Timer {
  due: number;
  order: number;
  ring: () => void | Promise<void>;
}

export function createVirtualClock(start: number): VirtualClock {
  let now = start;
  let order = 0;
  let underWay = 0;
  /** Counts whatever happens: as long as it grows, somebody has not begun to wait yet. */
  let stirs = 0;
  const timers = new Set<Timer>();
  const next = () => {
    let first: Timer | undefined;
    for (const one of timers)
      if (!first || one.due < first.due || (one.due === first.due && one.order < first.order)) first = one;
    return first;
  };
  const after = (ms: number, ring: Timer["ring"]) => {
    stirs += 1;
    const timer = { due: now + Math.max(0, ms), order: order++, ring };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = after(ms, resolve);
      signal?.addEventListener("abort", () => {
        cancel();
        reject(signal.reason);
      });
    });

  async function everybodyWaits(): Promise<void> {
    for (let before = -1; underWay > 0 || before !== stirs; ) {
      before = stirs;
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    client: { now: () => now, sleep, doze: () => new Promise(() => undefined) },
    sandbox: {
      now: () => Math.floor(now),
      iso: () => new Date(now).toISOString(),
      scale: 0,
      setScale: () => undefined,
      async advance(ms) {
        now += ms;
      },
      after,
      sleep: (ms) => sleep(ms),
      stop: () => timers.clear(),
    },
    async busy(work) {
      underWay += 1;
      try {
        return await work;
      } finally {
        underWay -= 1;
        stirs += 1;
      }
    },
    async run(work) {
      let ended = false;
      const own = work.finally(() => {
        ended = true;
      });
      own.catch(() => undefined);
      while (!ended) {
        await everybodyWaits();
        const timer = next();
        if (ended || !timer) continue;
        timers.delete(timer);
        now = Math.max(now, timer.due);
        await timer.ring();
      }
      return own;
    },
  };
}
