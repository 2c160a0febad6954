import { readFileSync, rmSync, writeFileSync } from "node:fs";

/**
 * One process per data folder: two would destroy it. Waits a moment for one that is just stopping.
 * Returns the function that gives the folder free.
 */
export async function lockFolder(file: string, waitMs = 10_000): Promise<() => void> {
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(readFileSync(file, "utf8"));
    if (!isAlive(holder) || holder === process.pid) {
      rmSync(file, { force: true });
    } else if (Date.now() > until) {
      throw new Error(
        `The data folder is in use by process ${holder}. Stop it, or set KEAPSAKE_DATA_DIR to another folder. (Lock: ${file})`,
      );
    } else {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
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
