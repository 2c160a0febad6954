import { type Call, ok } from "../http/call";
import { get, patch, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { readChanges, withChanges } from "../query/mask";
import type { ContactEmail, UserRecord } from "../records";
import { putBusinessProfile, putRecord } from "../state";
import * as s from "./shared";
import { emailWire } from "./shared";

/** `time_zone` can be written and is in no answer. */
export function userWire(user: UserRecord, call: Pick<Call, "account">) {
  const { time_zone, ...rest } = user;
  return { ...rest, email_addresses: user.email_addresses.map((one) => emailWire(call.account, one)) };
}

const list: ListSpec<UserRecord> = {
  answerKey: "users",
  rows: (call) => call.account.users.values(),
  tables: ["users"],
  minPageSize: 1,
  maxPageSize: 100,
  filters: {
    email: f.text((u) => u.email_addresses.map((one) => one.email)),
    given_name: f.text((u) => u.given_name),
    include_inactive: { operators: ["=="], compile: () => () => true },
    include_partners: { operators: ["=="], compile: () => () => true },
    user_ids: f.ids((u) => u.id),
  },
  narrow: (filter, call) => {
    const asked = (key: string) => {
      const value = filter.clauses.find((clause) => clause.key === key)?.value.toLowerCase();
      return value === undefined ? call.switches.users_without_filter === "all" : value === "true";
    };
    const inactive = asked("include_inactive");
    const partners = asked("include_partners");
    return (user) => (inactive || user.status !== "INACTIVE") && (partners || !user.partner);
  },
  orders: {
    create_time: (u) => u.create_time,
    email: (u) => u.email_addresses[0]?.email.toLowerCase(),
    name: (u) => `${u.given_name ?? ""} ${u.family_name ?? ""}`.toLowerCase(),
  },
  wire: userWire,
};

const shape = {
  address: s.address,
  title: b.text(),
  website: b.text(),
  company_name: b.text(),
  email_address: s.email,
  family_name: b.text(),
  fax_numbers: b.list(s.fax),
  given_name: b.text(),
  phone_numbers: b.list(s.phone),
  time_zone: b.text(),
};
/** The mask says `job_title` where the body says `title`. */
const mask = [...Object.keys(shape).filter((name) => name !== "title"), "job_title"];

function updateUser(call: Call) {
  const user = s.require(call.account.users, call, "user_id", "User");
  const body = b.readBody(call, shape);
  const changes = readChanges(
    call,
    { ...body, job_title: body.title },
    { mask, writable: mask, promised: true },
  );
  if (changes.has("job_title")) changes.set("title", changes.get("job_title"));
  changes.delete("job_title");
  const email = changes.get("email_address") as ContactEmail | undefined;
  if (email)
    changes.set("email_addresses", [
      { ...email, field: "EMAIL1" },
      ...user.email_addresses.filter((one) => one.field !== "EMAIL1"),
    ]);
  changes.delete("email_address");
  return ok(
    userWire(
      putRecord(call.account, "users", { ...withChanges(user, changes), update_time: call.now }),
      call,
    ),
  );
}

const profileAddress = b.object(
  {
    line1: b.text(),
    line2: b.text(),
    locality: b.text(),
    region: b.text(),
    country_code: b.text(),
    postal_code: b.text(),
  },
  ["line1", "line2", "locality", "region", "country_code", "postal_code"],
);
const profileShape = {
  name: b.filled(),
  email: b.text(),
  website: b.text(),
  phone: b.text(),
  address: profileAddress,
  currency_code: b.text(3),
  business_goals: b.list(b.text()),
  business_primary_color: b.text(),
  business_secondary_color: b.text(),
};

/** Who holds the credential: the health probe of a connection. */
function userInfo(call: Call) {
  const user = call.account.users.get(Number(call.actor.userId ?? 1)) ?? [...call.account.users.values()][0];
  return ok({
    email: user?.email_addresses[0]?.email,
    sub: user?.global_user_id ?? user?.id ?? "1",
    id: user?.id ?? "1",
    keap_id: user?.keap_id,
    given_name: user?.given_name,
    family_name: user?.family_name,
    middle_name: user?.middle_name,
    preferred_name: user?.nickname,
    is_admin: user?.admin ?? true,
    tenant_id: call.account.tenantId.split(".")[0],
  });
}

export const userRoutes: Route[] = [
  get("/v2/oauth/connect/userinfo", userInfo),
  get("/v2/users", (call) => listPage(call, list)),
  get("/v2/users/{user_id}", (call) =>
    ok(userWire(s.require(call.account.users, call, "user_id", "User"), call)),
  ),
  patch("/v2/users/{user_id}", updateUser),
  get("/v2/userGroups", () =>
    ok({ user_groups: [{ id: "1", name: "Administrators" }], next_page_token: "" }),
  ),
  get("/v2/businessProfile", (call) => ok(call.account.businessProfile)),
  patch("/v2/businessProfile", (call) => {
    const names = Object.keys(profileShape);
    const changes = readChanges(call, b.readBody(call, profileShape), {
      mask: names,
      writable: names,
      promised: true,
    });
    for (const name of ["name", "currency_code"])
      if (changes.has(name) && !changes.get(name)) changes.delete(name);
    putBusinessProfile(call.account, withChanges(call.account.businessProfile, changes));
    return ok(call.account.businessProfile);
  }),
];
