import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startChild } from "./child";

const folder = mkdtempSync(join(tmpdir(), "keapsake-child-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function child(code: string) {
  return startChild({
    name: "part",
    args: ["-e", code],
    env: {},
    logFile: join(folder, "part.log"),
    stopMs: 300,
  });
}

describe("a part in its own process", () => {
  it("is ready when it says so", async () => {
    const part = child(
      `console.log("warming up"); console.log(JSON.stringify({ ready: true, url: "here" })); setInterval(() => {}, 1000);`,
    );
    expect(await part.ready).toEqual({ ready: true, url: "here" });
    await part.stop();
    expect(await part.ended).toBe("SIGTERM");
    expect(readFileSync(join(folder, "part.log"), "utf8")).toContain("warming up");
  });

  it("tells its last words when it dies early", async () => {
    const part = child(`console.error("the disk is full"); process.exit(3);`);
    await expect(part.ready).rejects.toThrow(
      /part ended \(code 3\) before it was ready:[\s\S]*the disk is full/,
    );
  });

  it("is killed when it will not stop", async () => {
    const part = child(
      `process.on("SIGTERM", () => {}); console.log('{"ready":true}'); setInterval(() => {}, 1000);`,
    );
    await part.ready;
    await part.stop();
    expect(await part.ended).toBe("SIGKILL");
  });

  it("ends itself when its starter is gone", async () => {
    const part = child(`console.log('{"ready":true}'); setInterval(() => {}, 1000);`);
    await part.ready;
    part.process.disconnect();
    expect(await part.ended).toBe("SIGTERM");
  });
});
