import type { Finding } from "./invariants";
import type { Step } from "./process";

/**
 * Whoever takes leave to push has it for this long without asking again: the promise `sync/outbound/push-lease.ts` gives.
 * Written down here a second time, so that a change of it there is noticed.
 */
const leaveMs = 30_000;

/** A run of the push, as the others see it. */
interface Pusher {
  name: string;
  began: number;
  /** When it first took up work; null: it found the account busy, or nothing to do. */
  worked: number | null;
  over: boolean;
  /** What it has sent and claimed since another run took over from it. */
  afterwards: Set<string>;
}

/** Watches the runs of one account's push while they go on. */
export interface Exclusion {
  /** A run begins: told of each of its calls as it goes out, and of its end. */
  enter(): { step(step: Step): void; end(): void };
  found: readonly Finding[];
}

/**
 * One push works at a time. Nobody takes up work while another run has leave; and a run that stood still so long that
 * another took over finishes the one call that was on its way, and touches nothing more. Looked at while it happens:
 * marks have leases of their own and every write is looked at twice, so two runs side by side seldom leave a trace.
 */
export function createExclusion(now: () => number): Exclusion {
  const pushers: Pusher[] = [];
  const found: Finding[] = [];
  return {
    found,
    enter() {
      const me: Pusher = {
        name: `push ${pushers.length + 1}`,
        began: now(),
        worked: null,
        over: false,
        afterwards: new Set(),
      };
      pushers.push(me);
      return {
        step(step) {
          // given back: nothing more is done under it, and the next one may begin before this one has ended
          if (step.side === "store" && step.name === "releaseLease") me.over = true;
          const work = workOf(step);
          if (work === null) return;
          const at = now();
          for (const other of pushers) {
            if (other === me || other.over || other.worked === null) continue;
            if (at < other.began + leaveMs)
              found.push(`${me.name} took up ${work} while ${other.name} was at work`);
          }
          const overtaken = pushers.some(
            (other) =>
              other !== me && other.worked !== null && me.worked !== null && other.worked > me.worked,
          );
          me.worked ??= at;
          if (!overtaken || work.startsWith("the intents")) return;
          me.afterwards.add(work);
          if (me.afterwards.size > 1)
            found.push(`${me.name} was overtaken and went on with ${[...me.afterwards].join(", then ")}`);
        },
        end() {
          me.over = true;
        },
      };
    },
  };
}

/** What only one run may do: claim marks, note what it is about to send, and send it. Reading is everybody's. */
function workOf({ side, name }: Step): string | null {
  if (side === "store")
    return name === "claimDirty" || name === "claimMembers"
      ? "marks"
      : name === "writeIntents"
        ? "the intents"
        : null;
  // fields of our own are found or made by whoever needs them, and made twice they are one again
  return name.startsWith("GET ") || name.includes("/customFields") ? null : name;
}
