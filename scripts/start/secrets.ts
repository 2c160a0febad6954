import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({
  encryption_key: z.string(),
  signing_key: z.string(),
  event_key: z.string(),
  keap_token: z.string(),
});
export type Secrets = z.infer<typeof secretsSchema>;

/**
 * The keys of this data folder, made on the first start and kept beside the data (mode 600).
 * @throws when the file cannot be read, rather than make new keys: the old ones open what is stored.
 */
export function loadSecrets(folder: string): Secrets {
  const path = join(folder, "secrets.json");
  if (existsSync(path)) return readSecrets(path);
  const secrets: Secrets = {
    encryption_key: randomBytes(32).toString("base64"),
    signing_key: `signkey-local-${randomBytes(32).toString("hex")}`,
    event_key: randomBytes(24).toString("hex"),
    keap_token: `KeapAK-${randomBytes(24).toString("hex")}`,
  };
  // Written beside and renamed: a start that is cut short leaves either no file or a whole one.
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
  return secrets;
}

function readSecrets(path: string): Secrets {
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Error(
      `${path} is damaged: bring it back from a backup, or delete the whole data folder to start from nothing.`,
      { cause },
    );
  }
}
