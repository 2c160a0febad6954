import { describe, expect, it } from "vitest";
import { createTestClient } from "../testing/client";
import { startSmallSandbox } from "../testing/start";

describe("credentials and routing", () => {
  it("answers the gateway fault without credential", async () => {
    const { sandbox } = startSmallSandbox();
    const response = await sandbox.fetch("https://api.infusionsoft.com/crm/rest/v2/contacts");
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      fault: { detail: { errorcode: "oauth.v2.InvalidAccessToken" } },
    });
  });

  it("authenticates before it looks at paths", async () => {
    const { sandbox } = startSmallSandbox();
    const wrong = await createTestClient(sandbox, "wrong")("GET", "/v2/no/such/path");
    expect(wrong.status).toBe(401);
    expect(wrong.body.fault.detail.errorcode).toBe("keymanagement.service.invalid_access_token");
    const right = await createTestClient(sandbox)("GET", "/v2/no/such/path");
    expect(right.status).toBe(404);
    expect(right.body).toMatchObject({ code: 404, status: "NOT_FOUND" });
  });

  it("takes a key in either header", async () => {
    const { sandbox } = startSmallSandbox();
    const viaKey = () =>
      sandbox.fetch("https://api.infusionsoft.com/crm/rest/v2/users", {
        headers: { "x-keap-api-key": sandbox.token },
      });
    expect((await viaKey()).status).toBe(200);
    sandbox.setSwitches({ auth_headers: "bearer" });
    expect((await viaKey()).status).toBe(401);
  });

  it("refuses an expired and a revoked token", async () => {
    const { sandbox, call } = startSmallSandbox();
    sandbox.credentials.set("short", {
      token: "short",
      kind: "pat",
      userId: "1",
      expiresAt: sandbox.clock.now() + 1_000,
    });
    const short = createTestClient(sandbox, "short");
    expect((await short("GET", "/v2/users")).status).toBe(200);
    await sandbox.clock.advance(1_000);
    expect((await short("GET", "/v2/users")).body.fault.detail.errorcode).toBe(
      "keymanagement.service.access_token_expired",
    );
    sandbox.credentials.set(sandbox.token, { token: sandbox.token, kind: "pat", revoked: true });
    expect((await call("GET", "/v2/users")).status).toBe(401);
  });

  it("answers 405 for an unknown method", async () => {
    const { call } = startSmallSandbox();
    expect((await call("PUT", "/v2/contacts/1", { body: {} })).body).toMatchObject({ code: 405 });
  });

  it("speaks v1's error shape under v1", async () => {
    const { call } = startSmallSandbox();
    const answer = await call("GET", "/v1/hooks/none");
    expect(answer.status).toBe(404);
    expect(Object.keys(answer.body)).toEqual(["message"]);
  });

  it("refuses malformed JSON with a v2 error", async () => {
    const { sandbox } = startSmallSandbox();
    const response = await sandbox.fetch("https://api.infusionsoft.com/crm/rest/v2/tags", {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: "{",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 400, status: "INVALID_ARGUMENT" });
  });

  it("refuses text where a number belongs", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/contacts/abc")).status).toBe(400);
    const order = {
      contact_id: "1",
      order_title: "X",
      order_time: "2026-01-01T00:00:00Z",
      order_type: "ONLINE",
      order_items: [{ product_id: "1", quantity: "2" }],
    };
    expect((await call("POST", "/v2/orders", { body: order })).body.message).toContain(
      "order_items[0].quantity",
    );
  });

  it("says 501 for what it leaves out", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/reporting/reports")).body).toMatchObject({ code: 501 });
  });
});
