import type { SupabaseClient } from "@supabase/supabase-js";
import { type RecencyRisk, recencyRiskModel, scoreRecencyRisk } from "@/analytics/models/recency-risk";
import type { QueryDoor } from "@/analytics/query/door";
import { openNames } from "@/analytics/query/names";
import type { Principal } from "@/supabase/contract/principal";
import { formatCount } from "../format";
import { selectPeople } from "../people/select-people";
import { contentKey } from "./propose-action";
import { proposeTag, tagProposalKind } from "./propose-tag";

export const atRiskTag = "At risk";

/** People in one nightly proposal at most: a list an approver can look through. */
const mostPeople = 200;
/** People an admin said no to are left alone this long. */
const restDays = 30;
const rowsPerCall = 1_000;
const actor = "automation:recency-risk";

export interface ScoringDeps {
  /** Service client: scores and proposals are written by functions only. */
  service: SupabaseClient;
  door: QueryDoor;
  now: Date;
  /** Whether the tag is proposed for the riskiest; left out: yes. */
  propose?: boolean | undefined;
}

export interface ScoringResult {
  scored: number;
  at_risk: number;
  proposal_id: string | null;
  /** Why there is no new proposal. */
  skipped: "nobody_at_risk" | "open_proposal" | "not_asked" | null;
}

/**
 * Scores every customer of an account (METRICS 17), stores the scores, and proposes the tag "At risk" for the riskiest
 * who do not hold it. Run again it stores the same and makes no second proposal while one is open.
 */
export async function scoreRisk(account_id: string, deps: ScoringDeps): Promise<ScoringResult> {
  const principal: Principal = { account_id, user_id: null, role: "admin", scopes: [], via: "schedule" };
  const { customers } = await scoreRecencyRisk({ door: deps.door, principal, now: deps.now });
  await storeScores(account_id, customers, deps);
  const risky = customers.filter(({ at_risk }) => at_risk);
  const counts = { scored: customers.length, at_risk: risky.length };
  if (deps.propose === false) return { ...counts, proposal_id: null, skipped: "not_asked" };
  await closeExpired(deps.service);
  if (await hasOpenProposal(account_id, deps.service))
    return { ...counts, proposal_id: null, skipped: "open_proposal" };
  const proposal_id = await proposeForRiskiest(principal, risky, deps);
  return { ...counts, proposal_id, skipped: proposal_id ? null : "nobody_at_risk" };
}

async function storeScores(
  account_id: string,
  customers: RecencyRisk[],
  { service, now }: ScoringDeps,
): Promise<void> {
  for (let at = 0; at < customers.length; at += rowsPerCall) {
    const { error } = await service.rpc("record_predictions", {
      p_account: account_id,
      p_model: recencyRiskModel,
      p_rows: customers
        .slice(at, at + rowsPerCall)
        .map(({ contact_id, score, name: _name, email: _email, ...details }) => ({
          contact_id,
          score,
          details,
        })),
      p_horizon: "usual gap",
      p_scored_at: now.toISOString(),
    });
    if (error) throw new Error(`The scores could not be stored: ${error.message}`, { cause: error });
  }
}

async function closeExpired(service: SupabaseClient): Promise<void> {
  const { error } = await service.rpc("expire_proposals");
  if (error) throw new Error(`Expired proposals could not be closed: ${error.message}`, { cause: error });
}

async function hasOpenProposal(account_id: string, service: SupabaseClient): Promise<boolean> {
  const { data, error } = await service
    .from("proposals")
    .select("id")
    .eq("account_id", account_id)
    .eq("kind", tagProposalKind)
    .eq("created_via", actor)
    .in("status", ["proposed", "approved", "executing"])
    .limit(1);
  if (error) throw new Error(`The proposals could not be read: ${error.message}`, { cause: error });
  return data.length > 0;
}

async function proposeForRiskiest(
  principal: Principal,
  risky: RecencyRisk[],
  { service, door, now }: ScoringDeps,
): Promise<string | null> {
  const tags = await openNames(door, principal).values("tag");
  const tag = tags.find(({ names }) =>
    names.some((name) => name.trim().toLowerCase() === atRiskTag.toLowerCase()),
  );
  const { refused, latest } = await refusedLately(principal.account_id, service, now);
  const wanted = new Map(
    risky.filter(({ contact_id }) => !refused.has(contact_id)).map((risk) => [risk.contact_id, risk]),
  );
  if (wanted.size === 0) return null;
  const { people } = await selectPeople(
    { door, principal },
    { contact_ids: [...wanted.keys()], without_tag_ids: tag ? [tag.id] : [] },
    { limit: wanted.size },
  );
  const score = (id: string) => wanted.get(id)?.score ?? 0;
  const chosen = people
    .sort((a, b) => score(b.contact_id) - score(a.contact_id) || a.contact_id.localeCompare(b.contact_id))
    .slice(0, mostPeople);
  if (chosen.length === 0) return null;
  const { proposal_id } = await proposeTag(service, {
    account_id: principal.account_id,
    tag: { id: tag?.id ?? null, name: tag?.names[0] ?? atRiskTag },
    people: chosen,
    summary: `Valuable customers whose last purchase is at least twice as long ago as their usual gap${risky.length > chosen.length ? `; the ${formatCount(chosen.length)} most overdue who do not hold the tag` : ""}.`,
    risks: new Map(
      chosen.flatMap(({ contact_id }) => {
        const risk = wanted.get(contact_id);
        return risk ? [[contact_id, reasonOf(risk)]] : [];
      }),
    ),
    created_via: actor,
    actor,
    // The latest proposal is part of the key: two runs at once make one, a run after a decision makes the next.
    idempotency_key: contentKey("at-risk", [latest, ...chosen.map(({ contact_id }) => contact_id).sort()]),
  });
  return proposal_id;
}

function reasonOf(risk: RecencyRisk) {
  return {
    score: risk.score,
    days_since: risk.days_since,
    gap_days: risk.gap_days,
    own_gap: risk.own_gap,
    value_minor: risk.value_minor,
    currency: risk.currency,
  };
}

async function refusedLately(
  account_id: string,
  service: SupabaseClient,
  now: Date,
): Promise<{ refused: Set<string>; latest: string }> {
  const since = new Date(now.getTime() - restDays * 86_400_000).toISOString();
  const { data, error } = await service
    .from("proposals")
    .select("id, status, created_at")
    .eq("account_id", account_id)
    .eq("kind", tagProposalKind)
    .eq("created_via", actor)
    .order("created_at", { ascending: false })
    .limit(200);
  if (error) throw new Error(`The proposals could not be read: ${error.message}`, { cause: error });
  const rejected = data
    .filter(({ status, created_at }) => status === "rejected" && created_at >= since)
    .map(({ id }) => id);
  const refused = new Set<string>();
  for (const id of rejected) {
    const { data: items, error: unread } = await service
      .from("proposal_items")
      .select("contact_id")
      .eq("account_id", account_id)
      .eq("proposal_id", id)
      .limit(mostPeople);
    if (unread)
      throw new Error(`A proposal's people could not be read: ${unread.message}`, { cause: unread });
    for (const { contact_id } of items) if (contact_id) refused.add(contact_id);
  }
  return { refused, latest: data[0]?.id ?? "none" };
}
