import { cron } from "inngest";
import { createHookStore, type DueWork } from "@/sync/hooks/store";
import { watchHooks } from "@/sync/hooks/watch";
import { backfillOrder } from "@/sync/inbound/backfill";
import { inngest } from "../client";
import { getDeps } from "../deps";
import { backfillRequested, hooksReceived, pollRequested, pushRequested, watchRequested } from "../events";

/** Accounts whose hooks are looked after in the tick itself; the others get a run of their own. */
const watchedHere = 20;
const watchesAtOnce = 4;

/**
 * The net under every wake-up, for all accounts: what is due is in the database, so an event that was lost, or a runner
 * that was killed, costs at most these four minutes. One look finds what to do; without anything to do that is all.
 * It has no steps, because each of its parts may run twice: a tick is one execution of the job system's daily allowance.
 */
export const keepUp = inngest.createFunction(
  { id: "keep-up", triggers: [cron("*/4 * * * *")], concurrency: { limit: 1 }, retries: 1 },
  async () => {
    const { service, keapFor, now, appUrl } = await getDeps();
    const hooks = createHookStore(service);
    const due = await hooks.due(now());
    const watched = due.filter((one) => one.watch && !one.unauthorized);
    const events = [
      ...due.filter((one) => !one.unauthorized || isHourly(now())).flatMap(eventsFor),
      ...watched.slice(watchedHere).map(({ account_id }) => watchRequested.create({ account_id })),
    ];
    if (events.length > 0) await inngest.send(events);
    const queue = watched.slice(0, watchedHere);
    await Promise.all(
      Array.from({ length: watchesAtOnce }, async () => {
        for (let one = queue.shift(); one; one = queue.shift()) {
          const keap = keapFor(one.account_id).inLane("hook");
          const { gaps } = await watchHooks({ accountId: one.account_id, keap, hooks, appUrl, now });
          if (gaps.length > 0) await inngest.send(pollRequested.create({ account_id: one.account_id }));
        }
      }),
    );
    await hooks.forget();
    return { accounts: due.length, events: events.length, watched: watched.length };
  },
);

function eventsFor(one: DueWork) {
  const { account_id } = one;
  const copied = backfillOrder.every((entity) => one.copied.includes(entity));
  return [
    ...(copied || !one.copy_idle ? [] : [backfillRequested.create({ account_id })]),
    ...(one.hooks ? [hooksReceived.create({ account_id })] : []),
    ...(one.poll && !isHeldBack(one) ? [pollRequested.create({ account_id })] : []),
    ...(one.push ? [pushRequested.create({ account_id })] : []),
  ];
}

/** Where Keap refuses the credential, one look an hour finds out whether it has been replaced. */
function isHourly(now: Date): boolean {
  return now.getUTCMinutes() < 4;
}

/** Keap's limit is used up: asking again would only say so. */
function isHeldBack({ retry_at }: DueWork): boolean {
  return retry_at !== null && Date.parse(retry_at) > Date.now();
}
