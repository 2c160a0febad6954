import "server-only";
import { z } from "zod";
import type { Session } from "./session";

const memberSchema = z.object({
  user_id: z.string(),
  email: z.string().nullable(),
  role: z.enum(["admin", "analyst", "viewer"]),
});
export type Member = z.infer<typeof memberSchema>;

/** People of the account with their roles; admins only, others get an empty list. */
export async function listMembers({ db, account, principal }: Session): Promise<Member[]> {
  if (principal.role !== "admin") return [];
  const { data, error } = await db.rpc("list_members", { p_account: account.id });
  if (error) throw new Error(`The members could not be read (${error.message}).`);
  return memberSchema.array().parse(data);
}

const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  role: z.enum(["admin", "analyst", "viewer"]),
  scopes: z.array(z.string()),
  tool_groups: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export type ApiKey = z.infer<typeof keySchema>;

/** Keys this person may see, those that work first. Never the key itself: only its hash is stored. */
export async function listKeys({ db, account }: Session): Promise<ApiKey[]> {
  const { data, error } = await db
    .from("api_keys")
    .select(Object.keys(keySchema.shape).join(", "))
    .eq("account_id", account.id)
    .order("created_at", { ascending: false })
    .limit(100);
  if (error) throw new Error(`The keys could not be read (${error.message}).`);
  const keys = keySchema.array().parse(data);
  return keys.sort((a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null));
}
