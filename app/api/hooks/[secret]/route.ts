import { after } from "next/server";
import { getServiceClient } from "@/app/_server/deps";
import { inngest } from "@/inngest/client";
import { hooksReceived } from "@/inngest/events";
import { receiveHook } from "@/sync/hooks/receive";
import { createHookStore } from "@/sync/hooks/store";

export const dynamic = "force-dynamic";

/** Where Keap's REST hooks arrive. The secret in the path says whose they are; nothing else about the caller is known. */
export async function POST(
  request: Request,
  context: { params: Promise<{ secret: string }> },
): Promise<Response> {
  const { secret } = await context.params;
  const { response, wake } = await receiveHook(request, secret, createHookStore(getServiceClient()));
  if (wake !== null) {
    // after the answer is out; if the job server is away, the tick finds the delivery in the database
    after(async () => {
      try {
        await inngest.send(hooksReceived.create({ account_id: wake }));
      } catch (cause) {
        console.error(
          "A hook was stored but no run could be asked for; the next tick reads it.",
          String(cause),
        );
      }
    });
  }
  return response;
}
