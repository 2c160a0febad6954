import { describe, expect, it } from "vitest";
import { startSmallSandbox, testNow } from "../testing/start";
import { refundPayment } from "./order-payments";

const newOrder = {
  contact_id: "2",
  order_title: "Mine",
  title: "Invoice of mine",
  order_time: "2026-01-20T00:00:00Z",
  order_type: "ONLINE",
};

describe("orders", () => {
  it("totals its items, discounts included", async () => {
    const { call } = startSmallSandbox();
    // 2 × 100.00 − 15.50
    expect((await call("GET", "/v2/orders/1")).body).toMatchObject({
      total: { amount: 18_450, currency_code: "USD", formatted_amount: "$184.50" },
      status: "PAID",
    });
  });

  it("takes decimals and gives smallest units", async () => {
    const { call } = startSmallSandbox();
    const body = { ...newOrder, order_items: [{ product_id: "1", quantity: 3, price_per_unit: 1.23 }] };
    const { status, body: order } = await call("POST", "/v2/orders", { body });
    expect(status).toBe(201);
    expect(order.total.amount).toBe(369);
    expect(order.order_items[0].price_per_unit).toEqual({
      amount: 123,
      currency_code: "USD",
      formatted_amount: "$1.23",
    });
    expect(order).toMatchObject({ status: "DRAFT", source_type: "API", creation_time: testNow });
  });

  it("answers either of the two titles", async () => {
    const { call, sandbox } = startSmallSandbox();
    const { body } = await call("POST", "/v2/orders", { body: newOrder });
    expect(body.title).toBe("Mine");
    sandbox.setSwitches({ order_title_answers: "title" });
    expect((await call("GET", `/v2/orders/${body.id}`)).body.title).toBe("Invoice of mine");
  });

  it("returns a flat address nested and renamed", async () => {
    const { call } = startSmallSandbox();
    const shipping_address = {
      first_name: "Ben",
      last_name: "Baker",
      line1: "2 Elm",
      locality: "Mesa",
      zip_code: "85201",
      phone: "1",
      country_code: "USA",
    };
    const { body } = await call("PATCH", "/v2/orders/1", {
      query: { update_mask: "shipping_address" },
      body: { shipping_address },
    });
    expect(body.shipping_information).toMatchObject({
      given_name: "Ben",
      family_name: "Baker",
      phone_number: "1",
      address: { line1: "2 Elm", locality: "Mesa", zip_code: "85201" },
    });
  });

  it("changes items only by their own calls", async () => {
    const { call } = startSmallSandbox();
    const patched = await call("PATCH", "/v2/orders/2", {
      query: { update_mask: "order_items" },
      body: { order_items: [] },
    });
    expect([patched.status, patched.body.order_items.length]).toEqual([200, 1]);
    const added = await call("POST", "/v2/orders/2/items", { body: { product_id: "1", quantity: 1 } });
    expect([added.status, added.body.name, added.body.price_per_unit.amount]).toEqual([
      201,
      "Course",
      10_000,
    ]);
    const changed = await call("PATCH", `/v2/orders/2/items/${added.body.id}`, {
      query: { update_mask: "quantity" },
      body: { quantity: 2 },
    });
    expect(changed.body.quantity).toBe(2);
    expect((await call("GET", "/v2/orders/2")).body.total.amount).toBe(30_000);
    expect((await call("DELETE", `/v2/orders/2/items/${added.body.id}`)).status).toBe(204);
    expect((await call("GET", "/v2/orders/2")).body.total.amount).toBe(10_000);
  });

  it("has no list of items", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/orders/1/items")).status).toBe(405);
  });

  it("moves modification_time for items only when switched", async () => {
    const { call, sandbox } = startSmallSandbox();
    await call("POST", "/v2/orders/2/items", { body: { product_id: "1", quantity: 1 } });
    expect((await call("GET", "/v2/orders/2")).body.modification_time).toBe("2026-01-09T12:00:00.000Z");
    sandbox.setSwitches({ item_moves_modification_time: true });
    await call("POST", "/v2/orders/2/items", { body: { product_id: "1", quantity: 1 } });
    expect((await call("GET", "/v2/orders/2")).body.modification_time).toBe(testNow);
  });

  it("checks items as documented", async () => {
    const { call } = startSmallSandbox();
    const add = async (body: object) => (await call("POST", "/v2/orders/2/items", { body })).status;
    expect(await add({ product_id: "1", quantity: 0 })).toBe(400);
    expect(await add({ quantity: 1 })).toBe(400);
    expect(await add({ item_type: "SUBSCRIPTION", product_id: "2", quantity: 1 })).toBe(400);
    expect(await add({ item_type: "TIP", quantity: 1, name: "Thanks" })).toBe(400);
    expect(await add({ item_type: "SHIPPING", quantity: 1, name: " " })).toBe(400);
    expect(await add({ item_type: "SHIPPING", quantity: 1, name: "Post", price_per_unit: 5 })).toBe(201);
  });

  it("lets promo codes lower the total", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.account.settings.promo_codes.push({ code: "SAVE10", percent: 10 });
    const body = { ...newOrder, promo_codes: ["SAVE10"], order_items: [{ product_id: "1", quantity: 1 }] };
    expect((await call("POST", "/v2/orders", { body })).body).toMatchObject({
      total: { amount: 9_000 },
      promo_code: "SAVE10",
    });
  });

  it("deletes only while nothing was paid", async () => {
    const { call } = startSmallSandbox();
    expect((await call("DELETE", "/v2/orders/1")).status).toBe(409);
    expect((await call("DELETE", "/v2/orders/2")).status).toBe(204);
  });

  it("needs its required header fields", async () => {
    const { call } = startSmallSandbox();
    const { order_type, ...rest } = newOrder;
    expect((await call("POST", "/v2/orders", { body: rest })).status).toBe(400);
    expect((await call("POST", "/v2/orders", { body: { ...newOrder, contact_id: "99" } })).status).toBe(400);
    expect(order_type).toBe("ONLINE");
  });

  it("finds our own id in a custom field", async () => {
    const { call } = startSmallSandbox();
    await call("POST", "/v2/orders", {
      body: { ...newOrder, custom_fields: [{ id: "3", content: "abc-1" }] },
    });
    expect((await call("GET", "/v2/orders", { query: { filter: "OurId==abc-1" } })).body.orders).toHaveLength(
      1,
    );
  });

  it("splits a pay plan and fills it from the first", async () => {
    const { call } = startSmallSandbox();
    const payment_plan = {
      plan_start_date: "2026-03-01",
      number_of_payments: 3,
      days_between_payments: 30,
      auto_charge: false,
    };
    const { body } = await call("PATCH", "/v2/orders/2", {
      query: { update_mask: "payment_plan" },
      body: { payment_plan },
    });
    expect(
      body.payment_plan.payment_plan_items.map(
        (one: { amount_due: { amount: number }; due_date: string }) => [one.due_date, one.amount_due.amount],
      ),
    ).toEqual([
      ["2026-03-01", 3_333],
      ["2026-03-31", 3_333],
      ["2026-04-30", 3_334],
    ]);
  });
});

describe("payments", () => {
  const cash = { payment_method_type: "Cash", apply_to_commissions: true };

  it("moves balance and status, in major units", async () => {
    const { call } = startSmallSandbox();
    const paid = await call("POST", "/v2/orders/2/payments", {
      body: { ...cash, payment_amount: 40.5, notes: "till" },
    });
    expect([paid.status, paid.body.payment_amount, paid.body.invoice_id]).toEqual([201, 40.5, "102"]);
    expect((await call("GET", "/v2/orders/2")).body).toMatchObject({
      status: "SENT",
      total_paid: { amount: 4_050 },
    });
    await call("POST", "/v2/orders/2/payments", { body: { ...cash, payment_amount: 59.5 } });
    expect((await call("GET", "/v2/orders/2")).body).toMatchObject({
      status: "PAID",
      total_paid: { amount: 10_000 },
    });
    const list = (await call("GET", "/v2/orders/2/payments")).body.invoice_order_payments;
    expect(list[0]).toMatchObject({ amount: 40.5, pay_status: "MANUAL_PAID", note: "till" });
    expect(
      (await call("GET", "/v2/sales/payments", { query: { filter: "order_id==2" } })).body.payments,
    ).toHaveLength(2);
    // A recorded payment has no transaction.
    expect(
      (await call("GET", "/v2/sales/transactions", { query: { filter: "order_id==2" } })).body.transactions,
    ).toEqual([]);
  });

  it("shows total_due as total or as balance", async () => {
    const { call, sandbox } = startSmallSandbox();
    await call("POST", "/v2/orders/2/payments", { body: { ...cash, payment_amount: 40 } });
    expect((await call("GET", "/v2/orders/2")).body.total_due.amount).toBe(10_000);
    sandbox.setSwitches({ total_due: "balance" });
    expect((await call("GET", "/v2/orders/2")).body.total_due.amount).toBe(6_000);
  });

  it("charges a stored card and books a transaction", async () => {
    const { call } = startSmallSandbox();
    await call("POST", "/v2/orders/1/items", { body: { product_id: "1", quantity: 1 } });
    const { status } = await call("POST", "/v2/orders/1/payments", {
      body: { payment_method_id: "1", payment_amount: 100, apply_to_commissions: true },
    });
    expect(status).toBe(201);
    const { transactions } = (
      await call("GET", "/v2/sales/transactions", { query: { order_by: "transaction_time desc" } })
    ).body;
    expect(transactions[0]).toMatchObject({
      amount: 100,
      transaction_method: "CAPTURE",
      is_successful: true,
      merchant_account_type: "STRIPE",
    });
    // Transactions have no id.
    expect(transactions[0]).not.toHaveProperty("id");
  });

  it("declines an expired card", async () => {
    const { call, sandbox } = startSmallSandbox();
    const card = sandbox.account.paymentMethods.get(1);
    if (card) sandbox.account.paymentMethods.set(1, { ...card, expired: true });
    await call("POST", "/v2/orders/1/items", { body: { product_id: "1", quantity: 1 } });
    await call("POST", "/v2/orders/1/payments", {
      body: { payment_method_id: "1", payment_amount: 100, apply_to_commissions: true },
    });
    expect((await call("GET", "/v2/orders/1")).body.total_paid.amount).toBe(18_450);
    expect(
      (await call("GET", "/v2/sales/transactions", { query: { filter: "is_successful==false" } })).body
        .transactions,
    ).toHaveLength(1);
  });

  it("refuses what the documents forbid", async () => {
    const { call } = startSmallSandbox();
    const pay = async (body: object) => (await call("POST", "/v2/orders/2/payments", { body })).status;
    expect(await pay({ ...cash, payment_amount: 100.01 })).toBe(400);
    expect(await pay({ payment_amount: 1, apply_to_commissions: true })).toBe(400);
    expect(await pay({ payment_amount: 1, apply_to_commissions: true, payment_method_type: "Bitcoin" })).toBe(
      400,
    );
    expect(await pay({ payment_amount: 1, payment_method_type: "Cash" })).toBe(400);
    expect(await pay({ payment_amount: 0, apply_to_commissions: true, payment_method_id: "1" })).toBe(400);
  });

  it("links refunds in opposite directions", async () => {
    const { call, sandbox } = startSmallSandbox();
    refundPayment(sandbox.insideCall(), "1", 5_000);
    const { payments } = (await call("GET", "/v2/sales/payments")).body;
    expect(payments.map((one: object) => one)).toMatchObject([
      { id: "1", amount: 184.5, refund_payment_id: "2" },
      { id: "2", amount: 50 },
    ]);
    expect(payments[1]).not.toHaveProperty("refund_payment_id");
    const shares = (await call("GET", "/v2/orders/1/payments")).body.invoice_order_payments;
    expect(shares[1]).toMatchObject({ pay_status: "REFUNDED", refund_invoice_payment_id: "1", amount: 50 });
    // The order stays PAID: refunds show in refund_status and refund_total alone.
    expect((await call("GET", "/v2/orders/1")).body).toMatchObject({
      status: "PAID",
      refund_status: "PARTIAL_REFUND",
      refund_total: { amount: 5_000 },
      total_paid: { amount: 18_450 },
    });
    sandbox.setSwitches({ refund_sign: "negative", total_paid_net_of_refunds: true });
    expect((await call("GET", "/v2/sales/payments")).body.payments[1].amount).toBe(-50);
    expect((await call("GET", "/v2/orders/1")).body.total_paid.amount).toBe(13_450);
  });

  it("names payments of transactions two ways", async () => {
    const { call, sandbox } = startSmallSandbox();
    refundPayment(sandbox.insideCall(), "1");
    const idOf = async () =>
      (await call("GET", "/v2/sales/transactions", { query: { filter: "transaction_method==REFUND" } })).body
        .transactions[0].payment_id;
    expect(await idOf()).toBe("2");
    sandbox.setSwitches({ transaction_payment_id: "order_payment" });
    expect(await idOf()).toBe(sandbox.account.orderPayments.get(2)?.id);
  });

  it("gives order payments in either unit", async () => {
    const { call } = startSmallSandbox({ switches: { order_payment_unit: "minor" } });
    expect((await call("GET", "/v2/orders/1/payments")).body.invoice_order_payments[0].amount).toBe(18_450);
  });
});
