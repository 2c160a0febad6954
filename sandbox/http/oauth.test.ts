import { describe, expect, it } from "vitest";
import { createTestClient } from "../testing/client";
import { startSmallSandbox } from "../testing/start";

const basic = `Basic ${Buffer.from("sandbox-client:sandbox-secret").toString("base64")}`;

function start() {
  const { sandbox } = startSmallSandbox();
  const token = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await sandbox.fetch("https://api.infusionsoft.com/token", {
      method: "POST",
      headers,
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: await response.json() };
  };
  return { sandbox, token };
}

describe("OAuth", () => {
  it("exchanges a code once for tokens", async () => {
    const { sandbox, token } = start();
    const redirect_uri = "https://app.test/back";
    const query = new URLSearchParams({
      client_id: "sandbox-client",
      redirect_uri,
      response_type: "code",
      scope: "full",
      state: "s1",
    });
    const consent = await sandbox.fetch(`https://accounts.infusionsoft.com/app/oauth/authorize?${query}`, {
      redirect: "manual",
    });
    const back = new URL(consent.headers.get("location") ?? "");
    expect(back.searchParams.get("state")).toBe("s1");
    const form = {
      grant_type: "authorization_code",
      code: back.searchParams.get("code") ?? "",
      client_id: "sandbox-client",
      client_secret: "sandbox-secret",
      redirect_uri,
    };
    const first = await token(form);
    expect(first.body).toMatchObject({
      token_type: "bearer",
      expires_in: 86_400,
      scope: "full|sandbox.infusionsoft.com",
    });
    expect(
      (await createTestClient(sandbox, first.body.access_token)("GET", "/v2/oauth/connect/userinfo")).body,
    ).toMatchObject({ id: "1", tenant_id: "sandbox" });
    expect((await token(form)).status).toBe(400);
  });

  it("refuses a code exchange with Authorization header", async () => {
    const { token } = start();
    expect(
      (await token({ grant_type: "authorization_code", code: "x" }, { authorization: basic })).status,
    ).toBe(401);
  });

  it("lets a refresh token work only once", async () => {
    const { sandbox, token } = start();
    const { refresh_token } = sandbox.oauth.grant("sandbox-client");
    const form = { grant_type: "refresh_token", refresh_token };
    const fresh = await token(form, { authorization: basic });
    expect(fresh.body.refresh_token).not.toBe(refresh_token);
    expect(await token(form, { authorization: basic })).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
  });

  it("wants the client in a Basic header", async () => {
    const { sandbox, token } = start();
    const { refresh_token } = sandbox.oauth.grant("sandbox-client");
    const form = {
      grant_type: "refresh_token",
      refresh_token,
      client_id: "sandbox-client",
      client_secret: "sandbox-secret",
    };
    expect((await token(form)).status).toBe(401);
    sandbox.setSwitches({ refresh_client: "body_too" });
    expect((await token(form)).status).toBe(200);
  });

  it("ends access after a day, refresh after 45", async () => {
    const { sandbox, token } = start();
    const pair = sandbox.oauth.grant("sandbox-client");
    await sandbox.clock.advance(24 * 3_600_000);
    expect((await createTestClient(sandbox, pair.access_token)("GET", "/v2/users")).status).toBe(401);
    await sandbox.clock.advance(44 * 24 * 3_600_000);
    expect(
      (
        await token(
          { grant_type: "refresh_token", refresh_token: pair.refresh_token },
          { authorization: basic },
        )
      ).status,
    ).toBe(400);
  });

  it("spends the refresh token though the answer breaks", async () => {
    const { sandbox, token } = start();
    const { refresh_token } = sandbox.oauth.grant("sandbox-client");
    sandbox.faults.add({ kind: "reset_after", path: "/token", times: 1 });
    const form = { grant_type: "refresh_token", refresh_token };
    await expect(token(form, { authorization: basic })).rejects.toThrow("fetch failed");
    expect((await token(form, { authorization: basic })).status).toBe(400);
  });
});
