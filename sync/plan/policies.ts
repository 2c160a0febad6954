import type { EntityName } from "../mapping/types";

/**
 * Who wins when both sides changed one field to different values.
 *
 * | policy      | decides |
 * |-------------|---------|
 * | `keap`      | Keap's value |
 * | `supabase`  | ours |
 * | `newest`    | the later change; Keap's when a time is missing |
 * | `set-merge` | both, member by member (sets); for a single value the same as `newest` |
 * | `hold`      | nobody: both values stay until a person decides |
 */
export type Policy = "keap" | "supabase" | "newest" | "set-merge" | "hold";

/** Which side may write a field at all. */
export type Owner = "keap" | "supabase" | "both";

export interface FieldPolicy {
  policy: Policy;
  owner: Owner;
}

export type Policies = (field: string) => FieldPolicy;

/**
 * The defaults. Contacts: the newest change wins, because both sides are edited by people and the later one has seen
 * more; so with companies, deals, notes, tasks, products, tag categories, lead sources and labels of custom fields. Opt-in state is Keap's alone, because
 * sending rights are granted there. Tags: names by the newest change.
 * Everything else belongs to Keap: orders, payments and subscriptions are its records of money, and we only copy them.
 */
const byEntity: Partial<Record<EntityName, FieldPolicy>> = {
  contacts: { policy: "newest", owner: "both" },
  tags: { policy: "newest", owner: "both" },
  tag_categories: { policy: "newest", owner: "both" },
  companies: { policy: "newest", owner: "both" },
  opportunities: { policy: "newest", owner: "both" },
  interactions: { policy: "newest", owner: "both" },
  products: { policy: "newest", owner: "both" },
  lead_sources: { policy: "newest", owner: "both" },
  custom_field_definitions: { policy: "newest", owner: "both" },
};

const byField: Readonly<Record<string, FieldPolicy>> = {
  // who created and last changed a record, scores, consent: facts of Keap
  "contacts.score_value": { policy: "keap", owner: "keap" },
  "contacts.source_type": { policy: "keap", owner: "both" },
};

export const defaultPolicy: FieldPolicy = { policy: "keap", owner: "keap" };

export interface StoredPolicy {
  entity: string;
  /** A column, or `*` for the table. */
  field: string;
  policy: Policy;
  owner: Owner | null;
}

/** The policies of one table: the account's own settings over the defaults, field over table. */
export function policiesFor(entity: EntityName, stored: readonly StoredPolicy[] = []): Policies {
  const own = new Map(stored.filter((one) => one.entity === entity).map((one) => [one.field, one]));
  return (field) => {
    const column = field.split(".")[0] ?? field;
    const base = byField[`${entity}.${column}`] ?? byEntity[entity] ?? defaultPolicy;
    const set = own.get(field) ?? own.get(column) ?? own.get("*");
    return set ? { policy: set.policy, owner: set.owner ?? base.owner } : base;
  };
}
