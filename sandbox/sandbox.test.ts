import { setupServer } from "msw/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableNames } from "./account";
import { generateAccount } from "./generator/generate";
import { createSandbox } from "./sandbox";
import { startSmallSandbox } from "./testing/start";

describe("the same handlers everywhere", () => {
  const { sandbox } = startSmallSandbox();
  const server = setupServer(...sandbox.handlers);
  beforeAll(() => server.listen({ onUnhandledRequest: "error" } as never));
  afterAll(() => server.close());

  it("answers plain fetch through msw", async () => {
    const response = await fetch("https://api.infusionsoft.com/crm/rest/v2/contacts/1?fields=given_name", {
      headers: { authorization: `Bearer ${sandbox.token}` },
    });
    expect(await response.json()).toEqual({ id: "1", given_name: "Ann" });
  });

  it("breaks plain fetch on a reset", async () => {
    sandbox.faults.add({ kind: "reset_before", times: 1 });
    await expect(
      fetch("https://api.infusionsoft.com/crm/rest/v2/users", {
        headers: { authorization: `Bearer ${sandbox.token}` },
      }),
    ).rejects.toThrow();
  });
});

describe("the generated account", () => {
  it("holds every table in order of id", () => {
    const account = generateAccount({ seed: 4, contacts: 150, endDate: new Date("2026-02-01T12:00:00Z") });
    for (const table of tableNames) {
      const ids = [...account[table].keys()];
      expect(ids, table).toEqual(ids.toSorted((a, b) => a - b));
      expect(
        [...account[table].values()].map((one) => Number(one.id)),
        table,
      ).toEqual(ids);
    }
  });

  it("serves a whole generated account, page by page", async () => {
    const sandbox = createSandbox({ seed: 3, contacts: 120, now: "2026-02-01T12:00:00Z", limits: "off" });
    const expected = generateAccount({ seed: 3, contacts: 120, endDate: new Date("2026-02-01T12:00:00Z") });
    const seen: string[] = [];
    for (let token = ""; ; ) {
      const url = `https://api.infusionsoft.com/crm/rest/v2/orders?page_size=50${token && `&page_token=${token}`}`;
      const body = await (
        await sandbox.fetch(url, { headers: { authorization: `Bearer ${sandbox.token}` } })
      ).json();
      seen.push(...body.orders.map((order: { id: string }) => order.id));
      token = body.next_page_token;
      if (token === "") break;
    }
    expect(seen).toEqual([...expected.orders.keys()].map(String));
  });
});
