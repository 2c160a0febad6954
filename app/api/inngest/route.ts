import { serve } from "inngest/next";
import type { NextRequest } from "next/server";
import { functions } from "@/inngest";
import { inngest } from "@/inngest/client";
import { readJobSettings } from "@/inngest/settings";

export const maxDuration = 300;
export const dynamic = "force-dynamic";

const handlers = serve({ client: inngest, functions });

type Handler = (request: NextRequest, context: unknown) => Promise<Response>;

/** Refuses to serve unsigned jobs to the world: settings are read on the first request, not at build time. */
function guarded(handler: Handler): Handler {
  return async (request, context) => {
    try {
      readJobSettings();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      console.error(`The job endpoint is closed. ${message}`);
      return Response.json(
        { message: "The job endpoint is not configured; see the server's log." },
        { status: 503 },
      );
    }
    return handler(request, context);
  };
}

export const GET = guarded(handlers.GET as Handler);
export const POST = guarded(handlers.POST as Handler);
export const PUT = guarded(handlers.PUT as Handler);
