import { expect, it } from "vitest";
import { startTestDatabase } from "@/supabase/testing/database";
import { liveDay } from "./testing/day";

it("leaves nothing unexplained after a morning of a small account", async () => {
  const database = await startTestDatabase();
  const { broken, verify, done, endings } = await liveDay(database, {
    contacts: 120,
    seed: 3,
    hours: 4,
    deeds: 20,
  });
  await database.stop();
  expect(broken).toEqual([]);
  expect(verify).toMatchObject({ complete: true, unexplained: 0 });
  // people did something, and workers were killed
  expect(Object.values(done).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(40);
  expect(Object.keys(endings).some((one) => one.endsWith("killed"))).toBe(true);
}, 300_000);
