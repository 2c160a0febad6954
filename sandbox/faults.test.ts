import { describe, expect, it } from "vitest";
import { startSmallSandbox } from "./testing/start";

describe("faults on calls", () => {
  it("throttles with and without Retry-After", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.faults.add({ kind: "throttle", times: 1 });
    const bare = await call("GET", "/v2/users");
    expect([bare.status, bare.body.code, bare.headers.get("retry-after")]).toEqual([429, "429", null]);
    sandbox.faults.add({ kind: "throttle", times: 1, retry_after: 7 });
    expect((await call("GET", "/v2/users")).headers.get("retry-after")).toBe("7");
    expect((await call("GET", "/v2/users")).status).toBe(200);
  });

  it("answers HTML, an empty body or a 503", async () => {
    const { call, sandbox } = startSmallSandbox();
    const raw = () =>
      sandbox.fetch("https://api.infusionsoft.com/crm/rest/v2/users", {
        headers: { authorization: `Bearer ${sandbox.token}` },
      });
    sandbox.faults.add({ kind: "html", times: 1, status: 502 });
    const page = await raw();
    expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html;charset=UTF-8"]);
    sandbox.faults.add({ kind: "empty", times: 1 });
    expect(await (await raw()).text()).toBe("");
    sandbox.faults.add({ kind: "status", times: 1, status: 503 });
    expect((await call("GET", "/v2/users")).status).toBe(503);
  });

  it("breaks before a write without effect", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.faults.add({ kind: "reset_before", method: "POST", times: 1 });
    await expect(call("POST", "/v2/tags", { body: { name: "X" } })).rejects.toThrow("fetch failed");
    expect(sandbox.account.tags.size).toBe(2);
  });

  it("breaks after a write that took effect", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.faults.add({ kind: "reset_after", method: "POST", times: 1 });
    await expect(call("POST", "/v2/tags", { body: { name: "X" } })).rejects.toThrow("fetch failed");
    expect([...sandbox.account.tags.values()].map((tag) => tag.name)).toContain("X");
    expect(sandbox.log.entries.at(-1)).toMatchObject({ status: "reset", faults: ["reset_after"] });
  });

  it("cuts a page in the middle", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.faults.add({ kind: "truncate", times: 1 });
    await expect(call("GET", "/v2/contacts")).rejects.toThrow(SyntaxError);
  });

  it("answers slowly by the sandbox's clock", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.faults.add({ kind: "slow", delay_ms: 60_000, times: 1 });
    let done = false;
    const answer = call("GET", "/v2/contacts").then(() => {
      done = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await sandbox.clock.advance(59_000);
    expect(done).toBe(false);
    await sandbox.clock.advance(1_000);
    await answer;
    expect(done).toBe(true);
  });

  it("adds, renames, retypes and drops a field", async () => {
    const { call, sandbox } = startSmallSandbox();
    const contact = async () => (await call("GET", "/v2/contacts/2")).body;
    const before = await contact();
    sandbox.faults.add({ kind: "field_add", field: "shoe", times: 1 });
    expect(await contact()).toHaveProperty("shoe");
    sandbox.faults.add({ kind: "field_rename", field: "given_name", to: "first_name", times: 1 });
    const renamed = await contact();
    expect([renamed.first_name, renamed.given_name]).toEqual(["Ben", undefined]);
    sandbox.faults.add({ kind: "field_retype", field: "given_name", times: 1 });
    expect((await contact()).given_name).toEqual({ value: "Ben" });
    sandbox.faults.add({ kind: "field_drop", field: "given_name", times: 1 });
    expect(await contact()).not.toHaveProperty("given_name");
    expect(await contact()).toEqual(before);
  });

  it("fires by chance, the same for a seed", async () => {
    const run = async (seed: number) => {
      const { call, sandbox } = startSmallSandbox({ seed });
      sandbox.faults.add({ kind: "status", probability: 0.3 });
      const statuses: number[] = [];
      for (let i = 0; i < 40; i++) statuses.push((await call("GET", "/v2/users")).status);
      return statuses.join();
    };
    const first = await run(5);
    expect(first).toBe(await run(5));
    expect(first).not.toBe(await run(6));
    expect(first).toContain("500");
    expect(first).toContain("200");
  });

  it("waits for the wanted call and path", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.faults.add({ kind: "status", path: "/v2/con*s", after: 1, times: 1 });
    const statuses: number[] = [];
    for (const path of ["/v2/users", "/v2/contacts", "/v2/contacts", "/v2/contacts"])
      statuses.push((await call("GET", path)).status);
    expect(statuses).toEqual([200, 200, 500, 200]);
  });

  it("refuses options it does not know", () => {
    const { sandbox } = startSmallSandbox();
    expect(() => sandbox.faults.add({ kind: "throttle", oftne: 3 } as never)).toThrow();
  });
});
