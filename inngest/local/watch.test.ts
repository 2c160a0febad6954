import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { createWatcher } from "./watch";

let database: TestDatabase;
let account_id: string;
beforeAll(async () => {
  database = await startTestDatabase();
  ({ account_id } = await database.createAccount());
});
afterAll(() => database.stop());

describe("waking the push", () => {
  it("sends one event while its run is pending", async () => {
    const sent: { name: string; data?: Record<string, unknown> }[] = [];
    let pending = false;
    const watcher = createWatcher({
      service: database.service,
      runner: {
        send: (event) => {
          sent.push(event);
          return String(sent.length);
        },
        isPending: () => pending,
        isBusy: () => false,
      },
    });
    await watcher.look();
    expect(sent).toEqual([]);

    await database.sql(
      "insert into contacts (account_id, given_name, email) values ($1, 'Ada', 'ada@example.test')",
      [account_id],
    );
    pending = true;
    await watcher.look();
    await watcher.look();
    expect(sent).toEqual([{ name: "keap/push.requested", data: { account_id } }]);

    pending = false;
    await watcher.look();
    expect(sent).toHaveLength(2);
  });

  it("ticks the poll but not during a copy", async () => {
    const sent: string[] = [];
    let copying = true;
    const watcher = createWatcher({
      service: database.service,
      runner: {
        send: (event) => {
          sent.push(event.name);
          return String(sent.length);
        },
        isPending: () => false,
        isBusy: (id) => copying && id === "keapsake-backfill-account",
      },
    });
    await watcher.poll();
    expect(sent).toEqual([]);
    copying = false;
    await watcher.poll();
    expect(sent).toEqual(["keap/poll.requested"]);
  });
});
