import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { chunkText } from "./chunk";
import type { Embedder } from "./embedder";

const changedSchema = z.array(
  z.object({
    kind: z.string(),
    source_id: z.string(),
    contact_id: z.string().nullable(),
    title: z.string().nullable(),
    body: z.string().nullable(),
    written_at: z.string().nullable(),
    content_hash: z.string(),
  }),
);

export interface IndexResult {
  indexed: number;
  forgotten: number;
  embedded: number;
  /** More waits: the job was stopped by its limit and goes on next time. */
  more: boolean;
}

const documentsPerCall = 500;
const chunksPerCall = 100;

/**
 * Brings the index of one account in step with its texts: what was deleted leaves, what is new or changed is cut and
 * stored, what has no vector gets one. Only differences cost anything; stopped half-way it goes on where it stood.
 */
export async function indexKnowledge(
  account_id: string,
  deps: { service: SupabaseClient; embedder?: Embedder | null; batches?: number },
): Promise<IndexResult> {
  const { service, embedder, batches = 20 } = deps;
  const call = async (name: string, params: Record<string, unknown>): Promise<unknown> => {
    const { data, error } = await service.rpc(name, { p_account: account_id, ...params });
    if (error) throw new Error(`${name} failed: ${error.message}`);
    return data;
  };
  const forgotten = z.number().parse(await call("knowledge_forget", {}));
  let indexed = 0;
  let more = true;
  for (let batch = 0; more && batch < batches; batch++) {
    const changed = changedSchema.parse(await call("knowledge_changes", { p_limit: documentsPerCall }));
    if (changed.length > 0)
      indexed += z.number().parse(
        await call("knowledge_store", {
          p_documents: changed.map(({ title, body, written_at, ...rest }) => ({
            ...rest,
            title,
            metadata: { written_at },
            chunks: chunkText([title, body].filter(Boolean).join("\n\n")),
          })),
        }),
      );
    more = changed.length === documentsPerCall;
  }
  const embedded =
    embedder && !(await masksPeople(account_id, service)) ? await embedChunks(call, embedder, batches) : 0;
  return { indexed, forgotten, embedded, more };
}

/** An account that hides people from model providers sends its texts to none, whatever the model is for. */
async function masksPeople(account_id: string, service: SupabaseClient): Promise<boolean> {
  const { data, error } = await service.from("accounts").select("settings").eq("id", account_id).single();
  if (error) throw new Error(`The account could not be read: ${error.message}`);
  return (
    z.looseObject({ mask_personal_data: z.boolean().optional() }).parse(data.settings).mask_personal_data ??
    false
  );
}

async function embedChunks(
  call: (name: string, params: Record<string, unknown>) => Promise<unknown>,
  embedder: Embedder,
  batches: number,
): Promise<number> {
  let embedded = 0;
  for (let batch = 0; batch < batches; batch++) {
    const waiting = z
      .array(z.object({ id: z.string(), content: z.string() }))
      .parse(await call("knowledge_unembedded", { p_model: embedder.model, p_limit: chunksPerCall }));
    if (waiting.length === 0) break;
    const vectors = await embedder.embed(waiting.map(({ content }) => content));
    const rows = waiting.map(({ id }, index) => ({ id, embedding: `[${(vectors[index] ?? []).join(",")}]` }));
    embedded += z.number().parse(await call("knowledge_embed", { p_model: embedder.model, p_rows: rows }));
  }
  return embedded;
}
