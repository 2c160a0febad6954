import { createHmac } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";

/**
 * The part of Inngest's SDK protocol that the embedded runner speaks, as implemented by `inngest` 4
 * (`components/InngestCommHandler`, `helpers/net`, `helpers/functions` of the npm package).
 */

/** How a function describes itself when the serve endpoint is synced in band. */
export const functionConfigSchema = z.looseObject({
  id: z.string(),
  name: z.string().optional(),
  triggers: z.array(
    z.object({
      event: z.string().optional(),
      expression: z.string().optional(),
      cron: z.string().optional(),
    }),
  ),
  steps: z.record(
    z.string(),
    z.object({
      runtime: z.object({ url: z.string() }),
      retries: z.object({ attempts: z.number() }).optional(),
    }),
  ),
  concurrency: z.union([z.number(), z.unknown()]).optional(),
});
export type FunctionConfig = z.infer<typeof functionConfigSchema>;

export const syncResponseSchema = z.object({ app_id: z.string(), functions: z.array(functionConfigSchema) });

/** One operation of a 206 answer. */
export const opSchema = z.looseObject({
  id: z.string(),
  op: z.string(),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
});
export type Op = z.infer<typeof opSchema>;

export const eventSchema = z.looseObject({
  id: z.string().optional(),
  name: z.string().min(1),
  data: z.record(z.string(), z.unknown()).default({}),
  ts: z.number().optional(),
});
export type JobEvent = z.infer<typeof eventSchema> & { id: string; ts: number };

/** What a step came to: its value, or the error the function may catch. */
export type StepState = { type: "data"; data: unknown } | { type: "error"; error: unknown };

/** HMAC-SHA256 of the canonical JSON body and the time in seconds; `signkey-env-` is not part of the secret. */
export function signBody(body: unknown, signingKey: string, nowSeconds: number): string {
  const key = signingKey.replace(/^signkey-[\w]+-/, "");
  const encoded = canonicalize(body) ?? "";
  const signature = createHmac("sha256", key).update(encoded).update(String(nowSeconds)).digest("hex");
  return `t=${nowSeconds}&s=${signature}`;
}

/** `Retry-After` as sent by the SDK: seconds, or an HTTP date. Returns milliseconds from now, or null. */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
