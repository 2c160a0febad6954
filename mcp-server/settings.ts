import { z } from "zod";

export const mcpSettingsSchema = z.object({
  SUPABASE_URL: z.url("SUPABASE_URL must be the address of your Supabase, such as https://xyz.supabase.co."),
  SUPABASE_SECRET_KEY: z
    .string({ error: "SUPABASE_SECRET_KEY is missing: copy it from Project settings → API keys." })
    .min(1),
  /** Public address of the app, for links in results. */
  KEAPSAKE_URL: z
    .url("KEAPSAKE_URL must be the whole public address, such as https://crm.example.com.")
    .optional(),
});
export type McpSettings = z.infer<typeof mcpSettingsSchema>;
