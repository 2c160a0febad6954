import { describe, expect, it } from "vitest";
import { startSmallSandbox, testNow } from "../testing/start";

describe("contact writes", () => {
  it("creates with 201 and needs a way to reach", async () => {
    const { call } = startSmallSandbox();
    expect((await call("POST", "/v2/contacts", { body: { given_name: "Eve" } })).status).toBe(400);
    const { status, body } = await call("POST", "/v2/contacts", {
      query: { fields: "given_name,email_addresses,create_time,source_type,last_updated_by" },
      body: { given_name: "Eve", email_addresses: [{ email: "eve@example.com", field: "EMAIL1" }] },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: "6",
      given_name: "Eve",
      create_time: testNow,
      source_type: "API",
      last_updated_by: "1",
      email_addresses: [
        {
          email: "eve@example.com",
          field: "EMAIL1",
          is_opt_in: false,
          email_opt_status: "UNENGAGED_NON_MARKETABLE",
        },
      ],
    });
  });

  it("inserts twice without duplicate_option", async () => {
    const { call } = startSmallSandbox();
    const body = { email_addresses: [{ email: "ben@example.com", field: "EMAIL1" }] };
    expect((await call("POST", "/v2/contacts", { body })).body.id).toBe("6");
    expect((await call("POST", "/v2/contacts", { body })).body.id).toBe("7");
  });

  it("answers 200 when duplicate_option finds one", async () => {
    const { call, sandbox } = startSmallSandbox();
    const body = { given_name: "Ann", email_addresses: [{ email: "ann@example.com", field: "EMAIL1" }] };
    const found = await call("POST", "/v2/contacts", { query: { duplicate_option: "Email" }, body });
    expect([found.status, found.body.id]).toEqual([200, "1"]);
    // The second address was not sent: the list is cut.
    expect(found.body.email_addresses).toHaveLength(1);
    sandbox.setSwitches({ upsert_picks: "newest" });
    expect((await call("POST", "/v2/contacts", { query: { duplicate_option: "Email" }, body })).body.id).toBe(
      "5",
    );
    expect(
      (
        await call("POST", "/v2/contacts", {
          query: { duplicate_option: "EmailAndName" },
          body: { ...body, given_name: "Anna" },
        })
      ).status,
    ).toBe(201);
  });

  it("keeps short lists when upserts merge them", async () => {
    const { call } = startSmallSandbox({ switches: { upsert_cuts_lists: false } });
    const body = { email_addresses: [{ email: "ann@example.com", field: "EMAIL1" }] };
    const { body: contact } = await call("POST", "/v2/contacts", {
      query: { duplicate_option: "Email" },
      body,
    });
    expect(contact.email_addresses).toHaveLength(2);
  });

  it("replaces lists whole on PATCH", async () => {
    const { call } = startSmallSandbox();
    const body = { custom_fields: [{ id: "1", content: "Blue" }] };
    const { body: contact } = await call("PATCH", "/v2/contacts/1", {
      query: { update_mask: "custom_fields", fields: "custom_fields" },
      body,
    });
    expect(contact.custom_fields).toEqual([{ id: "1", content: "Blue" }]);
    const cleared = await call("PATCH", "/v2/contacts/1", {
      query: { update_mask: "custom_fields", fields: "custom_fields" },
      body: { custom_fields: [] },
    });
    expect(cleared.body.custom_fields).toEqual([]);
  });

  it("changes only masked fields, blanks the unsent", async () => {
    const { call } = startSmallSandbox();
    const answer = await call("PATCH", "/v2/contacts/1", {
      query: { update_mask: ["given_name", "family_name"] },
      body: { given_name: "Anna", website: "https://x.test" },
    });
    expect(answer.body.given_name).toBe("Anna");
    expect(answer.body).not.toHaveProperty("family_name");
    expect(answer.body).not.toHaveProperty("website");
    expect(answer.body.update_time).toBe(testNow);
  });

  it("understands comma masks only when switched", async () => {
    const { call, sandbox } = startSmallSandbox();
    const options = {
      query: { update_mask: "given_name,family_name" },
      body: { given_name: "A", family_name: "B" },
    };
    expect((await call("PATCH", "/v2/contacts/1", options)).status).toBe(200);
    sandbox.setSwitches({ update_mask_form: "repeated" });
    expect((await call("PATCH", "/v2/contacts/1", options)).status).toBe(400);
  });

  it("clears or keeps the rest without a mask", async () => {
    const { call, sandbox } = startSmallSandbox({ switches: { unmasked_patch: "merge" } });
    const body = { given_name: "Benny", email_addresses: [{ field: "EMAIL1", email: "ben@example.com" }] };
    expect((await call("PATCH", "/v2/contacts/2", { body })).body.family_name).toBe("Baker");
    sandbox.setSwitches({ unmasked_patch: "replace" });
    expect((await call("PATCH", "/v2/contacts/2", { body })).body).not.toHaveProperty("family_name");
  });

  it("writes nothing for masked read-only names", async () => {
    const { call } = startSmallSandbox();
    const { status, body } = await call("PATCH", "/v2/contacts/2", {
      query: { update_mask: ["score_value", "tag_ids"] },
      body: { score_value: "9", tag_ids: ["1"] },
    });
    expect(status).toBe(200);
    expect(body.tag_ids).toEqual([]);
    expect(
      (await call("PATCH", "/v2/contacts/2", { query: { update_mask: "shoes" }, body: {} })).status,
    ).toBe(400);
  });

  it("refuses what Keap cannot hold", async () => {
    const { call } = startSmallSandbox();
    const patch = async (body: object) =>
      (await call("PATCH", "/v2/contacts/1", { query: { update_mask: Object.keys(body) }, body })).status;
    expect(await patch({ given_name: "x".repeat(41) })).toBe(400);
    expect(await patch({ email_addresses: [{ field: "EMAIL1", email: `${"x".repeat(70)}@x.com` }] })).toBe(
      400,
    );
    expect(await patch({ phone_numbers: [{ field: "PHONE4", number: "1".repeat(21) }] })).toBe(400);
    expect(await patch({ addresses: [{ field: "BILLING", region_code: "US-AZ" }] })).toBe(400);
    expect(await patch({ addresses: [{ field: "BILLING", country_code: "US" }] })).toBe(400);
    expect(await patch({ custom_fields: [{ id: "99", content: "x" }] })).toBe(400);
    expect(await patch({ custom_fields: [{ id: "3", content: "an order's field" }] })).toBe(400);
    expect(await patch({ time_zone: "Mars/Olympus" })).toBe(400);
    expect(await patch({ source_type: "FORMAPIHOSTED" })).toBe(400);
    expect(
      await patch({
        email_addresses: [
          { field: "EMAIL1", email: "a@b.co" },
          { field: "EMAIL1", email: "c@d.co" },
        ],
      }),
    ).toBe(400);
  });

  it("takes UTM in snake_case, gives it in camelCase", async () => {
    const { call } = startSmallSandbox();
    const utm_parameters = { keap_source_id: "77", utm_source: "google", utm_medium: "cpc" };
    const { body } = await call("PATCH", "/v2/contacts/1", {
      query: { update_mask: "utm_parameters", fields: "utm_parameters" },
      body: { utm_parameters },
    });
    expect(body.utm_parameters).toEqual([
      {
        id: 1,
        keapSourceId: "77",
        utmSource: "google",
        utmMedium: "cpc",
        firstTouch: true,
        lastTouch: true,
        dateCreated: testNow,
      },
    ]);
  });

  it("shares the opt status of an address", async () => {
    const { call } = startSmallSandbox();
    await call("PATCH", "/v2/emailAddresses/ann@example.com/status", {
      body: { opted_in: false, reason: "asked" },
    });
    for (const id of ["1", "5"]) {
      const { body } = await call("GET", `/v2/contacts/${id}`);
      expect(body.email_addresses[0]).toMatchObject({
        email: "ann@example.com",
        is_opt_in: false,
        email_opt_status: "MANUAL",
      });
    }
  });

  it("opts in only from states that allow it", async () => {
    const { call, sandbox } = startSmallSandbox();
    const optIn = async () =>
      (
        await call("PATCH", "/v2/emailAddresses/ben@example.com/status", {
          body: { opted_in: true, reason: "asked" },
        })
      ).body;
    sandbox.account.emailAddresses.set("ben@example.com", {
      email: "ben@example.com",
      status: "LIST_UNSUBSCRIBE",
      create_time: testNow,
    });
    expect(await optIn()).toMatchObject({ opted_in: false, status: "LIST_UNSUBSCRIBE" });
    sandbox.account.emailAddresses.set("ben@example.com", {
      email: "ben@example.com",
      status: "MANUAL",
      create_time: testNow,
    });
    expect(await optIn()).toMatchObject({ opted_in: true, status: "UNENGAGED_MARKETABLE" });
  });

  it("deletes for good and never reuses ids", async () => {
    const { call } = startSmallSandbox();
    expect((await call("DELETE", "/v2/contacts/5")).status).toBe(204);
    expect((await call("GET", "/v2/contacts/5")).status).toBe(404);
    expect((await call("GET", "/v2/tags/1/contacts")).body.contacts).toHaveLength(1);
    const { body } = await call("POST", "/v2/contacts", {
      body: { phone_numbers: [{ field: "PHONE1", number: "1" }] },
    });
    expect(body.id).toBe("6");
  });

  it("shows a key's writes with no writer", async () => {
    const { sandbox } = startSmallSandbox();
    const answer = await sandbox.asUser(
      "PATCH",
      "/v2/contacts/2?update_mask=given_name&fields=last_updated_by",
      { given_name: "B" },
      { kind: "sak" },
    );
    expect(answer.body).toEqual({ id: "2" });
    sandbox.setSwitches({ sak_writer: "admin" });
    const named = await sandbox.asUser(
      "PATCH",
      "/v2/contacts/2?update_mask=given_name&fields=last_updated_by",
      { given_name: "C" },
      { kind: "sak" },
    );
    expect(named.body).toEqual({ id: "2", last_updated_by: "1" });
  });

  it("answers empty fields as null when switched", async () => {
    const { call } = startSmallSandbox({ switches: { empty_values: "null" } });
    expect((await call("GET", "/v2/contacts/3")).body).toMatchObject({ family_name: null, company: null });
  });
});

describe("contact merge", () => {
  it("moves children and removes the duplicate id", async () => {
    const { call, sandbox } = startSmallSandbox();
    await call("POST", "/v2/tags/2/contacts:applyTags", { body: { contact_ids: ["5"] } });
    const merged = await call("POST", "/v2/contacts:merge", {
      body: { contact_id: "1", duplicate_contact_id: "5" },
    });
    expect(merged.status).toBe(200);
    expect(merged.body.id).toBe("1");
    expect(merged.body.phone_numbers.map((one: { number: string }) => one.number)).toEqual([
      "(602) 555-0101",
      "602-555-0105",
    ]);
    expect((await call("GET", "/v2/contacts/5")).status).toBe(404);
    expect((await call("GET", "/v2/orders/2")).body.contact.id).toBe("1");
    expect(
      (await call("GET", "/v2/orders", { query: { filter: "contact_id==1" } })).body.orders,
    ).toHaveLength(2);
    // Both had tag 1: the earlier applied time stays.
    expect(sandbox.account.contactTags.get(1)?.get(1)).toBe("2026-01-06T12:00:00.000Z");
    expect(sandbox.account.contactTags.has(5)).toBe(false);
  });

  it("refuses a merge with itself or nobody", async () => {
    const { call } = startSmallSandbox();
    expect(
      (await call("POST", "/v2/contacts:merge", { body: { contact_id: "1", duplicate_contact_id: "1" } }))
        .status,
    ).toBe(400);
    expect(
      (await call("POST", "/v2/contacts:merge", { body: { contact_id: "1", duplicate_contact_id: "77" } }))
        .status,
    ).toBe(400);
    expect((await call("POST", "/v2/contacts:merge", { body: { contact_id: "1" } })).status).toBe(400);
  });

  it("links, lists and unlinks two people", async () => {
    const { call } = startSmallSandbox();
    const type = (await call("POST", "/v2/contacts/links/types", { body: { name: "Spouse" } })).body;
    const link = { contact1_id: "1", contact2_id: "2", link_type_id: type.id };
    expect((await call("POST", "/v2/contacts:link", { body: link })).status).toBe(201);
    expect((await call("GET", "/v2/contacts/2/links")).body.links).toEqual([
      { ...link, link_type_name: "Spouse" },
    ]);
    expect((await call("POST", "/v2/contacts:unlink", { body: link })).status).toBe(204);
    expect((await call("GET", "/v2/contacts/1/links")).body.links).toEqual([]);
  });
});
