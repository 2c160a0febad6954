import type { RunContext } from "../context";
import { inBatches } from "../keap/filter";
import type { WireContact, WireTag } from "../keap/schemas";
import { tagFromWire, tagNameLength, tagToWire } from "../mapping/catalog-records";
import { contactFromWire, contactToWire } from "../mapping/contact";
import type { Json, MappedRow, Values } from "../mapping/types";
import { markerField } from "./marker";

/** A record as Keap holds it now, with what the row form leaves out. */
export interface KeapRecord {
  row: MappedRow;
  /** Custom fields we never mirror but must send back, because Keap replaces the list whole. */
  hidden: { id: string; content: Json }[];
}

/** How records of one table are read, changed, found and made in Keap. */
export interface OutboundAdapter {
  /** By id, up to 100 a call; ids that Keap does not show are absent. */
  read(context: RunContext, ids: readonly number[]): Promise<Map<number, KeapRecord>>;
  /** Sets these columns; lists are whole. Returns the record as Keap answers it. */
  update(context: RunContext, id: number, columns: Values, current: KeapRecord): Promise<KeapRecord>;
  /**
   * Records that may be this one: by our marker first, then by natural key. `looked` is false where there was neither
   * to look by, so that finding nothing says nothing.
   */
  probe(
    context: RunContext,
    recordId: string,
    row: Values,
  ): Promise<{ marked: KeapRecord[]; alike: KeapRecord[]; looked: boolean }>;
  create(context: RunContext, recordId: string, row: Values, columns: readonly string[]): Promise<KeapRecord>;
}

const lane = "interactive" as const;

export const contactAdapter: OutboundAdapter = {
  async read(context, ids) {
    const found = new Map<number, KeapRecord>();
    for (const batch of inBatches(ids)) {
      const page = await context.keap.contacts.list({ filter: { ids: batch }, lane });
      for (const wire of page.items) found.set(Number(wire.id), contactRecord(context, wire));
    }
    return found;
  },
  async update(context, id, columns, current) {
    const { body, mask } = contactToWire(Object.keys(columns), columns);
    if (Array.isArray(body.custom_fields)) body.custom_fields = [...body.custom_fields, ...current.hidden];
    return writtenContact(
      context,
      await context.keap.contacts.update(String(id), body, mask as never, { lane }),
    );
  },
  async probe(context, recordId, row) {
    const marker = await markerField(context);
    const marked = marker
      ? (
          await context.keap.contacts.list({ filter: { custom: { [marker.field_name]: recordId } }, lane })
        ).items.filter((wire) =>
          wire.custom_fields?.some((field) => field.id === marker.id && field.content === recordId),
        )
      : [];
    const email = text(row.email);
    // an address with a filter character in it cannot be looked up, so it cannot be probed by it
    const address = email === null || /[;*]/.test(email) ? null : email;
    const alike =
      marked.length > 0 || address === null
        ? []
        : (await context.keap.contacts.list({ filter: { email: address }, lane })).items;
    return {
      looked: marker !== null || address !== null,
      marked: marked.map((wire) => contactRecord(context, wire)),
      alike: alike.map((wire) => contactRecord(context, wire)),
    };
  },
  async create(context, recordId, row, columns) {
    const marker = await markerField(context);
    const { body } = contactToWire(columns, row);
    if (marker)
      body.custom_fields = [
        ...((body.custom_fields as Json[] | undefined) ?? []),
        { id: marker.id, content: recordId },
      ];
    const { contact } = await context.keap.contacts.create(body, { lane });
    return writtenContact(context, contact);
  },
};

/** A list without `tag_ids` means no tags; the answer to a write without them says nothing about tags. */
function writtenContact(context: RunContext, wire: WireContact): KeapRecord {
  const { row, hidden } = contactRecord(context, wire);
  if (wire.tag_ids) return { row, hidden };
  const { members: _unknown, ...known } = row;
  return { row: known, hidden };
}

function contactRecord(context: RunContext, wire: WireContact): KeapRecord {
  const hidden = (wire.custom_fields ?? [])
    .filter(
      (field) =>
        context.mapping.excludedCustomFields.has(field.id) &&
        field.content !== null &&
        field.content !== undefined,
    )
    .map((field) => ({ id: field.id, content: field.content as Json }));
  return { row: contactFromWire(wire, context.mapping), hidden };
}

export const tagAdapter: OutboundAdapter = {
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
  async probe(context, _recordId, row) {
    const name = cutName(row);
    const page = await context.keap.tags.list({ filter: { name }, lane });
    const alike = page.items.filter((tag) => tag.name?.trim() === name).map(tagRecord);
    return { marked: [], alike, looked: true };
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
