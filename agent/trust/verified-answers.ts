import { createHash } from "node:crypto";
import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { getMetric } from "@/analytics/metrics/catalog";
import { type Query, querySchema } from "@/analytics/query/query";

/**
 * What a verified answer stands for: the query and the definitions of its metrics. Any change of either gives another
 * fingerprint, and the badge drops.
 */
export function fingerprintOf(query: Query): string {
  const metrics = query.metrics.map((id) => {
    const metric = getMetric(id);
    return [id, metric?.version ?? 0, metric?.formula ?? ""];
  });
  return createHash("sha256")
    .update(JSON.stringify(sorted({ query, metrics })))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, child]) => child !== undefined)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, child]) => [key, sorted(child)]),
    );
  return value;
}

const verifiedSchema = z.object({
  id: z.string(),
  question: z.string(),
  fingerprint: z.string(),
  verified_at: z.string(),
});
export type VerifiedAnswer = z.infer<typeof verifiedSchema>;

/** The checked answers among these queries, by fingerprint. */
export async function findVerified(
  queries: readonly Query[],
  { db, account_id }: { db: SupabaseClient; account_id: string },
): Promise<Map<string, VerifiedAnswer>> {
  const wanted = [...new Set(queries.map(fingerprintOf))].slice(0, 100);
  if (wanted.length === 0) return new Map();
  const { data, error } = await db
    .from("verified_answers")
    .select("id, question, fingerprint, verified_at")
    .eq("account_id", account_id)
    .eq("status", "verified")
    .in("fingerprint", wanted);
  if (error) throw new Error(`The verified answers could not be read: ${error.message}`);
  return new Map(
    z
      .array(verifiedSchema)
      .parse(data)
      .map((answer) => [answer.fingerprint, answer]),
  );
}

const storedSchema = z.array(z.object({ id: z.string(), query: z.unknown(), fingerprint: z.string() }));

/** Takes the badge from answers whose query or metrics are no longer what was checked, with the reason. */
export async function dropStaleAnswers(service: SupabaseClient): Promise<number> {
  const { data, error } = await service
    .from("verified_answers")
    .select("id, query, fingerprint")
    .eq("status", "verified")
    .limit(1_000);
  if (error) throw new Error(`The verified answers could not be read: ${error.message}`);
  let dropped = 0;
  for (const { id, query, fingerprint } of storedSchema.parse(data)) {
    const read = querySchema.safeParse(query);
    const reason = !read.success
      ? "The query is not valid any more."
      : fingerprintOf(read.data) === fingerprint
        ? null
        : "The definition of a metric changed since it was checked.";
    if (!reason) continue;
    const { error: unsaved } = await service
      .from("verified_answers")
      .update({ status: "stale", stale_reason: reason })
      .eq("id", id)
      .eq("status", "verified");
    if (unsaved) throw new Error(`A verified answer could not be updated: ${unsaved.message}`);
    dropped++;
  }
  return dropped;
}
