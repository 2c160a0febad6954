import type { JSONSchema7 } from "@ai-sdk/provider";
import { z } from "zod";
import { drawingSchema } from "@/analytics/charts/chart-spec";
import { filterSchema, querySchema, rangeSchema } from "@/analytics/query/query";
import { peopleShape } from "../people/people-input";
import { whereSchema } from "../people/where";
import type { ToolDefinition } from "./define-tool";

type Json = Record<string, unknown>;

/**
 * Shapes that many tools take. A model is shown each of them once, in the first tool it may use that has it; the others
 * point there. Every turn sends all tools, so that repeating them would cost more than the rest of the prompt.
 */
const shared = new Map<unknown, string>([
  [querySchema, "query"],
  [filterSchema, "filters"],
  [whereSchema, "where"],
  [rangeSchema, "range"],
  [drawingSchema, "drawing"],
]);
/** The conditions on people: their words are said once, their names everywhere. */
const people = new Set<unknown>(Object.values(peopleShape));

/** Which tool shows a shared shape in full. */
export type Homes = ReadonlyMap<string, string>;

const schemas = new Map<string, JSONSchema7>();
const shapesOf = new Map<string, readonly string[]>();

/** The first of the offered tools that has a shape shows it. */
export function homesOf(offered: readonly ToolDefinition[]): Homes {
  const homes = new Map<string, string>();
  for (const tool of offered)
    for (const shape of shapesIn(tool)) if (!homes.has(shape)) homes.set(shape, tool.name);
  return homes;
}

/**
 * The input of a tool as a model is sent it: what it has to know to call it rightly, without the limits and patterns
 * that our own check enforces anyway (and answers in words). Made once per tool.
 */
export function modelSchema(tool: ToolDefinition, homes: Homes): JSONSchema7 {
  const key = `${tool.name} ${shapesIn(tool)
    .map((shape) => homes.get(shape))
    .join(" ")}`;
  const known = schemas.get(key);
  if (known) return known;
  const made = write(tool, (shape) => {
    const home = homes.get(shape);
    return home === undefined || home === tool.name ? null : home;
  });
  schemas.set(key, made);
  return made;
}

function shapesIn(tool: ToolDefinition): readonly string[] {
  const known = shapesOf.get(tool.name);
  if (known) return known;
  const found = new Set<string>();
  write(tool, (shape) => {
    found.add(shape);
    return null;
  });
  const list = [...found];
  shapesOf.set(tool.name, list);
  return list;
}

function write(tool: ToolDefinition, homeOf: (shape: string) => string | null): JSONSchema7 {
  const schema = z.toJSONSchema(tool.input, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const shape = shared.get(zodSchema);
      const home = shape ? homeOf(shape) : people.has(zodSchema) ? homeOf("people") : null;
      if (!home) return;
      if (shape) replace(jsonSchema, { type: "object", description: `As ${shape} in ${home}.` });
      else delete jsonSchema.description;
    },
  });
  return saidOnce(compact(inlined(schema as Json))) as JSONSchema7;
}

function replace(target: Json, by: Json): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, by);
}

/** Definitions that became a sentence stand where they are used; the others stay, since they hold themselves. */
function inlined({ $defs = {}, ...schema }: Json): Json {
  const defs = $defs as Record<string, Json>;
  const kept: Json = {};
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow);
    if (!value || typeof value !== "object") return value;
    const { $ref } = value as { $ref?: unknown };
    const name = typeof $ref === "string" ? $ref.replace("#/$defs/", "") : "";
    const definition = defs[name];
    if (definition && Object.keys(definition).every((key) => key === "type" || key === "description"))
      return definition;
    if (definition && !(name in kept)) {
      kept[name] = definition;
      kept[name] = follow(definition);
    }
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, follow(child)]));
  };
  const whole = follow(schema) as Json;
  return Object.keys(kept).length > 0 ? { ...whole, $defs: kept } : whole;
}

/** The same long sentence is said once in a tool. */
function saidOnce(schema: unknown): unknown {
  const said = new Set<string>();
  const walk = (value: unknown, named: boolean): unknown => {
    if (Array.isArray(value)) return value.map((each) => walk(each, false));
    if (!value || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, child]) => {
        if (!named && key === "description" && typeof child === "string" && child.length > 40) {
          if (said.has(child)) return [];
          said.add(child);
        }
        return [[key, walk(child, key === "properties" || key === "$defs")]];
      }),
    );
  };
  return walk(schema, false);
}

const unsaid = new Set([
  "$schema",
  "pattern",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "additionalProperties",
]);

/** Leaves out what only our own check needs. Names of properties are no keywords: they are kept whatever they are. */
function compact(value: unknown, named = false): unknown {
  if (Array.isArray(value)) return value.map((each) => compact(each));
  if (!value || typeof value !== "object") return value;
  const orNull = named ? null : nullable(value as Json);
  if (orNull) return compact(orNull);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, child]) => named || !isUnsaid(key, child))
      .map(([key, child]) => [key, compact(child, key === "properties" || key === "$defs")]),
  );
}

/** A text or nothing, in one line. */
function nullable({ anyOf, ...rest }: Json): Json | null {
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || anyOf[1]?.type !== "null") return null;
  const [first] = anyOf;
  return typeof first?.type === "string" ? { ...first, ...rest, type: [first.type, "null"] } : null;
}

function isUnsaid(key: string, value: unknown): boolean {
  if (key === "additionalProperties") return value === false;
  if (key === "default") return value === null || typeof value === "object";
  // Whole numbers end somewhere; that is no news.
  if (key === "maximum" || key === "minimum") return Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
  return unsaid.has(key);
}
