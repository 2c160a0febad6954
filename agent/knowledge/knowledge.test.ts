import { afterAll, beforeAll, expect, it } from "vitest";
import { contextFor, openWorlds, type World } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { searchKnowledgeTool } from "../tools/search-knowledge";

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
  await world.insert("products", [
    { keap_id: 1, name: "Tabletop Kiln", description: "Fires ceramics at home" },
  ]);
  await world.insert("interactions", [
    {
      keap_id: 1,
      kind: "note",
      contact_keap_id: 1,
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
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

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

it("says plainly when nothing fits", async () => {
  expect(await search({ query: "zeppelin flight" })).toMatchObject({ total: 0, matched: "nothing" });
});

it("is closed to viewers", async () => {
  const viewer = await contextFor(world, { role: "viewer" });
  await expect(runTool(searchKnowledgeTool, { query: "refund" }, viewer)).rejects.toThrow(
    /not open to the role/,
  );
});
