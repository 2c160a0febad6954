import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { defaultSwitches, type Switches, switchesSchema } from "./switches";
import { startSmallSandbox, testNow } from "./testing/start";

const folder = fileURLToPath(new URL("./", import.meta.url));

describe("open questions", () => {
  it("has a test for every switch", () => {
    const tests = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".test.ts"),
    );
    const text = tests.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
    const untested = Object.keys(defaultSwitches).filter(
      (name) => !new RegExp(`\\b${name}(:| \\})`).test(text),
    );
    expect(untested).toEqual([]);
  });

  it("refuses a switch nobody knows", () => {
    expect(() => switchesSchema.parse({ page_edn: "null" })).toThrow();
    expect(() => switchesSchema.parse({ page_end: "never" })).toThrow();
  });

  const withSwitch = (switches: Partial<Switches>) => startSmallSandbox({ switches });

  it("takes default_page_size when none is sent", async () => {
    const { call } = withSwitch({ default_page_size: 2 });
    expect((await call("GET", "/v2/contacts")).body.contacts).toHaveLength(2);
    expect((await call("GET", "/v2/contacts", { query: { page_size: "0" } })).body.contacts).toHaveLength(2);
  });

  it("says tag results as words or sentences", async () => {
    const { call } = withSwitch({ tag_results: "id_to_sentence" });
    const { body } = await call("POST", "/v2/tags/1/contacts:applyTags", { body: { contact_ids: ["1"] } });
    expect(body.results).toEqual({ "1": "Contact already has the tag" });
  });

  it("counts v1 rows of all or of the page", async () => {
    const count = async (v1_count: Switches["v1_count"]) =>
      (await withSwitch({ v1_count }).call("GET", "/v1/contacts/1/tags", { query: { limit: "1" } })).body
        .count;
    expect([await count("total"), await count("page")]).toEqual([2, 1]);
  });

  it("starts an address marketable or not", async () => {
    const statusOf = async (email_without_reason: Switches["email_without_reason"]) => {
      const { call } = withSwitch({ email_without_reason });
      await call("POST", "/v2/contacts", {
        body: { email_addresses: [{ field: "EMAIL1", email: "new@example.com" }] },
      });
      return (await call("GET", "/v2/emailAddresses/new@example.com/status")).body.opted_in;
    };
    expect([await statusOf("UNENGAGED_NON_MARKETABLE"), await statusOf("UNENGAGED_MARKETABLE")]).toEqual([
      false,
      true,
    ]);
  });

  it("moves the order for a payment or not", async () => {
    const timeAfter = async (payment_moves_modification_time: boolean) => {
      const { call } = withSwitch({ payment_moves_modification_time });
      await call("POST", "/v2/orders/2/payments", {
        body: { payment_method_type: "Cash", payment_amount: 1, apply_to_commissions: true },
      });
      return (await call("GET", "/v2/orders/2")).body.modification_time;
    };
    expect([await timeAfter(false), await timeAfter(true)]).toEqual(["2026-01-09T12:00:00.000Z", testNow]);
  });

  it("moves the subscription for a bill or not", async () => {
    const timeAfter = async (bill_moves_modification_time: boolean) => {
      const { call, sandbox } = withSwitch({ bill_moves_modification_time });
      await sandbox.clock.advance(10 * 86_400_000);
      await call("POST", "/v2/subscriptions/1:invoice");
      return (await call("GET", "/v2/subscriptions/1")).body.modification_time;
    };
    expect([await timeAfter(false), await timeAfter(true)]).toEqual([undefined, "2026-02-11T12:00:00.000Z"]);
  });

  it("bills per unit or for the whole quantity", async () => {
    const totalOf = async (subscription_amount_covers: Switches["subscription_amount_covers"]) => {
      const { call, sandbox } = withSwitch({ subscription_amount_covers });
      await call("PATCH", "/v2/subscriptions/1", {
        query: { update_mask: ["quantity", "billing_amount"] },
        body: { quantity: 2, billing_amount: 50 },
      });
      await sandbox.clock.advance(10 * 86_400_000);
      return (await call("POST", "/v2/subscriptions/1:invoice")).body.total.amount;
    };
    expect([await totalOf("quantity"), await totalOf("unit")]).toEqual([5_000, 10_000]);
  });
});
