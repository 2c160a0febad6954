import { z } from "zod";

const port = (fallback: number) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      const value = text ? Number(text) : fallback;
      if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
      context.addIssue({
        code: "custom",
        message: `"${text}" is not a port: use a whole number from 1 to 65535.`,
      });
      return z.NEVER;
    });

const text = z
  .string()
  .optional()
  .transform((value) => value || undefined);

/** An empty variable is an unset one, whatever its form would have to be. */
const unsetIfEmpty = (env: unknown) =>
  Object.fromEntries(Object.entries(env as Record<string, unknown>).filter(([, value]) => value !== ""));

const settingsSchema = z
  .object({
    PORT: port(3000),
    /** Address the web app listens on: this machine only, unless you say otherwise. */
    KEAPSAKE_HOST: z.string().default("127.0.0.1"),
    KEAPSAKE_URL: z.url("Write the whole public address, such as https://crm.example.com.").optional(),
    KEAPSAKE_SUPABASE_PORT: port(54_321),
    KEAPSAKE_KEAP_PORT: port(54_330),
    KEAPSAKE_JOBS_PORT: port(54_340),
    KEAPSAKE_ENCRYPTION_KEY: text,
    KEAPSAKE_KEAP_PACE: z.enum(["polite", "full"]).optional(),
    SUPABASE_URL: text,
    SUPABASE_PUBLISHABLE_KEY: text,
    SUPABASE_SECRET_KEY: text,
    KEAPSAKE_ADMIN_EMAIL: text,
    KEAPSAKE_ADMIN_PASSWORD: text,
    KEAP_BASE_URL: z
      .url("Write Keap's host, such as https://api.infusionsoft.com.")
      .default("https://api.infusionsoft.com"),
    KEAP_TOKEN: text,
    INNGEST_EVENT_KEY: text,
    INNGEST_SIGNING_KEY: text,
  })
  .superRefine((env, context) => {
    if (env.SUPABASE_URL) {
      for (const name of ["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY"] as const) {
        if (!env[name]) {
          context.addIssue({
            code: "custom",
            path: [name],
            message:
              "is missing although SUPABASE_URL is set: copy it from Project settings → API keys, or unset SUPABASE_URL to use the embedded database.",
          });
        }
      }
      if (!env.KEAPSAKE_ENCRYPTION_KEY) {
        context.addIssue({
          code: "custom",
          path: ["KEAPSAKE_ENCRYPTION_KEY"],
          message:
            "is missing: your own Supabase needs a key of your own for the Keap tokens. Make one with `openssl rand -base64 32`.",
        });
      }
    }
    if (Boolean(env.INNGEST_EVENT_KEY) !== Boolean(env.INNGEST_SIGNING_KEY)) {
      context.addIssue({
        code: "custom",
        path: [env.INNGEST_EVENT_KEY ? "INNGEST_SIGNING_KEY" : "INNGEST_EVENT_KEY"],
        message: "is missing: a real Inngest server needs both keys; unset both to use the embedded runner.",
      });
    }
  });

/** What `npm start` reads. A part whose variables are set is yours; every other part is started embedded. */
export const startSettingsSchema = z.preprocess(unsetIfEmpty, settingsSchema);
export type StartSettings = z.infer<typeof startSettingsSchema>;
