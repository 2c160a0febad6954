import { Cron } from "croner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JobWorld, startJobWorld } from "./testing/job-world";

let jobs: JobWorld;
beforeAll(async () => {
  jobs = await startJobWorld({ contacts: 40 });
  await jobs.world.settle();
}, 180_000);
afterAll(() => jobs.stop());

const minutes = (n: number) => n * 60_000;
const tickMinutes = 4;

/** How often a schedule fires in a day. */
function firesADay(pattern: string): number {
  const from = new Date("2026-11-02T23:59:59Z");
  const until = from.getTime() + minutes(24 * 60);
  return new Cron(pattern, { timezone: "UTC" }).nextRuns(2_000, from).filter((at) => at.getTime() <= until)
    .length;
}

describe("a day on which nothing happens", () => {
  it("stays within the allowances of Keap and the job system", async () => {
    const { world } = jobs;
    // the pauses have grown to their longest after some hours of quiet
    await world.sql(
      `update sync.cursors set position = position || '{"quiet": 12}' where account_id = $1 and stream in ('poll', 'sweep')`,
      [world.accountId],
    );
    world.advance(minutes(24 * 60));
    jobs.forget();
    world.forgetCalls();
    await jobs.fire("keapsake-keep-up");
    const everything = { executions: jobs.answers.length, calls: world.calls().length };
    jobs.forget();
    world.forgetCalls();
    // an hour of the day; what comes but once or twice a day was in the tick before
    const ticks = 60 / tickMinutes;
    for (let n = 0; n < ticks; n += 1) {
      world.advance(minutes(tickMinutes));
      await jobs.fire("keapsake-keep-up");
    }
    const ofTheTick = 24 * jobs.answers.length + 2 * everything.executions;
    const calls = 24 * world.calls().length + 2 * everything.calls;

    const others: Record<string, number> = {};
    for (const { id, triggers } of jobs.configs()) {
      for (const { cron } of triggers) {
        if (!cron || id === "keapsake-keep-up") continue;
        jobs.forget();
        // two schedules of one function take the dearer one's executions for both
        await jobs.fire(id);
        others[id] = (others[id] ?? 0) + jobs.answers.length * firesADay(cron);
      }
    }
    const executions = ofTheTick + Object.values(others).reduce((sum, one) => sum + one, 0);
    console.log(
      `An idle day: ${calls} calls to Keap; ${executions} executions (${ofTheTick} of the sync's tick)`,
      others,
    );
    expect(jobs.failures()).toEqual([]);
    // 5 % of a personal access token's 30,000
    expect(calls).toBeLessThanOrEqual(1_500);
    expect(executions).toBeLessThanOrEqual(1_000);
  }, 300_000);
});
