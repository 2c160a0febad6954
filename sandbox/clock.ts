/** The sandbox's own time. It may run faster than the wall's, stand still, or be moved. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** ISO 8601 UTC with milliseconds. */
  iso(): string;
  /** 1 = as the wall's; 60 = a minute passes in a second; 0 = stands still until moved. */
  readonly scale: number;
  setScale(scale: number): void;
  /** Moves time forward and runs what falls due on the way, in order. */
  advance(milliseconds: number): Promise<void>;
  /** Runs the function after a while of sandbox time; the answer cancels it. */
  after(milliseconds: number, run: () => void | Promise<void>): () => void;
  sleep(milliseconds: number): Promise<void>;
  /** Forgets all timers. */
  stop(): void;
}

interface Timer {
  due: number;
  order: number;
  run: () => void | Promise<void>;
}

export function createClock(options: { start?: number; scale?: number } = {}): SandboxClock {
  let scale = options.scale ?? 1;
  let base = options.start ?? Date.now();
  let wallBase = Date.now();
  let order = 0;
  let wake: ReturnType<typeof setTimeout> | undefined;
  const timers = new Set<Timer>();

  const now = () => Math.floor(base + (Date.now() - wallBase) * scale);
  const nextTimer = () => [...timers].sort((a, b) => a.due - b.due || a.order - b.order)[0];

  function schedule(): void {
    clearTimeout(wake);
    const next = nextTimer();
    if (!next || scale === 0) return;
    const wait = Math.min(Math.max(0, (next.due - now()) / scale), 2 ** 31 - 1);
    wake = setTimeout(() => void runDue(now()), Math.ceil(wait));
    wake.unref?.();
  }

  async function runDue(until: number): Promise<void> {
    for (let next = nextTimer(); next && next.due <= until; next = nextTimer()) {
      timers.delete(next);
      await next.run();
    }
    schedule();
  }

  function rebase(at: number): void {
    base = at;
    wallBase = Date.now();
  }

  const clock: SandboxClock = {
    now,
    iso: () => new Date(now()).toISOString(),
    get scale() {
      return scale;
    },
    setScale(value) {
      rebase(now());
      scale = value;
      schedule();
    },
    async advance(milliseconds) {
      const end = now() + milliseconds;
      for (let next = nextTimer(); next && next.due <= end; next = nextTimer()) {
        if (next.due > now()) rebase(next.due);
        timers.delete(next);
        await next.run();
      }
      rebase(Math.max(end, now()));
      schedule();
    },
    after(milliseconds, run) {
      const timer = { due: now() + milliseconds, order: order++, run };
      timers.add(timer);
      schedule();
      return () => {
        timers.delete(timer);
        schedule();
      };
    },
    sleep: (milliseconds) => new Promise((resolve) => void clock.after(milliseconds, resolve)),
    stop() {
      clearTimeout(wake);
      timers.clear();
    },
  };
  return clock;
}
