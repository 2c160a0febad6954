import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PaymentRecord } from "@/sandbox/records";
import { refundPayment } from "@/sandbox/resources/order-payments";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type SyncWorld, startWorld } from "../testing/world";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

function oldPayment(
  { sandbox }: SyncWorld,
  which: (payment: PaymentRecord) => boolean = () => true,
): PaymentRecord {
  const found = [...sandbox.account.payments.values()].find(
    (one) =>
      one.kind === "payment" &&
      one.status === "APPROVED" &&
      !one.refund_payment_id &&
      which(one) &&
      String(one.payment_time) < "2026-09",
  );
  if (!found) throw new Error("There is no old payment.");
  return found;
}

/** Refunds a payment as a person in Keap does. */
function refund(world: SyncWorld, payment: PaymentRecord): number {
  return Number(refundPayment(world.sandbox.insideCall(), payment.id, payment.amount_minor).id);
}

async function paymentHere(world: SyncWorld, keapId: number): Promise<unknown> {
  const [row] = await world.sql(
    "select kind, refund_of_keap_id from payments where account_id = $1 and keap_id = $2",
    [world.accountId, keapId],
  );
  return row;
}

const asOf = async ({ sql, accountId }: SyncWorld): Promise<number> => {
  const [row] = await sql<{ at: string }>("select data_as_of as at from accounts where id = $1", [accountId]);
  return Date.parse(row?.at ?? "");
};

describe("a refund of an old payment", () => {
  for (const moves of [false, true]) {
    it(`is a refund at the next poll${moves ? ", also where the order moves" : ""}`, async () => {
      const world = await startWorld(database, {
        contacts: 30,
        switches: { payment_moves_modification_time: moves },
      });
      await runBackfill(world.deps);
      await runPoll(world.deps, { force: true });
      const old = oldPayment(world);
      const id = refund(world, old);
      expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
      expect(await paymentHere(world, id)).toEqual({ kind: "refund", refund_of_keap_id: Number(old.id) });
      const [order] = await world.sql<{ refund_total_minor: number }>(
        "select refund_total_minor::int from orders where account_id = $1 and keap_id = $2",
        [world.accountId, Number(old.order_ids?.[0])],
      );
      expect(order?.refund_total_minor).toBe(old.amount_minor);
      expect((await world.compare()).differences).toEqual([]);
      // and it is asked for once
      world.forgetCalls();
      await runPoll(world.deps, { force: true });
      expect(world.calls().filter((one) => one.query.includes("order_ids"))).toEqual([]);
    });
  }

  it("is not forgotten by a poll that dies in between", async () => {
    const world = await startWorld(database, {
      contacts: 30,
      switches: { payment_moves_modification_time: true },
    });
    await runBackfill(world.deps);
    await runPoll(world.deps, { force: true });
    const before = await asOf(world);
    const old = oldPayment(world);
    const id = refund(world, old);
    const { payments } = world.keap;
    const dying = {
      ...world.deps,
      keap: {
        ...world.keap,
        payments: {
          ...payments,
          list: async (options: Parameters<typeof payments.list>[0]) => {
            if (options?.filter?.order_ids) throw new Error("killed");
            return payments.list(options);
          },
        },
      },
    };
    await expect(runPoll(dying, { force: true })).rejects.toThrow("killed");
    expect(await asOf(world)).toBe(before);
    await runPoll(world.deps, { force: true });
    expect(await paymentHere(world, id)).toEqual({ kind: "refund", refund_of_keap_id: Number(old.id) });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("is found when it was made during the copy", async () => {
    const world = await startWorld(database, { contacts: 30 });
    const { payments } = world.keap;
    let made: { id: number; old: PaymentRecord } | null = null;
    const slow = {
      ...world.deps,
      keap: {
        ...world.keap,
        payments: {
          ...payments,
          list: async (options: Parameters<typeof payments.list>[0]) => {
            const byId = options?.filter?.id !== undefined;
            const page = await payments.list(byId ? { ...options, pageSize: 5 } : options);
            // the first five are read: one of them is refunded, and the refund is copied with the last page
            if (byId && !made) {
              const read = new Set(page.items.map((one) => one.id));
              const old = oldPayment(world, (one) => read.has(one.id));
              made = { id: refund(world, old), old };
            }
            return page;
          },
        },
      },
    };
    expect(await runBackfill(slow)).toMatchObject({ complete: true });
    const { id, old } = made as unknown as { id: number; old: PaymentRecord };
    expect(await paymentHere(world, id)).toEqual({ kind: "payment", refund_of_keap_id: null });
    await runPoll(world.deps, { force: true });
    expect(await paymentHere(world, id)).toEqual({ kind: "refund", refund_of_keap_id: Number(old.id) });
    expect((await world.compare()).differences).toEqual([]);
  });
});

describe("the time the data is as of", () => {
  it("is that of the table read longest ago", async () => {
    const world = await startWorld(database, { contacts: 10 });
    await runBackfill(world.deps, { maxPages: 8 });
    await runPoll(world.deps, { force: true });
    expect(await asOf(world)).toBeNaN();
    await runBackfill(world.deps);
    const copied = Date.now();
    await runPoll(world.deps, { force: true, only: ["contacts"] });
    expect(await asOf(world)).toBeLessThan(copied);
    await runPoll(world.deps, { force: true });
    const all = await asOf(world);
    expect(all).toBeGreaterThanOrEqual(copied - 1);
    await runPoll(world.deps, { force: true, only: ["contacts", "orders"] });
    expect(await asOf(world)).toBe(all);
  });
});
