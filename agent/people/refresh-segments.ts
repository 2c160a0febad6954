import { z } from "zod";
import type { Principal } from "@/supabase/contract/principal";
import type { ToolContext } from "../tools/context";
import type { AlertDeps } from "../watching/run-alerts";
import { peopleShape } from "./people-input";
import { membersNow } from "./save-segment";

const segmentSchema = z.object({
  id: z.string(),
  account_id: z.string(),
  definition: z.object({ people: z.object(peopleShape) }),
  accounts: z.object({
    name: z.string(),
    time_zone: z.string(),
    currency: z.string(),
    week_start: z.number(),
  }),
});

const segmentsPerRun = 100;

/** Brings the members of live segments up to date; frozen ones stay as they are. The ones waiting longest come first. */
export async function refreshSegments({
  service,
  door,
  clock,
}: AlertDeps): Promise<{ refreshed: number; failed: number }> {
  const { data, error } = await service
    .from("segments")
    .select("id, account_id, definition, accounts(name, time_zone, currency, week_start)")
    .eq("kind", "dynamic")
    .order("tried_at", { nullsFirst: true })
    .limit(segmentsPerRun);
  if (error) throw new Error(`The segments could not be read: ${error.message}`);
  const result = { refreshed: 0, failed: 0 };
  for (const row of data) {
    const { error: untried } = await service
      .from("segments")
      .update({ tried_at: clock().toISOString() })
      .eq("id", String(row.id));
    if (untried) throw new Error(`The segments could not be updated: ${untried.message}`);
    const read = segmentSchema.safeParse(row);
    if (!read.success) continue;
    const { id, account_id, definition, accounts: account } = read.data;
    const principal: Principal = { account_id, user_id: null, role: "analyst", scopes: [], via: "schedule" };
    const context: ToolContext = {
      principal,
      account: { id: account_id, ...account },
      door,
      db: service,
      clock,
    };
    try {
      const { ids } = await membersNow(definition.people, context);
      const { error: unset } = await service.rpc("set_segment_members", {
        p_account: account_id,
        p_segment: id,
        p_contact_ids: ids,
      });
      if (unset) throw new Error(unset.message);
      result.refreshed++;
    } catch {
      // A tag of its definition is gone, or the database is away: the next run tries again.
      result.failed++;
    }
  }
  return result;
}
