import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillRandomAccount, randomSpan } from "../testing/random-account";
import { openWorlds, type World } from "../testing/world";
import { cellAt } from "./cell-at";
import { drillShape } from "./drill-shape";
import { runShape } from "./run-shape";
import type { ShapeQueryInput } from "./shape";

const now = "2026-11-20T20:00:00Z";
let worlds: Awaited<ReturnType<typeof openWorlds>>;
const filled: World[] = [];
beforeAll(async () => {
  worlds = await openWorlds();
  for (const [seed, time_zone] of [
    [41, "America/New_York"],
    [42, "Australia/Sydney"],
    [43, "UTC"],
  ] as const) {
    const world = await worlds.world({ time_zone });
    await fillRandomAccount(world, seed);
    filled.push(world);
  }
}, 120_000);
afterAll(() => worlds.stop());

/** The names of two tags and of a product that were used. */
async function names(world: World): Promise<{ tags: string[]; product: string }> {
  const tags = await world.database.sql<{ name: string }>(
    `select t.name from public.tags t join public.contact_tags c on c.tag_id = t.supabase_id
     where t.account_id = $1 group by 1 order by count(*) desc, 1 limit 2`,
    [world.account.id],
  );
  const [product] = await world.database.sql<{ name: string }>(
    "select p.name from public.products p join public.order_items i on i.product_id = p.supabase_id where p.account_id = $1 group by 1 order by count(*) desc, 1 limit 1",
    [world.account.id],
  );
  return { tags: tags.map(({ name }) => name), product: product?.name ?? "" };
}

type Asked = (names: { tags: string[]; product: string }) => ShapeQueryInput;

const questions: [string, Asked][] = [
  [
    "a funnel to the first purchase",
    () => ({
      shape: "funnel",
      range: randomSpan,
      steps: [{ lead: true }, { purchase: true }],
      window_days: 365,
    }),
  ],
  [
    "a funnel of tags and a product",
    ({ tags, product }) => ({
      shape: "funnel",
      range: randomSpan,
      steps: [...tags.map((tag) => ({ tag })), { bought_product: product }],
      window_days: 200,
    }),
  ],
  ["survival", () => ({ shape: "survival", range: randomSpan, months: 6 })],
  ["RFM moves", () => ({ shape: "rfm_moves", range: { from: "2026-06-01", to: "2026-10-31" } })],
  ["reconciliation", () => ({ shape: "reconciliation", range: { from: "2026-03-01", to: "2026-07-31" } })],
  [
    "attribution by touch",
    () => ({
      shape: "attribution",
      by: "touch",
      models: ["first", "decay"],
      range: { from: "2026-03-01", to: "2026-09-30" },
    }),
  ],
  ["revenue cohorts", () => ({ shape: "revenue_cohorts", range: { from: "2026-02-01", to: "2026-06-30" } })],
  [
    "purchase cohorts",
    () => ({
      shape: "retention_cohorts",
      kind: "purchase",
      range: { from: "2026-02-01", to: "2026-06-30" },
    }),
  ],
  [
    "subscription cohorts",
    () => ({
      shape: "retention_cohorts",
      kind: "subscription",
      range: { from: "2026-02-01", to: "2026-06-30" },
    }),
  ],
  [
    "the bridge",
    () => ({ shape: "mrr_bridge", grain: "quarter", range: { from: "2026-01-01", to: "2026-09-30" } }),
  ],
];

describe("drill of a shape", () => {
  // Cells that had something behind them, over all accounts and shapes.
  let opened = 0;
  for (const index of [0, 1, 2])
    for (const [said, ask] of questions)
      it(`adds up to the cells of ${said} in account ${index + 1}`, async () => {
        const world = filled[index] as World;
        const answer = await runShape(ask(await names(world)), world.at(now));
        const cells = answer.rows.flatMap((row) =>
          answer.columns.flatMap((column) => {
            const cell = cellAt(answer.query, row, column);
            return cell ? [{ cell, value: row[column.id] }] : [];
          }),
        );
        // Every cell of a small answer, an even choice of a large one that differs by account. Credits take longest.
        const most = answer.query.shape === "attribution" ? 4 : 12;
        const step = Math.max(1, Math.floor(cells.length / most));
        for (const { cell, value } of cells.filter((_, at) => at % step === index % step)) {
          const found = await drillShape(answer.query, cell, world.at(now), { limit: 1_000 });
          const which = JSON.stringify(cell);
          expect(found.total, which).toBe(value);
          expect(found.rows.length, which).toBe(found.row_count);
          if (found.unit === "count" || (found.unit === "money" && cell.column !== "per_person"))
            expect(
              found.rows.reduce((sum, row) => sum + Number(row.value), 0),
              which,
            ).toBe(value);
          if (found.row_count > 0) opened++;
        }
      }, 240_000);

  it("had something to open", () => {
    expect(opened).toBeGreaterThan(100);
  });
});
