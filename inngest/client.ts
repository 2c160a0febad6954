import { Inngest } from "inngest";

/**
 * The one client of the job system. Which server it talks to is decided by the environment alone
 * (`INNGEST_EVENT_KEY`, `INNGEST_SIGNING_KEY`, `INNGEST_BASE_URL`): Inngest Cloud, a server of one's own,
 * or the embedded runner of `inngest/local`, which speaks the same protocol.
 *
 * Checkpointing stays off: it needs the server's checkpoint API, which the embedded runner does not have,
 * and our steps are few and coarse.
 */
export const inngest = new Inngest({ id: "keapsake", checkpointing: false });
