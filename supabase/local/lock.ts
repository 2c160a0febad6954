import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";

const beatMs = 3_000;
/** A holder that has not touched its lock for this long is gone, whoever carries its process number now. */
const staleMs = 15_000;

/**
 * One process per data folder: two would destroy it. Waits a moment for one that is just stopping. The lock names its
 * process and is touched while that lives, since a number alone may belong to somebody else after a restart.
 * Returns the function that gives the folder free.
 */
export async function lockFolder(file: string, waitMs = 10_000): Promise<() => void> {
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return keepTouching(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(file);
    if (holder === null) continue;
    if (isGone(holder)) removeStale(file, holder);
    else if (Date.now() > until) {
      throw new Error(
        `The data folder is in use by process ${holder.pid}. Stop it, or set KEAPSAKE_DATA_DIR to another folder. (Lock: ${file})`,
      );
    } else await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Holder {
  pid: number;
  touchedAt: number;
}

function keepTouching(file: string): () => void {
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // The folder was removed under us; there is nothing left to guard.
    }
  }, beatMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    rmSync(file, { force: true });
  };
}

/** Null when the lock was given free meanwhile. */
function readHolder(file: string): Holder | null {
  try {
    return { pid: Number(readFileSync(file, "utf8")), touchedAt: statSync(file).mtimeMs };
  } catch {
    return null;
  }
}

function isGone({ pid, touchedAt }: Holder): boolean {
  return pid === process.pid || !isAlive(pid) || Date.now() - touchedAt > staleMs;
}

/** Takes a stale lock out of the way; a fresh one that another starter made in between is put back. */
function removeStale(file: string, stale: Holder): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = readHolder(aside);
  if (taken && taken.pid !== stale.pid) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
