/** Time as the client sees it, in milliseconds since 1970. Injected so that tests and simulations can scale it. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` of this clock; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** As `sleep`, but does not keep the process alive: for upkeep that nobody waits for. */
  doze?(ms: number, signal: AbortSignal): Promise<void>;
}

/** A clock that runs `scale` times as fast as the machine's, from the machine's present time on. */
export function createScaledClock(scale: number, start = Date.now()): Clock {
  const origin = performance.now();
  return {
    now: () => start + (performance.now() - origin) * scale,
    sleep: (ms, signal) => sleepFor(ms / scale, signal),
    doze: (ms, signal) => sleepFor(ms / scale, signal, true),
  };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, signal),
  doze: (ms, signal) => sleepFor(ms, signal, true),
};

function sleepFor(ms: number, signal?: AbortSignal, background = false): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    // Node fires at once for delays above 2^31 - 1: a long sleep just wakes early, and every caller looks again.
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      },
      Math.min(Math.max(0, ms), 2_147_483_647),
    );
    if (background) timer.unref();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
