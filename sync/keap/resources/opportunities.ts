import type { OpportunityBody, OpportunityPatch, OpportunityStageBody } from "../bodies";
import { type Calls, fieldsQuery, type ListOptions, maskQuery } from "../calls";
import { legacyOpportunityFields, lists, opportunityFields } from "../lists";
import type { MaskOf } from "../masks";
import { opportunitySchema, opportunityStageSchema, stageMoveSchema } from "../schemas";
import type { CallOptions } from "../transport";
import { bodyOf, crud } from "./crud";

type WithFields = CallOptions & { fields?: readonly (typeof legacyOpportunityFields)[number][] };
const path = "/v2/opportunities";
const onePath = `${path}/{opportunity_id}`;

export function opportunitiesResource(calls: Calls) {
  const fields = (operation: string, options?: WithFields) =>
    fieldsQuery(operation, options?.fields ?? opportunityFields, legacyOpportunityFields, "repeated");
  const params = (opportunityId: string) => ({ opportunity_id: opportunityId });
  return {
    /** The legacy fields exist only where that feature is on: ask for them with `fields`. */
    list: (options?: ListOptions<typeof lists.opportunities>) =>
      calls.page(lists.opportunities, { fields: opportunityFields, ...options }),
    get: (opportunityId: string, options?: WithFields) =>
      calls.record(
        opportunitySchema,
        {
          method: "GET",
          path: onePath,
          params: params(opportunityId),
          query: fields(`GET ${onePath}`, options),
        },
        options,
      ),
    create: (body: OpportunityBody, options?: WithFields) =>
      calls.record(
        opportunitySchema,
        { method: "POST", path, query: fields(`POST ${path}`, options), body },
        options,
      ),
    update: (
      opportunityId: string,
      body: OpportunityPatch,
      mask?: MaskOf<"opportunity">,
      options?: WithFields,
    ) =>
      calls.record(
        opportunitySchema,
        {
          method: "PATCH",
          path: onePath,
          params: params(opportunityId),
          query: [
            ...maskQuery(`PATCH ${onePath}`, "opportunity", body, mask),
            ...fields(`PATCH ${onePath}`, options),
          ],
          body,
        },
        options,
      ),
    delete: (opportunityId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: onePath, params: params(opportunityId) }, options),
  };
}

export function opportunityStagesResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.opportunityStages>) =>
      calls.page(lists.opportunityStages, options),
    ...crud(calls, {
      path: "/v2/opportunities/stages",
      item: opportunityStageSchema,
      mask: "opportunityStage",
      _create: bodyOf<OpportunityStageBody>(),
      _patch: bodyOf<Partial<OpportunityStageBody>>(),
    }),
  };
}

/** The history of stages, newest first with `move_date desc`. */
export function stageMovesResource(calls: Calls) {
  const one = "/v2/opportunities/stageMoves/{stage_move_id}";
  return {
    list: (options?: ListOptions<typeof lists.stageMoves>) => calls.page(lists.stageMoves, options),
    get: (stageMoveId: string, options?: CallOptions) =>
      calls.record(
        stageMoveSchema,
        { method: "GET", path: one, params: { stage_move_id: stageMoveId } },
        options,
      ),
  };
}
