import { isKeapError } from "../../keap/errors";
import { StoreError } from "../../stores/supabase";

/** What may go wrong with one call. `after` means that it was carried out all the same. */
export type KeapFault =
  | "reset_before"
  | "reset_after"
  | "status_500"
  | "status_500_after"
  | "throttled"
  | "web_page"
  | "cut_short"
  /** A list by id leaves a record out that is there: rows move between pages while a client pages. */
  | "leaves_out";
export type StoreFault = "refused" | "lost_answer";

export interface Step {
  /** Counts the boundaries of this process: two per call, before and after. */
  at: number;
  side: "keap" | "store";
  when: "before" | "after";
  name: string;
}

export interface ProcessPlan {
  /** The boundary at which the process is killed. */
  crashAt?: number;
  keapFault?: (call: number, name: string) => KeapFault | null;
  storeFault?: (call: number, name: string) => StoreFault | null;
  /** Told of every call that reached Keap. */
  trace?: (line: string) => void;
  /** Runs at each boundary: what others do meanwhile. */
  meanwhile?: (step: Step) => Promise<void> | void;
}

/** How a process ended: with its own result, with an error of its own, or killed. */
export type Ending<T> = { kind: "done"; result: T } | { kind: "killed" } | { kind: "failed"; error: unknown };

/**
 * One worker. Killed, none of its calls ever comes back: no `catch` and no `finally` of it runs any more, as with
 * `kill -9`.
 */
export class SimProcess {
  steps = 0;
  killed = false;
  #calls = { keap: 0, store: 0 };
  #die: () => void = () => undefined;
  readonly #death = new Promise<{ kind: "killed" }>((resolve) => {
    this.#die = () => resolve({ kind: "killed" });
  });
  constructor(
    readonly plan: ProcessPlan = {},
    /** Told of each call as it really goes out, whatever happened just before it. */
    readonly onCall?: (step: Step) => void,
  ) {}

  async boundary(side: Step["side"], when: Step["when"], name: string): Promise<void> {
    if (this.killed) return never();
    const at = this.steps++;
    if (at === this.plan.crashAt) {
      this.killed = true;
      this.#die();
      return never();
    }
    await this.plan.meanwhile?.({ at, side, when, name });
    if (this.killed) return never();
    if (when === "before") this.onCall?.({ at, side, when, name });
  }

  async run<T>(work: () => Promise<T>): Promise<Ending<T>> {
    const own = work().then(
      (result): Ending<T> => ({ kind: "done", result }),
      (error): Ending<T> => ({ kind: "failed", error }),
    );
    return Promise.race([own, this.#death]);
  }

  nextFault(side: "keap", name: string): KeapFault | null;
  nextFault(side: "store", name: string): StoreFault | null;
  nextFault(side: "keap" | "store", name: string): KeapFault | StoreFault | null {
    const call = this.#calls[side]++;
    return (side === "keap" ? this.plan.keapFault?.(call, name) : this.plan.storeFault?.(call, name)) ?? null;
  }

  /** A store as this process sees it. */
  store<T extends object>(inner: T): T {
    return new Proxy(inner, {
      get: (target, property) => {
        const method = target[property as keyof T] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const name = String(property);
          await this.boundary("store", "before", name);
          const fault = this.nextFault("store", name);
          if (fault === "refused") throw new StoreError(name, "the connection was lost", null);
          const answer = await method.apply(target, args);
          await this.boundary("store", "after", name);
          if (fault === "lost_answer") throw new StoreError(name, "the answer was lost", null);
          return answer;
        };
      },
    });
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

export { isKeapError };
