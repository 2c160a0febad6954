import { z } from "zod";

/** Settings of the analyst. Without a key it answers by itself, offline. */
export const agentSettingsSchema = z.object({
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z
    .url(
      "OPENAI_BASE_URL must be an address such as https://api.openai.com/v1; leave it out for OpenAI itself.",
    )
    .optional(),
  OPENAI_MODEL: z.string().min(1).default("gpt-5.4-mini"),
  /** Such as text-embedding-3-small; without it search rests on words and spelling. */
  OPENAI_EMBEDDING_MODEL: z.string().min(1).optional(),
  /** Prices of a million input and output tokens in US dollars, as `0.25,2`; the cost of answers is shown when set. */
  OPENAI_PRICES: z
    .string()
    .regex(
      /^\d+(?:\.\d+)?,\d+(?:\.\d+)?$/,
      "OPENAI_PRICES must be two prices per million tokens, such as 0.25,2 (input, output).",
    )
    .optional(),
});
export type AgentSettings = z.infer<typeof agentSettingsSchema>;
