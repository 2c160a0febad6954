import "server-only";
import { z } from "zod";
import { actionInWords, actorInWords, targetPath } from "../_lib/audit-words";
import { listMembers } from "./account-settings";
import type { Session } from "./session";

const rowSchema = z.object({
  id: z.number(),
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  at: z.string(),
});

export interface AuditEntry {
  id: number;
  who: string;
  what: string;
  path: string | null;
  at: string;
}

export const auditPage = 100;

/** Who did what, the newest first; admins only, others get nothing. `before` is the id the page before ended with. */
export async function listAudit(
  session: Session,
  { target, before }: { target?: string; before?: number } = {},
): Promise<AuditEntry[]> {
  const { db, account, principal } = session;
  if (principal.role !== "admin") return [];
  let asked = db
    .from("audit_log")
    .select(Object.keys(rowSchema.shape).join(", "))
    .eq("account_id", account.id);
  if (target) asked = asked.eq("target", target);
  if (before) asked = asked.lt("id", before);
  const [{ data, error }, members] = await Promise.all([
    asked.order("id", { ascending: false }).limit(auditPage),
    listMembers(session),
  ]);
  if (error) throw new Error(`The audit log could not be read (${error.message}).`);
  const emails = new Map(members.flatMap(({ user_id, email }) => (email ? [[user_id, email] as const] : [])));
  return rowSchema
    .array()
    .parse(data)
    .map((row) => ({
      id: row.id,
      who: actorInWords(row.actor, emails),
      what: actionInWords(row.action),
      path: targetPath(row.target),
      at: row.at,
    }));
}
