import { describe, expect, it } from "vitest";
import { cellsOf } from "./cells";
import { alwaysThere, type KindName } from "./kinds";
import { checkAll, initialCells } from "./testing/invariants";
import { createTinyAccount } from "./testing/tiny-account";
import { createWorld, quiesce, type World } from "./testing/world";

const guests: KindName[] = ["orders", "order_items"];

/** An account with one order of two lines, both sides in step; what is done with it; and all is quiet again. */
async function outcomeOf(
  deletes: { orders: boolean; order_items: boolean },
  act: (world: World, order: { id: string; keap_id: number }) => Promise<void>,
) {
  const cast = [...alwaysThere, ...guests];
  const world = createWorld({ cast, account: createTinyAccount({ contacts: 1, tags: 1, guests: cast }) });
  const initial = initialCells(world);
  await world.backfill();
  await world.poll();
  world.deletesGoOut = true;
  for (const entity of ["orders", "order_items"] as const)
    await world.here.setSwitch(entity, { deletes: deletes[entity] });
  const [order] = await world.here.rowsOf("orders");
  if (!order?.keap_id) throw new Error("There is no order.");
  await act(world, { id: order.id, keap_id: order.keap_id });
  const rounds = await quiesce(world);
  const view = await world.here.view();
  const broken = Object.entries(await checkAll({ world, rounds, view }, initial)).filter(
    ([, findings]) => findings.length > 0,
  );
  expect(broken).toEqual([]);
  return {
    here: [view.rows.orders.length, view.rows.order_items.length],
    keap: [...world.keap.account.orders.values()].map((one) => one.items.length),
    deleted: world.keap.calls.filter((one) => one.method === "DELETE").map((one) => one.path),
  };
}

const first = (kind: KindName) => {
  const [cell] = cellsOf(kind);
  if (!cell) throw new Error(`There is no cell of ${kind}.`);
  return cell;
};
const both = { orders: true, order_items: true };

describe("an order deleted here", () => {
  it("comes back with its lines where Keap changed it, and none of them is deleted in Keap", async () => {
    const found = await outcomeOf(both, async (world, order) => {
      await world.deleteHere("orders", order.id);
      await world.writeKeap(first("orders"), order.keap_id, "w101");
      await world.poll();
    });
    expect(found).toEqual({ here: [1, 2], keap: [2], deleted: [] });
  });

  it("comes back with all its lines where Keap changed one of them", async () => {
    const found = await outcomeOf(both, async (world, order) => {
      await world.deleteHere("orders", order.id);
      await world.writeKeap(first("order_items"), 1, "w101");
      await world.poll();
    });
    expect(found).toEqual({ here: [1, 2], keap: [2], deleted: [] });
  });

  it("stays deleted where a poll reads what was agreed, though for the first time since it was sent", async () => {
    const edited = (world: World, id: string) =>
      world.writeHere(first("orders"), id, "w101").then(() => world.push());
    const found = await outcomeOf(both, async (world, order) => {
      await edited(world, order.id);
      await world.deleteHere("orders", order.id);
      await world.poll();
    });
    expect(found).toEqual({ here: [0, 0], keap: [], deleted: ["/v2/orders/1"] });
    const kept = await outcomeOf({ orders: false, order_items: false }, async (world, order) => {
      await edited(world, order.id);
      await world.deleteHere("orders", order.id);
      await world.poll();
    });
    expect(kept).toEqual({ here: [0, 0], keap: [2], deleted: [] });
  });

  it("keeps its lines in Keap while it stays there itself", async () => {
    const found = await outcomeOf({ orders: false, order_items: true }, (world, order) =>
      world.deleteHere("orders", order.id),
    );
    expect(found).toEqual({ here: [0, 0], keap: [2], deleted: [] });
  });

  it("is deleted here again where it came back while Keap deleted it", async () => {
    const world = createWorld({ cast: [...alwaysThere, ...guests], account: createTinyAccount({ guests }) });
    await world.backfill();
    const [order] = await world.here.rowsOf("orders");
    if (!order?.keap_id) throw new Error("There is no order.");
    const { id, keap_id } = order;
    const gone = { record_id: id, key: String(keap_id), keap_id, origin: "sql", direction: "out" } as const;
    await world.here.store.settleDeleted(world.here.accountId, "orders", [gone], null);
    const [left] = await world.here.rowsOf("orders");
    expect(left).toMatchObject({ keap_id, deleted: true, sync_status: "synced" });
    const lines = (await world.here.rowsOf("order_items")).filter(
      (one) => one.values.order_keap_id === keap_id,
    );
    expect(lines.map((one) => one.deleted)).toEqual([true, true]);
  });

  it("lets a line that was deleted alone go", async () => {
    const found = await outcomeOf(both, async (world) => {
      const line = (await world.here.rowsOf("order_items")).find((one) => one.keap_id === 2);
      await world.deleteHere("order_items", line?.id ?? "");
    });
    expect(found).toEqual({ here: [1, 1], keap: [1], deleted: ["/v2/orders/1/items/2"] });
  });
});
