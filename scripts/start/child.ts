import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dieWithParent = pathToFileURL(`${root}scripts/start/die-with-parent.mjs`).href;

export interface Child {
  name: string;
  process: ChildProcess;
  /** Resolves when the process ends, with its exit code or signal. */
  ended: Promise<string>;
  /** Resolves with the first line of stdout that is JSON holding `ready: true`. */
  ready: Promise<Record<string, unknown>>;
  /** What it said last, for the person who has to mend it. */
  lastWords: () => string;
  stop: () => Promise<void>;
}

export interface ChildOptions {
  name: string;
  args: string[];
  env: Record<string, string | undefined>;
  logFile: string;
  /** Longest time a clean stop may take before the process is killed. */
  stopMs?: number;
  /** Off for a program that itself starts workers over IPC and ends when it finds a parent's channel. */
  endsWithParent?: boolean;
}

/**
 * Starts one part in a Node process of its own. Its output goes to a log file; it ends itself when this
 * process is gone, even if that was killed.
 */
export function startChild({
  name,
  args,
  env,
  logFile,
  stopMs = 8_000,
  endsWithParent = true,
}: ChildOptions): Child {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: {
      ...process.env,
      ...env,
      ...(endsWithParent
        ? { NODE_OPTIONS: joinOptions(process.env.NODE_OPTIONS, `--import ${dieWithParent}`) }
        : {}),
    },
    stdio: endsWithParent ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  const lastLines: string[] = [];
  const write = (line: string) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
  };
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
  });
  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const parsed = readyLine(line);
      // The line holds keys: they go to the starter, not to the log.
      write(parsed ? `${name} is ready` : line);
      if (parsed) resolve(parsed);
    });
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", write);
    void ended.then((how) =>
      reject(
        new Error(
          `${name} ended (${how}) before it was ready:\n${lastLines.join("\n")}\nFull log: ${logFile}`,
        ),
      ),
    );
  });
  // Whoever never waits for readiness learns of the end through `ended`.
  ready.catch(() => undefined);
  return {
    name,
    process: child,
    ended,
    ready,
    lastWords: () => lastLines.filter(Boolean).join("\n"),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function joinOptions(...options: (string | undefined)[]): string {
  return options.filter(Boolean).join(" ");
}

function readyLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return value.ready === true ? value : null;
  } catch {
    return null;
  }
}
