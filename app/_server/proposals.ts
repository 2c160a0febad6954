import "server-only";
import type { Session } from "./session";

/** How many proposals wait for a decision, for the number beside "Approvals". Never fails a page. */
export async function countOpenProposals({ db, account, principal }: Session): Promise<number> {
  if (principal.role === "viewer") return 0;
  const { count } = await db
    .from("proposals")
    .select("id", { count: "exact", head: true })
    .eq("account_id", account.id)
    .eq("status", "proposed");
  return count ?? 0;
}
