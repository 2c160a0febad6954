import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./lock";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keapsake-lock-"));
  file = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The parent of this process: alive, and not us. */
const other = process.ppid;

describe("lock of a data folder", () => {
  it("is taken and given free", async () => {
    const unlock = await lockFolder(file);
    expect(readFileSync(file, "utf8")).toBe(String(process.pid));
    unlock();
    expect(existsSync(file)).toBe(false);
  });

  it("refuses a folder that is in use", async () => {
    writeFileSync(file, String(other));
    await expect(lockFolder(file, 100)).rejects.toThrow(`in use by process ${other}`);
    expect(readFileSync(file, "utf8")).toBe(String(other));
  });

  it("takes over from a killed process", async () => {
    // No process has this number: Linux and macOS stop far below, Windows' are multiples of four.
    writeFileSync(file, "2147483647");
    (await lockFolder(file, 100))();
  });

  it("takes over when the number was reused", async () => {
    writeFileSync(file, String(other));
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    (await lockFolder(file, 100))();
  });
});
