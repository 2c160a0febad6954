import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "@/sandbox/sandbox";
import { startSmallSandbox } from "@/sandbox/testing/start";
import { pagesOf } from "./calls";
import { createKeapClient, type KeapClient, type KeapClientOptions } from "./client";
import { createScaledClock } from "./clock";
import { createMemoryQuota, documentedLimits } from "./quota";
import { emailSchema } from "./schemas";

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.stop());

/** The client through the simulated Keap's front door. Pauses between tries pass at once. */
function clientOf(of: Sandbox, options: Partial<KeapClientOptions> = {}): KeapClient {
  sandbox = of;
  return createKeapClient({
    auth: { kind: "token", token: of.token },
    fetch: (input, init) => of.fetch(new Request(input as string, init)),
    clock: { now: () => Date.now(), sleep: async () => undefined },
    quota: createMemoryQuota({ pace: "full", limits: { per_second: 1e6, per_minute: 1e6, per_day: 1e6 } }),
    ...options,
  });
}

const writes = (of: Sandbox) => of.log.writes().length;

async function idsOf(client: KeapClient, pageSize: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { items } of pagesOf((pageToken) =>
    client.contacts.list({ fields: ["id"], orderBy: "id asc", pageSize, pageToken }),
  )) {
    ids.push(...items.map(({ id }) => id));
  }
  return ids;
}

describe("the client against the simulated Keap", () => {
  it.each(["empty", "absent", "null"] as const)(
    "reads every contact when pages end with %s",
    async (page_end) => {
      const of = createSandbox({ contacts: 230, seed: 4, limits: "off", switches: { page_end } });
      const ids = await idsOf(clientOf(of), 100);
      expect(ids).toHaveLength(of.account.contacts.size);
      expect(ids).toEqual([...of.account.contacts.keys()].sort((a, b) => a - b).map(String));
    },
  );

  it("parses every record of a generated account", async () => {
    const client = clientOf(createSandbox({ contacts: 300, seed: 9, limits: "off" }));
    const pages = await Promise.all([
      client.contacts.list(),
      client.companies.list(),
      client.tags.list(),
      client.tagCategories.list(),
      client.products.list(),
      client.plans.list("-"),
      client.orders.list(),
      client.payments.list(),
      client.transactions.list(),
      client.subscriptions.list(),
      client.opportunities.list(),
      client.opportunityStages.list(),
      client.stageMoves.list(),
      client.notes.list(),
      client.tasks.list(),
      client.emails.list(),
      client.emailAddresses.list(),
      client.campaigns.list(),
      client.leadSources.list(),
      client.leadSourceExpenses.list("-"),
      client.affiliates.list(),
      client.referrals.list(),
      client.users.list({ filter: { include_inactive: true, include_partners: true } }),
      client.merchants.list(),
      client.customFields.model("contacts"),
    ]);
    for (const page of pages) {
      expect(page.rejected).toEqual([]);
      expect(page.items.length).toBeGreaterThan(0);
      // Nothing of Keap's documented answers is unknown to the schemas.
      for (const item of page.items) expect(item.raw).toEqual({});
    }
  });

  it("keeps the other addresses when one is added", async () => {
    const { sandbox: of } = startSmallSandbox();
    const client = clientOf(of);
    const before = await client.contacts.get("1", { fields: ["email_addresses"] });
    const emails = (before.email_addresses ?? []).map((email) =>
      emailSchema.pick({ email: true, field: true }).parse(email),
    );
    const body = [...emails, { email: "second@example.com", field: "EMAIL3" as const }] as {
      email: string;
      field: "EMAIL1" | "EMAIL2" | "EMAIL3";
    }[];
    const after = await client.contacts.update("1", { email_addresses: body });
    expect(after.email_addresses?.map(({ email }) => email)).toEqual([
      ...emails.map(({ email }) => email),
      "second@example.com",
    ]);
    expect(after.family_name).toBe("Able");
  });

  it("reports results per contact when tagging", async () => {
    const { sandbox: of } = startSmallSandbox();
    const client = clientOf(of);
    const tag = await client.tags.create({ name: "At risk" });
    const first = await client.tags.applyTo(tag.id, ["1", "2", "999"]);
    expect(first.get("1")).toBe("SUCCESS");
    expect(first.get("999")).not.toBe("SUCCESS");
    const tagged = await client.tags.contacts(tag.id, {
      filter: { since_applied_time: new Date(of.clock.now() - 1000) },
    });
    expect(tagged.items.map(({ id }) => id).sort()).toEqual(["1", "2"]);
    await client.tags.removeFrom(tag.id, ["1"]);
    expect((await client.tags.contacts(tag.id)).items.map(({ id }) => id)).toEqual(["2"]);
  });

  it("reads again after failures, truncation and resets", async () => {
    const { sandbox: of } = startSmallSandbox();
    const client = clientOf(of);
    of.faults.add({ kind: "html", status: 502, times: 1 });
    of.faults.add({ kind: "truncate", after: 1, times: 1 });
    of.faults.add({ kind: "reset_after", after: 2, times: 1 });
    expect((await client.contacts.list()).items.length).toBe(of.account.contacts.size);
  });

  it("leaves a write alone whose answer was lost", async () => {
    const { sandbox: of } = startSmallSandbox();
    const client = clientOf(of);
    of.faults.add({ kind: "reset_after", method: "POST", times: 1 });
    await expect(client.tags.create({ name: "Once" })).rejects.toMatchObject({
      kind: "network",
      outcome: "unknown",
    });
    expect(writes(of)).toBe(1);
    expect((await client.tags.list({ filter: { name: "Once" } })).items).toHaveLength(1);
  });

  it("waits out a throttle and then goes on", async () => {
    const { sandbox: of } = startSmallSandbox();
    const clock = createScaledClock(100);
    const client = clientOf(of, { clock, quota: createMemoryQuota({ pace: "full", clock }) });
    of.faults.add({ kind: "throttle", retry_after: 20, times: 1 });
    const began = clock.now();
    await client.tags.list();
    expect(clock.now() - began).toBeGreaterThanOrEqual(20_000);
  });

  it("sets bent records aside and keeps new fields", async () => {
    const { sandbox: of } = startSmallSandbox();
    const client = clientOf(of);
    of.faults.add({ kind: "field_retype", field: "given_name", path: "/v2/contacts", times: 1 });
    const bent = await client.contacts.list();
    expect(bent.items.length + bent.rejected.length).toBe(of.account.contacts.size);
    expect(bent.rejected[0]).toMatchObject({
      keap_id: expect.any(String),
      reason: expect.stringContaining("given_name"),
    });
    of.faults.add({ kind: "field_add", field: "loyalty_level", path: "/v2/contacts", times: 1 });
    expect((await client.contacts.list()).items[0]?.raw).toHaveProperty("loyalty_level");
  });

  it("names a wrong credential and its cure", async () => {
    const { sandbox: of } = startSmallSandbox();
    const client = clientOf(of, { auth: { kind: "token", token: "wrong" } });
    await expect(client.userInfo()).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("KEAP_TOKEN"),
    });
  });

  it("stays under an enforced limit by itself", async () => {
    const scale = 600;
    const of = createSandbox({ contacts: 0, scale });
    const clock = createScaledClock(scale);
    const client = clientOf(of, {
      clock,
      maxAttempts: 1,
      quota: createMemoryQuota({ pace: "full", limits: documentedLimits.token, clock }),
    });
    await Promise.all(Array.from({ length: 500 }, () => client.tags.list({ maxWaitMs: 1e9 })));
    expect(of.log.entries.filter(({ status }) => status === 429)).toEqual([]);
  });
});
