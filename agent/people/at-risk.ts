import { z } from "zod";
import { atRiskThreshold, recencyRiskModel } from "@/analytics/models/recency-risk";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";
import { type PeopleConditions, type Person, selectPeople } from "./select-people";

export interface Risk {
  score: number;
  days_since: number | null;
  scored_at: string;
}

const predictionSchema = z.object({
  contact_id: z.string(),
  score: z.coerce.number(),
  scored_at: z.string(),
  details: z.object({ at_risk: z.boolean().default(false), days_since: z.number().nullish() }).loose(),
});

/** Enough for any account a person looks through; the total stays exact up to here. */
const mostScored = 1_000;
const pageSize = 1_000;
const pages = 10;
const nobody = "00000000-0000-0000-0000-000000000000";

/** Valuable customers who are overdue by the latest scores, most overdue first. Empty before the first scoring. */
export async function atRiskPeople(
  context: ToolContext,
  conditions: PeopleConditions,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<{ people: (Person & { risk: Risk })[]; total: number; as_of: string | null }> {
  const risks = await currentRisks(context);
  if (risks.size === 0) await refuseUnscored(context);
  const { people, as_of } = await selectPeople(
    context,
    // Nobody has this id: an empty list would be no condition.
    { ...conditions, contact_ids: risks.size > 0 ? [...risks.keys()] : [nobody] },
    { limit: mostScored },
  );
  const ranked = people
    .flatMap((person) => {
      const risk = risks.get(person.contact_id);
      return risk ? [{ ...person, risk }] : [];
    })
    .sort((a, b) => b.risk.score - a.risk.score || a.contact_id.localeCompare(b.contact_id));
  return { people: ranked.slice(offset, offset + limit), total: ranked.length, as_of };
}

/** Nobody at risk is an answer only where somebody was scored. @throws ToolError before the first scoring. */
async function refuseUnscored({ db, principal }: ToolContext): Promise<void> {
  const { count, error } = await db
    .from("predictions_current")
    .select("contact_id", { count: "exact", head: true })
    .eq("account_id", principal.account_id)
    .eq("model", recencyRiskModel);
  if (error)
    throw new ToolError("unavailable", "The scores could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  if (count === 0)
    throw new ToolError(
      "conflict",
      "Nobody has been scored yet, so I can't say who is at risk. Customers are scored when the first copy from Keap is complete and every night; until then ask who has not ordered for some months.",
    );
}

async function currentRisks({ db, principal }: ToolContext): Promise<Map<string, Risk>> {
  const risks = new Map<string, Risk>();
  // A page is what PostgREST gives at once; whether a score counts as a risk stands in its details.
  for (let from = 0; from < pages * pageSize && risks.size < mostScored; from += pageSize) {
    const { data, error } = await db
      .from("predictions_current")
      .select("contact_id, score, scored_at, details")
      .eq("account_id", principal.account_id)
      .eq("model", recencyRiskModel)
      .gte("score", atRiskThreshold)
      .order("score", { ascending: false })
      .order("contact_id")
      .range(from, from + pageSize - 1);
    if (error)
      throw new ToolError("unavailable", "The scores could not be read. Try again.", {
        retryable: true,
        cause: error,
      });
    const rows = z.array(predictionSchema).parse(data);
    for (const { contact_id, score, scored_at, details } of rows) {
      if (details.at_risk)
        risks.set(contact_id, { score, scored_at, days_since: details.days_since ?? null });
    }
    if (rows.length < pageSize) break;
  }
  return risks;
}
