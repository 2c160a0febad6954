import { after } from "next/server";
import { getServiceClient } from "@/app/_server/deps";
import { inngest } from "@/inngest/client";
import { pushRequested } from "@/inngest/events";
import { isWaiting, receiveWake } from "@/sync/hooks/wake";

export const dynamic = "force-dynamic";

/** While a run of the account is at work, one more look after it has probably ended. */
const againMs = 3_000;

/** Where a database webhook says that rows wait for Keap. Set up by `npm run sync -- wake-setup`. */
export async function POST(request: Request): Promise<Response> {
  const service = getServiceClient();
  const { response, push, again } = await receiveWake(request, service);
  const ask = (account_id: string) => inngest.send(pushRequested.create({ account_id }));
  if (push !== null || again !== null) {
    after(async () => {
      try {
        if (push !== null) await ask(push);
        else if (again !== null) {
          await new Promise((resolve) => setTimeout(resolve, againMs));
          if (await isWaiting(service, again)) await ask(again);
        }
      } catch (cause) {
        console.error("A push could not be asked for; the next tick carries the edit.", String(cause));
      }
    });
  }
  return response;
}
