import { expect, it } from "vitest";
import { cellsOf } from "./cells";
import { alwaysThere, type KindName } from "./kinds";
import { mergedIntoSecond } from "./testing/crash-points";
import { checkAll, initialCells } from "./testing/invariants";
import { createTinyAccount } from "./testing/tiny-account";
import { createWorld, quiesce } from "./testing/world";

it("finds the survivor though a page has moved everything to them before the sweep misses the lost one", async () => {
  const guests: KindName[] = ["orders", "order_items"];
  const world = createWorld({
    cast: [...alwaysThere, ...guests],
    account: createTinyAccount({ contacts: 2, tags: 1, guests }),
  });
  const initial = initialCells(world);
  await world.backfill();
  await world.poll();
  const orders = await world.here.rowsOf("orders");
  expect(orders.map((one) => one.values.contact_keap_id)).toContain(1);
  await world.mergeInKeap(2, 1);
  // each of them is among the changes now, and so read before the list of people
  const [title] = cellsOf("orders");
  for (const one of orders)
    if (title && one.keap_id) await world.writeKeap(title, one.keap_id, `w${100 + one.keap_id}`);
  const rounds = await quiesce(world);
  expect(await mergedIntoSecond(world)).toEqual([]);
  const broken = await checkAll({ world, rounds, view: await world.here.view() }, initial);
  expect(Object.values(broken).flat()).toEqual([]);
});
