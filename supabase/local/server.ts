import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { loadKeys, type SupabaseKeys } from "./keys";
import { lockFolder } from "./lock";
import { type LocalSupabaseSettings, localSupabaseSettingsSchema } from "./settings";
import { startSupervisedEngine } from "./supervised-engine";

export interface LocalSupabase extends SupabaseKeys {
  url: string;
  /** Versions of the migrations applied at this start. */
  applied: string[];
  stop(): Promise<void>;
}

/** The embedded Supabase on 127.0.0.1: data and keys in `<data folder>/supabase`, migrations applied on start. */
export async function startLocalSupabase(settings: LocalSupabaseSettings): Promise<LocalSupabase> {
  const folder = resolve(settings.KEAPSAKE_DATA_DIR, "supabase");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(join(folder, "lock"));
  try {
    const keys = loadKeys(join(folder, "keys.json"));
    const engine = await startSupervisedEngine({
      keys,
      dataFolder: join(folder, "data"),
      limitMs: settings.KEAPSAKE_DATABASE_LIMIT_MS,
    });
    const server = createServer(
      getRequestListener((request) =>
        new URL(request.url).pathname === "/health" ? Response.json({ ok: true }) : engine.fetch(request),
      ),
    );
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(settings.KEAPSAKE_SUPABASE_PORT, "127.0.0.1", done);
    });
    return {
      ...keys,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      applied: engine.applied,
      async stop() {
        server.close();
        server.closeIdleConnections();
        await engine.close();
        server.closeAllConnections();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function main(): Promise<void> {
  const settings = localSupabaseSettingsSchema.safeParse(process.env);
  if (!settings.success) {
    const [issue] = settings.error.issues;
    throw new Error(`The setting ${issue?.path.join(".")} is not usable: ${issue?.message}. Correct it.`);
  }
  const supabase = await startLocalSupabase(settings.data);
  const { url, publishable_key, secret_key, applied } = supabase;
  // The starter reads this line; it is the only thing this process prints to stdout.
  console.log(
    JSON.stringify({ ready: true, url, publishable_key, secret_key, migrations_applied: applied.length }),
  );
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    supabase.stop().then(
      () => process.exit(process.exitCode ?? 0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: NodeJS.ErrnoException) => {
    console.error(
      error.code === "EADDRINUSE"
        ? `The port of the database is taken (${error.message}). Set KEAPSAKE_SUPABASE_PORT to a free one.`
        : error.message,
    );
    process.exit(1);
  });
}
