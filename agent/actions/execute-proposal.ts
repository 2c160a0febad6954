import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { carryOutOutreach, type KeapOutreach } from "./carry-out-outreach";
import { RetryableActionError } from "./errors";

const resultSchema = z.object({
  /** `left_alone`: decided otherwise, carried out before, or unknown; nothing was done. */
  status: z.string(),
  changed: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  /** People whose call to Keap was begun and whose outcome nobody knows. */
  unknown: z.number().default(0),
  reason: z.string().optional(),
  /** People are left: carried out in parts, so that no call grows long. */
  more: z.boolean().default(false),
});
export type ExecutionResult = z.infer<typeof resultSchema> & { proposal_id: string };

/** What is left after this long goes on in the next run. */
const budgetMs = 30_000;

/**
 * Carries out an approved proposal. Tags, fields and tasks become rows of the database, a part at a time, and the sync
 * takes them to Keap; goals and sequences are calls to Keap, each made once at most. Either acts with the rights of the
 * admin who approved, so that an approval by someone who is no longer an admin does nothing. Called again after a crash it
 * goes on where it stood; proposals in any other state are left alone.
 * @throws RetryableActionError when trying again may help: the database or Keap was away, not unwilling.
 */
export async function executeProposal(
  proposal_id: string,
  account_id: string,
  service: SupabaseClient,
  keap?: KeapOutreach,
): Promise<ExecutionResult> {
  const until = Date.now() + budgetMs;
  const carry = async () => {
    const { data, error } = await service.rpc("carry_out_proposal", {
      p_proposal: proposal_id,
      p_account: account_id,
    });
    if (error) throw new RetryableActionError(`The proposal could not be carried out: ${error.message}`);
    return resultSchema.parse(data);
  };
  let result = await carry();
  while (result.more && Date.now() < until) result = await carry();
  if (result.status !== "needs_keap") return { proposal_id, ...result };
  if (!keap) throw new RetryableActionError("This proposal needs Keap, and no connection to it was given.");
  return {
    proposal_id,
    ...resultSchema.parse(await carryOutOutreach({ proposal_id, account_id, service, keap })),
  };
}

export { RetryableActionError };
