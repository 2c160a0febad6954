import { z } from "zod";

/** Settings of the embedded Supabase process. */
export const localSupabaseSettingsSchema = z.object({
  KEAPSAKE_DATA_DIR: z.string().min(1).default(".keapsake"),
  KEAPSAKE_SUPABASE_PORT: z.coerce.number().int().min(0).max(65535).default(54321),
  /** A statement that takes more processor time than this is ended by restarting the engine. */
  KEAPSAKE_DATABASE_LIMIT_MS: z.coerce.number().int().min(1000).default(30_000),
});
export type LocalSupabaseSettings = z.infer<typeof localSupabaseSettingsSchema>;
