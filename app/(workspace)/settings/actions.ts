"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { toolGroups } from "@/agent/tools/rights";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const accountSchema = z.object({
  name: z.string().trim().min(1, { error: "Give the account a name." }).max(200),
  time_zone: z.string().min(1, { error: "Choose a time zone." }),
  currency: z.string().regex(/^[A-Z]{3}$/, { error: "A currency has three capital letters, such as USD." }),
  week_start: z.enum(["0", "1"]).transform(Number),
});

/** Changes name, zone, currency and week start. The database checks the role and the zone. */
export async function saveAccount(_before: ActionResult | null, form: FormData): Promise<ActionResult> {
  const session = await requireSession();
  const parsed = accountSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "Check the fields." };
  const { error } = await session.db.rpc("update_account", {
    p_account: session.account.id,
    p_changes: parsed.data,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/", "layout");
  return { ok: true, message: "Saved. Numbers use it from now on." };
}

/** Changes what the analyst may use and what a model provider may see. The database checks the role. */
export async function saveAgent(_before: ActionResult | null, form: FormData): Promise<ActionResult> {
  const session = await requireSession();
  const on = new Set(form.getAll("group").map(String));
  const { error } = await session.db.rpc("update_account", {
    p_account: session.account.id,
    p_changes: {
      settings: {
        mask_personal_data: form.get("mask") === "on",
        tool_groups_off: toolGroups.filter((group) => !on.has(group)),
      },
    },
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings");
  return { ok: true, message: "Saved. The next question uses it." };
}

const roleSchema = z.enum(["admin", "analyst", "viewer"]);

/** Adds a person who has signed up, or changes their role. */
export async function setMember(email: string, role: string): Promise<ActionResult> {
  const session = await requireSession();
  const parsed = z
    .object({ email: z.string().trim().email({ error: "That is not an e-mail address." }), role: roleSchema })
    .safeParse({ email, role });
  if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "Check the fields." };
  const { error } = await session.db.rpc("set_member", {
    p_account: session.account.id,
    p_email: parsed.data.email,
    p_role: parsed.data.role,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings");
  return {
    ok: true,
    message: `${parsed.data.email} is ${parsed.data.role === "viewer" ? "a viewer" : `an ${parsed.data.role}`} now.`,
  };
}

/** Takes a person out of the account; their keys end with it. */
export async function removeMember(user: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("remove_member", {
    p_account: session.account.id,
    p_user: z.uuid().parse(user),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings");
  return { ok: true, message: "Removed from this account." };
}

const keySchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, { error: "Give the key a name, such as the program that uses it." })
    .max(200),
  role: roleSchema,
  scopes: z
    .array(z.enum(["read", "propose", "approve"]))
    .min(1, { error: "Allow the key at least to read." }),
  days: z.enum(["30", "90", "365", "never"]),
});
const madeSchema = z.object({ key: z.string() });

/** Makes a key and returns it, this once. */
export async function createKey(
  input: z.input<typeof keySchema>,
): Promise<{ ok: true; key: string } | { ok: false; message: string }> {
  const session = await requireSession();
  const parsed = keySchema.safeParse(input);
  if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "Check the fields." };
  const { name, role, scopes, days } = parsed.data;
  const { data, error } = await session.db.rpc("create_api_key", {
    p_account: session.account.id,
    p_name: name,
    p_role: role,
    p_scopes: scopes,
    p_expires_at: days === "never" ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings");
  return { ok: true, key: madeSchema.parse(data).key };
}

/** Ends a key at once. */
export async function revokeKey(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("revoke_api_key", { p_key_id: z.uuid().parse(id) });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings");
  return { ok: true, message: "Revoked. Whoever uses it is refused from now on." };
}
