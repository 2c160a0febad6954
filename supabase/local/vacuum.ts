import type { Engine } from "./engine";

/**
 * The table with most rows that nobody can see any more, once they are more than 50 and a fifth of its own: the
 * thresholds of PostgreSQL's autovacuum (documentation, "Automatic Vacuuming"), which PGlite, being one process, lacks.
 */
const neediest = `
  select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup and schemaname not like 'pg_temp%'
  order by n_dead_tup desc limit 1`;

/** Clears one table of dead rows and counts it anew for the planner. Returns its name, or null where none needs it. */
export async function vacuumOne(engine: Pick<Engine, "query" | "execute">): Promise<string | null> {
  const [table] = await engine.query<{ name: string }>(neediest);
  if (!table) return null;
  await engine.execute(`vacuum (analyze) ${table.name}`);
  return table.name;
}

/**
 * Looks once a minute and clears one table at a time, since everybody waits meanwhile. How many rows are dead is known
 * from this start on; what earlier ones left goes with the next changes of its table.
 */
export function keepVacuumed(
  engine: Pick<Engine, "query" | "execute">,
  { everyMs = 60_000, log = console.error }: { everyMs?: number; log?: (line: string) => void } = {},
): () => void {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    try {
      await vacuumOne(engine);
    } catch (error) {
      log(
        `A table could not be cleared of dead rows (${error instanceof Error ? error.message : String(error)}). Nothing is lost; it is tried again.`,
      );
    } finally {
      running = false;
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
