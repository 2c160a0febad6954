import { z } from "zod";

/** What the embedded runner needs; `npm start` sets all of it. */
export const runnerSettingsSchema = z.object({
  /** Address of the serve endpoint, for example http://127.0.0.1:3000/api/inngest. */
  serve_url: z.url(),
  port: z.coerce.number().int().min(0).max(65535),
  signing_key: z.string().startsWith("signkey-"),
  event_key: z.string().min(16),
});
export type RunnerSettings = z.infer<typeof runnerSettingsSchema>;
