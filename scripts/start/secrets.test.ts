import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSecrets } from "./secrets";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keapsake-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("keys of a data folder", () => {
  it("makes them once and keeps them", () => {
    const made = loadSecrets(folder);
    expect(Buffer.from(made.encryption_key, "base64")).toHaveLength(32);
    expect(loadSecrets(folder)).toEqual(made);
    expect(readdirSync(folder)).toEqual(["secrets.json"]);
    if (process.platform !== "win32") expect(statSync(join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("keeps a damaged file and says so", () => {
    writeFileSync(join(folder, "secrets.json"), "");
    expect(() => loadSecrets(folder)).toThrow(/secrets\.json is damaged: bring it back from a backup/);
    expect(statSync(join(folder, "secrets.json")).size).toBe(0);
  });
});
