import { createOpenAI } from "@ai-sdk/openai";
import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { AgentSettings } from "../settings";

/**
 * The model that answers, or null for the offline analyst. A base URL of one's own is spoken to in the older chat
 * protocol, since that is the one compatible servers implement.
 */
export function chooseModel(settings: AgentSettings): LanguageModelV4 | null {
  if (!settings.OPENAI_API_KEY) return null;
  const provider = createOpenAI({ apiKey: settings.OPENAI_API_KEY, baseURL: settings.OPENAI_BASE_URL });
  return settings.OPENAI_BASE_URL
    ? provider.chat(settings.OPENAI_MODEL)
    : provider.responses(settings.OPENAI_MODEL);
}

/** US dollars per million input and output tokens from `OPENAI_PRICES`, or null. */
export function pricesOf({ OPENAI_PRICES: prices }: AgentSettings): { input: number; output: number } | null {
  const [input, output] = (prices ?? "").split(",").map(Number);
  return prices && input !== undefined && output !== undefined ? { input, output } : null;
}
