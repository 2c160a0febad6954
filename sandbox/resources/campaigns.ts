import { type Call, created, ok } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import { get, post, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import type { CampaignGoalRecord, CampaignRecord, CampaignSequenceRecord } from "../records";
import { putRecord } from "../state";
import * as s from "./shared";

const activeCount = (campaign: CampaignRecord) =>
  campaign.sequences.reduce((sum, one) => sum + one.active_contact_ids.length, 0);
const completedCount = (campaign: CampaignRecord) =>
  campaign.completed_contact_count ?? campaign.sequences.reduce((sum, one) => sum + one.completed_count, 0);

function campaignWire(campaign: CampaignRecord) {
  return {
    id: campaign.id,
    name: campaign.name,
    locked: campaign.locked ?? false,
    date_created: campaign.date_created,
    published_date: campaign.published_date,
    published_status: campaign.published,
    error_message: campaign.error_message,
    time_zone: campaign.time_zone,
    published_time_zone: campaign.published ? campaign.time_zone : undefined,
    created_by_global_id: campaign.created_by_global_id,
    active_contact_count: activeCount(campaign),
    completed_contact_count: completedCount(campaign),
  };
}

const counts = (one: { last_24_hours: number; last_30_days: number }) => ({
  "24_hours": one.last_24_hours,
  "30_days": one.last_30_days,
});

function sequenceWire(sequence: CampaignSequenceRecord) {
  return {
    id: sequence.id,
    name: sequence.name,
    paths: sequence.paths,
    active_contact_count: sequence.active_contact_ids.length,
    active_contact_count_completed: sequence.completed_count,
    historical_contact_count: counts(sequence),
  };
}

/** What a step holds, and who is where, cannot be read; nor can a goal's integration and call name. */
function goalWire(goal: CampaignGoalRecord) {
  return {
    id: goal.id,
    name: goal.name,
    type: goal.type,
    historical_contact_counts: counts(goal),
    next_sequence_ids: goal.next_sequence_ids,
    previous_sequence_ids: goal.previous_sequence_ids,
  };
}

function automationWire(campaign: CampaignRecord) {
  return {
    id: campaign.id,
    title: campaign.name,
    categories: campaign.categories ?? [],
    status: campaign.published ? "PUBLISHED" : "DRAFT",
    locked: campaign.locked ?? false,
    active_contacts: activeCount(campaign),
    error_message: campaign.error_message,
    published_date: campaign.published_date,
    published_timezone: campaign.time_zone,
    current_edit_lock_status: { locked: campaign.locked ?? false },
  };
}

const campaigns: ListSpec<CampaignRecord> = {
  answerKey: "campaigns",
  rows: (call) => call.account.campaigns.values(),
  tables: ["campaigns"],
  filters: { name: f.anywhere((one) => one.name) },
  orders: {
    name: (one) => one.name.toLowerCase(),
    publisheddate: (one) => one.published_date,
    id: (one) => Number(one.id),
    completedContactCount: completedCount,
    activeContacts: activeCount,
    datecreated: (one) => one.date_created,
    lastupdated: (one) => one.last_updated ?? one.date_created,
  },
  wire: campaignWire,
};

/** Without a wildcard anywhere in the name, with a trailing `*` from the start. */
const automationName: f.FilterKey<CampaignRecord> = {
  operators: ["=="],
  compile: (value, operator, call, key) =>
    (value.endsWith("*")
      ? f.text<CampaignRecord>((one) => one.name, { prefix: true })
      : f.anywhere<CampaignRecord>((one) => one.name)
    ).compile(value, operator, call, key),
};

const automations: ListSpec<CampaignRecord> = {
  answerKey: "automations",
  rows: (call) => call.account.campaigns.values(),
  tables: ["campaigns"],
  maxPageSize: 25,
  filters: {
    name: automationName,
    id: f.idRange((one) => one.id, true),
    status: f.oneOf((one) => (one.published ? "PUBLISHED" : "DRAFT"), ["PUBLISHED", "DRAFT"]),
    categories: f.ids((one) => one.categories ?? []),
  },
  orders: {
    name: (one) => one.name.toLowerCase(),
    category: (one) => one.categories?.[0],
    activeContacts: activeCount,
    publishedDate: (one) => one.published_date,
  },
  wire: automationWire,
  extra: (rows) => ({ automation_count: rows.length }),
};

const automationIds: ListSpec<CampaignRecord> = {
  ...automations,
  answerKey: "automation_ids",
  wire: (one) => one.id,
  extra: (rows) => ({ locked_automation_ids: rows.filter((one) => one.locked).map((one) => one.id) }),
};

function sequenceOf(call: Call, campaign: CampaignRecord): CampaignSequenceRecord {
  const sequence = campaign.sequences.find((one) => one.id === String(Number(call.params.sequence_id)));
  if (!sequence) throw notFound("Sequence", String(call.params.sequence_id));
  return sequence;
}

function replaceSequence(call: Call, campaign: CampaignRecord, next: CampaignSequenceRecord): void {
  const held = call.account.campaigns.get(Number(campaign.id)) ?? campaign;
  putRecord(call.account, "campaigns", {
    ...held,
    sequences: held.sequences.map((one) => (one.id === next.id ? next : one)),
    last_updated: call.now,
  });
}

const contactIds = { contact_ids: b.list(b.id) };

function addToSequence(call: Call, campaign: CampaignRecord): Record<string, string> {
  const sequence = sequenceOf(call, campaign);
  const { contact_ids } = b.readBody(call, contactIds, ["contact_ids"]);
  const active = new Set(sequence.active_contact_ids);
  const results: Record<string, string> = {};
  for (const id of contact_ids as string[]) {
    if (!call.account.contacts.has(Number(id))) results[id] = "CONTACT_DOES_NOT_EXIST";
    else if (!campaign.published) results[id] = "FAILED";
    else if (active.has(id)) results[id] = "ALREADY_IN_SEQUENCE";
    else {
      active.add(id);
      results[id] = "SUCCESS";
    }
  }
  replaceSequence(call, campaign, { ...sequence, active_contact_ids: [...active] });
  return results;
}

function removeFromSequence(call: Call, campaign: CampaignRecord): Record<string, string> {
  const sequence = sequenceOf(call, campaign);
  const { contact_ids } = b.readBody(call, contactIds, ["contact_ids"]);
  const active = new Set(sequence.active_contact_ids);
  const results: Record<string, string> = {};
  for (const id of contact_ids as string[]) {
    if (!call.account.contacts.has(Number(id))) results[id] = "CONTACT_DOES_NOT_EXIST";
    else results[id] = active.delete(id) ? "SUCCESS" : "FAILED";
  }
  replaceSequence(call, campaign, { ...sequence, active_contact_ids: [...active] });
  return results;
}

interface Achieved {
  campaign: CampaignRecord;
  goal: CampaignGoalRecord;
}

/** Achieving a goal starts what follows it and stops what led to it. */
function achieve(call: Call, found: Achieved[], contactId: string): void {
  for (const { campaign, goal } of found) {
    const held = call.account.campaigns.get(Number(campaign.id)) ?? campaign;
    const sequences = held.sequences.map((one) => {
      const without = one.active_contact_ids.filter((id) => id !== contactId);
      if (goal.next_sequence_ids.includes(one.id))
        return { ...one, active_contact_ids: [...without, contactId] };
      return goal.previous_sequence_ids.includes(one.id) ? { ...one, active_contact_ids: without } : one;
    });
    const goals = held.goals.map((one) =>
      one.id === goal.id
        ? { ...one, last_24_hours: one.last_24_hours + 1, last_30_days: one.last_30_days + 1 }
        : one,
    );
    putRecord(call.account, "campaigns", { ...held, sequences, goals, last_updated: call.now });
  }
}

function goalsWhere(
  call: Call,
  test: (goal: CampaignGoalRecord, campaign: CampaignRecord) => boolean,
): Achieved[] {
  return [...call.account.campaigns.values()].flatMap((campaign) =>
    campaign.published
      ? campaign.goals.filter((goal) => test(goal, campaign)).map((goal) => ({ campaign, goal }))
      : [],
  );
}

/** Ints here, unlike everywhere else in v2. A 200 can hold `success: false`, or nothing. */
function achieveGoal(call: Call) {
  const body = b.readBody(
    call,
    { integration: b.text(), call_name: b.text(), automation_id: b.int, goal_id: b.int, contact_id: b.int },
    ["contact_id"],
  );
  const byName = Boolean(body.integration && body.call_name);
  const byId = body.automation_id !== undefined && body.goal_id !== undefined;
  if (byName === byId)
    throw badRequest("Send either integration and call_name, or automation_id and goal_id", "goal");
  const found = goalsWhere(call, (goal, campaign) =>
    byName
      ? goal.integration === body.integration && goal.call_name === body.call_name
      : goal.id === String(body.goal_id) && campaign.id === String(body.automation_id),
  );
  const known = call.account.contacts.has(Number(body.contact_id));
  if (known) achieve(call, found, String(body.contact_id));
  const flows = (ids: string[]) => ids.map((id) => ({ success: true, message: "OK", flow_id: Number(id) }));
  return ok({
    results: found.map(({ campaign, goal }) => ({
      success: known,
      message: known ? "Goal achieved" : "Contact does not exist",
      automation_id: Number(campaign.id),
      goal_id: Number(goal.id),
      flow_start_results: known ? flows(goal.next_sequence_ids) : [],
      flow_stop_results: known ? flows(goal.previous_sequence_ids) : [],
    })),
  });
}

const campaignOf = (call: Call) => s.require(call.account.campaigns, call, "campaign_id", "Campaign");

export const campaignRoutes: Route[] = [
  get("/v2/campaigns", (call) => listPage(call, campaigns)),
  get("/v2/campaigns/{campaign_id}", (call) => ok(campaignWire(campaignOf(call)))),
  // Published ones only; the answers have a page token though the calls take none.
  get("/v2/campaigns/{campaign_id}/goals", (call) => {
    const campaign = campaignOf(call);
    return ok({
      campaign_id: campaign.id,
      goals: campaign.published ? campaign.goals.map(goalWire) : [],
      next_page_token: "",
    });
  }),
  get("/v2/campaigns/{campaign_id}/sequences", (call) => {
    const campaign = campaignOf(call);
    return ok({
      campaign_id: campaign.id,
      sequences: campaign.published ? campaign.sequences.map(sequenceWire) : [],
      next_page_token: "",
    });
  }),
  post("/v2/campaigns/{campaign_id}/sequences/{sequence_id}:addContacts", (call) =>
    ok({ add_to_sequence_results: addToSequence(call, campaignOf(call)) }),
  ),
  post("/v2/campaigns/{campaign_id}/sequences/{sequence_id}:removeContacts", (call) =>
    ok({ remove_from_sequence_results: removeFromSequence(call, campaignOf(call)) }),
  ),
  get("/v2/automations", (call) => listPage(call, automations)),
  get("/v2/automations/ids", (call) => listPage(call, automationIds)),
  get("/v2/automations/{automation_id}", (call) =>
    ok(automationWire(s.require(call.account.campaigns, call, "automation_id", "Automation"))),
  ),
  post("/v2/automations/{automation_id}/sequences/{sequence_id}:addContacts", (call) =>
    ok({
      add_to_automation_sequence_results: addToSequence(
        call,
        s.require(call.account.campaigns, call, "automation_id", "Automation"),
      ),
    }),
  ),
  post("/v2/automations/goals/achieve", achieveGoal),
  post("/v1/campaigns/goals/{integration}/{callName}", (call) => {
    const { contact_id } = b.readBody(call, { contact_id: b.int }, ["contact_id"]);
    const found = goalsWhere(
      call,
      (goal) => goal.integration === call.params.integration && goal.call_name === call.params.callName,
    );
    const known = call.account.contacts.has(Number(contact_id));
    if (known) achieve(call, found, String(contact_id));
    return created(
      found.map(({ campaign, goal }) => ({
        campaign_id: Number(campaign.id),
        goal_id: Number(goal.id),
        success: known,
        message: known ? "Goal achieved" : "Contact does not exist",
      })),
    );
  }),
];
