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
};

/** Roles that may use a tool; the one table that chat, MCP and the tools themselves ask. */
export function allowedRoles(name: string, group: ToolGroup): readonly Role[] {
  return rolesByTool[name] ?? rolesByGroup[group];
}

/** True when this caller sees the tool at all: by role and, for a key, by its tool groups. */
export function mayUse(tool: { name: string; group: ToolGroup }, principal: Principal): boolean {
  if (!allowedRoles(tool.name, tool.group).includes(principal.role)) return false;
  if (principal.via !== "mcp_key") return true;
  return principal.scopes.includes("*") || principal.scopes.includes(tool.group);
}
