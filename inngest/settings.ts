import { z } from "zod";

/**
 * Which job server drives the functions. With both keys set a real Inngest server does (its cloud, or
 * `INNGEST_BASE_URL`); `INNGEST_DEV` turns signatures off and is therefore refused away from loopback.
 */
export const jobSettingsSchema = z
  .object({
    INNGEST_EVENT_KEY: z.string().optional(),
    INNGEST_SIGNING_KEY: z.string().optional(),
    INNGEST_BASE_URL: z.url().optional(),
    INNGEST_DEV: z.string().optional(),
    KEAPSAKE_URL: z.url().optional(),
  })
  .superRefine((env, context) => {
    const dev = env.INNGEST_DEV && !["0", "false"].includes(env.INNGEST_DEV);
    if (dev && env.KEAPSAKE_URL && !isLoopback(env.KEAPSAKE_URL)) {
      context.addIssue({
        code: "custom",
        path: ["INNGEST_DEV"],
        message: `INNGEST_DEV switches request signatures off and KEAPSAKE_URL (${env.KEAPSAKE_URL}) is not on this machine: unset INNGEST_DEV and set INNGEST_SIGNING_KEY.`,
      });
    }
    if (!dev && !env.INNGEST_SIGNING_KEY) {
      context.addIssue({
        code: "custom",
        path: ["INNGEST_SIGNING_KEY"],
        message:
          "INNGEST_SIGNING_KEY is missing: copy it from your Inngest server, or run `npm start`, which makes its own.",
      });
    }
  });
export type JobSettings = z.infer<typeof jobSettingsSchema>;

/** Whether a URL's host is this machine and nothing else. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** @throws ZodError naming the variable and the cure. */
export function readJobSettings(env: Record<string, string | undefined> = process.env): JobSettings {
  // An empty variable is an unset one.
  return jobSettingsSchema.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")));
}
