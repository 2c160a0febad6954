import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import { talk, textOf, userMessage } from "../testing/read-chat";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { queryMetricTool } from "../tools/query-metric";
import { runChat } from "./run-chat";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("contacts", [
    {
      keap_id: 1,
      given_name: "Ann",
      email: "ann@example.test",
      keap_created_at: "2026-01-05T12:00:00Z",
      addresses: { BILLING: { country_code: "USA", region_code: "US-CA" } },
    },
  ]);
  await world.insert("products", [{ keap_id: 10, name: "Starter Kit" }]);
  await sell(world, [
    {
      keap_id: 100,
      contact: 1,
      at: "2026-02-10T15:00:00Z",
      total: 15_000,
      items: [{ product: 10, price: 15_000 }],
    },
  ]);
  await pay(world, [
    { keap_id: 1000, contact: 1, orders: [100], at: "2026-02-10T15:00:00Z", amount: 10_000 },
    { keap_id: 1001, contact: 1, orders: [100], at: "2026-03-01T15:00:00Z", amount: 5_050 },
  ]);
  context = await contextFor(world);
});
afterAll(() => worlds.stop());

describe("chat without a model provider", () => {
  it("answers revenue by month from cells", async () => {
    const [answer] = await talk(["revenue by month this year"], { context });
    const part = answer?.parts.find(({ type }) => type === "tool-query_metric");
    if (part?.type !== "tool-query_metric" || part.state !== "output-available")
      throw new Error(JSON.stringify(answer, null, 1));
    const byMonth = Object.fromEntries(
      part.output.result.rows.map((row) => [row.time, row.revenue_collected]),
    );
    expect(byMonth).toMatchObject({
      "2026-01-01": 0,
      "2026-02-01": 10_000,
      "2026-03-01": 5_050,
      "2026-11-01": 0,
    });
    expect(part.output.chart).toMatchObject({ version: 1, drawing: { kind: "line", x: "time" } });
    expect(textOf(answer as never)).toContain("$150.50");
    expect(answer?.metadata).toMatchObject({ model: "offline-analyst" });
    expect(answer?.parts.filter(({ type }) => type === "data-notice")).toEqual([]);
  });

  const copied = async (entity: string, state: string, done: number, total: number | null) =>
    world.database.sql(
      `insert into sync.cursors (account_id, entity, stream, state, done_count, estimated_total) values ($1, $2, 'backfill', $3, $4, $5)
       on conflict (account_id, entity, stream) do update set state = excluded.state, done_count = excluded.done_count`,
      [world.account.id, entity, state, done, total],
    );
  const setAsOf = (at: string | null) =>
    world.database.sql("update public.accounts set data_as_of = $2 where id = $1", [world.account.id, at]);

  it("says first what is still being copied", async () => {
    await setAsOf(null);
    for (const entity of [
      "orders",
      "transactions",
      "products",
      "contacts",
      "lead_sources",
      "tags",
      "subscriptions",
    ])
      await copied(entity, "done", 10, 10);
    await copied("payments", "running", 1_200, 5_000);
    const [answer] = await talk(["revenue by month this year"], { context });
    const printed = queryMetricTool.describe(
      await runTool(
        queryMetricTool,
        { query: { metrics: ["revenue_collected"], range: { preset: "this_year" } } },
        context,
      ),
    );
    const why = await talk(["why did revenue change last month"], { context });
    await setAsOf("2026-11-23T14:00:00Z");
    const sentence =
      "Payments are still being copied from Keap (1,200 of about 5,000 payments), so this is only what has arrived so far.";
    expect(textOf(answer as never)).toMatch(new RegExp(`^${sentence.replace(/[()]/g, "\\$&")} From 1 Jan`));
    const notices = answer?.parts.filter(({ type }) => type === "data-notice");
    expect(notices).toMatchObject([{ data: { kind: "data_incomplete", text: sentence } }]);
    // What an MCP client shows its model: the sentence stands before the rows.
    expect(printed.split("\n")[1]).toBe(sentence);
    expect(printed).not.toContain("Data as of");
    // Reasons over half a copy would be about the copy.
    expect(textOf(why[0] as never)).toContain("Reasons and forecasts need all of it");
  });

  it("gives no number while nothing has arrived", async () => {
    await setAsOf(null);
    await copied("payments", "running", 0, 5_000);
    const [answer, leads] = [
      ...(await talk(["revenue by month this year"], { context })),
      ...(await talk(["funnel from lead to customer"], { context })),
    ];
    await setAsOf("2026-11-23T14:00:00Z");
    for (const each of [answer, leads]) {
      const text = textOf(each as never);
      expect(text).toMatch(/have not arrived from Keap yet, so there is no number to give\./);
      expect(text).toContain("ask again in a few minutes");
      expect(text).not.toMatch(/\$0|0\.00/);
      expect(each?.parts.some((part) => "state" in part && part.state === "output-available")).toBe(false);
    }
    expect(textOf(answer as never)).toMatch(/^Payments have not arrived/);
  });

  it("says of a list of people what is missing, and lists nobody while nothing has arrived", async () => {
    await setAsOf(null);
    await copied("payments", "running", 1_200, 5_000);
    const [some, best, risk] = [
      ...(await talk(["who bought something this year"], { context })),
      ...(await talk(["top 5 customers by lifetime spend"], { context })),
      ...(await talk(["who is at risk of not coming back?"], { context })),
    ];
    await copied("payments", "running", 0, 5_000);
    const [none] = await talk(["who bought something this year"], { context });
    await setAsOf("2026-11-23T14:00:00Z");
    for (const each of [some, best])
      expect(textOf(each as never)).toMatch(
        /^Payments are still being copied from Keap \(1,200 of about 5,000 payments\)/,
      );
    // Scores wait for the whole copy: no list of nobody before there are any.
    expect(textOf(risk as never)).toMatch(
      /^Nobody has been scored yet.* when the first copy from Keap is complete/,
    );
    expect(textOf(none as never)).toMatch(/^Payments have not arrived from Keap yet/);
  });

  it("gives numbers whose records are complete", async () => {
    await setAsOf(null);
    await copied("payments", "done", 5_000, 5_000);
    await copied("emails", "running", 3, 900);
    const [answer, mails] = [
      ...(await talk(["revenue by month this year"], { context })),
      ...(await talk(["emails sent this year"], { context })),
    ];
    await setAsOf("2026-11-23T14:00:00Z");
    expect(textOf(answer as never)).toMatch(/^From 1 Jan/);
    expect(answer?.parts.filter(({ type }) => type === "data-notice")).toEqual([]);
    expect(textOf(mails as never)).toMatch(
      /^E-mails are still being copied from Keap \(3 of about 900 e-mails\)/,
    );
  });

  it("follows up over six turns and pins", async () => {
    const answers = await talk(
      [
        "revenue by month this year",
        "by product",
        "only California",
        "only last quarter",
        "as a bar chart",
        "pin it",
      ],
      { context },
    );
    const last = answers.at(-1);
    const pin = last?.parts.find(({ type }) => type === "tool-pin_chart");
    if (pin?.type !== "tool-pin_chart" || pin.state !== "output-available")
      throw new Error(JSON.stringify(last, null, 1));
    expect(pin.output).toMatchObject({ board_name: "My board" });
    const [chart] = await world.database.sql<{ spec: unknown }>(
      "select spec from public.board_charts where id = $1",
      [pin.output.chart_id],
    );
    expect(chart?.spec).toMatchObject({
      query: {
        metrics: ["revenue_collected"],
        dimensions: ["product"],
        range: { preset: "previous_quarter" },
        filters: { dimension: "region" },
      },
      drawing: { kind: "bar" },
    });
  });

  it("goes on with the people a ranking showed", async () => {
    const listed = async (question: string) => {
      const answer = (await talk(["top 3 customers", question], { context })).at(-1);
      const part = answer?.parts.find(({ type }) => type === "tool-find_contacts");
      if (part?.type !== "tool-find_contacts" || part.state !== "output-available")
        throw new Error(JSON.stringify(answer, null, 1));
      return part.output;
    };
    expect(await listed("which of them live in California")).toMatchObject({
      total: 1,
      who: expect.stringContaining("the one shown before"),
      people: [{ name: "Ann" }],
    });
    expect(await listed("which of them do not live in California")).toMatchObject({ total: 0 });
  });

  it("says so when names cannot be read", async () => {
    // An account of its own: names are remembered for a while.
    const other = await contextFor(await worlds.world());
    const stream = runChat({
      messages: [userMessage("revenue in California this year")],
      context: {
        ...other,
        report: () => undefined,
        door: () => Promise.reject(new Error("the database is busy")),
      },
    });
    const chunks: unknown[] = [];
    await stream.pipeTo(new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
    expect(chunks).toContainEqual({
      type: "error",
      errorText: expect.stringContaining("could not be read just now"),
    });
    expect(JSON.stringify(chunks)).not.toContain("tool-input");
  });
});
