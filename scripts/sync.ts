import { parseArgs } from "node:util";
import { z } from "zod";
import { createServiceClient } from "@/supabase/client";
import type { SyncDeps } from "@/sync/context";
import { backfillOrder, isBackfillComplete, runBackfill } from "@/sync/inbound/backfill";
import { runPoll } from "@/sync/inbound/poll";
import { createKeapConnector } from "@/sync/keap/connect";
import { keapSettingsSchema } from "@/sync/keap/settings";
import { runPush } from "@/sync/outbound/push";
import type { SyncState } from "@/sync/store";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { readDevFile } from "./start/dev-file";

/** `npm run sync -- status|backfill|poll|push [--json]`, against the running `npm start` or the parts named in the environment. */

const usage = `Usage: npm run sync -- COMMAND [--json] [--account ID]
  status               how far the copy and the polls have come, what waits, what is stuck
  backfill [--restart] copy the Keap account in, going on where it stopped
  poll                 read what changed in Keap, now
  push                 carry edits to Keap, now
  replay               try the dead letters again`;

class UsageError extends Error {}

const databaseSchema = z.object({
  SUPABASE_URL: z.url("SUPABASE_URL must be the address of your Supabase."),
  SUPABASE_SECRET_KEY: z.string().min(1),
});

/** The parts named in the environment, or those of the running `npm start`. Shares the rate limit with its jobs. */
function connect(wanted?: string) {
  const fromEnvironment = Boolean(process.env.SUPABASE_URL && process.env.SUPABASE_SECRET_KEY);
  const dev = fromEnvironment ? null : readDevFile();
  const env = dev
    ? {
        SUPABASE_URL: dev.supabase_url,
        SUPABASE_SECRET_KEY: dev.secret_key,
        KEAP_BASE_URL: dev.keap_url,
        KEAP_TOKEN: dev.keap_token,
        KEAPSAKE_KEAP_PACE: dev.keap_pace,
      }
    : process.env;
  const database = databaseSchema.parse(env);
  const service = createServiceClient({
    url: database.SUPABASE_URL,
    secretKey: database.SUPABASE_SECRET_KEY,
  });
  const connector = createKeapConnector({ service, settings: keapSettingsSchema.parse(env) });
  return { service, connector, store: createSupabaseStore(service), account: wanted ?? dev?.account_id };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      restart: { type: "boolean", default: false },
      account: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help) return console.log(usage);
  if (!command || rest.length > 0) throw new UsageError(usage);
  const { service, connector, store, account } = connect(values.account);
  const accountId = account ?? (await onlyAccount(service));
  const keap = connector.clientFor(accountId);
  const deps = { accountId, keap, store };
  try {
    await carryOut(command, deps, values);
  } finally {
    await connector.close();
  }
}

interface Options {
  json: boolean;
  restart: boolean;
}

async function carryOut(command: string, deps: SyncDeps, values: Options): Promise<void> {
  const { accountId, keap, store } = deps;
  const print = (value: object, text: string) =>
    console.log(values.json ? JSON.stringify(value, null, 2) : text);
  switch (command) {
    case "status": {
      const status = statusOf(await store.readState(accountId));
      return print(status, describeStatus(status));
    }
    case "backfill": {
      const result = await runBackfill(
        { ...deps, keap: keap.inLane("backfill") },
        { restart: values.restart },
      );
      if (result.state === "error" || result.state === "paused") process.exitCode = 1;
      return print(
        result,
        result.complete
          ? `Copied ${result.records} records in ${result.pages} pages. The copy is complete.`
          : troubleText(result),
      );
    }
    case "poll": {
      const result = await runPoll({ ...deps, keap: keap.inLane("reconcile") }, { force: true });
      if (result.state !== "done") process.exitCode = 1;
      const changed = Object.entries(result.changed).map(
        ([entity, n]) => `${n} ${entity.replaceAll("_", " ")}`,
      );
      return print(
        result,
        result.state === "done"
          ? `Read ${result.read} records; changed here: ${changed.join(", ") || "nothing"}.`
          : troubleText(result),
      );
    }
    case "push": {
      const result = await runPush({ ...deps, keap: keap.inLane("interactive") });
      if (result.state !== "done") process.exitCode = 1;
      return print(
        result,
        result.busy
          ? "Another run is sending this account's edits to Keap just now. Nothing more was done here."
          : result.state === "done"
            ? `Sent to Keap: ${result.updated} changed, ${result.created} made, ${result.tags_applied} tags put on, ${result.tags_removed} taken off. Already agreed: ${result.agreed}. Held: ${result.held}. Failed: ${result.failed}.`
            : troubleText(result),
      );
    }
    case "replay": {
      const replayed = await store.replay(accountId);
      return print({ replayed }, `${replayed} dead letters wait to be sent again.`);
    }
    default:
      throw new UsageError(`There is no command "${command}".\n${usage}`);
  }
}

function troubleText({ error, cure }: { error?: string; cure?: string }): string {
  return [error, cure].filter(Boolean).join("\n");
}

async function onlyAccount(service: ReturnType<typeof createServiceClient>): Promise<string> {
  const { data, error } = await service.from("accounts").select("id, name").order("created_at").limit(2);
  if (error) throw new Error(`The accounts could not be read: ${error.message}`);
  if (data.length === 0)
    throw new UsageError("There is no account yet. Start Keapsake once with `npm start`.");
  if (data.length > 1) throw new UsageError("There are several accounts: name one with --account ID.");
  return String(data[0]?.id);
}

function statusOf(state: SyncState) {
  const of = (stream: string) => state.cursors.filter((one) => one.stream === stream);
  const tables = backfillOrder.map((entity) => {
    const cursor = of("backfill").find((one) => one.entity === entity);
    return {
      entity,
      state: cursor?.state ?? "waiting",
      done: cursor?.done_count ?? 0,
      estimated_total: cursor?.estimated_total ?? null,
      started_at: cursor?.started_at ?? null,
      finished_at: cursor?.finished_at ?? null,
      error: cursor?.error ?? null,
      cure: cursor?.cure ?? null,
    };
  });
  return {
    account_id: state.account.account_id,
    connection: state.connection,
    backfill: {
      complete: isBackfillComplete(state),
      records: tables.reduce((sum, one) => sum + one.done, 0),
      tables,
    },
    polls: of("poll").map(({ entity, state: how, watermark, due_at, error, cure }) => ({
      entity,
      state: how,
      watermark,
      due_at,
      error,
      cure,
    })),
    dirty: state.dirty,
    rejected: state.rejected,
    dead_letters: state.dead_letters,
    conflicts_held: state.conflicts_held,
    runs: state.runs,
  };
}

function describeStatus(status: ReturnType<typeof statusOf>): string {
  const lines = [
    `Connection: ${status.connection?.state ?? "not used yet"}${status.connection?.message ? ` (${status.connection.message} ${status.connection.cure ?? ""})` : ""}`,
    `Copy: ${status.backfill.complete ? "complete" : "not complete"}, ${status.backfill.records} records`,
    ...status.backfill.tables.map(
      (one) =>
        `  ${one.entity.padEnd(26)} ${one.state.padEnd(8)} ${one.done}${one.estimated_total && one.state !== "done" ? ` of about ${one.estimated_total}` : ""}${one.error ? `  ${one.error} ${one.cure ?? ""}` : ""}`,
    ),
    `Waiting for Keap: ${
      Object.entries(status.dirty)
        .map(([entity, counts]) => `${entity} ${counts.waiting}`)
        .join(", ") || "nothing"
    }`,
    `Set aside: ${status.rejected} · dead letters: ${status.dead_letters} · conflicts held: ${status.conflicts_held}`,
  ];
  return lines.join("\n");
}

main().catch((error: unknown) => {
  if (error instanceof z.ZodError) console.error(error.issues.map((issue) => issue.message).join("\n"));
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
