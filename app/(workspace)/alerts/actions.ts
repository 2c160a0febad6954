"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { createAlertTool } from "@/agent/tools/create-alert";
import { runTool } from "@/agent/tools/define-tool";
import { ToolError } from "@/agent/tools/errors";
import { checkTarget, WebhookRefusal } from "@/agent/watching/deliver-webhooks";
import { toolContextFor } from "../../_server/deps";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const formSchema = z.object({
  metric: z.string().min(1, { error: "Choose a number to watch." }),
  when: z.enum(["above", "below", "rises", "falls", "unusual", "digest"]),
  value: z.coerce.number({ error: "Write the line as a number, such as 5 or 1000." }).optional(),
  period: z.enum(["day", "week", "month"]),
  webhook: z.string().trim().max(2_000).optional(),
});

/** Makes an alert, with the same checks as the tool; a webhook must be a public https address. */
export async function createAlert(form: FormData): Promise<ActionResult> {
  const session = await requireSession();
  const filled = Object.fromEntries([...form].filter(([, value]) => value !== ""));
  const parsed = formSchema.safeParse(filled);
  if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "Check the fields." };
  const { metric, when, value, period, webhook } = parsed.data;
  const percent = when === "rises" || when === "falls";
  try {
    if (webhook) await checkTarget(webhook);
    const made = await runTool(
      createAlertTool,
      { metric, when, period, ...(value === undefined ? {} : percent ? { percent: value } : { value }) },
      toolContextFor(session),
    );
    if (webhook) {
      const { error } = await session.db.rpc("save_item", {
        p_account: session.account.id,
        p_kind: "alerts",
        p_item: { channels: [{ kind: "app" }, { kind: "webhook", url: webhook }] },
        p_id: made.alert_id,
      });
      if (error) return { ok: false, message: explainRefusal(error) };
    }
    revalidatePath("/alerts");
    return {
      ok: true,
      message: `Made. Now it would ${made.preview.would_fire ? "fire" : "stay silent"}: ${made.preview.title}.`,
    };
  } catch (error) {
    if (error instanceof ToolError || error instanceof WebhookRefusal)
      return { ok: false, message: error.message };
    throw error;
  }
}

/** Switches an alert on or off. */
export async function setAlert(id: string, enabled: boolean): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("save_item", {
    p_account: session.account.id,
    p_kind: "alerts",
    p_item: { enabled },
    p_id: z.uuid().parse(id),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/alerts");
  return { ok: true, message: enabled ? "Switched on." : "Switched off." };
}

export async function deleteAlert(id: string): Promise<ActionResult> {
  return remove("alerts", id);
}

export async function deleteSegment(id: string): Promise<ActionResult> {
  return remove("segments", id);
}

async function remove(kind: "alerts" | "segments", id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("delete_item", {
    p_account: session.account.id,
    p_kind: kind,
    p_id: z.uuid().parse(id),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath(`/${kind}`);
  return { ok: true, message: "Deleted." };
}

/** Marks everything this person was told as read. */
export async function markRead(): Promise<void> {
  const session = await requireSession();
  await session.db.rpc("mark_notifications_read", { p_account: session.account.id });
  revalidatePath("/alerts");
}
