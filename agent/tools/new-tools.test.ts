import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { countedReader } from "../keap/counted-reader";
import { contextFor, openWorlds } from "../testing/context";
import { type SmallWorld, smallWorld } from "../testing/people";
import { cohortTool } from "./cohort";
import type { ToolContext } from "./context";
import { createAlertTool } from "./create-alert";
import { createSegmentTool } from "./create-segment";
import { runTool } from "./define-tool";
import { findContactsTool } from "./find-contacts";
import { getBoardTool } from "./get-board";
import { keapLookupTool } from "./keap-lookup";
import { listConflictsTool } from "./list-conflicts";
import { listGoalsTool } from "./list-goals";
import { pinChartTool } from "./pin-chart";
import { proposeOutreachTool } from "./propose-outreach";
import { proposeTagsTool } from "./propose-tags";
import { proposeUpdateTool } from "./propose-update";
import { setGoalTool } from "./set-goal";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let small: SmallWorld;
let context: ToolContext;

/**
 * Ann holds VIP and bought the Kit on 3 March and 10 November 2026; Bob bought the Call on 5 March; Cid bought nothing.
 */
beforeAll(async () => {
  worlds = await openWorlds();
  small = await smallWorld(await worlds.world());
  const { world } = small;
  await world.insert("products", [
    { keap_id: 1, name: "Kit" },
    { keap_id: 2, name: "Call" },
  ]);
  const sales = [
    {
      keap_id: 1,
      contact: 1,
      at: "2026-03-03T15:00:00Z",
      total: 5_000,
      items: [{ product: 1, price: 5_000 }],
    },
    {
      keap_id: 2,
      contact: 2,
      at: "2026-03-05T15:00:00Z",
      total: 7_000,
      items: [{ product: 2, price: 7_000 }],
    },
    {
      keap_id: 3,
      contact: 1,
      at: "2026-11-10T15:00:00Z",
      total: 9_000,
      items: [{ product: 1, price: 9_000 }],
    },
  ];
  await sell(world, sales);
  await pay(
    world,
    sales.map(({ keap_id, contact, at, total }) => ({
      keap_id,
      contact,
      orders: [keap_id],
      at,
      amount: total,
    })),
  );
  context = await contextFor(world, { role: "analyst" });
});
afterAll(() => worlds.stop());

const found = async (input: Record<string, unknown>) =>
  (await runTool(findContactsTool, input, context)).people.map(({ name }) => name?.split(" ")[0]);

describe("choosing people", () => {
  it.each([
    ["a tag they lack", { without_tag: ["VIP"] }, ["Bob", "Cid"]],
    ["a product they never bought", { not_bought_product: ["Kit"] }, ["Bob", "Cid"]],
    ["one bought, another not", { bought_product: ["Call"], not_bought_product: ["Kit"] }, ["Bob"]],
    ["nothing bought at all", { bought_nothing: true }, ["Cid"]],
    ["no order since a day", { no_order_since: "2026-11-10", bought_product: ["Kit", "Call"] }, ["Bob"]],
    ["no order since the day after", { no_order_since: "2026-11-11" }, ["Ann", "Bob", "Cid"]],
    ["an order within days", { ordered_from: "2026-03-04", ordered_to: "2026-03-05" }, ["Bob"]],
    ["a tag and no product", { has_all_tags: ["VIP"], bought_nothing: true }, []],
  ])("finds them by %s", async (_, input, names) => {
    expect(await found(input)).toEqual(names);
  });

  it("names the nearest when there is none", async () => {
    await expect(found({ without_tag: ["VPI"] })).rejects.toThrow(/No tag is called "VPI".*"VIP"/);
  });
});

describe("proposing", () => {
  it("takes a tag off its holders only", async () => {
    const proposed = await runTool(proposeTagsTool, { tag: "VIP", remove: true }, context);
    expect(proposed).toMatchObject({ title: 'Take the tag "VIP" off 1 person', preview: { people: 1 } });
  });

  it("is one proposal under double clicks", async () => {
    const input = { tag: "New", without_tag: ["VIP"] };
    const [first, second] = await Promise.all([
      runTool(proposeTagsTool, input, context),
      runTool(proposeTagsTool, input, context),
    ]);
    expect(second.proposal_id).toBe(first.proposal_id);
    expect([first.created, second.created].filter(Boolean)).toHaveLength(1);
  });

  it("changes one person by name", async () => {
    const proposed = await runTool(
      proposeUpdateTool,
      { person: "ann lee", changes: { job_title: "Owner" } },
      context,
    );
    expect(proposed).toMatchObject({ title: 'Set job title to "Owner" of 1 person', reversible: "yes" });
    await expect(
      runTool(proposeUpdateTool, { person: "example.test", changes: { job_title: "x" } }, context),
    ).rejects.toThrow(/3 people fit/);
  });

  it("tags one person and makes a task for one, by name", async () => {
    const tagged = await runTool(proposeTagsTool, { tag: "New here", person: "ann lee" }, context);
    expect(tagged).toMatchObject({ preview: { people: 1 } });
    const task = await runTool(
      proposeOutreachTool,
      { action: "task", task_title: "Call", person: "ann lee" },
      context,
    );
    expect(task.title).toBe('Make the task "Call" for 1 person');
    for (const tool of [
      () => runTool(proposeTagsTool, { tag: "New here", person: "example.test" }, context),
      () =>
        runTool(proposeOutreachTool, { action: "task", task_title: "Call", person: "example.test" }, context),
    ])
      await expect(tool()).rejects.toThrow(/3 people fit/);
  });

  it("finds the only sequence of a campaign", async () => {
    const proposed = await runTool(
      proposeOutreachTool,
      { action: "sequence", campaign: "win back", has_tag: ["VIP"] },
      context,
    );
    expect(proposed).toMatchObject({
      title: 'Add 1 person to the sequence "We miss you" of the campaign "Win Back"',
      probe: "no",
      reversible: "no",
      preview: { keap_calls: 1 },
    });
    await expect(
      runTool(proposeOutreachTool, { action: "goal", campaign: "Win Bck", has_tag: ["VIP"] }, context),
    ).rejects.toThrow(/no campaign "Win Bck".*"Win Back"/);
  });

  it("makes tasks for named people", async () => {
    const proposed = await runTool(
      proposeOutreachTool,
      { action: "task", task_title: "Call", due_on: "2026-12-01", bought_nothing: true },
      context,
    );
    expect(proposed.title).toBe('Make the task "Call" for 1 person, due 1 Dec 2026');
    await expect(
      runTool(proposeOutreachTool, { action: "task", task_title: "Call" }, context),
    ).rejects.toThrow(/name the people/);
  });
});

describe("cohorts", () => {
  it("follows the first purchase month by month", async () => {
    const table = await runTool(cohortTool, { range: { from: "2026-03-01", to: "2026-11-23" } }, context);
    // March: Ann and Bob; of them Ann bought again eight months later.
    expect(table.cohorts[0]).toMatchObject({ size: 2 });
    expect(table.cohorts[0]?.cells[8]).toEqual({ month: 8, people: 1, rate: 0.5, immature: true });
    expect(cohortTool.describe(table)).toContain("Mar 2026: 2 people");
  });
});

describe("boards, segments and alerts", () => {
  it("reads a board with its numbers", async () => {
    await runTool(
      pinChartTool,
      { title: "Orders", query: { metrics: ["orders"], range: { from: "2026-03-01", to: "2026-03-31" } } },
      context,
    );
    const [board] = (
      await small.world.database.sql<{ name: string }>(
        "select name from public.boards where account_id = $1",
        [small.world.account.id],
      )
    ).map(({ name }) => name);
    const read = await runTool(getBoardTool, { board: board ?? "" }, context);
    expect(read.charts[0]?.result?.totals[0]).toMatchObject({ orders: 2 });
    await expect(runTool(getBoardTool, { board: "Nowhere" }, context)).rejects.toThrow(/no board "Nowhere"/);
  });

  it("saves a segment once per name", async () => {
    const input = { name: "Lost", without_tag: ["VIP"], no_order_since: "2026-10-01" };
    expect(await runTool(createSegmentTool, input, context)).toMatchObject({
      people_now: 2,
      definition: 'do not hold "VIP" and have not ordered since 1 Oct 2026',
    });
    await expect(runTool(createSegmentTool, input, context)).rejects.toThrow(/already/);
  });

  it("says what an alert would tell now", async () => {
    // Week of 16 November: no orders at all.
    const alert = await runTool(
      createAlertTool,
      { metric: "orders", when: "below", value: 1, period: "week" },
      context,
    );
    expect(alert).toMatchObject({
      name: "Orders below 1 in a week",
      preview: { would_fire: true, value: 0 },
    });
    // 90.00 on 10 November is this month's revenue so far: above 80 already, though the month still runs.
    const money = await runTool(
      createAlertTool,
      { metric: "revenue_collected", when: "above", value: 80, period: "month" },
      context,
    );
    expect(money.preview).toMatchObject({ would_fire: true, value: 9_000 });
    await expect(runTool(createAlertTool, { metric: "orders", when: "below" }, context)).rejects.toThrow(
      /need a value/,
    );
  });

  it("sets goals, changes them and follows them", async () => {
    const november = { metric: "revenue_collected", from: "2026-11-01", to: "2026-11-30" };
    // 90.00 came in on 10 November.
    const set = await runTool(setGoalTool, { ...november, target: 100 }, context);
    expect(set).toMatchObject({
      replaced: false,
      target_said: "Revenue collected at least $100.00 from 1 Nov 2026 to 30 Nov 2026",
      progress: expect.stringMatching(/^\$90\.00 of \$100\.00 \(90\.0%\): on course; /),
    });
    const changed = await runTool(setGoalTool, { ...november, target: 200 }, context);
    expect(changed).toMatchObject({ replaced: true, goal_id: set.goal_id });
    const since = await runTool(setGoalTool, { ...november, from: "2026-10-01", target: 500 }, context);
    expect(since.replaced).toBe(false);
    const kit = { dimension: "product", is: ["Kit"] };
    await runTool(
      setGoalTool,
      { metric: "units", target: 1, from: "2026-03-01", to: "2026-03-31", filters: kit },
      context,
    );
    await runTool(
      setGoalTool,
      { metric: "refund_rate", target: 5, from: "2027-01-01", to: "2027-12-31" },
      context,
    );
    const listed = await runTool(listGoalsTool, {}, context);
    expect(listed.goals).toMatchObject([
      { metric: "refund_rate", target: 0.05, direction: "at_most", standing: "not_begun", actual: null },
      { metric: "revenue_collected", target: 50_000, starts_on: "2026-10-01" },
      { metric: "revenue_collected", target: 20_000, actual: 9_000, share: 0.45, standing: "behind" },
    ]);
    expect((await runTool(listGoalsTool, { ended: true, metric: "units" }, context)).goals).toMatchObject([
      { actual: 1, standing: "met", share: 1 },
    ]);
  });

  it("sets no goal that could not be followed", async () => {
    const year = { from: "2026-01-01", to: "2026-12-31", target: 10 };
    const set = (input: Record<string, unknown>, by = context) =>
      runTool(setGoalTool, { ...year, ...input }, by);
    await expect(set({ metric: "ordres" })).rejects.toThrow(/no metric "ordres".*orders/);
    await expect(set({ metric: "orders", to: "2025-12-31" })).rejects.toThrow(/last day lies before/);
    await expect(set({ metric: "orders", filters: { dimension: "product", is: ["Kite"] } })).rejects.toThrow(
      /Kit/,
    );
    await expect(
      set({ metric: "orders" }, await contextFor(small.world, { role: "viewer" })),
    ).rejects.toThrow(/admin or analyst/);
    const { total } = await runTool(listGoalsTool, { metric: "orders", ended: true }, context);
    expect(total).toBe(0);
  });

  it("lists conflicts with both values", async () => {
    await small.world.database.sql(
      `insert into sync.conflicts (account_id, entity, record_id, keap_id, field, base, keap, supabase, policy, decision, state)
       values ($1, 'contacts', gen_random_uuid(), 1, 'job_title', '"a"', '"b"', '"c"', 'hold', 'held', 'held')`,
      [small.world.account.id],
    );
    const listed = await runTool(listConflictsTool, { state: "held" }, context);
    expect(listed).toMatchObject({
      total: 1,
      held: 1,
      conflicts: [{ field: "job_title", keap: "b", supabase: "c" }],
    });
    expect(listConflictsTool.describe(listed)).toContain('Keap "b", here "c"; waits for a person');
  });
});

describe("looking up in Keap", () => {
  const live = {
    find: async () => ({
      state: "found" as const,
      record: { id: "1", given_name: "Ann", custom_fields: [{ id: "9", content: "123-45-6789" }] },
    }),
  };

  it("hands on listed fields and counts", async () => {
    const { service } = small.world.database;
    const keap = countedReader(live, { service, account_id: small.world.account.id, cap: 2 });
    const look = () =>
      runTool(keapLookupTool, { kind: "contact", contact_id: small.ids.ann }, { ...context, keap });
    expect(await look()).toMatchObject({
      found: true,
      keap_id: 1,
      record: { id: "1", given_name: "Ann" },
      left_today: 1,
    });
    expect(JSON.stringify(await look())).not.toContain("123-45");
    await expect(look()).rejects.toThrow(/used up/);
  });

  it("says that a record is gone", async () => {
    const keap = { find: async () => ({ state: "absent" as const, left: 5 }) };
    const gone = await runTool(keapLookupTool, { kind: "order", keap_id: 7 }, { ...context, keap });
    expect(gone).toMatchObject({ found: false, record: null });
    await expect(runTool(keapLookupTool, { kind: "order", keap_id: 7 }, context)).rejects.toThrow(
      /not connected/,
    );
  });
});
