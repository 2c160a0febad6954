import type { KeapClient } from "../keap/client";
import { isKeapError } from "../keap/errors";
import { leadSourceFromWire } from "../mapping/catalog-records";
import { affiliateFromWire, campaignFromWire, expenseFromWire, referralFromWire } from "../mapping/marketing";
import type { MapContext, MappedRow } from "../mapping/types";
import {
  changedAt,
  type EntityStream,
  existingByGet,
  existingByList,
  listReader,
  mapPage,
  minute,
} from "./stream";

const listAffiliates = listReader((keap) => keap.affiliates, affiliateFromWire);
const listReferrals = listReader((keap) => keap.referrals, referralFromWire);

/** What a lead source's category is called, read once a run: a change of the name shows at the next whole reading. */
const categoriesOfRun = new WeakMap<MapContext, Promise<ReadonlyMap<string, string>>>();

function categoryNames(keap: KeapClient, context: MapContext): Promise<ReadonlyMap<string, string>> {
  const known = categoriesOfRun.get(context) ?? readCategoryNames(keap);
  categoriesOfRun.set(context, known);
  return known;
}

async function readCategoryNames(keap: KeapClient): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let pageToken: string | null = null;
  try {
    do {
      const page: Awaited<ReturnType<typeof keap.leadSourceCategories.list>> =
        await keap.leadSourceCategories.list({ pageToken });
      for (const { id, name } of page.items) if (name) names.set(id, name);
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
  } catch (cause) {
    // a key that may not read them still reads the sources
    if (!isKeapError(cause) || (cause.kind !== "forbidden" && cause.kind !== "not_found")) throw cause;
  }
  return names;
}

export const leadSourceStream: EntityStream = {
  name: "lead_sources",
  entity: "lead_sources",
  all: async (keap, context, options) => {
    const names = await categoryNames(keap, context);
    return mapPage(await keap.leadSources.list({ ...options }), (wire) => leadSourceFromWire(wire, names));
  },
  newest: async (keap, context) => {
    const names = await categoryNames(keap, context);
    return mapPage(await keap.leadSources.list({ orderBy: "update_time desc", pageSize: 1 }), (wire) =>
      leadSourceFromWire(wire, names),
    );
  },
  changed: {
    order: "descending",
    overlapMs: 2 * minute,
    timeOf: changedAt,
    read: async (keap, context, _since, options) => {
      const names = await categoryNames(keap, context);
      return mapPage(
        await keap.leadSources.list({ orderBy: "update_time desc", ...options, pageSize: 200 }),
        (wire) => leadSourceFromWire(wire, names),
      );
    },
  },
  everySeconds: [900, 7200],
  sweep: { everySeconds: 21_600, existing: existingByGet((keap, id) => keap.leadSources.get(id)) },
};

/** The expenses of all lead sources at once; one that recurs books ordinary ones, so only these are counted. */
export const expenseStream: EntityStream = {
  name: "lead_source_expenses",
  entity: "lead_source_expenses",
  all: async (keap, context, options) =>
    mapPage(await keap.leadSourceExpenses.list("-", { ...options }), (wire) =>
      expenseFromWire(wire, context),
    ),
  newest: async (keap, context) =>
    mapPage(await keap.leadSourceExpenses.list("-", { orderBy: "update_time desc", pageSize: 1 }), (wire) =>
      expenseFromWire(wire, context),
    ),
  changed: {
    order: "descending",
    overlapMs: 2 * minute,
    timeOf: changedAt,
    read: async (keap, context, _since, options) =>
      mapPage(
        await keap.leadSourceExpenses.list("-", { orderBy: "update_time desc", ...options, pageSize: 200 }),
        (wire) => expenseFromWire(wire, context),
      ),
  },
  everySeconds: [900, 3600],
  sweep: {
    everySeconds: 21_600,
    existing: existingByList((keap, page) => keap.leadSourceExpenses.list("-", page)),
  },
};

export const marketingStreams: readonly EntityStream[] = [
  {
    name: "affiliates",
    entity: "affiliates",
    byId: (keap, context, afterId, options) =>
      listAffiliates(keap, context, { filter: { id: { gt: afterId } }, orderBy: "id asc", ...options }),
    all: (keap, context, options) => listAffiliates(keap, context, { orderBy: "id asc", ...options }),
    everySeconds: [3600, 21_600],
  },
  {
    name: "referrals",
    entity: "referrals",
    all: (keap, context, options) => listReferrals(keap, context, { orderBy: "id asc", ...options }),
    everySeconds: [3600, 21_600],
    sweep: {
      everySeconds: 86_400,
      existing: existingByList((keap, page) => keap.referrals.list({ orderBy: "id asc", ...page })),
    },
  },
  {
    name: "campaigns",
    entity: "campaigns",
    // no change can be asked for: the order by last update has no field to compare with
    all: async (keap, _context, options) => {
      const { items, rejected, nextPageToken } = await keap.campaigns.list({ orderBy: "id asc", ...options });
      const rows = new Map<string, MappedRow>();
      for (const wire of items) {
        const parts = wire.published_status ? await partsOf(keap, wire.id) : { goals: [], sequences: [] };
        rows.set(wire.id, campaignFromWire(wire, parts));
      }
      return mapPage({ items, rejected, nextPageToken }, (wire) => rows.get(wire.id) as MappedRow);
    },
    everySeconds: [10_800, 86_400],
    sweep: { everySeconds: 86_400, existing: existingByGet((keap, id) => keap.campaigns.get(id)) },
  },
];

/** Goals and sequences exist for published campaigns only. */
async function partsOf(keap: KeapClient, id: string) {
  try {
    const goals = await keap.campaigns.goals(id);
    const sequences = await keap.campaigns.sequences(id);
    return { goals: goals.items, sequences: sequences.items };
  } catch (cause) {
    if (isKeapError(cause) && cause.kind === "not_found") return { goals: [], sequences: [] };
    throw cause;
  }
}
