import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { openWorlds, type World } from "@/analytics/testing/world";
import { composeShape } from "../chat/offline/shapes/compose-shape";
import { unprovenNumbers } from "../chat/proven-numbers";
import type { ToolContext } from "./context";
import { runTool } from "./define-tool";
import { queryMetricTool } from "./query-metric";
import { shapeTool } from "./shape";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world({ time_zone: "UTC" });
  await world.insert("tags", [{ keap_id: 1, name: "Webinar: live" }]);
  await world.insert(
    "contacts",
    ["Ada", "Bob", "Cleo", "Dan"].map((given_name, index) => ({
      keap_id: index + 1,
      given_name,
      email: `${given_name.toLowerCase()}@example.test`,
      keap_created_at: "2026-02-01T00:00:00Z",
    })),
  );
  await world.insert(
    "contact_tags",
    [1, 2, 3].map((contact_keap_id) => ({
      contact_keap_id,
      tag_keap_id: 1,
      applied_at: "2026-03-01T00:00:00Z",
    })),
  );
  await sell(world, [
    { keap_id: 1, contact: 1, at: "2026-03-11T00:00:00Z", total: 5_000, items: [{ price: 5_000 }] },
  ]);
  await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at: "2026-03-11T00:00:00Z", amount: 5_000 }]);
});
afterAll(() => worlds.stop());

const context = (role: "analyst" | "viewer" = "analyst"): ToolContext => ({
  ...(world.at("2026-07-01T00:00:00Z", role) as Required<ReturnType<World["at"]>>),
  db: world.database.service,
});
const funnel = {
  shape: "funnel",
  steps: ["tag:Webinar: live", "purchase"],
  range: { from: "2026-03-01", to: "2026-03-31" },
};

describe("the shape tool", () => {
  it("answers a funnel with its chart", async () => {
    const { result, chart, behind } = await runTool(shapeTool, funnel, context());
    expect(result.rows).toMatchObject([
      { people: 3, lost: 2 },
      { people: 1, from_previous: 0.333333, median_days: 10, lost: null },
    ]);
    expect(chart).toMatchObject({
      title: "Funnel from tag Webinar: live to first purchase",
      shape: { shape: "funnel", window_days: 90 },
      drawing: { kind: "funnel" },
    });
    expect(behind).toBeNull();
  });

  it("lists who is behind a number", async () => {
    const output = await runTool(shapeTool, { ...funnel, open: { column: "lost", row: "1" } }, context());
    expect(output.behind).toMatchObject({ target: "contacts", total: 2, row_count: 2 });
    expect(output.behind?.rows.map((row) => row.contact_name).sort()).toEqual(["Bob", "Cleo"]);
    expect(shapeTool.describe(output)).toContain("- Bob, bob@example.test");
  });

  it("keeps people from viewers", async () => {
    await expect(
      runTool(shapeTool, { ...funnel, open: { column: "people", row: "1" } }, context("viewer")),
    ).rejects.toThrow("Viewers see the numbers");
    await expect(runTool(shapeTool, funnel, context("viewer"))).resolves.toMatchObject({ behind: null });
  });

  it("says what a step can be", async () => {
    await expect(
      runTool(shapeTool, { ...funnel, steps: ["Webinar", "purchase"] }, context()),
    ).rejects.toThrow(
      '"Webinar" is no step of a funnel. A step is "lead", "purchase", "tag:NAME" or "product:NAME".',
    );
    await expect(
      runTool(shapeTool, { ...funnel, steps: ["tag:Webiner: live", "purchase"] }, context()),
    ).rejects.toThrow('The nearest is "Webinar: live"');
    await expect(runTool(shapeTool, { shape: "survival", window_days: 3 }, context())).rejects.toThrow(
      "window_days",
    );
  });

  it("writes no number that stands in no cell", async () => {
    for (const input of [
      funnel,
      { shape: "survival" },
      { shape: "rfm_moves", range: { from: "2026-03-01", to: "2026-06-30" } },
      {
        shape: "rfm_moves",
        range: { from: "2026-03-01", to: "2026-06-30" },
        open: { row: "no customer", column: "people" },
      },
      { shape: "reconciliation", range: { from: "2026-03-01", to: "2026-03-31" } },
      { shape: "attribution", by: "touch" },
      { shape: "revenue_cohorts" },
      { shape: "retention_cohorts" },
      { shape: "mrr_bridge" },
    ]) {
      const output = await runTool(shapeTool, input, context());
      const text = composeShape(output);
      expect(text.length, input.shape).toBeGreaterThan(20);
      expect(unprovenNumbers(text, [output], []), `${input.shape}: ${text}`).toEqual([]);
    }
  });
});

describe("shares of what was asked", () => {
  const query = {
    metrics: ["new_leads"],
    dimensions: ["tag"],
    range: { from: "2026-02-01", to: "2026-02-28" },
  };

  it("stand beside the rows, of the total that was computed apart", async () => {
    const { result, shares } = await runTool(queryMetricTool, { query, share: true }, context());
    // Three of the four hold the tag, and nobody else holds any.
    expect(result.totals).toMatchObject([{ new_leads: 4 }]);
    expect(shares).toMatchObject([
      { tag: "Webinar: live", new_leads: 0.75 },
      { tag: "unknown", new_leads: 0.25 },
    ]);
    expect(
      queryMetricTool.describe?.(await runTool(queryMetricTool, { query, share: true }, context())),
    ).toContain("Webinar: live **75.0%**");
  });

  it("are refused where there are no parts", async () => {
    const bare = { ...query, dimensions: [] };
    await expect(runTool(queryMetricTool, { query: bare, share: true }, context())).rejects.toThrow(/split/);
  });
});
