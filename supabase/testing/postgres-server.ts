import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A PostgreSQL server of its own for tests: in a temporary folder, gone when it is stopped. */
export interface PostgresServer {
  /** Address of a database of it, as its superuser. */
  address(database: string): string;
  stop(): void;
}

export async function startPostgresServer(): Promise<PostgresServer> {
  const bin = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), "keapsake-postgres-"));
  const owner = serverUser();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const port = await freePort();
  const data = join(folder, "data");
  const run = (file: string, args: string[]) => {
    const { status, stderr, error } = spawnSync(join(bin, file), args, {
      ...owner,
      cwd: "/",
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (status !== 0) throw new Error(`${file} failed: ${stderr || error?.message}`);
  };
  run("initdb", ["-D", data, "-U", "supabase_admin", "--auth=trust", "-E", "UTF8", "--no-sync"]);
  // no crash of the machine is tested here: commits need not reach the disk
  const options = `-p ${port} -k ${folder} -h 127.0.0.1 -F -c max_connections=60 -c deadlock_timeout=200ms`;
  run("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  return {
    address: (database) => `postgres://supabase_admin@127.0.0.1:${port}/${database}`,
    stop() {
      try {
        run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function findBinaries(): string {
  const root = "/usr/lib/postgresql";
  const version = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  if (!version)
    throw new Error("This test needs a PostgreSQL server: `npm run test:postgres` installs it on Debian.");
  return join(root, version, "bin");
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
