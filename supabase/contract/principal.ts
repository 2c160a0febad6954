import { z } from "zod";

/** Roles of a member in an account, from least to most rights. */
export const roles = ["viewer", "analyst", "admin"] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/**
 * Who is asking, resolved once at each door (session, MCP key, schedule, share link, command line), with exactly
 * one active account. `user_id` is null where no person stands behind the request.
 */
export const principalSchema = z.strictObject({
  account_id: z.uuid(),
  user_id: z.uuid().nullable(),
  role: roleSchema,
  scopes: z.array(z.string()),
  via: z.enum(["session", "mcp_key", "schedule", "share_link", "cli"]),
});
export type Principal = z.infer<typeof principalSchema>;

/** True when `role` has at least the rights of `needed`. */
export function hasRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
