import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testKeys } from "../testing/database";
import { type Engine, openEngine } from "./engine";
import { keepVacuumed, vacuumOne } from "./vacuum";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ keys: testKeys });
  await engine.execute(`
    create table "Odd name" (id int primary key, v int);
    create table calm (id int primary key, v int);
    insert into "Odd name" select g, 0 from generate_series(1, 1000) g;
    insert into calm select g, 0 from generate_series(1, 1000) g;
    update "Odd name" set v = 1;
    update calm set v = 1 where id <= 50;
  `);
});
afterAll(() => engine.close());

const dead = async (table: string) =>
  (
    await engine.query<{ n: number }>("select n_dead_tup as n from pg_stat_user_tables where relname = $1", [
      table,
    ])
  )[0]?.n;

describe("dead rows of the embedded database", () => {
  it("are cleared where they are many, one table at a time", async () => {
    await expect.poll(() => dead("Odd name"), { timeout: 5_000 }).toBe(1_000);
    expect(await vacuumOne(engine)).toBe('public."Odd name"');
    expect(await dead("Odd name")).toBe(0);
    // 50 of a thousand are fewer than 50 and a fifth.
    expect(await dead("calm")).toBe(50);
    expect(await vacuumOne(engine)).toBeNull();
  });

  it("are looked after by themselves, and whoever asks meanwhile is answered", async () => {
    const stop = keepVacuumed(engine, { everyMs: 10 });
    await engine.query("update calm set v = 2");
    await expect.poll(() => dead("calm")).toBe(0);
    expect(await engine.query("select count(*)::int as n from calm where v = 2")).toEqual([{ n: 1_000 }]);
    stop();
  });

  it("stay, and that is told, where they cannot be cleared", async () => {
    const lines: string[] = [];
    const broken = {
      query: async () => [{ name: "public.gone" }] as never[],
      execute: (script: string) => engine.execute(script),
    };
    const stop = keepVacuumed(broken, { everyMs: 10, log: (line) => lines.push(line) });
    await expect.poll(() => lines[0]).toMatch(/relation "public\.gone" does not exist/);
    stop();
    expect(await engine.query("select 1 as one")).toEqual([{ one: 1 }]);
  });
});
