import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({
  encryption_key: z.string(),
  signing_key: z.string(),
  event_key: z.string(),
  keap_token: z.string(),
});
export type Secrets = z.infer<typeof secretsSchema>;

/** The keys of this data folder, made on the first start and kept beside the data (mode 600). */
export function loadSecrets(folder: string): Secrets {
  const path = join(folder, "secrets.json");
  if (existsSync(path)) return secretsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const secrets: Secrets = {
    encryption_key: randomBytes(32).toString("base64"),
    signing_key: `signkey-local-${randomBytes(32).toString("hex")}`,
    event_key: randomBytes(24).toString("hex"),
    keap_token: `KeapAK-${randomBytes(24).toString("hex")}`,
  };
  writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  return secrets;
}
