import { openWorlds, type World } from "@/analytics/testing/world";
import type { Role } from "@/supabase/contract/principal";
import { openPlanner } from "../sql/planner";
import type { ToolContext } from "../tools/context";

export { openWorlds, type World };

/** A tool context over a test world: a signed-in person of that role, at a moment. */
export async function contextFor(
  world: World,
  options: { role?: Role; now?: string } = {},
): Promise<ToolContext & { user_id: string }> {
  const { role = "admin", now = "2026-11-23T15:00:00Z" } = options;
  const user = await world.database.signUp({ account_id: world.account.id, role });
  return {
    principal: { account_id: world.account.id, user_id: user.user_id, role, scopes: [], via: "session" },
    account: world.account,
    door: world.door,
    planner: openPlanner(world.database.service),
    db: user.client,
    clock: () => new Date(now),
    app_url: "http://localhost:3000",
    report: (error, where) => console.error(where, error),
    user_id: user.user_id,
  };
}
