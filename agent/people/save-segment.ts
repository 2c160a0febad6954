import { z } from "zod";
import { pageSize } from "@/analytics/query/all-rows";
import type { After } from "@/analytics/query/pages";
import { formatCount } from "../format";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";
import { atRiskPeople } from "./at-risk";
import { conditionsOf, filterOf, type PeopleInput } from "./people-input";
import { selectPeople } from "./select-people";

/** People of one segment at most; a larger one is a filter, not a list. */
export const mostMembers = 100_000;

/** Who meets the conditions now; `complete` is false where there are more than a segment holds. */
export async function membersNow(
  who: PeopleInput,
  context: ToolContext,
  { size = pageSize, most = mostMembers } = {},
): Promise<{ ids: string[]; complete: boolean }> {
  const conditions = await conditionsOf(who, context);
  if (who.at_risk) {
    const { people, total } = await atRiskPeople(context, conditions, { limit: most });
    return { ids: people.map(({ contact_id }) => contact_id), complete: people.length === total };
  }
  const ids: string[] = [];
  for (let after: After | null = []; after && ids.length <= most; ) {
    const page: Awaited<ReturnType<typeof selectPeople>> = await selectPeople(context, conditions, {
      limit: size,
      after,
    });
    ids.push(...page.people.map(({ contact_id }) => contact_id));
    after = page.next;
  }
  return { ids: ids.slice(0, most), complete: ids.length <= most };
}

interface Wanted {
  name: string;
  description?: string | undefined;
  /** `live` follows its conditions; `frozen` keeps the people of now, whatever becomes of them. */
  kind: "live" | "frozen";
  who: PeopleInput;
}

/** Keeps a group of people under a name. @throws ToolError when the name is taken or they are too many to freeze. */
export async function saveSegment(
  { name, description, kind, who }: Wanted,
  context: ToolContext,
): Promise<{ segment_id: string; frozen: number | null }> {
  const { db, principal } = context;
  const account = { p_account: principal.account_id, p_actor: principal.user_id };
  const item = {
    name,
    ...(description ? { description } : {}),
    definition: { people: who, filters: filterOf(who) },
  };
  if (kind === "live") {
    const { data, error } = await db.rpc("save_item", {
      ...account,
      p_kind: "segments",
      p_item: { ...item, kind: "dynamic" },
    });
    if (error) throw whyNot(error, name);
    return { segment_id: z.string().parse(data), frozen: null };
  }
  const { ids, complete } = await membersNow(who, context);
  if (!complete)
    throw new ToolError(
      "invalid_input",
      `More than ${formatCount(mostMembers)} people match, which is more than a frozen segment holds. Narrow it down, or make it live.`,
    );
  const { data, error } = await db.rpc("save_frozen_segment", {
    ...account,
    p_item: item,
    p_contact_ids: ids,
  });
  if (error) throw whyNot(error, name);
  const { segment_id, members } = frozenSchema.parse(data);
  return { segment_id, frozen: members };
}

const frozenSchema = z.object({ segment_id: z.string(), members: z.number() });

function whyNot(error: { code?: string; message: string }, name: string): ToolError {
  if (error.code === "23505")
    return new ToolError("conflict", `There is a segment "${name}" already. Choose another name.`);
  if (error.code === "42501") return new ToolError("forbidden", error.message);
  return new ToolError("unavailable", "The segment could not be saved. Nothing was made; try again.", {
    retryable: true,
    cause: error,
  });
}
