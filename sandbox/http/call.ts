import type { KeapAccount } from "../account";
import type { SandboxClock } from "../clock";
import type { HookDelivery } from "../hooks/delivery";
import type { Switches } from "../switches";
import { badRequest } from "./errors";

/** Who a call acts as. `userId` is absent for a service account key. */
export interface Actor {
  kind: "pat" | "sak" | "oauth" | "user";
  userId?: string;
}

/** One call on its way through a resource. */
export interface Call {
  account: KeapAccount;
  clock: SandboxClock;
  switches: Switches;
  hooks: HookDelivery;
  actor: Actor;
  method: string;
  url: URL;
  params: Record<string, string>;
  headers: Headers;
  body: unknown;
  /** The time of this call, ISO 8601 UTC. */
  now: string;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

export const ok = (body?: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const accepted = (body?: unknown): Answer => ({ status: 202, body });
export const noContent = (): Answer => ({ status: 204 });

/** The id of a path parameter as a number; anything but digits is a 400, as Keap parses it before looking. */
export function pathId(call: Call, name: string): number {
  const text = call.params[name] ?? "";
  if (!/^\d{1,18}$/.test(text)) throw badRequest(`${name} must be numeric, was "${text}"`, name);
  return Number(text);
}

/** What `created_by` and `last_updated_by` become. */
export function writerOf(call: Call): string | undefined {
  if (call.actor.userId !== undefined) return call.actor.userId;
  return call.switches.sak_writer === "admin" ? "1" : undefined;
}
