import { z } from "zod";

/** What the sandbox process reads from the environment. */
export const sandboxSettingsSchema = z.object({
  KEAPSAKE_DATA_DIR: z
    .string()
    .min(1)
    .default(".keapsake")
    .describe("Folder that keeps the account between starts."),
  KEAPSAKE_KEAP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(54_330)
    .describe("Port of the simulated Keap on 127.0.0.1."),
  KEAP_TOKEN: z
    .string()
    .min(1)
    .default("sandbox-token")
    .describe("Personal access token the simulated account accepts."),
  KEAPSAKE_SEED: z.coerce.number().int().default(1).describe("Same seed, same account."),
  KEAPSAKE_CONTACTS: z.coerce
    .number()
    .int()
    .min(0)
    .max(2_000_000)
    .default(2_500)
    .describe("Contacts of a new account; 0 for an empty one."),
  KEAPSAKE_KEAP_HOOK_DELAY: z
    .enum(["documented", "prompt"])
    .default("documented")
    .describe("How long after a change its hook comes, unless the control page has set it."),
});

export type SandboxSettings = z.infer<typeof sandboxSettingsSchema>;
