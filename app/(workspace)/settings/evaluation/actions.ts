"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { evaluateQuestion } from "@/agent/trust/run-evaluation";
import { getModel, getServiceClient, toolContextFor } from "../../../_server/deps";
import { explainRefusal } from "../../../_server/refusals";
import { requireSession } from "../../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const questionSchema = z.array(z.object({ id: z.string(), question: z.string(), expected: z.unknown() }));

/** Questions asked in one go: with a model each takes seconds. */
const perRun = 50;

/** Asks the account's questions as a person would and keeps how each went. */
export async function runEvaluation(): Promise<ActionResult> {
  const session = await requireSession();
  if (session.principal.role === "viewer") return { ok: false, message: "Viewers read boards." };
  const { data, error } = await session.db
    .from("evaluation_questions")
    .select("id, question, expected")
    .eq("account_id", session.account.id)
    .eq("active", true)
    .order("last_run_at", { ascending: true, nullsFirst: true })
    .limit(perRun);
  if (error) return { ok: false, message: "The questions could not be read. Try again." };
  const counts = new Map<string, number>();
  for (const question of questionSchema.parse(data)) {
    const result = await evaluateQuestion(question, { context: toolContextFor(session), model: getModel() });
    counts.set(result.grade, (counts.get(result.grade) ?? 0) + 1);
    const { error: unsaved } = await getServiceClient()
      .from("evaluation_questions")
      .update({ last_result: result, last_run_at: new Date().toISOString() })
      .eq("account_id", session.account.id)
      .eq("id", question.id);
    if (unsaved) return { ok: false, message: "A result could not be saved. Try again." };
  }
  revalidatePath("/settings/evaluation");
  const words = [...counts].map(([grade, count]) => `${count} ${grade}`).join(", ");
  return { ok: true, message: words ? `Asked again: ${words}.` : "There are no questions yet." };
}

export async function removeQuestion(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("delete_item", {
    p_account: session.account.id,
    p_kind: "evaluation_questions",
    p_id: z.uuid().parse(id),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings/evaluation");
  return { ok: true, message: "Removed." };
}
