import type { WireCustomFieldValue } from "../keap/schemas";
import type { Json, MapContext, Values } from "./types";
import { asJson } from "./values";

export const recordTypes = [
  "CONTACT",
  "COMPANY",
  "ORDER",
  "SUBSCRIPTION",
  "OPPORTUNITY",
  "TASK_NOTE_APPOINTMENT",
  "REFERRAL_PARTNER",
] as const;
export type RecordType = (typeof recordTypes)[number];

/** Stands for all fields of a kind, where nothing says which of them may not be copied. */
export const everyField = "*";

/** Ids of custom fields count per kind of record; those of contacts stand alone. */
export function excludedKey(recordType: RecordType, id: string): string {
  return recordType === "CONTACT" ? id : `${recordType}:${id}`;
}

/** Keap's list of {id, content} as an object by field id; excluded fields are never mirrored. */
export function customFieldsFromWire(
  list: readonly WireCustomFieldValue[] | null | undefined,
  context: MapContext,
  recordType: RecordType = "CONTACT",
): Values {
  const result: Values = {};
  if (context.excludedCustomFields.has(excludedKey(recordType, everyField))) return result;
  for (const { id, content } of list ?? []) {
    if (context.excludedCustomFields.has(excludedKey(recordType, id))) continue;
    const value = asJson(content);
    if (value === null || value === "") continue;
    result[id] = value;
  }
  return result;
}

/** Back to Keap's list. A field set to null is sent as null, which clears it; one left out of the list is cleared too. */
export function customFieldsToWire(values: Json): { id: string; content: Json }[] {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return [];
  return Object.entries(values)
    .filter(([, content]) => content !== null)
    .map(([id, content]) => ({ id, content }));
}
