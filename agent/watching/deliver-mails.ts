import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { type DeliveryCounts, deliverWaiting, NeverDeliverable } from "./deliveries";
import { composeMail, type Mailer, MailRefusal } from "./mail";

const payloadSchema = z.object({
  to: z.email(),
  account: z.string().default("your business"),
  name: z.string(),
  title: z.string(),
  body: z.string(),
});

/** Sends the mails of alerts that wait. Without a mail server they wait too, with the reason, until they are given up. */
export function deliverMails(
  service: SupabaseClient,
  { mailer, appUrl, now = new Date() }: { mailer: Mailer | null; appUrl?: string | null; now?: Date },
): Promise<DeliveryCounts> {
  return deliverWaiting("email", { service, now }, async ({ id, payload }) => {
    if (!mailer) throw new Error("No mail server is set up: set SMTP_URL and SMTP_FROM where the jobs run.");
    const { to, ...message } = payloadSchema.parse(payload);
    const url = appUrl ? { url: `${appUrl}/alerts` } : {};
    await mailer.send({ to, id: `alert-${id}`, ...composeMail({ ...message, ...url }) }).catch((failure) => {
      throw failure instanceof MailRefusal ? new NeverDeliverable(failure.message) : failure;
    });
  });
}
