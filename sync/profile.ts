import type { RunContext, SyncDeps } from "./context";
import { isKeapError } from "./keap/errors";
import { customFieldFromWire } from "./mapping/catalog-records";
import { subscriptionUnitFrom } from "./mapping/commerce";
import type { Json, MapContext, MappedRow, MoneyUnit } from "./mapping/types";
import type { Cursor } from "./store";

/** How long what was read about the account itself stays good. */
const profileAgeMs = 6 * 60 * 60 * 1000;

/** The account's facts as last read; null when they must be read first. */
export function rememberedProfile(cursors: readonly Cursor[], now: Date): MapContext | null {
  const cursor = cursors.find((one) => one.entity === "account" && one.stream === "poll");
  if (!cursor?.watermark || now.getTime() - Date.parse(cursor.watermark) > profileAgeMs) return null;
  const { currency, test_merchants, excluded_custom_fields, subscription_unit } = cursor.position;
  if (typeof currency !== "string") return null;
  return {
    currency,
    testMerchants: new Set(texts(test_merchants)),
    excludedCustomFields: new Set(texts(excluded_custom_fields)),
    subscriptionUnit: subscription_unit === "minor" ? "minor" : "major",
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
  const profile = await keap.businessProfile.get();
  const merchants = await optional(() => keap.merchants.list());
  const excluded = await socialSecurityFields(keap);
  const currency = profile.currency_code ?? "USD";
  const known: MapContext = {
    currency,
    testMerchants: new Set((merchants?.items ?? []).filter((one) => one.is_test).map((one) => one.id)),
    excludedCustomFields: new Set(excluded),
    subscriptionUnit: await subscriptionUnit(keap, currency),
  };
  await store.setProfile(accountId, {
    time_zone: validZone(profile.time_zone),
    currency: profile.currency_code ?? null,
  });
  await store.moveCursor(accountId, "account", {
    stream: "poll",
    state: "done",
    watermark: now().toISOString(),
    position: {
      currency: known.currency,
      test_merchants: [...known.testMerchants],
      excluded_custom_fields: excluded,
      subscription_unit: known.subscriptionUnit ?? "major",
    },
  });
  return known;
}

/** Learnt from the newest hundred, where there are plans to compare with. */
async function subscriptionUnit(keap: RunContext["keap"], currency: string): Promise<MoneyUnit> {
  const plans = await optional(() => keap.plans.list("-"));
  if (!plans || plans.items.length === 0) return "major";
  const newest = await optional(() => keap.subscriptions.list({ orderBy: "id desc", pageSize: 100 }));
  return subscriptionUnitFrom(newest?.items ?? [], plans.items, currency) ?? "major";
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

const models = ["contacts", "orders", "subscriptions"] as const;
const recordTypes = { contacts: "CONTACT", orders: "ORDER", subscriptions: "SUBSCRIPTION" } as const;

/** Social security numbers are never mirrored: neither their values nor, with them, a way to guess them. */
async function socialSecurityFields(keap: RunContext["keap"]): Promise<string[]> {
  const model = await optional(() => keap.customFields.model("contacts"));
  return (model?.items ?? [])
    .filter((field) => field.field_type === "SOCIAL_SECURITY_NUMBER")
    .map((field) => field.id);
}

/** Definitions of the custom fields of what we copy: one call per kind of record. */
export async function readCustomFields(keap: RunContext["keap"]): Promise<MappedRow[]> {
  const rows: MappedRow[] = [];
  for (const kind of models) {
    const model = await optional(() => keap.customFields.model(kind));
    for (const field of model?.items ?? []) rows.push(customFieldFromWire(field, recordTypes[kind]));
  }
  return rows;
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
