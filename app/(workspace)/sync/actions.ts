"use server";

import { z } from "zod";
import { inngest } from "@/inngest/client";
import { backfillRequested, pollRequested, pushRequested } from "@/inngest/events";
import { getServiceClient } from "../../_server/deps";
import { requireSession, type Session } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const kindSchema = z.enum(["backfill", "poll"]);

/** Starts the copy or a look for changes. Admins only; asking twice is harmless, the job resumes where it stands. */
export async function startSync(kind: "backfill" | "poll"): Promise<ActionResult> {
  const session = await requireSession();
  const refusal = refuse(session);
  if (refusal) return refusal;
  const data = { account_id: session.account.id };
  const event =
    kindSchema.parse(kind) === "backfill"
      ? backfillRequested.create(data)
      : pollRequested.create({ ...data, force: true });
  return send(event, kind === "backfill" ? "The copy was started." : "Looking for changes in Keap.");
}

/** Puts dead letters back in the queue: one, or all. Admins only. */
export async function replayDeadLetters(id: string | null): Promise<ActionResult> {
  const session = await requireSession();
  const refusal = refuse(session);
  if (refusal) return refusal;
  const { data, error } = await getServiceClient().rpc("sync_replay", {
    p_account: session.account.id,
    p_dead_letter: z.uuid().nullable().parse(id),
  });
  if (error) return { ok: false, message: "They could not be put back. Nothing was changed; try again." };
  return send(
    pushRequested.create({ account_id: session.account.id }),
    `${String(data)} put back in the queue.`,
  );
}

function refuse({ principal }: Session): ActionResult | null {
  return principal.role === "admin"
    ? null
    : { ok: false, message: "Only an admin of this account can do that." };
}

type SyncEvent = ReturnType<
  typeof backfillRequested.create | typeof pollRequested.create | typeof pushRequested.create
>;

async function send(event: SyncEvent, message: string): Promise<ActionResult> {
  try {
    await inngest.send(event);
    return { ok: true, message };
  } catch {
    return {
      ok: false,
      message: "The job runner does not answer. Check that it is running, then try again.",
    };
  }
}
