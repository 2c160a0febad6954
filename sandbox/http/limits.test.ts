import { describe, expect, it } from "vitest";
import { createTestClient } from "../testing/client";
import { startSmallSandbox } from "../testing/start";

const start = (switches = {}, limits: "keap" | object = "keap") =>
  startSmallSandbox({ limits: limits as never, switches, now: "2026-02-01T12:00:30.000Z" });

describe("rate limits", () => {
  it("sends the whole set of headers", async () => {
    const { call } = start();
    const { headers } = await call("GET", "/v2/users");
    expect(Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-keap")))).toEqual({
      "x-keap-product-quota-limit": "30000",
      "x-keap-product-quota-time-unit": "day",
      "x-keap-product-quota-interval": "1",
      "x-keap-product-quota-available": "29999",
      "x-keap-product-quota-used": "1",
      // 2026-02-02T00:00:00Z in milliseconds
      "x-keap-product-quota-expiry-time": "1769990400000",
      "x-keap-product-throttle-limit": "240",
      "x-keap-product-throttle-time-unit": "minute",
      "x-keap-product-throttle-interval": "1",
      "x-keap-product-throttle-available": "239",
      "x-keap-product-throttle-used": "1",
      "x-keap-product-spike-limit": "10ps",
      "x-keap-tenant-id": "sandbox.infusionsoft.com",
      "x-keap-tenant-throttle-limit": "10000|250000",
      "x-keap-tenant-throttle-time-unit": "minute|day",
      "x-keap-tenant-throttle-interval": "1|1",
      "x-keap-tenant-throttle-available": "9999|249999",
      "x-keap-tenant-throttle-used": "1|1",
    });
  });

  it("refuses the eleventh call within a second", async () => {
    const { call, sandbox } = start();
    for (let i = 0; i < 10; i++) expect((await call("GET", "/v2/users")).status).toBe(200);
    const refused = await call("GET", "/v2/users");
    expect(refused.status).toBe(429);
    // The code is text here, unlike in every other v2 error.
    expect(refused.body).toEqual({
      code: "429",
      message: "Quota Exceeded",
      status: "Request Throttled",
      details: null,
    });
    expect(refused.headers.get("retry-after")).toBe("1");
    await sandbox.clock.advance(1_000);
    expect((await call("GET", "/v2/users")).status).toBe(200);
  });

  it("spaces calls evenly when spikes are smoothed", async () => {
    const { call, sandbox } = start({ spike: "smooth", spike_body: "fault", retry_after: false });
    expect((await call("GET", "/v2/users")).status).toBe(200);
    const refused = await call("GET", "/v2/users");
    expect(refused.status).toBe(429);
    expect(refused.body.fault.detail.errorcode).toBe("policies.ratelimit.SpikeArrestViolation");
    expect(refused.headers.get("retry-after")).toBeNull();
    await sandbox.clock.advance(100);
    expect((await call("GET", "/v2/users")).status).toBe(200);
  });

  it("starts a new minute with a full throttle", async () => {
    const { call, sandbox } = start({}, { per_minute: 2, per_second: 100 });
    await call("GET", "/v2/users");
    await call("GET", "/v2/users");
    const refused = await call("GET", "/v2/users");
    expect(refused.headers.get("x-keap-product-throttle-available")).toBe("0");
    expect(refused.headers.get("retry-after")).toBe("30");
    await sandbox.clock.advance(30_000);
    expect((await call("GET", "/v2/users")).status).toBe(200);
  });

  it("keeps the day's quota until midnight UTC", async () => {
    const { call, sandbox } = start({}, { per_day: 1, per_second: 100 });
    await call("GET", "/v2/users");
    await sandbox.clock.advance(3_600_000);
    expect((await call("GET", "/v2/users")).status).toBe(429);
    await sandbox.clock.advance(11 * 3_600_000);
    expect((await call("GET", "/v2/users")).status).toBe(200);
  });

  it("counts every integration against the tenant", async () => {
    const { call, sandbox } = start({}, { tenant_per_minute: 2 });
    sandbox.credentials.set("other", { token: "other", kind: "sak" });
    await call("GET", "/v2/users");
    await createTestClient(sandbox, "other")("GET", "/v2/users");
    expect((await call("GET", "/v2/users")).headers.get("x-keap-tenant-throttle-available")).toBe("0|249998");
  });
});
