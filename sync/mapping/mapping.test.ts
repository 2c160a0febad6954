import { describe, expect, it } from "vitest";
import {
  contactSchema,
  orderSchema,
  paymentSchema,
  subscriptionSchema,
  transactionSchema,
  type WireContact,
} from "../keap/schemas";
import { orderFromWire, paymentFromWire, subscriptionFromWire, transactionFromWire } from "./commerce";
import { contactFields, contactFromWire, contactToWire } from "./contact";
import type { MapContext } from "./types";
import { date, instant, toMinor } from "./values";

const context: MapContext = {
  currency: "USD",
  testMerchants: new Set(["9"]),
  excludedCustomFields: new Set(["35"]),
};

const wire = contactSchema.parse({
  id: "42",
  given_name: " Ada ",
  family_name: "Lovelace",
  company: { id: "7", company_name: "Engines" },
  owner_id: "3",
  leadsource_id: "0",
  email_addresses: [
    { field: "EMAIL2", email: "b@x.y", is_opt_in: false, email_opt_status: "NON_MARKETABLE" },
    {
      field: "EMAIL1",
      email: "a@x.y",
      opt_in_reason: "form",
      is_opt_in: true,
      email_opt_status: "SINGLE_OPT_IN",
    },
  ],
  phone_numbers: [{ field: "PHONE1", number: "(480) 555-0100", type: "Work", number_e164: "+14805550100" }],
  addresses: [
    { field: "BILLING", line1: "1 Main", region_code: "US-AZ", country_code: "USA", zip_code: "85001" },
  ],
  social_accounts: [{ type: "FACEBOOK", name: "ada" }],
  custom_fields: [
    { id: "7", content: "Clay" },
    { id: "35", content: "000-00-0000" },
    { id: "8", content: null },
  ],
  tag_ids: ["12", "5"],
  create_time: "2026-01-01T00:00:00Z",
  update_time: "2026-02-01T00:00:00.000+0000",
  something_new: { kept: true },
});

describe("mapping a contact", () => {
  it("reads slots, links and unknown fields", () => {
    const row = contactFromWire(wire, context);
    expect(row).toMatchObject({
      key: "42",
      keap_id: 42,
      members: [5, 12],
      updated_at: "2026-02-01T00:00:00.000Z",
    });
    expect(row.values).toMatchObject({
      given_name: "Ada",
      company_keap_id: 7,
      owner_keap_id: 3,
      lead_source_keap_id: null,
      phone_numbers: { PHONE1: { number: "(480) 555-0100", extension: null, type: "Work" } },
      social_accounts: { FACEBOOK: "ada" },
      raw: { something_new: { kept: true } },
    });
    expect(row.values.addresses).toMatchObject({ BILLING: { postal_code: "85001", country_code: "USA" } });
  });

  it("never keeps a social security number", () => {
    expect(JSON.stringify(contactFromWire(wire, context))).not.toContain("000-00-0000");
  });

  it("returns what it read, there and back", () => {
    const row = contactFromWire(wire, context);
    const writable = contactFields.filter((field) => field.writable).map((field) => field.name);
    const { body, mask } = contactToWire(writable, row.values);
    expect(mask).toEqual(Object.keys(body));
    const again = contactFromWire(
      { ...wire, ...body, company: wire.company, email_addresses: wire.email_addresses } as WireContact,
      context,
    );
    expect(again.values).toEqual(row.values);
  });

  it("sends a list whole and empties a slot", () => {
    const values = {
      email_addresses: {
        EMAIL1: { email: "a@x.y", opt_in_reason: null, is_opt_in: true },
        EMAIL2: { email: null },
      },
    };
    expect(contactToWire(["email_addresses"], values)).toEqual({
      body: { email_addresses: [{ field: "EMAIL1", email: "a@x.y" }] },
      mask: ["email_addresses"],
    });
  });
});

describe("mapping money", () => {
  it("keeps order amounts in minor units", () => {
    const order = orderFromWire(
      orderSchema.parse({
        id: "9",
        total: { amount: 1999, currency_code: "EUR" },
        contact: { id: "42" },
        order_items: [
          {
            id: "1",
            quantity: 2,
            price_per_unit: { amount: 1000, currency_code: "EUR" },
            product: { id: "3" },
          },
        ],
      }),
      context,
    );
    expect(order.values).toMatchObject({ total_minor: 1999, currency: "EUR", contact_keap_id: 42 });
    expect(order.children?.order_items?.[0]).toMatchObject({
      key: "1",
      values: { order_keap_id: 9, quantity: 2, price_per_unit_minor: 1000, product_keap_id: 3 },
    });
  });

  it("turns payments' decimals into positive cents", () => {
    const refund = paymentFromWire(
      paymentSchema.parse({ id: "5", amount: -19.99, order_ids: ["9"], merchant_account_id: "9" }),
      context,
    );
    expect(refund.values).toMatchObject({
      amount_minor: 1999,
      currency: "USD",
      is_test: true,
      order_keap_id: 9,
      raw: { negative: true },
    });
    expect(refund.children?.payment_allocations?.[0]?.values).toMatchObject({
      payment_keap_id: 5,
      order_keap_id: 9,
      amount_minor: 1999,
    });
  });

  it("names a transaction by what cannot change", () => {
    const one = {
      amount: 5,
      payment_id: "5",
      transaction_method: "CAPTURE",
      transaction_time: "2026-01-01T00:00:00Z",
      contact_id: "42",
    };
    const key = (changes: object) =>
      transactionFromWire(transactionSchema.parse({ ...one, ...changes }), context).key;
    expect(key({ status: "PENDING" })).toBe(key({ status: "APPROVED" }));
    expect(key({ transaction_method: "VOID" })).not.toBe(key({}));
    // a merge moves it to another contact, and its order with it
    expect(key({ contact_id: "43" })).toBe(key({}));
    expect(key({ order_ids: ["8"] })).not.toBe(key({ order_ids: ["9"] }));
  });

  it("reads a subscription's amount and dates", () => {
    const row = subscriptionFromWire(
      subscriptionSchema.parse({
        id: "1",
        active: true,
        billing_amount: 29.95,
        next_bill_date: "2026-03-01T00:00:00Z",
        contact_id: "42",
      }),
      context,
    );
    expect(row.values).toMatchObject({
      billing_amount_minor: 2995,
      next_bill_date: "2026-03-01",
      active: true,
    });
  });

  it("rounds by the currency's own digits", () => {
    expect(toMinor(1.005, "USD")).toBe(101);
    expect(toMinor(19.99, "USD")).toBe(1999);
    expect(toMinor(1500, "JPY")).toBe(1500);
    expect(toMinor(1.234, "KWD")).toBe(1234);
    expect(toMinor(null, "USD")).toBeNull();
  });
});

describe("reading times", () => {
  it("refuses what is no date", () => {
    expect(() => date("2026-02-31")).toThrow('"2026-02-31" is not a date');
    expect(() => instant("yesterday")).toThrow("is not a date and time");
    expect(date("")).toBeNull();
  });
});
