import type { Call } from "../http/call";
import { badRequest } from "../http/errors";

/** The names in `update_mask`; undefined when it was not sent. An unknown name is a 400. */
export function readMask(call: Call, allowed: readonly string[]): string[] | undefined {
  const sent = call.url.searchParams.getAll("update_mask");
  if (sent.length === 0) return undefined;
  const names = sent
    .flatMap((one) => (call.switches.update_mask_form === "both" ? one.split(",") : [one]))
    .map((n) => n.trim());
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw badRequest(`update_mask: unknown property "${unknown}"`, "update_mask");
  return names;
}

export interface PatchRules {
  /** The names `update_mask` may hold. */
  mask: readonly string[];
  /** The names the body may write; a masked name outside it writes nothing. */
  writable: readonly string[];
  /** Whether Keap promises "only the values provided" without a mask. */
  promised?: boolean;
  maskRequired?: boolean;
}

/**
 * What a PATCH changes: name → new value, undefined = clear. With a mask exactly the masked names, sent or not;
 * without one, by promise or by the switch `unmasked_patch`.
 */
export function readChanges(
  call: Call,
  body: Record<string, unknown>,
  rules: PatchRules,
): Map<string, unknown> {
  const mask = readMask(call, rules.mask);
  if (!mask && rules.maskRequired) throw badRequest("update_mask is required", "update_mask");
  const clearRest = !mask && !rules.promised && call.switches.unmasked_patch === "replace";
  const names =
    mask ?? (clearRest ? rules.writable : rules.writable.filter((name) => body[name] !== undefined));
  return new Map(
    names.filter((name) => rules.writable.includes(name)).map((name) => [name, body[name] ?? undefined]),
  );
}

/** A copy of the record with the changes; a cleared field is absent. */
export function withChanges<R extends object>(record: R, changes: Iterable<readonly [string, unknown]>): R {
  const draft = { ...record } as Record<string, unknown>;
  for (const [name, value] of changes) {
    if (value === undefined || value === null || value === "") delete draft[name];
    else draft[name] = value;
  }
  return draft as R;
}

/** A new record from a body: empty values stay away. */
export function fresh<R>(values: Record<string, unknown>): R {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  ) as R;
}
