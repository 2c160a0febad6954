import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorlds } from "../testing/context";
import { type SmallWorld, smallWorld } from "../testing/people";
import type { KeapOutreach, OutreachOutcome, OutreachTarget } from "./carry-out-outreach";
import { executeProposal, RetryableActionError } from "./execute-proposal";

let worlds: Awaited<ReturnType<typeof openWorlds>>;

beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const open = async () => smallWorld(await worlds.world());

interface Proposed {
  proposal_id: string;
  title: string;
  preview: Record<string, unknown>;
}

async function propose(
  { admin, world }: SmallWorld,
  kind: string,
  payload: Record<string, unknown>,
  people: string[],
): Promise<Proposed> {
  const { data, error } = await admin.client.rpc("create_proposal", {
    p_account: world.account.id,
    p_proposal: { kind, payload },
    p_items: people.map((contact_id) => ({ contact_id })),
  });
  if (error) throw new Error(error.message);
  return data as Proposed;
}

async function approve({ admin }: SmallWorld, id: string): Promise<void> {
  const { error } = await admin.client.rpc("approve_proposal", { p_proposal: id });
  if (error) throw new Error(error.message);
}

/** Proposes, approves and carries out. */
async function run(
  small: SmallWorld,
  kind: string,
  payload: Record<string, unknown>,
  people: string[],
  keap?: KeapOutreach,
) {
  const { proposal_id } = await propose(small, kind, payload, people);
  await approve(small, proposal_id);
  const carry = () =>
    executeProposal(proposal_id, small.world.account.id, small.world.database.service, keap);
  return { proposal_id, result: await carry(), again: carry };
}

const items = ({ world }: SmallWorld, id: string) =>
  world.database.sql<{ name: string; before: unknown; after: unknown; status: string; error: string | null }>(
    `select c.given_name as name, i.before, i.after - 'person' as after, i.status, i.error
     from public.proposal_items i join public.contacts c on c.supabase_id = i.contact_id
     where i.proposal_id = $1 order by i.id`,
    [id],
  );

const undo = async ({ admin }: SmallWorld, id: string) => {
  const { data, error } = await admin.client.rpc("undo_proposal", { p_proposal: id });
  if (error) throw new Error(error.message);
  return data as { status: string; undone: number; kept: number; changed: boolean };
};

/** A Keap that answers as told, and remembers whom it was called for. */
function keapAnswering(answer: (id: number, call: number) => OutreachOutcome | "die") {
  const calls: { target: OutreachTarget; ids: number[] }[] = [];
  const keap: KeapOutreach = {
    async reach(target, ids) {
      calls.push({ target, ids: [...ids] });
      return new Map(
        ids.map((id) => {
          const outcome = answer(id, calls.length);
          if (outcome === "die") throw new Error("killed");
          return [id, outcome];
        }),
      );
    },
  };
  return { keap, calls };
}

describe("changing people's fields", () => {
  it("shows before and after, then does it", async () => {
    const small = await open();
    const { proposal_id, title, preview } = await propose(
      small,
      "update_contact",
      { changes: { job_title: "Head of Sales" } },
      [small.ids.ann],
    );
    expect(title).toBe('Set job title to "Head of Sales" of 1 person');
    // One look-up for up to a hundred, one change per person.
    expect(preview).toMatchObject({ people: 1, keap_calls: 2 });
    expect(await items(small, proposal_id)).toMatchObject([
      {
        name: "Ann",
        before: { job_title: "Potter" },
        after: { job_title: "Head of Sales" },
        status: "planned",
      },
    ]);
    await approve(small, proposal_id);
    const service = small.world.database.service;
    expect(await executeProposal(proposal_id, small.world.account.id, service)).toMatchObject({
      status: "done",
      changed: 1,
    });
    const [ann] = await small.world.database.sql<{ job_title: string; last_modified_by: string }>(
      "select job_title, last_modified_by from public.contacts where supabase_id = $1",
      [small.ids.ann],
    );
    expect(ann).toEqual({ job_title: "Head of Sales", last_modified_by: `agent:proposal:${proposal_id}` });
  });

  it("leaves a person alone who changed meanwhile", async () => {
    const small = await open();
    const { proposal_id } = await propose(small, "update_contact", { changes: { job_title: "Head" } }, [
      small.ids.ann,
      small.ids.bob,
    ]);
    await small.world.database.sql("update public.contacts set job_title = 'Owner' where supabase_id = $1", [
      small.ids.ann,
    ]);
    await approve(small, proposal_id);
    const result = await executeProposal(proposal_id, small.world.account.id, small.world.database.service);
    expect(result).toMatchObject({ status: "done", changed: 1, unchanged: 1 });
    expect((await items(small, proposal_id)).map(({ status }) => status)).toEqual(["skipped", "done"]);
  });

  it("undoes only what still stands", async () => {
    const small = await open();
    const { proposal_id } = await run(small, "update_contact", { changes: { job_title: "Head" } }, [
      small.ids.ann,
      small.ids.bob,
    ]);
    await small.world.database.sql("update public.contacts set job_title = 'Owner' where supabase_id = $1", [
      small.ids.bob,
    ]);
    expect(await undo(small, proposal_id)).toMatchObject({ status: "undone", undone: 1, kept: 1 });
    const rows = await small.world.database.sql<{ job_title: string | null }>(
      "select job_title from public.contacts where account_id = $1 order by keap_id",
      [small.world.account.id],
    );
    expect(rows.map(({ job_title }) => job_title)).toEqual(["Potter", "Owner", null]);
    expect(await undo(small, proposal_id)).toMatchObject({ status: "undone", changed: false });
  });

  it("undoes what the row stores in another form", async () => {
    const small = await open();
    const { proposal_id } = await run(
      small,
      "update_contact",
      { changes: { email: " Ann.New@Example.TEST ", birth_date: "1980-2-3" } },
      [small.ids.ann],
    );
    expect(await undo(small, proposal_id)).toMatchObject({ undone: 1, kept: 0 });
    const [ann] = await small.world.database.sql(
      "select email, birth_date from public.contacts where supabase_id = $1",
      [small.ids.ann],
    );
    expect(ann).toEqual({ email: "ann@example.test", birth_date: null });
  });

  it("refuses fields and values that cannot be", async () => {
    const small = await open();
    const wrong = (changes: Record<string, unknown>, people = [small.ids.ann]) =>
      expect(propose(small, "update_contact", { changes }, people)).rejects;
    await wrong({ keap_id: "7" }).toThrow(/may not set: keap_id/);
    await wrong({ birth_date: "31 February" }).toThrow(/does not fit/);
    await wrong({ job_title: { a: 1 } }).toThrow(/needs a text/);
    await wrong({ email: "x@example.test" }, [small.ids.ann, small.ids.bob]).toThrow(/several people/);
    await wrong({}).toThrow(/Nothing to change/);
  });
});

describe("taking a tag off", () => {
  it("touches only who holds it, and back", async () => {
    const small = await open();
    const tag = { tag_id: null, tag_name: "vip" };
    const { proposal_id, result } = await run(small, "remove_tag", tag, [small.ids.ann, small.ids.bob]);
    expect(result).toMatchObject({ status: "done", changed: 1, unchanged: 1 });
    const held = () =>
      small.world.database.sql<{ n: number }>(
        "select count(*)::int as n from public.contact_tags where account_id = $1 and removed_at is null",
        [small.world.account.id],
      );
    expect(await held()).toEqual([{ n: 0 }]);
    // Bob did not hold it before: undoing must not give it to him.
    expect(await undo(small, proposal_id)).toMatchObject({ undone: 1, kept: 0 });
    expect(await held()).toEqual([{ n: 1 }]);
  });
});

describe("undoing many", () => {
  it("needs no second approval, where plain edits would wait", async () => {
    const small = await open();
    const { world } = small;
    const people = await world.insert(
      "contacts",
      Array.from({ length: 120 }, (_, index) => ({ keap_id: 1_000 + index, given_name: `P${index}` })),
    );
    const [vip = "", other = ""] = (
      await world.database.sql<{ id: string }>(
        `insert into public.tags (account_id, keap_id, name) values ($1, 800, 'Kept'), ($1, 801, 'Other')
         returning supabase_id as id`,
        [world.account.id],
      )
    ).map(({ id }) => id);
    await world.database.sql(
      "insert into public.contact_tags (account_id, contact_id, tag_id) select $1, id, $2 from unnest($3::uuid[]) id",
      [world.account.id, vip, people],
    );
    const forget = () =>
      world.database.sql("delete from sync.dirty where account_id = $1", [world.account.id]);
    const seen = async () => {
      await world.database.sql("select sync.guard_push($1, 'contact_tags')", [world.account.id]);
      return world.database.sql<{ state: string; n: number }>(
        `select case when hold_id is null then 'passes' else 'held' end as state, count(*)::int as n
         from sync.dirty where account_id = $1 and entity = 'contact_tags' group by 1`,
        [world.account.id],
      );
    };
    const { proposal_id } = await run(small, "remove_tag", { tag_id: vip, tag_name: "Kept" }, people);
    await forget();
    expect(await undo(small, proposal_id)).toMatchObject({ undone: 120 });
    expect(await seen()).toEqual([{ state: "passes", n: 120 }]);
    // The same by hand is what the hold is for.
    await forget();
    const { error } = await small.admin.client.rpc("apply_tag", {
      p_account: world.account.id,
      p_contact_ids: people,
      p_tag: other,
    });
    expect(error).toBeNull();
    expect(await seen()).toEqual([{ state: "held", n: 120 }]);
  });
});

describe("making tasks", () => {
  it("makes one per person, due at noon", async () => {
    const small = await open();
    const payload = { title: "Call about renewal", due_on: "2026-12-01" };
    const { proposal_id, result, again } = await run(small, "create_task", payload, [
      small.ids.ann,
      small.ids.bob,
    ]);
    expect(result).toMatchObject({ status: "done", changed: 2 });
    expect(await again()).toMatchObject({ status: "left_alone" });
    const tasks = () =>
      small.world.database.sql(
        `select title, to_char(due_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI') as due, is_completed, contact_keap_id
         from public.interactions where account_id = $1 and kind = 'task' order by contact_keap_id`,
        [small.world.account.id],
      );
    expect(await tasks()).toEqual([
      { title: "Call about renewal", due: "2026-12-01 12:00", is_completed: false, contact_keap_id: 1 },
      { title: "Call about renewal", due: "2026-12-01 12:00", is_completed: false, contact_keap_id: 2 },
    ]);
    expect(await undo(small, proposal_id)).toMatchObject({ undone: 2 });
    expect(await tasks()).toMatchObject([{ is_completed: true }, { is_completed: true }]);
  });
});

describe("campaign goals and sequences", () => {
  const campaignId = async ({ world }: SmallWorld, keap_id = 70) =>
    (
      await world.database.sql<{ id: string }>(
        "select supabase_id as id from public.campaigns where account_id = $1 and keap_id = $2",
        [world.account.id, keap_id],
      )
    )[0]?.id ?? "";
  const goal = async (small: SmallWorld) => ({ campaign_id: await campaignId(small), goal_id: "701" });

  it("says that nothing can be checked or undone", async () => {
    const small = await open();
    const { proposal_id, title, preview } = await propose(small, "achieve_goal", await goal(small), [
      small.ids.ann,
      small.ids.bob,
    ]);
    expect(title).toBe('Achieve the goal "Ask to come back" of the campaign "Win Back" for 2 people');
    expect(preview).toMatchObject({ people: 2, keap_calls: 2 });
    const [row] = await small.world.database.sql(
      "select probe, reversible from public.proposals where id = $1",
      [proposal_id],
    );
    expect(row).toEqual({ probe: "no", reversible: "no" });
  });

  it("calls once per person, and never again", async () => {
    const small = await open();
    const { keap, calls } = keapAnswering(() => ({ state: "done" }));
    const { result, again, proposal_id } = await run(
      small,
      "achieve_goal",
      await goal(small),
      [small.ids.ann, small.ids.bob],
      keap,
    );
    expect(result).toMatchObject({ status: "done", changed: 2 });
    expect(await again()).toMatchObject({ status: "left_alone" });
    expect(calls).toEqual([
      { target: { kind: "goal", automation_id: "70", goal_id: "701" }, ids: [1] },
      { target: { kind: "goal", automation_id: "70", goal_id: "701" }, ids: [2] },
    ]);
    await expect(undo(small, proposal_id)).rejects.toThrow(/cannot be undone/);
  });

  it("holds who was being called when it died", async () => {
    const small = await open();
    const { keap, calls } = keapAnswering((_, call) => (call === 1 ? "die" : { state: "done" }));
    const { proposal_id } = await propose(small, "achieve_goal", await goal(small), [
      small.ids.ann,
      small.ids.bob,
    ]);
    await approve(small, proposal_id);
    const carry = () =>
      executeProposal(proposal_id, small.world.account.id, small.world.database.service, keap);
    await expect(carry()).rejects.toThrow("killed");
    expect(await carry()).toMatchObject({ status: "partly", changed: 1, unknown: 1 });
    expect(calls.map(({ ids }) => ids)).toEqual([[1], [2]]);
    expect((await items(small, proposal_id)).map(({ status }) => status)).toEqual(["unknown", "done"]);
    const { data } = await small.admin.client.rpc("settle_held_person", {
      p_proposal: proposal_id,
      p_contact: small.ids.ann,
      p_happened: true,
    });
    expect(data).toMatchObject({ status: "done", changed: 2, unknown: 0 });
  });

  it("waits when Keap certainly did nothing", async () => {
    const small = await open();
    const { keap, calls } = keapAnswering((_, call) =>
      call === 1 ? { state: "not_applied", reason: "Too many calls." } : { state: "done" },
    );
    const { proposal_id } = await propose(small, "achieve_goal", await goal(small), [small.ids.ann]);
    await approve(small, proposal_id);
    const carry = () =>
      executeProposal(proposal_id, small.world.account.id, small.world.database.service, keap);
    await expect(carry()).rejects.toBeInstanceOf(RetryableActionError);
    expect(await carry()).toMatchObject({ status: "done", changed: 1 });
    expect(calls).toHaveLength(2);
  });

  it("adds to a sequence and tells each result", async () => {
    const small = await open();
    const { keap, calls } = keapAnswering((id) =>
      id === 1 ? { state: "skipped", reason: "Was in the sequence already." } : { state: "done" },
    );
    const sequence = { campaign_id: await campaignId(small), sequence_id: "702" };
    const { proposal_id, result } = await run(
      small,
      "add_to_sequence",
      sequence,
      [small.ids.ann, small.ids.bob],
      keap,
    );
    expect(result).toMatchObject({ status: "done", changed: 1, unchanged: 1 });
    expect(calls).toEqual([
      { target: { kind: "sequence", campaign_id: "70", sequence_id: "702" }, ids: [1, 2] },
    ]);
    expect(await items(small, proposal_id)).toMatchObject([
      { status: "skipped", error: "Was in the sequence already.", after: { sequence: "We miss you" } },
      { status: "done" },
    ]);
  });

  it("refuses goals that are not there", async () => {
    const small = await open();
    const wrong = (payload: Record<string, unknown>, kind = "achieve_goal") =>
      expect(propose(small, kind, payload, [small.ids.ann])).rejects;
    await wrong({ campaign_id: await campaignId(small), goal_id: "999" }).toThrow(/no such goal/);
    await wrong({ campaign_id: await campaignId(small, 71), sequence_id: "711" }, "add_to_sequence").toThrow(
      /not published/,
    );
    await wrong({ integration: "a b", call_name: "x" }).toThrow(/letters, digits/);
  });

  it("asks no more where nobody can be reached", async () => {
    const small = await open();
    const people = await small.world.insert(
      "contacts",
      Array.from({ length: 20 }, (_, index) => ({ keap_id: 5_000 + index, given_name: `P${index}` })),
    );
    const { keap, calls } = keapAnswering(() => ({
      state: "failed",
      reason: "No published goal of Keap answered to this name.",
    }));
    const { proposal_id } = await run(
      small,
      "achieve_goal",
      { integration: "shop", call_name: "misspelt" },
      people,
      keap,
    );
    expect(calls).toHaveLength(3);
    const outcome = await items(small, proposal_id);
    expect(outcome.map(({ status }) => status)).toEqual(Array(20).fill("failed"));
    expect(outcome.filter(({ error }) => error?.startsWith("Not called: No published goal"))).toHaveLength(
      17,
    );
  });

  it("keeps to the people a day", async () => {
    const small = await open();
    await small.admin.client.rpc("update_account", {
      p_account: small.world.account.id,
      p_changes: { settings: { outreach_per_day: 1 } },
    });
    const { keap } = keapAnswering(() => ({ state: "done" }));
    await run(small, "achieve_goal", await goal(small), [small.ids.ann], keap);
    const { proposal_id } = await propose(small, "achieve_goal", await goal(small), [small.ids.bob]);
    await expect(approve(small, proposal_id)).rejects.toThrow(/Only 0 people more/);
  });
});

describe("a proposal about many people", () => {
  it("is carried out and undone in parts", async () => {
    const small = await open();
    const { database, account } = small.world;
    const people = await database.sql<{ id: string }>(
      `insert into contacts (account_id, given_name, job_title)
       select $1, 'Many ' || n, 'Before' from generate_series(1, 450) n returning supabase_id as id`,
      [account.id],
    );
    const ids = people.map((one) => one.id);
    const titles = () =>
      database.sql(
        "select job_title, count(*)::int as n from contacts where account_id = $1 and given_name like 'Many %' group by 1 order by 1",
        [account.id],
      );
    const { proposal_id } = await propose(small, "update_contact", { changes: { job_title: "After" } }, ids);
    await approve(small, proposal_id);
    // killed after the first part: nothing is lost, and what is left goes on
    const first = await database.service.rpc("carry_out_proposal", {
      p_proposal: proposal_id,
      p_account: account.id,
    });
    expect(first.data).toMatchObject({ status: "executing", more: true, changed: 400, waiting: 50 });
    expect(await executeProposal(proposal_id, account.id, database.service)).toMatchObject({
      status: "done",
      changed: 450,
      more: false,
    });
    expect(await titles()).toEqual([{ job_title: "After", n: 450 }]);
    await database.sql("update contacts set job_title = 'Since' where supabase_id = $1", [ids[449]]);
    const parts = [];
    do parts.push(await undo(small, proposal_id));
    while ("more" in (parts.at(-1) as object));
    expect(parts).toMatchObject([
      { undone: 400, kept: 0, status: "done" },
      { undone: 449, kept: 1, status: "undone" },
    ]);
    expect(await titles()).toEqual([
      { job_title: "Before", n: 449 },
      { job_title: "Since", n: 1 },
    ]);
    // and so with a tag
    const tagged = await run(small, "apply_tag", { tag_name: "Many" }, ids);
    expect(tagged.result).toMatchObject({ status: "done", changed: 450 });
    await undo(small, tagged.proposal_id);
    expect(await undo(small, tagged.proposal_id)).toMatchObject({ undone: 450, kept: 0, status: "undone" });
    const held = await database.sql(
      "select count(*)::int as n from contact_tags l join tags t on t.supabase_id = l.tag_id where l.account_id = $1 and t.name = 'Many' and l.removed_at is null",
      [account.id],
    );
    expect(held).toEqual([{ n: 0 }]);
  });
});
