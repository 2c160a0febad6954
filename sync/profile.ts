import type { RunContext, SyncDeps } from "./context";
import { mapPage } from "./inbound/stream";
import { isKeapError } from "./keap/errors";
import type { ModelKind } from "./keap/resources/custom-fields";
import { customFieldFromWire } from "./mapping/catalog-records";
import { subscriptionUnitFrom } from "./mapping/commerce";
import { everyField, excludedKey, type RecordType } from "./mapping/custom-fields";
import type { Json, MapContext, MappedRow, MoneyUnit, OwnFields } from "./mapping/types";
import { objectOf } from "./mapping/values";
import { findOrMakeOwnFields, ownFieldsAmong, positionOf, rememberOwnFields } from "./own-fields";
import type { Cursor, RejectedRow, SyncState } from "./store";

/** How long what was read about the account itself stays good. */
const profileAgeMs = 6 * 60 * 60 * 1000;

/** The account's facts as last read; null when they must be read first. */
export function rememberedProfile(cursors: readonly Cursor[], now: Date): MapContext | null {
  const cursor = cursors.find((one) => one.entity === "account" && one.stream === "poll");
  if (!cursor?.watermark || now.getTime() - Date.parse(cursor.watermark) > profileAgeMs) return null;
  return profileOf(cursors);
}

/** The facts as last read, however old. */
function profileOf(cursors: readonly Cursor[]): MapContext | null {
  const cursor = cursors.find((one) => one.entity === "account" && one.stream === "poll");
  if (!cursor) return null;
  const { currency, test_merchants, excluded_custom_fields, subscription_unit } = cursor.position;
  const { won_stages, lost_stages, own_fields } = cursor.position;
  if (typeof currency !== "string") return null;
  return {
    currency,
    testMerchants: new Set(texts(test_merchants)),
    excludedCustomFields: new Set(texts(excluded_custom_fields)),
    subscriptionUnit: subscription_unit === "minor" ? "minor" : "major",
    wonStages: new Set(texts(won_stages)),
    lostStages: new Set(texts(lost_stages)),
    ownFields: objectOf(own_fields) as unknown as Record<string, OwnFields>,
  };
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Reads zone, currency and test merchants, and remembers them. */
export async function readProfile({
  keap,
  store,
  accountId,
  now = () => new Date(),
}: SyncDeps): Promise<MapContext> {
  // where a part cannot be read now, what was known of it stays: a refusal must not turn cents into dollars
  const before = profileOf((await store.readState(accountId)).cursors);
  const profile = await keap.businessProfile.get();
  const merchants = await optional(() => keap.merchants.list());
  const { excluded, ownFields } = await fieldsOfModels(keap, before);
  const stages = await outcomesOfStages(keap);
  const currency = profile.currency_code ?? "USD";
  const known: MapContext = {
    currency,
    testMerchants: merchants
      ? new Set(merchants.items.filter((one) => one.is_test).map((one) => one.id))
      : (before?.testMerchants ?? new Set()),
    excludedCustomFields: new Set(excluded),
    subscriptionUnit: (await subscriptionUnit(keap, currency)) ?? before?.subscriptionUnit ?? "major",
    wonStages: stages ? new Set(stages.won) : before?.wonStages,
    lostStages: stages ? new Set(stages.lost) : before?.lostStages,
    ownFields,
  };
  await store.setProfile(accountId, {
    time_zone: validZone(profile.time_zone),
    currency: profile.currency_code ?? null,
  });
  await store.moveCursor(accountId, "account", {
    stream: "poll",
    state: "done",
    watermark: now().toISOString(),
    position: positionOf(known),
  });
  return known;
}

/** Learnt from the newest hundred, where there are plans to compare with; null where nothing tells. */
async function subscriptionUnit(keap: RunContext["keap"], currency: string): Promise<MoneyUnit | null> {
  const plans = await optional(() => keap.plans.list("-"));
  if (!plans || plans.items.length === 0) return null;
  const newest = await optional(() => keap.subscriptions.list({ orderBy: "id desc", pageSize: 100 }));
  return subscriptionUnitFrom(newest?.items ?? [], plans.items, currency);
}

function validZone(zone: string | null | undefined): string | null {
  if (!zone) return null;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return null;
  }
}

/** The sets of custom fields, by a kind of record that shows them; tasks, notes and appointments share one. */
const models = {
  contacts: "CONTACT",
  companies: "COMPANY",
  orders: "ORDER",
  subscriptions: "SUBSCRIPTION",
  opportunities: "OPPORTUNITY",
  tasks: "TASK_NOTE_APPOINTMENT",
  affiliates: "REFERRAL_PARTNER",
} as const satisfies Partial<Record<ModelKind, RecordType>>;

const modelKinds = Object.keys(models) as (keyof typeof models)[];

/** Without the model of people nothing says which of their fields may not be copied: that is no corner to do without. */
function readModel(keap: RunContext["keap"], kind: keyof typeof models) {
  const read = () => keap.customFields.model(kind);
  return kind === "contacts" ? read() : optional(read);
}

/**
 * Social security numbers are never mirrored: neither their values nor, with them, a way to guess them. And which fields
 * are ours.
 */
async function fieldsOfModels(
  keap: RunContext["keap"],
  before: MapContext | null,
): Promise<{ excluded: string[]; ownFields: Record<string, OwnFields> }> {
  const excluded: string[] = [];
  const ownFields: Record<string, OwnFields> = {};
  for (const kind of modelKinds) {
    const model = await readModel(keap, kind);
    if (!model || model.rejected.length > 0) excluded.push(...excludedAsBefore(models[kind], before));
    for (const field of model?.items ?? []) {
      if (field.field_type === "SOCIAL_SECURITY_NUMBER") excluded.push(excludedKey(models[kind], field.id));
    }
    const ours = ownFieldsAmong(model?.items ?? []);
    const known = ours.id || ours.writer ? ours : model ? null : before?.ownFields?.[kind];
    if (known) ownFields[kind] = known;
  }
  return { excluded, ownFields };
}

/** Of a kind whose model cannot be read: what was left out before, or, where nothing was known yet, everything. */
function excludedAsBefore(type: RecordType, before: MapContext | null): string[] {
  if (!before) return [excludedKey(type, everyField)];
  const keys = [...before.excludedCustomFields];
  return keys.filter((key) => (type === "CONTACT" ? !key.includes(":") : key.startsWith(`${type}:`)));
}

/** On connecting, where edits may go to Keap at all: our two fields on people. A key that may not make them is no trouble. */
export async function prepareOwnFields(deps: SyncDeps, mapping: MapContext, state: SyncState): Promise<void> {
  const off = state.switches.some(
    (one) => (one.entity === "*" || one.entity === "contacts") && (one.paused || !one.outbound),
  );
  if (off || mapping.ownFields?.contacts) return;
  const fields = await optional(() => findOrMakeOwnFields(deps.keap, "contacts"));
  if (fields) await rememberOwnFields(deps, mapping, "contacts", fields);
}

/** Stage ids, as text; several stand as one list with commas. */
async function outcomesOfStages(keap: RunContext["keap"]): Promise<{ won: string[]; lost: string[] } | null> {
  const settings = await optional(() => keap.settings.getConfiguration(["OPPORTUNITY"]));
  if (!settings) return null;
  const states = settings.opportunity?.states;
  const ids = (text: string | null | undefined) =>
    (text ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  return { won: ids(states?.win?.stage), lost: ids(states?.loss?.stage) };
}

/** Definitions of the custom fields of every kind of record. */
export async function readCustomFields(keap: RunContext["keap"]): Promise<MappedRow[]> {
  return (await readCustomFieldModels(keap)).rows;
}

/** The same, with what could not be read and the kinds whose model was read whole: one call a kind. */
export async function readCustomFieldModels(
  keap: RunContext["keap"],
): Promise<{ rows: MappedRow[]; rejected: RejectedRow[]; whole: RecordType[] }> {
  const rows: MappedRow[] = [];
  const rejected: RejectedRow[] = [];
  const whole: RecordType[] = [];
  for (const kind of modelKinds) {
    const model = await readModel(keap, kind);
    if (!model) continue;
    const page = mapPage({ items: model.items, rejected: model.rejected, nextPageToken: null }, (field) =>
      customFieldFromWire(field, models[kind]),
    );
    rows.push(...page.rows);
    rejected.push(...page.rejected.map((one) => ({ ...one, key: `${models[kind]}:${one.key}` })));
    if (page.rejected.length === 0) whole.push(models[kind]);
  }
  return { rows, rejected, whole };
}

/** Some plans and roles lack a corner of the API; that is no reason to stop. */
async function optional<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    if (
      isKeapError(cause) &&
      (cause.kind === "forbidden" || cause.kind === "not_found" || cause.kind === "invalid")
    )
      return null;
    throw cause;
  }
}
