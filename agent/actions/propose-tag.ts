import { createHash } from "node:crypto";
import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { Person } from "../people/select-people";

/** Kind of a proposal that puts one tag on people; `execute-proposal.ts` carries it out. */
export const tagProposalKind = "apply_tag";

/** People per call when the sync puts a tag on them in Keap. */
const peoplePerKeapCall = 100;

export const tagPayloadSchema = z.object({
  tag_id: z.string().nullable().describe("Null when the tag has to be made first."),
  tag_name: z.string().min(1).max(255),
});
export type TagPayload = z.infer<typeof tagPayloadSchema>;

export const tagPreviewSchema = z.object({
  people: z.number(),
  keap_calls: z.number().describe("Calls to Keap that carrying it out costs at most."),
  makes_tag: z.boolean(),
  sample: z.array(
    z.object({ contact_id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
  ),
  warnings: z.array(z.string()),
});
export type TagPreview = z.infer<typeof tagPreviewSchema>;

export interface TagProposal {
  account_id: string;
  tag: { id: string | null; name: string };
  people: Person[];
  title: string;
  summary: string;
  /** Further facts about a person shown beside the change, by contact id. */
  reasons?: Map<string, Record<string, unknown>>;
  created_via: string;
  /** Who proposes: a person's id, or a name such as `automation:recency-risk`. */
  actor: string | null;
  idempotency_key: string;
}

/** What carrying out costs: one look-up, perhaps making the tag, and one call per hundred people. */
export function previewOf({ tag, people }: Pick<TagProposal, "tag" | "people">): TagPreview {
  const makesTag = tag.id === null;
  return {
    people: people.length,
    keap_calls: Math.ceil(people.length / peoplePerKeapCall) * 2 + (makesTag ? 2 : 0),
    makes_tag: makesTag,
    sample: people.slice(0, 10).map(({ contact_id, name, email }) => ({ contact_id, name, email })),
    warnings: [
      "A tag can start automations in Keap that send e-mail or charge. Check what this tag triggers before approving.",
    ],
  };
}

/** Stores the proposal with one item per person; the same key returns the first one. */
export async function proposeTag(
  db: SupabaseClient,
  proposal: TagProposal,
): Promise<{ proposal_id: string; status: string; created: boolean; preview: TagPreview }> {
  const { account_id, tag, people, reasons } = proposal;
  const preview = previewOf(proposal);
  const payload: TagPayload = { tag_id: tag.id, tag_name: tag.name };
  const { data, error } = await db.rpc("create_proposal", {
    p_account: account_id,
    p_proposal: {
      kind: tagProposalKind,
      title: proposal.title,
      summary: proposal.summary,
      payload,
      preview,
      // The tag on a person can be looked up in Keap, and taken off again; what an automation did meanwhile cannot.
      probe: "yes",
      reversible: "yes",
      idempotency_key: proposal.idempotency_key,
      created_via: proposal.created_via,
    },
    p_items: people.map(({ contact_id, name, email }) => ({
      contact_id,
      before: { tags: { [tag.name]: false } },
      after: { tags: { [tag.name]: true }, person: { name, email }, ...(reasons?.get(contact_id) ?? {}) },
    })),
    p_actor: proposal.actor,
  });
  if (error) throw new Error(`The proposal could not be stored: ${error.message}`, { cause: error });
  return { ...createdSchema.parse(data), preview };
}

const createdSchema = z.object({ proposal_id: z.string(), status: z.string(), created: z.boolean() });

/** A key for "the same change to the same people": pressing twice makes one proposal. */
export function contentKey(prefix: string, parts: readonly string[]): string {
  return `${prefix}:${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32)}`;
}
