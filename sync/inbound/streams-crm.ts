import { companyFromWire } from "../mapping/company";
import { opportunityFromWire, stageFromWire, stageMoveFromWire } from "../mapping/deals";
import { changedAt, type EntityStream, existingByGet, listReader, minute } from "./stream";

const listCompanies = listReader((keap) => keap.companies, companyFromWire);
const listOpportunityStages = listReader((keap) => keap.opportunityStages, stageFromWire);
const listOpportunities = listReader((keap) => keap.opportunities, opportunityFromWire);
const listStageMoves = listReader((keap) => keap.stageMoves, stageMoveFromWire);

/** Companies are filtered by their last change, but the list has no order by it: the window is read whole, by id. */
export const companyStream: EntityStream = {
  name: "companies",
  entity: "companies",
  byId: (keap, context, afterId, options) =>
    listCompanies(keap, context, { filter: { company_id: { gt: afterId } }, orderBy: "id asc", ...options }),
  newestId: (keap, context) => listCompanies(keap, context, { orderBy: "id desc", pageSize: 1 }),
  changed: {
    order: "unordered",
    overlapMs: 2 * minute,
    timeOf: changedAt,
    read: (keap, context, since, options) =>
      listCompanies(keap, context, { filter: { since_time: since }, orderBy: "id asc", ...options }),
  },
  everySeconds: [60, 3600],
};

/** Stages before deals before their moves. */
export const dealStreams: readonly EntityStream[] = [
  {
    name: "opportunity_stages",
    entity: "opportunity_stages",
    all: (keap, context, options) => listOpportunityStages(keap, context, { ...options }),
    everySeconds: [3600, 21_600],
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.opportunityStages.get(id)) },
  },
  {
    name: "opportunities",
    entity: "opportunities",
    all: (keap, context, options) =>
      listOpportunities(keap, context, { orderBy: "created_time asc", ...options }),
    newest: (keap, context) => listOpportunities(keap, context, { orderBy: "update_time desc", pageSize: 1 }),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, _since, options) =>
        listOpportunities(keap, context, { orderBy: "update_time desc", ...options, pageSize: 200 }),
    },
    everySeconds: [60, 3600],
    sweep: { everySeconds: 21_600, existing: existingByGet((keap, id) => keap.opportunities.get(id)) },
  },
  {
    name: "stage_moves",
    entity: "stage_moves",
    all: (keap, context, options) => listStageMoves(keap, context, { orderBy: "id asc", ...options }),
    newest: (keap, context) => listStageMoves(keap, context, { orderBy: "move_date desc", pageSize: 1 }),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: (keap, context, _since, options) =>
        listStageMoves(keap, context, { orderBy: "move_date desc", ...options, pageSize: 200 }),
    },
    everySeconds: [60, 3600],
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.stageMoves.get(id)) },
  },
];
