/** What the seed and the role matrix need of a database: the embedded one and a real PostgreSQL both offer it. */
export interface SeedDatabase<User extends { user_id: string }> {
  sql<T = Record<string, unknown>>(text: string, params?: unknown[]): Promise<T[]>;
  createAccount(options: { name: string }): Promise<{ account_id: string }>;
  signUp(options: { account_id: string; role: "admin" | "analyst" | "viewer" }): Promise<User>;
}

export interface World<User extends { user_id: string } = { user_id: string }> {
  account_id: string;
  admin: User;
  analyst: User;
  viewer: User;
  contact_id: string;
  tag_id: string;
}

/** An account with three members and at least one row in every exposed relation. */
export async function seedWorld<User extends { user_id: string }>(
  database: SeedDatabase<User>,
  name: string,
): Promise<World<User>> {
  const { account_id } = await database.createAccount({ name });
  const admin = await database.signUp({ account_id, role: "admin" });
  const analyst = await database.signUp({ account_id, role: "analyst" });
  const viewer = await database.signUp({ account_id, role: "viewer" });

  const insert = async (table: string, columns: Record<string, unknown>, key = "supabase_id") => {
    const names = ["account_id", ...Object.keys(columns)];
    const values = names.map((_, at) => `$${at + 1}`).join(", ");
    const [row] = await database.sql<Record<string, string>>(
      `insert into ${table.includes(".") ? table : `public.${table}`} (${names.join(", ")}) values (${values}) returning ${key}::text as id`,
      [account_id, ...Object.values(columns)],
    );
    return row?.id ?? "";
  };

  // Mirrored.
  await insert("users", { keap_id: 1, given_name: `${name} owner` });
  const lead_source_id = await insert("lead_sources", { keap_id: 1, name: `${name} ads` });
  const company_id = await insert("companies", { keap_id: 1, company_name: `${name} Ltd` });
  const contact_id = await insert("contacts", {
    keap_id: 1,
    given_name: name,
    email: `${name.toLowerCase()}@secret.test`,
    company_id,
  });
  await insert("custom_field_definitions", { keap_id: 1, record_type: "CONTACT", label: name });
  await insert("email_addresses_status", { email: `${name.toLowerCase()}@secret.test` });
  const category_id = await insert("tag_categories", { keap_id: 1, name });
  const tag_id = await insert("tags", { keap_id: 1, name: `${name} tag`, category_id });
  await insert("contact_tags", { contact_id, tag_id }, "contact_id");
  await insert("product_categories", { keap_id: 1, name });
  const product_id = await insert("products", { keap_id: 1, name });
  const subscription_plan_id = await insert("subscription_plans", { keap_id: 1, name, product_id });
  const affiliate_id = await insert("affiliates", { keap_id: 1, name, contact_id });
  await insert("referrals", { keap_id: 1, contact_id, affiliate_id });
  await insert("affiliate_commissions", { natural_key: "c1", kind: "earned", affiliate_id, amount_minor: 5 });
  await insert("subscriptions", { keap_id: 1, contact_id, product_id, subscription_plan_id, active: true });
  const order_id = await insert("orders", { keap_id: 1, contact_id, total_minor: 100, currency: "USD" });
  await insert("order_items", { keap_id: 1, order_id, product_id, quantity: 1 });
  const payment_id = await insert("payments", { keap_id: 1, contact_id, order_id, amount_minor: 100 });
  await insert("payment_allocations", { keap_id: 1, payment_id, order_id, amount_minor: 100 });
  await insert("transactions", { natural_key: "t1", contact_id, amount_minor: 100 });
  const stage_id = await insert("opportunity_stages", { keap_id: 1, name });
  const opportunity_id = await insert("opportunities", { keap_id: 1, title: name, contact_id, stage_id });
  await insert("stage_moves", { keap_id: 1, opportunity_id, to_stage_id: stage_id });
  await insert("campaigns", { keap_id: 1, name });
  await insert("lead_source_expenses", { keap_id: 1, lead_source_id, amount_minor: 5 });
  await insert("interactions", { keap_id: 1, kind: "note", contact_id, body: `${name} note` });

  // The app's own.
  const board_id = await insert("boards", { name: `${name} board` }, "id");
  await insert("board_charts", { board_id, title: name, spec: {} }, "id");
  await insert(
    "goals",
    { name, metric: "orders", target: 1, starts_on: "2026-01-01", ends_on: "2026-12-31" },
    "id",
  );
  const chat_id = await insert("chats", { user_id: admin.user_id, title: name }, "id");
  await insert("chat_messages", { chat_id, id: "m1", role: "user", parts: "[]", position: 0 }, "id");
  await insert("notifications", { user_id: admin.user_id, kind: "test", title: name }, "id");
  await insert("feedback", { user_id: admin.user_id, rating: 1, question: name }, "id");
  await insert("saved_queries", { name, query: {} }, "id");
  const segment_id = await insert("segments", { name }, "id");
  await insert("segment_members", { segment_id, contact_id }, "segment_id");
  const alert_id = await insert("alerts", { name, query: {}, condition: {} }, "id");
  await insert("alert_deliveries", { alert_id, channel: "app" }, "id");
  await insert("prediction_models", { model: "risk" }, "id");
  await insert("predictions", { contact_id, model: "risk", score: 2 }, "contact_id");
  const automation_id = await insert("automations", { name, trigger: {}, action: {} }, "id");
  await insert("automation_runs", { automation_id }, "id");
  await insert("automation_contacts", { automation_id, contact_id }, "contact_id");
  const document_id = await insert(
    "knowledge_documents",
    { kind: "upload", content_hash: "h", title: name },
    "id",
  );
  await insert("knowledge_chunks", { document_id, position: 0, content: `${name} knows` }, "id");
  await insert("verified_answers", { question: name, query: {}, fingerprint: "f" }, "id");
  await insert("evaluation_questions", { question: name }, "id");
  await asService(database, "create_proposal($1, $2, $3, 'agent:seed')", [
    account_id,
    { kind: "apply_tag", summary: name, payload: { tag_id, tag_name: `${name} tag` } },
    JSON.stringify([{ contact_id }]),
  ]);
  await asService(database, "create_api_key($1, $2, 'analyst', p_user => $3)", [
    account_id,
    name,
    admin.user_id,
  ]);
  await insert(
    "private.share_links",
    {
      kind: "board",
      target_id: board_id,
      token_hash: `hash of ${name}`,
      frozen: {},
      created_by: "service",
      expires_at: "2100-01-01",
    },
    "id",
  );

  // What the sync keeps and shows in views.
  const run_id = await insert("sync.runs", { kind: "poll" }, "run_id");
  await insert(
    "sync.journal",
    {
      run_id,
      entity: "contacts",
      record_id: contact_id,
      direction: "in",
      action: "update",
      origin: "keap",
      changes: { given_name: ["x", name] },
    },
    "journal_id",
  );
  await insert(
    "sync.conflicts",
    { entity: "contacts", record_id: contact_id, field: "given_name", policy: "keap", decision: "keap" },
    "conflict_id",
  );
  await insert(
    "sync.dead_letters",
    { entity: "contacts", record_id: contact_id, class: "hold", reason: "refused" },
    "dead_letter_id",
  );
  await insert("sync.verification_runs", { entity: "contacts" }, "verification_id");
  await insert("sync.connections", { state: "connected" }, "state");
  await insert("sync.rejected", { entity: "contacts", key: "9", reason: "no name" }, "key");
  await insert("sync.hook_watch", { failures: 0 }, "account_id");
  await insert("sync.cursors", { entity: "contacts", stream: "poll" }, "entity");
  return { account_id, admin, analyst, viewer, contact_id, tag_id };
}

/** Calls a function as a request with the secret key would. */
export async function asService<T>(
  database: Pick<SeedDatabase<{ user_id: string }>, "sql">,
  call: string,
  params: unknown[],
): Promise<T> {
  const [row] = await database.sql<{ result: T }>(
    `select set_config('request.jwt.claim.role', 'service_role', true), public.${call} as result`,
    params,
  );
  return row?.result as T;
}
