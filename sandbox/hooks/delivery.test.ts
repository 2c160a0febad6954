import { describe, expect, it } from "vitest";
import { putRecord } from "../state";
import { startSmallSandbox } from "../testing/start";

interface Received {
  at: string;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a hook's body is what the tests look at
  body: any;
}

/** A receiver that answers what a test wants; by default it shakes hands and takes everything. */
function start(answer: (received: Received) => number | null = () => 200, options = {}) {
  const received: Received[] = [];
  const send: typeof fetch = async (_url, init) => {
    const headers = new Headers(init?.headers);
    const secret = headers.get("x-hook-secret");
    if (secret) return new Response(null, { status: 200, headers: { "x-hook-secret": secret } });
    const one = { at: started.sandbox.clock.iso(), headers, body: JSON.parse(String(init?.body)) };
    received.push(one);
    const status = answer(one);
    if (status === null) throw new TypeError("fetch failed");
    return new Response(null, { status });
  };
  const started = startSmallSandbox({ send, ...options });
  const register = async (eventKey: string) =>
    (await started.call("POST", "/v1/hooks", { body: { eventKey, hookUrl: "https://us.test/hook" } })).body;
  const rename = (name: string) =>
    started.call("PATCH", "/v2/contacts/2", {
      query: { update_mask: "given_name" },
      body: { given_name: name },
    });
  return { ...started, received, register, rename };
}

const seconds = (n: number) => n * 1_000;

describe("hook registration", () => {
  it("verifies by handshake and answers 200", async () => {
    const { register, call } = start();
    const hook = await register("contact.edit");
    expect(hook).toMatchObject({ eventKey: "contact.edit", status: "Verified" });
    expect((await call("GET", "/v1/hooks")).body).toEqual([hook]);
    expect((await call("DELETE", `/v1/hooks/${hook.key}`)).status).toBe(204);
    expect((await call("GET", `/v1/hooks/${hook.key}`)).status).toBe(404);
  });

  it("stays unverified until the secret comes back", async () => {
    let secret = "";
    const send: typeof fetch = async (_url, init) => {
      secret = new Headers(init?.headers).get("x-hook-secret") ?? secret;
      return new Response(null, { status: 200 });
    };
    const { call } = startSmallSandbox({ send });
    const hook = (
      await call("POST", "/v1/hooks", { body: { eventKey: "contact.add", hookUrl: "https://us.test/hook" } })
    ).body;
    expect(hook.status).toBe("Unverified");
    expect((await call("POST", `/v1/hooks/${hook.key}/delayedVerify`)).status).toBe(400);
    expect(
      (await call("POST", `/v1/hooks/${hook.key}/delayedVerify`, { headers: { "x-hook-secret": "wrong" } }))
        .body.status,
    ).toBe("Unverified");
    expect(
      (await call("POST", `/v1/hooks/${hook.key}/delayedVerify`, { headers: { "x-hook-secret": secret } }))
        .body.status,
    ).toBe("Verified");
  });

  it("refuses unknown events and relative addresses", async () => {
    const { call } = start();
    expect(
      (await call("POST", "/v1/hooks", { body: { eventKey: "tag.applied", hookUrl: "https://us.test" } }))
        .status,
    ).toBe(400);
    expect(
      (await call("POST", "/v1/hooks", { body: { eventKey: "contact.add", hookUrl: "/hook" } })).status,
    ).toBe(400);
    expect((await call("GET", "/v1/hooks/event_keys")).body).toContain("contactGroup.applied");
  });
});

describe("hook delivery", () => {
  it("comes 30 to 60 seconds after a change", async () => {
    const { register, rename, received, sandbox } = start();
    await register("contact.edit");
    await rename("Benny");
    await sandbox.clock.advance(seconds(29));
    expect(received).toHaveLength(0);
    await sandbox.clock.advance(seconds(31));
    expect(received[0]?.body).toEqual({
      event_key: "contact.edit",
      object_type: "contact",
      object_keys: [
        {
          id: 2,
          apiUrl: "https://api.infusionsoft.com/crm/rest/v1/contacts/2",
          timestamp: "2026-02-01T12:00:00.000Z",
        },
      ],
    });
  });

  it("comes after a second when told so", async () => {
    const { register, rename, received, sandbox } = start(() => 200, { switches: { hook_delay: "prompt" } });
    await register("contact.edit");
    await rename("Benny");
    await sandbox.clock.advance(seconds(1));
    expect(received).toHaveLength(1);
  });

  it("carries text ids without address when switched", async () => {
    const { register, rename, received, sandbox } = start(() => 200, {
      switches: { hook_id_type: "text", hook_api_url: false },
    });
    await register("contact.edit");
    await rename("Benny");
    await sandbox.clock.advance(seconds(60));
    expect(received[0]?.body.object_keys).toEqual([{ id: "2", timestamp: "2026-02-01T12:00:00.000Z" }]);
  });

  it("batches at most a thousand objects", async () => {
    const { register, received, sandbox } = start();
    await register("contact.add");
    for (let n = 100; n < 1_101; n++)
      putRecord(sandbox.account, "contacts", {
        id: String(n),
        create_time: sandbox.clock.iso(),
        update_time: sandbox.clock.iso(),
      });
    await sandbox.clock.advance(seconds(60));
    expect(received.map((one) => one.body.object_keys.length)).toEqual([1_000, 1]);
  });

  it("names the tag, minutes later, never the contact", async () => {
    const { register, call, received, sandbox } = start();
    await register("contactGroup.applied");
    await call("POST", "/v2/tags/2/contacts:applyTags", { body: { contact_ids: ["3"] } });
    await sandbox.clock.advance(seconds(299));
    expect(received).toHaveLength(0);
    await sandbox.clock.advance(seconds(301));
    expect(received[0]?.body.object_keys[0].id).toBe(2);
    expect(JSON.stringify(received[0]?.body)).not.toContain('applied\\"');
  });

  it("lists contacts as JSON text when switched", async () => {
    const { register, call, received, sandbox } = start(() => 200, {
      switches: { tag_hook_contacts: "json_text" },
    });
    await register("contactGroup.applied");
    await call("POST", "/v2/tags/2/contacts:applyTags", { body: { contact_ids: ["3", "4"] } });
    await sandbox.clock.advance(seconds(600));
    expect(JSON.parse(received[0]?.body.data)).toEqual([{ tagId: 2, applied: [3, 4] }]);
  });

  it("gives up silently after four attempts", async () => {
    const { register, rename, received, sandbox, call } = start(() => 500);
    const hook = await register("contact.edit");
    await rename("Benny");
    await sandbox.clock.advance(seconds(60 + 60 + 300 + 1_800));
    expect(received).toHaveLength(4);
    expect((await call("GET", `/v1/hooks/${hook.key}`)).body.status).toBe("Inactive");
    await rename("Ben");
    await sandbox.clock.advance(seconds(4_000));
    expect(received).toHaveLength(4);
    expect((await call("POST", `/v1/hooks/${hook.key}/verify`)).body.status).toBe("Verified");
  });

  it("retries when nobody answers", async () => {
    let down = true;
    const { register, rename, received, sandbox } = start(() => (down ? null : 200));
    await register("contact.edit");
    await rename("Benny");
    await sandbox.clock.advance(seconds(60));
    down = false;
    await sandbox.clock.advance(seconds(60));
    expect(received).toHaveLength(2);
    expect(sandbox.hooks.attempts().map((one) => one.outcome)).toEqual(["no answer", 200]);
  });

  it("goes inactive at once on a 410", async () => {
    const { register, rename, sandbox, call } = start(() => 410);
    const hook = await register("contact.edit");
    await rename("Benny");
    await sandbox.clock.advance(seconds(60));
    expect((await call("GET", `/v1/hooks/${hook.key}`)).body.status).toBe("Inactive");
  });

  it("tells a merge as the switch says", async () => {
    for (const [merge_hooks, expected] of [
      ["delete_and_edit", ["contact.delete", "contact.edit"]],
      ["edit", ["contact.edit"]],
      ["none", []],
    ] as const) {
      const { register, call, received, sandbox } = start(() => 200, { switches: { merge_hooks } });
      await register("contact.edit");
      await register("contact.delete");
      await call("POST", "/v2/contacts:merge", { body: { contact_id: "1", duplicate_contact_id: "5" } });
      await sandbox.clock.advance(seconds(60));
      expect(received.map((one) => one.body.event_key).sort()).toEqual(expected);
    }
  });

  it("tells a payment through payment and invoice", async () => {
    const { register, call, received, sandbox } = start();
    await register("invoice.payment.add");
    await register("invoice.edit");
    await call("POST", "/v2/orders/2/payments", {
      body: { payment_method_type: "Cash", payment_amount: 1, apply_to_commissions: false },
    });
    await sandbox.clock.advance(seconds(60));
    const objects = Object.fromEntries(
      received.map((one) => [one.body.event_key, [one.body.object_type, one.body.object_keys[0].id]]),
    );
    expect(objects).toEqual({
      "invoice.payment.add": ["invoice.payment", 2],
      "invoice.edit": ["invoice", 102],
    });
  });

  it("loses, doubles and delays on command", async () => {
    const { register, rename, received, sandbox } = start();
    await register("contact.edit");
    sandbox.faults.add({ kind: "hook_lost", times: 1 });
    await rename("A");
    await sandbox.clock.advance(seconds(60));
    expect(received).toHaveLength(0);
    sandbox.faults.add({ kind: "hook_double", times: 1 });
    await rename("B");
    await sandbox.clock.advance(seconds(60));
    expect(received).toHaveLength(2);
    sandbox.faults.add({ kind: "hook_late", times: 1, delay_ms: seconds(3_600) });
    await rename("C");
    await sandbox.clock.advance(seconds(60));
    expect(received).toHaveLength(2);
    await sandbox.clock.advance(seconds(3_600));
    expect(received).toHaveLength(3);
  });

  it("lets a later change overtake when reordered", async () => {
    const { register, rename, received, sandbox } = start();
    await register("contact.edit");
    sandbox.faults.add({ kind: "hook_reorder", times: 1 });
    await rename("First");
    await sandbox.clock.advance(seconds(60));
    await rename("Second");
    await sandbox.clock.advance(seconds(180));
    const times = received.map((one) => one.body.object_keys[0].timestamp);
    expect(times).toEqual(["2026-02-01T12:01:00.000Z", "2026-02-01T12:00:00.000Z"]);
  });
});
