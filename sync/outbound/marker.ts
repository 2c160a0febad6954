import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";
import type { ModelKind } from "../keap/resources/custom-fields";
import type { Json, OwnFields } from "../mapping/types";
import { findOrMakeOwnFields, ownFieldsAmong, rememberOwnFields } from "../own-fields";

const none: OwnFields = { id: null, writer: null };
const known = new WeakMap<RunContext, Map<ModelKind, Promise<OwnFields>>>();

/** Our fields of a kind of record: as remembered, or found or made the first time one is needed. */
export function ownFieldsOf(context: RunContext, kind: ModelKind): Promise<OwnFields> {
  const remembered = context.mapping.ownFields?.[kind];
  if (remembered?.id) return Promise.resolve(remembered);
  const kinds = known.get(context) ?? new Map<ModelKind, Promise<OwnFields>>();
  known.set(context, kinds);
  const found = kinds.get(kind) ?? findAndRemember(context, kind);
  kinds.set(kind, found);
  return found;
}

async function findAndRemember(context: RunContext, kind: ModelKind): Promise<OwnFields> {
  const fields = await findOrMakeOwnFields(context.keap, kind);
  await rememberOwnFields(context, context.mapping, kind, fields);
  return fields;
}

/** Our fields where they are known already: an update looks for nothing and makes nothing. */
export function rememberedOwnFields(context: RunContext, kind: ModelKind): OwnFields {
  return context.mapping.ownFields?.[kind] ?? none;
}

/**
 * Does what sends our fields along. Where Keap refuses it because somebody deleted one of them there, what is known of
 * them is read anew and it is done once more: a refused call changed nothing.
 */
export async function despiteLostFields<T>(
  context: RunContext,
  kind: ModelKind | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (kind === null || !isKeapError(cause) || cause.kind !== "invalid") throw cause;
    const remembered = context.mapping.ownFields?.[kind];
    const ids = [remembered?.id?.id, remembered?.writer?.id].filter((id) => id !== undefined);
    if (ids.length === 0) throw cause;
    const { items } = await context.keap.customFields.model(kind, { lane: "interactive" });
    if (ids.every((id) => items.some((one) => one.id === id))) throw cause;
    known.get(context)?.delete(kind);
    await rememberOwnFields(context, context.mapping, kind, ownFieldsAmong(items));
    return work();
  }
}

export interface FieldContent {
  id: string;
  content: Json;
}

/** A whole list of custom fields with our id and the writer in it. */
export function withOwnFields(
  list: readonly FieldContent[],
  { id, writer }: OwnFields,
  recordId: string,
  writtenBy: string,
): FieldContent[] {
  const ours = [
    ...(id ? [{ id: id.id, content: recordId }] : []),
    ...(writer ? [{ id: writer.id, content: writtenBy }] : []),
  ];
  return [...list.filter((one) => !ours.some((own) => own.id === one.id)), ...ours];
}
