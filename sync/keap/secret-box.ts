import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Encrypts short secrets for storage, bound to what they belong to. */
export interface SecretBox {
  /** `context` (such as `account:refresh_token`) must be the same to open it: a value moved to another row stays shut. */
  seal(plain: string, context: string): string;
  open(sealed: string, context: string): string;
}

/**
 * AES-256-GCM under a key of 32 bytes, base64. A sealed value reads `v1.<key name>.<nonce>.<tag>.<text>`; the key's
 * name is a hash of it, so that a changed key is told apart from a damaged value.
 */
export function createSecretBox(keyBase64: string): SecretBox {
  const key = Buffer.from(keyBase64, "base64");
  if (key.length !== 32) {
    throw new Error(
      "KEAPSAKE_ENCRYPTION_KEY must be 32 bytes in base64. Make one with: node -e \"console.log(require('crypto').randomBytes(32).toString('base64'))\"",
    );
  }
  const name = createHash("sha256").update(key).digest("hex").slice(0, 8);
  return {
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return [
        "v1",
        name,
        ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString("base64url")),
      ].join(".");
    },
    open(sealed, context) {
      const [version, keyName, nonce, tag, text] = sealed.split(".");
      if (version !== "v1" || !nonce || !tag || text === undefined)
        throw new Error("The stored secret is damaged: connect Keap again.");
      if (keyName !== name) {
        throw new Error(
          "The stored secret was encrypted with another KEAPSAKE_ENCRYPTION_KEY: restore that key, or connect Keap again.",
        );
      }
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"))
        .setAAD(Buffer.from(context))
        .setAuthTag(Buffer.from(tag, "base64url"));
      try {
        return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]).toString(
          "utf8",
        );
      } catch (cause) {
        throw new Error("The stored secret is damaged: connect Keap again.", { cause });
      }
    },
  };
}
