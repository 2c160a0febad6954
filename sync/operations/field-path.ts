import { entitySpecs } from "../mapping/entities";
import type { EntityName, FieldKind, FieldSpec, Json } from "../mapping/types";
import { Refusal } from "./deps";

/** One value within a row: a column, or a leaf of a column that is decided leaf by leaf. */
export interface FieldPath {
  column: string;
  path: string[];
  kind: FieldKind;
  /** Keap accepts writes of it. */
  writable: boolean;
}

/**
 * Finds what a name such as `given_name`, `email_addresses.EMAIL1.email` or `custom_fields.7` means.
 * @throws Refusal naming what is unknown and what there is.
 */
export function fieldPath(entity: string, name: string): FieldPath {
  const spec = specOf(entity);
  const [column = "", ...rest] = name.split(".");
  const field = spec.find((one) => one.name === column);
  if (!field) {
    throw new Refusal(
      `The table ${entity} has no synced field "${column}". It has: ${spec.map((one) => one.name).join(", ")}.`,
    );
  }
  if (rest.length === 0) return { column, path: [], kind: field.kind, writable: field.writable };
  if (field.kind === "map") {
    // a key may hold dots of its own
    return { column, path: [rest.join(".")], kind: "json", writable: field.writable };
  }
  if (field.kind === "slots") return slotPath(entity, field, rest);
  throw new Refusal(`${entity}.${column} is a single value; it has no part "${rest.join(".")}".`);
}

function slotPath(entity: string, field: FieldSpec, [slot = "", leaf, ...more]: string[]): FieldPath {
  const column = field.name;
  if (leaf === undefined) return { column, path: [slot], kind: "json", writable: field.writable };
  const known = more.length === 0 ? field.leaves?.[leaf] : undefined;
  if (!known) {
    throw new Refusal(
      `${entity}.${column}.${slot} has no part "${[leaf, ...more].join(".")}". It has: ${Object.keys(field.leaves ?? {}).join(", ")}.`,
    );
  }
  return {
    column,
    path: [slot, leaf],
    kind: known.kind,
    writable: known.writable && field.writable,
  };
}

function specOf(entity: string): readonly FieldSpec[] {
  const spec = Object.hasOwn(entitySpecs, entity) ? entitySpecs[entity as EntityName] : undefined;
  if (!spec)
    throw new Refusal(
      `There is no synced table called "${entity}". There are: ${Object.keys(entitySpecs).join(", ")}.`,
    );
  return spec.fields;
}

/**
 * A value a person typed, as the field holds it. Empty text means no value.
 * @throws Refusal where it does not fit the field.
 */
export function typedValue({ column, kind }: Pick<FieldPath, "column" | "kind">, value: Json): Json {
  const text = typeof value === "string" ? value.trim() : null;
  if (value === null || text === "") return null;
  switch (kind) {
    case "number": {
      const parsed = Number(text ?? value);
      if (!Number.isFinite(parsed)) throw new Refusal(`${column} takes a number, not "${String(value)}".`);
      return parsed;
    }
    case "boolean":
      if (value === true || text === "true") return true;
      if (value === false || text === "false") return false;
      throw new Refusal(`${column} takes true or false, not "${String(value)}".`);
    case "date": {
      const day = text ?? "";
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))
        throw new Refusal(`${column} takes a date such as 2026-03-01, not "${String(value)}".`);
      return day;
    }
    case "instant": {
      const at = Date.parse(text ?? "");
      if (Number.isNaN(at))
        throw new Refusal(`${column} takes a time such as 2026-03-01T12:00:00Z, not "${String(value)}".`);
      return new Date(at).toISOString();
    }
    case "email":
      if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text ?? ""))
        throw new Refusal(`${column} takes an e-mail address, not "${String(value)}".`);
      return text;
    case "slots":
    case "map":
    case "json":
      return text ?? value;
    default:
      if (text === null) throw new Refusal(`${column} takes text.`);
      return text;
  }
}
