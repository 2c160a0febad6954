import { createSupabaseStore } from "@/sync/stores/supabase";
import { getDeps } from "../deps";

/** What `onFailure` is called with, as far as it is used: the run's own event is inside the failure's. */
interface Failure {
  error: Error;
  event: { data: { event: { data?: unknown } } };
}

/**
 * The last word of a run that failed for good: the account's connection says so, with the cure, and nothing else is
 * lost, because everything durable is in the database and the next tick finds it there.
 */
export function recordFailure(doing: string) {
  return async ({ error, event }: Failure): Promise<void> => {
    const accountId = (event.data.event.data as { account_id?: unknown } | undefined)?.account_id;
    if (typeof accountId !== "string") return;
    const { service } = await getDeps();
    await createSupabaseStore(service).setConnection(accountId, {
      state: "attention",
      error_kind: "job",
      message: `The job that ${doing} failed again and again: ${error.message.slice(0, 300)}`,
      cure: "It is tried again by itself within minutes. If this stays, look at the log of the web app.",
    });
  };
}
