import type { Principal } from "@/supabase/contract/principal";

export const toolGroups = ["analytics", "boards", "crm", "keap", "sync", "sql", "knowledge"] as const;
export type ToolGroup = (typeof toolGroups)[number];

type Role = Principal["role"];

/** Who may use the tools of a group. Viewers see numbers and boards; people's records are for analysts and up. */
const rolesByGroup: Record<ToolGroup, readonly Role[]> = {
  analytics: ["admin", "analyst", "viewer"],
  boards: ["admin", "analyst", "viewer"],
  crm: ["admin", "analyst"],
  keap: ["admin", "analyst"],
  sync: ["admin", "analyst", "viewer"],
  sql: ["admin", "analyst"],
  knowledge: ["admin", "analyst"],
};

/** Tools stricter than their group. */
const rolesByTool: Record<string, readonly Role[]> = {
  pin_chart: ["admin", "analyst"],
  saved_questions: ["admin", "analyst"],
  save_question: ["admin", "analyst"],
  create_alert: ["admin", "analyst"],
  set_goal: ["admin", "analyst"],
  // Both sides' values of people's fields.
  list_conflicts: ["admin", "analyst"],
};

interface ToolRights {
  name: string;
  group: ToolGroup;
  annotations: { readOnlyHint: boolean };
}

/** How a key's tool groups travel in the scopes of its principal. None of them means all groups. */
export const groupScope = (group: string): string => `group:${group}`;

/** Roles that may use a tool; the one table that chat, MCP and the tools themselves ask. */
export function allowedRoles({ name, group }: Pick<ToolRights, "name" | "group">): readonly Role[] {
  return rolesByTool[name] ?? rolesByGroup[group];
}

export type Refusal = { reason: "role" | "group" | "scope"; needed: string };

/**
 * Why this caller may not use the tool, or null when they may. A person's session is limited by role; a key also by its
 * scopes (`read`, `propose`) and, when it names any, by its tool groups. What is not granted is refused.
 */
export function refusalFor(tool: ToolRights, principal: Principal): Refusal | null {
  const roles = allowedRoles(tool);
  if (!roles.includes(principal.role)) return { reason: "role", needed: roles.join(" or ") };
  if (principal.via !== "mcp_key") return null;
  const groups = principal.scopes.filter((scope) => scope.startsWith("group:"));
  if (groups.length > 0 && !groups.includes(groupScope(tool.group)))
    return { reason: "group", needed: tool.group };
  const scope = tool.annotations.readOnlyHint ? "read" : "propose";
  return principal.scopes.includes(scope) ? null : { reason: "scope", needed: scope };
}

export function mayUse(tool: ToolRights, principal: Principal): boolean {
  return refusalFor(tool, principal) === null;
}
