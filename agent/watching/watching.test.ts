import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { refreshSegments } from "../people/refresh-segments";
import { contextFor, openWorlds, type World } from "../testing/context";
import { createAlertTool } from "../tools/create-alert";
import { createSegmentTool } from "../tools/create-segment";
import { runTool } from "../tools/define-tool";
import { checkAlert } from "./check-alert";
import { checkTarget, deliverWebhooks, isPublicAddress, WebhookRefusal } from "./deliver-webhooks";
import { checkDueAlerts } from "./run-alerts";
import { isUnusual } from "./unusual";

let worlds: Awaited<ReturnType<typeof openWorlds>>;

beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

/** Monday 23 November 2026, ten in New York. Orders: one a week for ten weeks of 100.00, in the last week three. */
const now = new Date("2026-11-23T15:00:00Z");

async function business(): Promise<World> {
  const world = await worlds.world();
  await world.insert("contacts", [{ keap_id: 1, given_name: "Ann" }]);
  await world.insert("products", [{ keap_id: 1, name: "Kit" }]);
  // Wednesdays from 9 September to 11 November, then three in the week of 16 November.
  const days = [
    ...Array.from({ length: 10 }, (_, week) => new Date(Date.UTC(2026, 8, 9 + 7 * week, 16)).toISOString()),
    "2026-11-17T16:00:00Z",
    "2026-11-18T16:00:00Z",
    "2026-11-19T16:00:00Z",
  ];
  const sales = days.map((at, index) => ({
    keap_id: index + 1,
    contact: 1,
    at,
    total: 10_000,
    items: [{ product: 1, price: 10_000 }],
  }));
  await sell(world, sales);
  await pay(
    world,
    sales.map(({ keap_id, at, total }) => ({ keap_id, contact: 1, orders: [keap_id], at, amount: total })),
  );
  return world;
}

const query = (metric: string) => ({
  metrics: [metric],
  dimensions: [],
  range: { preset: "today" as const },
  others: true,
});

describe("what an alert sees", () => {
  it("compares completed periods with a line", async () => {
    const world = await business();
    const look = (when: "above" | "below", value: number) =>
      checkAlert(
        { query: query("orders"), condition: { kind: "threshold", when, value, period: "week" } },
        world.at(now.toISOString()),
      );
    expect(await look("above", 2)).toMatchObject({ fired: true, value: 3, period: "2026-11-16" });
    expect(await look("above", 3)).toMatchObject({ fired: false, value: 3 });
    expect(await look("below", 3)).toMatchObject({ fired: false });
    const low = await look("below", 4);
    expect(low).toMatchObject({ fired: true, period: "2026-11-16" });
    // What moved, and where: one order the week before.
    expect(low.body).toMatch(
      /^The line is 4; you asked to be told when it is below\. Up 2 \(200\.0%\) from 1 \(.*\)\. Most of it: .*, up 2\.$/,
    );
    expect((await look("below", 3)).body).not.toContain("Most of it");
  });

  it("says how much it changed and where", async () => {
    const world = await business();
    const found = await checkAlert(
      {
        query: query("revenue_collected"),
        condition: { kind: "change", when: "rises", percent: 200, period: "week" },
      },
      world.at(now.toISOString()),
    );
    // From 100.00 to 300.00: up 200 %, all of it by the Kit.
    expect(found).toMatchObject({ fired: true, value: 30_000 });
    expect(found.body).toContain("Up 200.0% from $100.00");
    expect(found.body).toContain('"Kit", up $200.00');
  });

  it("names nobody who went the other way", async () => {
    const world = await worlds.world();
    await world.insert("contacts", [{ keap_id: 1, given_name: "Ann" }]);
    await world.insert("products", [
      { keap_id: 10, name: "Kit" },
      { keap_id: 11, name: "Book" },
      { keap_id: 12, name: "Mug" },
    ]);
    const day = (keap_id: number, at: string, product: number, total: number) => ({
      keap_id,
      contact: 1,
      at,
      total,
      items: [{ product, price: total }],
    });
    // The Kit falls by 300.00, more than anything rose; the Book rises by 250.00 and the Mug by 150.00: up 100.00 in all.
    // The one of October makes all of them repeat purchases.
    const sales = [
      day(4, "2026-10-01T15:00:00Z", 10, 1_000),
      day(1, "2026-11-10T15:00:00Z", 10, 30_000),
      day(2, "2026-11-17T15:00:00Z", 11, 25_000),
      day(3, "2026-11-19T15:00:00Z", 12, 15_000),
    ];
    await sell(world, sales);
    const found = await checkAlert(
      { query: query("sales_invoiced"), condition: { kind: "digest", period: "week" } },
      world.at(now.toISOString()),
    );
    expect(found.body).toContain('(+33.3%). Most of it: product "Book", up $250.00.');
  });

  it("knows what is usual", async () => {
    const world = await business();
    const look = () =>
      checkAlert(
        { query: query("orders"), condition: { kind: "unusual", period: "week" } },
        world.at(now.toISOString()),
      );
    // 26 weeks before: ten with one order, sixteen with none. The median is 0, and half of them never move from it.
    expect(await look()).toMatchObject({ fired: true, value: 3 });
    expect(isUnusual(5, [1, 2])).toBeNull();
    // Median 10, median deviation 1: usual up to 10 + 3.5 × 1.4826 = 15.19.
    const history = [8, 9, 9, 10, 10, 10, 11, 11, 12];
    expect(isUnusual(15, history)).toMatchObject({ unusual: false });
    expect(isUnusual(16, history)).toMatchObject({ unusual: true, high: expect.closeTo(15.19, 2) });
  });

  it("knows that Sundays are quiet", () => {
    const week = [10, 10, 10, 10, 10, 2, 0];
    const eightWeeks = Array.from({ length: 8 }, () => week).flat();
    expect(isUnusual(10, eightWeeks, 7)).toMatchObject({ unusual: false });
    expect(isUnusual(0, eightWeeks, 7)).toMatchObject({ unusual: true, low: 10, high: 10 });
    const toFriday = [...eightWeeks, 10, 10, 10, 10, 10];
    expect(isUnusual(2, toFriday, 7)).toMatchObject({ unusual: false });
    expect(isUnusual(10, toFriday, 7)).toMatchObject({ unusual: true });
    // One week and a half show no season: a Saturday looks odd then.
    expect(isUnusual(2, week.concat(10, 10, 10, 10), 7)).toMatchObject({ unusual: true });
  });

  it("writes a digest of several numbers", async () => {
    const world = await business();
    const found = await checkAlert(
      {
        query: { ...query("revenue_collected"), metrics: ["revenue_collected", "orders"] },
        condition: { kind: "digest", period: "week" },
      },
      world.at(now.toISOString()),
    );
    expect(found.body).toMatch(
      /^Revenue collected: \$300\.00, before \$100\.00 \(\+200\.0%\)\. Most of it: product "Kit", up \$200\.00\.\nOrders: 3, before 1 \(\+200\.0%\)\. Most of it: .*, up 2\.$/,
    );
  });
});

describe("telling people", () => {
  const deps = (world: World, at = now) => ({
    service: world.database.service,
    door: world.door,
    clock: () => at,
  });
  const notes = async (world: World) =>
    world.database.sql<{ title: string; body: string }>(
      "select title, body from public.notifications where account_id = $1 order by created_at",
      [world.account.id],
    );

  it("tells once per period, also after a crash", async () => {
    const world = await business();
    const context = await contextFor(world, { role: "analyst" });
    await runTool(createAlertTool, { metric: "orders", when: "above", value: 2, period: "week" }, context);
    await world.database.sql("update public.alerts set next_check_at = '2026-01-01' where account_id = $1", [
      world.account.id,
    ]);
    expect(await checkDueAlerts(deps(world))).toEqual({ checked: 1, fired: 1, failed: 0 });
    expect(await checkDueAlerts(deps(world))).toEqual({ checked: 0, fired: 0, failed: 0 });
    expect(await notes(world)).toEqual([
      {
        title: "Orders: 3 from 16 Nov 2026 to 22 Nov 2026",
        body: 'The line is 2; you asked to be told when it is above. Up 2 (200.0%) from 1 (9 Nov – 15 Nov 2026). Most of it: product "Kit", up 2.',
      },
    ]);
    // Killed before it could note that it had told.
    await world.database.sql(
      "update public.alerts set next_check_at = '2026-01-01', state = '{}' where account_id = $1",
      [world.account.id],
    );
    await checkDueAlerts(deps(world));
    expect(await notes(world)).toHaveLength(1);
  });

  it("sends a webhook once, and keeps what it told through trouble", async () => {
    const world = await business();
    const context = await contextFor(world, { role: "analyst" });
    const { alert_id } = await runTool(
      createAlertTool,
      { metric: "orders", when: "above", value: 2 },
      context,
    );
    const due = (more: string) =>
      world.database.sql(`update public.alerts set next_check_at = '2026-01-01'${more} where id = $1`, [
        alert_id,
      ]);
    await due(`, channels = '[{"kind":"webhook","url":"https://up.example/"}]'`);
    await checkDueAlerts(deps(world));
    // Killed before it could note that it had told.
    await due(", state = '{}'");
    await checkDueAlerts(deps(world));
    const [sent] = await world.database.sql<{ n: number }>(
      "select count(*)::int as n from public.alert_deliveries where alert_id = $1",
      [alert_id],
    );
    expect(sent?.n).toBe(1);
    const query = JSON.stringify({ metrics: ["no_such_number"] });
    await due(`, query = '${query}'`);
    expect(await checkDueAlerts(deps(world))).toMatchObject({ failed: 1 });
    const [kept] = await world.database.sql<{ state: Record<string, unknown> }>(
      "select state from public.alerts where id = $1",
      [alert_id],
    );
    expect(kept?.state).toMatchObject({
      told_period: "2026-11-16",
      error: expect.stringContaining("no_such_number"),
    });
    await world.database.sql("delete from public.alerts where id = $1", [alert_id]);
  });

  it("waits until the first copy is complete", async () => {
    const world = await business();
    const context = await contextFor(world, { role: "analyst" });
    await runTool(createAlertTool, { metric: "orders", when: "below", value: 100, period: "week" }, context);
    await world.database.sql("update public.accounts set data_as_of = null where id = $1", [
      world.account.id,
    ]);
    await world.database.sql("update public.alerts set next_check_at = '2026-01-01' where account_id = $1", [
      world.account.id,
    ]);
    expect(await checkDueAlerts(deps(world))).toEqual({ checked: 0, fired: 0, failed: 0 });
    // It waits its turn like all others: two hundred such alerts must not hold up the rest.
    const [next] = await world.database.sql<{ later: boolean }>(
      "select next_check_at > '2026-11-23' as later from public.alerts where account_id = $1",
      [world.account.id],
    );
    expect(next?.later).toBe(true);
    await world.database.sql("update public.alerts set enabled = false where account_id = $1", [
      world.account.id,
    ]);
  });

  it("keeps members of segments up to date", async () => {
    const world = await business();
    const context = await contextFor(world, { role: "analyst" });
    await runTool(createSegmentTool, { name: "Buyers", bought_product: ["Kit"] }, context);
    await refreshSegments(deps(world));
    const [segment] = await world.database.sql<{ member_count: number }>(
      "select member_count::int from public.segments where account_id = $1",
      [world.account.id],
    );
    expect(segment?.member_count).toBe(1);
  });
});

describe("webhooks", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fc00::1",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "2002:0a00:0001::",
    "64:ff9b::a00:1",
    "localhost",
  ])("takes %s for no public address", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it("takes public addresses", () => {
    expect(["1.1.1.1", "172.32.0.1", "2606:4700::1111"].map(isPublicAddress)).toEqual([true, true, true]);
  });

  it.each([
    ["http://example.com/", /https/],
    ["https://user:secret@example.com/", /user name/],
    ["https://127.0.0.1/", /no public address/],
    ["https://[::1]/", /no public address/],
    ["https://2130706433/", /no public address/],
    ["https://inside.example/", /no public address/],
    ["https://half.example/", /no public address/],
    ["file:///etc/passwd", /https/],
    ["nonsense", /https/],
  ])("refuses %s", async (url, message) => {
    const resolve = async (host: string) =>
      host === "half.example"
        ? [
            { address: "1.1.1.1", family: 4 },
            { address: "10.0.0.1", family: 4 },
          ]
        : [{ address: "10.0.0.1", family: 4 }];
    await expect(checkTarget(url, resolve)).rejects.toThrow(message);
  });

  it("tries again, and gives up what is refused", async () => {
    const world = await business();
    const context = await contextFor(world, { role: "analyst" });
    const { alert_id } = await runTool(
      createAlertTool,
      { metric: "orders", when: "above", value: 2 },
      context,
    );
    const wait = (url: string) =>
      world.database.sql(
        "insert into public.alert_deliveries (account_id, alert_id, channel, payload) values ($1, $2, 'webhook', $3::jsonb)",
        [world.account.id, alert_id, JSON.stringify({ title: "t", url })],
      );
    await wait("https://down.example/");
    await wait("https://inside.example/");
    await wait("https://up.example/");
    const bodies: unknown[] = [];
    const post = async (url: string, body: unknown) => {
      if (url.includes("inside")) throw new WebhookRefusal("no public address");
      bodies.push(body);
      return url.includes("down") ? 503 : 204;
    };
    expect(await deliverWebhooks(world.database.service, post)).toEqual({ sent: 1, failed: 1 });
    // The next attempt waits its time.
    expect(await deliverWebhooks(world.database.service, post)).toEqual({ sent: 0, failed: 0 });
    expect(bodies).toHaveLength(2);
    const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    for (const hours of [1, 3, 7]) await deliverWebhooks(world.database.service, post, later(hours));
    expect(await deliverWebhooks(world.database.service, post, later(25))).toEqual({ sent: 0, failed: 1 });
    expect(await deliverWebhooks(world.database.service, post, later(48))).toEqual({ sent: 0, failed: 0 });
    expect(bodies[0]).toEqual({ title: "t" });
  });
});
