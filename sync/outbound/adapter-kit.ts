import type { RunContext } from "../context";
import { invalidRequest, isKeapError, KeapError } from "../keap/errors";
import type { ModelKind } from "../keap/resources/custom-fields";
import type { WireCustomFieldValue } from "../keap/schemas";
import type { RecordType } from "../mapping/custom-fields";
import type { Json, MappedRow, Values } from "../mapping/types";
import { hiddenFields, type KeapRecord, missingParent, type OutboundAdapter, writerOf } from "./adapters";
import {
  despiteLostFields,
  type FieldContent,
  ownFieldsOf,
  rememberedOwnFields,
  withOwnFields,
} from "./marker";

export const lane = "interactive" as const;

/** A record of Keap that may hold custom fields. */
export interface WireRecord {
  id: string;
  custom_fields?: WireCustomFieldValue[] | null;
}

export interface Sent {
  body: Record<string, Json>;
  mask: string[];
}

/** What differs from table to table in how its records are read, changed, found and made in Keap. */
export interface RecordKind<W extends WireRecord> {
  words: { one: string; other: string };
  /** Where custom fields, and so our marker, can live; null where there are none. */
  fields: { model: ModelKind; recordType: RecordType } | null;
  /** Whether our id and the writer go along with changes of custom fields too, or with a create alone. */
  marksChanges: boolean;
  /**
   * `unique`: Keap has one record of a name, so finding none proves that there is none. `likely`: another record alike is
   * probably the same. `none`: two that look alike are two (tasks, deals); only our marker tells which is ours.
   */
  byNature: "unique" | "likely" | "none";
  /** Parents by the name of their reference, in words. */
  parents: Readonly<Record<string, string>>;
  byIds(context: RunContext, ids: readonly number[]): Promise<readonly W[]>;
  /** By our marker, the name of whose field is given. */
  byMarker?(context: RunContext, fieldName: string, recordId: string): Promise<readonly W[]>;
  /** By what nature gives it; null where there is nothing to look by. */
  alike(context: RunContext, row: Values): Promise<readonly W[] | null>;
  toRow(wire: W, context: RunContext): MappedRow;
  toWire(columns: readonly string[], values: Values, context: RunContext, held?: W): Sent;
  /** Answers the record as a list would show it. */
  patch(context: RunContext, id: string, sent: Sent, held: W, row: Values): Promise<W>;
  post(context: RunContext, body: Record<string, Json>, row: Values): Promise<W>;
  /** Absent where Keap's API deletes none. */
  remove?(context: RunContext, id: string, held: W): Promise<void>;
  /** Columns a create needs, with what to put there. */
  needs?: Readonly<Record<string, string>>;
}

export function recordAdapter<W extends WireRecord>(kind: RecordKind<W>): OutboundAdapter {
  const record = (context: RunContext, wire: W): KeapRecord => ({
    row: kind.toRow(wire, context),
    hidden: kind.fields ? hiddenFields(context, wire.custom_fields, kind.fields.recordType) : [],
    wire,
  });
  return {
    words: kind.words,
    ...(kind.fields ? { model: kind.fields.model } : {}),
    waitsFor: (row) => missingParent(row, kind.parents),
    async read(context, ids) {
      const found = new Map<number, KeapRecord>();
      for (const wire of await kind.byIds(context, ids)) found.set(Number(wire.id), record(context, wire));
      return found;
    },
    update: (context, id, columns, current, row = {}) =>
      despiteLostFields(context, kind.fields?.model ?? null, async () => {
        const held = current.wire as W;
        const sent = kind.toWire(Object.keys(columns), columns, context, held);
        addCustomFields(kind, context, sent, current, row);
        return record(context, await kind.patch(context, String(id), sent, held, row));
      }),
    async probe(context, recordId, row) {
      const { marker, marked } = await despiteLostFields(context, kind.fields?.model ?? null, async () => {
        const id = kind.fields && kind.byMarker ? (await ownFieldsOf(context, kind.fields.model)).id : null;
        if (!id || !kind.byMarker) return { marker: null, marked: [] as W[] };
        const holds = (wire: W) =>
          wire.custom_fields?.some((field) => field.id === id.id && field.content === recordId);
        return {
          marker: id,
          marked: (await kind.byMarker(context, id.field_name, recordId)).filter(holds),
        };
      });
      const alike = marked.length > 0 || kind.byNature === "none" ? [] : await kind.alike(context, row);
      return {
        marked: marked.map((wire) => record(context, wire)),
        alike: (alike ?? []).map((wire) => record(context, wire)),
        looked: marker !== null || (alike !== null && kind.byNature !== "none"),
        certain: marker !== null || (alike !== null && kind.byNature === "unique"),
      };
    },
    async create(context, recordId, row, columns) {
      for (const [column, what] of Object.entries(kind.needs ?? {})) {
        if ((row[column] ?? null) === null || row[column] === "")
          throw invalidRequest(`create a ${kind.words.one}`, `Keap wants ${what} (${column})`);
      }
      return despiteLostFields(context, kind.fields?.model ?? null, async () => {
        const { body } = kind.toWire(columns, row, context);
        if (kind.fields && kind.byMarker) {
          const own = await ownFieldsOf(context, kind.fields.model);
          const list = withOwnFields(contents(body.custom_fields), own, recordId, writerOf(row));
          if (list.length > 0) body.custom_fields = list as unknown as Json;
        }
        return record(context, await kind.post(context, body, row));
      });
    },
    ...(kind.remove
      ? { remove: (context, id, current) => kind.remove?.(context, String(id), current.wire as W) }
      : {}),
  } as OutboundAdapter;
}

/**
 * Keap replaces the list whole: what we never mirror goes back with it, and our own two fields go along. Where the list
 * need not be sent it is not: sent for our fields' sake it would carry an old list to Keap.
 */
function addCustomFields<W extends WireRecord>(
  kind: RecordKind<W>,
  context: RunContext,
  { body }: Sent,
  current: KeapRecord,
  row: Values,
): void {
  if (!kind.fields || !Array.isArray(body.custom_fields)) return;
  const list = [...contents(body.custom_fields), ...current.hidden];
  const own = kind.marksChanges
    ? rememberedOwnFields(context, kind.fields.model)
    : { id: null, writer: null };
  body.custom_fields = withOwnFields(list, own, String(row.supabase_id), writerOf(row)) as unknown as Json;
}

/**
 * A read that belongs to a write which has been made: if it fails, the write's outcome is unknown, not "not applied", and
 * the next step is to look.
 */
export async function afterWrite<T>(operation: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!isKeapError(cause)) throw cause;
    throw new KeapError({
      kind: "malformed",
      operation,
      outcome: "unknown",
      message: `${operation} was sent, but reading the record again failed: ${cause.message} It is read again by itself.`,
      retryAfterMs: cause.retryAfterMs ?? undefined,
      cause,
    });
  }
}

function contents(list: Json | undefined): FieldContent[] {
  return Array.isArray(list) ? (list as unknown as FieldContent[]) : [];
}

/** Records Keap makes itself: an edit is put back, one made here is refused with the reason. */
export function readOnlyAdapter<W extends WireRecord>(
  kind: Pick<RecordKind<W>, "words" | "byIds" | "toRow"> & { refusal: string },
): OutboundAdapter {
  const refuse = () => invalidRequest(`write a ${kind.words.one}`, kind.refusal);
  return recordAdapter<W>({
    ...kind,
    fields: null,
    marksChanges: false,
    byNature: "none",
    parents: {},
    alike: async () => [],
    toWire: () => ({ body: {}, mask: [] }),
    patch: async () => {
      throw refuse();
    },
    post: async () => {
      throw refuse();
    },
  });
}

const usersOfRun = new WeakMap<RunContext, Promise<string | null>>();

/** The user the key acts as: who stands behind a note or a task for which nobody is named. */
export function actingUser(context: RunContext): Promise<string | null> {
  const known = usersOfRun.get(context) ?? context.keap.userInfo({ lane }).then((info) => info.id ?? null);
  usersOfRun.set(context, known);
  return known;
}
