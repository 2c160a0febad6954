import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { tagPayloadSchema, tagProposalKind } from "./propose-tag";

export interface ExecutionResult {
  proposal_id: string;
  status: string;
  changed: number;
  unchanged: number;
  failed: number;
}

const itemSchema = z.object({ contact_id: z.string().nullable(), status: z.string() });
const proposalSchema = z.object({
  id: z.string(),
  account_id: z.string(),
  kind: z.string(),
  status: z.string(),
  payload: z.unknown(),
  approved_by: z.string().nullable(),
});
type Proposal = z.infer<typeof proposalSchema>;

const peoplePerCall = 1_000;

/**
 * Carries out an approved proposal by writing rows; the sync takes them to Keap. It acts with the rights of the admin
 * who approved, so that an approval by someone who is no longer an admin does nothing. Called again after a crash it
 * goes on: putting a tag on somebody who holds it changes nothing. Proposals in any other state are left alone.
 */
export async function executeProposal(
  proposal_id: string,
  account_id: string,
  service: SupabaseClient,
): Promise<ExecutionResult> {
  const claimed = await claim(proposal_id, account_id, service);
  if (!claimed) return { proposal_id, status: "left_alone", changed: 0, unchanged: 0, failed: 0 };
  const { proposal, people } = claimed;
  try {
    if (proposal.kind !== tagProposalKind)
      throw new Error(`Proposals of the kind "${proposal.kind}" cannot be carried out by this version.`);
    return await applyTagProposal(proposal, people, service);
  } catch (error) {
    // A call that may succeed later is left to the job's retry; the proposal stays in the state "executing".
    if (isPassing(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await finish(
      service,
      proposal_id,
      "failed",
      { changed: 0, unchanged: 0, failed: people.length, reason },
      people.map((contact_id) => ({ contact_id, status: "failed", error: reason })),
    );
    return { proposal_id, status: "failed", changed: 0, unchanged: 0, failed: people.length };
  }
}

async function claim(
  proposal_id: string,
  account_id: string,
  service: SupabaseClient,
): Promise<{ proposal: Proposal; people: string[] } | null> {
  const { data, error } = await service
    .from("proposals")
    .select("id, account_id, kind, status, payload, approved_by")
    .eq("id", proposal_id)
    .eq("account_id", account_id)
    .maybeSingle();
  if (error) throw new RetryableActionError(`The proposal could not be read: ${error.message}`);
  if (!data) return null;
  const proposal = proposalSchema.parse(data);
  if (proposal.status === "approved") {
    const { data: claimed, error: unclaimed } = await service.rpc("claim_proposal", {
      p_proposal: proposal_id,
    });
    if (unclaimed) throw new RetryableActionError(`The proposal could not be claimed: ${unclaimed.message}`);
    if (!z.object({ claimed: z.boolean() }).parse(claimed).claimed) return null;
  } else if (proposal.status !== "executing") {
    return null;
  }
  return { proposal, people: await peopleOf(proposal, service) };
}

async function peopleOf({ id, account_id }: Proposal, service: SupabaseClient): Promise<string[]> {
  const people: string[] = [];
  for (let from = 0; ; from += peoplePerCall) {
    const { data, error } = await service
      .from("proposal_items")
      .select("contact_id, status")
      .eq("account_id", account_id)
      .eq("proposal_id", id)
      .order("id")
      .range(from, from + peoplePerCall - 1);
    if (error)
      throw new RetryableActionError(`The people of the proposal could not be read: ${error.message}`);
    const items = z.array(itemSchema).parse(data);
    people.push(...items.flatMap(({ contact_id }) => (contact_id ? [contact_id] : [])));
    if (items.length < peoplePerCall) return people;
  }
}

const tagResultSchema = z.object({
  changed: z.number(),
  unchanged: z.number(),
  unknown: z.array(z.string()),
});

async function applyTagProposal(
  proposal: Proposal,
  people: string[],
  service: SupabaseClient,
): Promise<ExecutionResult> {
  const payload = tagPayloadSchema.parse(proposal.payload);
  const p_actor = proposal.approved_by;
  if (!p_actor) throw new Error("Nobody is on record as the one who approved.");
  const tag = payload.tag_id
    ? await sameTag(proposal.account_id, payload.tag_id, payload.tag_name, service)
    : await makeTag(proposal.account_id, payload.tag_name, p_actor, service);
  const total = { changed: 0, unchanged: 0, unknown: [] as string[] };
  for (let at = 0; at < people.length; at += peoplePerCall) {
    const { data, error } = await service.rpc("apply_tag", {
      p_account: proposal.account_id,
      p_contact_ids: people.slice(at, at + peoplePerCall),
      p_tag: tag,
      p_actor,
    });
    if (error) throw databaseError("The tag could not be applied", error);
    const result = tagResultSchema.parse(data);
    total.changed += result.changed;
    total.unchanged += result.unchanged;
    total.unknown.push(...result.unknown);
  }
  const gone = new Set(total.unknown);
  const status = gone.size === 0 ? "done" : gone.size < people.length ? "partly" : "failed";
  const items = people.map((contact_id) =>
    gone.has(contact_id)
      ? { contact_id, status: "failed", error: "This person no longer exists." }
      : { contact_id, status: "done", error: null },
  );
  const counts = { changed: total.changed, unchanged: total.unchanged, failed: gone.size };
  await finish(service, proposal.id, status, { ...counts, tag_id: tag }, items);
  return { proposal_id: proposal.id, status, ...counts };
}

/** The approver read a name: a tag that was renamed or deleted since is not what was approved. */
async function sameTag(account: string, id: string, name: string, service: SupabaseClient): Promise<string> {
  const { data, error } = await service
    .from("tags")
    .select("name")
    .eq("account_id", account)
    .eq("supabase_id", id)
    .is("deleted_at", null)
    .maybeSingle();
  if (error) throw new RetryableActionError(`The tag could not be read: ${error.message}`);
  const current = z.object({ name: z.string().nullable() }).nullable().parse(data);
  if (!current) throw new Error(`The tag "${name}" was deleted after the approval. Nobody was tagged.`);
  if (current.name !== name)
    throw new Error(
      `The tag "${name}" was renamed to "${current.name}" after the approval. Nobody was tagged; propose it again.`,
    );
  return id;
}

async function makeTag(
  account: string,
  name: string,
  p_actor: string,
  service: SupabaseClient,
): Promise<string> {
  const { data, error } = await service.rpc("create_tag", { p_account: account, p_name: name, p_actor });
  if (error) throw databaseError("The tag could not be made", error);
  return z.string().parse(data);
}

async function finish(
  service: SupabaseClient,
  proposal: string,
  status: string,
  result: Record<string, unknown>,
  items: unknown[],
): Promise<void> {
  const { error } = await service.rpc("finish_proposal", {
    p_proposal: proposal,
    p_status: status,
    p_result: result,
    p_items: items,
  });
  if (error) throw new RetryableActionError(`The outcome could not be recorded: ${error.message}`);
}

/** Trying again later may help: the database was away, not unwilling. */
export class RetryableActionError extends Error {
  override readonly name = "RetryableActionError";
}

function isPassing(error: unknown): boolean {
  return error instanceof RetryableActionError;
}

/** Refusals of the database carry one of these codes; everything else is trouble that may pass. */
const refusals = new Set(["42501", "22023", "P0002", "23514", "23503"]);

function databaseError(what: string, error: { message: string; code?: string }): Error {
  return refusals.has(error.code ?? "")
    ? new Error(`${what}: ${error.message}`)
    : new RetryableActionError(`${what}: ${error.message}`);
}
