import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { exportCsv } from "./export-csv";
import { type ExportInput, exportSchema } from "./export-schema";

/**
 * Seven people; three of them are called Zoë Same, one has a formula for a name. The first four paid 10, 20, 20 and 40 dollars
 * in March, in one order each; the first holds the tag VIP.
 */
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
let viewer: ToolContext;
let people: string[];

const paid = [1_000, 2_000, 2_000, 4_000];
const at = "2026-03-05T15:00:00Z";

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  const names = ["Zoë Same", "Zoë Same", "Zoë Same", "=SUM(A1)", "Bob", "ann", "Cid"];
  people = await world.insert(
    "contacts",
    names.map((name, index) => ({
      keap_id: index + 1,
      given_name: name,
      email: `p${index + 1}@example.test`,
      keap_created_at: "2026-01-10T03:30:00Z",
    })),
  );
  await world.insert("tags", [{ keap_id: 1, name: "VIP" }]);
  await world.insert("contact_tags", [{ contact_keap_id: 1, tag_keap_id: 1, applied_at: at }]);
  await world.insert("products", [
    { keap_id: 1, name: "Book" },
    { keap_id: 2, name: "Mug" },
  ]);
  await sell(
    world,
    paid.map((total, index) => ({
      keap_id: index + 1,
      contact: index + 1,
      at,
      total,
      items: [{ product: 1 + (index % 2), price: total }],
    })),
  );
  await pay(
    world,
    paid.map((amount, index) => ({
      keap_id: index + 1,
      contact: index + 1,
      orders: [index + 1],
      at,
      amount,
    })),
  );
  context = await contextFor(world, { role: "analyst" });
  viewer = await contextFor(world, { role: "viewer" });
});
afterAll(() => worlds.stop());

async function fileOf(
  input: ExportInput,
  limits = {},
  by = context,
): Promise<{ name: string; lines: string[] }> {
  const { name, chunks } = await exportCsv(exportSchema.parse(input), by, limits);
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return { name, lines: text.split("\r\n") };
}

const byProduct = {
  version: 1 as const,
  title: "Revenue by product",
  query: {
    metrics: ["revenue_collected"],
    dimensions: ["time", "product"],
    grain: "month" as const,
    range: { from: "2026-03-01", to: "2026-03-31" },
  },
  drawing: { kind: "bar" as const },
};
const everybody: ExportInput = { kind: "people", people: {} };

describe("people as a file", () => {
  it("lists everybody once over small pages", async () => {
    const { name, lines } = await fileOf(everybody, { size: 2 });
    expect(name).toBe("people.csv");
    expect(lines[0]).toBe("\uFEFFName,E-mail,Contact id in Keap,Added");
    // 03:30 in London is 22:30 the evening before in New York.
    expect(lines).toContain("ann,p6@example.test,6,2026-01-09 22:30");
    expect(lines).toContain("'=SUM(A1),p4@example.test,4,2026-01-09 22:30");
    expect(
      lines
        .slice(1, 8)
        .map((line) => line.split(",")[2])
        .sort(),
    ).toEqual([..."1234567"]);
    expect(lines[8]).toBe("");
  });

  it("keeps the order over pages and ties", async () => {
    const { lines } = await fileOf({ kind: "people", people: { order: { by: "spent" } } }, { size: 1 });
    expect(lines[0]).toBe("\uFEFFName,E-mail,Contact id in Keap,Added,Paid,Currency");
    expect(lines.slice(1, 5).map((line) => line.split(",").slice(4).join(" "))).toEqual([
      "40.00 USD",
      "20.00 USD",
      "20.00 USD",
      "10.00 USD",
    ]);
    expect(new Set(lines.slice(1, 5).map((line) => line.split(",")[2])).size).toBe(4);
  });

  it("keeps to the conditions of the list", async () => {
    const { lines } = await fileOf({ kind: "people", people: { has_tag: ["VIP"] } });
    expect(lines.slice(1)).toEqual(["Zoë Same,p1@example.test,1,2026-01-09 22:30", ""]);
  });

  it("says in the file that it was cut", async () => {
    const { lines } = await fileOf(everybody, { size: 2, most: 5 });
    expect(lines).toHaveLength(8);
    expect(lines[6]).toMatch(/^This file holds the first 5 rows and there are more\./);
    expect((await fileOf(everybody, { size: 2, most: 7 })).lines).toHaveLength(9);
  });

  it("misses nobody when one leaves between pages", async () => {
    const { chunks } = await exportCsv(exportSchema.parse(everybody), context, { size: 3 });
    let text = "";
    for (let read = 0; ; read++) {
      const { value, done } = await chunks.next();
      if (done) break;
      text += value;
      if (read === 1) await setGone(people[3], "now()");
    }
    await setGone(people[3], "null");
    expect([...text.matchAll(/p(\d)@/g)].map(([, id]) => id).sort()).toEqual([..."1234567"]);
  });

  it("writes the members of a segment", async () => {
    const { data: segment } = await world.database.service.rpc("save_item", {
      p_account: world.account.id,
      p_kind: "segments",
      p_item: { name: "Readers", kind: "static" },
      p_actor: "agent:test",
    });
    await world.database.service.rpc("set_segment_members", {
      p_account: world.account.id,
      p_segment: segment,
      p_contact_ids: [people[4], people[5]],
    });
    const { name, lines } = await fileOf({ kind: "segment", segment: String(segment) }, { size: 1 });
    expect(name).toBe("readers.csv");
    expect(lines.slice(1, -1).map((line) => line.split(",")[0])).toEqual(["ann", "Bob"]);
  });
});

const setGone = (id: string | undefined, when: "now()" | "null") =>
  world.database.sql(`update public.contacts set deleted_at = ${when} where supabase_id = $1`, [id]);

describe("charts and their numbers as files", () => {
  it("writes the rows that are shown", async () => {
    const { name, lines } = await fileOf({ kind: "chart", chart: byProduct });
    expect(name).toBe("revenue-by-product.csv");
    expect(lines).toEqual([
      "\uFEFFTime,Product,Revenue collected,Currency",
      "2026-03-01,Mug,60.00,USD",
      "2026-03-01,Book,30.00,USD",
      "",
    ]);
  });

  it("writes a shape", async () => {
    const shape = { shape: "reconciliation" as const, range: { from: "2026-03-01", to: "2026-03-31" } };
    const { lines } = await fileOf({
      kind: "chart",
      chart: { version: 1, title: "Where it went", shape, drawing: { kind: "table" } },
    });
    expect(lines[1]).toMatch(/,90\.00,USD$/);
  });

  it("lists all behind a number, largest first", async () => {
    const cell = { kind: "metric" as const, cell: { metric: "revenue_collected" } };
    const { lines } = await fileOf({ kind: "cell", chart: byProduct, cell }, { size: 1 });
    expect(lines[0]).toBe(
      "\uFEFFPayment id in Keap,Paid,Kind,Paid by,Name,E-mail,Contact id in Keap,Amount,In this number,Currency",
    );
    expect(lines.slice(1, 5).map((line) => line.split(",").slice(-4).join(" "))).toEqual([
      "4 40.00 40.00 USD",
      expect.stringMatching(/^[23] 20.00 20.00 USD$/),
      expect.stringMatching(/^[23] 20.00 20.00 USD$/),
      "1 10.00 10.00 USD",
    ]);
    expect(new Set(lines.slice(1, 5)).size).toBe(4);
    expect(lines[5]).toBe("");
  });

  it("lists all behind a cell of a shape", async () => {
    const shape = {
      shape: "funnel" as const,
      steps: [{ lead: true as const }, { purchase: true as const }],
      range: { from: "2026-01-01", to: "2026-03-31" },
    };
    const { lines } = await fileOf(
      {
        kind: "cell",
        chart: { version: 1, title: "Funnel", shape, drawing: { kind: "funnel" } },
        cell: { kind: "shape", cell: { row: "2", column: "people" } },
      },
      { size: 3 },
    );
    expect(
      lines
        .slice(1, -1)
        .map((line) => line.split(",")[2])
        .sort(),
    ).toEqual([..."1234"]);
  });

  it("refuses a metric that there is not", async () => {
    const chart = { ...byProduct, query: { ...byProduct.query, metrics: ["revenue_collectd"] } };
    await expect(fileOf({ kind: "chart", chart })).rejects.toThrow(/revenue_collected/);
  });
});

describe("rights", () => {
  it.each<[string, ExportInput]>([
    ["people", everybody],
    ["a segment", { kind: "segment", segment: "00000000-0000-4000-8000-000000000000" }],
    [
      "whoever is behind a number",
      {
        kind: "cell",
        chart: byProduct,
        cell: { kind: "metric", cell: { metric: "revenue_collected" } },
      },
    ],
  ])("gives viewers no file of %s", async (_, input) => {
    await expect(fileOf(input, {}, viewer)).rejects.toThrow(/not open to the role "viewer"/);
  });

  it("gives viewers the numbers they see", async () => {
    expect((await fileOf({ kind: "chart", chart: byProduct }, {}, viewer)).lines).toHaveLength(4);
  });

  it("finds no segment of another account", async () => {
    const other = await worlds.world();
    const stranger = await contextFor(other, { role: "analyst" });
    const { data } = await world.database.service.from("segments").select("id").limit(1).single();
    await expect(fileOf({ kind: "segment", segment: String(data?.id) }, {}, stranger)).rejects.toThrow(
      /no such segment/,
    );
  });
});
