import { parentPort, workerData } from "node:worker_threads";
import { openEngine } from "./engine";
import type { SupabaseKeys } from "./keys";
import { migrate } from "./migrate";
import { keepVacuumed } from "./vacuum";

export interface EngineThreadData {
  keys: SupabaseKeys;
  dataFolder: string;
  /** Whether to apply pending migrations: at the start of the process, not when a stuck thread is replaced. */
  migrations: boolean;
}

/** What travels between the HTTP side and the engine's thread. */
export interface EngineRequest {
  id: number;
  url: string;
  method: string;
  headers: [string, string][];
  body: ArrayBuffer | null;
}
export type ToWorker = EngineRequest | { ping: number } | { close: true };
export type FromWorker =
  | { ready: true; applied: string[] }
  | { failed: string }
  | { pong: number }
  | { closed: true }
  | { id: number; status: number; headers: [string, string][]; body: ArrayBuffer };

const port = parentPort;
if (!port) throw new Error("engine-worker.ts runs in a worker thread; start supabase/local/server.ts.");
const say = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

async function main(): Promise<void> {
  const { keys, dataFolder, migrations } = workerData as EngineThreadData;
  const engine = await openEngine({ keys, dataFolder });
  const applied = migrations ? await migrate(engine) : [];
  const stopVacuum = keepVacuumed(engine);

  port?.on("message", async (message: ToWorker) => {
    if ("ping" in message) return say({ pong: message.ping });
    if ("close" in message) {
      stopVacuum();
      await engine.close();
      return say({ closed: true });
    }
    const { id, url, method, headers, body } = message;
    try {
      const response = await engine.fetch(url, { method, headers, ...(body ? { body } : {}) });
      const answer = await response.arrayBuffer();
      say({ id, status: response.status, headers: [...response.headers], body: answer }, [answer]);
    } catch (error) {
      const text = new TextEncoder().encode(
        JSON.stringify({ code: "XX000", message: error instanceof Error ? error.message : String(error) }),
      );
      say({ id, status: 500, headers: [["content-type", "application/json"]], body: text.buffer });
    }
  });
  say({ ready: true, applied });
}

main().catch((error: unknown) => {
  say({ failed: error instanceof Error ? error.message : String(error) });
});
