import { describe, expect, it } from "vitest";
import { startSmallSandbox, testNow } from "../testing/start";

describe("tags", () => {
  it("reports each contact in a 200", async () => {
    const { call } = startSmallSandbox();
    const answer = await call("POST", "/v2/tags/1/contacts:applyTags", {
      body: { contact_ids: ["2", "1", "99"] },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.results).toEqual({ "2": "SUCCESS", "1": "DUPLICATE", "99": "CONTACT_NOT_FOUND" });
  });

  it("keeps the first applied time", async () => {
    const { call } = startSmallSandbox();
    await call("POST", "/v2/tags/1/contacts:applyTags", { body: { contact_ids: ["1"] } });
    const { body } = await call("GET", "/v2/contacts/1/tags", { query: { order_by: "applied_time desc" } });
    expect(body.tags.map((one: { applied_time: string }) => one.applied_time)).toEqual([
      "2026-01-08T12:00:00.000Z",
      "2026-01-07T12:00:00.000Z",
    ]);
  });

  it("removes with a bare 204, whatever happened", async () => {
    const { call } = startSmallSandbox();
    const answer = await call("POST", "/v2/tags/1/contacts:removeTags", {
      body: { contact_ids: ["1", "3", "99"] },
    });
    expect([answer.status, answer.body]).toEqual([204, null]);
    expect((await call("GET", "/v2/contacts/1")).body.tag_ids).toEqual(["2"]);
  });

  it("leaves update_time alone unless switched", async () => {
    const { call, sandbox } = startSmallSandbox();
    await call("POST", "/v2/tags/2/contacts:applyTags", { body: { contact_ids: ["3"] } });
    expect((await call("GET", "/v2/contacts/3")).body.update_time).toBe("2026-01-10T12:00:00.000Z");
    sandbox.setSwitches({ tag_moves_update_time: true });
    await call("POST", "/v2/tags/2/contacts:removeTags", { body: { contact_ids: ["3"] } });
    expect((await call("GET", "/v2/contacts/3")).body.update_time).toBe(testNow);
  });

  it("finds applications since a time", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v2/tags/1/contacts", {
      query: { filter: "since_applied_time==2026-01-07T00:00:00.000Z" },
    });
    expect(body.contacts.map((one: { id: string }) => one.id)).toEqual(["1"]);
  });

  it("cuts long names instead of refusing them", async () => {
    const { call } = startSmallSandbox();
    const { status, body } = await call("POST", "/v2/tags", {
      body: { name: "x".repeat(300), category: { id: "1" } },
    });
    expect([status, body.name.length, body.category]).toEqual([201, 255, { id: "1" }]);
  });

  it("keeps names unique", async () => {
    const { call } = startSmallSandbox();
    expect((await call("POST", "/v2/tags", { body: { name: "customer" } })).status).toBe(409);
    expect(
      (await call("PATCH", "/v2/tags/2", { query: { update_mask: "name" }, body: { name: "Customer" } }))
        .status,
    ).toBe(409);
  });

  it("hides the withdrawn account-wide list", async () => {
    const { call, sandbox } = startSmallSandbox();
    const query = { filter: "since_applied_time==2026-01-07T00:00:00.000Z" };
    expect((await call("GET", "/v2/tags/-/contacts", { query })).status).toBe(404);
    sandbox.setSwitches({ withdrawn_tag_list: true });
    expect((await call("GET", "/v2/tags/-/contacts", { query })).body.contacts).toEqual([
      { contact_id: "1", tag_id: "1", applied_at: "2026-01-07T12:00:00.000Z" },
      { contact_id: "1", tag_id: "2", applied_at: "2026-01-08T12:00:00.000Z" },
    ]);
  });

  it("puts many tags on one contact in v1", async () => {
    const { call, sandbox } = startSmallSandbox();
    expect((await call("POST", "/v1/contacts/1/tags", { body: { tagIds: [1, 77] } })).body).toEqual([
      { key: "DUPLICATE" },
      { key: "TAG_ID_NOT_FOUND" },
    ]);
    sandbox.setSwitches({ v1_tag_results: "id_to_word" });
    expect((await call("POST", "/v1/contacts/3/tags", { body: { tagIds: [1] } })).body).toEqual([
      { "1": "SUCCESS" },
    ]);
    expect((await call("DELETE", "/v1/contacts/1/tags", { query: { ids: "1,2" } })).status).toBe(204);
    expect(sandbox.account.contactTags.has(1)).toBe(false);
  });

  it("tags companies one at a time", async () => {
    const { call } = startSmallSandbox();
    expect((await call("POST", "/v2/companies/1/tags/2")).status).toBe(204);
    expect((await call("GET", "/v2/tags/2/companies")).body.tagged_companies[0]).toMatchObject({
      company: { id: "1", groups: "2" },
      applied_time: testNow,
    });
    expect((await call("DELETE", "/v2/companies/1/tags/2")).status).toBe(204);
    expect((await call("GET", "/v2/companies/1/tags")).body.tags).toEqual([]);
  });
});
