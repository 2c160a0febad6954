import { describe, expect, it } from "vitest";
import { startSmallSandbox, testNow } from "../testing/start";

describe("subscriptions", () => {
  it("charges the newest card unless told not to", async () => {
    const { call } = startSmallSandbox();
    await call("POST", "/v2/subscriptions/1:deactivate", { body: { reason: "moved" } });
    const body = { contact_id: "1", subscription_plan_id: "1" };
    const created = await call("POST", "/v2/subscriptions", { body });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      active: true,
      auto_charge: true,
      payment_method_id: "1",
      billing_amount: 29,
      billing_cycle: "MONTH",
      start_date: "2026-02-01",
    });
    const careful = await call("POST", "/v2/subscriptions", {
      body: { ...body, auto_charge: false, allow_duplicate: true },
    });
    expect(careful.body.auto_charge).toBe(false);
    expect(careful.body).not.toHaveProperty("payment_method_id");
  });

  it("refuses an identical one and past dates", async () => {
    const { call } = startSmallSandbox();
    expect(
      (await call("POST", "/v2/subscriptions", { body: { contact_id: "1", subscription_plan_id: "1" } }))
        .status,
    ).toBe(409);
    expect(
      (
        await call("POST", "/v2/subscriptions", {
          body: { contact_id: "2", subscription_plan_id: "1", start_date: "2026-01-31" },
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await call("PATCH", "/v2/subscriptions/1", {
          query: { update_mask: "next_bill_date" },
          body: { next_bill_date: "2026-01-01" },
        })
      ).status,
    ).toBe(400);
  });

  it("sets no end date on cancel", async () => {
    const { call } = startSmallSandbox();
    const answer = await call("POST", "/v2/subscriptions/1:deactivate", { body: { reason: "too dear" } });
    expect([answer.status, answer.body]).toEqual([200, null]);
    const { body } = await call("GET", "/v2/subscriptions/1");
    expect(body).toMatchObject({ active: false, reason_stopped: "too dear", modification_time: testNow });
    expect(body).not.toHaveProperty("end_date");
  });

  it("bills all due cycles, answers the newest", async () => {
    const { call, sandbox } = startSmallSandbox();
    await sandbox.clock.advance(45 * 86_400_000); // to 2026-03-18: the 8ths of February and March are due
    const { status, body } = await call("POST", "/v2/subscriptions/1:invoice");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "PAID",
      total: { amount: 2_900 },
      order_items: [{ subscription_id: "1", item_type: "SUBSCRIPTION" }],
    });
    expect(
      (await call("GET", "/v2/orders", { query: { filter: "product_id==2" } })).body.orders,
    ).toHaveLength(2);
    expect((await call("GET", "/v2/subscriptions/1")).body).toMatchObject({
      last_bill_date: "2026-03-08",
      next_bill_date: "2026-04-08",
    });
    expect((await call("POST", "/v2/subscriptions/1:invoice")).status).toBe(400);
  });

  it("leaves old rows without modification time", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/subscriptions/1")).body).not.toHaveProperty("modification_time");
    expect(
      (await call("GET", "/v2/subscriptions", { query: { order_by: "modification_time desc" } })).body
        .subscriptions,
    ).toHaveLength(1);
  });

  it("filters status by the switch's words", async () => {
    const { call, sandbox } = startSmallSandbox();
    const found = async (word: string) =>
      (await call("GET", "/v2/subscriptions", { query: { filter: `status==${word}` } })).body.subscriptions
        .length;
    expect([await found("Active"), await found("ACTIVE")]).toEqual([1, 0]);
    sandbox.setSwitches({ subscription_status_words: "ACTIVE/INACTIVE" });
    expect([await found("Active"), await found("ACTIVE")]).toEqual([0, 1]);
  });

  it("shows its amount in either unit", async () => {
    const { call } = startSmallSandbox({ switches: { subscription_amount_unit: "minor" } });
    expect((await call("GET", "/v2/subscriptions/1")).body.billing_amount).toBe(2_900);
  });

  it("has no date filter", async () => {
    const { call } = startSmallSandbox();
    expect(
      (
        await call("GET", "/v2/subscriptions", {
          query: { filter: "modification_time==2026-01-01T00:00:00Z" },
        })
      ).status,
    ).toBe(400);
  });
});

describe("plans", () => {
  it("lists every product's plans under a dash", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v2/products/-/subscriptions");
    expect(body.subscriptions).toHaveLength(1);
    expect(body.subscriptions[0]).not.toHaveProperty("product_id");
  });

  it("needs cycle and price in every PATCH", async () => {
    const { call } = startSmallSandbox();
    const path = "/v2/products/2/subscriptions/1";
    expect(
      (await call("PATCH", path, { query: { update_mask: "active" }, body: { active: false } })).status,
    ).toBe(400);
    const { body } = await call("PATCH", path, {
      query: { update_mask: "active" },
      body: { active: false, cycle_type: "YEARLY", plan_price: 1 },
    });
    expect(body).toMatchObject({ active: false, cycle_type: "MONTHLY", plan_price: { amount: 2_900 } });
  });

  it("takes plan prices in the smallest unit", async () => {
    const { call } = startSmallSandbox();
    const { status, body } = await call("POST", "/v2/products/2/subscriptions", {
      body: { cycle_type: "YEARLY", plan_price: 12_345 },
    });
    expect([status, body.plan_price.formatted_amount, body.frequency, body.total_cycles]).toEqual([
      201,
      "$123.45",
      1,
      0,
    ]);
    expect((await call("GET", "/v2/products/2")).body.subscription_plans[1]).toMatchObject({
      billing_cycle: "YEARLY",
      number_of_cycles: 0,
    });
  });
});
