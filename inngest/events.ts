import { eventType } from "inngest";
import { z } from "zod";

/**
 * Events carry ids only: job payloads are kept and shown by the job system, so personal data never rides in them.
 * No transforms here: Inngest requires a schema's input and output to be the same type.
 */
const accountEvent = z.object({ account_id: z.uuid() });

/** Copy the whole Keap account in; resumes where an earlier run stopped. */
export const backfillRequested = eventType("keap/backfill.requested", { schema: accountEvent });
/** Read what changed in Keap since the watermarks: what is due, or with `force` every table. */
export const pollRequested = eventType("keap/poll.requested", {
  schema: z.object({ account_id: z.uuid(), force: z.boolean().optional() }),
});
/** Keap's hooks have left deliveries: read what they name. */
export const hooksReceived = eventType("keap/hooks.received", { schema: accountEvent });
/** Compare Keap's list of our hooks with what it should be; sent when an account is connected. */
export const watchRequested = eventType("keap/watch.requested", { schema: accountEvent });
/** Rows here are dirty: carry them to Keap. */
export const pushRequested = eventType("keap/push.requested", { schema: accountEvent });
/** Compare both sides record by record, now and to the end. */
export const verifyRequested = eventType("keap/verify.requested", { schema: accountEvent });
/** Score every customer's risk of not coming back and, unless told otherwise, propose the tag for the riskiest. */
export const scoreRequested = eventType("analytics/score.requested", {
  schema: z.object({ account_id: z.uuid(), propose: z.boolean().optional() }),
});
/** Bring what can be searched in step; sent when the first copy is complete. */
export const knowledgeRequested = eventType("knowledge/index.requested", { schema: accountEvent });
/** Build what boards are answered from; sent when the first copy is complete. */
export const rollupsRequested = eventType("analytics/rollups.requested", { schema: accountEvent });
/** A person approved a proposal: carry it out. */
export const proposalApproved = eventType("proposal/approved", {
  schema: z.object({ account_id: z.uuid(), proposal_id: z.uuid() }),
});
