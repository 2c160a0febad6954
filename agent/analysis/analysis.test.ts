import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import { talk, textOf } from "../testing/read-chat";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { explainChangeTool } from "../tools/explain-change";
import { forecastTool } from "../tools/forecast";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;

/** September: kit 300, course 500. October: kit 100, course 550. In dollars. */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("products", [
    { keap_id: 1, name: "Kit" },
    { keap_id: 2, name: "Course" },
  ]);
  const sales: [string, number, number][] = [
    ["2026-09-10", 1, 30_000],
    ["2026-09-11", 2, 50_000],
    ["2026-10-10", 1, 10_000],
    ["2026-10-11", 2, 55_000],
  ];
  for (const [index, [day, product, amount]] of sales.entries()) {
    const id = index + 1;
    await sell(world, [
      { keap_id: id, at: `${day}T15:00:00Z`, total: amount, items: [{ product, price: amount }] },
    ]);
    await pay(world, [{ keap_id: id, orders: [id], at: `${day}T15:00:00Z`, amount }]);
  }
  context = await contextFor(world);
});
afterAll(() => worlds.stop());

describe("explaining a change", () => {
  it("shares the change out among segments exactly", async () => {
    const answer = await runTool(
      explainChangeTool,
      { metric: "revenue_collected", range: { preset: "previous_month" } },
      context,
    );
    expect(answer).toMatchObject({ now: 65_000, before: 80_000, change: -15_000, change_share: -0.1875 });
    const products = answer.drivers.filter(({ dimension }) => dimension === "product");
    expect(products).toMatchObject([
      { segment: "Kit", now: 10_000, before: 30_000, delta: -20_000 },
      { segment: "Course", now: 55_000, before: 50_000, delta: 5_000 },
    ]);
    expect(answer.result.query.dimensions).toEqual(["product"]);
  });

  it("begins with the split that tells most, and leaves out what is not known", async () => {
    const answer = await runTool(
      explainChangeTool,
      { metric: "revenue_collected", range: { preset: "previous_month" } },
      context,
    );
    // Nobody here has a country or an owner, and the time of day is no reason.
    expect([...new Set(answer.drivers.map(({ dimension }) => dimension))]).toEqual(["product"]);
  });

  it("puts a split whose parts moved unlike each other before one where all moved alike", async () => {
    // Both countries lost half of what they had; one product lost five sixths and the other nothing.
    const other = await worlds.world();
    await other.insert("products", [
      { keap_id: 1, name: "Kit" },
      { keap_id: 2, name: "Course" },
    ]);
    await other.insert("contacts", [
      { keap_id: 1, given_name: "Ann", addresses: { BILLING: { country_code: "USA" } } },
      { keap_id: 2, given_name: "Bo", addresses: { BILLING: { country_code: "CAN" } } },
    ]);
    let id = 0;
    for (const [month, product, amount] of [
      ["09", 1, 30_000],
      ["09", 2, 20_000],
      ["10", 1, 5_000],
      ["10", 2, 20_000],
    ] as const)
      for (const contact of [1, 2]) {
        const at = `2026-${month}-1${contact}T15:00:00Z`;
        id += 1;
        await sell(other, [{ keap_id: id, contact, at, total: amount, items: [{ product, price: amount }] }]);
        await pay(other, [{ keap_id: id, contact, orders: [id], at, amount }]);
      }
    const answer = await runTool(
      explainChangeTool,
      { metric: "revenue_collected", range: { preset: "previous_month" } },
      await contextFor(other),
    );
    expect(answer).toMatchObject({ now: 50_000, before: 100_000 });
    const splits = [...new Set(answer.drivers.map(({ dimension }) => dimension))];
    expect(splits).toContain("product");
    expect(splits.indexOf("country")).toBeGreaterThan(splits.indexOf("product"));
  });

  it("answers why in words of cells", async () => {
    const [answer] = await talk(["why did revenue drop last month?"], { context });
    const text = textOf(answer as never);
    for (const part of [
      "fell by **$150.00** (18.8%)",
      "from $800.00",
      "to $650.00",
      "Kit −$200.00",
      "Course +$50.00",
    ])
      expect(text).toContain(part);
    expect(answer?.parts.filter(({ type }) => type === "data-notice")).toEqual([]);
  });

  it("says two things side by side one after the other", async () => {
    const [answer] = await talk(["revenue and units sold by product last month"], { context });
    const text = textOf(answer as never);
    expect(text).toContain("Course: revenue collected $550.00, units sold 1.");
    expect(text).toContain("Kit: revenue collected $100.00, units sold 1.");
    expect(answer?.parts.filter(({ type }) => type === "data-notice")).toEqual([]);
  });

  it("answers an average per month with the average", async () => {
    // September 800 and October 650 dollars: 725.
    const answers = await talk(["revenue by month from september to october", "whats the average"], {
      context,
    });
    const answer = answers.at(-1);
    expect(textOf(answer as never)).toContain("**$725.00**");
    expect(answer?.parts.filter(({ type }) => type === "data-notice")).toEqual([]);
  });

  it("refuses to share out an average", async () => {
    await expect(
      runTool(explainChangeTool, { metric: "aov", range: { preset: "previous_month" } }, context),
    ).rejects.toThrow(/no sum of its segments/);
  });
});

describe("forecasting months", () => {
  it("says how many months are missing", async () => {
    await expect(runTool(forecastTool, { metric: "revenue_collected" }, context)).rejects.toThrow(
      /at least 8 completed months with data; there are 2/,
    );
  });
});
