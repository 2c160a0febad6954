import type { KeapClient } from "./client";
import { KeapError } from "./errors";

type Outcome =
  | { state: "done" }
  | { state: "skipped" | "failed" | "unknown" | "not_applied"; reason: string };

type Target =
  | { kind: "goal"; automation_id: string; goal_id: string }
  | { kind: "api_goal"; integration: string; call_name: string }
  | { kind: "sequence"; campaign_id: string; sequence_id: string };

/**
 * Sends people into goals and sequences. Neither can be looked up afterwards, so that every way a call can end is told
 * apart: done, refused, certainly not applied (call again later), or unknown (never call again).
 */
export function createOutreach(keap: KeapClient) {
  return {
    async reach(target: Target, keapIds: readonly number[]): Promise<Map<number, Outcome>> {
      try {
        return target.kind === "sequence"
          ? await addToSequence(keap, target, keapIds)
          : await achieveGoals(keap, target, keapIds);
      } catch (error) {
        return new Map(keapIds.map((id) => [id, outcomeOf(error)]));
      }
    },
  };
}

async function achieveGoals(
  keap: KeapClient,
  target: Exclude<Target, { kind: "sequence" }>,
  keapIds: readonly number[],
): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  for (const id of keapIds) {
    try {
      const contact_id = String(id);
      const answer = await keap.automations.achieveGoal(
        target.kind === "goal"
          ? { automation_id: target.automation_id, goal_id: target.goal_id, contact_id }
          : { integration: target.integration, call_name: target.call_name, contact_id },
      );
      const said = answer.results.map(({ message }) => message).filter(Boolean);
      outcomes.set(
        id,
        answer.achieved
          ? { state: "done" }
          : {
              state: "failed",
              reason: said[0] ? `Keap: ${said[0]}` : "No published goal of Keap answered to this name.",
            },
      );
    } catch (error) {
      outcomes.set(id, outcomeOf(error));
    }
  }
  return outcomes;
}

const sequenceWords: Record<string, Outcome> = {
  SUCCESS: { state: "done" },
  ALREADY_IN_SEQUENCE: { state: "skipped", reason: "Was in the sequence already." },
  CONTACT_DOES_NOT_EXIST: { state: "failed", reason: "Keap does not know this person." },
  FAILED: { state: "failed", reason: "Keap refused this person." },
};

async function addToSequence(
  keap: KeapClient,
  { campaign_id, sequence_id }: Extract<Target, { kind: "sequence" }>,
  keapIds: readonly number[],
): Promise<Map<number, Outcome>> {
  const answer = await keap.campaigns.addToSequence(campaign_id, sequence_id, keapIds.map(String));
  return new Map(
    keapIds.map((id) => {
      const word = answer.get(String(id)) ?? "";
      return [
        id,
        sequenceWords[word] ?? { state: "unknown", reason: "Keap did not say what became of them." },
      ];
    }),
  );
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof KeapError))
    return { state: "unknown", reason: "The call broke off; Keap may have carried it out." };
  if (error.outcome === "unknown")
    return { state: "unknown", reason: `Keap may have carried it out: ${error.message}`.slice(0, 400) };
  return error.retryable || error.kind === "auth"
    ? { state: "not_applied", reason: error.message.slice(0, 400) }
    : { state: "failed", reason: error.message.slice(0, 400) };
}
