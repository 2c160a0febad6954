import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

/** Where the parts of a running `npm start` are, for the command line and for scripts. Mode 600: it holds keys. */
export const devFileSchema = z.object({
  url: z.url(),
  supabase_url: z.url(),
  publishable_key: z.string(),
  secret_key: z.string(),
  /** Stands for Keap's host: contacts are at {keap_url}/crm/rest/v2/contacts. */
  keap_url: z.url(),
  keap_token: z.string(),
  keap_pace: z.enum(["polite", "full"]).default("polite"),
  account_id: z.uuid().optional(),
  jobs_url: z.url().optional(),
  event_key: z.string().optional(),
  pids: z.record(z.string(), z.number()).optional(),
  demo: z.object({
    email: z.string(),
    password: z.string(),
    users: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })).optional(),
  }),
});
export type DevFile = z.infer<typeof devFileSchema>;

/** The data folder: `KEAPSAKE_DATA_DIR`, or `.keapsake` in the current folder. */
export function dataDir(env: Record<string, string | undefined> = process.env): string {
  return resolve(env.KEAPSAKE_DATA_DIR || ".keapsake");
}

/** @throws when nothing is running, saying how to start it. */
export function readDevFile(env: Record<string, string | undefined> = process.env): DevFile {
  const path = join(dataDir(env), "dev.json");
  if (!existsSync(path)) {
    throw new Error(
      `${path} is not there: Keapsake is not running here. Start it with \`npm start\` in another terminal.`,
    );
  }
  return devFileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
}

export function writeDevFile(value: DevFile, folder: string): void {
  const path = join(folder, "dev.json");
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
}

export function removeDevFile(folder: string): void {
  rmSync(join(folder, "dev.json"), { force: true });
}
