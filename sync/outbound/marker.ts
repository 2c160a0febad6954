import type { RunContext } from "../context";
import { isKeapError } from "../keap/errors";

/** The contact custom field that holds our id: a create that timed out is found by it. */
export interface MarkerField {
  id: string;
  field_name: string;
}

const label = "Keapsake ID";
const known = new WeakMap<RunContext, Promise<MarkerField | null>>();

/** Finds the field, or makes it the first time. Null where the key may not make fields: then e-mail alone is probed. */
export function markerField(context: RunContext): Promise<MarkerField | null> {
  const found = known.get(context) ?? findOrMake(context);
  known.set(context, found);
  return found;
}

async function findOrMake({ keap }: RunContext): Promise<MarkerField | null> {
  const model = await keap.customFields.model("contacts");
  const existing = model.items.find((field) => field.label === label);
  const field = existing ?? (await make(keap));
  return field?.field_name ? { id: field.id, field_name: field.field_name } : null;
}

async function make(keap: RunContext["keap"]) {
  try {
    return await keap.customFields.create("contacts", { label, field_type: "TEXT" }, { lane: "interactive" });
  } catch (cause) {
    if (isKeapError(cause) && (cause.kind === "forbidden" || cause.kind === "invalid")) return null;
    throw cause;
  }
}
