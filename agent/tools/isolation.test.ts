import { afterAll, beforeAll, expect, it } from "vitest";
import { seedWorld } from "@/supabase/tests/seed";
import { contextFor, openWorlds, type World } from "../testing/context";
import { toolList } from "./catalog";
import type { ToolContext } from "./context";
import { runTool, type ToolDefinition } from "./define-tool";
import { ToolError } from "./errors";
import { syncStatusTool } from "./sync-status";

/**
 * Over MCP and in jobs the tools hold the service client, before which no row security stands: their own conditions are
 * all there is. So every tool is called as a key of one account while another has something in every table.
 */
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
let ours: { contact: string };
let theirs: Record<"contact" | "tag" | "board" | "segment", string>;
/** Ids of all rows of theirs that people can see. */
let theirIds: string[];
const looked: number[] = [];

const marker = "Strangersecret";

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  const stranger = await seedWorld(world.database, marker);
  await world.database.sql("update public.contacts set keap_id = 99 where account_id = $1", [
    stranger.account_id,
  ]);
  const idIn = async (table: string) =>
    (
      await world.database.sql<{ id: string }>(`select id::text from public.${table} where account_id = $1`, [
        stranger.account_id,
      ])
    )[0]?.id ?? "";
  theirs = {
    contact: stranger.contact_id,
    tag: stranger.tag_id,
    board: await idIn("boards"),
    segment: await idIn("segments"),
  };
  const columns = await world.database.sql<{ table_name: string; column_name: string }>(
    `select c.table_name, c.column_name from information_schema.columns c
     join information_schema.columns a on a.table_schema = c.table_schema and a.table_name = c.table_name and a.column_name = 'account_id'
     join pg_tables t on t.schemaname = c.table_schema and t.tablename = c.table_name
     where c.table_schema = 'public' and c.column_name in ('id', 'supabase_id') and c.data_type = 'uuid'`,
  );
  const rows = await Promise.all(
    columns.map(({ table_name, column_name }) =>
      world.database.sql<{ id: string }>(
        `select ${column_name}::text as id from public.${table_name} where account_id = $1`,
        [stranger.account_id],
      ),
    ),
  );
  theirIds = [...rows.flat().map(({ id }) => id), stranger.account_id];
  expect(theirIds.length).toBeGreaterThan(30);
  const [contact = ""] = await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", email: "ann@example.test" },
  ]);
  await world.insert("tags", [{ keap_id: 1, name: "VIP" }]);
  ours = { contact };
  await world.database.service.rpc("create_board", { p_account: world.account.id, p_name: "Ours" });
  const { user_id, ...own } = await contextFor(world, { role: "admin" });
  context = {
    ...own,
    db: world.database.service,
    principal: {
      account_id: world.account.id,
      user_id,
      role: "admin",
      scopes: ["read", "propose"],
      via: "mcp_key",
    },
    keap: {
      find: async (_, keapId) => {
        looked.push(keapId);
        return { state: "absent", left: 1 };
      },
    },
    report: () => undefined,
  };
});
afterAll(() => worlds.stop());

const revenue = { metrics: ["revenue_collected"], range: { preset: "all_time" } };

/** What each tool is asked: everything it could show, and what is not ours by its id and by its name. */
const asked = (): Record<string, unknown[]> => ({
  list_metrics: [{}],
  describe_metric: [{ metric: "orders" }],
  query_metric: [
    { query: { ...revenue, dimensions: ["tag"] } },
    { query: { metrics: ["new_leads"], dimensions: ["tag"], range: { preset: "all_time" } } },
    { query: { ...revenue, filters: { dimension: "tag", is: [theirs.tag] } } },
  ],
  cohort: [{ kind: "purchase" }, { kind: "subscription" }],
  shape: [{ shape: "rfm_moves" }, { shape: "funnel", steps: ["lead", "purchase"] }],
  explain_change: [{ metric: "orders", range: { preset: "this_year" } }],
  forecast: [{ metric: "orders" }],
  find_contacts: [
    { limit: 100 },
    { search: marker },
    { has_tag: [theirs.tag] },
    { where: { not: { is: "customer" } } },
    { at_risk: true },
  ],
  find_records: [
    { kind: "deal" },
    { kind: "task" },
    { kind: "order" },
    { kind: "deal", contact_id: theirs.contact },
  ],
  get_contact: [{ contact_id: theirs.contact }, { search: marker }, { contact_id: ours.contact }],
  list_boards: [{}],
  get_board: [{ board: theirs.board }, { board: `${marker} board` }, { board: "Ours" }],
  pin_chart: [
    { board: theirs.board, query: revenue },
    { board: "Ours", query: revenue },
  ],
  saved_questions: [{}, { name: marker }],
  save_question: [{ name: marker, question: "x", query: revenue }],
  create_segment: [
    { name: "Theirs", has_tag: [theirs.tag] },
    { name: "All", where: { not: { is: "customer" } } },
  ],
  create_alert: [{ metric: "orders", when: "digest" }],
  list_goals: [{}],
  set_goal: [{ metric: "orders", target: 5, from: "2026-01-01", to: "2026-12-31" }],
  sync_status: [{}],
  list_conflicts: [{ limit: 100 }],
  keap_lookup: [
    { kind: "contact", contact_id: theirs.contact },
    { kind: "contact", contact_id: ours.contact },
  ],
  propose_tags: [
    { tag: "VIP", person: marker },
    { tag: "VIP", has_tag: [theirs.tag] },
    { tag: "VIP", contact_ids: [theirs.contact] },
    { tag: "VIP", bought_nothing: true },
  ],
  propose_update: [
    { changes: { given_name: "x" }, contact_ids: [theirs.contact] },
    { changes: { given_name: "x" }, person: marker },
    { changes: { job_title: "Owner" }, bought_nothing: true },
  ],
  propose_outreach: [
    { action: "task", task_title: "Call", person: marker },
    { action: "task", task_title: "Call", contact_ids: [theirs.contact] },
    { action: "sequence", campaign: marker, sequence: "s", bought_nothing: true },
    { action: "task", task_title: "Call", bought_nothing: true },
    // Refusals that name what there is.
    { action: "sequence", campaign: "None so called", bought_nothing: true },
    { action: "task", task_title: "Call", task_owner: "Nobody", bought_nothing: true },
  ],
  list_proposals: [{ limit: 100 }],
  search_knowledge: [{ query: marker }, { query: "knows note" }, { contact_id: theirs.contact }, {}],
  describe_schema: [{}],
  run_sql: [
    { sql: "select * from contacts" },
    { sql: `select * from contacts where contact_id = '${theirs.contact}'` },
    { sql: "select name from tags union all select name from products" },
  ],
});

/** Everything of the other account that a tool could change. */
const fingerprint = () =>
  world.database.sql(
    `select (select md5(string_agg(t::text, '|' order by t.id)) from public.boards t where account_id <> $1) as boards,
       (select md5(string_agg(t::text, '|' order by t.id)) from public.board_charts t where account_id <> $1) as charts,
       (select md5(string_agg(t::text, '|' order by t.id)) from public.goals t where account_id <> $1) as goals,
       (select md5(string_agg(t::text, '|' order by t.id)) from public.saved_queries t where account_id <> $1) as saved,
       (select md5(string_agg(t::text, '|' order by t.id)) from public.alerts t where account_id <> $1) as alerts,
       (select md5(string_agg(t::text, '|' order by t.id)) from public.segments t where account_id <> $1) as segments,
       (select md5(string_agg(t::text, '|' order by t.id)) from public.proposals t where account_id <> $1) as proposals,
       (select count(*) from public.proposal_items where account_id <> $1) as items,
       (select md5(string_agg(t::text, '|' order by t.supabase_id)) from public.contacts t where account_id <> $1) as contacts`,
    [world.account.id],
  );

it("no tool shows or changes another account's rows without row security", async () => {
  const inputs = asked();
  expect(Object.keys(inputs).sort(), "a new tool is asked here too").toEqual(
    toolList.map(({ name }) => name).sort(),
  );
  const before = await fingerprint();
  const leaks: string[] = [];
  const silent: string[] = [];
  for (const tool of toolList) {
    let answered = 0;
    for (const input of inputs[tool.name] ?? []) {
      const { ok, text } = await answerOf(tool, input);
      if (ok) answered++;
      else expect(text, "a call that is no call proves nothing").not.toMatch(/^The input of/);
      const words = JSON.stringify(input);
      // What was asked for may be said back.
      const found = [marker, "secret.test", ...theirIds].filter(
        (secret) => !words.includes(secret) && text.toLowerCase().includes(secret.toLowerCase()),
      );
      if (found.length > 0) leaks.push(`${tool.name} ${words} shows ${found[0]}`);
    }
    if (answered === 0) silent.push(tool.name);
  }
  expect(leaks).toEqual([]);
  // There is no history to forecast from; every other tool answered at least once.
  expect(silent).toEqual(["forecast"]);
  expect(looked, "Ann, and nobody of theirs").toEqual([1]);
  expect(await fingerprint()).toEqual(before);
  // Theirs has one that waits and one that was refused; ours was never synced.
  expect(await runTool(syncStatusTool, {}, context)).toMatchObject({ streams: [] });
});

async function answerOf(tool: ToolDefinition, input: unknown): Promise<{ ok: boolean; text: string }> {
  try {
    const output = await runTool(tool, input, context);
    return { ok: true, text: `${JSON.stringify(output)}\n${tool.describe(tool.output.parse(output))}` };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { ok: false, text: error.message };
  }
}
