import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { allRows } from "./all-rows";
import type { QueryDoor } from "./door";
import type { QueryContext } from "./run";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("contacts", [{ keap_id: 1, given_name: "Ada" }]);
  await world.insert(
    "products",
    ["Book", "Mug", "Pen"].map((name, index) => ({ keap_id: index + 1, name })),
  );
  // Book on three days, Mug on two of them, Pen on the last.
  const sold = [
    [1, "05"],
    [1, "06"],
    [2, "06"],
    [1, "07"],
    [2, "07"],
    [3, "07"],
  ] as const;
  await sell(
    world,
    sold.map(([product, day], index) => ({
      keap_id: index + 1,
      contact: 1,
      at: `2026-03-${day}T15:00:00Z`,
      total: 100 * (index + 1),
      items: [{ product, price: 100 * (index + 1) }],
    })),
  );
});
afterAll(() => worlds.stop());

const query = {
  metrics: ["sales_invoiced"],
  dimensions: ["time", "product"],
  grain: "day" as const,
  range: { from: "2026-03-05", to: "2026-03-07" },
};

async function read(context: QueryContext, size?: number): Promise<{ pages: number; rows: string[] }> {
  const rows: string[] = [];
  let pages = 0;
  for await (const page of allRows(query, context, size)) {
    pages++;
    rows.push(...page.rows.map((row) => `${row.time} ${row.product} ${row.sales_invoiced}`));
  }
  return { pages, rows };
}

/** A door that gives no more than so many rows at once, as the real one does from 10,000 on. */
const narrow = (door: QueryDoor, most: number): QueryDoor =>
  Object.assign(async (...asked: Parameters<QueryDoor>) => {
    const answer = await door(...asked);
    return { ...answer, rows: answer.rows.slice(0, most), truncated: answer.rows.length > most };
  });

describe("all rows of an answer", () => {
  it("gives a whole answer as it is", async () => {
    const { pages, rows } = await read(world.at("2026-04-01T12:00:00Z"));
    expect(pages).toBe(1);
    // Three products on three days; those without sales are zeros.
    expect(rows).toHaveLength(9);
    expect(rows).toContain("2026-03-05 Pen 0");
  });

  it("reads a cut answer page by page", async () => {
    const context = world.at("2026-04-01T12:00:00Z");
    const { pages, rows } = await read({ ...context, door: narrow(context.door, 4) }, 2);
    expect(pages).toBe(4);
    expect(rows.toSorted()).toEqual([
      "2026-03-05 Book 100",
      "2026-03-06 Book 200",
      "2026-03-06 Mug 300",
      "2026-03-07 Book 400",
      "2026-03-07 Mug 500",
      "2026-03-07 Pen 600",
    ]);
  });
});
