import type { SandboxOptions } from "@/sandbox/sandbox";
import type { TestDatabase } from "@/supabase/testing/database";
import type { SyncDeps } from "../../context";
import { type PollResult, runPoll } from "../../inbound/poll";
import { type SyncWorld, startWorld } from "../../testing/world";
import { type DrainResult, drainHooks } from "../drain";
import { hashSecret, receiveHook } from "../receive";
import { createHookStore, type HookStore } from "../store";
import { type WatchResult, watchHooks } from "../watch";

/** A Keap account whose hooks really arrive: the sandbox delivers to the receiver, over the receiver's own Request. */
export interface HookWorld extends SyncWorld {
  hooks: HookStore;
  deps: SyncDeps & { hooks: HookStore };
  /** Nobody answers Keap. */
  down: boolean;
  /** The time of the watch, which is not the sandbox's. */
  now(): number;
  advance(ms: number): void;
  post(body: unknown, secret?: string): Promise<Response>;
  secret(): string;
  bodies(): unknown[];
  handshakes(): number;
  statuses(): Record<string, string>;
  deliveries(): Promise<{ state: string; repeats: number; reason: string | null }[]>;
  watch(): Promise<WatchResult>;
  drain(): Promise<DrainResult>;
  /** A poll as the job makes it: what is due, and the gaps, which it closes. */
  poll(): Promise<PollResult>;
  /** Everything that waits: drains, then polls, until nothing is left. */
  settle(): Promise<void>;
}

const appUrl = "https://us.test";

export async function startHookWorld(
  database: TestDatabase,
  options: SandboxOptions = {},
): Promise<HookWorld> {
  const hooks = createHookStore(database.service);
  const bodies: unknown[] = [];
  let handshakes = 0;
  let later = 0;
  const deliver = async (request: Request): Promise<Response> => {
    const secret = new URL(request.url).pathname.split("/").at(-1) ?? "";
    return (await receiveHook(request, secret, hooks)).response;
  };
  const send: typeof fetch = async (input, init) => {
    if (new Headers(init?.headers).has("x-hook-secret")) handshakes += 1;
    if (world.down) throw new TypeError("fetch failed");
    const url = String(input);
    if (!url.startsWith(appUrl)) return new Response(null, { status: 200, headers: echo(init) });
    if (init?.body) bodies.push(JSON.parse(String(init.body)));
    return deliver(new Request(url, init));
  };
  const base = await startWorld(database, { scale: 0, send, ...options });
  const deps = { ...base.deps, hooks };
  const now = () => Date.now() + later;
  const world: HookWorld = {
    ...base,
    hooks,
    deps,
    down: false,
    now,
    advance(ms) {
      later += ms;
    },
    post: (body, secret = world.secret()) =>
      deliver(
        new Request(`${appUrl}/api/hooks/${secret}`, {
          method: "POST",
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
    secret() {
      const ours = [...base.sandbox.account.hooks.values()].filter((one) => one.hookUrl.startsWith(appUrl));
      return ours[0]?.hookUrl.split("/").at(-1) ?? "";
    },
    bodies: () => bodies,
    handshakes: () => handshakes,
    statuses: () =>
      Object.fromEntries(
        [...base.sandbox.account.hooks.values()]
          .filter((one) => one.hookUrl.startsWith(appUrl))
          .map((one) => [one.eventKey, one.status]),
      ),
    deliveries: () =>
      base.sql(
        "select state, repeats, reason from sync.hook_deliveries where account_id = $1 and received_at > $2 order by delivery_id",
        [base.accountId, settled],
      ),
    watch: () =>
      watchHooks({ accountId: base.accountId, keap: base.keap, hooks, appUrl, now: () => new Date(now()) }),
    drain: () => drainHooks(deps),
    async poll() {
      const { gaps } = await hooks.read(base.accountId);
      const result = await runPoll(deps, { also: Object.keys(gaps) });
      if (result.state === "done") await hooks.closeGaps(base.accountId, gaps);
      return result;
    },
    async settle() {
      for (let round = 0; round < 10; round += 1) {
        const { deliveries } = await world.drain();
        const { gaps } = await hooks.read(base.accountId);
        if (Object.keys(gaps).length > 0) await world.poll();
        else if (deliveries === 0) break;
      }
      const [clock] = await base.sql<{ now: string }>("select clock_timestamp() as now");
      settled = clock?.now ?? settled;
    },
  };
  let settled = "2000-01-01T00:00:00Z";
  return world;
}

function echo(init: RequestInit | undefined): Record<string, string> {
  const secret = new Headers(init?.headers).get("x-hook-secret");
  return secret ? { "x-hook-secret": secret } : {};
}

export { hashSecret };
