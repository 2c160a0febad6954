import type { SyncDeps } from "./context";
import type { KeapClient } from "./keap/client";
import { isKeapError } from "./keap/errors";
import type { ModelKind } from "./keap/resources/custom-fields";
import type { WireCustomField } from "./keap/schemas";
import type { Json, MapContext, OwnField, OwnFields } from "./mapping/types";

/**
 * Two custom fields of ours in Keap: our id of the record, by which a create that timed out is found again, and who
 * wrote it last. They are filled with creates and along with changes that are sent anyway, never by a run of their own.
 */
export const ownLabels = { id: "Keapsake ID", writer: "Keapsake last writer" } as const;

/** Our fields among those of a kind of record. */
export function ownFieldsAmong(fields: readonly WireCustomField[]): OwnFields {
  const named = (label: string): OwnField | null => {
    // of two the older one: everybody who looks chooses the same
    const [field] = fields
      .filter((one) => one.label === label && one.field_name)
      .sort((a, b) => Number(a.id) - Number(b.id));
    return field?.field_name ? { id: field.id, field_name: field.field_name } : null;
  };
  return { id: named(ownLabels.id), writer: named(ownLabels.writer) };
}

/**
 * Finds our fields of a kind, and makes what is missing. Null where the key may not make fields. Two runs that make them
 * at one moment agree afterwards: the field made first stays, whoever made the other takes it away again.
 */
export async function findOrMakeOwnFields(keap: KeapClient, kind: ModelKind): Promise<OwnFields> {
  const { items } = await keap.customFields.model(kind);
  // one that is there without a name to filter by is not made a second time
  const missing = Object.values(ownLabels).filter((label) => !items.some((one) => one.label === label));
  const made: OwnField[] = [];
  for (const label of missing) {
    const field = await make(keap, kind, label);
    if (field) made.push(field);
  }
  if (made.length === 0) return ownFieldsAmong(items);
  const after = await keap.customFields.model(kind);
  const ours = ownFieldsAmong(after.items);
  const kept = [ours.id?.id, ours.writer?.id];
  for (const { id } of made)
    if (!kept.includes(id) && after.items.some((one) => one.id === id))
      await keap.customFields.delete(kind, id);
  return ours;
}

async function make(keap: KeapClient, kind: ModelKind, label: string): Promise<OwnField | null> {
  try {
    const field = await keap.customFields.create(
      kind,
      { label, field_type: "TEXT" },
      { lane: "interactive" },
    );
    return field.field_name ? { id: field.id, field_name: field.field_name } : null;
  } catch (cause) {
    if (isKeapError(cause) && (cause.kind === "forbidden" || cause.kind === "invalid")) return null;
    throw cause;
  }
}

/** Remembers what is known of our fields, so that no run has to ask for the model again. */
export async function rememberOwnFields(
  { store, accountId }: Pick<SyncDeps, "store" | "accountId">,
  mapping: MapContext,
  kind: ModelKind,
  fields: OwnFields,
): Promise<void> {
  mapping.ownFields = { ...mapping.ownFields, [kind]: fields };
  await store.moveCursor(accountId, "account", { stream: "poll", position: positionOf(mapping) });
}

/** What is known of the account, as the cursor keeps it. */
export function positionOf(mapping: MapContext): Record<string, Json> {
  return {
    currency: mapping.currency,
    test_merchants: [...mapping.testMerchants],
    excluded_custom_fields: [...mapping.excludedCustomFields],
    subscription_unit: mapping.subscriptionUnit ?? "major",
    won_stages: [...(mapping.wonStages ?? [])],
    lost_stages: [...(mapping.lostStages ?? [])],
    own_fields: JSON.parse(JSON.stringify(mapping.ownFields ?? {})) as Json,
  };
}
