import { z } from "zod";

/** What the Keap client reads from the environment. A key connects one account; OAuth connects any number. */
export const keapSettingsSchema = z
  .object({
    KEAP_BASE_URL: z
      .url("KEAP_BASE_URL must be Keap's host, such as https://api.infusionsoft.com, without a path.")
      .default("https://api.infusionsoft.com"),
    KEAP_TOKEN: z
      .string()
      .min(1, "KEAP_TOKEN is empty: make a key in Keap under Settings > API, or leave it out.")
      .optional(),
    KEAP_CLIENT_ID: z.string().min(1).optional(),
    KEAP_CLIENT_SECRET: z.string().min(1).optional(),
    KEAPSAKE_ENCRYPTION_KEY: z
      .string()
      .refine(
        (key) => Buffer.from(key, "base64").length === 32,
        "KEAPSAKE_ENCRYPTION_KEY must be 32 bytes in base64: openssl rand -base64 32",
      )
      .optional(),
    KEAPSAKE_KEAP_PACE: z
      .enum(["polite", "full"], "KEAPSAKE_KEAP_PACE must be polite (about one call a second) or full.")
      .default("polite"),
  })
  .refine(
    (settings) =>
      settings.KEAP_TOKEN ||
      (settings.KEAP_CLIENT_ID && settings.KEAP_CLIENT_SECRET && settings.KEAPSAKE_ENCRYPTION_KEY),
    {
      path: ["KEAP_TOKEN"],
      message:
        "Keap is not connected: set KEAP_TOKEN to a key made in Keap under Settings > API, or for OAuth set KEAP_CLIENT_ID, KEAP_CLIENT_SECRET and KEAPSAKE_ENCRYPTION_KEY.",
    },
  );
export type KeapSettings = z.infer<typeof keapSettingsSchema>;
