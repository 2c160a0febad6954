import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { RetryableActionError } from "./errors";

/** What a call to Keap did for one person. */
export type OutreachOutcome =
  | { state: "done" }
  | { state: "skipped" | "failed"; reason: string }
  /** Keap may have carried it out: nobody may call again. */
  | { state: "unknown"; reason: string }
  /** Keap certainly did nothing; the call may be made again later. */
  | { state: "not_applied"; reason: string };

export type OutreachTarget =
  | { kind: "goal"; automation_id: string; goal_id: string }
  | { kind: "api_goal"; integration: string; call_name: string }
  | { kind: "sequence"; campaign_id: string; sequence_id: string };

/**
 * The two things only Keap can do to a person. The doors supply it. It never throws: whatever happens to a call is an
 * outcome of its people, by their Keap id.
 */
export interface KeapOutreach {
  reach(target: OutreachTarget, keapIds: readonly number[]): Promise<Map<number, OutreachOutcome>>;
}

const takenSchema = z.object({
  state: z.enum(["left_alone", "taken", "finished"]),
  kind: z.string().optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
  people: z.array(z.object({ contact_id: z.string(), keap_id: z.number() })),
});

const payloadSchema = z.union([
  z.object({ integration: z.string(), call_name: z.string() }),
  z.object({ campaign_keap_id: z.coerce.string(), goal_id: z.string() }),
  z.object({ campaign_keap_id: z.coerce.string(), sequence_id: z.string() }),
]);

/** Goals are one call per person, sequences one per hundred. */
const peoplePerCall: Record<string, number> = { achieve_goal: 1, add_to_sequence: 100 };

interface Job {
  proposal_id: string;
  account_id: string;
  service: SupabaseClient;
  keap: KeapOutreach;
}

/**
 * Sends the people of an approved proposal into a goal or a sequence. People are marked as begun before their call and
 * settled after it; a process that dies in between leaves them marked, and they are held for a person. So a call is made
 * at most once. @returns the outcome as the database counts it.
 */
export async function carryOutOutreach(job: Job): Promise<unknown> {
  const kind = await kindOf(job);
  let refusals: string[] | null = [];
  for (;;) {
    const hopeless = refusals && sameReason(refusals);
    const taken = takenSchema.parse(
      await call(job, "start_outreach", { p_limit: hopeless ? 1_000 : (peoplePerCall[kind ?? ""] ?? 1) }),
    );
    if (taken.people.length === 0) break;
    if (hopeless) {
      const error = `Not called: ${hopeless}`.slice(0, 500);
      const items = taken.people.map(({ contact_id }) => ({ contact_id, status: "failed", error }));
      await call(job, "settle_outreach", { p_items: items });
      continue;
    }
    const { passing, outcomes } = await reachAll(job, taken.payload ?? {}, taken.people);
    refusals =
      refusals && outcomes.every(({ state }) => state === "failed")
        ? [...refusals, ...reasonsOf(outcomes)]
        : null;
    // Keap is away or the day's calls are used up: the rest stays planned for the job's next attempt.
    if (passing) throw new RetryableActionError(`Keap could not be reached: ${passing}`);
  }
  return call(job, "close_outreach", {});
}

/** So many people in a row, from the first one on, for whom Keap says the same. */
const enoughRefusals = 3;

const reasonsOf = (outcomes: readonly OutreachOutcome[]) =>
  outcomes.flatMap((outcome) => ("reason" in outcome ? [outcome.reason] : []));

/** A goal that does not exist is refused for everybody: the others need no call each to find that out. */
function sameReason(refusals: readonly string[]): string | null {
  const [first] = refusals;
  return first !== undefined && refusals.length >= enoughRefusals && refusals.every((each) => each === first)
    ? first
    : null;
}

async function reachAll(
  job: Job,
  payload: Record<string, unknown>,
  people: { contact_id: string; keap_id: number }[],
): Promise<{ passing: string | null; outcomes: OutreachOutcome[] }> {
  const answered = await job.keap.reach(
    targetOf(payload),
    people.map(({ keap_id }) => keap_id),
  );
  let passing: string | null = null;
  const outcomes: OutreachOutcome[] = people.map(
    ({ keap_id }) =>
      answered.get(keap_id) ?? { state: "unknown", reason: "Keap's answer does not name them." },
  );
  const items = people.map(({ contact_id }, index) => {
    const outcome = outcomes[index] as OutreachOutcome;
    if (outcome.state === "done") return { contact_id, status: "done", error: null };
    if (outcome.state !== "not_applied")
      return { contact_id, status: outcome.state, error: outcome.reason.slice(0, 500) };
    passing = outcome.reason;
    return { contact_id, status: "planned", error: outcome.reason.slice(0, 500) };
  });
  await call(job, "settle_outreach", { p_items: items });
  return { passing, outcomes };
}

function targetOf(payload: Record<string, unknown>): OutreachTarget {
  const read = payloadSchema.parse(payload);
  if ("call_name" in read)
    return { kind: "api_goal", integration: read.integration, call_name: read.call_name };
  return "goal_id" in read
    ? { kind: "goal", automation_id: read.campaign_keap_id, goal_id: read.goal_id }
    : { kind: "sequence", campaign_id: read.campaign_keap_id, sequence_id: read.sequence_id };
}

async function kindOf({ service, proposal_id, account_id }: Job): Promise<string | undefined> {
  const { data, error } = await service
    .from("proposals")
    .select("kind")
    .eq("account_id", account_id)
    .eq("id", proposal_id)
    .maybeSingle();
  if (error) throw new RetryableActionError(`The proposal could not be read: ${error.message}`);
  return z.object({ kind: z.string() }).nullable().parse(data)?.kind;
}

async function call(
  { service, proposal_id, account_id }: Job,
  name: string,
  more: Record<string, unknown>,
): Promise<unknown> {
  const { data, error } = await service.rpc(name, {
    p_proposal: proposal_id,
    p_account: account_id,
    ...more,
  });
  if (error) throw new RetryableActionError(`${name} failed: ${error.message}`);
  return data;
}
