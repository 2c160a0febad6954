import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { createServiceClient, createUserClient } from "../client";
import { ensureDemo } from "./demo";

const folder = mkdtempSync(join(tmpdir(), "keapsake-supabase-"));
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Ready {
  child: ChildProcess;
  url: string;
  publishable_key: string;
  secret_key: string;
  migrations_applied: number;
}

/** The process as `npm start` runs it. Rejects with its last words when it ends before it is ready. */
function start(env: Record<string, string> = {}): Promise<Ready> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("./server.ts", import.meta.url))],
    {
      env: { ...process.env, KEAPSAKE_DATA_DIR: folder, KEAPSAKE_SUPABASE_PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  running.push(child);
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => {
    words += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${words}`)));
    createInterface({ input: child.stdout }).once("line", (line) => {
      resolve({ child, ...(JSON.parse(line) as Omit<Ready, "child">) });
    });
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill(signal);
  });
}

test("keeps data, keys and people through kill -9", { timeout: 120_000 }, async () => {
  const first = await start();
  expect(first.migrations_applied).toBeGreaterThan(4);
  expect(statSync(join(folder, "supabase", "keys.json")).mode & 0o777).toBe(0o600);
  const passwordFile = join(folder, "demo-users.json");
  const options = { publishableKey: first.publishable_key, secretKey: first.secret_key, passwordFile };
  const made = await ensureDemo({ url: first.url, ...options });
  expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
  const service = createServiceClient({ url: first.url, secretKey: first.secret_key });
  const { error } = await service
    .from("contacts")
    .insert({ account_id: made.account_id, given_name: "Kept", keap_id: 1 });
  expect(error).toBeNull();
  await end(first.child, "SIGKILL");

  const second = await start();
  expect(second.migrations_applied).toBe(0);
  expect([second.publishable_key, second.secret_key]).toEqual([first.publishable_key, first.secret_key]);
  expect(await ensureDemo({ url: second.url, ...options })).toEqual(made);
  const analyst = made.users.find(({ role }) => role === "analyst");
  const client = createUserClient({ url: second.url, publishableKey: second.publishable_key });
  await client.auth.signInWithPassword({ email: analyst?.email ?? "", password: analyst?.password ?? "" });
  const { data } = await client.from("contacts").select("given_name");
  expect(data).toEqual([{ given_name: "Kept" }]);

  expect(await end(second.child, "SIGTERM")).toBe(0);
});

test("ends a statement that holds the database", { timeout: 120_000 }, async () => {
  const { url, secret_key, child } = await start({ KEAPSAKE_DATABASE_LIMIT_MS: "4000" });
  const service = createServiceClient({ url, secretKey: secret_key });
  const { data: account } = await service.from("accounts").select("id").single();
  const endless = await service.rpc("run_query", {
    query: "select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b",
    params: [],
    principal: { account_id: account?.id, user_id: null, role: "admin", scopes: [], via: "schedule" },
  });
  expect([endless.status, endless.error?.code]).toEqual([503, "57014"]);
  const { data } = await service.from("contacts").select("given_name");
  expect(data).toEqual([{ given_name: "Kept" }]);
  expect(await end(child, "SIGTERM")).toBe(0);
});

test("names the setting that is wrong", { timeout: 30_000 }, async () => {
  await expect(start({ KEAPSAKE_SUPABASE_PORT: "http" })).rejects.toThrow(
    /KEAPSAKE_SUPABASE_PORT is not usable/,
  );
});

test("says what to do with a broken key file", { timeout: 30_000 }, async () => {
  const { loadKeys } = await import("./keys");
  const file = join(folder, "supabase", "keys.json");
  const stored = JSON.parse(readFileSync(file, "utf8"));
  expect(loadKeys(file)).toEqual(stored);
  expect(() => loadKeys(fileURLToPath(import.meta.url))).toThrow(/Restore it, or delete it/);
});
