import { DateTime } from "luxon";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planRecords } from "../chat/offline/plan-records";
import { indexVocabulary } from "../chat/offline/vocabulary";
import { contextFor, openWorlds } from "../testing/context";
import { smallWorld } from "../testing/people";
import type { ToolContext } from "./context";
import { runTool } from "./define-tool";
import { findRecordsTool } from "./find-records";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let context: ToolContext;
let viewer: ToolContext;

/** It is Monday 23 November 2026, 10:00 in New York. */
beforeAll(async () => {
  worlds = await openWorlds();
  const world = await worlds.world();
  await smallWorld(world);
  await world.insert("users", [
    { keap_id: 1, given_name: "Theo", family_name: "Marsh" },
    { keap_id: 2, given_name: "Nadia", family_name: "Ortiz" },
  ]);
  await world.insert("opportunity_stages", [
    { keap_id: 1, name: "New", stage_order: 1, outcome: null, probability: 10 },
    { keap_id: 2, name: "Proposal sent", stage_order: 2, outcome: null, probability: 50 },
    { keap_id: 3, name: "Won", stage_order: 3, outcome: "won", probability: 100 },
    { keap_id: 4, name: "Lost", stage_order: 4, outcome: "lost", probability: 0 },
  ]);
  const deal = (
    keap_id: number,
    title: string,
    stage: number,
    user: number,
    created: string,
    value: number,
  ) => ({
    keap_id,
    title,
    stage_keap_id: stage,
    user_keap_id: user,
    contact_keap_id: 1,
    keap_created_at: created,
    projected_revenue_low_minor: value,
    projected_revenue_high_minor: value,
  });
  await world.insert("opportunities", [
    { ...deal(1, "Kiln", 2, 1, "2026-09-01T12:00:00Z", 100_000), estimated_close_at: "2026-11-30T12:00:00Z" },
    { ...deal(2, "Wheel", 2, 2, "2026-10-01T12:00:00Z", 300_000), next_action_at: "2026-11-20T12:00:00Z" },
    deal(3, "Glaze", 1, 1, "2026-11-01T12:00:00Z", 50_000),
    deal(4, "Studio", 3, 2, "2026-08-01T12:00:00Z", 700_000),
    { ...deal(5, "Press", 4, 2, "2026-07-01T12:00:00Z", 20_000), objection: "Pricing too high" },
    { ...deal(6, "Loom", 4, 2, "2026-07-02T12:00:00Z", 20_000), objection: null },
  ]);
  const move = (keap_id: number, deal_id: number, from: number, to: number, at: string) => ({
    keap_id,
    opportunity_keap_id: deal_id,
    from_stage_keap_id: from,
    to_stage_keap_id: to,
    moved_at: at,
  });
  await world.insert("stage_moves", [
    // Kiln: 53 days in the stage. Wheel: 21 days and some hours.
    move(1, 1, 1, 2, "2026-10-01T12:00:00Z"),
    move(2, 2, 1, 2, "2026-11-02T12:00:00Z"),
    move(3, 4, 2, 3, "2026-10-15T12:00:00Z"),
    move(4, 5, 2, 4, "2026-08-15T12:00:00Z"),
    move(5, 6, 2, 4, "2026-08-16T12:00:00Z"),
  ]);
  // One paid in full, one due a week ago, one due tomorrow.
  const order = (
    keap_id: number,
    title: string,
    at: string,
    total: number,
    paid: number,
    due: string | null,
  ) => ({
    keap_id,
    title,
    contact_keap_id: 1,
    status: "SENT",
    order_time: at,
    due_at: due,
    total_minor: total,
    total_paid_minor: paid,
    currency: "USD",
  });
  await world.insert("orders", [
    order(1, "Course", "2026-10-05T15:00:00Z", 50_000, 50_000, null),
    order(2, "Clay", "2026-10-20T15:00:00Z", 8_000, 3_000, "2026-11-16T15:00:00Z"),
    order(3, "Brushes", "2026-11-02T15:00:00Z", 9_000, 0, "2026-11-24T15:00:00Z"),
  ]);
  const task = (keap_id: number, title: string, user: number, due: string, done: boolean) => ({
    keap_id,
    kind: "task",
    title,
    user_keap_id: user,
    contact_keap_id: 2,
    due_at: due,
    occurred_at: due,
    is_completed: done,
    completed_at: done ? due : null,
  });
  await world.insert("interactions", [
    task(1, "Call Bob", 1, "2026-11-20T14:00:00Z", false),
    task(2, "Send brochure", 2, "2026-11-10T14:00:00Z", false),
    task(3, "Old call", 1, "2026-11-01T14:00:00Z", true),
    // 23:30 on Tuesday in New York is Wednesday in UTC.
    task(4, "Check kiln", 1, "2026-11-25T04:30:00Z", false),
    {
      keap_id: 1,
      kind: "appointment",
      title: "Tour",
      user_keap_id: 2,
      contact_keap_id: 1,
      occurred_at: "2026-11-24T15:00:00Z",
      ended_at: "2026-11-24T16:00:00Z",
    },
    {
      keap_id: 2,
      kind: "appointment",
      title: "First visit",
      contact_keap_id: 1,
      occurred_at: "2026-11-02T15:00:00Z",
    },
  ]);
  context = await contextFor(world, { role: "analyst" });
  viewer = await contextFor(world, { role: "viewer" });
});
afterAll(() => worlds.stop());

const titles = async (input: Record<string, unknown>) =>
  (await runTool(findRecordsTool, input, context)).records.map(({ title }) => title);

describe("deals, tasks and appointments", () => {
  it.each([
    // Glaze stands in its stage since it was created, on 1 November; Wheel came into its own on the 2nd.
    ["open deals, longest in their stage first", { kind: "deal" }, ["Kiln", "Glaze", "Wheel"]],
    [
      "a stage, more than 21 days",
      { kind: "deal", stage: ["Proposal sent"], waiting_over_days: 21 },
      ["Kiln"],
    ],
    [
      "a stage, more than 20 days",
      { kind: "deal", stage: ["proposal SENT"], waiting_over_days: 20 },
      ["Kiln", "Wheel"],
    ],
    ["the dearest", { kind: "deal", order: "value", limit: 1 }, ["Wheel"]],
    ["the smallest", { kind: "deal", order: "smallest", limit: 1 }, ["Glaze"]],
    ["a next action that is past", { kind: "deal", state: "overdue" }, ["Wheel"]],
    ["won in October", { kind: "deal", state: "won", from: "2026-10-01", to: "2026-10-31" }, ["Studio"]],
    ["won in November", { kind: "deal", state: "won", from: "2026-11-01" }, []],
    ["lost for a reason", { kind: "deal", state: "lost", reason: "PRIC" }, ["Press"]],
    ["lost for another", { kind: "deal", state: "lost", reason: "%" }, []],
    ["worth more than 500.00", { kind: "deal", value_over: 500 }, ["Kiln", "Wheel"]],
    ["worth less than 3,000.00", { kind: "deal", value_under: 3_000 }, ["Kiln", "Glaze"]],
    [
      "expected to close this month",
      { kind: "deal", dated: "expected_close", from: "2026-11-01", to: "2026-11-30" },
      ["Kiln"],
    ],
    [
      "created in August, whatever became of it",
      { kind: "deal", state: "any", dated: "created", from: "2026-08-01", to: "2026-08-31" },
      ["Studio"],
    ],
    [
      "every order, the newest first",
      { kind: "order", state: "any", order: "newest" },
      ["Brushes", "Clay", "Course"],
    ],
    [
      "orders over 80.00 by their total",
      { kind: "order", state: "any", value_over: 80 },
      ["Course", "Brushes"],
    ],
    ["unpaid orders over 60.00 by what is open", { kind: "order", value_over: 60 }, ["Brushes"]],
    ["unpaid orders", { kind: "order" }, ["Clay", "Brushes"]],
    ["overdue orders", { kind: "order", state: "overdue" }, ["Clay"]],
    ["paid orders", { kind: "order", state: "done" }, ["Course"]],
    [
      "orders of October",
      { kind: "order", state: "any", from: "2026-10-01", to: "2026-10-31" },
      ["Course", "Clay"],
    ],
    ["overdue tasks", { kind: "task", state: "overdue" }, ["Send brochure", "Call Bob"]],
    ["overdue tasks of one user", { kind: "task", state: "overdue", owner: ["theo"] }, ["Call Bob"]],
    ["late for more than 3 days", { kind: "task", waiting_over_days: 3 }, ["Send brochure"]],
    ["due on a day of the account", { kind: "task", from: "2026-11-24", to: "2026-11-24" }, ["Check kiln"]],
    ["done", { kind: "task", state: "done" }, ["Old call"]],
    ["still to come", { kind: "appointment" }, ["Tour"]],
    ["past", { kind: "appointment", state: "done" }, ["First visit"]],
    ["by the person's name", { kind: "appointment", state: "any", search: "ann" }, ["First visit", "Tour"]],
  ])("are found by %s", async (_, input, expected) => {
    expect(await titles(input)).toEqual(expected);
  });

  it("come with their number and worth, whatever the page", async () => {
    const found = await runTool(findRecordsTool, { kind: "deal", limit: 1 }, context);
    expect(found).toMatchObject({
      total: 3,
      values: [{ currency: "USD", minor: 450_000 }],
      next_cursor: "1",
    });
    expect(findRecordsTool.describe(found)).toContain(
      "3 open deals, worth $4,500.00; the first 1:\n- **Kiln**, Ann Lee, Proposal sent, $1,000.00, 53 days in this stage, owner Theo Marsh",
    );
    const next = await runTool(findRecordsTool, { kind: "deal", limit: 1, cursor: "1" }, context);
    expect(next.records.map(({ title }) => title)).toEqual(["Glaze"]);
  });

  it("are counted by owner", async () => {
    const found = await runTool(findRecordsTool, { kind: "deal", by_owner: true }, context);
    expect(found.owners).toEqual([
      { owner: "Theo Marsh", total: 2 },
      { owner: "Nadia Ortiz", total: 1 },
    ]);
    expect(findRecordsTool.describe(found)).toBe(
      "3 open deals, by owner:\n- Theo Marsh: 2\n- Nadia Ortiz: 1",
    );
  });

  it("are told of one as of one", async () => {
    const one = await runTool(
      findRecordsTool,
      { kind: "deal", stage: ["Proposal sent"], waiting_over_days: 21 },
      context,
    );
    expect(findRecordsTool.describe(one)).toContain(
      '1 open deal in the stage "Proposal sent" that has stood there for more than 21 days, worth $1,000.00:',
    );
  });

  it("refuse what would be passed over", async () => {
    for (const input of [
      { kind: "task", stage: ["New"] },
      { kind: "task", order: "value" },
      { kind: "appointment", state: "overdue" },
      { kind: "deal", state: "done" },
      { kind: "task", cursor: "x" },
    ])
      await expect(titles(input)).rejects.toMatchObject({ code: "invalid_input" });
    await expect(titles({ kind: "task", owner: ["Theodor"] })).rejects.toThrow(
      /No owner is called "Theodor".*"Theo Marsh"/,
    );
  });

  it("are not for viewers", async () => {
    await expect(runTool(findRecordsTool, { kind: "task" }, viewer)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("asked in words", () => {
  const index = indexVocabulary({
    names: [
      { kind: "owner", value: "Theo Marsh" },
      { kind: "owner", value: "Nadia Ortiz" },
      { kind: "stage", value: "New" },
      { kind: "stage", value: "Proposal sent" },
    ],
  });
  const ask = (question: string) =>
    planRecords(
      question,
      {},
      {
        index,
        today: { now: DateTime.fromISO("2026-11-23T10:00:00", { zone: "America/New_York" }), weekStart: 1 },
        available: new Set(["find_records"]),
        accountName: "Northlight",
      },
    );
  const input = (question: string) => {
    const reply = ask(question);
    return reply?.kind === "call" ? reply.calls[0]?.input : reply;
  };

  it.each<[string, Record<string, unknown>]>([
    [
      "any deals stuck in proposal for more than 3 weeks?",
      { kind: "deal", state: "open", stage: ["Proposal sent"], waiting_over_days: 21, order: "oldest" },
    ],
    ["what tasks are overdue for theo", { kind: "task", state: "overdue", owner: ["Theo Marsh"] }],
    ["theos open deals", { kind: "deal", state: "open", owner: ["Theo Marsh"] }],
    ["Nadia's open opportunities", { kind: "deal", state: "open", owner: ["Nadia Ortiz"] }],
    ["show me the 3 biggest deals", { kind: "deal", state: "open", order: "value", limit: 3 }],
    ["tasks due tomorrow", { kind: "task", state: "open", from: "2026-11-24", to: "2026-11-24" }],
    ["which tasks are due next week", { kind: "task", state: "open", from: "2026-11-30", to: "2026-12-06" }],
    [
      "list upcoming appointments with nadia ortiz",
      { kind: "appointment", state: "open", owner: ["Nadia Ortiz"] },
    ],
    ["show meetings on friday", { kind: "appointment", state: "open", from: "2026-11-27", to: "2026-11-27" }],
    [
      "which deals did we win in october",
      { kind: "deal", state: "won", from: "2026-10-01", to: "2026-10-31" },
    ],
    ["deals that haven't moved in over a month", { kind: "deal", state: "open", waiting_over_days: 30 }],
    [
      "which deals did theo win this year",
      { kind: "deal", state: "won", owner: ["Theo Marsh"], from: "2026-01-01", to: "2026-12-31" },
    ],
    [
      "deals we lost last month and why",
      { kind: "deal", state: "lost", from: "2026-10-01", to: "2026-10-31" },
    ],
    [
      "deals closing this month",
      { kind: "deal", state: "open", dated: "expected_close", from: "2026-11-01", to: "2026-11-30" },
    ],
    [
      "deals over 2k that theo or nadia have",
      { kind: "deal", state: "open", owner: ["Nadia Ortiz", "Theo Marsh"], value_over: 2_000 },
    ],
    ["who has the most open tasks", { kind: "task", state: "open", by_owner: true }],
    ["overdue tasks per person", { kind: "task", state: "overdue", by_owner: true }],
    ["last 10 orders", { kind: "order", state: "any", order: "newest", limit: 10 }],
    [
      "orders between 100 and 300 dollars in q3",
      {
        kind: "order",
        state: "any",
        from: "2026-07-01",
        to: "2026-09-30",
        value_over: 99.99,
        value_under: 300.01,
      },
    ],
  ])("reads %j", (question, expected) => {
    expect(input(question)).toEqual(expected);
  });

  it.each([
    "deals won by month this year",
    "what was the total of deals won in h1",
    "how many deals did we win last month",
    "average deal value",
    "revenue this year",
    "create a task for everyone tagged VIP",
    "how many tasks were completed by theo",
    "how many orders last month",
    "orders by product",
    "paid orders last month",
    "how many deals did we close in q3",
  ])("leaves %j to others", (question) => {
    expect(ask(question)).toBeNull();
  });

  it("does not answer past a word it does not know, and says that it can't tell who asks", () => {
    expect(ask("show open deals in Bavaria")).toMatchObject({ kind: "say", topic: "clarify" });
    const mine = ask("what are my overdue tasks");
    expect(mine).toMatchObject({
      kind: "call",
      calls: [{ tool: "find_records", input: { kind: "task", state: "overdue" } }],
      meanings: [expect.stringContaining("these are everybody's")],
    });
    expect(JSON.stringify(mine)).not.toContain(`"owner":`);
  });
});
