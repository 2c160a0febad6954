import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import { eventSchema } from "./protocol";
import type { LocalRunner } from "./runner";

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The two doors of an Inngest server that the SDK knocks at, and a health page for `npm run doctor`. */
export function createRunnerApp(runner: LocalRunner, eventKey: string): Hono {
  const app = new Hono();
  app.post("/e/:key", async (context) => {
    if (!sameText(context.req.param("key"), eventKey)) {
      return context.json({ error: "Event key not found", status: 401, ids: [] }, 401);
    }
    const body: unknown = await context.req.json().catch(() => null);
    const events = z.array(eventSchema).safeParse(Array.isArray(body) ? body : [body]);
    if (!events.success) return context.json({ error: "Malformed event", status: 400, ids: [] }, 400);
    return context.json({ ids: events.data.map((event) => runner.send(event)), status: 200 });
  });
  app.get("/health", (context) =>
    context.json({ ready: runner.functionIds().length > 0, functions: runner.functionIds() }),
  );
  app.get("/runs", (context) => context.json({ runs: runner.recentRuns() }));
  return app;
}
