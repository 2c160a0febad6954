import type { DoorAnswer } from "./door";
import type { RollupUses } from "./rolled";
import type { QueryContext } from "./run";
import type { Statement } from "./sql-text";

/**
 * Runs a statement over copies of costly facts where they are kept and true, else over the facts. One that can read more of
 * what is kept is given as a function: with `uses` it may, and notes there what it reads.
 */
export async function ask(
  asked: Statement | ((uses?: RollupUses) => Statement),
  context: QueryContext,
): Promise<DoorAnswer> {
  const { door, principal, account } = context;
  const statement = (uses?: RollupUses) => (typeof asked === "function" ? asked(uses) : asked);
  if (door.rolled) {
    const uses: RollupUses = new Map();
    const { text, params } = statement(uses);
    const answer = await door.rolled(text, params, principal, account, uses);
    if (answer) return answer;
  }
  const { text, params } = statement();
  return door(text, params, principal);
}
