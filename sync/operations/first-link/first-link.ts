import { contextFor, type RunContext } from "../../context";
import { applyPage, readTime } from "../../inbound/apply";
import { streamOf } from "../../inbound/streams";
import { entitySpecs } from "../../mapping/entities";
import type { Json, MappedRow, Values } from "../../mapping/types";
import { planFields } from "../../plan/plan-fields";
import { policiesFor } from "../../plan/policies";
import { readProfile, rememberedProfile } from "../../profile";
import type { SyncState } from "../../store";
import { inParts, type OperationDeps, Refusal } from "../deps";
import { countCalls } from "../wrap-keap";
import { type KeapPerson, type MatchPlan, matchPeople, type UnlinkedRow } from "./match";

export interface FirstLinkPlan extends MatchPlan {
  /** Rows here without a record in Keap, and people in Keap they were compared with. */
  rows: number;
  people: number;
  /** Calls of the Keap quota that reading took. */
  calls: number;
}

export interface FirstLinkResult {
  linked: number;
  /** A row of the copy was there already: the two became one. */
  merged: number;
  held: number;
}

type Unlinked = UnlinkedRow & { version: number; row: Values };

interface Looked {
  plan: FirstLinkPlan;
  unlinked: Map<string, Unlinked>;
  wires: Map<number, MappedRow>;
  context: RunContext;
  state: SyncState;
}

/** Which rows that were here before are which people in Keap. Reads Keap's list once, changes nothing. */
export async function planFirstLink(deps: OperationDeps): Promise<FirstLinkPlan> {
  return (await look(deps)).plan;
}

/**
 * Links rows that were here before the sync to the people Keap had before it, and merges their fields by policy. Where
 * one sign means several, nothing is guessed: the row is held and listed with its candidates.
 */
export async function runFirstLink(deps: OperationDeps): Promise<FirstLinkResult> {
  const looked = await look(deps);
  const { plan } = looked;
  const result: FirstLinkResult = { linked: 0, merged: 0, held: 0 };
  for (const part of inParts(plan.links, 200)) await link(deps, looked, part, result);
  if (plan.ambiguous.length > 0)
    result.held = await deps.rpc<number>("sync_hold_matches", {
      p_account: deps.accountId,
      p_items: plan.ambiguous.map(({ record_id, candidates, reason }) => ({ record_id, candidates, reason })),
    });
  return result;
}

/** A person's word that this row is that person in Keap. */
export async function decideMatch(
  deps: OperationDeps,
  recordId: string,
  keapId: number,
): Promise<FirstLinkResult> {
  const looked = await look(deps);
  if (!looked.unlinked.has(recordId))
    throw new Refusal("There is no such row without a record in Keap. It may be linked already.");
  if (!looked.wires.has(keapId)) throw new Refusal(`Keap has no contact ${keapId}.`);
  const result: FirstLinkResult = { linked: 0, merged: 0, held: 0 };
  await link(deps, looked, [{ record_id: recordId, keap_id: keapId }], result);
  return result;
}

async function link(
  deps: OperationDeps,
  { unlinked, wires, context, state }: Looked,
  items: readonly { record_id: string; keap_id: number }[],
  result: FirstLinkResult,
): Promise<void> {
  const outcomes = await deps.rpc<
    { record_id: string; keap_id: number; outcome: string; holder: string | null }[]
  >("sync_link_rows", {
    p_account: deps.accountId,
    p_items: items.map(({ record_id, keap_id }) => ({ record_id, keap_id })),
    p_actor: deps.actor,
  });
  const linked = outcomes.filter((one) => one.outcome === "linked");
  const rows = linked.flatMap((one) => wires.get(one.keap_id) ?? []);
  const readAt = await readTime(context, "contacts");
  // the row has an id and no base: it is planned as a first link
  await applyPage(context, "contacts", rows, { readAt }, state.policies);
  result.linked += linked.length;
  for (const one of outcomes) {
    const from = unlinked.get(one.record_id);
    const into = wires.get(one.keap_id);
    if (one.outcome !== "taken" || !one.holder || !from || !into) continue;
    await deps.rpc("sync_absorb_contact", {
      p_account: deps.accountId,
      p_from: one.record_id,
      p_into: one.holder,
      p_patch: onlyOurs(from.row, into, state),
      p_actor: deps.actor,
    });
    result.merged += 1;
  }
}

/** What the unlinked row says that the other does not, or says better by policy: as columns of the linked row. */
function onlyOurs(row: Values, into: MappedRow, state: SyncState): Record<string, Json> {
  const plan = planFields(
    entitySpecs.contacts.fields,
    {
      keap: into.values,
      supabase: row,
      base: null,
      keapChangedAt: into.updated_at,
      supabaseChangedAt: typeof row.last_updated_at === "string" ? row.last_updated_at : null,
    },
    (field) => {
      const policy = policiesFor("contacts", state.policies)(field);
      // two rows are not two edits of one: what Keap holds stays, what it lacks is filled in
      return policy.policy === "supabase" ? policy : { ...policy, policy: "keap" };
    },
  );
  const filled: Record<string, Json> = { ...plan.push };
  for (const field of entitySpecs.contacts.fields) {
    const ours = row[field.name] ?? null;
    const theirs = into.values[field.name] ?? null;
    if (field.writable && isEmpty(theirs) && !isEmpty(ours)) filled[field.name] = ours;
    else if (
      field.writable &&
      (field.kind === "slots" || field.kind === "map") &&
      isObject(ours) &&
      isObject(theirs)
    ) {
      const missing = Object.entries(ours).filter(([key]) => !(key in theirs));
      if (missing.length > 0) filled[field.name] = { ...Object.fromEntries(missing), ...theirs };
    }
  }
  return filled;
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isEmpty = (value: Json): boolean =>
  value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

async function look(deps: OperationDeps): Promise<Looked> {
  const meter = countCalls(deps.keap);
  const state = await deps.store.readState(deps.accountId);
  const unlinked = new Map<string, Unlinked>();
  for (let after: string | null = null; ; ) {
    const page: Unlinked[] = await deps.rpc("sync_unlinked_contacts", {
      p_account: deps.accountId,
      p_after: after,
    });
    for (const one of page) unlinked.set(one.record_id, one);
    const last = page.at(-1);
    if (page.length < 500 || !last) break;
    after = last.record_id;
  }
  const mapping =
    rememberedProfile(state.cursors, new Date()) ?? (await readProfile({ ...deps, keap: meter.keap }));
  const context = contextFor({ ...deps, keap: meter.keap }, null, mapping);
  const wires = unlinked.size > 0 ? await readPeople(context) : new Map<number, MappedRow>();
  const people = [...wires.values()].map((row) => personOf(row, unlinked));
  const plan = matchPeople([...unlinked.values()], people);
  return {
    plan: { ...plan, rows: unlinked.size, people: people.length, calls: meter.calls },
    unlinked,
    wires,
    context,
    state,
  };
}

async function readPeople(context: RunContext): Promise<Map<number, MappedRow>> {
  const found = new Map<number, MappedRow>();
  const { byId } = streamOf("contacts");
  for (let after = 0; byId; ) {
    const page = await byId(context.keap, context.mapping, after);
    for (const row of page.rows) if (row.keap_id !== null) found.set(row.keap_id, row);
    const last = Math.max(after, ...page.rows.map((row) => row.keap_id ?? 0));
    if (page.nextPageToken === null || last === after) break;
    after = last;
  }
  return found;
}

function personOf(row: MappedRow, unlinked: ReadonlyMap<string, Unlinked>): KeapPerson {
  const slots = (column: string, leaf: string) =>
    Object.values((row.values[column] ?? {}) as Record<string, Record<string, Json>>).flatMap((slot) => {
      const value = slot?.[leaf];
      return typeof value === "string" ? [value] : [];
    });
  const custom = Object.values((row.values.custom_fields ?? {}) as Record<string, Json>);
  const marker = custom.find((value) => typeof value === "string" && unlinked.has(value));
  return {
    keap_id: row.keap_id as number,
    name: [row.values.given_name, row.values.family_name].filter(Boolean).join(" "),
    emails: slots("email_addresses", "email"),
    phones: slots("phone_numbers", "number"),
    marker: typeof marker === "string" ? marker : null,
  };
}
