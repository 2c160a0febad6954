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
});
export type AgentSettings = z.infer<typeof agentSettingsSchema>;
