import { createOpenAI } from "@ai-sdk/openai";
import { embedMany } from "ai";
import type { AgentSettings } from "../settings";

/** Turns texts into vectors; `model` names what made them, since vectors of two models cannot be compared. */
export interface Embedder {
  model: string;
  embed(texts: string[]): Promise<number[][]>;
}

/** The embedding model of the environment, or null: search then rests on words and spelling. */
export function chooseEmbedder(settings: AgentSettings): Embedder | null {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_EMBEDDING_MODEL: model } = settings;
  if (!OPENAI_API_KEY || !model) return null;
  const provider = createOpenAI({ apiKey: OPENAI_API_KEY, baseURL: OPENAI_BASE_URL });
  return {
    model,
    embed: async (values) =>
      (await embedMany({ model: provider.embedding(model), values, maxRetries: 2 })).embeddings,
  };
}
