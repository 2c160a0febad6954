import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { SupabaseClient } from "@/supabase/client";
import type { Rpc } from "../operations/deps";
import { StoreError } from "../stores/supabase";
import { readLimited } from "./receive";

/**
 * On hosted Supabase an edit calls the app through pg_net, so that it reaches Keap in seconds instead of waiting for the
 * tick. The call carries an account's id and a secret, and is believed no further than "look at this account".
 */
export interface WakeSetup {
  /** Whether the database can call at all. */
  available: boolean;
  url: string | null;
  cure: string | null;
}

/** Tells the database whom to call: `null` for nobody. The secret is made here and kept nowhere else. */
export async function setUpWake(
  rpc: Rpc,
  appUrl: string | null,
  newSecret = () => randomBytes(32).toString("base64url"),
): Promise<WakeSetup> {
  const url = appUrl === null ? null : new URL("/api/wake", appUrl).href;
  return rpc("sync_set_wake", { p_url: url, p_secret: url === null ? null : newSecret() });
}

const bodySchema = z.object({ account_id: z.uuid() });
const checkSchema = z.object({ known: z.boolean(), waiting: z.boolean(), busy: z.boolean() });

export interface WakeAnswer {
  response: Response;
  /** The account to ask a push for; null when nothing waits or a run is already carrying it. */
  push: string | null;
  /** Look once more in a moment: a run is at work and may end before it sees this mark. */
  again: string | null;
}

/** The database calls. Answers at once; who may ask is decided by the secret alone. */
export async function receiveWake(request: Request, service: SupabaseClient): Promise<WakeAnswer> {
  const refuse = (status: number, message: string): WakeAnswer => ({
    response: Response.json({ message }, { status }),
    push: null,
    again: null,
  });
  const secret = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  if (!secret) return refuse(401, "A database webhook carries its secret.");
  const read = await readLimited(request, 2_000);
  if (!read.ok) return refuse(413, "A database webhook names one account; this is longer.");
  const body = bodySchema.safeParse(parseJson(read.text));
  const accountId = body.success ? body.data.account_id : "00000000-0000-0000-0000-000000000000";
  const check = await checkWake(service, secret, accountId);
  if (!check.known) return refuse(401, "This secret is not the one `npm run sync -- wake-setup` made.");
  if (!body.success) return refuse(400, "The body names no account.");
  return {
    response: new Response(null, { status: 202 }),
    push: check.waiting && !check.busy ? accountId : null,
    again: check.busy ? accountId : null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function checkWake(service: SupabaseClient, secret: string, accountId: string) {
  const { data, error } = await service.rpc("sync_check_wake", { p_secret: secret, p_account: accountId });
  if (error) throw new StoreError("sync_check_wake", error.message, error.code ?? null);
  return checkSchema.parse(data);
}

/** Whether marks of the account wait that no run is carrying. */
export async function isWaiting(service: SupabaseClient, accountId: string): Promise<boolean> {
  const { waiting, busy } = await checkWake(service, "", accountId);
  return waiting && !busy;
}
