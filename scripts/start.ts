import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { backfillRequested } from "../inngest/events";
import { isLoopback } from "../inngest/settings";
import { buildApp, isBuilt } from "./start/build";
import { type Child, startChild } from "./start/child";
import { type DevFile, dataDir, removeDevFile, writeDevFile } from "./start/dev-file";
import { findPort } from "./start/ports";
import { loadSecrets } from "./start/secrets";
import { startSettingsSchema } from "./start/settings";

/**
 * `npm start`: brings up the embedded parts that the environment does not replace (database and sign-in, the
 * sandboxed Keap account, the web app, the job runner), prints where to go, and stops them together.
 */

if (existsSync(".env")) process.loadEnvFile(".env");

const startedAt = Date.now();
const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
const say = (line: string) => console.log(`${seconds()}  ${line}`);

/** `npm run dev`: the development server, which compiles pages as they are visited and follows edits. */
const development = process.argv.includes("--dev");

const children: Child[] = [];
let stopping = false;

/** Stops every part; asked a second time, as by a second Ctrl-C, it waits for none of them. */
async function stopAll(code: number): Promise<never> {
  if (stopping) for (const child of children) child.process.kill("SIGKILL");
  else {
    stopping = true;
    // The web app first, so that nothing asks a database that is closing.
    for (const child of [...children].reverse()) await child.stop();
  }
  removeDevFile(dataDir());
  process.exit(code);
}

function supervise(child: Child): Child {
  children.push(child);
  void child.ended.then((how) => {
    if (stopping) return;
    console.error(
      `\n${child.name} ended unexpectedly (${how}). Stopping the others. Its log: ${logFile(child.name)}\n${child.lastWords()}`,
    );
    stopAll(1).catch(() => process.exit(1));
  });
  return child;
}

const logFile = (name: string) => join(dataDir(), "logs", `${name}.log`);

async function waitForApp(url: string, child: Child): Promise<void> {
  const deadline = Date.now() + 60_000;
  let gone = false;
  void child.ended.then(() => {
    gone = true;
  });
  while (Date.now() < deadline && !gone) {
    const answer = await fetch(`${url}/api/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`The web app did not answer at ${url} within 60 s. Its log: ${logFile("web")}`);
}

/**
 * The sign-in page shows the demo password only where it guards invented people and nobody else can open the page;
 * otherwise it stands on this terminal alone.
 */
function mayShowDemo(url: string, host: string, sandbox: boolean): boolean {
  return sandbox && isLoopback(url) && ["127.0.0.1", "::1", "localhost"].includes(host);
}

/** Asks for the first copy, or for the rest of one that was cut short; a complete copy is left alone. */
async function requestCopy(jobsUrl: string, eventKey: string, accountId: string): Promise<void> {
  const response = await fetch(`${jobsUrl}/e/${eventKey}`, {
    method: "POST",
    body: JSON.stringify({ name: backfillRequested.name, data: { account_id: accountId } }),
  });
  if (!response.ok)
    throw new Error(`The job runner refused the request for the first copy (${response.status}).`);
  say("The copy of the Keap account runs in the background; the sync page shows how far it is.");
}

async function main(): Promise<void> {
  const settings = startSettingsSchema.parse(process.env);
  const folder = dataDir();
  mkdirSync(join(folder, "logs"), { recursive: true, mode: 0o700 });
  const secrets = loadSecrets(folder);
  const taken = new Set<number>();
  const port = async (name: string, wanted: number) => {
    const found = await findPort(wanted, taken);
    if (found !== wanted) say(`Port ${wanted} is taken, so ${name} uses ${found}.`);
    return found;
  };

  const webPort = await port("the web app", settings.PORT);
  const url = settings.KEAPSAKE_URL ?? `http://127.0.0.1:${webPort}`;
  const tsx = (file: string) => ["--import", "tsx", file];
  const shared = {
    KEAPSAKE_DATA_DIR: folder,
    KEAPSAKE_ENCRYPTION_KEY: settings.KEAPSAKE_ENCRYPTION_KEY ?? secrets.encryption_key,
  };

  // The build and the parts below need nothing of each other; on two cores they overlap well.
  const build =
    development || isBuilt() ? Promise.resolve("kept") : buildApp(logFile("build")).then(() => "built");
  build.catch(() => undefined);

  const database = settings.SUPABASE_URL
    ? null
    : supervise(
        startChild({
          name: "database",
          args: tsx("supabase/local/server.ts"),
          env: {
            ...shared,
            KEAPSAKE_SUPABASE_PORT: String(await port("the database", settings.KEAPSAKE_SUPABASE_PORT)),
          },
          logFile: logFile("database"),
        }),
      );
  const keap = settings.KEAP_TOKEN
    ? null
    : supervise(
        startChild({
          name: "keap",
          args: tsx("sandbox/server.ts"),
          env: {
            ...shared,
            KEAP_TOKEN: secrets.keap_token,
            KEAPSAKE_KEAP_PORT: String(await port("the Keap sandbox", settings.KEAPSAKE_KEAP_PORT)),
            // Keap's own delay is 30 to 60 seconds; here an edit is to be watched arriving.
            KEAPSAKE_KEAP_HOOK_DELAY: "prompt",
          },
          logFile: logFile("keap"),
        }),
      );

  const supabase = database
    ? await database.ready.then((line) => ({
        SUPABASE_URL: String(line.url),
        SUPABASE_PUBLISHABLE_KEY: String(line.publishable_key),
        SUPABASE_SECRET_KEY: String(line.secret_key),
      }))
    : {
        SUPABASE_URL: settings.SUPABASE_URL,
        SUPABASE_PUBLISHABLE_KEY: settings.SUPABASE_PUBLISHABLE_KEY,
        SUPABASE_SECRET_KEY: settings.SUPABASE_SECRET_KEY,
      };
  say(database ? `Database and sign-in are up (${supabase.SUPABASE_URL}).` : "Using your Supabase project.");

  const keapEnv = keap
    ? {
        KEAP_BASE_URL: String((await keap.ready).url),
        KEAP_TOKEN: secrets.keap_token,
        KEAPSAKE_KEAP_PACE: settings.KEAPSAKE_KEAP_PACE ?? "full",
      }
    : {
        KEAP_BASE_URL: settings.KEAP_BASE_URL,
        KEAP_TOKEN: settings.KEAP_TOKEN,
        KEAPSAKE_KEAP_PACE: settings.KEAPSAKE_KEAP_PACE ?? "polite",
      };
  say(keap ? `A Keap account to play with is up (${keapEnv.KEAP_BASE_URL}).` : "Using your Keap account.");

  const { prepareAccount } = await import("./start/prepare-account");
  const { account_id, demo } = await prepareAccount({
    url: supabase.SUPABASE_URL as string,
    publishableKey: supabase.SUPABASE_PUBLISHABLE_KEY as string,
    secretKey: supabase.SUPABASE_SECRET_KEY as string,
    folder,
    embeddedDatabase: database !== null,
    sandbox: keap !== null,
    admin:
      settings.KEAPSAKE_ADMIN_EMAIL && settings.KEAPSAKE_ADMIN_PASSWORD
        ? { email: settings.KEAPSAKE_ADMIN_EMAIL, password: settings.KEAPSAKE_ADMIN_PASSWORD }
        : null,
  });

  const ownJobs = settings.INNGEST_EVENT_KEY && settings.INNGEST_SIGNING_KEY;
  const jobsPort = ownJobs ? 0 : await port("the job runner", settings.KEAPSAKE_JOBS_PORT);
  const jobsUrl = `http://127.0.0.1:${jobsPort}`;
  const jobEnv = ownJobs
    ? {}
    : {
        INNGEST_EVENT_KEY: secrets.event_key,
        INNGEST_SIGNING_KEY: secrets.signing_key,
        INNGEST_BASE_URL: jobsUrl,
        INNGEST_DEV: undefined,
      };

  if ((await Promise.race([build, Promise.resolve("waiting")])) === "waiting")
    say("Building the web app (first start only) …");
  if ((await build) === "built") say("The web app is built.");

  const appEnv = {
    ...shared,
    ...supabase,
    ...keapEnv,
    ...jobEnv,
    KEAPSAKE_URL: url,
    PORT: String(webPort),
    NODE_ENV: development ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // Hooks bring an edit in the sandbox at once; its calls cost nothing, so what has no hook is looked for often.
    KEAPSAKE_POLL_IDLE_SECONDS: keap ? "15" : undefined,
    ...(mayShowDemo(url, settings.KEAPSAKE_HOST, keap !== null)
      ? { KEAPSAKE_DEMO_EMAIL: demo?.email, KEAPSAKE_DEMO_PASSWORD: demo?.password }
      : {}),
  };
  const web = supervise(
    startChild({
      name: "web",
      args: [
        "node_modules/next/dist/bin/next",
        development ? "dev" : "start",
        "-p",
        String(webPort),
        "-H",
        settings.KEAPSAKE_HOST,
      ],
      env: appEnv,
      logFile: logFile("web"),
      endsWithParent: !development,
    }),
  );
  await waitForApp(`http://127.0.0.1:${webPort}`, web);
  say("The web app answers.");

  let jobs: Child | null = null;
  if (!ownJobs) {
    jobs = supervise(
      startChild({
        name: "jobs",
        args: tsx("inngest/local/main.ts"),
        env: {
          ...appEnv,
          KEAPSAKE_SERVE_URL: `http://127.0.0.1:${webPort}/api/inngest`,
          KEAPSAKE_JOBS_PORT: String(jobsPort),
        },
        logFile: logFile("jobs"),
      }),
    );
    const line = await jobs.ready;
    say(`The job runner drives ${String(line.functions)} functions.`);
    await requestCopy(jobsUrl, secrets.event_key, account_id);
  } else say("Your Inngest server drives the jobs: sync the app there if you have not yet.");

  const dev: DevFile = {
    url,
    supabase_url: String(supabase.SUPABASE_URL),
    publishable_key: String(supabase.SUPABASE_PUBLISHABLE_KEY),
    secret_key: String(supabase.SUPABASE_SECRET_KEY),
    keap_url: keapEnv.KEAP_BASE_URL ?? "https://api.infusionsoft.com",
    keap_token: String(keapEnv.KEAP_TOKEN),
    keap_pace: keapEnv.KEAPSAKE_KEAP_PACE,
    account_id,
    ...(ownJobs ? {} : { jobs_url: jobsUrl, event_key: secrets.event_key }),
    pids: Object.fromEntries(children.map((child) => [child.name, child.process.pid ?? 0])),
    // The command line acts as this person: in a project of your own, the admin you named.
    demo: demo ?? {
      email: settings.KEAPSAKE_ADMIN_EMAIL ?? "",
      password: settings.KEAPSAKE_ADMIN_PASSWORD ?? "",
    },
  };
  writeDevFile(dev, folder);

  console.log(`\n  Keapsake is ready: ${url}`);
  if (demo) console.log(`  Sign in with:      ${demo.email}  /  ${demo.password}`);
  if (keap)
    console.log(`  The Keap account:  ${keapEnv.KEAP_BASE_URL}  (edit a record there and watch it arrive)`);
  console.log('  Ask on the command line: npm run ask -- "revenue by month this year"');
  console.log("  Stop with Ctrl-C.\n");
}

process.on("SIGINT", () => void stopAll(0));
process.on("SIGTERM", () => void stopAll(0));
stopWithNpm();
main().catch(async (cause: unknown) => {
  console.error(`\n${describe(cause)}\n`);
  await stopAll(1);
});

/**
 * A signal sent to npm alone (a service manager, a script's `kill $!`) ends npm and its shell but is not passed on, and
 * everything would run on unseen: so the starter stops when the process that started it has gone.
 */
function stopWithNpm(): void {
  if (!process.env.npm_lifecycle_event || process.platform === "win32") return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    // A signal to the whole group ends npm and starts a clean stop here: npm's end must not cut that short.
    if (!stopping) stopAll(0).catch(() => process.exit(1));
  }, 500);
  watch.unref();
}

/** Settings errors name the variable; everything else is told in its own words. */
function describe(cause: unknown): string {
  if (cause && typeof cause === "object" && "issues" in cause) {
    const issues = (cause as { issues: { path: PropertyKey[]; message: string }[] }).issues;
    return issues.map((issue) => `Setting ${issue.path.join(".")}: ${issue.message}`).join("\n");
  }
  return cause instanceof Error ? cause.message : String(cause);
}
