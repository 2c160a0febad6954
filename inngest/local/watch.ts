import { z } from "zod";
import type { SupabaseClient } from "@/supabase/client";
import { getDeps } from "../deps";
import { pushRequested } from "../events";
import type { LocalRunner } from "./runner";

const wakeSchema = z.array(z.looseObject({ account_id: z.uuid() }));

const periodMs = 500;

interface WatchOptions {
  service: SupabaseClient;
  runner: Pick<LocalRunner, "send" | "isPending">;
  log?: (line: string) => void;
}

/**
 * Wakes the push as soon as rows are dirty. Hosted Supabase does this with a database webhook; the embedded database
 * has none, so one cheap look every half second stands in for it. The functions' own schedule is the net under both.
 */
export function createWatcher({ service, runner, log = () => undefined }: WatchOptions): {
  look: () => Promise<void>;
} {
  const lastEvent = new Map<string, string>();
  let silenced = false;
  return {
    async look() {
      const { data, error } = await service.rpc("sync_wake");
      if (error) {
        if (!silenced) log(`Cannot see whether rows wait for Keap: ${error.message}. Trying on.`);
        silenced = true;
        return;
      }
      silenced = false;
      for (const { account_id } of wakeSchema.parse(data)) {
        const previous = lastEvent.get(account_id);
        if (previous && runner.isPending(previous)) continue;
        lastEvent.set(account_id, runner.send({ name: pushRequested.name, data: { account_id } }));
      }
    },
  };
}

/** Looks until the returned function is called. */
export async function watchForWork(runner: LocalRunner): Promise<() => void> {
  const { service } = await getDeps();
  const watcher = createWatcher({ service, runner, log: (line) => console.error(line) });
  let stopped = false;
  const loop = async () => {
    while (!stopped) {
      await watcher
        .look()
        .catch((cause: unknown) => console.error(cause instanceof Error ? cause.message : cause));
      await new Promise((resolve) => setTimeout(resolve, periodMs));
    }
  };
  void loop();
  return () => {
    stopped = true;
  };
}
