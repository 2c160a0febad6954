import { createServiceClient } from "@/supabase/client";
import { drainHooks } from "../hooks/drain";
import { createHookStore } from "../hooks/store";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { createKeapClient } from "../keap/client";
import { runPush } from "../outbound/push";
import { createSupabaseStore } from "../stores/supabase";
import { unlimited } from "./world";

/**
 * A worker of the sync as a process of its own, for tests that kill it: does one kind of work again and again until
 * nothing is left, then ends with code 0. Everything it needs to know is in the environment.
 */
const { WORK, ACCOUNT_ID, SUPABASE_URL, SUPABASE_SECRET_KEY, KEAP_URL, KEAP_TOKEN } = process.env as Record<
  string,
  string
>;
const service = createServiceClient({ url: SUPABASE_URL ?? "", secretKey: SUPABASE_SECRET_KEY ?? "" });
const deps = {
  accountId: ACCOUNT_ID ?? "",
  keap: createKeapClient({
    baseUrl: KEAP_URL,
    auth: { kind: "token", token: KEAP_TOKEN ?? "" },
    quota: unlimited,
    maxAttempts: 1,
  }),
  store: createSupabaseStore(service),
  hooks: createHookStore(service),
};

const works: Record<string, () => Promise<boolean>> = {
  backfill: async () => (await runBackfill(deps, { maxPages: 3 })).complete,
  push: async () => {
    const { claimed, busy } = await runPush(deps, { maxRecords: 20 });
    return claimed === 0 && !busy;
  },
  hooks: async () => (await drainHooks(deps, { maxDeliveries: 5 })).deliveries === 0,
  poll: async () => (await runPoll(deps, { force: true })).state === "done",
};

const work = works[WORK ?? ""];
if (!work) throw new Error(`There is no work called "${WORK}".`);
console.log("started");
while (!(await work())) {
  // goes on until nothing is left
}
console.log("finished");
process.exit(0);
