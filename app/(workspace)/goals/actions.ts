"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { runTool } from "@/agent/tools/define-tool";
import { ToolError } from "@/agent/tools/errors";
import { setGoalTool } from "@/agent/tools/set-goal";
import { toolContextFor } from "../../_server/deps";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const amountProblem = "Write the target as a number, such as 200 or 50,000.";
const formSchema = z.object({
  name: z.string().trim().max(200).optional(),
  metric: z.string().min(1, { error: "Choose a number." }),
  target: z
    .string({ error: amountProblem })
    .transform((text) => Number(text.replace(/[\s,$€£%]/g, "")))
    .pipe(z.number({ error: amountProblem })),
  direction: z.enum(["at_least", "at_most"]).optional(),
  from: z.iso.date({ error: "Choose the first day." }),
  to: z.iso.date({ error: "Choose the last day." }),
});

/** Sets a goal, with the same checks as the tool. */
export async function setGoal(form: FormData): Promise<ActionResult> {
  const session = await requireSession();
  const filled = Object.fromEntries([...form].filter(([, value]) => value !== ""));
  const parsed = formSchema.safeParse(filled);
  if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "Check the fields." };
  if (parsed.data.from > parsed.data.to) return { ok: false, message: "The last day lies before the first." };
  try {
    const { replaced, progress } = await runTool(setGoalTool, parsed.data, toolContextFor(session));
    revalidatePath("/goals");
    return { ok: true, message: `${replaced ? "Changed" : "Set"}. ${progress}.` };
  } catch (error) {
    if (error instanceof ToolError) return { ok: false, message: error.message };
    throw error;
  }
}

export async function deleteGoal(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("delete_item", {
    p_account: session.account.id,
    p_kind: "goals",
    p_id: z.uuid().parse(id),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/goals");
  return { ok: true, message: "Deleted." };
}
