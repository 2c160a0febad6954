import { afterAll, beforeAll, expect, it } from "vitest";
import { sell } from "../testing/sell";
import { openWorlds } from "../testing/world";
import { runMetricQuery } from "./run";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

it("orders groups that tie by their names, in every copy of an account", async () => {
  // Seven products that sell alike: by their ids, which are random, they would stand in this order once in 5,040 times.
  const names = ["Apple", "Bread", "Cider", "Dates", "Eggs", "Figs", "Grapes"];
  const world = await worlds.world();
  await world.insert("contacts", [{ keap_id: 1, given_name: "Ada" }]);
  await world.insert(
    "products",
    [3, 0, 6, 2, 5, 1, 4].map((at) => ({ keap_id: at + 1, name: names[at] })),
  );
  const at = "2026-03-05T12:00:00Z";
  const items = names.map((_, index) => ({ product: index + 1, price: 500 }));
  await sell(world, [{ keap_id: 10, contact: 1, at, total: 3_500, items }]);
  const range = { from: "2026-01-01", to: "2026-06-30" };
  const query = { metrics: ["units"], dimensions: ["product"], range };
  const { rows } = await runMetricQuery(query, world.at("2026-07-01T12:00:00Z"));
  expect(rows.map(({ product }) => product)).toEqual(names);
  const top = await runMetricQuery({ ...query, limit: 3 }, world.at("2026-07-01T12:00:00Z"));
  expect(top.rows.map(({ product }) => product).slice(0, 3)).toEqual(["Apple", "Bread", "Cider"]);
});
