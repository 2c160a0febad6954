import { z } from "zod";
import { object, text, timestamp, uuid } from "./fields";

/** Where a proposal stands; the database keeps the same list as a check on `public.proposals.status`. */
export const proposalStatuses = [
  "proposed",
  "approved",
  "rejected",
  "executing",
  "done",
  "partly",
  "failed",
  "expired",
  "undone",
] as const;
export type ProposalStatus = (typeof proposalStatuses)[number];

/** A write to the CRM that waits for an admin. */
export const proposalSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  kind: text,
  title: text,
  summary: text.nullable(),
  status: z.enum(proposalStatuses),
  payload: object,
  preview: object,
  probe: z.enum(["yes", "no"]),
  reversible: z.enum(["yes", "partly", "no"]),
  idempotency_key: text.nullable(),
  created_by: text,
  created_via: text.nullable(),
  created_at: timestamp,
  expires_at: timestamp,
  approved_by: uuid.nullable(),
  approved_at: timestamp.nullable(),
  rejected_by: uuid.nullable(),
  rejected_at: timestamp.nullable(),
  reject_reason: text.nullable(),
  executed_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
  result: object.nullable(),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** A person of a proposal, before and after. */
export const proposalItemSchema = z.strictObject({
  id: z.int(),
  proposal_id: uuid,
  account_id: uuid,
  contact_id: uuid.nullable(),
  before: object,
  after: object,
  status: z.enum(["planned", "done", "skipped", "failed", "unknown", "undone"]),
  error: text.nullable(),
  changed_at: timestamp.nullable(),
});
export type ProposalItem = z.infer<typeof proposalItemSchema>;
