"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { inngest } from "@/inngest/client";
import { pushRequested } from "@/inngest/events";
import { explainRefusal } from "../../_server/refusals";
import { requireSession, type Session } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

/** Fields that can be edited here; each is one that Keap lets us write. */
const editable = [
  "given_name",
  "family_name",
  "email",
  "phone",
  "company_name",
  "job_title",
  "website",
  "birth_date",
] as const;
const changesSchema = z
  .partialRecord(z.enum(editable), z.string().trim().max(10_000).nullable())
  .refine((changes) => Object.keys(changes).length > 0, { error: "Nothing was changed." });
export type ContactChanges = z.infer<typeof changesSchema>;

/** Changes fields of a person here; the sync carries them to Keap. An empty text clears the field. */
export async function editContact(id: string, changes: ContactChanges): Promise<ActionResult> {
  const session = await requireSession();
  const parsed = changesSchema.safeParse(changes);
  if (!parsed.success || !z.uuid().safeParse(id).success)
    return { ok: false, message: "That value cannot be stored. Nothing was changed." };
  const cleared = Object.fromEntries(
    Object.entries(parsed.data).map(([name, value]) => [name, value === "" ? null : value]),
  );
  const { error } = await session.db.rpc("update_contact", {
    p_account: session.account.id,
    p_contact: id,
    p_changes: cleared,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  await nudgePush(session);
  revalidatePath(`/contacts/${id}`);
  return { ok: true, message: "Saved here. It is on its way to Keap." };
}

const tagChangeSchema = z.object({
  contacts: z.array(z.uuid()).min(1).max(500),
  tag: z.uuid(),
  apply: z.boolean(),
});

/** Puts a tag on people, or takes it off. */
export async function changeTag(change: z.infer<typeof tagChangeSchema>): Promise<ActionResult> {
  const session = await requireSession();
  const parsed = tagChangeSchema.safeParse(change);
  if (!parsed.success) return { ok: false, message: "Choose a tag and at least one person (500 at most)." };
  const { contacts, tag, apply } = parsed.data;
  const { error } = await session.db.rpc(apply ? "apply_tag" : "remove_tag", {
    p_account: session.account.id,
    p_contact_ids: contacts,
    p_tag: tag,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  await nudgePush(session);
  for (const id of contacts.slice(0, 1)) revalidatePath(`/contacts/${id}`);
  return {
    ok: true,
    message: apply ? "Tag put on. It is on its way to Keap." : "Tag taken off. It is on its way to Keap.",
  };
}

/** The row is marked in the database already; this only saves waiting for the next look. */
async function nudgePush({ account }: Session): Promise<void> {
  await inngest.send(pushRequested.create({ account_id: account.id })).catch(() => undefined);
}
