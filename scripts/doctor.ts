import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { isBuilt } from "./start/build";
import { type DevFile, dataDir, devFileSchema } from "./start/dev-file";
import { startSettingsSchema } from "./start/settings";

/** `npm run doctor`: checks Node, settings, ports and each configured part, and says what to do. */

if (existsSync(".env")) process.loadEnvFile(".env");

type Finding = { ok: boolean | "note"; what: string; cure?: string };
const findings: Finding[] = [];
const report = (ok: Finding["ok"], what: string, cure?: string) =>
  findings.push({ ok, what, ...(cure ? { cure } : {}) });

async function answers(url: string, init: RequestInit = {}): Promise<number | string> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.status;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function checkNode(): void {
  const major = Number(process.versions.node.split(".")[0]);
  report(
    major >= 22,
    `Node ${process.versions.node}`,
    "Keapsake needs Node 22 or newer; `npm install` brings Node 24 along and `npm run` uses it.",
  );
  report(existsSync("node_modules/next"), "packages installed", "Run `npm install`.");
  report(
    isBuilt() ? true : "note",
    isBuilt() ? "web app built" : "web app not built yet",
    "`npm start` builds it by itself.",
  );
}

function checkSettings(): ReturnType<typeof startSettingsSchema.safeParse> {
  const settings = startSettingsSchema.safeParse(process.env);
  if (settings.success) report(true, "settings are well formed");
  else
    for (const issue of settings.error.issues)
      report(false, `setting ${issue.path.join(".")}`, issue.message);
  return settings;
}

function readDev(): DevFile | null {
  const path = join(dataDir(), "dev.json");
  if (!existsSync(path)) return null;
  const open = process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0;
  report(!open, `${path} is private`, `Others on this machine can read your keys: chmod 600 ${path}`);
  const dev = devFileSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!dev.success)
    report(false, `${path} is readable`, "It is from another version: stop Keapsake and start it again.");
  return dev.data ?? null;
}

async function checkRunning(dev: DevFile): Promise<void> {
  const restart = "Stop Keapsake (Ctrl-C) and run `npm start`; the log is in .keapsake/logs.";
  const web = await answers(`${dev.url}/api/health`);
  report(web === 200, `web app at ${dev.url} (${web})`, restart);
  const database = await answers(`${dev.supabase_url}/rest/v1/accounts?select=id&limit=1`, {
    headers: { apikey: dev.secret_key, authorization: `Bearer ${dev.secret_key}` },
  });
  report(database === 200, `database at ${dev.supabase_url} (${database})`, restart);
  const keap = await answers(`${dev.keap_url}/crm/rest/v2/businessProfile`, {
    headers: { authorization: `Bearer ${dev.keap_token}` },
  });
  report(
    keap === 200,
    `Keap at ${dev.keap_url} (${keap})`,
    keap === 401
      ? "Keap refused the token: make a new key in Keap under Settings > API and set KEAP_TOKEN."
      : restart,
  );
  const unsigned = await answers(`${dev.url}/api/inngest`, { method: "POST", body: "{}" });
  report(
    unsigned === 401,
    `unsigned jobs are refused (${unsigned})`,
    "Set INNGEST_SIGNING_KEY and unset INNGEST_DEV.",
  );
  if (dev.jobs_url) {
    const jobs = await answers(`${dev.jobs_url}/health`);
    report(jobs === 200, `job runner at ${dev.jobs_url} (${jobs})`, restart);
  }
}

async function checkPorts(ports: [string, number][]): Promise<void> {
  for (const [name, port] of ports) {
    const free = await portIsFree(port);
    report(
      free ? true : "note",
      `port ${port} for ${name} is ${free ? "free" : "taken"}`,
      free ? undefined : "`npm start` will use the next free one.",
    );
  }
}

async function main(): Promise<void> {
  checkNode();
  const settings = checkSettings();
  const dev = readDev();
  if (dev) await checkRunning(dev);
  else {
    report("note", "Keapsake is not running here", "Run `npm start`.");
    if (settings.success) {
      const { PORT, KEAPSAKE_SUPABASE_PORT, KEAPSAKE_KEAP_PORT, KEAPSAKE_JOBS_PORT } = settings.data;
      await checkPorts([
        ["the web app", PORT],
        ["the database", KEAPSAKE_SUPABASE_PORT],
        ["the Keap sandbox", KEAPSAKE_KEAP_PORT],
        ["the job runner", KEAPSAKE_JOBS_PORT],
      ]);
    }
  }
  report(
    "note",
    process.env.OPENAI_API_KEY ? "questions go to the model you set" : "questions go to the offline analyst",
    process.env.OPENAI_API_KEY ? undefined : "Set OPENAI_API_KEY to use a language model as well.",
  );
  const marks = { true: "ok  ", false: "FAIL", note: "note" };
  for (const { ok, what, cure } of findings) {
    console.log(`${marks[String(ok) as keyof typeof marks]}  ${what}`);
    if (ok !== true && cure) console.log(`      ${cure}`);
  }
  process.exitCode = findings.some(({ ok }) => ok === false) ? 1 : 0;
}

await main();
