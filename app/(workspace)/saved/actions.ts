"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { renameSaved, saveQuestion } from "@/agent/saved/saved-questions";
import { ToolError } from "@/agent/tools/errors";
import { anyChartSchema } from "@/analytics/charts/any-chart";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const nameSchema = z
  .string()
  .trim()
  .min(1, { error: "Give the question a name." })
  .max(200, { error: "A name has 200 letters at most." });

const said = (error: z.ZodError) => error.issues[0]?.message ?? "Give the question a name.";

/** Keeps the question behind a chart under a name. */
export async function keepQuestion(input: {
  name: string;
  question?: string;
  chart: unknown;
}): Promise<{ ok: true; id: string } | { ok: false; message: string }> {
  const { db, account } = await requireSession();
  const name = nameSchema.safeParse(input.name);
  if (!name.success) return { ok: false, message: said(name.error) };
  const chart = anyChartSchema.safeParse(input.chart);
  if (!chart.success) return { ok: false, message: "This answer can't be saved. Load the page again." };
  const question = z.string().max(2_000).optional().catch(undefined).parse(input.question);
  try {
    const id = await saveQuestion(
      { name: name.data, question, chart: chart.data },
      { db, account_id: account.id },
    );
    revalidatePath("/saved");
    return { ok: true, id };
  } catch (error) {
    return refused(error);
  }
}

/** Gives a saved question another name. */
export async function renameQuestion(id: string, wanted: string): Promise<ActionResult> {
  const { db, account } = await requireSession();
  const name = nameSchema.safeParse(wanted);
  if (!name.success) return { ok: false, message: said(name.error) };
  try {
    await renameSaved(z.uuid().parse(id), name.data, { db, account_id: account.id });
  } catch (error) {
    return refused(error);
  }
  revalidatePath("/saved");
  revalidatePath(`/saved/${id}`);
  return { ok: true, message: "Renamed." };
}

/** Forgets a saved question; boards that show the same chart keep it. */
export async function deleteQuestion(id: string): Promise<ActionResult> {
  const { db, account } = await requireSession();
  const { error } = await db.rpc("delete_item", {
    p_account: account.id,
    p_kind: "saved_queries",
    p_id: z.uuid().parse(id),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/saved");
  return { ok: true, message: "Deleted." };
}

function refused(error: unknown): { ok: false; message: string } {
  if (error instanceof ToolError) return { ok: false, message: error.message };
  throw error;
}
