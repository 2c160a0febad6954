import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "./context";
import { runTool } from "./define-tool";
import { saveQuestionTool } from "./save-question";
import { savedQuestionsTool } from "./saved-questions";

/** One order of 25 dollars in March 2026. */
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("contacts", [{ keap_id: 1, given_name: "Ada" }]);
  await world.insert("products", [{ keap_id: 1, name: "Book" }]);
  await sell(world, [
    {
      keap_id: 1,
      contact: 1,
      at: "2026-03-05T15:00:00Z",
      total: 2_500,
      items: [{ product: 1, price: 2_500 }],
    },
  ]);
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

const sales = {
  metrics: ["sales_invoiced"],
  range: { from: "2026-03-01", to: "2026-03-31" },
};
const save = (input: Record<string, unknown>, by = context) => runTool(saveQuestionTool, input, by);
const saved = (input: Record<string, unknown>, by = context) => runTool(savedQuestionsTool, input, by);

describe("saved questions", () => {
  it("keeps a question and runs it anew", async () => {
    const kept = await save({ name: "March sales", question: "sales in March", query: sales });
    expect(kept.url).toBe(`http://localhost:3000/saved/${kept.id}`);
    expect((await saved({ name: " march SALES " })).run?.result.totals[0]).toMatchObject({
      sales_invoiced: 2_500,
    });
    await sell(world, [
      { keap_id: 2, contact: 1, at: "2026-03-06T15:00:00Z", total: 500, items: [{ product: 1, price: 500 }] },
    ]);
    const { run } = await saved({ name: "March sales" });
    expect(run?.result.totals[0]).toMatchObject({ sales_invoiced: 3_000 });
    expect(run?.chart.drawing).toMatchObject({ kind: "number" });
  });

  it("refuses a name that is taken", async () => {
    await save({ name: "Twice", query: sales });
    await expect(save({ name: "twice ", query: sales })).rejects.toThrow(/already/);
  });

  it("keeps a shape with its title", async () => {
    const shape = { shape: "reconciliation", range: { from: "2026-03-01", to: "2026-03-31" } };
    await save({ name: "Collected", shape });
    const { run } = await saved({ name: "Collected" });
    expect(run && "shape" in run.chart && run.chart.shape).toMatchObject(shape);
    await expect(save({ name: "Neither" })).rejects.toThrow(/Nothing was saved/);
  });

  it("lists them by name and says what is old", async () => {
    await world.database.service.rpc("save_item", {
      p_account: world.account.id,
      p_kind: "saved_queries",
      p_item: { name: "Ancient", query: { metric: "sales" } },
      p_actor: "agent:test",
    });
    const list = await saved({});
    expect(list.saved[0]).toMatchObject({ name: "Ancient", readable: false });
    expect(list.saved.find(({ name }) => name === "March sales")).toMatchObject({
      question: "sales in March",
      readable: true,
    });
    await expect(saved({ name: "Ancient" })).rejects.toThrow(/another version/);
    await expect(saved({ name: "Modern" })).rejects.toThrow(/no saved question "Modern".*"Ancient"/);
  });

  it("is closed to viewers and other accounts", async () => {
    const viewer = await contextFor(world, { role: "viewer" });
    await expect(saved({}, viewer)).rejects.toThrow(/not open to the role "viewer"/);
    await expect(save({ name: "Mine", query: sales }, viewer)).rejects.toThrow(/not open/);
    const stranger = await contextFor(await worlds.world(), { role: "analyst" });
    expect((await saved({}, stranger)).total).toBe(0);
  });
});
