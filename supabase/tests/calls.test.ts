import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase, type TestUser } from "../testing/database";
import { expectedCallers, functions } from "./access";
import { asService, seedWorld, type World } from "./seed";

// Every function a signed-in person may call, called by each role of the account and by another account's admin.

let database: TestDatabase;
let ours: World<TestUser>;
let theirs: World<TestUser>;
beforeAll(async () => {
  database = await startTestDatabase();
  ours = await seedWorld(database, "Ours");
  theirs = await seedWorld(database, "Theirs");
});
afterAll(() => database.stop());

type Caller = "admin" | "analyst" | "viewer" | "stranger";
interface Call {
  /** Who succeeds; everybody else is refused. */
  allowed: Caller[];
  /** Arguments, with targets made for this one call. */
  args: () => Promise<Record<string, unknown>>;
}

const admins: Caller[] = ["admin"];
const analysts: Caller[] = ["admin", "analyst"];

async function make(table: string, columns: Record<string, unknown>): Promise<string> {
  const names = ["account_id", ...Object.keys(columns)];
  const [row] = await database.sql<{ id: string }>(
    `insert into ${table} (${names.join(", ")}) values (${names.map((_, at) => `$${at + 1}`).join(", ")}) returning id`,
    [ours.account_id, ...Object.values(columns)],
  );
  return row?.id ?? "";
}
let serial = 0;
const makeBoard = () => make("public.boards", { name: "Board" });
const makeChart = async () =>
  make("public.board_charts", { board_id: await makeBoard(), title: "Chart", spec: {} });
const makeChat = () => make("public.chats", { user_id: ours.admin.user_id });
const makeProposal = async () => {
  const { proposal_id } = await asService<{ proposal_id: string }>(
    database,
    "create_proposal($1, $2, $3, 'agent:test')",
    [
      ours.account_id,
      { kind: "apply_tag", payload: { tag_id: null, tag_name: "Tag" } },
      JSON.stringify([{ contact_id: ours.contact_id }]),
    ],
  );
  return proposal_id;
};

/** Decided already, since only one hold of a table may wait; whoever may not decide is refused all the same. */
const decidedHold = async () => ({
  p_account: ours.account_id,
  p_hold: (
    await database.sql<{ hold_id: string }>(
      `insert into sync.holds (account_id, entity, kind, state, records, limit_records, linked, reason, cure)
       values ($1, 'contacts', 'push', 'released', 60, 50, 100, 'Many', 'Decide') returning hold_id`,
      [ours.account_id],
    )
  )[0]?.hold_id,
});

const calls: Record<string, Call> = {
  update_account: {
    allowed: admins,
    args: async () => ({ p_account: ours.account_id, p_changes: { settings: { a: 1 } } }),
  },
  list_members: { allowed: admins, args: async () => ({ p_account: ours.account_id }) },
  set_member: {
    allowed: admins,
    args: async () => ({ p_account: ours.account_id, p_email: ours.viewer.email, p_role: "viewer" }),
  },
  remove_member: {
    allowed: admins,
    args: async () => ({
      p_account: ours.account_id,
      p_user: (await database.signUp({ account_id: ours.account_id, role: "viewer" })).user_id,
    }),
  },
  create_chat: { allowed: analysts, args: async () => ({ p_account: ours.account_id, p_title: "Hello" }) },
  append_chat_message: {
    allowed: admins,
    args: async () => ({ p_chat: await makeChat(), p_message: { id: "m", role: "user", parts: [] } }),
  },
  truncate_chat: { allowed: admins, args: async () => ({ p_chat: await makeChat(), p_from: "m" }) },
  rename_chat: { allowed: admins, args: async () => ({ p_chat: await makeChat(), p_title: "New" }) },
  share_chat: { allowed: admins, args: async () => ({ p_chat: await makeChat(), p_shared: true }) },
  delete_chat: { allowed: admins, args: async () => ({ p_chat: await makeChat() }) },
  create_board: { allowed: analysts, args: async () => ({ p_account: ours.account_id, p_name: "Board" }) },
  update_board: {
    allowed: analysts,
    args: async () => ({ p_board: await makeBoard(), p_changes: { name: "Other" } }),
  },
  delete_board: { allowed: analysts, args: async () => ({ p_board: await makeBoard() }) },
  pin_chart: {
    allowed: analysts,
    args: async () => ({ p_account: ours.account_id, p_board: null, p_title: "Chart", p_spec: {} }),
  },
  update_chart: {
    allowed: analysts,
    args: async () => ({ p_chart: await makeChart(), p_changes: { title: "Other" } }),
  },
  arrange_board: { allowed: analysts, args: async () => ({ p_board: await makeBoard(), p_layouts: [] }) },
  remove_chart: { allowed: analysts, args: async () => ({ p_chart: await makeChart() }) },
  create_share_link: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_kind: "board",
      p_target: await makeBoard(),
      p_frozen: {},
    }),
  },
  revoke_share_link: {
    allowed: analysts,
    args: async () => ({
      p_link: await make("private.share_links", {
        kind: "board",
        target_id: ours.contact_id,
        token_hash: `h${serial++}`,
        frozen: {},
        created_by: "service",
        expires_at: "2100-01-01",
      }),
    }),
  },
  save_item: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_kind: "saved_queries",
      p_item: { name: `Q${serial++}`, query: {} },
    }),
  },
  save_frozen_segment: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_item: { name: `S${serial++}` },
      p_contact_ids: [ours.contact_id],
    }),
  },
  delete_item: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_kind: "saved_queries",
      p_id: await make("public.saved_queries", { name: `Q${serial++}`, query: {} }),
    }),
  },
  create_proposal: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_proposal: { kind: "apply_tag", payload: { tag_id: null, tag_name: "T" } },
      p_items: [{ contact_id: ours.contact_id }],
    }),
  },
  approve_proposal: { allowed: admins, args: async () => ({ p_proposal: await makeProposal() }) },
  reject_proposal: { allowed: admins, args: async () => ({ p_proposal: await makeProposal() }) },
  update_contact: {
    allowed: admins,
    args: async () => ({
      p_account: ours.account_id,
      p_contact: ours.contact_id,
      p_changes: { job_title: `J${serial++}` },
    }),
  },
  create_tag: {
    allowed: admins,
    args: async () => ({ p_account: ours.account_id, p_name: `Tag ${serial++}` }),
  },
  apply_tag: {
    allowed: admins,
    args: async () => ({ p_account: ours.account_id, p_contact_ids: [ours.contact_id], p_tag: ours.tag_id }),
  },
  remove_tag: {
    allowed: admins,
    args: async () => ({ p_account: ours.account_id, p_contact_ids: [ours.contact_id], p_tag: ours.tag_id }),
  },
  give_feedback: { allowed: analysts, args: async () => ({ p_account: ours.account_id, p_rating: 1 }) },
  verify_answer: {
    allowed: admins,
    args: async () => ({
      p_account: ours.account_id,
      p_question: "Q",
      p_query: {},
      p_fingerprint: `f${serial++}`,
    }),
  },
  revoke_verified_answer: {
    allowed: admins,
    args: async () => ({
      p_answer: await make("public.verified_answers", {
        question: "Q",
        query: {},
        fingerprint: `g${serial++}`,
      }),
    }),
  },
  create_api_key: {
    allowed: analysts,
    args: async () => ({ p_account: ours.account_id, p_name: "Key", p_role: "viewer" }),
  },
  revoke_api_key: {
    allowed: admins,
    args: async () => ({
      p_key_id: await make("private.api_keys", {
        user_id: ours.admin.user_id,
        name: "Key",
        prefix: "ksk_",
        hash: `k${serial++}`,
        role: "viewer",
        created_by: "service",
      }),
    }),
  },
  undo_proposal: {
    allowed: admins,
    args: async () => {
      const p_proposal = await makeProposal();
      await database.sql("update public.proposals set status = 'done', reversible = 'yes' where id = $1", [
        p_proposal,
      ]);
      return { p_proposal };
    },
  },
  settle_held_person: {
    allowed: admins,
    args: async () => {
      const p_proposal = await makeProposal();
      await database.sql("update public.proposal_items set status = 'unknown' where proposal_id = $1", [
        p_proposal,
      ]);
      return { p_proposal, p_contact: ours.contact_id, p_happened: true };
    },
  },
  store_upload: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_title: "Prices",
      p_file: "prices.md",
      p_chunks: [`Piece ${serial++}`],
    }),
  },
  remove_upload: {
    allowed: analysts,
    args: async () => ({
      p_account: ours.account_id,
      p_document: await make("public.knowledge_documents", {
        kind: "upload",
        title: "Prices",
        content_hash: `u${serial++}`,
      }),
    }),
  },
  sync_holds: { allowed: analysts, args: async () => ({ p_account: ours.account_id }) },
  sync_release_hold: { allowed: admins, args: decidedHold },
  sync_reject_hold: { allowed: admins, args: decidedHold },
  // Touches the caller's own notifications only: a stranger's call changes nothing.
  mark_notifications_read: {
    allowed: ["admin", "analyst", "viewer", "stranger"],
    args: async () => ({ p_account: ours.account_id }),
  },
};

function personOf(caller: Caller): TestUser {
  return caller === "stranger" ? theirs.admin : ours[caller];
}

test("covers every function people may call", () => {
  const callable = Object.keys(functions).filter((name) => functions[name] !== "service");
  expect(Object.keys(calls).sort()).toEqual(callable.sort());
});

describe("a call by each role", () => {
  for (const [name, call] of Object.entries(calls)) {
    test(`lets only the right people call ${name}`, async () => {
      for (const caller of ["stranger", "viewer", "analyst", "admin"] as const) {
        const { error } = await personOf(caller).client.rpc(name, await call.args());
        if (call.allowed.includes(caller)) expect(error, `${caller}: ${error?.message}`).toBeNull();
        else expect(["42501", "P0002"], `${caller}: ${error?.message}`).toContain(error?.code);
      }
    });
  }
});

describe("attacks of a viewer", () => {
  const attacks = [
    "select email from public.contacts",
    "'; select email from public.contacts; --",
    "x' || (select email from public.contacts limit 1) || '",
    "select set_config('role', 'service_role', true)",
    `select set_config('request.jwt.claims', '{"role":"service_role"}', true)`,
  ];

  interface Signature {
    name: string;
    arguments: string[];
    types: string[];
  }
  async function exposedFunctions(): Promise<Signature[]> {
    return database.sql<Signature>(
      `select proname as name, coalesce(proargnames, '{}') as arguments,
         (select array_agg(format_type(t.oid, null) order by place) from unnest(proargtypes) with ordinality t (oid, place)) as types
       from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
    );
  }

  function argumentOf(name: string, type: string, attack: string): unknown {
    if (name === "p_account") return ours.account_id;
    if (type === "uuid") return ours.contact_id;
    // Of the right type, so that the right to call is what refuses.
    if (type.endsWith("[]")) return [argumentOf(name, type.slice(0, -2), attack)];
    if (/int|numeric/.test(type)) return 1;
    if (type === "boolean") return true;
    if (type === "date") return "2030-01-01";
    if (type.startsWith("timestamp")) return "2030-01-01T00:00:00Z";
    if (type === "jsonb")
      return { account_id: ours.account_id, role: "admin", user_id: null, query: attack, [attack]: attack };
    return attack;
  }

  test("gets nothing from any exposed function", { timeout: 60_000 }, async () => {
    const signatures = await exposedFunctions();
    expect(signatures.length).toBeGreaterThan(60);
    const [before] = await database.sql("select count(*)::int as n, max(id) as last from public.audit_log");
    for (const { name, arguments: names, types } of signatures) {
      // What a viewer may not even call refuses before it looks at an argument: one try is enough.
      for (const attack of expectedCallers(name) === "service" ? attacks.slice(0, 1) : attacks) {
        const args = Object.fromEntries(
          (types ?? []).map((type, at) => [names[at], argumentOf(names[at] ?? "", type, attack)]),
        );
        const { data, error } = await ours.viewer.client.rpc(name, args);
        if (name === "mark_notifications_read") continue;
        expect(error, `${name} answered ${JSON.stringify(data)}`).not.toBeNull();
        expect(JSON.stringify(error), name).not.toContain("secret.test");
        if (expectedCallers(name) === "service") expect(error?.code, name).toBe("42501");
      }
    }
    const [after] = await database.sql("select count(*)::int as n, max(id) as last from public.audit_log");
    expect(after).toEqual(before);
  });

  test("climbs by no built-in function", async () => {
    for (const [name, args] of [
      ["set_config", { setting_name: "role", new_value: "service_role", is_local: true }],
      ["query_to_xml", { query: "select 1", nulls: true, tableforest: true, targetns: "" }],
      ["pg_sleep", { "": 1 }],
      ["my_accounts", { p_roles: ["admin"] }],
      ["query_account", {}],
      ["read_as_reader", { p_query: "select 1", p_params: [], p_cap: 1 }],
    ] as const) {
      const { error } = await ours.viewer.client.rpc(name, args);
      expect(error, name).not.toBeNull();
    }
  });

  test("climbs by no clause of a table request", async () => {
    const { client } = ours.viewer;
    const attempts = [
      client.from("contacts").select("email, set_config('role','service_role',true)"),
      client.from("boards").select("*, contacts(email)"),
      client.from("boards").select("name").order("(select email from contacts limit 1)"),
      client.from("boards").select("name").or("id.in.(select supabase_id from contacts)"),
      client.from("contacts; select 1").select("*"),
      client.schema("private").from("secrets").select("*"),
      client.schema("auth").from("users").select("*"),
    ];
    for (const attempt of attempts) {
      const { data } = await attempt;
      expect(JSON.stringify(data ?? "")).not.toContain("secret.test");
    }
    const { data } = await client.from("contacts").select("email");
    expect(data).toEqual([]);
  });

  test("keeps its role with forged headers", async () => {
    const response = await database.fetch(`${database.url}/rest/v1/contacts?select=email`, {
      headers: {
        apikey: database.publishableKey,
        Authorization: `Bearer ${ours.viewer.accessToken}`,
        role: "service_role",
        "x-role": "service_role",
        "request.jwt.claims": '{"role":"service_role"}',
      },
    });
    expect(await response.json()).toEqual([]);
    const unsigned = [
      { alg: "none", typ: "JWT" },
      { role: "service_role", sub: ours.admin.user_id },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const forged = await database.fetch(`${database.url}/rest/v1/contacts?select=email`, {
      headers: { apikey: database.publishableKey, Authorization: `Bearer ${unsigned}.` },
    });
    expect(forged.status).toBe(401);
    const keyless = await database.fetch(`${database.url}/rest/v1/contacts?select=email`);
    expect(keyless.status).toBe(401);
  });
});
