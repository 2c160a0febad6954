"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { chunkText } from "@/agent/knowledge/chunk";
import { extractText, largestUpload, UnreadableFileError } from "@/agent/knowledge/extract-text";
import { explainRefusal } from "../../../_server/refusals";
import { requireSession } from "../../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

/** Reads an uploaded file, cuts it and puts it where the analyst searches. */
export async function uploadDocument(form: FormData): Promise<ActionResult> {
  const session = await requireSession();
  // Before anything is read: taking a file apart costs more than refusing it.
  if (session.principal.role === "viewer")
    return {
      ok: false,
      message: "Uploads need the role analyst or admin. Ask an administrator of this account.",
    };
  const file = form.get("file");
  if (!(file instanceof File) || file.size === 0) return { ok: false, message: "Choose a file first." };
  if (file.size > largestUpload)
    return { ok: false, message: `"${file.name}" is larger than ${largestUpload / 1e6} MB. Split it.` };
  try {
    const text = await extractText({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    const chunks = chunkText(text);
    const title = /^#{1,6} (.+)$/m.exec(text)?.[1]?.trim() ?? file.name.replace(/\.\w+$/, "");
    const { error } = await session.db.rpc("store_upload", {
      p_account: session.account.id,
      p_title: title.slice(0, 500),
      p_file: file.name.slice(0, 300),
      p_chunks: chunks,
    });
    if (error) return { ok: false, message: explainRefusal(error) };
    revalidatePath("/settings/knowledge");
    return {
      ok: true,
      message: `"${file.name}" can be searched now, in ${chunks.length} ${chunks.length === 1 ? "piece" : "pieces"}.`,
    };
  } catch (error) {
    if (error instanceof UnreadableFileError) return { ok: false, message: error.message };
    throw error;
  }
}

export async function removeDocument(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("remove_upload", {
    p_account: session.account.id,
    p_document: z.uuid().parse(id),
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/settings/knowledge");
  return { ok: true, message: "Removed. No answer quotes it any more." };
}
