import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay } from "@/analytics/testing/sell";
import { ask } from "../ask";
import { contextFor, openWorlds } from "../testing/context";
import { talk, textOf } from "../testing/read-chat";
import { scriptedModel } from "../testing/scripted-model";
import type { ToolContext } from "../tools/context";
import type { ChatMessage } from "./messages";
import { cellsOf, linkPerson, markNumbers, peopleIn } from "./number-cells";
import { shownBy } from "./shown";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let context: ToolContext;

/** 100.00 in each of the 24 months before November 2026, and 40.00 in November so far. */
const months = Array.from({ length: 24 }, (_, index) => {
  const month = 10 + index;
  return `${2024 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
});

beforeAll(async () => {
  worlds = await openWorlds();
  const world = await worlds.world();
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", email: "ann@example.test" },
    { keap_id: 2, given_name: "Bob" },
  ]);
  await pay(world, [
    ...months.map((month, index) => ({
      keap_id: index + 1,
      contact: 1,
      at: `${month}-10T15:00:00Z`,
      amount: 10_000,
    })),
    { keap_id: 100, contact: 1, at: "2026-11-05T15:00:00Z", amount: 4_000 },
  ]);
  await world.insert("tags", [
    { keap_id: 1, name: "VIP" },
    { keap_id: 2, name: "vip" },
  ]);
  await world.insert("contact_tags", [
    { contact_keap_id: 1, tag_keap_id: 1, applied_at: "2026-01-06T12:00:00Z" },
  ]);
  context = await contextFor(world);
});
afterAll(() => worlds.stop());

const notices = (message: ChatMessage | undefined) =>
  (message?.parts ?? []).flatMap((part) => (part.type === "data-notice" ? [part.data] : []));

describe("every answer shows what it rests on", () => {
  const complete = async (question: string) => {
    const answer = await ask(question, { context });
    expect(answer.sql, question).toContain("select");
    expect(answer.range?.zone).toBe(context.account.time_zone);
    expect(answer.definition?.formula).toContain("payments");
    expect(answer.as_of).not.toBeUndefined();
    expect(answer.rows?.length).toBeGreaterThan(0);
    return answer;
  };

  it("a forecast: the history, what is expected and its range", async () => {
    const answer = await complete("forecast revenue for the next 2 months");
    expect(answer.chart?.drawing).toMatchObject({ kind: "line", y: expect.arrayContaining(["low", "high"]) });
    const byMonth = new Map(answer.rows?.map((row) => [row.time_label, row]));
    // The same every month: so much is expected, and nothing of it is known yet in December.
    expect(byMonth.get("Dec 2026")).toMatchObject({
      revenue_collected: null,
      expected: 10_000,
      incomplete: true,
    });
    expect(byMonth.get("Nov 2026")).toMatchObject({ revenue_collected: 4_000, incomplete: true });
    expect(byMonth.get("Oct 2026")).toMatchObject({ revenue_collected: 10_000 });
    expect(byMonth.get("Oct 2026")).not.toHaveProperty("expected");
    // 24 months with money, the one under way and December: nothing of the years before there was any.
    expect(answer.rows).toHaveLength(26);
    const part = answer.message.parts.find(({ type }) => type === "tool-forecast");
    expect(part && shownBy(part)?.keeps, "a board could not draw it again").toBe(false);
  });

  it("a reason: the split it is read off", async () => {
    const answer = await complete("why did revenue drop this month?");
    expect(answer.chart?.title).toBe("Revenue collected: what changed");
    expect(answer.tools).toEqual([{ name: "explain_change", ok: true }]);
  });

  it("a list: what was looked for, how many, and the statements", async () => {
    const { basis, sql } = await ask("which customers spent more than 50", { context });
    expect(sql).toBeNull();
    expect(basis).toMatchObject([
      { shown: 1, total: 1, time_zone: context.account.time_zone, as_of: expect.any(String) },
    ]);
    expect(basis[0]?.definition).toMatch(/^People who .*50/);
    expect(basis[0]?.statements.at(-1)?.sql).toContain("analytics.contacts");
    const best = await ask("who spent the most in 2026?", { context });
    expect(best.basis[0]?.definition).toContain(
      "In order by what they paid, refunds taken off, from 2026-01-01",
    );
  });
});

it("names a tag that was asked for by id, and counts one person as one", async () => {
  const listed = await ask("who is tagged VIP", { context });
  expect(listed.basis).toMatchObject([{ definition: 'People who hold the tag "VIP".', shown: 1 }]);
  const person = await ask("tell me about Ann", { context });
  expect(person.basis).toMatchObject([
    { definition: "The record of one person, as it stands here.", shown: 1, total: 1 },
  ]);
});

it("sends no statement of a list to a model, now or later", async () => {
  const { model, calls } = scriptedModel([
    { call: [{ tool: "find_contacts", input: { spent_over: 50 } }] },
    { say: "Ann." },
    { say: "As I said." },
  ]);
  const [first] = await talk(["who spent more than 50?", "who again?"], { context, model });
  expect(first?.parts.some(({ type }) => type === "data-basis")).toBe(true);
  expect(calls).toHaveLength(3);
  expect(JSON.stringify(calls.map(({ prompt }) => prompt.slice(1)))).not.toContain("analytics.contacts");
});

describe("numbers in prose", () => {
  const call = {
    tool: "query_metric",
    input: { query: { metrics: ["revenue_collected"], range: { preset: "this_month" } } },
  };

  it("are not proven by having been made up before", async () => {
    const { model } = scriptedModel([
      { say: "You earned 77,777 dollars." },
      { say: "As I said, it was 77,777." },
    ]);
    const [first, second] = await talk(["revenue this month", "are you sure?"], { context, model });
    expect(notices(first)).toMatchObject([
      {
        kind: "unproven_number",
        numbers: ["77,777"],
        text: "Careful: 77,777 stands in no result. Nothing was looked up for this answer.",
      },
    ]);
    expect(notices(second)).toMatchObject([{ kind: "unproven_number", numbers: ["77,777"] }]);
  });

  it("may be said again when a person or a result said them", async () => {
    const { model } = scriptedModel([
      { call: [call] },
      { say: "It is $40.00." },
      { say: "It was $40.00, less than your 500." },
    ]);
    const answers = await talk(["revenue this month", "is that more than 500?"], { context, model });
    expect(answers.flatMap(notices)).toEqual([]);
  });

  it("are flagged above the words", async () => {
    const { model } = scriptedModel([{ call: [call] }, { say: "It is $41.00." }]);
    const [answer] = await talk(["revenue this month"], { context, model });
    const kinds = (answer?.parts ?? []).map(({ type }) => type);
    expect(kinds.indexOf("data-notice")).toBeGreaterThan(-1);
    expect(kinds.indexOf("data-notice")).toBeLessThan(kinds.indexOf("text"));
  });

  it("that look like a year are money behind its sign", async () => {
    const { model } = scriptedModel([{ call: [call] }, { say: "It is $2024 in 2026." }]);
    const [answer] = await talk(["revenue this month"], { context, model });
    expect(notices(answer)).toMatchObject([{ numbers: ["2024"] }]);
  });

  it.each([
    ["It is forty dollars.", []],
    ["It is fifty dollars.", ["fifty dollars"]],
    ["That is two hundred and fifty thousand more.", ["two hundred and fifty thousand"]],
    ["It fell by thirty-seven percent.", ["thirty-seven percent"]],
    ["There are two readings, and one of them is right.", []],
  ])("are seen in words too: %s", async (say, numbers) => {
    const { model } = scriptedModel([{ call: [call] }, { say }]);
    const [answer] = await talk(["revenue this month"], { context, model });
    expect(notices(answer).flatMap((notice) => notice.numbers ?? [])).toEqual(numbers);
  });

  it("follow from two results where they are their difference, share or change", async () => {
    const range = (preset: string) => ({
      tool: "query_metric",
      input: { query: { metrics: ["revenue_collected"], range: { preset } } },
    });
    const { model } = scriptedModel([
      { call: [range("this_month"), range("previous_month")] },
      // 40.00 against 100.00: 60.00 less, 60 % less, 40 % of it; 55 % is nothing of the kind.
      { say: "That is $60.00 less, down 60%, or 40% of it. " },
      { say: "" },
    ]);
    const wrong = scriptedModel([
      { call: [range("this_month"), range("previous_month")] },
      { say: "That is $61.00 less, down 55%." },
    ]);
    const [right] = await talk(["this month against last"], { context, model });
    const [made] = await talk(["this month against last"], { context, model: wrong.model });
    expect(notices(right)).toEqual([]);
    expect(notices(made).flatMap(({ numbers = [] }) => numbers)).toEqual(["61.00", "55%"]);
  });

  it("say how much waits in the sync, also where nothing does", async () => {
    const [answer] = await talk(["is the sync ok?"], { context });
    expect(textOf(answer as ChatMessage)).toContain("0 changes wait");
    expect(notices(answer)).toEqual([]);
  });

  it("of a tool's own refusal are no inventions", async () => {
    const [answer] = await talk(["forecast refunds for the next 3 months"], { context });
    expect(textOf(answer as ChatMessage)).toMatch(/needs at least \d+ completed months/);
    expect(notices(answer)).toEqual([]);
  });

  it("say which cell they are", async () => {
    const { model } = scriptedModel([{ call: [call] }, { say: "It is $40.00, up 37%." }]);
    const [answer] = await talk(["revenue this month"], { context, model });
    const cells = cellsOf((answer?.parts ?? []).flatMap((part) => ("output" in part ? [part.output] : [])));
    const flagged = new Set(notices(answer).flatMap(({ numbers = [] }) => numbers));
    expect(markNumbers(textOf(answer as ChatMessage), cells, flagged)).toEqual([
      { text: "It is " },
      { text: "$40.00", of: "Revenue collected" },
      { text: ", up " },
      { text: "37%", unproven: true },
      { text: "." },
    ]);
  });

  it("stand beside people who can be opened", async () => {
    const [answer] = await talk(["which customers spent more than 50"], { context });
    const people = peopleIn((answer?.parts ?? []).flatMap((part) => ("output" in part ? [part.output] : [])));
    const [line = ""] = /Ann.*/.exec(textOf(answer as ChatMessage)) ?? [];
    const [person, rest] = linkPerson(line, people);
    expect(person).toMatchObject({ text: "Ann", href: expect.stringMatching(/^\/contacts\/[0-9a-f-]{36}$/) });
    expect(rest).toMatch(/^, ann@example\.test/);
    expect(linkPerson("Anna, who is somebody else", people)).toEqual([null, "Anna, who is somebody else"]);
  });

  it("say which row they stand in", () => {
    const result = {
      columns: [
        { id: "time", label: "Time", kind: "time" },
        { id: "orders", label: "Orders", kind: "metric" },
      ],
      rows: [
        { time: "2026-01-01", time_label: "Jan 2026", orders: 31 },
        { time: "2026-02-01", time_label: "Feb 2026", orders: 12 },
      ],
      totals: [{ orders: 43 }],
    };
    const pieces = markNumbers("43 orders; 12 in Feb 2026", cellsOf([{ result }]), new Set());
    expect(pieces).toEqual([
      { text: "43", of: "Orders · total" },
      { text: " orders; " },
      { text: "12", of: "Orders · Feb 2026" },
      { text: " in Feb 2026" },
    ]);
  });
});
