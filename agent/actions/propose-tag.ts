import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { Person } from "../people/select-people";

/** Kind of a proposal that puts one tag on people; `execute-proposal.ts` carries it out. */
export const tagProposalKind = "apply_tag";

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

export interface TagProposal {
  account_id: string;
  tag: { id: string | null; name: string };
  people: Pick<Person, "contact_id">[];
  /** Why, in the words of whoever proposes. */
  summary: string;
  /** The numbers behind choosing a person, by contact id; automations only. */
  risks?: Map<string, Record<string, unknown>>;
  created_via: string;
  /** Who proposes: a person's id, or a name such as `automation:recency-risk`. */
  actor: string | null;
  idempotency_key: string;
}

/**
 * Stores the proposal with one item per person; the same key returns the first one. The database settles the tag and
 * writes title, preview, before and after from what will run, so that nobody's words stand between it and the approver.
 */
export async function proposeTag(db: SupabaseClient, proposal: TagProposal): Promise<ProposedTag> {
  const { tag, people, risks } = proposal;
  const payload: TagPayload = { tag_id: tag.id, tag_name: tag.name };
  const { data, error } = await db.rpc("create_proposal", {
    p_account: proposal.account_id,
    p_proposal: {
      kind: tagProposalKind,
      summary: proposal.summary,
      payload,
      idempotency_key: proposal.idempotency_key,
      created_via: proposal.created_via,
    },
    p_items: people.map(({ contact_id }) => {
      const risk = risks?.get(contact_id);
      return { contact_id, ...(risk ? { risk } : {}) };
    }),
    p_actor: proposal.actor,
  });
  if (error) throw new Error(`The proposal could not be stored: ${error.message}`, { cause: error });
  return proposedSchema.parse(data);
}

const proposedSchema = z.object({
  proposal_id: z.string(),
  status: z.string(),
  created: z.boolean(),
  title: z.string(),
  preview: tagPreviewSchema,
});
export type ProposedTag = z.infer<typeof proposedSchema>;
