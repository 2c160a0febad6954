import type { RunContext } from "../context";
import { inBatches } from "../keap/filter";
import type { ModelKind } from "../keap/resources/custom-fields";
import type { WireContact, WireTag } from "../keap/schemas";
import { tagFromWire, tagNameLength, tagToWire } from "../mapping/catalog-records";
import { contactFromWire, contactToWire } from "../mapping/contact";
import { everyField, excludedKey, type RecordType } from "../mapping/custom-fields";
import type { EntityName, Json, MappedRow, Values } from "../mapping/types";
import type { DirtyRecord } from "../store";
import {
  despiteLostFields,
  type FieldContent,
  ownFieldsOf,
  rememberedOwnFields,
  withOwnFields,
} from "./marker";

/** A record as Keap holds it now, with what the row form leaves out. */
export interface KeapRecord {
  row: MappedRow;
  /** Custom fields we never mirror but must send back, because Keap replaces the list whole. */
  hidden: FieldContent[];
  /** As Keap answered it, for what the row form leaves out. */
  wire?: unknown;
  /** Columns Keap has stopped answering: they stand here as they were agreed. */
  unanswered?: readonly string[];
}

/** How records of one table are read, changed, found and made in Keap. */
export interface OutboundAdapter {
  /** Asks for the one record; throws `not_found` where there is none. Lists may leave out what is there. */
  get?(context: RunContext, id: number): Promise<unknown>;
  /** By id, up to 100 a call; ids that Keap does not show are absent. `items` are the marks they belong to. */
  read(
    context: RunContext,
    ids: readonly number[],
    items?: readonly DirtyRecord[],
  ): Promise<Map<number, KeapRecord>>;
  /** Sets these columns; lists are whole. Returns the record as Keap answers it. `row` is P, with its id and writer. */
  update(
    context: RunContext,
    id: number,
    columns: Values,
    current: KeapRecord,
    row?: Values,
  ): Promise<KeapRecord>;
  /**
   * Records that may be this one: by our marker first, then by natural key. `looked` is false where there was neither
   * to look by, so that finding nothing says nothing; `certain` where finding nothing proves that there is none.
   */
  probe(
    context: RunContext,
    recordId: string,
    row: Values,
  ): Promise<{ marked: KeapRecord[]; alike: KeapRecord[]; looked: boolean; certain: boolean }>;
  create(context: RunContext, recordId: string, row: Values, columns: readonly string[]): Promise<KeapRecord>;
  /** Deletes the record in Keap; absent where its API deletes none. What is gone already throws `not_found`. */
  remove?(context: RunContext, id: number, current: KeapRecord): Promise<void>;
  /** Where a table holds several kinds of record: the adapter of this one. */
  partOf?(item: DirtyRecord): OutboundAdapter;
  /** A parent made here that is not in Keap yet, in words: the record waits for it. */
  waitsFor?(row: Values): string | null;
  /** Of a part: the record it belongs to, by what was agreed. Deleted here along with it, it goes and comes back with it. */
  partOfRecord?(base: Values): { entity: EntityName; keap_id: number; words: string };
  /** Whose custom fields its records hold; absent where they hold none. */
  model?: ModelKind;
  /** What a record is called, and what to change so that another one is meant. */
  words?: { one: string; other: string };
}

/** The first parent a row names by our id that has no Keap id yet. */
export function missingParent(row: Values, parents: Readonly<Record<string, string>>): string | null {
  for (const [name, words] of Object.entries(parents)) {
    if (typeof row[`${name}_id`] === "string" && (row[`${name}_keap_id`] ?? null) === null) return words;
  }
  return null;
}

const lane = "interactive" as const;

export const contactAdapter: OutboundAdapter = {
  get: (context, id) => context.keap.contacts.get(String(id), { fields: ["id"], lane }),
  async read(context, ids) {
    const found = new Map<number, KeapRecord>();
    for (const batch of inBatches(ids)) {
      const page = await context.keap.contacts.list({ filter: { ids: batch }, lane });
      for (const wire of page.items) found.set(Number(wire.id), contactRecord(context, wire));
    }
    return found;
  },
  model: "contacts",
  words: { one: "person", other: "e-mail address" },
  waitsFor: (row) => missingParent(row, { company: "company" }),
  remove: (context, id) => context.keap.contacts.delete(String(id), { lane }),
  update: (context, id, columns, current, row) =>
    despiteLostFields(context, "contacts", () => updateContact(context, id, columns, current, row)),
  async probe(context, recordId, row) {
    const { marker, marked } = await despiteLostFields(context, "contacts", async () => {
      const { id } = await ownFieldsOf(context, "contacts");
      if (!id) return { marker: null, marked: [] };
      const page = await context.keap.contacts.list({
        filter: { custom: { [id.field_name]: recordId } },
        lane,
      });
      const holds = (wire: WireContact) =>
        wire.custom_fields?.some((field) => field.id === id.id && field.content === recordId);
      return { marker: id, marked: page.items.filter(holds) };
    });
    const email = text(row.email);
    // an address with a filter character in it cannot be looked up, so it cannot be probed by it
    const address = email === null || /[;*]/.test(email) ? null : email;
    const alike =
      marked.length > 0 || address === null
        ? []
        : (await context.keap.contacts.list({ filter: { email: address }, lane })).items;
    return {
      looked: marker !== null || address !== null,
      certain: marker !== null || address !== null,
      marked: marked.map((wire) => contactRecord(context, wire)),
      alike: alike.map((wire) => contactRecord(context, wire)),
    };
  },
  create: (context, recordId, row, columns) =>
    despiteLostFields(context, "contacts", () => createContact(context, recordId, row, columns)),
};

async function updateContact(
  context: RunContext,
  id: number,
  columns: Values,
  current: KeapRecord,
  row?: Values,
): Promise<KeapRecord> {
  const { body, mask } = contactToWire(Object.keys(columns), columns, current.row.values);
  if (Array.isArray(body.custom_fields))
    body.custom_fields = [...body.custom_fields, ...(current.hidden as unknown as Json[])];
  // our own two go along where the list is sent anyway: sent for their sake alone it would carry an old list to Keap
  if (Array.isArray(body.custom_fields) && row) {
    const own = rememberedOwnFields(context, "contacts");
    const list = body.custom_fields as unknown as FieldContent[];
    body.custom_fields = withOwnFields(list, own, String(row.supabase_id), writerOf(row)) as unknown as Json;
  }
  return writtenContact(
    context,
    await context.keap.contacts.update(String(id), body, mask as never, { lane }),
  );
}

async function createContact(
  context: RunContext,
  recordId: string,
  row: Values,
  columns: readonly string[],
): Promise<KeapRecord> {
  const own = await ownFieldsOf(context, "contacts");
  const { body } = contactToWire(columns, row);
  const list = withOwnFields(
    (body.custom_fields ?? []) as unknown as FieldContent[],
    own,
    recordId,
    writerOf(row),
  );
  if (list.length > 0) body.custom_fields = list as unknown as Json;
  const { contact } = await context.keap.contacts.create(body, { lane });
  return writtenContact(context, contact);
}

/** A list without `tag_ids` means no tags; the answer to a write without them says nothing about tags. */
function writtenContact(context: RunContext, wire: WireContact): KeapRecord {
  const record = contactRecord(context, wire);
  if (wire.tag_ids) return record;
  const { members: _unknown, ...known } = record.row;
  return { ...record, row: known };
}

function contactRecord(context: RunContext, wire: WireContact): KeapRecord {
  return {
    row: contactFromWire(wire, context.mapping),
    hidden: hiddenFields(context, wire.custom_fields, "CONTACT"),
    wire,
  };
}

/** Custom fields that are never mirrored, as they must be sent back. */
export function hiddenFields(
  context: RunContext,
  list: WireContact["custom_fields"],
  recordType: RecordType,
): FieldContent[] {
  return (list ?? [])
    .filter(
      (field) =>
        (context.mapping.excludedCustomFields.has(excludedKey(recordType, field.id)) ||
          context.mapping.excludedCustomFields.has(excludedKey(recordType, everyField))) &&
        field.content !== null &&
        field.content !== undefined,
    )
    .map((field) => ({ id: field.id, content: field.content as Json }));
}

/** Who wrote the row last, as Keap is told. */
export function writerOf(row: Values): string {
  return text(row.last_modified_by) ?? "sql";
}

export const tagAdapter: OutboundAdapter = {
  get: (context, id) => context.keap.tags.get(String(id), { lane }),
  words: { one: "tag", other: "name" },
  waitsFor: (row) => missingParent(row, { category: "tag category" }),
  async read(context, ids) {
    const found = new Map<number, KeapRecord>();
    for (const batch of inBatches(ids)) {
      const page = await context.keap.tags.list({ filter: { tag_ids: batch }, lane });
      for (const wire of page.items) found.set(Number(wire.id), tagRecord(wire));
    }
    return found;
  },
  async update(context, id, columns) {
    const { body, mask } = tagToWire(Object.keys(columns), columns);
    return tagRecord(await context.keap.tags.update(String(id), body, mask as never, { lane }));
  },
  remove: (context, id) => context.keap.tags.delete(String(id), { lane }),
  async probe(context, _recordId, row) {
    const name = cutName(row);
    const page = await context.keap.tags.list({ filter: { name }, lane });
    const alike = page.items.filter((tag) => tag.name?.trim() === name).map(tagRecord);
    // names of tags are unique in Keap
    return { marked: [], alike, looked: true, certain: true };
  },
  async create(context, _recordId, row, columns) {
    const { body } = tagToWire(columns, row);
    return tagRecord(await context.keap.tags.create({ ...body, name: cutName(row) }, { lane }));
  },
};

function cutName(row: Values): string {
  return String(row.name ?? "")
    .slice(0, tagNameLength)
    .trim();
}

function tagRecord(wire: WireTag): KeapRecord {
  return { row: tagFromWire(wire), hidden: [] };
}

function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
