import { entitySpecs } from "../mapping/entities";
import type { EntityName } from "../mapping/types";
import { type FieldPolicy, type Owner, type Policy, policiesFor } from "../plan/policies";
import type { SyncState } from "../store";
import { type OperationDeps, Refusal } from "./deps";
import { fieldPath } from "./field-path";

const policies: readonly Policy[] = ["keap", "supabase", "newest", "set-merge", "hold"];
const owners: readonly Owner[] = ["keap", "supabase", "both"];

export interface PolicyChange {
  entity: string;
  /** A column, a part of one, or `*` for the whole table. */
  field: string;
  /** Null takes the account's own policy away: the default holds again. */
  policy: Policy | null;
  owner?: Owner | null;
}

/**
 * Says who wins when both sides changed a field, and which side may write it.
 * @throws Refusal naming what is unknown or cannot be: a table, a field, a policy, or ownership of what Keap never takes.
 */
export async function setPolicy(
  deps: Pick<OperationDeps, "rpc" | "accountId" | "actor">,
  change: PolicyChange,
): Promise<PolicyChange> {
  checkPolicy(change);
  return deps.rpc("sync_set_policy", {
    p_account: deps.accountId,
    p_entity: change.entity,
    p_field: change.field,
    p_policy: change.policy,
    p_owner: change.owner ?? null,
    p_actor: deps.actor,
  });
}

/** @throws Refusal with the reason. */
export function checkPolicy({ entity, field, policy, owner }: PolicyChange): void {
  if (policy !== null && !policies.includes(policy))
    throw new Refusal(`There is no policy "${policy}". There are: ${policies.join(", ")}.`);
  if (owner && !owners.includes(owner))
    throw new Refusal(`Nobody called "${owner}" can own a field. It is one of: ${owners.join(", ")}.`);
  const wantsOurs = policy === "supabase" || owner === "supabase";
  if (field === "*") {
    const spec = Object.hasOwn(entitySpecs, entity) ? entitySpecs[entity as EntityName] : undefined;
    if (!spec)
      throw new Refusal(
        `There is no synced table called "${entity}". There are: ${Object.keys(entitySpecs).join(", ")}.`,
      );
    if (wantsOurs && !spec.outbound)
      throw new Refusal(
        `Keap's ${entity.replaceAll("_", " ")} cannot be written from here: only Keap can win.`,
      );
    return;
  }
  const known = fieldPath(entity, field);
  if (wantsOurs && !known.writable)
    throw new Refusal(`Keap does not take ${entity}.${field} from outside: only Keap can win.`);
}

export interface PolicyRow extends FieldPolicy {
  entity: string;
  field: string;
  writable: boolean;
  /** Set by this account, for the field itself or for its table. */
  own: boolean;
}

/** Every field of every table with the policy that holds for it today. */
export function listPolicies(state: Pick<SyncState, "policies">): PolicyRow[] {
  return Object.values(entitySpecs).flatMap(({ entity, fields }) => {
    const of = policiesFor(entity, state.policies);
    return fields.map(({ name, writable }) => ({
      entity,
      field: name,
      writable,
      ...of(name),
      own: state.policies.some((one) => one.entity === entity && (one.field === name || one.field === "*")),
    }));
  });
}
