import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stampFile = join(root, ".next", "keapsake-build.json");
const sources = ["app", "agent", "analytics", "inngest", "mcp-server", "public", "supabase", "sync"];
const configs = ["next.config.ts", "package-lock.json", "postcss.config.mjs", "proxy.ts", "tsconfig.json"];

/** Tests and the embedded parts' own processes are no part of the web app. */
const apart = new Set(["node_modules", "local", "testing", "tests", "evals"]);
const isSource = (name: string) => !apart.has(name) && !/\.(test|bench)\.tsx?$|\.md$/.test(name);

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    isSource(entry.name) ? filesBelow(join(path, entry.name)) : [],
  );
}

/** A digest of everything the production build is made from. */
function sourceDigest(): string {
  const hash = createHash("sha256");
  for (const path of [...sources, ...configs].flatMap((name) => filesBelow(join(root, name))).sort()) {
    hash.update(path).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** Whether the last production build was made from the sources as they are. */
export function isBuilt(): boolean {
  if (!existsSync(join(root, ".next", "BUILD_ID")) || !existsSync(stampFile)) return false;
  return JSON.parse(readFileSync(stampFile, "utf8")).digest === sourceDigest();
}

/** Builds the web app for production; resolves when done. @throws with the build's last lines when it fails. */
export function buildApp(logFile: string): Promise<void> {
  const digest = sourceDigest();
  return new Promise((resolve, reject) => {
    const next = join(root, "node_modules", "next", "dist", "bin", "next");
    const build = spawn(process.execPath, [next, "build"], {
      cwd: root,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    build.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    build.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    build.once("error", reject);
    build.once("exit", (code) => {
      const text = Buffer.concat(output).toString();
      writeFileSync(logFile, text);
      if (code !== 0)
        return reject(new Error(`The web app did not build:\n${text.slice(-3000)}\nFull log: ${logFile}`));
      mkdirSync(join(root, ".next"), { recursive: true });
      writeFileSync(stampFile, JSON.stringify({ digest }));
      resolve();
    });
  });
}
