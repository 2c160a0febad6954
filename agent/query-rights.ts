import type { Principal } from "@/supabase/contract/principal";
import { ToolError } from "./tools/errors";

/**
 * Refuses what would show a viewer people's own data: custom fields hold anything, and a count of one per value is the
 * record itself. The database refuses it too; here it is said in words.
 */
export function refuseFieldsForViewers(question: unknown, principal: Principal): void {
  if (principal.role !== "viewer" || !mentionsField(question)) return;
  throw new ToolError(
    "forbidden",
    'Custom fields of people are not open to the role "viewer". Split by product, tag, lead source, country or region instead.',
  );
}

function mentionsField(value: unknown): boolean {
  if (typeof value === "string") return value.startsWith("field:");
  if (Array.isArray(value)) return value.some(mentionsField);
  if (!value || typeof value !== "object") return false;
  return "field" in value || "in_segment" in value || Object.values(value).some(mentionsField);
}
