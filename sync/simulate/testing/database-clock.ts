import type { TestDatabase } from "@/supabase/testing/database";
import type { SimClock } from "./database-side";

/**
 * The clock and the ids of a database that is the simulation's alone. Its functions ask for the time and for ids by names
 * that are looked up when they are planned, so answering those names is enough: a history then passes in its own time,
 * and the same seed gives the same rows again.
 */
export interface DatabaseClock {
  /** A history begins: ids count from its seed. */
  begin(seed: number): Promise<void>;
  /** The time of the next statement, in seconds as the database's setting holds it; the clock goes on by it. */
  next(): string;
  /** What a statement selects along, to be run at that time. */
  readonly setting: "simulation.now";
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);

export async function takeDatabaseClock({ sql }: TestDatabase, clock: SimClock): Promise<DatabaseClock> {
  const now =
    "select pg_catalog.to_timestamp(pg_catalog.current_setting('simulation.now')::double precision)";
  await sql("create schema if not exists simulation");
  await sql("create sequence if not exists simulation.ids");
  await sql(`select set_config('simulation.now', $1, false), set_config('simulation.seed', '0', false)`, [
    seconds(clock.now()),
  ]);
  await sql(
    `create or replace function pg_catalog.now() returns timestamptz language sql stable as $$ ${now} $$`,
  );
  await sql(
    `create or replace function pg_catalog.clock_timestamp() returns timestamptz language sql volatile as $$ ${now} $$`,
  );
  await sql(`create or replace function pg_catalog.gen_random_uuid() returns uuid language sql volatile as
    $$ select pg_catalog.md5(pg_catalog.current_setting('simulation.seed') || ' ' || pg_catalog.nextval('simulation.ids'))::uuid $$`);
  const [told] = await sql<{ at: string }>("select now()::text as at");
  if (Date.parse(told?.at ?? "") !== clock.now())
    throw new Error(`The database does not follow the simulation's clock: it says ${told?.at}.`);
  return {
    setting: "simulation.now",
    async begin(seed) {
      await sql(
        "select set_config('simulation.seed', $1, false), setval('simulation.ids', 1, false), set_config('simulation.now', $2, false)",
        [String(seed), seconds(clock.now())],
      );
    },
    next() {
      clock.advance(1);
      return seconds(clock.now());
    },
  };
}
