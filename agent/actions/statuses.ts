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
