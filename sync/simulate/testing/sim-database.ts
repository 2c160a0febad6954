import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type DatabaseClock, takeDatabaseClock } from "./database-clock";
import { createSimClock, type SimClock } from "./database-side";
import { createDirectService } from "./direct-service";

/** A database that lives in the simulation's time, for many histories one after the other. */
export interface SimDatabase extends TestDatabase {
  clock: SimClock;
  time: DatabaseClock;
  /** The next history: its clock starts anew, its ids come from its seed. */
  begin(seed: number): Promise<void>;
}

export async function openSimDatabase(): Promise<SimDatabase> {
  const served = await startTestDatabase();
  let current = createSimClock();
  const clock: SimClock = { now: () => current.now(), advance: (ms) => current.advance(ms) };
  const time = await takeDatabaseClock(served, clock);
  return {
    ...served,
    service: await createDirectService(served, time),
    clock,
    time,
    async begin(seed) {
      current = createSimClock();
      await time.begin(seed);
    },
  };
}
