"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { inngest } from "@/inngest/client";
import { proposalApproved, pushRequested } from "@/inngest/events";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const outcomeSchema = z.object({ status: z.string() });

/** Approves a proposal as the signed-in admin and lets the job carry it out. The database checks the role. */
export async function approveProposal(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const proposal = z.uuid().parse(id);
  const { data, error } = await session.db.rpc("approve_proposal", { p_proposal: proposal });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/approvals", "layout");
  const { status } = outcomeSchema.parse(data);
  if (status !== "approved")
    return { ok: false, message: `It could not be approved: it is ${status} already.` };
  try {
    await inngest.send(proposalApproved.create({ account_id: session.account.id, proposal_id: proposal }));
    return { ok: true, message: "Approved. It is being carried out." };
  } catch {
    // The approval is stored; the job's own schedule finds it.
    return {
      ok: true,
      message: "Approved. The job runner does not answer just now, so it starts when it is back.",
    };
  }
}

/** Rejects a proposal; nothing of it is carried out. */
export async function rejectProposal(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("reject_proposal", { p_proposal: z.uuid().parse(id) });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/approvals", "layout");
  return { ok: true, message: "Rejected. Nothing was changed in Keap." };
}

const undoneSchema = z.object({
  undone: z.number().default(0),
  kept: z.number().default(0),
  /** People are left: taken back in parts, so that no call grows long. */
  more: z.boolean().default(false),
});

/** Takes back what a proposal changed, as far as nobody changed it since; the sync carries it to Keap. */
export async function undoProposal(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const p_proposal = z.uuid().parse(id);
  let answer: z.infer<typeof undoneSchema>;
  do {
    const { data, error } = await session.db.rpc("undo_proposal", { p_proposal });
    // what was taken back stays so: asked again, it goes on with the rest
    if (error) return { ok: false, message: explainRefusal(error) };
    answer = undoneSchema.parse(data);
  } while (answer.more);
  revalidatePath("/approvals", "layout");
  const { undone, kept } = answer;
  // The rows are marked; the tick carries them when the job runner is away.
  await inngest.send(pushRequested.create({ account_id: session.account.id })).catch(() => undefined);
  return {
    ok: true,
    message: `Undone for ${undone}${kept > 0 ? `; ${kept} were changed since and stay as they are` : ""}.`,
  };
}

/** Says whether a call with an unknown outcome happened, after somebody looked in Keap. */
export async function settleHeld(id: string, contact: string, happened: boolean): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("settle_held_person", {
    p_proposal: z.uuid().parse(id),
    p_contact: z.uuid().parse(contact),
    p_happened: happened,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/approvals", "layout");
  return { ok: true, message: happened ? "Noted as done." : "Noted: it did not happen." };
}
