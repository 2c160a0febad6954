"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { inngest } from "@/inngest/client";
import { proposalApproved } from "@/inngest/events";
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
