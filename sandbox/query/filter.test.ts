import { describe, expect, it } from "vitest";
import { startSmallSandbox } from "../testing/start";

async function find(path: string, filter: string, switches = {}) {
  const { call } = startSmallSandbox({ switches });
  const { status, body } = await call("GET", path, { query: { filter } });
  const rows = Object.values(body).find(Array.isArray) as { id: string }[] | undefined;
  return status === 200 ? rows?.map((row) => row.id).join(",") : status;
}

describe("filters", () => {
  it("finds an email in any slot", async () => {
    expect(await find("/v2/contacts", "email==ann@work.example.com")).toBe("1");
    expect(await find("/v2/contacts", "email==ANN@example.com")).toBe("1,5");
  });

  it("takes a trailing wildcard, refuses a leading one", async () => {
    expect(await find("/v2/contacts", "email==b*")).toBe("2");
    expect(await find("/v2/contacts", "email==*example.com")).toBe(400);
  });

  it("joins clauses with AND", async () => {
    expect(await find("/v2/contacts", "given_name==Ann;contact_id>1")).toBe("5");
  });

  it("compares ids only where declared", async () => {
    expect(await find("/v2/contacts", "contact_id>=4")).toBe("4,5");
    expect(await find("/v2/contacts", "contact_id!=4")).toBe(400);
    expect(await find("/v2/orders", "id!=1")).toBe("2");
    expect(await find("/v2/contacts", "given_name>A")).toBe(400);
  });

  it("takes id lists up to the limit", async () => {
    expect(await find("/v2/contacts", "ids==2,5,99")).toBe("2,5");
    const many = Array.from({ length: 101 }, (_, i) => i + 1).join(",");
    expect(await find("/v2/contacts", `ids==${many}`)).toBe(400);
    expect(await find("/v2/contacts", `ids==${many}`, { id_list_limit: 200 })).toBe("1,2,3,4,5");
  });

  it("bounds update times and refuses bare dates", async () => {
    expect(await find("/v2/contacts", "start_update_time==2026-01-11T12:00:00.000Z")).toBe("1,2");
    expect(
      await find("/v2/contacts", "start_update_time==2026-01-11T12:00:00.000Z", { since_inclusive: false }),
    ).toBe("1");
    expect(await find("/v2/contacts", "start_update_time==2026-01-11T12:00:00+00:00")).toBe("1,2");
    expect(await find("/v2/contacts", "start_update_time==2026-01-11")).toBe(400);
  });

  it("needs phone_fields beside phone_number", async () => {
    expect(await find("/v2/contacts", "phone_number==6025550104")).toBe(400);
    expect(await find("/v2/contacts", "phone_number==6025550104;phone_fields==PHONE1,PHONE2")).toBe("4");
  });

  it("filters addresses by the long region name", async () => {
    expect(await find("/v2/contacts", "billing_address_region==Arizona")).toBe("1");
    expect(await find("/v2/contacts", "state==US-AZ")).toBe("");
  });

  it("filters custom fields by name, not id or label", async () => {
    expect(await find("/v2/contacts", "favouritecolour==Gre*")).toBe("1");
    expect(await find("/v2/contacts", "ShoeSize>41")).toBe("1");
    expect(await find("/v2/contacts", "FavouriteColour>A")).toBe(400);
    expect(await find("/v2/contacts", "Favourite Colour==Green")).toBe(400);
  });

  it("refuses or ignores an unknown key", async () => {
    expect(await find("/v2/contacts", "owner_id==1")).toBe(400);
    expect(await find("/v2/contacts", "owner_id==1", { unknown_filter_key: "ignore" })).toBe("1,2,3,4,5");
    // Tasks state the 400 outright.
    expect(await find("/v2/tasks", "NoSuchField==1", { unknown_filter_key: "ignore" })).toBe(400);
  });

  it("refuses, joins or overrides a repeated key", async () => {
    const filter = "contact_id>1;contact_id<4";
    expect(await find("/v2/contacts", filter)).toBe(400);
    expect(await find("/v2/contacts", filter, { filter_key_twice: "and" })).toBe("2,3");
    expect(await find("/v2/contacts", filter, { filter_key_twice: "last" })).toBe("1,2,3");
  });

  it("understands the words for nothing", async () => {
    expect(await find("/v2/tags", "category_id==NONE")).toBe("2");
    expect(await find("/v2/tags/categories", "description==NONE")).toBe("1");
    expect(await find("/v2/tasks", "user_id==UNASSIGNED")).toBe("");
  });

  it("refuses keys that exclude each other", async () => {
    expect(await find("/v2/notes", "ids==1;id>0")).toBe(400);
    expect(await find("/v2/opportunities", "ids==1;opportunity_id>0")).toBe(400);
  });

  it("matches note titles anywhere without a wildcard", async () => {
    expect(await find("/v2/notes", "title==the course")).toBe("1");
    expect(await find("/v2/notes", "title==the*")).toBe("");
    expect(await find("/v2/campaigns", "name==series")).toBe("1");
  });

  it("refuses a clause without operator or value", async () => {
    expect(await find("/v2/contacts", "email")).toBe(400);
    expect(await find("/v2/contacts", "email==")).toBe(400);
    expect(await find("/v2/contacts", "contact_id==abc")).toBe(400);
  });
});
