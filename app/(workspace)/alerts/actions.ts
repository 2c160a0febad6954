"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { createAlertTool } from "@/agent/tools/create-alert";
import { runTool } from "@/agent/tools/define-tool";
import { ToolError } from "@/agent/tools/errors";
import { type AlertChannel, storedAlertSchema } from "@/agent/watching/alert";
import { checkAlert } from "@/agent/watching/check-alert";
import { checkTarget, WebhookRefusal } from "@/agent/watching/deliver-webhooks";
import { composeMail } from "@/agent/watching/mail";
import { getMailer, toolContextFor } from "../../_server/deps";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const formSchema = z.object({
  metric: z.string().min(1, { error: "Choose a number to watch." }),
  when: z.enum(["above", "below", "rises", "falls", "unusual", "digest"]),
  value: z.coerce.number({ error: "Write the line as a number, such as 5 or 1000." }).optional(),
  period: z.enum(["day", "week", "month"]),
  webhook: z.string().trim().max(2_000).optional(),
  email: z
    .string()
    .transform((text) => text.split(/[\s,;]+/).filter(Boolean))
    .pipe(
      z
        .array(z.email({ error: "Write e-mail addresses, with commas between them." }))
        .max(10, { error: "Ten addresses at most." }),
    )
    .optional(),
});

/** Makes an alert, with the same checks as the tool; a webhook must be a public https address. */
export async function createAlert(form: FormData): Promise<ActionResult> {
  const session = await requireSession();
  const filled = Object.fromEntries([...form].filter(([, value]) => value !== ""));
  const parsed = formSchema.safeParse(filled);
  if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "Check the fields." };
  const { metric, when, value, period, webhook, email = [] } = parsed.data;
  const percent = when === "rises" || when === "falls";
  try {
    if (webhook) await checkTarget(webhook);
    const made = await runTool(
      createAlertTool,
      { metric, when, period, ...(value === undefined ? {} : percent ? { percent: value } : { value }) },
      toolContextFor(session),
    );
    if (webhook || email.length > 0) {
      const channels: AlertChannel[] = [
        { kind: "app" },
        ...(webhook ? [{ kind: "webhook" as const, url: webhook }] : []),
        ...(email.length > 0 ? [{ kind: "email" as const, to: email }] : []),
      ];
      const { error } = await session.db.rpc("save_item", {
        p_account: session.account.id,
        p_kind: "alerts",
        p_item: { channels },
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

export interface AlertPreview {
  wouldFire: boolean;
  /** What is shown in the app. */
  title: string;
  body: string;
  subject: string;
  text: string;
  /** Who would get the mail; empty where it goes to nobody. */
  to: string[];
  /** Null where no mail server is set up. */
  from: string | null;
  /** What a webhook would be sent, where there is one. */
  webhook: string | null;
}

/** What the alert would say now, word for word as it would be sent. */
export async function previewAlert(id: string): Promise<AlertPreview | { problem: string }> {
  const session = await requireSession();
  if (session.principal.role === "viewer") return { problem: "Alerts are for analysts and administrators." };
  const { data, error } = await session.db
    .from("alerts")
    .select("id, account_id, name, query, condition, channels, state")
    .eq("account_id", session.account.id)
    .eq("id", z.uuid().parse(id))
    .maybeSingle();
  if (error || !data) return { problem: "This alert could not be read. Reload the page." };
  const read = storedAlertSchema.safeParse(data);
  if (!read.success) return { problem: "An alert of another version: delete it and make it again." };
  const { name, channels } = read.data;
  try {
    const { fired, period, title, body, value } = await checkAlert(read.data, toolContextFor(session));
    const message = { account: session.account.name, name, title, body };
    const { app_url } = toolContextFor(session);
    const mail = composeMail({ ...message, ...(app_url ? { url: `${app_url}/alerts` } : {}) });
    const hook = channels.some(({ kind }) => kind === "webhook");
    return {
      wouldFire: fired,
      title,
      body,
      subject: mail.subject,
      text: mail.text,
      to: channels.flatMap((channel) => (channel.kind === "email" ? channel.to : [])),
      from: getMailer()?.from ?? null,
      webhook: hook ? JSON.stringify({ ...message, period, value }, null, 2) : null,
    };
  } catch (failure) {
    if (failure instanceof Error && failure.name !== "TypeError") return { problem: failure.message };
    throw failure;
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
  revalidatePath("/", "layout");
}
