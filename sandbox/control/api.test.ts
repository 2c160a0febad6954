import { describe, expect, it } from "vitest";
import { startSmallSandbox, testNow } from "../testing/start";
import { handleControl } from "./api";

function start() {
  const { sandbox, call } = startSmallSandbox({ send: async () => new Response(null, { status: 200 }) });
  const control = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const request = new Request(`http://127.0.0.1:5000${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const response = await handleControl(sandbox, request);
    const text = (await response?.text()) ?? "";
    return {
      status: response?.status,
      body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text,
    };
  };
  return { sandbox, call, control };
}

describe("control", () => {
  it("leaves Keap's own paths alone", async () => {
    const { sandbox } = start();
    expect(await handleControl(sandbox, new Request("http://127.0.0.1:5000/crm/rest/v2/users"))).toBeNull();
  });

  it("serves a page without outside parts", async () => {
    const { control } = start();
    for (const path of ["/", "/control.css", "/control.js"]) {
      const { status, body } = await control("GET", path);
      expect(status).toBe(200);
      expect(body).not.toMatch(/https?:\/\//);
    }
  });

  it("edits as a user: time moves, hooks fire", async () => {
    const { sandbox, call, control } = start();
    await call("POST", "/v1/hooks", { body: { eventKey: "contact.edit", hookUrl: "https://us.test" } });
    sandbox.account.hooks.set(1, { ...sandbox.account.hooks.get(1), status: "Verified" } as never);
    await control("POST", "/_sandbox/as-user", {
      method: "PATCH",
      path: "/v2/contacts/2?update_mask=given_name",
      body: { given_name: "Benny" },
    });
    await control("PATCH", "/_sandbox/records/contacts/3", { job_title: "Boss" });
    expect((await call("GET", "/v2/contacts/2")).body).toMatchObject({
      given_name: "Benny",
      update_time: testNow,
    });
    expect(sandbox.account.contacts.get(3)).toMatchObject({ job_title: "Boss", update_time: testNow });
    expect(sandbox.hooks.waiting()).toBe(2);
    // A legacy action set changes records without a hook.
    await control("PATCH", "/_sandbox/records/contacts/3?via=action_set", { job_title: "Chief" });
    expect(sandbox.hooks.waiting()).toBe(2);
  });

  it("counts nothing against the quota", async () => {
    const { sandbox, control } = start();
    await control("POST", "/_sandbox/as-user", { method: "GET", path: "/v2/users" });
    expect(sandbox.log.entries).toHaveLength(0);
  });

  it("finds records by any word", async () => {
    const { control } = start();
    const { body } = await control("GET", "/_sandbox/records/contacts?search=able%20phoenix");
    expect(body).toMatchObject({ total: 1, lines: [{ id: "1", label: "Ann Able" }] });
    expect((await control("GET", "/_sandbox/records/contacts/1")).body.related.orders).toHaveLength(1);
    expect((await control("GET", "/_sandbox/records/shoes")).status).toBe(404);
  });

  it("refunds, which no API call can", async () => {
    const { call, control } = start();
    expect((await control("POST", "/_sandbox/refund", { payment_id: "1" })).status).toBe(201);
    expect((await call("GET", "/v2/orders/1")).body.refund_status).toBe("FULL_REFUND");
    expect((await control("POST", "/_sandbox/refund", { payment_id: "1" })).status).toBe(400);
  });

  it("redacts a person with a hook of its own", async () => {
    const { sandbox, call, control } = start();
    for (const [id, eventKey] of [
      ["1", "contact.redact"],
      ["2", "contact.delete"],
    ] as const) {
      sandbox.account.hooks.set(Number(id), {
        id,
        key: id,
        eventKey,
        hookUrl: "https://us.test",
        status: "Verified",
      });
    }
    expect((await control("POST", "/_sandbox/redact", { contact_id: "1" })).body).toEqual({ redacted: "1" });
    expect((await call("GET", "/v2/contacts/1")).status).toBe(404);
    expect((await call("GET", "/v2/notes")).body.notes).toEqual([]);
    await sandbox.clock.advance(60_000);
    expect(sandbox.hooks.attempts().map((one) => one.event_key)).toEqual(["contact.redact"]);
    expect((await control("POST", "/_sandbox/redact", { contact_id: "1" })).status).toBe(404);
  });

  it("writes as another user than the token's", async () => {
    const { sandbox, call, control } = start();
    const second = sandbox.account.users.get(2);
    if (second) sandbox.account.users.set(2, { ...second, status: "ACTIVE" });
    await control("POST", "/_sandbox/as-user", {
      method: "PATCH",
      path: "/v2/contacts/2?update_mask=given_name",
      body: { given_name: "B" },
    });
    expect(
      (await call("GET", "/v2/contacts/2", { query: { fields: "last_updated_by" } })).body.last_updated_by,
    ).toBe("2");
    await call("PATCH", "/v2/contacts/2", {
      query: { update_mask: "given_name" },
      body: { given_name: "C" },
    });
    expect(
      (await call("GET", "/v2/contacts/2", { query: { fields: "last_updated_by" } })).body.last_updated_by,
    ).toBe("1");
  });

  it("moves and speeds the clock", async () => {
    const { sandbox, control } = start();
    await control("POST", "/_sandbox/clock", { advance_ms: 60_000 });
    expect(sandbox.clock.iso()).toBe("2026-02-01T12:01:00.000Z");
    await control("POST", "/_sandbox/clock", { scale: 60 });
    expect(sandbox.clock.scale).toBe(60);
  });

  it("revokes and restores the token", async () => {
    const { call, control } = start();
    await control("POST", "/_sandbox/tokens", { action: "revoke" });
    expect((await call("GET", "/v2/users")).status).toBe(401);
    await control("POST", "/_sandbox/tokens", { action: "restore" });
    expect((await call("GET", "/v2/users")).status).toBe(200);
  });

  it("arms faults and throws switches", async () => {
    const { sandbox, control } = start();
    expect((await control("POST", "/_sandbox/faults", { kind: "throttle", times: 1 })).status).toBe(201);
    expect((await control("POST", "/_sandbox/faults", { kind: "earthquake" })).status).toBe(400);
    expect((await control("PATCH", "/_sandbox/switches", { page_end: "null" })).body.values.page_end).toBe(
      "null",
    );
    expect((await control("PATCH", "/_sandbox/switches", { page_edn: "null" })).status).toBe(400);
    expect(sandbox.switches.paging).toBe("offset");
  });

  it("refuses other sites in the browser", async () => {
    const { control } = start();
    expect(
      (
        await control("GET", "/_sandbox/status", undefined, {
          origin: "https://evil.test",
          host: "127.0.0.1:5000",
        })
      ).status,
    ).toBe(403);
    expect((await control("GET", "/_sandbox/status", undefined, { host: "evil.test" })).status).toBe(403);
  });
});
