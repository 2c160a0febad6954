import { companyFromWire } from "../mapping/company";
import { opportunityFromWire, stageFromWire, stageMoveFromWire } from "../mapping/deals";
import { changedAt, type EntityStream, existingByGet, mapPage, minute } from "./stream";

/** Companies are filtered by their last change, but the list has no order by it: the window is read whole, by id. */
export const companyStream: EntityStream = {
  name: "companies",
  entity: "companies",
  byId: async (keap, context, afterId, options) =>
    mapPage(
      await keap.companies.list({ filter: { company_id: { gt: afterId } }, orderBy: "id asc", ...options }),
      (wire) => companyFromWire(wire, context),
    ),
  newestId: async (keap, context) =>
    mapPage(await keap.companies.list({ orderBy: "id desc", pageSize: 1 }), (wire) =>
      companyFromWire(wire, context),
    ),
  changed: {
    order: "unordered",
    overlapMs: 2 * minute,
    timeOf: changedAt,
    read: async (keap, context, since, options) =>
      mapPage(
        await keap.companies.list({ filter: { since_time: since }, orderBy: "id asc", ...options }),
        (wire) => companyFromWire(wire, context),
      ),
  },
  everySeconds: [60, 3600],
};

/** Stages before deals before their moves. */
export const dealStreams: readonly EntityStream[] = [
  {
    name: "opportunity_stages",
    entity: "opportunity_stages",
    all: async (keap, context, options) =>
      mapPage(await keap.opportunityStages.list({ ...options }), (wire) => stageFromWire(wire, context)),
    everySeconds: [3600, 21_600],
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.opportunityStages.get(id)) },
  },
  {
    name: "opportunities",
    entity: "opportunities",
    all: async (keap, context, options) =>
      mapPage(await keap.opportunities.list({ orderBy: "created_time asc", ...options }), (wire) =>
        opportunityFromWire(wire, context),
      ),
    newest: async (keap, context) =>
      mapPage(await keap.opportunities.list({ orderBy: "update_time desc", pageSize: 1 }), (wire) =>
        opportunityFromWire(wire, context),
      ),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, context, _since, options) =>
        mapPage(
          await keap.opportunities.list({ orderBy: "update_time desc", ...options, pageSize: 200 }),
          (wire) => opportunityFromWire(wire, context),
        ),
    },
    everySeconds: [60, 3600],
    sweep: { everySeconds: 21_600, existing: existingByGet((keap, id) => keap.opportunities.get(id)) },
  },
  {
    name: "stage_moves",
    entity: "stage_moves",
    all: async (keap, _context, options) =>
      mapPage(await keap.stageMoves.list({ orderBy: "id asc", ...options }), stageMoveFromWire),
    newest: async (keap) =>
      mapPage(await keap.stageMoves.list({ orderBy: "move_date desc", pageSize: 1 }), stageMoveFromWire),
    changed: {
      order: "descending",
      overlapMs: 2 * minute,
      timeOf: changedAt,
      read: async (keap, _context, _since, options) =>
        mapPage(
          await keap.stageMoves.list({ orderBy: "move_date desc", ...options, pageSize: 200 }),
          stageMoveFromWire,
        ),
    },
    everySeconds: [60, 3600],
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.stageMoves.get(id)) },
  },
];
