import { z } from "zod";
import type { GoalBody } from "../bodies";
import { type Calls, type ListOptions, slow } from "../calls";
import { invalidRequest } from "../errors";
import { lists } from "../lists";
import { readRecords } from "../pages";
import {
  automationSchema,
  campaignGoalSchema,
  campaignSchema,
  campaignSequenceSchema,
  goalResultSchema,
  resultMapSchema,
} from "../schemas";
import type { CallOptions } from "../transport";
import { batchOfContacts, resultsFor } from "./tags";

const campaignPath = "/v2/campaigns/{campaign_id}";
const goalsAnswer = z.looseObject({ goals: z.array(z.unknown()).nullish() });
const sequencesAnswer = z.looseObject({ sequences: z.array(z.unknown()).nullish() });
const sequenceAnswer = z.looseObject({
  add_to_sequence_results: resultMapSchema,
  remove_from_sequence_results: resultMapSchema,
  add_to_automation_sequence_results: resultMapSchema,
});
const goalAnswer = z.looseObject({ results: z.array(z.unknown()).nullish() });

/** Who is where in a campaign cannot be read: only counts. */
export function campaignsResource(calls: Calls) {
  const params = (campaignId: string, sequenceId = "") => ({
    campaign_id: campaignId,
    sequence_id: sequenceId,
  });

  async function sequenceCall(
    verb: "addContacts" | "removeContacts",
    ids: { campaign: string; sequence: string; contacts: readonly string[] },
    options?: CallOptions,
  ) {
    const path = `${campaignPath}/sequences/{sequence_id}:${verb}`;
    const contact_ids = batchOfContacts(`POST ${path}`, ids.contacts);
    const answer = await calls.record(
      sequenceAnswer,
      {
        method: "POST",
        path,
        params: params(ids.campaign, ids.sequence),
        body: { contact_ids },
        ...slow,
      },
      options,
    );
    return resultsFor(
      ids.contacts,
      verb === "addContacts" ? answer.add_to_sequence_results : answer.remove_from_sequence_results,
    );
  }

  return {
    list: (options?: ListOptions<typeof lists.campaigns>) => calls.page(lists.campaigns, options),
    get: (campaignId: string, options?: CallOptions) =>
      calls.record(
        campaignSchema,
        { method: "GET", path: campaignPath, params: params(campaignId) },
        options,
      ),

    /** The published goals. Takes no page. */
    async goals(campaignId: string, options?: CallOptions) {
      const request = { method: "GET", path: `${campaignPath}/goals`, params: params(campaignId) } as const;
      const { goals } = await calls.record(goalsAnswer, request, options);
      return readRecords(goals ?? [], campaignGoalSchema);
    },

    /** The published sequences with their steps. Takes no page. */
    async sequences(campaignId: string, options?: CallOptions) {
      const request = {
        method: "GET",
        path: `${campaignPath}/sequences`,
        params: params(campaignId),
      } as const;
      const { sequences } = await calls.record(sequencesAnswer, request, options);
      return readRecords(sequences ?? [], campaignSequenceSchema);
    },

    /** SUCCESS, ALREADY_IN_SEQUENCE, CONTACT_DOES_NOT_EXIST or FAILED per contact; null where none was given. */
    addToSequence: (campaign: string, sequence: string, contacts: readonly string[], options?: CallOptions) =>
      sequenceCall("addContacts", { campaign, sequence, contacts }, options),

    removeFromSequence: (
      campaign: string,
      sequence: string,
      contacts: readonly string[],
      options?: CallOptions,
    ) => sequenceCall("removeContacts", { campaign, sequence, contacts }, options),
  };
}

const automationPath = "/v2/automations/{automation_id}";

/** The newer twin of campaigns: it can add people to a sequence, but not remove them. */
export function automationsResource(calls: Calls) {
  return {
    /** Pages of 25 at most. */
    list: (options?: ListOptions<typeof lists.automations>) => calls.page(lists.automations, options),
    get: (automationId: string, options?: CallOptions) =>
      calls.record(
        automationSchema,
        { method: "GET", path: automationPath, params: { automation_id: automationId } },
        options,
      ),

    async addToSequence(
      automation: string,
      sequence: string,
      contacts: readonly string[],
      options?: CallOptions,
    ) {
      const path = `${automationPath}/sequences/{sequence_id}:addContacts`;
      const contact_ids = batchOfContacts(`POST ${path}`, contacts);
      const params = { automation_id: automation, sequence_id: sequence };
      const request = { method: "POST", path, params, body: { contact_ids }, ...slow } as const;
      const answer = await calls.record(sequenceAnswer, request, options);
      return resultsFor(contacts, answer.add_to_automation_sequence_results);
    },

    /** `achieved` is true only when Keap names at least one goal and none failed: a 200 alone says nothing. */
    async achieveGoal(body: GoalBody, options?: CallOptions) {
      const path = "/v2/automations/goals/achieve";
      const whole = (name: string, id: string) => {
        const value = Number(id);
        if (!Number.isSafeInteger(value))
          throw invalidRequest(`POST ${path}`, `The ${name} must be a whole number`);
        return value;
      };
      const contact_id = whole("contact_id", body.contact_id);
      const goal =
        "integration" in body
          ? { integration: body.integration, call_name: body.call_name }
          : {
              automation_id: whole("automation_id", body.automation_id),
              goal_id: whole("goal_id", body.goal_id),
            };
      const request = { method: "POST", path, body: { contact_id, ...goal } } as const;
      const { results } = await calls.record(goalAnswer, request, options);
      const read = readRecords(results ?? [], goalResultSchema);
      const achieved =
        read.items.length > 0 &&
        read.rejected.length === 0 &&
        read.items.every(({ success }) => success === true);
      return { achieved, results: read.items, rejected: read.rejected };
    },
  };
}
