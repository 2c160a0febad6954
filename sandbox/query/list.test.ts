import { describe, expect, it } from "vitest";
import { startSmallSandbox } from "../testing/start";

const idsOf = (rows: { id: string }[]) => rows.map((row) => row.id);

describe("paging", () => {
  it("walks pages and ends with empty text", async () => {
    const { call } = startSmallSandbox();
    const first = await call("GET", "/v2/contacts", { query: { page_size: "3" } });
    expect(idsOf(first.body.contacts)).toEqual(["1", "2", "3"]);
    const second = await call("GET", "/v2/contacts", {
      query: { page_size: "3", page_token: first.body.next_page_token },
    });
    expect(idsOf(second.body.contacts)).toEqual(["4", "5"]);
    expect(second.body.next_page_token).toBe("");
  });

  it("ends as absent or null when switched", async () => {
    const { call, sandbox } = startSmallSandbox({ switches: { page_end: "absent" } });
    expect((await call("GET", "/v2/tags")).body).not.toHaveProperty("next_page_token");
    sandbox.setSwitches({ page_end: "null" });
    expect((await call("GET", "/v2/tags")).body.next_page_token).toBeNull();
  });

  it("gives tagged contacts a whole URL", async () => {
    const { call, sandbox } = startSmallSandbox();
    const { body } = await call("GET", "/v2/tags/1/contacts", {
      query: { page_size: "1", order_by: "applied_time desc" },
    });
    const next = new URL(body.next_page_token);
    expect(next.pathname).toBe("/crm/rest/v2/tags/1/contacts");
    expect(next.searchParams.get("page_token")).toBeTruthy();
    sandbox.setSwitches({ tagged_contacts_token: "token" });
    expect(
      (await call("GET", "/v2/tags/1/contacts", { query: { page_size: "1" } })).body.next_page_token,
    ).not.toContain("http");
  });

  it("refuses page sizes the list forbids", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/contacts", { query: { page_size: "1001" } })).status).toBe(400);
    expect((await call("GET", "/v2/users", { query: { page_size: "101" } })).status).toBe(400);
    expect((await call("GET", "/v2/users", { query: { page_size: "0" } })).status).toBe(400);
    expect((await call("GET", "/v2/automations", { query: { page_size: "26" } })).status).toBe(400);
    expect((await call("GET", "/v2/contacts", { query: { page_size: "ten" } })).status).toBe(400);
  });

  it("refuses another list's page token", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v2/contacts", { query: { page_size: "1" } });
    expect((await call("GET", "/v2/tags", { query: { page_token: body.next_page_token } })).status).toBe(400);
    expect((await call("GET", "/v2/contacts", { query: { page_token: "rubbish" } })).status).toBe(400);
  });

  it("forgets the filter between pages", async () => {
    const { call, sandbox } = startSmallSandbox();
    const query = { filter: "given_name==Ann", page_size: "1" };
    const token = (await call("GET", "/v2/contacts", { query })).body.next_page_token;
    expect(
      idsOf(
        (await call("GET", "/v2/contacts", { query: { page_size: "1", page_token: token } })).body.contacts,
      ),
    ).toEqual(["2"]);
    sandbox.setSwitches({ page_token_remembers: "filter_and_order" });
    const kept = (await call("GET", "/v2/contacts", { query })).body.next_page_token;
    expect(
      idsOf(
        (await call("GET", "/v2/contacts", { query: { page_size: "1", page_token: kept } })).body.contacts,
      ),
    ).toEqual(["5"]);
  });

  it("skips a row that moves while paging", async () => {
    const { call, sandbox } = startSmallSandbox();
    const query = { order_by: "update_time desc", page_size: "2" };
    const first = await call("GET", "/v2/contacts", { query });
    expect(idsOf(first.body.contacts)).toEqual(["1", "2"]);
    // Contact 4 was to come on the second page; its edit moves it to the front.
    await call("PATCH", "/v2/contacts/4", {
      query: { update_mask: "given_name" },
      body: { given_name: "Dora" },
    });
    const second = await call("GET", "/v2/contacts", {
      query: { ...query, page_token: first.body.next_page_token },
    });
    expect(idsOf(second.body.contacts)).toEqual(["2", "3"]);
    sandbox.setSwitches({ paging: "snapshot" });
    const frozen = await call("GET", "/v2/contacts", { query });
    await call("PATCH", "/v2/contacts/5", {
      query: { update_mask: "given_name" },
      body: { given_name: "Anna" },
    });
    const rest = await call("GET", "/v2/contacts", {
      query: { ...query, page_token: frozen.body.next_page_token },
    });
    expect(idsOf(rest.body.contacts)).toEqual(["2", "3"]);
  });

  it("ignores parameters nobody declared", async () => {
    const { call } = startSmallSandbox();
    expect(
      (await call("GET", "/v2/contacts", { query: { email: "ben@example.com" } })).body.contacts,
    ).toHaveLength(5);
  });
});

describe("order and fields", () => {
  it("orders by the declared keys only", async () => {
    const { call } = startSmallSandbox();
    expect(
      idsOf((await call("GET", "/v2/contacts", { query: { order_by: "update_time asc" } })).body.contacts),
    ).toEqual(["5", "4", "3", "2", "1"]);
    expect((await call("GET", "/v2/contacts", { query: { order_by: "given_name asc" } })).status).toBe(400);
    expect((await call("GET", "/v2/contacts", { query: { order_by: "id sideways" } })).status).toBe(400);
  });

  it("orders products by last_updated_time, not update_time", async () => {
    const { call } = startSmallSandbox();
    expect(
      (await call("GET", "/v2/products", { query: { order_by: "last_updated_time desc" } })).status,
    ).toBe(200);
    expect((await call("GET", "/v2/products", { query: { order_by: "update_time desc" } })).status).toBe(400);
  });

  it("puts rows without the key last or first", async () => {
    const { call, sandbox } = startSmallSandbox();
    const query = { order_by: "email desc" };
    expect(idsOf((await call("GET", "/v2/contacts", { query })).body.contacts).at(-1)).toBe("4");
    sandbox.setSwitches({ missing_sort_value: "first" });
    expect(idsOf((await call("GET", "/v2/contacts", { query })).body.contacts)[0]).toBe("4");
  });

  it("answers only the fields asked for", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v2/contacts/1", { query: { fields: "given_name,custom_fields" } });
    expect(body).toEqual({
      id: "1",
      given_name: "Ann",
      custom_fields: [
        { id: "1", content: "Green" },
        { id: "2", content: 42 },
      ],
    });
    expect((await call("GET", "/v2/contacts", { query: { fields: "given_name,shoes" } })).status).toBe(400);
  });

  it("leaves optional contact fields out unasked", async () => {
    const { call, sandbox } = startSmallSandbox();
    const { body } = await call("GET", "/v2/contacts/1");
    const model = (await call("GET", "/v2/contacts/model")).body;
    for (const name of model.optional_properties) expect(body).not.toHaveProperty(name);
    sandbox.setSwitches({ contact_default_fields: "all" });
    expect((await call("GET", "/v2/contacts/1")).body).toHaveProperty("custom_fields");
  });
});
