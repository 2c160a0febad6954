import type { RunContext } from "../context";
import { inBatches } from "../keap/filter";
import { entitySpecs } from "../mapping/entities";
import type { EntityName, MappedRow } from "../mapping/types";
import { isEmpty, sameInstant } from "../settlement";
import type { LostColumn } from "../store";

/**
 * Keap leaves empty fields out of its answers, so a field it stops answering altogether looks like one that was emptied
 * for everybody. Where a field is empty in everything just read and was not before, a record that Keap says has not
 * changed is read too: if the field is gone from that one as well, it has vanished from the answers, and what was agreed
 * stays. Costs nothing unless something was lost.
 */
export async function keepVanished(
  context: RunContext,
  entity: EntityName,
  rows: readonly MappedRow[],
  list: (ids: readonly number[]) => Promise<{ rows: readonly MappedRow[] }>,
): Promise<readonly MappedRow[]> {
  if (entity !== "contacts" || rows.length === 0) return rows;
  const empty = entitySpecs[entity].fields
    .map((field) => field.name)
    .filter((name) => rows.every((row) => name in row.values && isEmpty(row.values[name])));
  if (empty.length === 0) return rows;
  const lost = await context.store.lostColumns(
    context.accountId,
    entity,
    rows.map((row) => row.key),
    empty,
  );
  if (lost.length === 0) return rows;
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const unproven = lost.filter((one) => !isProven(one, byKey));
  const ids = [...new Set(unproven.flatMap((one) => one.controls.map((control) => control.keap_id)))];
  const read: MappedRow[] = [];
  for (const batch of inBatches(ids)) read.push(...(await list(batch)).rows);
  const controls = new Map(read.map((row) => [row.keap_id, row]));
  const vanished = lost.filter((one) => isProven(one, byKey) || hasVanished(one, controls));
  return vanished.length === 0 ? rows : rows.map((row) => withHeld(row, vanished));
}

/** Empty now in a record that Keap has not changed since it held something. */
function isProven({ held }: LostColumn, read: ReadonlyMap<string, MappedRow>): boolean {
  return Object.entries(held).some(([key, before]) =>
    sameInstant(read.get(key)?.updated_at, before.updated_at),
  );
}

function hasVanished({ column, controls }: LostColumn, read: ReadonlyMap<number | null, MappedRow>): boolean {
  return controls.some(({ keap_id, updated_at }) => {
    const row = read.get(keap_id);
    return row !== undefined && sameInstant(row.updated_at, updated_at) && isEmpty(row.values[column]);
  });
}

function withHeld(row: MappedRow, vanished: readonly LostColumn[]): MappedRow {
  const held = vanished.flatMap(({ column, held }) =>
    row.key in held ? [[column, held[row.key]?.value ?? null] as const] : [],
  );
  return held.length === 0 ? row : { ...row, values: { ...row.values, ...Object.fromEntries(held) } };
}
