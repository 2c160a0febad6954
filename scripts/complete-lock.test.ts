import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { completeLock, type Lockfile, missingBuilds } from "./complete-lock";

const locked = (): Lockfile =>
  JSON.parse(readFileSync(fileURLToPath(new URL("../package-lock.json", import.meta.url)), "utf8"));

describe("lockfile for every platform", () => {
  it("locks every native build it names", () => {
    expect(missingBuilds(locked()), "Run: npx tsx scripts/complete-lock.ts").toEqual([]);
  });

  it("adds a left-out build with its platform", () => {
    const lock: Lockfile = {
      packages: {
        "": {},
        "node_modules/tool": {
          version: "2.0.0",
          dev: true,
          optionalDependencies: {
            "@tool/linux-x64-musl": "2.0.0",
            "@tool/win32-arm64-msvc": "2.0.0",
            "@tool/here": "1.0.0",
          },
        },
        "node_modules/tool/node_modules/@tool/here": { version: "1.0.0" },
      },
    };
    const { packages } = completeLock(lock);
    expect(packages["node_modules/@tool/linux-x64-musl"]).toEqual({
      version: "2.0.0",
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
      dev: true,
      optional: true,
    });
    expect(packages["node_modules/@tool/win32-arm64-msvc"]).toMatchObject({ os: ["win32"], cpu: ["arm64"] });
    expect(packages["node_modules/@tool/here"]).toBeUndefined();
  });
});
