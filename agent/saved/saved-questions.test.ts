import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay } from "@/analytics/testing/sell";
import { contextFor, openWorlds, type World } from "../testing/context";
import { talk, textOf } from "../testing/read-chat";
import type { ToolContext } from "../tools/context";
import { findSaved, renameSaved, saveQuestion } from "./saved-questions";

/** 40 dollars came in on 3 November 2026. */
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let context: ToolContext;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("contacts", [{ keap_id: 1, given_name: "Ada" }]);
  await pay(world, [{ keap_id: 1, contact: 1, at: "2026-11-03T15:00:00Z", amount: 4_000 }]);
  context = await contextFor(world);
});
afterAll(() => worlds.stop());

describe("saved questions in a chat", () => {
  it("saves an answer, lists it and runs it", async () => {
    const [, saved, listed, run, follow] = await talk(
      [
        "revenue this month",
        "save this as Monthly take",
        "show saved questions",
        "run monthly take from my saved questions",
        "by product",
      ],
      { context },
    );
    const part = saved?.parts.find(({ type }) => type === "tool-save_question");
    expect(part).toMatchObject({ state: "output-available", output: { name: "Monthly take" } });
    expect(textOf(listed as never)).toContain("Monthly take");
    expect(textOf(run as never)).toContain("$40.00");
    expect(run?.parts.filter(({ type }) => type === "data-notice")).toEqual([]);
    expect(run?.parts.find(({ type }) => type === "tool-saved_questions")).toMatchObject({
      output: { run: { chart: { query: { metrics: ["revenue_collected"] } } } },
    });
    // The stored query is not in the talk: what is asked next needs a subject of its own.
    expect(follow?.parts.some(({ type }) => type === "tool-query_metric")).toBe(false);
  });

  it("renames, and refuses a name that is taken", async () => {
    const of = { db: context.db, account_id: world.account.id };
    const chart = {
      version: 1 as const,
      title: "Leads",
      query: { metrics: ["leads"], dimensions: [], range: { preset: "this_year" as const }, others: true },
      drawing: { kind: "number" as const },
    };
    const id = await saveQuestion({ name: "One", chart }, of);
    await saveQuestion({ name: "Two", chart }, of);
    await expect(renameSaved(id, "two", of)).rejects.toThrow(/already/);
    await renameSaved(id, "Three", of);
    expect(await findSaved("three", of)).toMatchObject({ id, name: "Three", chart });
    const viewer = await contextFor(world, { role: "viewer" });
    await expect(renameSaved(id, "Four", { ...of, db: viewer.db })).rejects.toThrow(/analyst/);
  });
});
