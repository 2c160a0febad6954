import { randomBytes } from "node:crypto";
import type { KeapClient } from "../keap/client";
import { isKeapError } from "../keap/errors";
import { troubleOf } from "../trouble";
import { hookEvents, wantedEvents } from "./events";
import { hashSecret } from "./receive";
import type { HookState, HookStore, HookSubscription } from "./store";

export interface WatchDeps {
  accountId: string;
  keap: Pick<KeapClient, "hooks">;
  hooks: HookStore;
  /** Address of the app as Keap can reach it; null where it cannot, such as this machine's own for a real Keap. */
  appUrl: string | null;
  now?: () => Date;
  newSecret?: () => string;
}

export interface WatchResult {
  state: "watching" | "unreachable" | "error";
  verified: number;
  /** Subscriptions made, moved to this address, or brought back from silence now. */
  created: number;
  moved: number;
  revived: number;
  /** Tables read from their watermarks because their hooks were silent. */
  gaps: string[];
  error?: string;
  cure?: string;
}

/** A subscription that went silent is back within five minutes: the tick comes every four. */
const checkEverySeconds = 4 * 60;
const eventKeysAgeMs = 24 * 3600 * 1000;

type KeapHook = Awaited<ReturnType<KeapClient["hooks"]["list"]>>["items"][number];

/**
 * Makes Keap's list of subscriptions what it should be: one verified hook per event, at our address. The same for the
 * first connection and for every look after it, since Keap says nothing when a subscription goes silent. When all is
 * well it costs one call. What was silent leaves a gap: its tables are read from their watermarks, which lie before it.
 */
export async function watchHooks(deps: WatchDeps): Promise<WatchResult> {
  const now = deps.now ?? (() => new Date());
  const known = await deps.hooks.read(deps.accountId);
  const result: WatchResult = { state: "watching", verified: 0, created: 0, moved: 0, revived: 0, gaps: [] };
  const failures = known.watch?.failures ?? 0;
  const nextCheck = (failed: number) =>
    new Date(
      now().getTime() + 1000 * Math.min(3600, checkEverySeconds * 2 ** Math.min(failed, 6)) - 5_000,
    ).toISOString();
  if (deps.appUrl === null) {
    const error =
      "Keap cannot reach this installation, so its hooks are not used; changes arrive by polling.";
    const cure = "Set KEAPSAKE_URL to the public https address of this app.";
    await deps.hooks.note(deps.accountId, null, {
      checked_at: now().toISOString(),
      next_check_at: new Date(now().getTime() + 3_600_000).toISOString(),
      failures: 0,
      error,
      cure,
    });
    return { ...result, state: "unreachable", error, cure };
  }
  try {
    const outcome = await reconcile(deps, known, result, now());
    const failed = outcome.error ? failures + 1 : 0;
    await deps.hooks.note(deps.accountId, outcome.subscriptions, {
      address: new URL("/api/hooks/", deps.appUrl).href,
      event_keys: outcome.eventKeys,
      event_keys_read_at: outcome.eventKeys ? now().toISOString() : null,
      checked_at: now().toISOString(),
      next_check_at: nextCheck(failed),
      failures: failed,
      error: outcome.error ?? null,
      cure: outcome.cure ?? null,
    });
    result.verified = outcome.subscriptions.filter((one) => one.state === "verified").length;
    if (outcome.error) Object.assign(result, { state: "error", error: outcome.error, cure: outcome.cure });
    return result;
  } catch (cause) {
    const { outcome } = troubleOf(cause, now());
    await deps.hooks.note(deps.accountId, null, {
      next_check_at: nextCheck(isKeapError(cause) && cause.kind === "throttled" ? 0 : failures + 1),
      failures: failures + 1,
      error: outcome.error ?? "unknown",
      cure: outcome.cure ?? null,
    });
    return { ...result, state: "error", error: outcome.error, cure: outcome.cure };
  }
}

interface Reconciled {
  subscriptions: HookSubscription[];
  eventKeys: string[] | null;
  error?: string;
  cure?: string;
}

async function reconcile(
  deps: WatchDeps & { appUrl: string | null },
  known: Awaited<ReturnType<HookStore["read"]>>,
  result: WatchResult,
  now: Date,
): Promise<Reconciled> {
  const { keap, hooks, accountId } = deps;
  const listed = (await keap.hooks.list()).items;
  const all = new Set([...known.secret_hashes, ...known.retired_hashes]);
  const ours = listed.filter((hook) => all.has(hashOf(hook)));
  const secret = await currentSecret(
    deps,
    ours.filter((hook) => known.secret_hashes.includes(hashOf(hook))),
  );
  const url = new URL(`/api/hooks/${secret}`, deps.appUrl ?? undefined).href;
  const held = new Map<string, KeapHook>();
  for (const hook of ours) {
    const event = String(hook.eventKey);
    const other = held.get(event);
    // two of one event would bring everything twice; another's hooks are not ours to touch
    if (!hookEvents[event] || other) await keap.hooks.delete(String(hook.key));
    else held.set(event, hook);
  }
  let eventKeys: string[] | null = null;
  let offered = known.watch?.event_keys ?? null;
  const age = now.getTime() - Date.parse(known.watch?.event_keys_read_at ?? "");
  if (!offered || !(age < eventKeysAgeMs)) {
    eventKeys = await keap.hooks.eventKeys();
    offered = eventKeys;
  }
  const wanted = wantedEvents.filter((event) => offered.includes(event));
  const silent = new Set<string>();
  const subscriptions: HookSubscription[] = [];
  let refused: string | null = null;
  for (const event of wanted) {
    const hook = held.get(event);
    let state = stateOf(hook);
    let key = hook ? String(hook.key) : null;
    if (state !== "verified" || hook?.hookUrl !== url) {
      // one refusal speaks for all of them: they share the address
      if (refused === null) {
        const answer = !hook
          ? await keap.hooks.create({ eventKey: event, hookUrl: url })
          : hook.hookUrl === url
            ? await keap.hooks.verify(String(hook.key))
            : await keap.hooks.update(String(hook.key), { eventKey: event, hookUrl: url });
        key = String(answer.key);
        const before = state;
        state = stateOf(answer);
        if (state !== "verified") refused = event;
        else if (!hook) result.created += 1;
        else if (hook.hookUrl !== url) result.moved += 1;
        else if (before !== "verified") result.revived += 1;
      } else if (!hook) continue;
      // silent until now, or never asked for: whatever it would have told lies behind the watermark
      if (state === "verified") silent.add(event);
    }
    subscriptions.push({ event_key: event, hook_key: key, state });
  }
  const gaps = [...new Set([...silent].flatMap((event) => hookEvents[event]?.tables ?? []))];
  if (gaps.length > 0) {
    await hooks.noteGaps(accountId, gaps, "Its hooks were silent.");
    result.gaps = gaps;
  }
  if (refused === null) {
    // nothing of ours points at an older address any more
    await hooks.retireEndpoints(accountId, [hashSecret(secret)]);
    return { subscriptions, eventKeys };
  }
  return {
    subscriptions,
    eventKeys,
    error: `Keap could not verify the hook for ${refused}: it got no proper answer from ${deps.appUrl}.`,
    cure: "Check that KEAPSAKE_URL is the public address of this app and that Keap can reach it. Until then changes arrive by polling.",
  };
}

/** The secret of the hooks Keap already has, or a new one: its hash is stored before Keap is told. */
async function currentSecret(deps: WatchDeps, ours: readonly KeapHook[]): Promise<string> {
  const counts = new Map<string, number>();
  for (const hook of ours) {
    const secret = secretOf(hook.hookUrl);
    if (secret) counts.set(secret, (counts.get(secret) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most) return most[0];
  const secret = (deps.newSecret ?? (() => randomBytes(32).toString("base64url")))();
  await deps.hooks.addEndpoint(deps.accountId, hashSecret(secret));
  return secret;
}

function secretOf(url: string | null | undefined): string | null {
  return /\/api\/hooks\/([\w-]{16,})\/?$/.exec(url ?? "")?.[1] ?? null;
}

function hashOf(hook: KeapHook): string {
  return hashSecret(secretOf(hook.hookUrl) ?? "");
}

function stateOf(hook: KeapHook | undefined): HookState {
  const status = String(hook?.status ?? "").toLowerCase();
  return status === "verified" ? "verified" : status === "inactive" ? "inactive" : "unverified";
}

/** Takes all our hooks out of Keap: for an account that is disconnected. Its addresses answer 410 from then on. */
export async function removeHooks(deps: Omit<WatchDeps, "appUrl">): Promise<number> {
  const known = await deps.hooks.read(deps.accountId);
  const listed = (await deps.keap.hooks.list()).items;
  let removed = 0;
  for (const hook of listed) {
    if (![...known.secret_hashes, ...known.retired_hashes].includes(hashOf(hook))) continue;
    await deps.keap.hooks.delete(String(hook.key));
    removed += 1;
  }
  await deps.hooks.retireEndpoints(deps.accountId);
  return removed;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Where Keap can reach the app: its public https address, or any address when Keap itself runs on this machine. */
export function reachableUrl(appUrl: string | undefined, keapUrl: string): string | null {
  if (!appUrl) return null;
  const app = new URL(appUrl);
  if (loopback.test(new URL(keapUrl).hostname)) return appUrl;
  return app.protocol === "https:" && !loopback.test(app.hostname) ? appUrl : null;
}
