"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { peopleShape } from "@/agent/people/people-input";
import { saveSegment } from "@/agent/people/save-segment";
import { ToolError } from "@/agent/tools/errors";
import { toolContextFor } from "../../_server/deps";
import { requireSession } from "../../_server/session";

const definitionSchema = z.object({ people: z.object(peopleShape) });
const nameSchema = z
  .string()
  .trim()
  .min(1, { error: "Give the segment a name." })
  .max(200, { error: "A name has 200 letters at most." });

/** Makes a frozen segment of the people who meet a live one's conditions now. */
export async function freezeSegment(
  id: string,
  wanted: string,
): Promise<{ ok: true; id: string } | { ok: false; message: string }> {
  const session = await requireSession();
  const { db, account, principal } = session;
  if (principal.role === "viewer") return { ok: false, message: "Segments are for admins and analysts." };
  const name = nameSchema.safeParse(wanted);
  if (!name.success)
    return { ok: false, message: name.error.issues[0]?.message ?? "Give the segment a name." };
  const { data, error } = await db
    .from("segments")
    .select("definition")
    .eq("account_id", account.id)
    .eq("id", z.uuid().parse(id))
    .maybeSingle();
  if (error) return { ok: false, message: "The segment could not be read. Try again." };
  const definition = definitionSchema.safeParse(data?.definition);
  if (!definition.success)
    return { ok: false, message: "This segment's conditions can't be read by this version. Make it anew." };
  try {
    const { segment_id } = await saveSegment(
      { name: name.data, kind: "frozen", who: definition.data.people },
      toolContextFor(session),
    );
    revalidatePath("/segments");
    return { ok: true, id: segment_id };
  } catch (failed) {
    if (!(failed instanceof ToolError)) throw failed;
    return { ok: false, message: failed.message };
  }
}
