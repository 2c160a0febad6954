import { z } from "zod";
import type { ToolContext } from "./context";
import { toolGroups } from "./rights";

const preferencesSchema = z.object({
  /** E-mail addresses, phones and names are replaced before a model provider sees them. */
  mask_personal_data: z.boolean().catch(false).default(false),
  /** Groups of tools that nobody of the account is offered, whatever their role or key says. */
  tool_groups_off: z
    .array(z.enum(toolGroups))
    .catch([...toolGroups])
    .default([]),
});
export type Preferences = z.output<typeof preferencesSchema>;

/** What the account's admins chose for the agent. A list of groups that can't be read switches all of them off. */
export function preferencesOf({
  preferences,
  account,
}: Pick<ToolContext, "preferences" | "account">): Preferences {
  return preferences ?? preferencesSchema.parse(account?.settings ?? {});
}
