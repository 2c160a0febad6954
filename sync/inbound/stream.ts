import { createHash } from "node:crypto";
import type { KeapClient } from "../keap/client";
import { isKeapError } from "../keap/errors";
import type { Page } from "../keap/pages";
import type { EntityName, MapContext, MappedRow } from "../mapping/types";
import type { RejectedRow } from "../store";

/** A page as read from Keap and mapped; records that cannot be read are set aside with their reason. */
export interface MappedPage {
  rows: MappedRow[];
  rejected: RejectedRow[];
  nextPageToken: string | null;
  /** Rows of other tables that came to light with these; stored before them. */
  also?: { entity: EntityName; rows: MappedRow[]; rejected: RejectedRow[] }[];
}

export interface ReadOptions {
  pageToken?: string | null;
  pageSize?: number;
}

/** When the first and the last record of a list came to be, and about how many there are. */
export interface Span {
  first: Date;
  last: Date;
  about: number;
}

/**
 * How one of Keap's lists is read. Where it can be compared and ordered by id, the copy walks the ids: stateless, so a
 * killed run goes on where it stopped. Where not, it follows page tokens.
 */
export interface EntityStream {
  /** Key of its cursors: the table's name, or the kind where one table holds several. */
  name: string;
  /** The table its rows go to. */
  entity: EntityName;
  /** All records with an id above `afterId`, ascending. */
  byId?: (
    keap: KeapClient,
    context: MapContext,
    afterId: number,
    options?: ReadOptions,
  ) => Promise<MappedPage>;
  /** All records, by page token. */
  all?: (keap: KeapClient, context: MapContext, options?: ReadOptions) => Promise<MappedPage>;
  /** A list that can grow so long that a large account copies it in stretches of time, side by side. */
  inParts?: {
    /** Null where there is nothing to divide. */
    span: (keap: KeapClient, context: MapContext) => Promise<Span | null>;
    read: (
      keap: KeapClient,
      context: MapContext,
      stretch: { from: Date | null; to: Date | null },
      options?: ReadOptions,
    ) => Promise<MappedPage>;
  };
  /** The record changed last, by Keap's clock: where the polls begin once the copy is done. */
  newest?: (keap: KeapClient, context: MapContext) => Promise<MappedPage>;
  /** The highest id, to estimate how many there are. */
  newestId?: (keap: KeapClient, context: MapContext) => Promise<MappedPage>;
  /**
   * Records changed since the watermark. `ascending` lists can move the watermark page by page; a list that only
   * sorts the other way is walked down to the watermark and moves it at the end. `unordered` lists hold what changed in
   * an order of their own, or end by themselves: read whole, then the watermark moves.
   */
  changed?: {
    order: "ascending" | "descending" | "unordered";
    read: (keap: KeapClient, context: MapContext, since: Date, options?: ReadOptions) => Promise<MappedPage>;
    /** Overlap with what was read before, for records that were being written while we looked. */
    overlapMs: number;
    /** The time the list is ordered by; null where the record has none. */
    timeOf: (row: MappedRow) => string | null;
  };
  /** The newest records, read again every few minutes: a part of one may change without moving the record's time. */
  recent?: { everySeconds: number; read: (keap: KeapClient, context: MapContext) => Promise<MappedPage> };
  /** Not every plan and key has this part of the API: without it the table stays empty, and says why. */
  optional?: boolean;
  /** Shortest and longest time between two polls, seconds. */
  everySeconds: readonly [number, number];
  /**
   * Lists without ids to walk by are now and then read whole: what they no longer name is asked for by `existing`, which
   * answers those of the keys that Keap still has, and the rest is gone. Shortest time between two such readings, seconds.
   */
  sweep?: {
    everySeconds: number;
    existing: (keap: KeapClient, keys: readonly string[]) => Promise<Set<string>>;
  };
}

/** Keap does not have this, or does not show it to this key: nothing that a repetition would cure. */
export function isNotOffered(cause: unknown): boolean {
  return isKeapError(cause) && (cause.kind === "forbidden" || cause.kind === "not_found");
}

/** Keys that a call for the one record still finds. */
export function existingByGet(
  get: (keap: KeapClient, id: string) => Promise<unknown>,
): (keap: KeapClient, keys: readonly string[]) => Promise<Set<string>> {
  return async (keap, keys) => {
    const found = new Set<string>();
    for (const key of keys) {
      try {
        await get(keap, key.slice(key.indexOf(":") + 1));
        found.add(key);
      } catch (cause) {
        if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      }
    }
    return found;
  };
}

/** Keys that a second, whole reading of the list names: for records no call reads alone. */
export function existingByList(
  list: (keap: KeapClient, options: { pageToken: string | null }) => Promise<Page<{ id: string }>>,
): (keap: KeapClient, keys: readonly string[]) => Promise<Set<string>> {
  return async (keap) => {
    const found = new Set<string>();
    let pageToken: string | null = null;
    do {
      const page: Page<{ id: string }> = await list(keap, { pageToken });
      for (const one of page.items) found.add(one.id);
      for (const one of page.rejected) if (one.keap_id) found.add(one.keap_id);
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    return found;
  };
}

/** Wire records to rows; what cannot be read is set aside under its id, or what it holds where it has none. */
export function mapPage<W extends object>(page: Page<W>, map: (wire: W) => MappedRow): MappedPage {
  const rows: MappedRow[] = [];
  const rejected: RejectedRow[] = page.rejected.map(({ keap_id, reason, record }) => ({
    key: keap_id ?? `unreadable-${fingerprint(record)}`,
    reason: `Keap's record cannot be read: ${reason}`,
    record: withoutCustomFields(record),
  }));
  for (const wire of page.items) {
    try {
      const row = map(wire);
      if (row.keap_id !== null && !(Number.isSafeInteger(row.keap_id) && row.keap_id > 0))
        throw new Error(`"${row.key}" is not a numeric id`);
      rows.push(row);
    } catch (cause) {
      rejected.push({
        key: String((wire as { id?: unknown }).id ?? "unknown"),
        reason: `A value cannot be stored: ${cause instanceof Error ? cause.message : String(cause)}`,
        record: withoutCustomFields(wire),
      });
    }
  }
  return { rows, rejected, nextPageToken: page.nextPageToken };
}

/** Reads a page of one of Keap's lists and maps it. Throws what the client throws. */
export function listReader<Query extends object, Wire extends object>(
  resource: (keap: KeapClient) => { list(query: Query): Promise<Page<Wire>> },
  map: (wire: Wire, context: MapContext) => MappedRow,
): (keap: KeapClient, context: MapContext, query: Query) => Promise<MappedPage> {
  return async (keap, context, query) =>
    mapPage(await resource(keap).list(query), (wire) => map(wire, context));
}

/** A record set aside must not become the one place where a social security number is kept. */
function withoutCustomFields(record: unknown): unknown {
  if (typeof record !== "object" || record === null) return record;
  const { custom_fields: _hidden, ...rest } = record as Record<string, unknown>;
  return rest;
}

/** The same unreadable record has the same name at every reading, and two of one page have two. */
function fingerprint(record: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(record) ?? "")
    .digest("hex")
    .slice(0, 16);
}

export const minute = 60_000;
export const changedAt = (row: MappedRow) => row.updated_at;
export const paidAt = (row: MappedRow) =>
  (row.values.paid_at ?? row.values.transaction_at ?? null) as string | null;
