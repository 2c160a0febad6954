import { formatCount } from "../format";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";
import { atRiskPeople } from "./at-risk";
import { conditionsOf, type PeopleInput } from "./people-input";
import { type PeopleConditions, type Person, selectPeople } from "./select-people";

/** People in one proposal at most: more than an approver can look through is no preview. */
export const mostPeople = 1_000;

/** The people a proposal is for. @throws ToolError when they are too many for one, or when there is nobody. */
export async function chooseTargets(
  input: PeopleInput & { contact_ids?: string[] },
  context: ToolContext,
  options: { also?: Partial<PeopleConditions>; most?: number; nobody?: string } = {},
): Promise<Person[]> {
  const most = options.most ?? mostPeople;
  const read = await conditionsOf(input, context);
  const { tag_ids, all_tag_ids = [], without_tag_ids = [] } = read;
  const conditions: PeopleConditions = {
    ...read,
    tag_ids,
    all_tag_ids: [...all_tag_ids, ...(options.also?.all_tag_ids ?? [])],
    without_tag_ids: [...without_tag_ids, ...(options.also?.without_tag_ids ?? [])],
  };
  const page = { limit: most };
  const { people, total } = input.at_risk
    ? await atRiskPeople(context, conditions, page)
    : await selectPeople(context, conditions, page);
  if (total > most)
    throw new ToolError(
      "invalid_input",
      `${formatCount(total)} people match, more than the ${formatCount(most)} one proposal may hold. Narrow it down.`,
    );
  if (people.length === 0) throw new ToolError("conflict", options.nobody ?? "Nobody matches.");
  return people;
}
