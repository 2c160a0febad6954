import { describe, expect, it } from "vitest";
import { pagesOf } from "./calls";
import { createKeapClient, type KeapClientOptions } from "./client";
import { KeapError } from "./errors";
import { createMemoryQuota } from "./quota";
import { createVirtualClock } from "./testing/virtual-clock";

type Reply = Response | Error | ((request: Request) => Response | Promise<Response>);

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

/** Keap, answering what the test lines up; the last reply stays. Pauses pass at once. */
function keap(...replies: Reply[]) {
  const requests: { method: string; url: URL; body: unknown; headers: Headers }[] = [];
  const fakeFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.clone().text();
    requests.push({
      method: request.method,
      url: new URL(request.url),
      body: text ? JSON.parse(text) : undefined,
      headers: request.headers,
    });
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) as Reply;
    if (reply instanceof Error) throw reply;
    return typeof reply === "function" ? reply(request) : reply.clone();
  };
  const pauses: number[] = [];
  const virtual = createVirtualClock();
  const clock = { now: virtual.now, sleep: async (ms: number) => void pauses.push(ms) };
  const options: KeapClientOptions = {
    baseUrl: "https://keap.test",
    auth: { kind: "token", token: "KeapAK-secret" },
    fetch: fakeFetch,
    clock,
    random: () => 0.5,
    quota: createMemoryQuota({
      pace: "full",
      limits: { per_second: 1000, per_minute: 1000, per_day: 30_000 },
    }),
  };
  return { client: createKeapClient(options), requests, pauses, options };
}

const socketError = (code: string) =>
  Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) });

describe("reading", () => {
  it("sends declared parameters and the credential", async () => {
    const { client, requests } = keap(json({ contacts: [], next_page_token: "" }));
    await client.contacts.list({
      filter: { ids: ["1", "2"] },
      orderBy: "id asc",
      fields: ["id", "tag_ids"],
      pageSize: 50,
    });
    expect(requests[0]?.url.href).toBe(
      "https://keap.test/crm/rest/v2/contacts?filter=ids%3D%3D1,2&order_by=id%20asc&fields=id,tag_ids&page_size=50",
    );
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer KeapAK-secret");
  });

  it("always sends fields where they are declared", async () => {
    const { client, requests } = keap(json({ contacts: [], opportunities: [] }));
    await client.contacts.list().catch(() => undefined);
    expect(requests[0]?.url.searchParams.get("fields")?.split(",")).toEqual(
      expect.arrayContaining([
        "custom_fields",
        "tag_ids",
        "utm_parameters",
        "update_time",
        "last_updated_by",
        "leadsource_id",
      ]),
    );
    await client.opportunities.list().catch(() => undefined);
    expect(requests[1]?.url.searchParams.getAll("fields")).toEqual([
      "custom_fields",
      "created_by",
      "last_updated_by",
      "status_id",
    ]);
  });

  it("keeps unknown fields and coerces ids", async () => {
    const { client } = keap(json({ contacts: [{ id: 7, given_name: null, shoe_size: 43, owner_id: 12 }] }));
    const { items } = await client.contacts.list();
    expect(items).toEqual([{ id: "7", given_name: null, owner_id: "12", raw: { shoe_size: 43 } }]);
  });

  it("sets a malformed record aside, keeping others", async () => {
    const { client } = keap(
      json({
        contacts: [
          { id: "1" },
          { id: "2", given_name: { first: "Ann" } },
          { given_name: "No id" },
          { id: "4" },
        ],
      }),
    );
    const { items, rejected } = await client.contacts.list();
    expect(items.map(({ id }) => id)).toEqual(["1", "4"]);
    expect(rejected).toMatchObject([
      { index: 1, keap_id: "2", reason: expect.stringContaining("given_name") },
      { index: 2, keap_id: null, reason: expect.stringContaining("id") },
    ]);
  });

  it("follows page tokens in all three shapes", async () => {
    const { client, requests } = keap(
      json({ contacts: [{ id: "1" }], next_page_token: "opaque==" }),
      json({
        contacts: [{ id: "2" }],
        next_page_token:
          "https://api.infusionsoft.com/crm/rest/v2/tags/9/contacts?page_size=1&page_token=a%2Bb",
      }),
      json({ contacts: [{ id: "3" }], next_page_token: null }),
    );
    const ids: string[] = [];
    for await (const { items } of pagesOf((pageToken) =>
      client.tags.contacts("9", { pageSize: 1, pageToken }),
    )) {
      ids.push(...items.map(({ id }) => id));
    }
    expect(ids).toEqual(["1", "2", "3"]);
    expect(requests.map(({ url }) => url.searchParams.get("page_token"))).toEqual([null, "opaque==", "a+b"]);
    expect(requests.every(({ url }) => url.searchParams.get("page_size") === "1")).toBe(true);
  });

  it("refuses an answer whose list is missing", async () => {
    const { client } = keap(json({ people: [{ id: "1" }], next_page_token: "" }));
    await expect(client.contacts.list()).rejects.toMatchObject({ kind: "malformed" });
    expect((await keap(json({})).client.contacts.list()).items).toEqual([]);
    expect((await keap(json({ automation_count: 0 })).client.automations.list()).items).toEqual([]);
  });

  it("refuses a page that names itself next", async () => {
    const { client } = keap(json({ tags: [{ id: "1" }], next_page_token: "t" }));
    await expect(client.tags.list({ pageToken: "t" })).rejects.toMatchObject({ kind: "malformed" });
  });

  it("tries a read again after passing failures", async () => {
    const { client, requests, pauses } = keap(
      new Response("<html><body><h1>502 Bad Gateway</h1></body></html>", { status: 502 }),
      socketError("ECONNRESET"),
      new Response("<html>maintenance</html>", { status: 200 }),
      json({ tags: [{ id: "1" }] }),
    );
    expect((await client.tags.list()).items).toHaveLength(1);
    expect(requests).toHaveLength(4);
    expect(pauses).toEqual([1000, 2000, 4000]);
  });

  it("gives up a read after four tries", async () => {
    const { client, requests } = keap(new Response("", { status: 503 }));
    await expect(client.tags.list()).rejects.toMatchObject({ kind: "server", status: 503, retryable: true });
    expect(requests).toHaveLength(4);
  });

  it("times out at the time given", async () => {
    const { options } = keap(json({}));
    const hanging: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
      );
    const client = createKeapClient({ ...options, fetch: hanging, maxAttempts: 1 });
    await expect(client.tags.list({ timeoutMs: 20 })).rejects.toMatchObject({
      kind: "timeout",
      outcome: "not_applied",
    });
    await expect(client.tags.delete("1", { timeoutMs: 20 })).rejects.toMatchObject({
      kind: "timeout",
      outcome: "unknown",
      retryable: false,
    });
  });

  it("stops at once when the caller cancels", async () => {
    const { options } = keap(json({}));
    const stop = new AbortController();
    const hanging: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
      );
    const reading = createKeapClient({ ...options, fetch: hanging }).tags.list({ signal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    await expect(reading).rejects.toMatchObject({ kind: "aborted" });
  });
});

describe("errors", () => {
  it.each([
    [
      json(
        {
          fault: {
            faultstring: "Invalid Access Token",
            detail: { errorcode: "keymanagement.service.invalid_access_token" },
          },
        },
        401,
      ),
      { kind: "auth", code: "keymanagement.service.invalid_access_token", callerCanFix: true },
    ],
    [json({ code: 403, message: "Forbidden", status: "FORBIDDEN", details: [] }, 403), { kind: "forbidden" }],
    [json({ message: "Contact not found" }, 404), { kind: "not_found" }],
    [
      json(
        {
          code: 400,
          message: "bad filter",
          status: "INVALID_ARGUMENT",
          details: [{ domain: "contact", resource: "email" }],
        },
        400,
      ),
      { kind: "invalid", retryable: false },
    ],
    [json({ code: 409, message: "exists" }, 409), { kind: "conflict" }],
    [json({ message: "not implemented" }, 501), { kind: "invalid", callerCanFix: true }],
  ])("names the cure and does not repeat: %#", async (reply, expected) => {
    const { client, requests } = keap(reply);
    const error = await client.tags.get("3").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(KeapError);
    expect(error).toMatchObject(expected);
    expect((error as KeapError).operation).toBe("GET /v2/tags/{tag_id}");
    expect(requests).toHaveLength(1);
  });

  it("keeps personal data out of messages", async () => {
    const { client } = keap(json({ message: "no such address" }, 404));
    const error = (await client.emailAddresses
      .getStatus("ann@example.com")
      .catch((caught: unknown) => caught)) as KeapError;
    expect(error.message).not.toContain("ann@example.com");
    expect(error.message).not.toContain("KeapAK");
  });

  it("waits for the throttle's own time", async () => {
    const throttled = json(
      { code: "429", message: "Quota Exceeded", status: "Request Throttled", details: null },
      429,
      { "retry-after": "900" },
    );
    const { client, requests } = keap(throttled);
    const error = await client.tags.list().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: "throttled", retryable: true });
    expect((error as KeapError).retryAfterMs).toBeGreaterThan(890_000);
    expect(requests).toHaveLength(1);
  });
});

describe("writing", () => {
  it("names what it changes in the mask", async () => {
    const { client, requests } = keap(json({ id: "5", given_name: "Ann" }));
    await client.contacts.update("5", { given_name: "Ann", custom_fields: [{ id: "3", content: "x" }] });
    expect(requests[0]?.method).toBe("PATCH");
    expect(requests[0]?.url.searchParams.getAll("update_mask")).toEqual(["given_name", "custom_fields"]);
    expect(requests[0]?.body).toEqual({ given_name: "Ann", custom_fields: [{ id: "3", content: "x" }] });
  });

  it("calls the user's title by its mask name", async () => {
    const { client, requests } = keap(json({ id: "5" }));
    await client.users.update("5", { title: "Owner" });
    expect(requests[0]?.url.searchParams.getAll("update_mask")).toEqual(["job_title"]);
  });

  it("refuses to write what Keap cannot", async () => {
    const { client, requests } = keap(json({ id: "5" }));
    const update = async () => client.contacts.update("5", { score_value: 3 } as never);
    await expect(update()).rejects.toMatchObject({ kind: "invalid", outcome: "not_applied" });
    await expect((async () => client.tags.update("5", {}))()).rejects.toThrow("nothing to change");
    expect(requests).toHaveLength(0);
  });

  it.each([
    ["a reset connection", socketError("ECONNRESET"), "unknown"],
    ["a server error", new Response("", { status: 500 }), "unknown"],
    ["an unreadable success", new Response("<html>ok</html>", { status: 200 }), "unknown"],
  ])("never repeats a write after %s", async (_, reply, outcome) => {
    const { client, requests } = keap(reply);
    await expect(client.tags.create({ name: "VIP" })).rejects.toMatchObject({ outcome, retryable: false });
    expect(requests).toHaveLength(1);
  });

  it("repeats a write that was never sent", async () => {
    const { client, requests } = keap(socketError("ECONNREFUSED"), json({ id: "9", name: "VIP" }, 201));
    await expect(client.tags.create({ name: "VIP" })).resolves.toMatchObject({ id: "9" });
    expect(requests).toHaveLength(2);
  });

  it("tells a made contact from a found one", async () => {
    const { client, requests } = keap(json({ id: "1" }, 201), json({ id: "1" }, 200));
    const body = { email_addresses: [{ field: "EMAIL1" as const, email: "a@b.example" }] };
    expect((await client.contacts.create(body, { duplicateOption: "Email" })).created).toBe(true);
    expect((await client.contacts.create(body, { duplicateOption: "Email" })).created).toBe(false);
    expect(requests[0]?.url.searchParams.get("duplicate_option")).toBe("Email");
  });

  it("never lets a subscription charge a card", async () => {
    const { client, requests } = keap(json({ id: "1" }, 201));
    await client.subscriptions.create({
      contact_id: "1",
      subscription_plan_id: "2",
      auto_charge: true,
    } as never);
    expect(requests[0]?.body).toMatchObject({ auto_charge: false });
  });

  it("reports tag results for each contact asked", async () => {
    const { client } = keap(json({ results: { 1: "SUCCESS", 2: "CONTACT_NOT_FOUND" } }));
    const results = await client.tags.applyTo("9", ["1", "2", "3"]);
    expect([...results]).toEqual([
      ["1", "SUCCESS"],
      ["2", "CONTACT_NOT_FOUND"],
      ["3", null],
    ]);
    await expect(
      client.tags.applyTo(
        "9",
        Array.from({ length: 101 }, (_, at) => String(at)),
      ),
    ).rejects.toMatchObject({
      kind: "invalid",
    });
  });

  it("accepts answers without a body", async () => {
    const { client } = keap(new Response(null, { status: 204 }));
    await expect(client.tags.removeFrom("9", ["1"])).resolves.toBeUndefined();
    await expect(client.subscriptions.deactivate("9", "moved away")).resolves.toBeUndefined();
  });

  it("counts a goal as achieved only when named", async () => {
    const { client, requests } = keap(
      json({ results: [{ success: true, automation_id: 4, goal_id: 5 }] }),
      json({ results: [] }),
      json({ results: [{ success: true }, { success: false, message: "no such call name" }] }),
    );
    const goal = { contact_id: "12", integration: "keapsake", call_name: "winback" };
    expect((await client.automations.achieveGoal(goal)).achieved).toBe(true);
    expect(requests[0]?.body).toEqual({ contact_id: 12, integration: "keapsake", call_name: "winback" });
    expect((await client.automations.achieveGoal(goal)).achieved).toBe(false);
    expect((await client.automations.achieveGoal(goal)).achieved).toBe(false);
  });

  it("codes mail bodies and wants one sender", async () => {
    const { client, requests } = keap(new Response(null, { status: 202 }));
    await client.emails.send({ contacts: ["1"], subject: "Hello", user_id: "2", plain_content: "Grüße" });
    expect(requests[0]?.body).toMatchObject({ plain_content: "R3LDvMOfZQ==" });
    expect(() => client.emails.send({ contacts: ["1"], subject: "Hello" })).toThrow("exactly one");
  });
});

describe("version one", () => {
  it("manages hooks at their own address", async () => {
    const hook = {
      key: "77",
      eventKey: "contact.add",
      hookUrl: "https://app.example/h",
      status: "Unverified",
    };
    const { client, requests } = keap(json(hook));
    expect(
      (await client.hooks.create({ eventKey: "contact.add", hookUrl: "https://app.example/h" })).status,
    ).toBe("Unverified");
    await client.hooks.delayedVerify("77", "s3cret");
    expect(requests[0]?.url.pathname).toBe("/crm/rest/v1/hooks");
    expect(requests[1]?.url.pathname).toBe("/crm/rest/v1/hooks/77/delayedVerify");
    expect(requests[1]?.headers.get("x-hook-secret")).toBe("s3cret");
  });

  it("pages appointments by their offset", async () => {
    const { client, requests } = keap(
      json({ appointments: [{ title: "Demo" }, { title: "Call" }], count: 3 }),
      json({ appointments: [{ title: "Last" }] }),
    );
    const first = await client.appointments.list({ limit: 2 });
    expect(first.nextOffset).toBe(2);
    expect((await client.appointments.list({ limit: 2, offset: 2 })).nextOffset).toBeNull();
    expect(requests[1]?.url.search).toBe("?limit=2&offset=2");
  });
});

describe("lanes", () => {
  it("reports each call with its lane", async () => {
    const { options } = keap(json({ tags: [] }));
    const lanes: string[] = [];
    const client = createKeapClient({
      ...options,
      lane: "backfill",
      onCall: ({ lane, operation }) => lanes.push(`${lane} ${operation}`),
    });
    await client.tags.list();
    await client.inLane("hook").tags.list();
    await client.inLane("hook").tags.list({ lane: "interactive" });
    expect(lanes).toEqual(["backfill GET /v2/tags", "hook GET /v2/tags", "interactive GET /v2/tags"]);
  });
});
