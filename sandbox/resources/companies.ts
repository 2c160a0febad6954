import { type Call, created, noContent, ok, pathId, writerOf } from "../http/call";
import { badRequest } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import { readFields } from "../query/fields";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { CompanyRecord, ContactEmail } from "../records";
import { applyCompanyTag, putRecord, removeCompanyTag, removeRecord, takeId } from "../state";
import { companyWire, optionalCompanyFields } from "./company-wire";
import * as s from "./shared";
import { appliedTagList } from "./tags";

const allFields = [
  "id",
  "address",
  "notes",
  "website",
  "suffix",
  "title",
  "groups",
  "company_name",
  "custom_fields",
  "email_address",
  "fax_number",
  "phone_number",
  "update_time",
  "create_time",
  "anniversary_date",
  "assistant_name",
  "assistant_phone",
  "billing_information",
  "birth_date",
  "contact_type",
  "first_name",
  "job_title",
  "last_name",
  "middle_name",
  "preferred_name",
  "owner_id",
  "referral_code",
  "spouse_name",
  "account_id",
  "created_by",
  "last_updated_by",
];
/** What the single get leaves out unless asked. */
const optionalInGet = [
  "address",
  "custom_fields",
  "email_address",
  "fax_number",
  "phone_number",
  "website",
  "notes",
];

/** The embedded email of a company may carry the read-only status; it writes nothing. */
const email: b.Check = (value, path) => s.email(value, path);

const shape: b.Shape = {
  address: s.address,
  notes: b.text(),
  website: b.text(),
  suffix: b.text(),
  title: b.text(),
  company_name: b.text(),
  custom_fields: s.customFields,
  email_address: email,
  fax_number: s.fax,
  phone_number: s.phone,
  anniversary_date: b.text(),
  assistant_name: b.text(),
  assistant_phone: b.text(),
  billing_information: b.text(),
  birth_date: b.text(),
  contact_type: b.text(),
  first_name: b.text(),
  job_title: b.text(),
  last_name: b.text(),
  middle_name: b.text(),
  preferred_name: b.text(),
  owner_id: b.id,
  referral_code: b.text(),
  spouse_name: b.text(),
};
const writable = Object.keys(shape);
const mask = [
  ...writable,
  "id",
  "create_time",
  "update_time",
  "groups",
  "account_id",
  "created_by",
  "last_updated_by",
];

const list: ListSpec<CompanyRecord> = {
  answerKey: "companies",
  rows: (call) => call.account.companies.values(),
  tables: ["companies"],
  filters: {
    company_name: f.text((c) => c.company_name),
    name: f.text((c) => c.company_name, { prefix: true }),
    email: f.text((c) => c.email_address?.email),
    city: f.text((c) => c.address?.locality, { prefix: true }),
    state: f.text((c) => c.address?.region, { prefix: true }),
    since_time: f.since((c) => c.update_time),
    until_time: f.until((c) => c.update_time),
    company_id: f.idRange((c) => c.id),
  },
  custom: { recordType: "COMPANY", of: (c) => c.custom_fields },
  orders: {
    id: (c) => Number(c.id),
    create_time: (c) => c.create_time,
    name: (c) => c.company_name?.toLowerCase(),
    email: (c) => c.email_address?.email.toLowerCase(),
  },
  fields: allFields,
  wire: (company, call, fields) => companyWire(company, call, fields, optionalCompanyFields),
};

function intoRecord(call: Call, changes: Map<string, unknown>): Map<string, unknown> {
  const slot = (name: string, field: string) => {
    const value = changes.get(name) as { field?: string } | undefined;
    if (value)
      changes.set(name, {
        ...value,
        field: value.field && !value.field.includes("UNSPECIFIED") ? value.field : field,
      });
  };
  slot("email_address", "EMAIL1");
  slot("phone_number", "PHONE1");
  slot("fax_number", "FAX1");
  slot("address", "BILLING");
  const sent = changes.get("email_address") as ContactEmail | undefined;
  if (sent) s.noteEmailAddress(call, sent.email, sent.opt_in_reason);
  if (changes.has("custom_fields")) {
    s.checkCustomFields(call, "COMPANY", changes.get("custom_fields"));
    changes.set("custom_fields", s.cleanCustomFields(changes.get("custom_fields")));
  }
  return changes;
}

/** POST and PATCH take no `fields`: their answers are whole. */
export const companyRoutes: Route[] = [
  get("/v2/companies", (call) => listPage(call, list)),
  post("/v2/companies", (call) => {
    const body = b.readBody(call, shape);
    if (!body.company_name) throw badRequest("company_name is required", "company_name");
    const writer = writerOf(call);
    const company = fresh<CompanyRecord>({
      ...Object.fromEntries(intoRecord(call, new Map(Object.entries(body)))),
      id: takeId(call.account, "companies"),
      account_id: call.account.tenantId,
      create_time: call.now,
      update_time: call.now,
      created_by: writer,
      last_updated_by: writer,
    });
    return created(companyWire(putRecord(call.account, "companies", company), call));
  }),
  get("/v2/companies/{company_id}", (call) => {
    const company = s.require(call.account.companies, call, "company_id", "Company");
    return ok(companyWire(company, call, readFields(call, allFields), optionalInGet));
  }),
  patch("/v2/companies/{company_id}", (call) => {
    const company = s.require(call.account.companies, call, "company_id", "Company");
    const changes = readChanges(call, b.readBody(call, shape), { mask, writable, promised: true });
    const writer = writerOf(call);
    const next = {
      ...withChanges(company, intoRecord(call, changes)),
      update_time: call.now,
      ...(writer ? { last_updated_by: writer } : {}),
    };
    return ok(companyWire(putRecord(call.account, "companies", next), call));
  }),
  del("/v2/companies/{company_id}", (call) => {
    const company = s.require(call.account.companies, call, "company_id", "Company");
    for (const contact of findBy(call.account, "contacts.company_id", company.id)) {
      putRecord(call.account, "contacts", {
        ...withChanges(contact, [["company_id", undefined]]),
        update_time: call.now,
      });
    }
    for (const tag of call.account.companyTags.get(Number(company.id))?.keys() ?? [])
      removeCompanyTag(call.account, Number(company.id), tag);
    removeRecord(call.account, "companies", Number(company.id));
    return noContent();
  }),
  get("/v2/companies/{company_id}/tags", (call) => {
    s.require(call.account.companies, call, "company_id", "Company");
    return listPage(
      call,
      appliedTagList((one) => one.account.companyTags.get(pathId(one, "company_id"))),
    );
  }),
  post("/v2/companies/{company_id}/tags/{tag_id}", (call) => {
    const company = s.require(call.account.companies, call, "company_id", "Company");
    const tag = s.require(call.account.tags, call, "tag_id", "Tag");
    applyCompanyTag(call.account, Number(company.id), Number(tag.id), call.now);
    return noContent();
  }),
  del("/v2/companies/{company_id}/tags/{tag_id}", (call) => {
    const company = s.require(call.account.companies, call, "company_id", "Company");
    removeCompanyTag(call.account, Number(company.id), pathId(call, "tag_id"));
    return noContent();
  }),
];
