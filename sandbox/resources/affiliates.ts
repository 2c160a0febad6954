import { type Call, created, noContent, ok } from "../http/call";
import { conflict } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { AffiliateRecord, ReferralRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

const statuses = ["ACTIVE", "INACTIVE"];
const referralTypes = ["COOKIE", "MANUAL", "PERMANENT"];

const affiliateWire = (affiliate: AffiliateRecord) => ({
  ...affiliate,
  custom_fields: affiliate.custom_fields ?? [],
});

const affiliates: ListSpec<AffiliateRecord> = {
  answerKey: "affiliates",
  rows: (call) => call.account.affiliates.values(),
  tables: ["affiliates", "referrals"],
  filters: {
    id: f.idRange((one) => one.id, true),
    name: f.text((one) => one.name, { prefix: true }),
    contact_id: f.id((one) => one.contact_id),
    referral_contact_id: f.id((one, call) =>
      [...call.account.referrals.values()]
        .filter((r) => r.referral_partner_id === one.id)
        .map((r) => r.contact_id),
    ),
    status: f.oneOf((one) => one.status, statuses),
    code: f.text((one) => one.code),
  },
  custom: { recordType: "REFERRAL_PARTNER", of: (one) => one.custom_fields },
  orders: {
    id: (one) => Number(one.id),
    date_created: (one) => one.date_created,
    name: (one) => one.name?.toLowerCase(),
    status: (one) => one.status,
    code: (one) => one.code.toLowerCase(),
  },
  wire: affiliateWire,
};

const referrals: ListSpec<ReferralRecord> = {
  answerKey: "referrals",
  rows: (call) => call.account.referrals.values(),
  tables: ["referrals"],
  filters: {
    referral_partner_id: f.idRange((one) => one.referral_partner_id, true),
    contact_id: f.idRange((one) => one.contact_id, true),
    source: f.text((one) => one.source, { prefix: true }),
    description: f.text((one) => one.description, { prefix: true }),
    type: f.oneOf((one) => one.referral_type, referralTypes),
  },
  orders: { id: (one) => Number(one.id), referral_time: (one) => one.referral_time },
  wire: (one) => one,
};

const ofAffiliate: ListSpec<ReferralRecord> = {
  ...referrals,
  rows: (call) =>
    [...call.account.referrals.values()].filter(
      (one) => one.referral_partner_id === String(Number(call.params.affiliate_id)),
    ),
  filters: {
    since_time: f.since((one) => one.referral_time),
    until_time: f.until((one) => one.referral_time),
  },
};

/** `password` is never returned, and here never kept. */
const shape = {
  code: b.filled(),
  status: b.oneOf(statuses),
  name: b.text(),
  contact_id: b.id,
  parent_affiliate_id: b.id,
  notify_on_sale: b.bool,
  notify_on_lead: b.bool,
  track_leads_days: b.int,
  password: b.text(),
  custom_fields: s.customFields,
};

function check(call: Call, values: Map<string, unknown>, own?: string): Map<string, unknown> {
  values.delete("password");
  if (values.get("contact_id")) s.requireRef(call.account.contacts, values.get("contact_id"), "contact_id");
  if (values.get("parent_affiliate_id"))
    s.requireRef(call.account.affiliates, values.get("parent_affiliate_id"), "parent_affiliate_id");
  const code = values.get("code");
  if (code && [...call.account.affiliates.values()].some((one) => one.id !== own && one.code === code))
    throw conflict(`Affiliate code "${String(code)}" is taken`, "code");
  if (values.has("custom_fields")) {
    s.checkCustomFields(call, "REFERRAL_PARTNER", values.get("custom_fields"));
    values.set("custom_fields", s.cleanCustomFields(values.get("custom_fields")));
  }
  return values;
}

export const affiliateRoutes: Route[] = [
  get("/v2/affiliates", (call) => listPage(call, affiliates)),
  post("/v2/affiliates", (call) => {
    const body = b.readBody(call, shape, ["code", "contact_id"]);
    const affiliate = fresh<AffiliateRecord>({
      status: "INACTIVE",
      ...Object.fromEntries(check(call, new Map(Object.entries(body)))),
      id: takeId(call.account, "affiliates"),
      date_created: call.now,
    });
    return created(affiliateWire(putRecord(call.account, "affiliates", affiliate)));
  }),
  get("/v2/affiliates/{id}", (call) =>
    ok(affiliateWire(s.require(call.account.affiliates, call, "id", "Affiliate"))),
  ),
  patch("/v2/affiliates/{id}", (call) => {
    const affiliate = s.require(call.account.affiliates, call, "id", "Affiliate");
    const names = Object.keys(shape);
    const changes = check(
      call,
      readChanges(call, b.readBody(call, shape), { mask: names, writable: names }),
      affiliate.id,
    );
    for (const name of ["code", "status", "contact_id"])
      if (changes.has(name) && !changes.get(name)) changes.delete(name);
    return ok(affiliateWire(putRecord(call.account, "affiliates", withChanges(affiliate, changes))));
  }),
  del("/v2/affiliates/{id}", (call) => {
    removeRecord(
      call.account,
      "affiliates",
      Number(s.require(call.account.affiliates, call, "id", "Affiliate").id),
    );
    return noContent();
  }),
  get("/v2/affiliates/{affiliate_id}/referrals", (call) => {
    s.require(call.account.affiliates, call, "affiliate_id", "Affiliate");
    return listPage(call, ofAffiliate);
  }),
  get("/v2/referrals", (call) => listPage(call, referrals)),
  // Create only: no change, no delete, no get by id.
  post("/v2/referrals", (call) => {
    const body = b.readBody(
      call,
      {
        description: b.text(),
        source: b.text(),
        contact_id: b.id,
        referral_partner_id: b.id,
        referral_time: b.time,
        expiration_time: b.time,
        ip_address: b.text(),
        referral_type: b.oneOf(referralTypes),
      },
      ["contact_id"],
    );
    s.requireRef(call.account.contacts, body.contact_id, "contact_id");
    if (body.referral_partner_id)
      s.requireRef(call.account.affiliates, body.referral_partner_id, "referral_partner_id");
    const referral = fresh<ReferralRecord>({
      referral_time: call.now,
      referral_type: "MANUAL",
      ...body,
      id: takeId(call.account, "referrals"),
    });
    return created(putRecord(call.account, "referrals", referral));
  }),
];
