import type { Principal } from "@/supabase/contract/principal";
import { countryName } from "../metrics/countries";
import { type DimensionId, dimensions } from "../metrics/dimensions";
import type { QueryDoor } from "./door";
import { type Filter, filterSchema } from "./query";
import type { ResolveSource } from "./resolve";

/** A value of a dimension with everything it may be called; the first name is the one shown. */
export interface NamedValue {
  id: string;
  names: string[];
}

/** A custom field of contacts; of some one person may hold several values. */
export interface NamedField extends NamedValue {
  many: boolean;
}

/** Kinds of custom fields in which several values are chosen. */
const manyValued = new Set(["LIST_BOX", "USER_LIST_BOX"]);

/** A saved segment; `filters` are the conditions of a live one. */
export interface NamedSegment extends NamedValue {
  filters: Filter | null;
}

/**
 * Conditions of a live segment in a query's own words; null where people were chosen by hand or by a model, whose
 * choice only the list of members holds.
 */
function conditionsOf(kind: unknown, definition: unknown): Filter | null {
  if (kind !== "dynamic" || typeof definition !== "object" || definition === null) return null;
  if ((definition as { people?: { at_risk?: unknown } }).people?.at_risk) return null;
  const parsed = filterSchema.safeParse((definition as { filters?: unknown }).filters);
  return parsed.success ? parsed.data : null;
}

const firstInstantSql = `select least(
  (select min(o.order_time) from analytics.orders o),
  (select min(p.paid_at) from analytics.payments p),
  (select min(l.created_at) from analytics.leads l)
) as first_instant`;

/** Names and first day of the principal's account, read through the query door; each dimension at most once. */
export function openNames(door: QueryDoor, principal: Principal): ResolveSource {
  const cache = new Map<DimensionId, Promise<NamedValue[]>>();
  async function load(dimension: DimensionId): Promise<NamedValue[]> {
    const { rows } = await door(dimensions[dimension].values, [], principal);
    return rows.map((row) => {
      const id = String(row.id);
      const names = [row.name, row.also].filter((name) => name !== null && name !== undefined).map(String);
      return { id, names: dimension === "country" ? [countryName(id), id] : names };
    });
  }
  return {
    values(dimension) {
      const cached = cache.get(dimension) ?? load(dimension);
      cache.set(dimension, cached);
      return cached;
    },
    async segments() {
      const { rows } = await door(
        "select segment_id::text as id, name, kind, definition from analytics.segments order by name",
        [],
        principal,
      );
      return rows.map((row) => ({
        id: String(row.id),
        names: [String(row.name)],
        filters: conditionsOf(row.kind, row.definition),
      }));
    },
    async fields() {
      const { rows } = await door(
        "select field_id as id, name, field_name as also, field_type from analytics.contact_fields order by name",
        [],
        principal,
      );
      return rows.map((row) => ({
        id: String(row.id),
        names: [row.name, row.also].filter((name) => name !== null && name !== undefined).map(String),
        many: manyValued.has(String(row.field_type)),
      }));
    },
    async firstInstant() {
      const { rows } = await door(firstInstantSql, [], principal);
      const first = rows[0]?.first_instant;
      return typeof first === "string" ? first : null;
    },
  };
}
