import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { SupabaseClient } from "@supabase/supabase-js";
import { DateTime } from "luxon";
import { beforeAll, describe, expect, it } from "vitest";
import { compareAccount } from "./compare-account";
import { collectedCents, readContacts, readPayments, readTransactions } from "./keap-account";
import { command, dev, keap, runCommand, sendEvent, serviceClient, signInAsAdmin, until } from "./running";

interface Answer {
  text: string;
  range: { from: string; to: string; zone: string };
  rows: Record<string, number | string | null>[];
  sql: string;
}
interface LogEntry {
  n: number;
  method: string;
  path: string;
  body?: unknown;
}

const question = "revenue by month this year";
const service = serviceClient();
let admin: SupabaseClient;

/** What Keap was asked since an entry of its log: writes only. */
async function writesSince(n: number): Promise<LogEntry[]> {
  const { entries } = (await (await fetch(`${dev.keap_url}/_sandbox/log?since=${n}&limit=2000`)).json()) as {
    entries: LogEntry[];
  };
  return entries.filter((entry) => entry.method !== "GET");
}

async function lastEntry(): Promise<number> {
  const { entries } = (await (await fetch(`${dev.keap_url}/_sandbox/log?limit=1`)).json()) as {
    entries: LogEntry[];
  };
  return entries.at(-1)?.n ?? 0;
}

/** The collected cents of an answer's rows: the one column that holds the metric. */
function sumOf(rows: Record<string, unknown>[]): number {
  return rows.reduce((sum, row) => sum + Number(row.revenue_collected ?? 0), 0);
}

async function firstContact(
  offset = 0,
): Promise<{ supabase_id: string; keap_id: number; given_name: string | null }> {
  const { data, error } = await service
    .from("contacts")
    .select("supabase_id, keap_id, given_name")
    .not("keap_id", "is", null)
    .is("deleted_at", null)
    .order("keap_id")
    .range(offset, offset)
    .single();
  if (error) throw new Error(error.message);
  return data;
}

beforeAll(async () => {
  admin = await signInAsAdmin();
  await until(
    "the whole Keap account to be copied in",
    async () => {
      const { backfill } = await command<{ backfill: { complete: boolean } }>(
        "sync",
        "--",
        "status",
        "--json",
      );
      return backfill.complete;
    },
    150_000,
  );
});

describe("the whole loop, as it runs", () => {
  it("holds every record of the Keap account", async () => {
    expect(await compareAccount(service)).toEqual([]);
  });

  it("sums revenue as Keap's payments do", async () => {
    const answer = await command<Answer>("ask", "--", question, "--json");
    const zone = answer.range.zone;
    const from = DateTime.now().setZone(zone).startOf("year");
    const [payments, transactions] = await Promise.all([readPayments(), readTransactions()]);
    const expected = collectedCents(
      payments,
      transactions,
      from.toJSDate(),
      from.plus({ years: 1 }).toJSDate(),
    );
    expect(sumOf(answer.rows)).toBe(expected);
    expect(expected).toBeGreaterThan(0);
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining(["text", "query", "definition", "sql", "range", "as_of", "rows", "chart"]),
    );
  });

  it("gives an MCP client the same number", async () => {
    const answer = await command<Answer & { query: unknown }>("ask", "--", question, "--json");
    const { key } = await command<{ key: string }>("keys", "--", "create", "Live test", "--json");
    const client = new Client({ name: "live-test", version: "1.0.0" });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${dev.url}/api/mcp`), {
        requestInit: { headers: { authorization: `Bearer ${key}` } },
      }),
    );
    try {
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toEqual(
        expect.arrayContaining(["list_metrics", "query_metric", "pin_chart"]),
      );
      const result = await client.callTool({ name: "query_metric", arguments: { query: answer.query } });
      const { result: table } = result.structuredContent as { result: { rows: Record<string, unknown>[] } };
      expect(sumOf(table.rows)).toBe(sumOf(answer.rows));
    } finally {
      await client.close();
    }
  });

  it("carries an SQL edit to Keap once", async () => {
    const contact = await firstContact(3);
    const before = await lastEntry();
    const name = `Live ${Date.now()}`;
    const { error } = await service
      .from("contacts")
      .update({ given_name: name })
      .eq("supabase_id", contact.supabase_id);
    expect(error).toBeNull();
    const arrived = await until(
      "the new name in Keap",
      async () =>
        (await keap<{ given_name?: string }>(`/v2/contacts/${contact.keap_id}?fields=given_name`))
          .given_name === name,
      15_000,
    );
    console.log(`SQL edit in Keap after ${arrived.ms} ms`);
    expect(arrived.ms).toBeLessThan(5_000);
    await until("the row to say synced", async () => {
      const { data } = await service
        .from("contacts")
        .select("sync_status")
        .eq("supabase_id", contact.supabase_id)
        .single();
      return data?.sync_status === "synced";
    });
    // The echo: Keap's change time moved, so the next poll reads the record back. It must change nothing.
    await runCommand("sync", "--", "poll", "--json");
    const writes = (await writesSince(before)).filter((entry) =>
      entry.path.includes(`/contacts/${contact.keap_id}`),
    );
    expect(writes).toHaveLength(1);
    expect(writes[0]?.method).toBe("PATCH");
  });

  it("brings an edit in Keap here", async () => {
    const contact = await firstContact(5);
    const name = `Keap ${Date.now()}`;
    const edit = await fetch(`${dev.keap_url}/_sandbox/records/contacts/${contact.keap_id}`, {
      method: "PATCH",
      body: JSON.stringify({ given_name: name }),
    });
    expect(edit.status).toBe(200);
    await runCommand("sync", "--", "poll", "--json");
    const { ms } = await until("the new name here", async () => {
      const { data } = await service
        .from("contacts")
        .select("given_name")
        .eq("supabase_id", contact.supabase_id)
        .single();
      return data?.given_name === name;
    });
    console.log(`Edit in Keap here ${ms} ms after the poll`);
  });

  it("tags exactly the people of an approved proposal", async () => {
    await sendEvent("analytics/score.requested");
    const { value: proposal } = await until(
      "a proposal",
      async () => {
        const { data } = await admin
          .from("proposals")
          .select("id, status, payload")
          .eq("status", "proposed")
          .limit(1)
          .maybeSingle();
        return data;
      },
      60_000,
    );
    const { data: items } = await admin
      .from("proposal_items")
      .select("contact_id")
      .eq("proposal_id", proposal.id);
    const { data: people } = await service
      .from("contacts")
      .select("keap_id, supabase_id")
      .in(
        "supabase_id",
        (items ?? []).map((item) => item.contact_id as string),
      );
    const wanted = (people ?? []).map((person) => String(person.keap_id)).sort();
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted).toHaveLength(items?.length ?? -1);

    const { error } = await admin.rpc("approve_proposal", { p_proposal: proposal.id });
    expect(error).toBeNull();
    await sendEvent("proposal/approved", { proposal_id: proposal.id });
    const { ms } = await until(
      "the tag on everybody in Keap",
      async () => {
        const tag = (await service.from("tags").select("keap_id").eq("name", "At risk").maybeSingle()).data
          ?.keap_id;
        if (!tag) return false;
        const tagged = (await readContacts()).filter((contact) => contact.tag_ids?.includes(String(tag)));
        return tagged.length >= wanted.length ? tagged.map(({ id }) => id).sort() : false;
      },
      60_000,
    );
    const tag = (await service.from("tags").select("keap_id").eq("name", "At risk").single()).data?.keap_id;
    const tagged = (await readContacts()).filter((contact) => contact.tag_ids?.includes(String(tag)));
    expect(tagged.map(({ id }) => id).sort()).toEqual(wanted);
    console.log(`${wanted.length} people tagged in Keap ${ms} ms after the approval`);
  });
});
