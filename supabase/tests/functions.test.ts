import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase, type TestUser } from "../testing/database";
import { seedWorld, type World } from "./seed";

let database: TestDatabase;
let world: World<TestUser>;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await seedWorld(database, "Ours");
});
afterAll(() => database.stop());

/** Calls a function and returns its answer; an error fails the test with its words. */
async function call<T>(who: TestUser | "service", name: string, args: Record<string, unknown>): Promise<T> {
  const client = who === "service" ? database.service : who.client;
  const { data, error } = await client.rpc(name, args);
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
  return data as T;
}

async function row<T = Record<string, unknown>>(text: string, params: unknown[] = []): Promise<T> {
  const [first] = await database.sql<T>(text, params);
  if (!first) throw new Error(`No row: ${text}`);
  return first;
}

async function makeContacts(count: number): Promise<string[]> {
  const rows = await database.sql<{ id: string }>(
    "insert into public.contacts (account_id, given_name) select $1, 'Person ' || n from generate_series(1, $2::int) n returning supabase_id::text as id",
    [world.account_id, count],
  );
  return rows.map(({ id }) => id);
}

const draft = { kind: "apply_tag", payload: { tag_id: null, tag_name: "At risk" } };
interface Proposed {
  proposal_id: string;
  status: string;
  created: boolean;
  title: string;
  preview: Record<string, unknown>;
}
const proposeAs = (
  who: TestUser | "service",
  more: Record<string, unknown> = {},
  items: unknown[] = [{ contact_id: world.contact_id }],
  actor: string | null = null,
) =>
  call<Proposed>(who, "create_proposal", {
    p_account: world.account_id,
    p_proposal: { ...draft, ...more },
    p_items: items,
    p_actor: actor,
  });
const propose = (more: Record<string, unknown> = {}, items?: unknown[]) =>
  proposeAs("service", more, items, "agent:chat");

describe("proposals", () => {
  test("approve once and say so twice", async () => {
    const { proposal_id } = await propose();
    expect(await call(world.admin, "approve_proposal", { p_proposal: proposal_id })).toEqual({
      proposal_id,
      account_id: world.account_id,
      status: "approved",
      changed: true,
    });
    const again = await call(world.admin, "approve_proposal", { p_proposal: proposal_id });
    expect(again).toMatchObject({ status: "approved", changed: false });
    const stored = await row("select status, approved_by::text from public.proposals where id = $1", [
      proposal_id,
    ]);
    expect(stored).toEqual({ status: "approved", approved_by: world.admin.user_id });
    const audit = await database.sql(
      "select actor, action from public.audit_log where target = $1 order by id",
      [`proposal:${proposal_id}`],
    );
    expect(audit).toEqual([
      { actor: "agent:chat", action: "proposal.created" },
      { actor: `user:${world.admin.user_id}`, action: "proposal.approved" },
    ]);
  });

  test("are approved by no service", async () => {
    const { proposal_id } = await propose();
    for (const name of ["approve_proposal", "reject_proposal"]) {
      await expect(call("service", name, { p_proposal: proposal_id })).rejects.toMatchObject({
        code: "42501",
      });
    }
    const { error } = await database.service
      .from("proposals")
      .update({ status: "approved" })
      .eq("id", proposal_id);
    expect(error?.code).toBe("42501");
    const claimed = await call("service", "claim_proposal", { p_proposal: proposal_id });
    expect(claimed).toEqual({ claimed: false, status: "proposed" });
  });

  test("show what their payload will do", async () => {
    const made = await proposeAs(world.analyst, {
      payload: { tag_id: world.tag_id, tag_name: "Ours tag" },
      expires_at: "9999-01-01T00:00:00Z",
    });
    expect(made).toMatchObject({
      title: 'Tag 1 person "Ours tag"',
      preview: { people: 1, keap_calls: 2, makes_tag: false, sample: [{ name: "Ours" }] },
    });
    const stored = await row(
      `select p.title, p.payload, p.probe, p.reversible, p.created_via, i.before, i.after ->> 'tags' as after,
         p.expires_at <= now() + interval '30 days' as soon
       from public.proposals p join public.proposal_items i on i.proposal_id = p.id where p.id = $1`,
      [made.proposal_id],
    );
    // The person of the seed holds the tag already.
    expect(stored).toEqual({
      title: 'Tag 1 person "Ours tag"',
      payload: { tag_id: world.tag_id, tag_name: "Ours tag" },
      probe: "yes",
      reversible: "yes",
      created_via: "app",
      before: { tags: { "Ours tag": true } },
      after: '{"Ours tag": true}',
      soon: true,
    });
  });

  test("take no words for what they do", async () => {
    const payload = { tag_id: world.tag_id, tag_name: "Newsletter" };
    await expect(proposeAs(world.analyst, { payload })).rejects.toThrow('is called "Ours tag"');
    await expect(proposeAs(world.analyst, { title: "Harmless" })).rejects.toThrow("may not set: title");
    await expect(proposeAs(world.analyst, { preview: {} })).rejects.toThrow("may not set: preview");
    const item = { contact_id: world.contact_id };
    await expect(proposeAs(world.analyst, {}, [{ ...item, after: { tags: {} } }])).rejects.toThrow(
      "contact_id only",
    );
    await expect(proposeAs(world.analyst, {}, [{ ...item, risk: { score: 9 } }])).rejects.toThrow(
      "contact_id only",
    );
    await expect(proposeAs(world.analyst, {}, [])).rejects.toThrow("between 1 and 10,000");
    await expect(proposeAs(world.analyst, {}, [item, item])).rejects.toThrow("once in the list");
    await expect(proposeAs(world.analyst, { kind: "wipe" })).rejects.toThrow('of the kind "wipe"');
  });

  test("say truly where they came from", async () => {
    for (const created_via of ["automation:recency-risk", "mcp"]) {
      await expect(proposeAs(world.analyst, { created_via })).rejects.toMatchObject({ code: "42501" });
    }
    const created_via = "automation:recency-risk";
    await expect(propose({ created_via })).rejects.toMatchObject({ code: "42501" });
    expect((await proposeAs("service", { created_via }, undefined, created_via)).created).toBe(true);
  });

  test("are not approved under another name", async () => {
    const tag_id = (
      await row<{ id: string }>(
        "insert into public.tags (account_id, name) values ($1, 'Webinar') returning supabase_id::text as id",
        [world.account_id],
      )
    ).id;
    const { proposal_id } = await proposeAs(world.analyst, { payload: { tag_id, tag_name: "Webinar" } });
    await database.sql("update public.tags set name = 'Charge now' where supabase_id = $1", [tag_id]);
    await expect(call(world.admin, "approve_proposal", { p_proposal: proposal_id })).rejects.toThrow(
      'is called "Charge now", not "Webinar"',
    );
  });

  test("are refused when they came too late", async () => {
    const { proposal_id } = await propose({ expires_at: "2020-01-01T00:00:00Z" });
    const answer = await call(world.admin, "approve_proposal", { p_proposal: proposal_id });
    expect(answer).toMatchObject({ status: "expired" });
    expect(await call("service", "claim_proposal", { p_proposal: proposal_id })).toMatchObject({
      claimed: false,
    });
  });

  test("stay rejected once rejected", async () => {
    const { proposal_id } = await propose();
    await call(world.admin, "reject_proposal", { p_proposal: proposal_id, p_reason: "Not now" });
    expect(await call(world.admin, "approve_proposal", { p_proposal: proposal_id })).toMatchObject({
      status: "rejected",
      changed: false,
    });
  });

  test("are made once per idempotency key", async () => {
    const first = await propose({ idempotency_key: "risk-2026-11-23" });
    const second = await propose({ idempotency_key: "risk-2026-11-23", summary: "Another" });
    expect(second).toMatchObject({ proposal_id: first.proposal_id, status: "proposed", created: false });
    // Nobody can take the key of somebody else's proposal, such as the nightly one's.
    const other = await proposeAs(world.analyst, { idempotency_key: "risk-2026-11-23" });
    expect(other.created).toBe(true);
    expect((await propose()).created).toBe(true);
    expect((await propose()).created).toBe(true);
  });

  test("keep the content their approver saw", async () => {
    const { proposal_id } = await propose();
    await expect(
      database.sql("update public.proposals set payload = '{}' where id = $1", [proposal_id]),
    ).rejects.toThrow(/cannot change/);
    await expect(
      database.sql("update public.proposal_items set after = '{}' where proposal_id = $1", [proposal_id]),
    ).rejects.toThrow(/cannot change/);
  });

  test("are carried out by one of two runners", async () => {
    const people = await makeContacts(1001);
    const { proposal_id } = await propose(
      {},
      people.map((contact_id) => ({ contact_id })),
    );
    await call(world.admin, "approve_proposal", { p_proposal: proposal_id });
    const claims = await Promise.all(
      [1, 2].map(() =>
        call<{ claimed: boolean; items?: { contact_id: string }[] }>("service", "claim_proposal", {
          p_proposal: proposal_id,
        }),
      ),
    );
    expect(claims.map(({ claimed }) => claimed).sort()).toEqual([false, true]);
    const items = claims.find(({ claimed }) => claimed)?.items ?? [];
    expect(items.map((item) => item.contact_id)).toEqual(people);
    await call("service", "finish_proposal", {
      p_proposal: proposal_id,
      p_status: "partly",
      p_result: { done: 1000, failed: 1 },
      p_items: people.map((contact_id, at) => ({ contact_id, status: at ? "done" : "failed" })),
    });
    const counts = await database.sql(
      "select status, count(*)::int as n from public.proposal_items where proposal_id = $1 group by 1 order by 1",
      [proposal_id],
    );
    expect(counts).toEqual([
      { status: "done", n: 1000 },
      { status: "failed", n: 1 },
    ]);
    await expect(
      call("service", "finish_proposal", { p_proposal: proposal_id, p_status: "done" }),
    ).rejects.toMatchObject({ code: "55000" });
  });

  test("refuse options nobody knows", async () => {
    await expect(propose({ approved: true })).rejects.toThrow(/may not set: approved/);
  });
});

describe("edits of a contact", () => {
  const update = (p_changes: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    call<{ version: number; changed: string[] }>(world.admin, "update_contact", {
      p_account: world.account_id,
      p_contact: world.contact_id,
      p_changes,
      ...more,
    });
  const contact = () => row("select * from public.contacts where supabase_id = $1", [world.contact_id]);

  test("name their writer and wait for the push", async () => {
    const before = await contact();
    const { changed, version } = await update({ given_name: "Zoë", birth_date: "1980-02-29" });
    expect(changed).toEqual(["birth_date", "given_name"]);
    expect(version).toBe(Number(before.version) + 1);
    expect(await contact()).toMatchObject({
      given_name: "Zoë",
      birth_date: "1980-02-29",
      sync_status: "pending",
      last_modified_by: `user:${world.admin.user_id}`,
    });
  });

  test("change nothing when nothing differs", async () => {
    const { version } = await update({ given_name: "Same" });
    expect(await update({ given_name: "Same" })).toMatchObject({ version, changed: [] });
    expect(await update({})).toMatchObject({ version, changed: [] });
  });

  test("merge slots and empty them with null", async () => {
    await update({ addresses: { BILLING: { line1: "1 Main St", locality: "Mesa" }, OTHER: { line1: "x" } } });
    await update({ addresses: { BILLING: { line1: "2 Main St" }, OTHER: null } });
    expect((await contact()).addresses).toEqual({ BILLING: { line1: "2 Main St", locality: "Mesa" } });
    await update({ custom_fields: { "7": "blue", "9": 1 } });
    await update({ custom_fields: { "9": null } });
    expect((await contact()).custom_fields).toEqual({ "7": "blue", "9": null });
  });

  test("keep email and EMAIL1 one value", async () => {
    await update({ email: "new@example.test" });
    expect((await contact()).email_addresses).toEqual({ EMAIL1: { email: "new@example.test" } });
    await update({
      email_addresses: { EMAIL1: { email: "slot@example.test" }, EMAIL2: { email: "two@example.test" } },
    });
    expect((await contact()).email).toBe("slot@example.test");
    await update({ email: null });
    expect(await contact()).toMatchObject({
      email: null,
      email_addresses: { EMAIL2: { email: "two@example.test" } },
    });
    await update({ phone: "+1 480 555 0100" });
    expect((await contact()).phone_numbers).toEqual({ PHONE1: { number: "+1 480 555 0100" } });
  });

  test("touch no bookkeeping", async () => {
    for (const field of [
      "keap_id",
      "version",
      "account_id",
      "supabase_id",
      "sync_status",
      "raw",
      "nonsense",
    ]) {
      await expect(update({ [field]: 1 })).rejects.toThrow(`may not set: ${field}`);
    }
    await expect(update({ email_addresses: { EMAIL9: { email: "x" } } })).rejects.toThrow("EMAIL9");
  });

  test("fail when somebody was faster", async () => {
    const { version } = await update({ job_title: "First" });
    await expect(update({ job_title: "Second" }, { p_expected_version: version - 1 })).rejects.toMatchObject({
      code: "40001",
    });
    await expect(update({ job_title: "Second" }, { p_expected_version: version })).resolves.toMatchObject({
      changed: ["job_title"],
    });
  });

  test("let only the service name an actor", async () => {
    await expect(update({ given_name: "X" }, { p_actor: "agent:evil" })).rejects.toMatchObject({
      code: "42501",
    });
    const asService = (p_actor: string) =>
      call("service", "update_contact", {
        p_account: world.account_id,
        p_contact: world.contact_id,
        p_changes: { given_name: p_actor },
        p_actor,
      });
    await asService("automation:7");
    expect((await contact()).last_modified_by).toBe("automation:7");
    await expect(asService(world.viewer.user_id)).rejects.toMatchObject({ code: "42501" });
    await asService(world.admin.user_id);
    expect((await contact()).last_modified_by).toBe(`user:${world.admin.user_id}`);
  });
});

describe("tags on people", () => {
  const args = (p_contact_ids: string[], p_tag: string) => ({
    p_account: world.account_id,
    p_contact_ids,
    p_tag,
  });

  test("go on 1,001 people at once", async () => {
    const people = await makeContacts(1001);
    const p_tag = await call<string>(world.admin, "create_tag", {
      p_account: world.account_id,
      p_name: "Crowd",
    });
    const applied = await call(world.admin, "apply_tag", args(people, p_tag));
    expect(applied).toEqual({ changed: 1001, unchanged: 0, unknown: [] });
    const again = await call(world.admin, "apply_tag", args(people, p_tag));
    expect(again).toEqual({ changed: 0, unchanged: 1001, unknown: [] });
    const held = await row<{ n: number; writer: string; status: string }>(
      "select count(*)::int as n, min(applied_by) as writer, min(sync_status) as status from public.contact_tags where tag_id = $1 and removed_at is null",
      [p_tag],
    );
    expect(held).toEqual({ n: 1001, writer: `user:${world.admin.user_id}`, status: "pending" });
    const removed = await call(world.admin, "remove_tag", args(people.slice(0, 400), p_tag));
    expect(removed).toEqual({ changed: 400, unchanged: 0, unknown: [] });
    const back = await call(world.admin, "apply_tag", args(people, p_tag));
    expect(back).toEqual({ changed: 400, unchanged: 601, unknown: [] });
  });

  test("name the people nobody knows", async () => {
    const stranger = "0f0c3b3e-6f5b-4d8e-9d0e-3d9a1c2b4e5f";
    const result = await call(world.admin, "apply_tag", args([stranger, world.contact_id], world.tag_id));
    expect(result).toMatchObject({ unknown: [stranger] });
    await expect(call(world.admin, "apply_tag", args([], world.tag_id))).rejects.toThrow(
      "between 1 and 10,000",
    );
    await expect(call(world.admin, "apply_tag", args([world.contact_id], stranger))).rejects.toThrow(
      "no tag",
    );
  });

  test("are one per name", async () => {
    const ids = await Promise.all(
      ["At risk", "at risk ", "AT RISK"].map((p_name) =>
        call(world.admin, "create_tag", { p_account: world.account_id, p_name }),
      ),
    );
    expect(new Set(ids).size).toBe(1);
  });
});

describe("keys", () => {
  const create = (more: Record<string, unknown> = {}, who: TestUser | "service" = world.analyst) =>
    call<{ key_id: string; key: string; prefix: string }>(who, "create_api_key", {
      p_account: world.account_id,
      p_name: "Claude",
      p_role: "analyst",
      p_scopes: ["read", "propose"],
      p_tool_groups: ["analytics"],
      ...more,
    });
  const verify = (p_key: string) => call<{ role: string } | null>("service", "verify_api_key", { p_key });

  test("open with their owner's rights until revoked", async () => {
    const { key, key_id, prefix } = await create();
    expect(key).toMatch(/^ksk_[A-Za-z0-9_-]{43}$/);
    expect(key.startsWith(prefix)).toBe(true);
    expect(await verify(key)).toMatchObject({
      key_id,
      account_id: world.account_id,
      user_id: world.analyst.user_id,
      role: "analyst",
      scopes: ["read", "propose"],
      tool_groups: ["analytics"],
    });
    expect(await verify(`${key.slice(0, -1)}x`)).toBeNull();
    await call(world.analyst, "revoke_api_key", { p_key_id: key_id });
    expect(await verify(key)).toBeNull();
  });

  test("are stored as hashes alone", async () => {
    const { key } = await create();
    const { dump } = await row<{ dump: string }>("select json_agg(k)::text as dump from private.api_keys k");
    expect(dump).not.toContain(key.slice(10));
    const { data } = await world.admin.client.from("api_keys").select("*").limit(1);
    expect(Object.keys(data?.[0] ?? {})).not.toContain("hash");
  });

  test("never hold more than their owner", async () => {
    await expect(create({ p_role: "admin" })).rejects.toThrow("more rights than its owner");
    await expect(create({ p_scopes: ["wirte"] })).rejects.toThrow("Unknown scope");
    await expect(create({ p_tool_groups: ["everything"] })).rejects.toThrow("Unknown tool group");
    await expect(create({ p_expires_at: "2020-01-01T00:00:00Z" })).rejects.toThrow("already have expired");
    await expect(create({ p_user: world.admin.user_id })).rejects.toMatchObject({ code: "42501" });
  });

  test("shrink and end with the membership", async () => {
    const person = await database.signUp({ account_id: world.account_id, role: "admin" });
    const { key } = await create({ p_role: "admin", p_user: person.user_id }, "service");
    expect(await verify(key)).toMatchObject({ role: "admin" });
    await call(world.admin, "set_member", {
      p_account: world.account_id,
      p_email: person.email,
      p_role: "viewer",
    });
    expect(await verify(key)).toMatchObject({ role: "viewer" });
    await call(world.admin, "remove_member", { p_account: world.account_id, p_user: person.user_id });
    expect(await verify(key)).toBeNull();
  });
});

describe("members", () => {
  test("always include an admin", async () => {
    const change = call(world.admin, "set_member", {
      p_account: world.account_id,
      p_email: world.admin.email,
      p_role: "viewer",
    });
    await expect(change).rejects.toThrow("at least one admin");
    const removal = call(world.admin, "remove_member", {
      p_account: world.account_id,
      p_user: world.admin.user_id,
    });
    await expect(removal).rejects.toThrow("at least one admin");
  });

  test("must have signed up first", async () => {
    const args = { p_account: world.account_id, p_email: "nobody@example.test", p_role: "viewer" };
    await expect(call(world.admin, "set_member", args)).rejects.toThrow("Nobody has signed up");
  });
});

describe("boards and chats", () => {
  test("pin a first chart without a board", async () => {
    const { account_id } = await database.createAccount();
    const person = await database.signUp({ account_id, role: "analyst" });
    const pin = () =>
      call<{ board_id: string; board_name: string }>(person, "pin_chart", {
        p_account: account_id,
        p_board: null,
        p_title: "Revenue",
        p_spec: { version: 1 },
      });
    const [first, second] = await Promise.all([pin(), pin()]);
    expect(first.board_name).toBe("My board");
    expect(second.board_id).toBe(first.board_id);
    const other = call(person, "pin_chart", {
      p_account: account_id,
      p_board: world.tag_id,
      p_title: "R",
      p_spec: {},
    });
    await expect(other).rejects.toThrow("There is no board");
  });

  test("keep messages in order and replace by id", async () => {
    const p_chat = await call<string>(world.analyst, "create_chat", { p_account: world.account_id });
    const append = (id: string, text: string) =>
      call<number>(world.analyst, "append_chat_message", {
        p_chat,
        p_message: { id, role: "user", parts: [{ type: "text", text }] },
      });
    expect([await append("a", "1"), await append("b", "2"), await append("a", "3")]).toEqual([0, 1, 0]);
    const { data } = await world.analyst.client
      .from("chat_messages")
      .select("id, parts")
      .eq("chat_id", p_chat)
      .order("position");
    expect(data).toEqual([
      { id: "a", parts: [{ type: "text", text: "3" }] },
      { id: "b", parts: [{ type: "text", text: "2" }] },
    ]);
    expect(await call(world.analyst, "truncate_chat", { p_chat, p_from: "b" })).toBe(1);
  });

  test("hide a chat until its author shares it", async () => {
    const p_chat = await call<string>(world.analyst, "create_chat", { p_account: world.account_id });
    const seen = async (who: TestUser) =>
      (await who.client.from("chats").select("id").eq("id", p_chat)).data?.length;
    expect([await seen(world.analyst), await seen(world.admin), await seen(world.viewer)]).toEqual([1, 0, 0]);
    await call(world.analyst, "share_chat", { p_chat, p_shared: true });
    expect([await seen(world.admin), await seen(world.viewer)]).toEqual([1, 0]);
    await expect(call(world.admin, "delete_chat", { p_chat })).rejects.toThrow("You have no chat");
  });

  test("open frozen results by token until revoked", async () => {
    const board = await call<string>(world.admin, "create_board", {
      p_account: world.account_id,
      p_name: "TV",
    });
    const link = await call<{ link_id: string; token: string }>(world.admin, "create_share_link", {
      p_account: world.account_id,
      p_kind: "board",
      p_target: board,
      p_frozen: { rows: [1] },
    });
    const read = () =>
      call<{ frozen: unknown } | null>("service", "read_share_link", { p_token: link.token });
    expect(await read()).toMatchObject({ frozen: { rows: [1] }, target_id: board });
    expect(await call("service", "read_share_link", { p_token: "guess" })).toBeNull();
    await call(world.admin, "revoke_share_link", { p_link: link.link_id });
    expect(await read()).toBeNull();
  });
});

describe("scores and segments", () => {
  test("keep the newest score of 1,001 people", async () => {
    const people = await makeContacts(1001);
    const record = (p_scored_at: string, score: number) =>
      call<number>("service", "record_predictions", {
        p_account: world.account_id,
        p_model: "crowd",
        p_rows: people.map((contact_id) => ({ contact_id, score, details: {} })),
        p_horizon: "365 days",
        p_scored_at,
      });
    expect(await record("2026-03-02T00:00:00Z", 2)).toBe(1001);
    expect(await record("2026-03-01T00:00:00Z", 1)).toBe(1001);
    expect(await record("2026-03-02T00:00:00Z", 3)).toBe(1001);
    const current = await row(
      "select count(*)::int as n, min(score) as low, max(score) as high from public.predictions_current where model = 'crowd'",
    );
    expect(current).toEqual({ n: 1001, low: 3, high: 3 });
  });

  test("set exactly the members named", async () => {
    const people = await makeContacts(1001);
    const p_segment = await call<string>(world.analyst, "save_item", {
      p_account: world.account_id,
      p_kind: "segments",
      p_item: { name: "Everybody" },
    });
    const set = (ids: string[]) =>
      call("service", "set_segment_members", { p_account: world.account_id, p_segment, p_contact_ids: ids });
    expect(await set(people)).toEqual({ entered: 1001, left: 0 });
    expect(await set(people.slice(1))).toEqual({ entered: 0, left: 1 });
    expect(await set(people)).toEqual({ entered: 1, left: 0 });
    expect(
      await row("select member_count::int as n from public.segments where id = $1", [p_segment]),
    ).toEqual({ n: 1001 });
  });

  test("save and change items by allowed columns", async () => {
    const save = (p_item: Record<string, unknown>, p_id: string | null = null) =>
      call<string>(world.analyst, "save_item", {
        p_account: world.account_id,
        p_kind: "goals",
        p_item,
        p_id,
      });
    const goal = {
      name: "Year",
      metric: "revenue_collected",
      target: 100,
      starts_on: "2026-01-01",
      ends_on: "2026-12-31",
    };
    const id = await save(goal);
    await save({ target: 200 }, id);
    expect(await row("select name, target from public.goals where id = $1", [id])).toEqual({
      name: "Year",
      target: 200,
    });
    await expect(save({ ...goal, account_id: world.account_id })).rejects.toThrow("may not set: account_id");
    await expect(
      call(world.admin, "save_item", {
        p_account: world.account_id,
        p_kind: "accounts",
        p_item: { name: "x" },
      }),
    ).rejects.toThrow("cannot be saved");
    expect(
      await call(world.analyst, "delete_item", { p_account: world.account_id, p_kind: "goals", p_id: id }),
    ).toBe(true);
  });
});

test("refuses zones that do not exist", async () => {
  const change = (time_zone: string) =>
    call(world.admin, "update_account", { p_account: world.account_id, p_changes: { time_zone } });
  for (const unknown of ["Mars/Olympus", "EST", "UTC+5", ""]) {
    await expect(change(unknown), unknown).rejects.toThrow("Unknown time zone");
  }
  await expect(change("America/Argentina/Buenos_Aires")).resolves.toMatchObject({
    time_zone: "America/Argentina/Buenos_Aires",
  });
});

test("refuses settings the figures cannot read", async () => {
  const change = (p_changes: Record<string, unknown>) =>
    call<{ settings: Record<string, unknown> }>(world.admin, "update_account", {
      p_account: world.account_id,
      p_changes,
    });
  for (const settings of [
    { net_sales_include_shipping: "maybe" },
    { active_customer_days: "x" },
    { active_customer_days: 0 },
    { churn_date: "someday" },
  ]) {
    await expect(change({ settings }), JSON.stringify(settings)).rejects.toMatchObject({ code: "22023" });
  }
  await expect(change({ currency: "dollars" })).rejects.toMatchObject({ code: "22023" });
  const good = await change({ settings: { active_customer_days: 90, theme: "dark" }, currency: "EUR" });
  expect(good.settings).toMatchObject({ active_customer_days: 90, theme: "dark", currency_from: "user" });
  const less = await change({ settings: { theme: null } });
  expect(Object.keys(less.settings)).not.toContain("theme");
});
