import type { LogEntry } from "@/sandbox/http/log";
import { createSandbox, type Sandbox, type SandboxOptions } from "@/sandbox/sandbox";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import type { SyncDeps } from "../context";
import { createKeapClient, type KeapClient } from "../keap/client";
import type { QuotaGate } from "../keap/quota";
import { createSupabaseStore } from "../stores/supabase";
import { type CompareOptions, type Comparison, compareAccounts } from "./compare";

/** A Keap account, a database with one account in it, and the sync between them. */
export interface SyncWorld {
  sandbox: Sandbox;
  database: TestDatabase;
  accountId: string;
  deps: SyncDeps;
  keap: KeapClient;
  compare(options?: Pick<CompareOptions, "subscriptionUnit">): Promise<Comparison>;
  /** Requests the sandbox has answered since the last `forgetCalls`. */
  calls(): LogEntry[];
  writes(): LogEntry[];
  forgetCalls(): void;
  sql: TestDatabase["sql"];
}

/** Tests of the sync are not tests of the limiter. */
export const unlimited: QuotaGate = {
  acquire: async () => ({ settle: () => undefined }),
  observe: () => undefined,
  forecast: (_lane, calls) => ({
    calls,
    calls_per_minute: Infinity,
    finishes_at: "",
    pauses_at: null,
    resumes_at: null,
  }),
  snapshot: () => {
    throw new Error("The test's quota gate keeps no counts.");
  },
};

export const keapUrl = "https://api.infusionsoft.com";

export async function startWorld(database: TestDatabase, options: SandboxOptions = {}): Promise<SyncWorld> {
  const sandbox = createSandbox({
    contacts: 60,
    seed: 7,
    now: "2026-11-01T12:00:00Z",
    limits: "off",
    ...options,
  });
  const { account_id } = await database.createAccount({ name: "Sync world" });
  let from = 0;
  const keap = createKeapClient({
    baseUrl: keapUrl,
    auth: { kind: "token", token: sandbox.token },
    quota: unlimited,
    fetch: (input, init) => sandbox.fetch(new Request(input, init)),
    maxAttempts: 1,
  });
  const store = createSupabaseStore(database.service);
  return {
    sandbox,
    database,
    accountId: account_id,
    keap,
    deps: { accountId: account_id, keap, store },
    compare: (compareOptions) =>
      compareAccounts({
        ...compareOptions,
        keapUrl,
        keapToken: sandbox.token,
        fetch: (request) => sandbox.fetch(request),
        service: database.service,
        accountId: account_id,
      }),
    calls: () => sandbox.log.entries.filter((one) => one.n > from),
    writes: () => sandbox.log.writes().filter((one) => one.n > from),
    forgetCalls() {
      from = sandbox.log.summary().calls;
    },
    sql: database.sql,
  };
}

export { startTestDatabase };
