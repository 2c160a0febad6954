import type { EntityName, Json, MappedRow } from "../mapping/types";
import { objectOf } from "../mapping/values";
import type { AddressState, SyncStore } from "../store";

/**
 * Whether an address may be mailed belongs to the address, and Keap shows it on every person who has it; a change moves
 * none of the others' times. The people whose rows show another state than these records do: to be read again.
 */
export async function peopleSharing(
  { store, accountId }: { store: SyncStore; accountId: string },
  entity: EntityName,
  rows: readonly MappedRow[],
): Promise<number[]> {
  const states = addressStates(entity, rows);
  if (states.length === 0) return [];
  const themselves = entity === "contacts" ? rows.flatMap((row) => row.keap_id ?? []) : [];
  return store.contactsSharing(accountId, states, themselves);
}

function addressStates(entity: EntityName, rows: readonly MappedRow[]): AddressState[] {
  if (entity === "email_addresses_status")
    return rows.flatMap(({ values }) => state(values.email, values.opted_in, values.status));
  if (entity !== "contacts") return [];
  return rows.flatMap(({ values }) =>
    Object.values(objectOf(values.email_addresses ?? null)).flatMap((slot) => {
      const { email, is_opt_in, email_opt_status } = objectOf(slot);
      return state(email, is_opt_in, email_opt_status);
    }),
  );
}

function state(email: Json | undefined, optedIn: Json | undefined, status: Json | undefined): AddressState[] {
  if (typeof email !== "string" || typeof status !== "string") return [];
  return [{ email, opted_in: typeof optedIn === "boolean" ? optedIn : null, status }];
}
