import { z } from "zod";
import { roleSchema } from "./principal";

/** What `membershipSchema` reads of the table `members`. */
export const membershipColumns = "role, accounts(id, name, time_zone, currency, week_start, settings)";

/** A person's role in an account, with the account. */
export const membershipSchema = z.object({
  role: roleSchema,
  accounts: z.object({
    id: z.string(),
    name: z.string(),
    time_zone: z.string(),
    currency: z.string(),
    week_start: z.number(),
    settings: z.record(z.string(), z.unknown()),
  }),
});
