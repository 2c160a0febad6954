import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type DevFile, devFileSchema } from "@/scripts/start/dev-file";

/**
 * Starts a Keapsake of its own, kills one part after the other with SIGKILL while the account is being copied in, starts
 * again each time, and compares the tables with the account in the end. Takes about two minutes: what the killed
 * processes called in their last minute still counts with Keap.
 */

const folder = mkdtempSync(join(tmpdir(), "keapsake-kill-"));
process.env.KEAPSAKE_DATA_DIR = folder;
let starter: ChildProcess | null = null;

const devFile = join(folder, "dev.json");
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(): Promise<DevFile> {
  const child = spawn("npm", ["start"], {
    env: {
      ...process.env,
      PORT: "46000",
      KEAPSAKE_SUPABASE_PORT: "46100",
      KEAPSAKE_KEAP_PORT: "46200",
      KEAPSAKE_JOBS_PORT: "46300",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  starter = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  for (let waited = 0; waited < 120_000; waited += 100) {
    if (existsSync(devFile)) return devFileSchema.parse(JSON.parse(readFileSync(devFile, "utf8")));
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`npm start did not come up:\n${output}`);
}

/** By itself or by a signal. */
const hasEnded = (child: ChildProcess | null) => child?.exitCode !== null || child.signalCode !== null;

/** Waits until the starter has noticed and ended everything it started. */
async function ended(): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (hasEnded(starter) && !existsSync(devFile)) return;
    await sleep(50);
  }
  throw new Error("The starter did not stop the other parts within 30 s.");
}

afterAll(async () => {
  if (starter?.pid && !hasEnded(starter)) {
    process.kill(-starter.pid, "SIGTERM");
    await ended();
  }
  rmSync(folder, { recursive: true, force: true });
});

describe("kill -9 during the copy", () => {
  it("ends with tables equal to the account", { timeout: 400_000 }, async () => {
    const interrupted: string[] = [];
    for (const victim of ["jobs", "web", "database", "keap"]) {
      const dev = await start();
      // Let the copy get under way, then pull the plug of one part.
      await sleep(1_500);
      const { command } = await import("./running");
      const { backfill } = await command<{ backfill: { complete: boolean } }>(
        "sync",
        "--",
        "status",
        "--json",
      );
      if (!backfill.complete) interrupted.push(victim);
      process.kill(dev.pids?.[victim] ?? 0, "SIGKILL");
      await ended();
    }
    // A test that never interrupted anything would prove nothing.
    expect(interrupted.length).toBeGreaterThan(0);
    console.log(`Killed during the copy: ${interrupted.join(", ")}`);

    await start();
    const { command, serviceClient, until } = await import("./running");
    await until(
      "the copy to be complete",
      async () =>
        (await command<{ backfill: { complete: boolean } }>("sync", "--", "status", "--json")).backfill
          .complete,
      180_000,
    );
    const { compareAccount } = await import("./compare-account");
    expect(await compareAccount(serviceClient())).toEqual([]);
  });
});
