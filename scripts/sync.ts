import { z } from "zod";
import { createServiceClient } from "@/supabase/client";
import { createHookStore } from "@/sync/hooks/store";
import { createKeapConnector } from "@/sync/keap/connect";
import { keapSettingsSchema } from "@/sync/keap/settings";
import { createRpc, Refusal } from "@/sync/operations/deps";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { readDevFile } from "./start/dev-file";
import { commandNames, parseCommand, runCommand, UsageError, usage } from "./sync/commands";

/** `npm run sync -- COMMAND [--json]`, against the running `npm start` or the parts named in the environment. */

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
  return { service, connector, account: wanted ?? dev?.account_id };
}

async function main(): Promise<void> {
  const { command, rest, values } = parseCommand(process.argv.slice(2));
  if (values.help || command === "help") return console.log(usage);
  if (!command) throw new UsageError(usage);
  if (!commandNames.includes(command)) throw new UsageError(`There is no command "${command}".\n${usage}`);
  const { service, connector, account } = connect(values.account);
  try {
    const accountId = account ?? (await onlyAccount(service));
    const report = await runCommand(
      command,
      {
        accountId,
        keap: connector.clientFor(accountId),
        store: createSupabaseStore(service),
        hooks: createHookStore(service),
        rpc: createRpc(service),
        actor: "cli",
      },
      rest,
      values,
    );
    console.log(values.json ? JSON.stringify(report.value, null, 2) : report.text);
    if (report.ok === false) process.exitCode = 1;
  } finally {
    await connector.close();
  }
}

async function onlyAccount(service: ReturnType<typeof createServiceClient>): Promise<string> {
  const { data, error } = await service.from("accounts").select("id, name").order("created_at").limit(2);
  if (error) throw new Error(`The accounts could not be read: ${error.message}`);
  if (data.length === 0)
    throw new UsageError("There is no account yet. Start Keapsake once with `npm start`.");
  if (data.length > 1) throw new UsageError("There are several accounts: name one with --account ID.");
  return String(data[0]?.id);
}

main().catch((error: unknown) => {
  if (error instanceof z.ZodError) console.error(error.issues.map((issue) => issue.message).join("\n"));
  else if (error instanceof Refusal || error instanceof UsageError) console.error(error.message);
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
