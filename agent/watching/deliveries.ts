import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";

export interface DeliveryCounts {
  sent: number;
  failed: number;
}

/** No later attempt will work either: given up at once, with the reason. */
export class NeverDeliverable extends Error {
  override readonly name = "NeverDeliverable";
}

const deliverySchema = z.object({
  id: z.string(),
  attempts: z.number(),
  payload: z.record(z.string(), z.unknown()),
});

/** How long after the alert fired each attempt is due, in minutes: a receiver that is down is given a day. */
const dueAfter = [0, 25, 120, 360, 1_440];

/**
 * Hands on what waits in one channel and is due: five attempts over a day, then it is given up. What happened at the
 * last attempt stands in the delivery; what waits for its turn holds up nobody.
 */
export async function deliverWaiting(
  channel: "webhook" | "email",
  { service, now }: { service: SupabaseClient; now: Date },
  deliver: (delivery: { id: string; payload: Record<string, unknown> }) => Promise<void>,
): Promise<DeliveryCounts> {
  const due = dueAfter.map((minutes, attempts) =>
    attempts === 0
      ? "attempts.eq.0"
      : `and(attempts.eq.${attempts},fired_at.lte.${new Date(now.getTime() - minutes * 60_000).toISOString()})`,
  );
  const { data, error } = await service
    .from("alert_deliveries")
    .select("id, attempts, payload")
    .like("channel", channel === "email" ? "email:%" : channel)
    .eq("status", "waiting")
    .or(due.join(","))
    .order("fired_at")
    .limit(100);
  if (error) throw new Error(`The deliveries could not be read: ${error.message}`);
  const result = { sent: 0, failed: 0 };
  for (const row of data) {
    const { id, attempts, payload } = deliverySchema.parse(row);
    const failure = await deliver({ id, payload }).then(
      () => null,
      (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
    );
    const final =
      failure !== null && (attempts + 1 >= dueAfter.length || failure instanceof NeverDeliverable);
    const { error: unsaved } = await service
      .from("alert_deliveries")
      .update({
        attempts: attempts + 1,
        error: failure?.message.slice(0, 500) ?? null,
        status: failure === null ? "sent" : final ? "failed" : "waiting",
        ...(failure === null ? { sent_at: now.toISOString() } : {}),
      })
      .eq("id", id);
    if (unsaved) throw new Error(`The delivery could not be saved: ${unsaved.message}`);
    if (failure === null) result.sent++;
    else if (final) result.failed++;
  }
  return result;
}
