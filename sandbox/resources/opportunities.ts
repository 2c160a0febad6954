import { type Call, created, noContent, ok, writerOf } from "../http/call";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import { readFields } from "../query/fields";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { ContactRecord, OpportunityRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

/** Come only when asked for; the last five only where the legacy opportunities feature is on. */
const asked = [
  "custom_fields",
  "created_by",
  "last_updated_by",
  "status_id",
  "monthly_revenue",
  "order_revenue",
  "objection",
  "status",
  "stage_entrance_time",
] as const;

const contactOf = (o: OpportunityRecord, call: Pick<Call, "account">): ContactRecord | undefined =>
  call.account.contacts.get(Number(o.contact_id));
const phoneOf = (contact: ContactRecord | undefined) => contact?.phone_numbers?.[0]?.number;
const addressOf = (contact: ContactRecord | undefined) =>
  contact?.addresses?.find((one) => one.field === "BILLING") ?? contact?.addresses?.[0];

function leadSourceName(o: OpportunityRecord, call: Pick<Call, "account">): string | undefined {
  return o.lead_source ?? call.account.leadSources.get(Number(contactOf(o, call)?.leadsource_id))?.name;
}

function opportunityWire(o: OpportunityRecord, call: Pick<Call, "account">, fields?: ReadonlySet<string>) {
  const { contact_id, stage_id, user_id, custom_fields, ...rest } = o;
  const contact = contactOf(o, call);
  const stage = call.account.stages.get(Number(stage_id));
  const user = user_id ? call.account.users.get(Number(user_id)) : undefined;
  const wire: Record<string, unknown> = {
    ...rest,
    contact: {
      id: contact_id,
      email: s.primaryEmail(contact),
      city: addressOf(contact)?.locality,
      state: addressOf(contact)?.region,
      first_name: contact?.given_name,
      last_name: contact?.family_name,
      job_title: contact?.job_title,
      phone_number: phoneOf(contact),
      company_name: contact?.company_id
        ? call.account.companies.get(Number(contact.company_id))?.company_name
        : undefined,
    },
    stage: {
      id: stage_id,
      name: stage?.name,
      ...(stage
        ? {
            details: {
              probability: stage.probability,
              stage_order: stage.order,
              target_num_days: stage.target_number_days,
              checklist_items: [],
            },
          }
        : {}),
      reasons:
        stage_id === call.account.settings.win_stage_id
          ? call.account.settings.win_reasons
          : stage_id === call.account.settings.loss_stage_id
            ? call.account.settings.loss_reasons
            : [],
    },
    ...(user_id ? { user: { id: user_id, first_name: user?.given_name, last_name: user?.family_name } } : {}),
    lead_source: leadSourceName(o, call),
    custom_fields: custom_fields ?? [],
  };
  for (const name of asked) if (!fields?.has(name)) delete wire[name];
  return wire;
}

const list: ListSpec<OpportunityRecord> = {
  answerKey: "opportunities",
  rows: (call) => call.account.opportunities.values(),
  tables: ["opportunities", "contacts"],
  filters: {
    stage_id: f.id((o) => o.stage_id),
    user_id: f.id((o) => o.user_id),
    contact_id: f.id((o) => o.contact_id, {
      candidates: (value, call) => findBy(call.account, "opportunities.contact_id", value),
    }),
    opportunity_title: f.text((o) => o.opportunity_title, { prefix: true }),
    lead_source_name: f.text((o, call) => leadSourceName(o, call), { prefix: true }),
    affiliate_id: f.id((o) => o.affiliate_id),
    opportunity_id: f.idRange((o) => o.id),
    ids: f.ids((o) => o.id),
    // Matches the stored text with its formatting.
    contact_phone: f.text((o, call) => phoneOf(contactOf(o, call)), { prefix: true }),
    contact_city: f.text((o, call) => addressOf(contactOf(o, call))?.locality, { prefix: true }),
    contact_state: f.text((o, call) => addressOf(contactOf(o, call))?.region, { prefix: true }),
    projected_revenue_high: f.number((o) => o.projected_revenue_high, "<>"),
    projected_revenue_low: f.number((o) => o.projected_revenue_low, "<>"),
  },
  exclusive: [["ids", "opportunity_id"]],
  custom: { recordType: "OPPORTUNITY", of: (o) => o.custom_fields, strict: true },
  // The order key is `update_time`, the field `last_updated_time`.
  orders: {
    next_action_time: (o) => o.next_action_time,
    contact_name: (o, call) =>
      `${contactOf(o, call)?.given_name ?? ""} ${contactOf(o, call)?.family_name ?? ""}`.toLowerCase(),
    opportunity_title: (o) => o.opportunity_title.toLowerCase(),
    created_time: (o) => o.created_time,
    update_time: (o) => o.last_updated_time,
  },
  fields: asked,
  wire: opportunityWire,
};

const shape = {
  opportunity_title: b.filled(),
  next_action_time: b.time,
  next_action_notes: b.text(),
  opportunity_notes: b.text(),
  estimated_close_time: b.time,
  include_in_forecast: b.bool,
  projected_revenue_low: b.num,
  projected_revenue_high: b.num,
  contact_id: b.id,
  stage_id: b.id,
  user_id: b.id,
  custom_fields: s.customFields,
  affiliate_id: b.id,
};
const writable = Object.keys(shape);

function check(call: Call, values: Map<string, unknown>): Map<string, unknown> {
  if (values.get("contact_id")) s.requireRef(call.account.contacts, values.get("contact_id"), "contact_id");
  if (values.get("stage_id")) s.requireRef(call.account.stages, values.get("stage_id"), "stage_id");
  if (values.get("user_id")) s.requireRef(call.account.users, values.get("user_id"), "user_id");
  if (values.get("affiliate_id"))
    s.requireRef(call.account.affiliates, values.get("affiliate_id"), "affiliate_id");
  if (values.has("custom_fields")) {
    s.checkCustomFields(call, "OPPORTUNITY", values.get("custom_fields"));
    values.set("custom_fields", s.cleanCustomFields(values.get("custom_fields")));
  }
  return values;
}

/** Writes the history of stages: a first move comes from stage "0". */
export function noteStageMove(call: Call, opportunity: OpportunityRecord, from: string): void {
  const previous = findBy(call.account, "stageMoves.opportunity_id", opportunity.id).at(-1);
  const writer = writerOf(call);
  putRecord(call.account, "stageMoves", {
    id: takeId(call.account, "stageMoves"),
    opportunity_id: opportunity.id,
    move_time: call.now,
    move_from_stage_id: from,
    move_to_stage_id: opportunity.stage_id,
    ...(previous ? { prev_stage_move_time: previous.move_time } : {}),
    ...(opportunity.user_id ? { user_id: opportunity.user_id } : {}),
    ...(writer ? { created_by: writer } : {}),
    create_time: call.now,
  });
}

export const opportunityRoutes: Route[] = [
  get("/v2/opportunities", (call) => listPage(call, list)),
  post("/v2/opportunities", (call) => {
    const body = b.readBody(call, shape, ["opportunity_title", "contact_id", "stage_id"]);
    const fields = readFields(call, asked);
    const writer = writerOf(call);
    const opportunity = fresh<OpportunityRecord>({
      ...Object.fromEntries(check(call, new Map(Object.entries(body)))),
      id: takeId(call.account, "opportunities"),
      stage_entrance_time: call.now,
      created_time: call.now,
      last_updated_time: call.now,
      created_by: writer,
      last_updated_by: writer,
    });
    putRecord(call.account, "opportunities", opportunity);
    noteStageMove(call, opportunity, "0");
    return created(opportunityWire(opportunity, call, fields));
  }),
  get("/v2/opportunities/{opportunity_id}", (call) =>
    ok(
      opportunityWire(
        s.require(call.account.opportunities, call, "opportunity_id", "Opportunity"),
        call,
        readFields(call, asked),
      ),
    ),
  ),
  patch("/v2/opportunities/{opportunity_id}", (call) => {
    const held = s.require(call.account.opportunities, call, "opportunity_id", "Opportunity");
    const fields = readFields(call, asked);
    const changes = check(
      call,
      readChanges(call, b.readBody(call, shape), { mask: writable, writable, promised: true }),
    );
    for (const name of ["opportunity_title", "contact_id", "stage_id"])
      if (changes.has(name) && !changes.get(name)) changes.delete(name);
    const moved = changes.has("stage_id") && changes.get("stage_id") !== held.stage_id;
    const writer = writerOf(call);
    const next: OpportunityRecord = {
      ...withChanges(held, changes),
      last_updated_time: call.now,
      ...(moved ? { stage_entrance_time: call.now } : {}),
      ...(writer ? { last_updated_by: writer } : {}),
    };
    putRecord(call.account, "opportunities", next);
    if (moved) noteStageMove(call, next, held.stage_id);
    return ok(opportunityWire(next, call, fields));
  }),
  del("/v2/opportunities/{opportunity_id}", (call) => {
    removeRecord(
      call.account,
      "opportunities",
      Number(s.require(call.account.opportunities, call, "opportunity_id", "Opportunity").id),
    );
    return noContent();
  }),
];
