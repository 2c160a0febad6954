import { cron } from "inngest";
import { refreshSegments } from "@/agent/people/refresh-segments";
import { dropStaleAnswers } from "@/agent/trust/verified-answers";
import { deliverMails } from "@/agent/watching/deliver-mails";
import { deliverWebhooks } from "@/agent/watching/deliver-webhooks";
import { checkDueAlerts } from "@/agent/watching/run-alerts";
import { openQueryDoor } from "@/analytics/query/door";
import { inngest } from "../client";
import { getDeps } from "../deps";

/** Twice an hour: looks at alerts that are due, tells who wants to know, and keeps segments and badges true. */
export const checkAlertsFunction = inngest.createFunction(
  {
    id: "check-alerts",
    triggers: [cron("*/30 * * * *")],
    concurrency: { limit: 1 },
    retries: 2,
  },
  async ({ step }) => {
    // One step: each part is safe to repeat, and an idle installation stays cheap.
    return step.run("look and tell", async () => {
      const { service, now, mailer = null, linkUrl } = await getDeps();
      const deps = { service, door: openQueryDoor(service), clock: now };
      const alerts = await checkDueAlerts(deps);
      const sent = await deliverWebhooks(service, undefined, now());
      const mails = await deliverMails(service, { mailer, appUrl: linkUrl, now: now() });
      const segments = await refreshSegments(deps);
      const stale = await dropStaleAnswers(service);
      return { alerts, sent, mails, segments, stale };
    });
  },
);
