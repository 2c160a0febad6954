import { machineTime, type RunTime } from "../context";
import type { SyncStore } from "../store";

/** How long a run that died keeps others out. */
const seconds = 30;
const renewEveryMs = 10_000;

/** Another run has taken over: this one stops where it stands and touches nothing more. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  constructor() {
    super("Another run has taken over the push of this account.");
  }
}

/** Leave to push: one run per account. */
export interface PushLease {
  /** Goes on only while the lease is ours. `surely` asks the database, also where it was asked a moment ago. */
  hold(surely?: boolean): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the account's push lease; null while another run has it. Renewed by the clock, so that a run waiting for Keap's
 * limit keeps it, and asked for before each write, so that a run that was frozen past its end notices.
 */
export async function takePushLease(
  store: Pick<SyncStore, "acquireLease" | "releaseLease">,
  accountId: string,
  owner: string,
  time: RunTime = machineTime,
): Promise<PushLease | null> {
  const name = "push";
  let renewedAt = time.elapsed();
  let lost = !(await store.acquireLease(accountId, name, owner, seconds));
  if (lost) return null;
  const renew = async () => {
    const asked = time.elapsed();
    // it may be held by another, or have run out and be free: once out of our hands it is not taken again
    if (asked - renewedAt > seconds * 1000) lost = true;
    else if (await store.acquireLease(accountId, name, owner, seconds)) renewedAt = asked;
    else lost = true;
  };
  const stop = time.every(renewEveryMs, () => {
    // a renewal that fails is made up for by the next one, or noticed before the next write
    if (!lost) renew().catch(() => undefined);
  });
  return {
    async hold(surely = false) {
      if (!lost && (surely || time.elapsed() - renewedAt > renewEveryMs)) await renew();
      if (lost) throw new LeaseLost();
    },
    async release() {
      stop();
      if (!lost) await store.releaseLease(accountId, name, owner).catch(() => undefined);
    },
  };
}
