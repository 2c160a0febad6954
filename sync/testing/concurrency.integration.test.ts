import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type HookWorld, startHookWorld } from "../hooks/testing/hook-world";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { runPush } from "../outbound/push";

/** On a PostgreSQL server with several connections: see vitest.postgres.config.ts. */
let database: TestDatabase;
beforeAll(async () => {
  if (!process.env.KEAPSAKE_TEST_POSTGRES) throw new Error("Run this with `npm run test:postgres`.");
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const minutes = (n: number) => n * 60_000;

interface Served extends HookWorld {
  keapUrl: string;
  /** Runs a worker process; killed with SIGKILL after so many milliseconds, unless it ends by itself. */
  work(kind: string, killAfterMs?: number): Promise<"finished" | "killed" | string>;
  close(): void;
}

async function serve(options: { contacts: number; seed: number }): Promise<Served> {
  const world = await startHookWorld(database, options);
  const server = createServer(getRequestListener((request) => world.sandbox.fetch(request)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const keapUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(world, {
    keapUrl,
    work: (kind: string, killAfterMs?: number) =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, ["--import", "tsx", "sync/testing/worker.ts"], {
          env: {
            ...process.env,
            WORK: kind,
            ACCOUNT_ID: world.accountId,
            SUPABASE_URL: database.url,
            SUPABASE_SECRET_KEY: database.secretKey,
            KEAP_URL: keapUrl,
            KEAP_TOKEN: world.sandbox.token,
          },
          stdio: ["ignore", "pipe", "pipe"],
        });
        let said = "";
        child.stdout.on("data", (data: Buffer) => {
          said += String(data);
          // its life is counted from where its work begins
          if (killAfterMs !== undefined && said.includes("started"))
            setTimeout(() => child.kill("SIGKILL"), killAfterMs);
        });
        child.stderr.on("data", (data: Buffer) => {
          said += String(data);
        });
        child.on("exit", (code, signal) => {
          resolve(signal === "SIGKILL" ? "killed" : code === 0 ? "finished" : said);
        });
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
      world.sandbox.stop();
    },
  });
}

/** Time passes: the leases of a killed worker end, and no call of its can still be on its way. */
const endLeases = (accountId: string) =>
  database.sql(
    `with a as (update sync.leases set lease_until = now() - interval '1 s' where account_id = $1),
      i as (update sync.intents set created_at = created_at - interval '10 minutes' where account_id = $1 and state in ('sent', 'unknown')),
      b as (update sync.dirty set lease_until = now() - interval '1 s', next_attempt_at = least(next_attempt_at, now()) where account_id = $1)
     update sync.hook_deliveries set lease_until = now() - interval '1 s', next_attempt_at = now() where account_id = $1`,
    [accountId],
  );

async function differences(world: HookWorld): Promise<string[]> {
  const all = (await world.compare()).differences;
  return all.filter((one) => !/^(email_addresses_status|custom_field_definitions)\b/.test(one));
}

describe("workers killed in the middle", () => {
  it("copy the account all the same", async () => {
    const world = await serve({ contacts: 150, seed: 3 });
    const ends: string[] = [];
    for (const after of [60, 200, 500, 900]) ends.push(await world.work("backfill", after));
    ends.push(await world.work("backfill"));
    expect(ends.filter((one) => one === "killed").length).toBeGreaterThanOrEqual(3);
    expect(ends.at(-1)).toBe("finished");
    expect((await world.compare()).differences).toEqual([]);
    world.close();
  });

  it("push every edit once, and create each person once", async () => {
    const world = await serve({ contacts: 60, seed: 4 });
    for (let n = 0; n < 20 && !(await runBackfill(world.deps)).complete; n += 1);
    await world.sql(
      "update contacts set given_name = 'Killed ' || keap_id where account_id = $1 and keap_id in (select keap_id from contacts where account_id = $1 order by keap_id limit 30)",
      [world.accountId],
    );
    await world.sql(
      "insert into contacts (account_id, given_name, email) select $1::uuid, 'New', 'killed' || n || '@example.test' from generate_series(1, 12) n",
      [world.accountId],
    );
    const ends: string[] = [];
    for (const after of [80, 250, 450, 800]) {
      ends.push(await world.work("push", after));
      await endLeases(world.accountId);
    }
    for (let n = 0; n < 3; n += 1) {
      expect(await world.work("push")).toBe("finished");
      await endLeases(world.accountId);
    }
    expect(ends.filter((one) => one === "killed").length).toBeGreaterThanOrEqual(3);
    await runPoll(world.deps, { force: true });
    expect(await differences(world)).toEqual([]);
    const made = [...world.sandbox.account.contacts.values()]
      .flatMap(
        (one) =>
          JSON.stringify(one)
            .match(/killed\d+@example\.test/)
            ?.slice(0, 1) ?? [],
      )
      .sort();
    expect(made).toEqual(Array.from({ length: 12 }, (_, n) => `killed${n + 1}@example.test`).sort());
    world.close();
  });

  it("read what hooks announced, in the end", async () => {
    const world = await serve({ contacts: 60, seed: 5 });
    await world.watch();
    for (let n = 0; n < 20 && !(await runBackfill(world.deps)).complete; n += 1);
    await world.settle();
    for (const id of [...world.sandbox.account.contacts.keys()].slice(0, 30)) {
      await world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, {
        given_name: `H${id}`,
      });
      await world.sandbox.clock.advance(minutes(1));
    }
    for (const after of [50, 200]) {
      await world.work("hooks", after);
      await endLeases(world.accountId);
    }
    expect(await world.work("hooks")).toBe("finished");
    // a sending right changes with the address elsewhere, and no event tells it
    const left = (await differences(world)).filter((one) => !one.includes(".email_addresses: "));
    expect(left).toEqual([]);
    world.close();
  });
});

describe("several workers at once", () => {
  it("end equal whatever they do side by side", async () => {
    const world = await serve({ contacts: 80, seed: 6 });
    await world.watch();
    for (let n = 0; n < 20 && !(await runBackfill(world.deps)).complete; n += 1);
    await world.settle();
    const ids = [...world.sandbox.account.contacts.keys()];
    const edits = async () => {
      for (let n = 0; n < 40; n += 1) {
        await database.sql(
          "update contacts set family_name = 'P' || $3::text where account_id = $1 and keap_id = $2",
          [world.accountId, ids[n], n],
        );
      }
    };
    const theirs = async () => {
      for (let n = 40; n < 70; n += 1) {
        await world.sandbox.asUser("PATCH", `/v2/contacts/${ids[n]}?update_mask=family_name`, {
          family_name: `K${n}`,
        });
        await world.sandbox.clock.advance(minutes(1));
      }
    };
    const again = async (work: () => Promise<unknown>) => {
      for (let n = 0; n < 6; n += 1) await work();
    };
    await Promise.all([
      edits(),
      theirs(),
      again(() => runPush(world.deps)),
      again(() => runPush(world.deps)),
      again(() => runPoll(world.deps, { force: true })),
      again(() => world.drain()),
      again(() => world.drain()),
    ]);
    await world.sandbox.clock.advance(minutes(5));
    for (let n = 0; n < 5; n += 1) {
      await endLeases(world.accountId);
      await runPush(world.deps);
      await world.settle();
    }
    expect(await differences(world)).toEqual([]);
    const failed = await world.sql("select error from sync.runs where account_id = $1 and state = 'error'", [
      world.accountId,
    ]);
    expect(failed).toEqual([]);
    world.close();
  });

  it("never take the same mark twice", async () => {
    const world = await serve({ contacts: 40, seed: 10 });
    for (let n = 0; n < 20 && !(await runBackfill(world.deps)).complete; n += 1);
    await world.sql("update contacts set job_title = 'Claimed' where account_id = $1", [world.accountId]);
    const { store } = world.deps;
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, n) => store.claimDirty(world.accountId, "contacts", 10, `owner-${n}`)),
    );
    const ids = taken.flat().map((one) => one.record_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
    world.close();
  });
});
