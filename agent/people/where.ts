import { z } from "zod";
import { rfmGroups } from "@/analytics/metrics/rfm";

const names = z.array(z.string().min(1)).min(1).max(50);
const span = { from: z.iso.date().optional(), to: z.iso.date().optional() };

/** What somebody is or has now. */
export const states = [
  "customer",
  "active_customer",
  "lapsed_customer",
  "subscriber",
  "ever_subscribed",
  "mailable",
  "unsubscribed",
  "has_email",
  "has_phone",
  "has_owner",
  "has_lead_source",
  "tagged",
  "owes",
  "overdue",
  "task_open",
  "task_overdue",
] as const;
/** What somebody did, once or more often. */
export const deeds = [
  "joined",
  "first_bought",
  "got_email",
  "opened_email",
  "clicked_email",
  "got_refund",
  "failed_payment",
  "met",
] as const;
/** Memberships: one that runs, began, is over (nothing else runs then), is going to end or to be billed again. */
export const subscriptionEvents = ["runs", "started", "ended", "ends", "renews"] as const;
export const billingIntervals = ["week", "month", "quarter", "half-year", "year"] as const;
export const dealOutcomes = ["open", "won", "lost"] as const;

interface Span {
  from?: string;
  to?: string;
}
export interface SubscriptionCondition extends Span {
  subscription: (typeof subscriptionEvents)[number];
  product?: string[];
  plan?: string[];
  every?: (typeof billingIntervals)[number];
  /** Part of what was written down when it stopped. */
  reason?: string;
}
export interface BoughtCondition extends Span {
  bought: string[];
  category?: string[];
  at_least?: number;
  at_most?: number;
  /** After one of these tags was first put on. */
  after_tag?: string[];
  /** Days after that tag, or after they were added where no tag is said. */
  within_days?: number;
}

/** What stands in somebody's record; all that are given have to hold. */
export interface Attributes {
  country?: string[];
  region?: string[];
  city?: string[];
  lead_source?: string[];
  owner?: string[];
  mail_domain?: string[];
  birthday_month?: number;
  owes_over?: number;
  overdue_days?: number;
}

/** These people and nobody else, as a list showed them. */
export interface Chosen {
  ids: string[];
}

/** Conditions on people, freely nested. Days are included at both ends. */
export type Where =
  | { and: Where[] }
  | { or: Where[] }
  | { not: Where }
  | { is: (typeof states)[number] }
  | ({ did: (typeof deeds)[number]; product?: string[] } & Span)
  | ({ tag: string[] } & Span)
  | BoughtCondition
  | ({ paid_over?: number; paid_under?: number; order_over?: number; order_under?: number } & Span)
  | SubscriptionCondition
  | ({ deal: (typeof dealOutcomes)[number]; reason?: string } & Span)
  | { rfm: (typeof rfmGroups)[number][]; on?: string }
  | Chosen
  | Attributes;

const amount = z.number().min(0);
const times = z.number().int().min(0).max(10_000);
export const whereSchema: z.ZodType<Where> = z.lazy(() =>
  z.union([
    z.strictObject({ and: z.array(whereSchema).min(1).max(20) }),
    z.strictObject({ or: z.array(whereSchema).min(1).max(20) }),
    z.strictObject({ not: whereSchema }),
    z.strictObject({ is: z.enum(states) }),
    z.strictObject({
      did: z.enum(deeds),
      product: names.optional().describe("Of got_refund."),
      ...span,
    }),
    z.strictObject({ tag: names.describe("Holds any now, put on from … to."), ...span }),
    z.strictObject({
      bought: z.array(z.string().min(1)).max(50).describe("Any of these products; none named: anything."),
      category: names.optional().describe("Or any product of these."),
      at_least: times.optional().describe("Times, without renewals; default 1."),
      at_most: times.optional(),
      after_tag: names.optional().describe("After one was first put on."),
      within_days: z
        .number()
        .int()
        .min(0)
        .max(10_000)
        .optional()
        .describe("Of that tag, else of being added."),
      ...span,
    }),
    z.strictObject({
      paid_over: amount.optional(),
      paid_under: amount.optional(),
      order_over: amount.optional().describe("One order of more."),
      order_under: amount.optional(),
      ...span,
    }),
    z.strictObject({
      subscription: z.enum(subscriptionEvents).describe("started: their first; ends, renews: to come."),
      product: names.optional(),
      plan: names.optional(),
      every: z.enum(billingIntervals).optional(),
      reason: z.string().min(1).max(100).optional().describe("Part of why it ended."),
      ...span,
    }),
    z.strictObject({
      deal: z.enum(dealOutcomes),
      reason: z.string().min(1).max(100).optional().describe("Part of why it was lost."),
      ...span,
    }),
    z.strictObject({
      rfm: z.array(z.enum(rfmGroups)).min(1),
      on: z.iso.date().optional().describe("Default now."),
    }),
    z.strictObject({ ids: z.array(z.uuid()).min(1).max(100).describe("contact_id of a list.") }),
    z.strictObject({
      country: names.optional(),
      region: names.optional(),
      city: names.optional(),
      lead_source: names.optional(),
      owner: names.optional(),
      mail_domain: names.optional().describe("gmail or gmail.com"),
      birthday_month: z.number().int().min(1).max(12).optional(),
      owes_over: amount.optional(),
      overdue_days: z.number().int().min(0).max(10_000).optional().describe("Late by more days."),
    }),
  ]),
);
