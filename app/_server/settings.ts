import { z } from "zod";

const address = (name: string, example: string) =>
  z
    .string({
      error: `${name} is missing. Set it to an address such as ${example}, or run "npm start", which sets it.`,
    })
    .url({ error: `${name} is not an address. Give it in full, such as ${example}.` });

const secret = (name: string, where: string) =>
  z
    .string({ error: `${name} is missing. Copy it from ${where}, or run "npm start", which sets it.` })
    .min(1, { error: `${name} is empty. Copy it from ${where}.` });

/** What the web app needs from the environment. Each message names the variable and the cure. */
export const appSettingsSchema = z.object({
  SUPABASE_URL: address("SUPABASE_URL", "https://abcd.supabase.co"),
  SUPABASE_PUBLISHABLE_KEY: secret("SUPABASE_PUBLISHABLE_KEY", "Supabase → Project settings → API keys"),
  SUPABASE_SECRET_KEY: secret("SUPABASE_SECRET_KEY", "Supabase → Project settings → API keys"),
  KEAPSAKE_URL: z.string().url({ error: "KEAPSAKE_URL is not an address." }).optional(),
  /** Shown on the sign-in page by `npm start` alone, where every record is invented. */
  KEAPSAKE_DEMO_EMAIL: z.string().email().optional(),
  KEAPSAKE_DEMO_PASSWORD: z.string().min(1).optional(),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

/** Raised when the environment is incomplete; its message lists every variable at once. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** Parses the environment; an empty value counts as missing. Throws `SettingsError`. */
export function readSettings(environment: Record<string, string | undefined>): AppSettings {
  const filled = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = appSettingsSchema.safeParse(filled);
  if (parsed.success) return parsed.data;
  throw new SettingsError(parsed.error.issues.map((issue) => issue.message).join("\n"));
}

let cached: AppSettings | undefined;

/** The settings of this process, parsed on first use so that a build needs none. */
export function getSettings(): AppSettings {
  cached ??= readSettings(process.env);
  return cached;
}
