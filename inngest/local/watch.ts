import { z } from "zod";
import type { SupabaseClient } from "@/supabase/client";
import { getDeps } from "../deps";
import { pollRequested, pushRequested } from "../events";
import type { LocalRunner } from "./runner";

const wakeSchema = z.array(z.looseObject({ account_id: z.uuid() }));

const periodMs = 500;
const pollEveryMs = 5_000;
const copying = "keapsake-backfill-account";

interface WatchOptions {
  service: SupabaseClient;
  runner: Pick<LocalRunner, "send" | "isPending" | "isBusy">;
  log?: (line: string) => void;
}

/**
 * Wakes the push as soon as rows are dirty. Hosted Supabase does this with a database webhook; the embedded database
 * has none, so one cheap look every half second stands in for it. The functions' own schedule is the net under both.
 */
export function createWatcher({ service, runner, log = () => undefined }: WatchOptions): {
  look: () => Promise<void>;
  poll: () => Promise<void>;
} {
  const lastEvent = new Map<string, string>();
  const lastPoll = new Map<string, string>();
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

    /** A tick for the poll: each table keeps its own rhythm within it, so most ticks make no call. */
    async poll() {
      if (runner.isBusy(copying)) return;
      const { data } = await service
        .from("accounts")
        .select("id")
        .neq("connection_state", "paused")
        .limit(1_000);
      for (const account_id of (data ?? []).map(({ id }) => String(id))) {
        const previous = lastPoll.get(account_id);
        if (previous && runner.isPending(previous)) continue;
        lastPoll.set(account_id, runner.send({ name: pollRequested.name, data: { account_id } }));
      }
    },
  };
}

/** Looks and ticks until the returned function is called. */
export async function watchForWork(runner: LocalRunner): Promise<() => void> {
  const { service } = await getDeps();
  const watcher = createWatcher({ service, runner, log: (line) => console.error(line) });
  let stopped = false;
  const repeat = async (work: () => Promise<void>, everyMs: number) => {
    while (!stopped) {
      await work().catch((cause: unknown) => console.error(cause instanceof Error ? cause.message : cause));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  void repeat(watcher.look, periodMs);
  void repeat(watcher.poll, pollEveryMs);
  return () => {
    stopped = true;
  };
}
