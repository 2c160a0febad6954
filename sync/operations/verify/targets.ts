import type { RunContext } from "../../context";
import { backfillOrder } from "../../inbound/backfill";
import { type EntityStream, isNotOffered, type MappedPage } from "../../inbound/stream";
import { streams } from "../../inbound/streams";
import type { EntityName, Json, MappedRow } from "../../mapping/types";
import { readCustomFields } from "../../profile";
import type { SyncState } from "../../store";
import { Refusal } from "../deps";

/** One list of Keap that is compared with one table, or with a part of one. */
export interface Target {
  /** The table, or `table:list` where several lists of Keap fill one table. */
  name: string;
  entity: EntityName;
  /** Walked by id: every page is a closed range. */
  ordered: boolean;
  /** Keys of this list's records begin so, where a table holds those of several lists. */
  prefix: string | null;
  /** The first list of its table, which answers for rows that Keap does not have yet. */
  first: boolean;
  read: (context: RunContext, at: { lastId: number; token: string | null }) => Promise<VerifyPage>;
  stream: EntityStream | null;
}

export interface VerifyPage {
  rows: MappedRow[];
  rejected: { key: string; reason: string }[];
  range: Record<string, Json>;
  /** Where the next page begins; null after the last. */
  next: { lastId: number; token: string | null } | null;
}

/** Keap does not show this list to this key, now. Nothing can be said about it. */
export class NotOffered extends Error {
  override readonly name = "NotOffered";
}

/** Every copied list. A table that the first copy has not finished cannot be compared, and is named. */
export function listTargets(
  state: SyncState,
  only?: readonly string[],
): { targets: Target[]; notCopied: string[] } {
  const wanted = (entity: string) => !only || only.includes(entity);
  const copied = (cursor: string) =>
    state.cursors.some((one) => one.entity === cursor && one.stream === "backfill" && one.state === "done");
  const known = ["custom_field_definitions", ...streams.flatMap((stream) => [stream.entity, stream.name])];
  const unknown = only?.filter((entity) => !known.includes(entity)) ?? [];
  if (unknown.length > 0)
    throw new Refusal(
      `There is no table "${unknown[0]}" to compare. There are: ${[...new Set(known)].join(", ")}.`,
    );
  const targets: Target[] = [];
  for (const stream of streams) {
    if (!(wanted(stream.entity) || wanted(stream.name)) || !copied(cursorName(stream))) continue;
    targets.push(streamTarget(stream, !targets.some((one) => one.entity === stream.entity)));
  }
  if (wanted("custom_field_definitions") && copied("custom_field_definitions"))
    targets.push(customFieldsTarget);
  const notCopied = backfillOrder.filter((entity) => wanted(entity) && !copied(entity));
  return { targets, notCopied };
}

const cursorName = (stream: EntityStream): string => stream.name;

function streamTarget(stream: EntityStream, first: boolean): Target {
  const { entity, byId, all } = stream;
  const name = cursorName(stream);
  const shared = name !== entity;
  return {
    name: shared ? `${entity}:${name}` : entity,
    entity,
    ordered: byId !== undefined,
    prefix: shared ? (prefixes[name] ?? null) : null,
    first,
    stream,
    async read(context, at) {
      try {
        return await readPage(context, at);
      } catch (cause) {
        if (stream.optional && isNotOffered(cause)) throw new NotOffered();
        throw cause;
      }
    },
  };

  async function readPage(
    context: RunContext,
    at: { lastId: number; token: string | null },
  ): Promise<VerifyPage> {
    if (byId)
      return idPage(await byId(context.keap, context.mapping, at.lastId), at.lastId, prefixes[name] ?? null);
    const page = await all?.(context.keap, context.mapping, { pageToken: at.token });
    if (!page) return { rows: [], rejected: [], range: {}, next: null };
    const { rows, rejected, nextPageToken } = page;
    return {
      rows,
      rejected,
      range: {},
      next: nextPageToken === null ? null : { lastId: 0, token: nextPageToken },
    };
  }
}

/** How the keys of the lists begin that share the table `interactions`. */
const prefixes: Readonly<Record<string, string>> = {
  notes: "note:",
  tasks: "task:",
  appointments: "appointment:",
  emails: "email:",
};

function idPage(
  { rows, rejected, nextPageToken }: MappedPage,
  after: number,
  prefix: string | null,
): VerifyPage {
  const ids = [...rows.map((row) => row.keap_id ?? 0), ...rejected.map((one) => Number(one.key) || 0)];
  const upto = nextPageToken === null ? null : Math.max(after, ...ids);
  return {
    rows,
    rejected,
    range: { after, upto, ...(prefix ? { prefix } : {}) },
    next: upto === null ? null : { lastId: upto, token: null },
  };
}

const customFieldsTarget: Target = {
  name: "custom_field_definitions",
  entity: "custom_field_definitions",
  ordered: false,
  prefix: null,
  first: true,
  stream: null,
  read: async ({ keap }) => ({ rows: await readCustomFields(keap), rejected: [], range: {}, next: null }),
};

/** Certain records once more. What is not in `rows` may still be in Keap: only `missing` was looked for and not found. */
export async function readRecords(
  context: RunContext,
  target: Target,
  ids: readonly number[],
  keys: readonly string[],
): Promise<{ rows: MappedRow[]; missing: string[] }> {
  const { keap, mapping } = context;
  const rows: MappedRow[] = [];
  const unreadable = new Set<string>();
  const byId = target.stream?.byId;
  if (byId) {
    for (const id of new Set(ids)) {
      const page = await byId(keap, mapping, id - 1, { pageSize: 1 });
      rows.push(...page.rows.filter((row) => row.keap_id === id));
      for (const one of page.rejected) unreadable.add(one.key.slice(one.key.indexOf(":") + 1));
    }
  } else {
    for (let at: VerifyPage["next"] = { lastId: 0, token: null }; at !== null; ) {
      const page: VerifyPage = await target.read(context, at);
      rows.push(...page.rows.filter((row) => keys.includes(row.key)));
      for (const one of page.rejected) unreadable.add(one.key.slice(one.key.indexOf(":") + 1));
      at = page.next;
    }
  }
  const seen = new Set(rows.map((row) => row.key));
  const missing = keys.filter((key) => !seen.has(key) && !unreadable.has(key.slice(key.indexOf(":") + 1)));
  return { rows, missing };
}
