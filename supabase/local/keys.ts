import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

/** Keys of one embedded Supabase. Made once per data folder. */
export const supabaseKeysSchema = z.strictObject({
  publishable_key: z.string().startsWith("sb_publishable_"),
  secret_key: z.string().startsWith("sb_secret_"),
  jwt_secret: z.string().min(32),
});
export type SupabaseKeys = z.infer<typeof supabaseKeysSchema>;

export function generateKeys(): SupabaseKeys {
  return {
    publishable_key: apiKey("publishable"),
    secret_key: apiKey("secret"),
    jwt_secret: randomBytes(48).toString("base64url"),
  };
}

/** Reads the keys of a data folder, making them (mode 600) when there are none. */
export function loadKeys(file: string): SupabaseKeys {
  if (existsSync(file)) {
    const parsed = supabaseKeysSchema.safeParse(readJson(file));
    if (parsed.success) return parsed.data;
    throw new Error(
      `The key file ${file} cannot be read. Restore it, or delete it to make new keys (everybody signs in again).`,
    );
  }
  const keys = generateKeys();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Written beside and renamed: a start that is cut short leaves either no file or a whole one.
  writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Same form as Supabase's own opaque keys: prefix, 22 random characters, 8 of a checksum. */
function apiKey(kind: "publishable" | "secret"): string {
  const body = `sb_${kind}_${randomBytes(17).toString("base64url").slice(0, 22)}`;
  const checksum = createHash("sha256")
    .update(`supabase-self-hosted|${body}`)
    .digest("base64url")
    .slice(0, 8);
  return `${body}_${checksum}`;
}
