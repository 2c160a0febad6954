import { describe, expect, it } from "vitest";
import { startSmallSandbox, testNow } from "../testing/start";

describe("companies", () => {
  it("leaves most fields out of the list", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/companies")).body.companies[0]).toEqual({ id: "1", company_name: "Acme" });
    expect(
      (await call("GET", "/v2/companies", { query: { fields: "update_time" } })).body.companies[0],
    ).toHaveProperty("update_time");
    expect((await call("GET", "/v2/companies", { query: { order_by: "update_time desc" } })).status).toBe(
      400,
    );
  });

  it("changes only what is sent, even unmasked", async () => {
    const { call } = startSmallSandbox();
    await call("PATCH", "/v2/companies/1", { body: { notes: "big" } });
    expect((await call("GET", "/v2/companies/1", { query: { fields: "notes" } })).body).toMatchObject({
      company_name: "Acme",
      notes: "big",
    });
  });
});

describe("opportunities", () => {
  it("writes a stage move when the stage changes", async () => {
    const { call } = startSmallSandbox();
    await call("PATCH", "/v2/opportunities/1", {
      query: { update_mask: "stage_id" },
      body: { stage_id: "2" },
    });
    const { body } = await call("GET", "/v2/opportunities/stageMoves");
    expect(body.stage_moves).toMatchObject([
      {
        opportunity_id: "1",
        move_from_stage_id: "1",
        move_to_stage_id: "2",
        move_time: "2026-02-01T12:00:00.000+0000",
      },
    ]);
    expect(
      (await call("GET", "/v2/opportunities/1", { query: { fields: "stage_entrance_time,custom_fields" } }))
        .body,
    ).toMatchObject({
      stage: { id: "2", name: "Won" },
      stage_entrance_time: testNow,
      custom_fields: [],
    });
  });

  it("starts the history from stage zero", async () => {
    const { call } = startSmallSandbox();
    const { status } = await call("POST", "/v2/opportunities", {
      body: { opportunity_title: "New", contact_id: "2", stage_id: "1" },
    });
    expect(status).toBe(201);
    expect((await call("GET", "/v2/opportunities/stageMoves")).body.stage_moves[0].move_from_stage_id).toBe(
      "0",
    );
  });

  it("orders by update_time, shows last_updated_time", async () => {
    const { call } = startSmallSandbox();
    const { status, body } = await call("GET", "/v2/opportunities", {
      query: { order_by: "update_time desc" },
    });
    expect(status).toBe(200);
    expect(body.opportunities[0]).toHaveProperty("last_updated_time");
    expect(
      (await call("GET", "/v2/opportunities", { query: { order_by: "last_updated_time desc" } })).status,
    ).toBe(400);
  });

  it("matches a contact's phone as it is stored", async () => {
    const { call } = startSmallSandbox();
    const found = async (value: string) =>
      (await call("GET", "/v2/opportunities", { query: { filter: `contact_phone==${value}` } })).body
        .opportunities.length;
    expect([await found("(602) 555-0101"), await found("6025550101"), await found("(602*")]).toEqual([
      1, 0, 1,
    ]);
  });
});

describe("notes and tasks", () => {
  it("lists all notes but writes under contacts", async () => {
    const { call } = startSmallSandbox();
    expect((await call("GET", "/v2/notes", { query: { filter: "ids==1" } })).body.notes[0]).toMatchObject({
      id: "1",
      assigned_to_user: { id: "1", given_name: "Ada" },
    });
    expect((await call("GET", "/v2/notes/1")).status).toBe(404);
    expect((await call("POST", "/v2/contacts/1/notes", { body: { title: "x" } })).status).toBe(400);
    expect((await call("POST", "/v2/contacts/1/notes", { body: { user_id: "1" } })).status).toBe(400);
    const { status, body } = await call("POST", "/v2/contacts/1/notes", {
      body: { user_id: "1", title: "Hi", is_pinned: true },
    });
    expect([status, body.pinned_at]).toEqual([201, testNow]);
  });

  it("needs user_id in a note's PATCH, can move it", async () => {
    const { call } = startSmallSandbox();
    expect(
      (await call("PATCH", "/v2/contacts/1/notes/1", { query: { update_mask: "text" }, body: { text: "x" } }))
        .status,
    ).toBe(400);
    const { status } = await call("PATCH", "/v2/contacts/1/notes/1", {
      query: { update_mask: "contact_id" },
      body: { user_id: "1", contact_id: "2" },
    });
    expect(status).toBe(200);
    expect((await call("GET", "/v2/contacts/2/notes")).body.notes).toHaveLength(1);
    expect((await call("GET", "/v2/contacts/1/notes/1")).status).toBe(404);
  });

  it("resets custom fields with an empty list", async () => {
    const { call, sandbox } = startSmallSandbox();
    sandbox.account.customFields.set(9, {
      id: "9",
      record_type: "TASK_NOTE_APPOINTMENT",
      label: "Mood",
      field_name: "Mood",
      field_type: "TEXT",
      default_value: "calm",
    });
    const body = { custom_fields: [{ id: "9", content: "wild" }] };
    const set = await call("PATCH", "/v2/tasks/1", {
      query: { update_mask: "custom_fields", fields: "custom_fields" },
      body,
    });
    expect(set.body.custom_fields).toEqual([{ id: "9", content: "wild" }]);
    const reset = await call("PATCH", "/v2/tasks/1", {
      query: { update_mask: "custom_fields", fields: "custom_fields" },
      body: { custom_fields: [] },
    });
    expect(reset.body.custom_fields).toEqual([{ id: "9", content: "calm" }]);
  });

  it("compares since_time with either time", async () => {
    const { call, sandbox } = startSmallSandbox();
    await call("PATCH", "/v2/tasks/1", { query: { update_mask: "title" }, body: { title: "Later" } });
    const found = async () =>
      (await call("GET", "/v2/tasks", { query: { filter: "since_time==2026-01-31T00:00:00.000Z" } })).body
        .tasks.length;
    expect(await found()).toBe(1);
    sandbox.setSwitches({ note_since_compares: "create_time" });
    expect(await found()).toBe(0);
  });

  it("takes reminder minutes as number or text", async () => {
    const { call } = startSmallSandbox();
    const set = async (remind_time_mins: unknown) =>
      (
        await call("PATCH", "/v2/tasks/1", {
          query: { update_mask: "remind_time_mins" },
          body: { remind_time_mins },
        })
      ).body.remind_time_mins;
    expect([await set(30), await set("60")]).toEqual([30, 60]);
    expect(
      (
        await call("PATCH", "/v2/tasks/1", {
          query: { update_mask: "remind_time_mins" },
          body: { remind_time_mins: 7 },
        })
      ).status,
    ).toBe(400);
  });
});

describe("appointments", () => {
  it("shows no id unless switched", async () => {
    const { call, sandbox } = startSmallSandbox();
    const { body } = await call("GET", "/v1/appointments");
    expect(body.appointments[0]).toEqual({
      title: "Demo",
      start_date: "2026-01-14T12:00:00.000Z",
      end_date: "2026-01-14T12:00:00.000Z",
      contact_id: 1,
    });
    expect(body.count).toBe(1);
    sandbox.setSwitches({ appointment_ids: true });
    expect((await call("GET", "/v1/appointments")).body.appointments[0].id).toBe(1);
  });
});

describe("v1 lists", () => {
  it("give the next page as a whole URL", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v1/contacts/1/tags", { query: { limit: "1" } });
    expect(new URL(body.next).search).toBe("?limit=1&offset=1");
    expect(body.tags[0].tag).toEqual({ id: 1, name: "Customer", category: "Stage" });
    expect((await call("GET", "/v1/contacts/1/tags", { query: { limit: "x" } })).status).toBe(400);
    expect((await call("GET", "/v1/appointments", { query: { since: "yesterday" } })).status).toBe(400);
  });
});

describe("products", () => {
  it("take a price as int in the smallest unit", async () => {
    const { call } = startSmallSandbox();
    const body = { name: "Book", short_description: "Paper", price: 123, inventory: { inventory_limit: 3 } };
    const created = await call("POST", "/v2/products", { body });
    expect([created.status, created.body.price]).toEqual([
      201,
      { amount: 123, currency_code: "USD", formatted_amount: "$1.23" },
    ]);
    expect((await call("POST", "/v2/products", { body: { ...body, price: 1.23 } })).status).toBe(400);
    // The inventory is nested in a create and flat in a PATCH.
    const patched = await call("PATCH", `/v2/products/${created.body.id}`, {
      query: { update_mask: "inventory_limit" },
      body: { inventory_limit: 9 },
    });
    expect(patched.body.inventory.inventory_limit).toBe(9);
    expect(
      (
        await call("PATCH", `/v2/products/${created.body.id}`, {
          query: { update_mask: "inventory" },
          body: {},
        })
      ).status,
    ).toBe(400);
  });
});

describe("emails", () => {
  it("orders by a created time nobody shows", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v2/emails", {
      query: { filter: "start_created_time==2026-01-03T00:00:00.000Z", order_by: "created_time desc" },
    });
    expect(body.emails[0]).not.toHaveProperty("created_time");
    expect(body.emails[0]).not.toHaveProperty("plain_content");
    expect((await call("GET", "/v2/emails/1")).body.plain_content).toBe("SGVsbG8=");
  });

  it("puts failed records of a batch beside the 201", async () => {
    const { call } = startSmallSandbox();
    const emails = [
      { sent_to_address: "ben@example.com", opened_time: "2026-01-30T00:00:00Z" },
      { subject: "no address" },
    ];
    const { status, body } = await call("POST", "/v2/emails:batchAdd", { body: { emails } });
    expect(status).toBe(201);
    expect([body.emails.length, body.errors.length]).toEqual([1, 1]);
    expect(body.emails[0].contact_id).toBe("2");
    expect((await call("GET", "/v2/emailAddresses/ben@example.com/status")).body.last_open_time).toBe(
      "2026-01-30T00:00:00.000Z",
    );
    const removed = await call("POST", "/v2/emails:batchRemove", { body: { email_ids: ["1", "99"] } });
    expect(removed.body.results).toEqual({ "1": "SUCCESS", "99": "EMAIL_ID_NOT_FOUND" });
  });

  it("answers a repeated record either way", async () => {
    const { call, sandbox } = startSmallSandbox();
    const body = {
      sent_to_address: "ann@example.com",
      original_provider: "INFUSIONSOFT",
      original_provider_id: "m-1",
    };
    expect((await call("POST", "/v2/emails", { body })).status).toBe(409);
    sandbox.setSwitches({ repeated_email_record: "existing" });
    expect((await call("POST", "/v2/emails", { body })).body.id).toBe("1");
  });

  it("wants exactly one sender", async () => {
    const { call } = startSmallSandbox();
    const mail = { contacts: ["1"], subject: "Hi", html_content: "SGk=" };
    expect((await call("POST", "/v2/emails:send", { body: mail })).status).toBe(400);
    expect(
      (await call("POST", "/v2/emails:send", { body: { ...mail, user_id: "1", from_address: "a@b.co" } }))
        .status,
    ).toBe(400);
    expect((await call("POST", "/v2/emails:send", { body: { ...mail, user_id: "1" } })).status).toBe(202);
  });
});

describe("campaigns", () => {
  it("reports each contact of a sequence", async () => {
    const { call } = startSmallSandbox();
    const path = "/v2/campaigns/1/sequences/1";
    expect(
      (await call("POST", `${path}:addContacts`, { body: { contact_ids: ["1", "2", "99"] } })).body,
    ).toEqual({
      add_to_sequence_results: { "1": "SUCCESS", "2": "ALREADY_IN_SEQUENCE", "99": "CONTACT_DOES_NOT_EXIST" },
    });
    expect(
      (await call("POST", `${path}:removeContacts`, { body: { contact_ids: ["1", "99"] } })).body,
    ).toEqual({
      remove_from_sequence_results: { "1": "SUCCESS", "99": "CONTACT_DOES_NOT_EXIST" },
    });
    expect(
      (await call("POST", "/v2/automations/1/sequences/1:addContacts", { body: { contact_ids: ["3"] } }))
        .body,
    ).toEqual({
      add_to_automation_sequence_results: { "3": "SUCCESS" },
    });
  });

  it("achieves goals by name or by ids, as ints", async () => {
    const { call } = startSmallSandbox();
    const achieve = (body: object) => call("POST", "/v2/automations/goals/achieve", { body });
    expect(
      (await achieve({ contact_id: 1, integration: "keapsake", call_name: "bought" })).body.results[0],
    ).toMatchObject({ success: true, automation_id: 1, goal_id: 1 });
    expect((await achieve({ contact_id: 1, automation_id: 1, goal_id: 1 })).body.results).toHaveLength(1);
    // A 200 can hold a failure, or nothing at all.
    expect((await achieve({ contact_id: 99, automation_id: 1, goal_id: 1 })).body.results[0].success).toBe(
      false,
    );
    expect(
      (await achieve({ contact_id: 1, integration: "keapsake", call_name: "nothing" })).body.results,
    ).toEqual([]);
    expect(
      (
        await achieve({
          contact_id: 1,
          integration: "keapsake",
          call_name: "bought",
          automation_id: 1,
          goal_id: 1,
        })
      ).status,
    ).toBe(400);
    expect((await achieve({ contact_id: "1", automation_id: 1, goal_id: 1 })).status).toBe(400);
    expect(
      (await call("POST", "/v1/campaigns/goals/keapsake/bought", { body: { contact_id: 1 } })).status,
    ).toBe(201);
  });

  it("hides who is where and what calls a goal", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("GET", "/v2/campaigns/1/goals");
    expect(Object.keys(body.goals[0]).sort()).toEqual([
      "historical_contact_counts",
      "id",
      "name",
      "next_sequence_ids",
      "previous_sequence_ids",
      "type",
    ]);
    expect((await call("GET", "/v2/campaigns/1/sequences")).body.sequences[0]).not.toHaveProperty(
      "active_contact_ids",
    );
  });
});

describe("lead sources, fields, settings, users", () => {
  it("lists all expenses under a dash", async () => {
    const { call } = startSmallSandbox();
    const created = await call("POST", "/v2/leadSources/1/expenses", {
      body: { title: "More ads", amount: 1_234 },
    });
    expect([created.status, created.body.amount.formatted_amount]).toEqual([201, "$12.34"]);
    expect(
      (
        await call("GET", "/v2/leadSources/-/expenses", { query: { order_by: "update_time desc" } })
      ).body.lead_source_expenses.map((one: { id: string }) => one.id),
    ).toEqual(["2", "1"]);
  });

  it("creates and deletes contact fields, never patches", async () => {
    const { call } = startSmallSandbox();
    const { status, body } = await call("POST", "/v2/contacts/model/customFields", {
      body: { label: "Shoe Size", field_type: "DROPDOWN", options: [{ label: "41" }] },
    });
    expect([status, body.field_name, body.options]).toEqual([201, "ShoeSize0", [{ id: "1", label: "41" }]]);
    expect(
      (
        await call("PATCH", `/v2/contacts/model/customFields/${body.id}`, {
          body: { label: "X", group_id: body.group_id },
        })
      ).status,
    ).toBe(405);
    expect((await call("DELETE", `/v2/contacts/model/customFields/groups/${body.group_id}`)).status).toBe(
      409,
    );
    expect((await call("DELETE", `/v2/contacts/model/customFields/${body.id}`)).status).toBe(204);
    expect((await call("DELETE", `/v2/contacts/model/customFields/groups/${body.group_id}`)).status).toBe(
      204,
    );
  });

  it("wraps a task field's creation", async () => {
    const { call } = startSmallSandbox();
    const { body } = await call("POST", "/v2/tasks/model/customFields", {
      body: { label: "Mood", field_type: "TEXT" },
    });
    expect(body.custom_field).toMatchObject({ record_type: "TASK_NOTE_APPOINTMENT" });
    // Notes share the set.
    expect((await call("GET", "/v2/notes/model")).body.custom_fields).toHaveLength(1);
    expect(
      (
        await call("PATCH", `/v2/tasks/model/customFields/${body.custom_field.id}`, {
          body: { label: "Temper" },
        })
      ).status,
    ).toBe(400);
  });

  it("requires the mask on groups and tabs", async () => {
    const { call } = startSmallSandbox();
    const tab = (await call("POST", "/v2/orders/model/customFields/tabs", { body: { name: "Ours" } })).body;
    expect(
      (await call("PATCH", `/v2/orders/model/customFields/tabs/${tab.id}`, { body: { name: "X" } })).status,
    ).toBe(400);
    expect(
      (
        await call("PATCH", `/v2/orders/model/customFields/tabs/${tab.id}`, {
          query: { update_mask: "name" },
          body: { name: "X" },
        })
      ).body.name,
    ).toBe("X");
  });

  it("wants settings fields repeated, not joined", async () => {
    const { call } = startSmallSandbox();
    const path = "/v2/settings/applications:getConfiguration";
    const { body } = await call("GET", path, { query: { fields: ["OPPORTUNITY", "ECOMMERCE"] } });
    expect(body).toMatchObject({
      application: { time_zone: "America/New_York" },
      opportunity: { states: { win: { stage: "2" }, active: { stages: "1" } } },
      ecommerce: { currency: "USD" },
    });
    expect(body).not.toHaveProperty("contact");
    expect((await call("GET", path, { query: { fields: "OPPORTUNITY,ECOMMERCE" } })).status).toBe(400);
  });

  it("walks addresses by their last open", async () => {
    const { call, sandbox } = startSmallSandbox();
    const held = sandbox.account.emailAddresses.get("ben@example.com");
    if (held) sandbox.account.emailAddresses.set("ben@example.com", { ...held, last_open_time: testNow });
    const { body } = await call("GET", "/v2/emailAddresses", {
      query: { order_by: "last_open_time desc", page_size: "1" },
    });
    expect(body.email_addresses[0]).toEqual({
      email: "ben@example.com",
      status: "SINGLE_OPT_IN",
      opted_in: true,
      create_time: "2026-01-02T12:00:00.000Z",
      last_open_time: testNow,
    });
  });

  it("leaves inactive users out unless asked", async () => {
    const { call, sandbox } = startSmallSandbox();
    expect((await call("GET", "/v2/users")).body.users).toHaveLength(1);
    expect(
      (await call("GET", "/v2/users", { query: { filter: "include_inactive==true;include_partners==true" } }))
        .body.users,
    ).toHaveLength(2);
    sandbox.setSwitches({ users_without_filter: "all" });
    expect((await call("GET", "/v2/users")).body.users).toHaveLength(2);
  });

  it("says job_title in the mask, title in the body", async () => {
    const { call } = startSmallSandbox();
    expect(
      (await call("PATCH", "/v2/users/1", { query: { update_mask: "title" }, body: { title: "Boss" } }))
        .status,
    ).toBe(400);
    expect(
      (await call("PATCH", "/v2/users/1", { query: { update_mask: "job_title" }, body: { title: "Boss" } }))
        .body.title,
    ).toBe("Boss");
  });

  it("replaces a product category's whole list", async () => {
    const { call } = startSmallSandbox();
    const { id } = (await call("POST", "/v2/productCategories", { body: { name: "Courses" } })).body;
    await call("POST", `/v2/productCategories/${id}:assignProducts`, { body: { product_ids: ["1"] } });
    await call("POST", `/v2/productCategories/${id}:assignProducts`, { body: { product_ids: ["2"] } });
    expect(
      (await call("GET", "/v2/productCategories/assignedProducts")).body.assigned_product_categories,
    ).toEqual([{ product_category_id: id, product_ids: ["2"] }]);
  });

  it("shows stock in the single product alone", async () => {
    const { call } = startSmallSandbox();
    await call("POST", "/v2/products/1:adjustInventory", { body: { type: "INCREASE", quantity: 5 } });
    expect((await call("GET", "/v2/products/1")).body.inventory.inventory_count).toBe(5);
    expect((await call("GET", "/v2/products")).body.products[0].inventory).not.toHaveProperty(
      "inventory_count",
    );
  });

  it("creates affiliates as inactive, hides passwords", async () => {
    const { call } = startSmallSandbox();
    const { status, body } = await call("POST", "/v2/affiliates", {
      body: { code: "new", contact_id: "3", password: "secret" },
    });
    expect([status, body.status]).toEqual([201, "INACTIVE"]);
    expect(JSON.stringify(body)).not.toContain("secret");
    expect((await call("POST", "/v2/affiliates", { body: { code: "friend", contact_id: "3" } })).status).toBe(
      409,
    );
  });
});
