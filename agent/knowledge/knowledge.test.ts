import { afterAll, beforeAll, expect, it } from "vitest";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { searchKnowledgeTool } from "../tools/search-knowledge";
import type { Embedder } from "./embedder";
import { indexKnowledge } from "./index-account";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
let ann: string;

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  [ann = ""] = await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", notes: "Prefers calls in the morning" },
    { keap_id: 2, given_name: "Bob" },
  ]);
  await world.insert("users", [
    { keap_id: 5, given_name: "Nadia", family_name: "Okafor" },
    { keap_id: 6, given_name: "Theo", family_name: "Marsh" },
  ]);
  await world.insert("products", [
    { keap_id: 1, name: "Tabletop Kiln", description: "Fires ceramics at home" },
  ]);
  await world.insert("interactions", [
    {
      keap_id: 1,
      kind: "note",
      contact_keap_id: 1,
      user_keap_id: 5,
      title: "Complaint",
      body: "The kiln arrived broken, she was refunded in full.",
      occurred_at: "2026-03-01T12:00:00Z",
    },
    {
      keap_id: 2,
      kind: "note",
      contact_keap_id: 2,
      title: "Call",
      body: "Happy with the course.",
      occurred_at: "2026-03-02T12:00:00Z",
    },
    {
      keap_id: 3,
      kind: "task",
      contact_keap_id: 2,
      user_keap_id: 6,
      title: "Refund the shipping",
      body: null,
      due_at: "2026-03-03T12:00:00Z",
    },
    {
      keap_id: 4,
      kind: "note",
      contact_keap_id: 2,
      title: "Old",
      body: "refund refund refund",
      deleted_at: "2026-03-03T12:00:00Z",
    },
  ]);
  const other = await worlds.world();
  await other.insert("contacts", [{ keap_id: 1, given_name: "Stranger" }]);
  await other.insert("interactions", [
    { keap_id: 1, kind: "note", contact_keap_id: 1, title: "Refund", body: "refund of a stranger" },
  ]);
  await other.insert("companies", [{ keap_id: 1, company_name: "Stranger Inc", notes: "refund" }]);
  await index(other);
  expect(await index()).toEqual({ indexed: 5, forgotten: 0, embedded: 0, more: false });
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

/** What the job does. */
const index = (of: World = world, embedder?: Embedder) =>
  indexKnowledge(of.account.id, { service: of.database.service, embedder });

const search = (input: Record<string, unknown>) => runTool(searchKnowledgeTool, input, context);
const titles = async (input: Record<string, unknown>) =>
  (await search(input)).results.map(({ title }) => title).sort();

it("finds other forms of a word, in its own account", async () => {
  expect(await titles({ query: "refunds" })).toEqual(["Complaint", "Refund the shipping"]);
});

it("cites who, when and where", async () => {
  const { results } = await search({ query: "broken kiln" });
  expect(results[0]).toMatchObject({
    kind: "note",
    contact_id: ann,
    contact_name: "Ann",
    url: `http://localhost:3000/contacts/${ann}`,
  });
  expect(results[0]?.snippet).toContain("arrived broken");
});

it("takes phrases and words to leave out", async () => {
  expect(await titles({ query: '"arrived broken"' })).toEqual(["Complaint"]);
  expect(await titles({ query: "refund -kiln" })).toEqual(["Refund the shipping"]);
});

it("falls back to similar spelling and says so", async () => {
  expect(await search({ query: "ceramcs" })).toMatchObject({
    matched: "spelling",
    results: [{ kind: "product" }],
  });
});

it("narrows to a person and a kind", async () => {
  expect(await titles({ query: "refund", kinds: ["task"] })).toEqual(["Refund the shipping"]);
  expect(await titles({ query: "calls morning", contact_id: ann })).toEqual(["Notes on the profile"]);
});

it("narrows to who wrote it and to days", async () => {
  const titles = async (input: Record<string, unknown>) =>
    (
      (await runTool(searchKnowledgeTool, { query: "refund", ...input }, context)) as {
        results: { title: string }[];
      }
    ).results.map(({ title }) => title);
  expect(await titles({ author: "Nadia" })).toEqual(["Complaint"]);
  expect(await titles({ author: "Theo Marsh" })).toEqual(["Refund the shipping"]);
  expect(await titles({ from: "2026-03-01", to: "2026-03-01" })).toEqual(["Complaint"]);
  expect(await titles({ from: "2026-04-01" })).toEqual([]);
});

it("takes the texts that hold some of the words where none holds all, and says so", async () => {
  // The complaint holds kiln and broken, the product kiln, the task shipping; no text holds all three.
  const found = await search({ query: "kiln broken shipping" });
  expect(found).toMatchObject({ matched: "some", total: 3 });
  expect(found.results[0]?.title).toBe("Complaint");
  expect(await titles({ query: "zeppelin or shipping" })).toEqual(["Refund the shipping"]);
});

it("lists the newest where nothing is looked for", async () => {
  const found = await search({ kinds: ["note", "task"] });
  expect(found).toMatchObject({ matched: "newest", total: 3 });
  expect(found.results.map(({ title }) => title)).toEqual(["Refund the shipping", "Call", "Complaint"]);
  expect((await search({ author: "Nadia", kinds: ["note"] })).results).toHaveLength(1);
});

it("says so while many texts wait for the index", async () => {
  const young = await worlds.world();
  await young.insert("contacts", [{ keap_id: 1, given_name: "Ann" }]);
  await young.insert(
    "interactions",
    Array.from({ length: 120 }, (_, at) => ({
      keap_id: at + 1,
      kind: "note",
      contact_keap_id: 1,
      title: `Note ${at}`,
      body: "parcel",
    })),
  );
  const found = await runTool(
    searchKnowledgeTool,
    { query: "zeppelin" },
    await contextFor(young, { role: "analyst" }),
  );
  expect(found).toMatchObject({ total: 0, waiting: 120 });
  expect(searchKnowledgeTool.describe?.(found as never)).toContain("still being built: 120 texts");
});

it("says plainly when nothing fits", async () => {
  expect(await search({ query: "zeppelin flight" })).toMatchObject({ total: 0, matched: "nothing" });
});

it("is closed to viewers", async () => {
  const viewer = await contextFor(world, { role: "viewer" });
  await expect(runTool(searchKnowledgeTool, { query: "refund" }, viewer)).rejects.toThrow(
    /not open to the role/,
  );
});

it("finds what the index does not hold yet", async () => {
  await world.insert("interactions", [
    { keap_id: 49, kind: "note", contact_keap_id: 2, title: "New", body: "asked about leather tongs" },
  ]);
  expect(await titles({ query: "leather tong" })).toEqual(["New"]);
  await index();
  expect(await titles({ query: "leather tong" })).toEqual(["New"]);
});

it("costs nothing when nothing changed", async () => {
  expect(await index()).toEqual({ indexed: 0, forgotten: 0, embedded: 0, more: false });
});

it("quotes no text changed since it was indexed", async () => {
  const [id] = await world.insert("interactions", [
    { keap_id: 50, kind: "note", contact_keap_id: 2, title: "Secret", body: "passport of a whistleblower" },
  ]);
  await index();
  expect(await titles({ query: "whistleblower" })).toEqual(["Secret"]);
  await world.database.sql("update public.interactions set body = 'redacted' where supabase_id = $1", [id]);
  // Before the job has run: the old words are found by nobody.
  expect(await titles({ query: "whistleblower" })).toEqual([]);
  expect((await index()).indexed).toBe(1);
  expect(await titles({ query: "redacted" })).toEqual(["Secret"]);
});

it("lets deleted records leave the index", async () => {
  const [id] = await world.insert("interactions", [
    { keap_id: 51, kind: "note", contact_keap_id: 2, title: "Gone", body: "ephemeral remark" },
  ]);
  await index();
  await world.database.sql("update public.interactions set deleted_at = now() where supabase_id = $1", [id]);
  expect(await titles({ query: "ephemeral" })).toEqual([]);
  expect((await index()).forgotten).toBe(1);
  const left = await world.database.sql("select id from public.knowledge_documents where source_id = $1", [
    id,
  ]);
  expect(left).toEqual([]);
});

it("finds uploads until they are removed", async () => {
  const admin = await world.database.signUp({ account_id: world.account.id, role: "admin" });
  const add = () =>
    admin.client.rpc("store_upload", {
      p_account: world.account.id,
      p_title: "Return policy",
      p_file: "policy.md",
      p_chunks: ["Opened glazes cannot be returned."],
    });
  const { data: id } = await add();
  expect((await add()).data).toBe(id);
  const { results } = await search({ query: "opened glazes" });
  expect(results).toMatchObject([
    {
      kind: "upload",
      title: "Return policy",
      url: "http://localhost:3000/settings/knowledge",
      contact_id: null,
    },
  ]);
  // An upload has no record behind it that could be gone.
  await index();
  expect((await search({ query: "glazes" })).total).toBe(1);
  await admin.client.rpc("remove_upload", { p_account: world.account.id, p_document: id });
  expect((await search({ query: "glazes" })).total).toBe(0);
});

/** Two directions: texts about warmth and all others. */
const warmth: Embedder = {
  model: "two-directions",
  embed: async (texts) => texts.map((text) => (/fires|hot|oven/i.test(text) ? [1, 0] : [0, 1])),
};

it("finds by meaning what no word says", async () => {
  expect((await index(world, warmth)).embedded).toBeGreaterThan(0);
  expect(await index(world, warmth)).toMatchObject({ embedded: 0 });
  const input = { query: "hot oven", limit: 1 };
  expect((await search(input)).results).toEqual([]);
  const found = await runTool(searchKnowledgeTool, input, { ...context, embedder: warmth });
  expect(found).toMatchObject({ matched: "meaning", results: [{ title: "Tabletop Kiln" }] });
});

it("sends nothing to an embedder where people are hidden", async () => {
  const sent: string[][] = [];
  const spy: Embedder = {
    model: "spy",
    embed: async (texts) => {
      sent.push(texts);
      return texts.map(() => [1, 0]);
    },
  };
  await world.database.sql(
    "update public.accounts set settings = settings || '{\"mask_personal_data\": true}' where id = $1",
    [world.account.id],
  );
  expect(await index(world, spy)).toMatchObject({ embedded: 0 });
  await runTool(
    searchKnowledgeTool,
    { query: "refund for Ann" },
    { ...context, embedder: spy, preferences: { mask_personal_data: true, tool_groups_off: [] } },
  );
  expect(sent).toEqual([]);
  await world.database.sql(
    "update public.accounts set settings = settings - 'mask_personal_data' where id = $1",
    [world.account.id],
  );
});

it("searches on by words when embedding fails", async () => {
  const failing: Embedder = {
    model: "two-directions",
    embed: async () => {
      throw new Error("429");
    },
  };
  const reported: unknown[] = [];
  const found = await runTool(
    searchKnowledgeTool,
    { query: "refund" },
    { ...context, embedder: failing, report: (error) => reported.push(error) },
  );
  expect(found).toMatchObject({ matched: "words" });
  expect(reported).toHaveLength(1);
});
