import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "keap-server-"));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the process as `npm start` does and waits for its one line. */
async function start(
  port = "0",
): Promise<{ child: ChildProcess; url: string; stderr: () => string; exit: Promise<number | null> }> {
  const child = spawn(process.execPath, ["--import", "tsx", "sandbox/server.ts"], {
    cwd: root,
    env: {
      ...process.env,
      KEAPSAKE_DATA_DIR: folder,
      KEAPSAKE_KEAP_PORT: port,
      KEAP_TOKEN: "secret-1",
      KEAPSAKE_CONTACTS: "40",
      KEAPSAKE_SEED: "2",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let errors = "";
  child.stderr?.on("data", (data) => {
    errors += String(data);
  });
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const line = await new Promise<string>((resolve) => {
    child.stdout?.once("data", (data) => resolve(String(data)));
    void exit.then(() => resolve("{}"));
  });
  return { child, url: JSON.parse(line).url ?? "", stderr: () => errors, exit };
}

async function call(url: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}/crm/rest${path}`, {
    method,
    headers: { authorization: "Bearer secret-1", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe("the process", () => {
  it("keeps acknowledged writes through kill and stop", async () => {
    const first = await start();
    const { contacts } = (await call(first.url, "GET", "/v2/contacts?page_size=1")).body;
    const path = `/v2/contacts/${contacts[0].id}`;
    expect(
      (
        await call(first.url, "PATCH", `${path}?update_mask=job_title&fields=job_title`, {
          job_title: "Harbour pilot",
        })
      ).status,
    ).toBe(200);
    first.child.kill("SIGKILL");
    await first.exit;

    const second = await start();
    expect((await call(second.url, "GET", `${path}?fields=job_title`)).body.job_title).toBe("Harbour pilot");
    const made = await call(second.url, "POST", "/v2/tags", { name: "Made before the stop" });
    second.child.kill("SIGTERM");
    expect(await second.exit).toBe(0);

    const third = await start();
    expect((await call(third.url, "GET", `/v2/tags/${made.body.id}`)).body.name).toBe("Made before the stop");
    expect((await fetch(third.url)).headers.get("content-type")).toContain("text/html");
  }, 60_000);

  it("breaks the socket when told to", async () => {
    const { url } = await start();
    await fetch(`${url}/_sandbox/faults`, {
      method: "POST",
      body: JSON.stringify({ kind: "reset_before", times: 1 }),
    });
    await expect(call(url, "GET", "/v2/users")).rejects.toThrow("fetch failed");
    expect((await call(url, "GET", "/v2/users")).status).toBe(200);
  }, 60_000);

  it("says plainly when its port is taken", async () => {
    const first = await start();
    const second = await start(new URL(first.url).port);
    expect(await second.exit).toBe(1);
    expect(second.stderr()).toContain("KEAPSAKE_KEAP_PORT");
  }, 60_000);
});
