import { afterAll, beforeAll, expect, it } from "vitest";
import { answerIn } from "./ask";
import { contextFor, openWorlds, type World } from "./testing/context";
import { talk, textOf } from "./testing/read-chat";
import type { ToolContext } from "./tools/context";
import { loadVocabulary } from "./vocabulary";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
const start = Date.parse("2026-11-23T15:00:00Z");
const after = (seconds: number): ToolContext => ({
  ...context,
  clock: () => new Date(start + seconds * 1_000),
});
const tags = async (at: number) =>
  (await loadVocabulary(after(at))).names.filter(({ kind }) => kind === "tag").map(({ value }) => value);

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  context = await contextFor(world);
  await world.insert("tags", [{ keap_id: 1, name: "VIP" }]);
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", addresses: { BILLING: { country_code: "DEU", region_code: "DE-BE" } } },
  ]);
});
afterAll(() => worlds.stop());

it("knows names, aliases and places", async () => {
  const { names } = await loadVocabulary(after(0));
  expect(names).toContainEqual(expect.objectContaining({ kind: "tag", value: "VIP", aliases: [] }));
  expect(names).toContainEqual(
    expect.objectContaining({
      kind: "country",
      id: "DEU",
      value: "Germany",
      aliases: expect.arrayContaining(["Germany"]),
    }),
  );
  expect(names.some(({ value }) => value === "unknown")).toBe(false);
});

it("finds a tag made after the names were read", async () => {
  await world.insert("tags", [{ keap_id: 2, name: "Kiln Owners" }]);
  // Kept as they are for half a minute; a question with a word they lack reads them again.
  expect(await tags(10)).toEqual(["VIP"]);
  const [answer] = await talk(["how many contacts are tagged Kiln Owners?"], { context: after(10) });
  expect(JSON.stringify(answerIn(answer as never).query ?? answer?.parts)).toContain("Kiln Owners");
  expect(await tags(12)).toEqual(["Kiln Owners", "VIP"]);
});

it("answers from kept names while it reads them again", async () => {
  await world.insert("tags", [{ keap_id: 3, name: "Zebra" }]);
  expect(await tags(100)).toEqual(["Kiln Owners", "VIP"]);
  await expect.poll(() => tags(101)).toEqual(["Kiln Owners", "VIP", "Zebra"]);
});

it("goes on with kept names when they cannot be read", async () => {
  const reported: string[] = [];
  const broken: ToolContext = {
    ...after(200),
    door: () => Promise.reject(new Error("busy")),
    report: (_, where) => reported.push(where),
  };
  expect((await loadVocabulary(broken)).names.some(({ value }) => value === "Zebra")).toBe(true);
  await expect.poll(() => reported).toEqual(["vocabulary"]);
  // Too old to rest on.
  await expect(loadVocabulary({ ...broken, clock: () => new Date(start + 3_600_000) })).rejects.toThrow(
    /could not be read/,
  );
});

it("asks a second time where the first reading failed", async () => {
  let asked = 0;
  const slow: ToolContext = {
    ...after(7_200),
    door: (...query) => (asked++ === 0 ? Promise.reject(new Error("busy")) : context.door(...query)),
  };
  expect((await loadVocabulary(slow)).names.some(({ value }) => value === "Zebra")).toBe(true);
  expect(asked).toBe(2);
});

it("shows a name where two tags differ in a capital letter, and their ids tell them apart", async () => {
  await world.insert("tags", [
    { keap_id: 7, name: "Guild" },
    { keap_id: 8, name: "guild" },
  ]);
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
  const [answer] = await talk([`how many contacts are there with the tag "Guild"?`], {
    context: after(10_000),
  });
  const text = textOf(answer as never);
  expect(text).toContain("Guild");
  expect(text).not.toMatch(id);
  // The question is still asked by the id, or it would mean both.
  expect(JSON.stringify(answer?.parts)).toMatch(id);
});

it("offers the question with each of two names that differ in a capital letter", async () => {
  const [answer] = await talk(["how many contacts are tagged guild?"], { context: after(10_010) });
  expect(answer?.parts.find(({ type }) => type === "data-suggestions")).toMatchObject({
    data: { questions: [`how many contacts are tagged "Guild"`, `how many contacts are tagged "guild"`] },
  });
});
