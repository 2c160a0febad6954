import type { Principal } from "@/supabase/contract/principal";
import { countryName } from "../metrics/countries";
import { type DimensionId, dimensions } from "../metrics/dimensions";
import type { QueryDoor } from "./door";
import type { ResolveSource } from "./resolve";

/** A value of a dimension with everything it may be called; the first name is the one shown. */
export interface NamedValue {
  id: string;
  names: string[];
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
    async firstInstant() {
      const { rows } = await door(firstInstantSql, [], principal);
      const first = rows[0]?.first_instant;
      return typeof first === "string" ? first : null;
    },
  };
}
