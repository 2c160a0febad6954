import { randomBytes } from "node:crypto";
import type { AccountChange, KeapAccount } from "../account";
import type { SandboxClock } from "../clock";
import type { Faults } from "../faults";
import type { HookRecord } from "../records";
import { putRecord } from "../state";
import type { Switches } from "../switches";
import { eventsOf, firstDelayMs, type HookEvent } from "./events";

const maxObjects = 1_000;
const answerWithinMs = 30_000;
/** After the first attempt: 30–60 s, 5 minutes, 30 minutes; then the subscription goes Inactive. */
const retryDelaysMs = [45_000, 300_000, 1_800_000];

interface PendingObject extends HookEvent {
  timestamp: string;
}

export interface HookAttempt {
  at: string;
  event_key: string;
  url: string;
  attempt: number;
  objects: number;
  outcome: number | "no answer" | "lost";
}

/** Delivers hook events the way Keap does: late, in batches, four times at most, and silent when it gives up. */
export function createHookDelivery(options: {
  account: KeapAccount;
  clock: SandboxClock;
  faults: Faults;
  switches: () => Switches;
  send: typeof fetch;
}) {
  const { account, clock, faults } = options;
  const pending = new Map<string, PendingObject[]>();
  const secrets = new Map<string, string>();
  const attempts: HookAttempt[] = [];

  const hookOf = (key: string): HookRecord | undefined =>
    [...account.hooks.values()].find((one) => one.key === key);

  function setStatus(key: string, status: HookRecord["status"]): void {
    const hook = hookOf(key);
    if (hook && hook.status !== status) putRecord(account, "hooks", { ...hook, status });
  }

  async function post(url: string, body: unknown, headers: Record<string, string>): Promise<Response | null> {
    const patience = clock.scale > 0 ? Math.max(1_000, answerWithinMs / clock.scale) : answerWithinMs;
    try {
      return await options.send(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      return null;
    }
  }

  function objectKey(one: PendingObject, eventKey: string): Record<string, unknown> {
    const { hook_id_type, hook_api_url } = options.switches();
    const id = hook_id_type === "text" ? String(one.id) : one.id;
    // A delete carries an id only.
    if (eventKey.endsWith(".delete")) return { id };
    const path = objectType(eventKey) === "contactGroup" ? "tags" : `${objectType(eventKey).split(".")[0]}s`;
    return {
      id,
      ...(hook_api_url ? { apiUrl: `https://api.infusionsoft.com/crm/rest/v1/${path}/${one.id}` } : {}),
      timestamp: one.timestamp,
    };
  }

  function bodyOf(eventKey: string, batch: PendingObject[]): Record<string, unknown> {
    const body: Record<string, unknown> = {
      event_key: eventKey,
      object_type: objectType(eventKey),
      object_keys: batch.map((one) => objectKey(one, eventKey)),
    };
    if (
      options.switches().tag_hook_contacts === "json_text" &&
      batch.some((one) => one.contactId !== undefined)
    ) {
      const word = eventKey.endsWith("applied") ? "applied" : "removed";
      const tagIds = [...new Set(batch.map((one) => one.id))];
      const contactsOf = (tagId: number) =>
        batch.filter((one) => one.id === tagId).map((one) => one.contactId);
      body.data = JSON.stringify(tagIds.map((tagId) => ({ tagId, [word]: contactsOf(tagId) })));
    }
    return body;
  }

  async function deliver(
    key: string,
    eventKey: string,
    batch: PendingObject[],
    attempt: number,
  ): Promise<void> {
    const hook = hookOf(key);
    if (hook?.status !== "Verified") return;
    const note = (outcome: HookAttempt["outcome"]) => {
      attempts.push({
        at: clock.iso(),
        event_key: eventKey,
        url: hook.hookUrl,
        attempt,
        objects: batch.length,
        outcome,
      });
      if (attempts.length > 500) attempts.shift();
    };
    const fired = faults.forHook(eventKey);
    if (fired.some((one) => one.kind === "hook_lost")) return note("lost");
    const held = fired.find((one) => one.kind === "hook_late" || one.kind === "hook_reorder");
    if (held) {
      const late = held.kind === "hook_late" ? held.delay_ms : 120_000;
      clock.after(late, () => send(hook, eventKey, batch.toReversed(), attempt, note));
      return;
    }
    await send(hook, eventKey, batch, attempt, note);
    if (fired.some((one) => one.kind === "hook_double"))
      await post(hook.hookUrl, bodyOf(eventKey, batch), {});
  }

  async function send(
    hook: HookRecord,
    eventKey: string,
    batch: PendingObject[],
    attempt: number,
    note: (outcome: HookAttempt["outcome"]) => void,
  ): Promise<void> {
    const response = await post(hook.hookUrl, bodyOf(eventKey, batch), {});
    note(response?.status ?? "no answer");
    if (response?.status === 410) return setStatus(hook.key, "Inactive");
    if (response && response.status >= 200 && response.status < 400) return;
    const wait = retryDelaysMs[attempt - 1];
    if (wait === undefined) return setStatus(hook.key, "Inactive");
    clock.after(wait, () => deliver(hook.key, eventKey, batch, attempt + 1));
  }

  async function flush(key: string, eventKey: string): Promise<void> {
    const waiting = pending.get(key) ?? [];
    pending.delete(key);
    for (let at = 0; at < waiting.length; at += maxObjects)
      await deliver(key, eventKey, waiting.slice(at, at + maxObjects), 1);
  }

  function enqueue(event: HookEvent): void {
    for (const hook of account.hooks.values()) {
      if (hook.eventKey !== event.eventKey || hook.status !== "Verified") continue;
      const waiting = pending.get(hook.key);
      const object = { ...event, timestamp: clock.iso() };
      if (waiting) waiting.push(object);
      else {
        pending.set(hook.key, [object]);
        const delay = firstDelayMs(event.eventKey, faults.random(), options.switches().hook_delay);
        clock.after(delay, () => flush(hook.key, event.eventKey));
      }
    }
  }

  const onChange = (change: AccountChange): void => {
    if (account.hooks.size === 0) return;
    for (const event of eventsOf(account, change)) enqueue(event);
  };
  account.listeners.add(onChange);

  return {
    /** The handshake: the hook's address must answer 200 and give the secret back in the same header. */
    async verify(key: string): Promise<HookRecord | undefined> {
      const hook = hookOf(key);
      if (!hook) return undefined;
      const secret = randomBytes(16).toString("hex");
      secrets.set(key, secret);
      const response = await post(hook.hookUrl, undefined, { "x-hook-secret": secret });
      if (response?.status === 200 && response.headers.get("x-hook-secret") === secret)
        setStatus(key, "Verified");
      else if (hook.status === "Inactive") setStatus(key, "Unverified");
      return hookOf(key);
    },
    /** The later way: the secret of the handshake, sent back by the client when it likes. */
    verifyLater(key: string, secret: string): HookRecord | undefined {
      if (secret !== "" && secrets.get(key) === secret) setStatus(key, "Verified");
      return hookOf(key);
    },
    /** An event that no change of a record stands for (contact.redact). */
    emit: enqueue,
    /** The newest attempts, oldest first. */
    attempts: (): readonly HookAttempt[] => attempts,
    waiting: (): number => [...pending.values()].reduce((sum, one) => sum + one.length, 0),
    stop: (): void => {
      account.listeners.delete(onChange);
    },
  };
}

/** `invoice.payment.add` → `invoice.payment`. */
function objectType(eventKey: string): string {
  return eventKey.slice(0, eventKey.lastIndexOf("."));
}

export type HookDelivery = ReturnType<typeof createHookDelivery>;
