import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import type { TestUser } from "@/supabase/testing/database";
import { contextFor, openWorlds, type World } from "../testing/context";
import { runTool } from "../tools/define-tool";
import { findContactsTool } from "../tools/find-contacts";
import { proposeTagsTool } from "../tools/propose-tags";
import { executeProposal } from "./execute-proposal";
import { atRiskTag, scoreRisk } from "./score-risk";

/** Monday noon in New York. */
const now = new Date("2026-11-23T17:00:00Z");

let worlds: Awaited<ReturnType<typeof openWorlds>>;

beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

/** One order with its payment. */
async function buys(world: World, contact: number, day: string, amount: number, id: number): Promise<void> {
  await sell(world, [
    { keap_id: id, contact, at: `${day}T15:00:00Z`, total: amount, items: [{ price: amount }] },
  ]);
  await pay(world, [{ keap_id: id, contact, orders: [id], at: `${day}T15:00:00Z`, amount }]);
}

/**
 * Ann bought every 30 days and has been away for 206: 6.9 times her gap. Bob bought every 30 days until 23 days ago.
 * Cid is as late as Ann, and worth less than the median.
 */
async function threeCustomers(): Promise<{ world: World; admin: TestUser; ids: Record<string, string> }> {
  const world = await worlds.world();
  const people = await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", email: "ann@example.test" },
    { keap_id: 2, given_name: "Bob", email: "bob@example.test" },
    { keap_id: 3, given_name: "Cid", email: "cid@example.test" },
  ]);
  const days: [number, string, number][] = [
    [1, "2026-03-02", 50_000],
    [1, "2026-04-01", 50_000],
    [1, "2026-05-01", 50_000],
    [2, "2026-09-01", 40_000],
    [2, "2026-10-01", 40_000],
    [2, "2026-10-31", 40_000],
    [3, "2026-03-02", 1_000],
    [3, "2026-04-01", 1_000],
    [3, "2026-05-01", 1_000],
  ];
  for (const [index, [contact, day, amount]] of days.entries())
    await buys(world, contact, day, amount, 100 + index);
  const admin = await world.database.signUp({ account_id: world.account.id, role: "admin" });
  const [ann = "", bob = "", cid = ""] = people;
  return { world, admin, ids: { ann, bob, cid } };
}

const deps = (world: World) => ({ service: world.database.service, door: world.door, now });

async function holders(world: World): Promise<string[]> {
  const rows = await world.database.sql<{ given_name: string }>(
    `select c.given_name from public.contact_tags ct
     join public.tags t on t.account_id = ct.account_id and t.supabase_id = ct.tag_id
     join public.contacts c on c.account_id = ct.account_id and c.supabase_id = ct.contact_id
     where ct.account_id = $1 and t.name = $2 and ct.removed_at is null order by 1`,
    [world.account.id, atRiskTag],
  );
  return rows.map(({ given_name }) => given_name);
}

describe("scoring and the proposal it makes", () => {
  it("proposes the valuable overdue customer only", async () => {
    const { world, ids } = await threeCustomers();
    const result = await scoreRisk(world.account.id, deps(world));
    expect(result).toMatchObject({ scored: 3, at_risk: 1, skipped: null });
    const [score] = await world.database.sql<{ score: string }>(
      "select score from public.predictions_current where contact_id = $1",
      [ids.ann],
    );
    // 206.08 days since 1 May 15:00 UTC ÷ 30 days
    expect(Number(score?.score)).toBeCloseTo(6.87, 2);
    const items = await world.database.sql(
      "select contact_id, before, after from public.proposal_items where proposal_id = $1",
      [result.proposal_id],
    );
    expect(items).toMatchObject([
      { contact_id: ids.ann, before: { tags: { "At risk": false } }, after: { tags: { "At risk": true } } },
    ]);
    const [proposal] = await world.database.sql(
      "select preview, probe, reversible, status from public.proposals where id = $1",
      [result.proposal_id],
    );
    expect(proposal).toMatchObject({
      status: "proposed",
      probe: "yes",
      reversible: "yes",
      preview: { people: 1, makes_tag: true, keap_calls: 4 },
    });
  });

  it("lists the people at risk by their scores", async () => {
    const { world, ids } = await threeCustomers();
    await scoreRisk(world.account.id, deps(world));
    const context = await contextFor(world, { role: "analyst" });
    const found = await runTool(findContactsTool, { at_risk: true }, context);
    expect(found).toMatchObject({
      total: 1,
      people: [{ contact_id: ids.ann, name: "Ann", risk: { score: expect.closeTo(6.87, 2) } }],
    });
    const proposed = await runTool(proposeTagsTool, { tag: "Win back", at_risk: true }, context);
    expect(proposed).toMatchObject({ created: true, preview: { people: 1 } });
  });

  it("calls nobody safe before anybody was scored, and scores without proposing on the first day", async () => {
    const { world } = await threeCustomers();
    const context = await contextFor(world, { role: "analyst" });
    await expect(runTool(findContactsTool, { at_risk: true }, context)).rejects.toThrow(
      "Nobody has been scored yet",
    );
    expect(await scoreRisk(world.account.id, { ...deps(world), propose: false })).toMatchObject({
      scored: 3,
      at_risk: 1,
      proposal_id: null,
      skipped: "not_asked",
    });
    expect(await runTool(findContactsTool, { at_risk: true }, context)).toMatchObject({ total: 1 });
    const proposals = await world.database.sql("select id from public.proposals where account_id = $1", [
      world.account.id,
    ]);
    expect(proposals).toEqual([]);
  });

  it("makes no second proposal while one is open", async () => {
    const { world } = await threeCustomers();
    await scoreRisk(world.account.id, deps(world));
    expect(await scoreRisk(world.account.id, deps(world))).toMatchObject({
      proposal_id: null,
      skipped: "open_proposal",
    });
    const [count] = await world.database.sql<{ n: number }>(
      "select count(*)::int as n from public.proposals where account_id = $1",
      [world.account.id],
    );
    expect(count?.n).toBe(1);
  });

  it("tags exactly the previewed people once approved", async () => {
    const { world, admin } = await threeCustomers();
    const { proposal_id } = await scoreRisk(world.account.id, deps(world));
    const run = () => executeProposal(proposal_id ?? "", world.account.id, world.database.service);
    expect(await run()).toMatchObject({ status: "left_alone" });
    expect(await holders(world)).toEqual([]);
    const { error } = await admin.client.rpc("approve_proposal", { p_proposal: proposal_id });
    expect(error).toBeNull();
    expect(await run()).toMatchObject({ status: "done", changed: 1, failed: 0 });
    expect(await holders(world)).toEqual(["Ann"]);
    expect(await run()).toMatchObject({ status: "left_alone" });
    const audit = await world.database.sql<{ action: string }>(
      "select action from public.audit_log where account_id = $1 order by id",
      [world.account.id],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      "proposal.created",
      "proposal.approved",
      "tag.created",
      "tag.applied",
      "proposal.done",
    ]);
    // She holds the tag now: the next night has nobody left to propose.
    expect(await scoreRisk(world.account.id, deps(world))).toMatchObject({
      proposal_id: null,
      skipped: "nobody_at_risk",
    });
  });

  it("leaves rejected people alone for a month", async () => {
    const { world, admin } = await threeCustomers();
    const { proposal_id } = await scoreRisk(world.account.id, deps(world));
    await admin.client.rpc("reject_proposal", { p_proposal: proposal_id, p_reason: "Not her" });
    expect(await scoreRisk(world.account.id, deps(world))).toMatchObject({ skipped: "nobody_at_risk" });
    // The rejection carries the database's clock, so the month is counted from the real today.
    const later = new Date(Date.now() + 31 * 86_400_000);
    expect((await scoreRisk(world.account.id, { ...deps(world), now: later })).proposal_id).not.toBeNull();
  });

  it("refuses when the approver lost the role", async () => {
    const { world, admin } = await threeCustomers();
    await world.database.signUp({ account_id: world.account.id, role: "admin" });
    const { proposal_id } = await scoreRisk(world.account.id, deps(world));
    await admin.client.rpc("approve_proposal", { p_proposal: proposal_id });
    await world.database.sql("update public.members set role = 'viewer' where user_id = $1", [admin.user_id]);
    expect(await executeProposal(proposal_id ?? "", world.account.id, world.database.service)).toMatchObject({
      status: "failed",
    });
    expect(await holders(world)).toEqual([]);
  });

  it("leaves a tag renamed after the approval", async () => {
    const { world, admin } = await threeCustomers();
    const [tag = ""] = await world.insert("tags", [{ keap_id: 9, name: atRiskTag }]);
    const { proposal_id } = await scoreRisk(world.account.id, deps(world));
    const { error } = await admin.client.rpc("approve_proposal", { p_proposal: proposal_id });
    expect(error).toBeNull();
    await world.database.sql("update public.tags set name = 'Charge now' where supabase_id = $1", [tag]);
    expect(await executeProposal(proposal_id ?? "", world.account.id, world.database.service)).toMatchObject({
      status: "failed",
      changed: 0,
    });
    const [held] = await world.database.sql<{ n: number }>(
      "select count(*)::int as n from public.contact_tags where account_id = $1",
      [world.account.id],
    );
    expect(held?.n).toBe(0);
  });

  it("lets nobody hold up the nightly proposal", async () => {
    const { world, ids } = await threeCustomers();
    const analyst = await world.database.signUp({ account_id: world.account.id, role: "analyst" });
    const { error } = await analyst.client.rpc("create_proposal", {
      p_account: world.account.id,
      p_proposal: {
        kind: "apply_tag",
        payload: { tag_id: null, tag_name: "x" },
        created_via: "automation:recency-risk",
      },
      p_items: [{ contact_id: ids.bob }],
    });
    expect(error?.code).toBe("42501");
    expect(await scoreRisk(world.account.id, deps(world))).toMatchObject({ skipped: null });
  });

  it("goes on after a crash in between", async () => {
    const { world, admin } = await threeCustomers();
    const { proposal_id } = await scoreRisk(world.account.id, deps(world));
    await admin.client.rpc("approve_proposal", { p_proposal: proposal_id });
    await world.database.service.rpc("claim_proposal", { p_proposal: proposal_id });
    expect(await executeProposal(proposal_id ?? "", world.account.id, world.database.service)).toMatchObject({
      status: "done",
      changed: 1,
    });
  });
});
