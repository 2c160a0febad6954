import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { departures, type Finding } from "./departures";
import { listWords, type Operation, type Parameter, type Schema, type Specs } from "./spec";

export interface SentRequest {
  method: string;
  url: URL;
  headers: Headers;
  body: string;
}

export interface GivenAnswer {
  status: number;
  body: string;
}

export interface Validator {
  /** `undefined` for a call the specifications do not have. */
  operationOf(request: SentRequest): Operation | undefined;
  checkRequest(operation: Operation, request: SentRequest): Finding[];
  checkAnswer(operation: Operation, answer: GivenAnswer): { findings: Finding[]; departures: string[] };
  /** Departures that changed a schema, with how often. */
  rewrites: Map<string, number>;
}

export const prefix = "/crm/rest";

/** Closes every object that lists its properties, so that an invented field name is an error. Works on a copy. */
function closeSchemas(spec: Schema, rewrites: Map<string, number>): Schema {
  const copy = structuredClone(spec);
  const seen = new Set<unknown>();
  const schemaNode = (node: unknown): void => {
    if (node === null || typeof node !== "object" || seen.has(node)) return;
    seen.add(node);
    const schema = node as Schema;
    for (const departure of departures) {
      if (departure.rewrite?.(schema)) rewrites.set(departure.id, (rewrites.get(departure.id) ?? 0) + 1);
    }
    const properties = schema.properties as Record<string, unknown> | undefined;
    if (properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
    for (const child of Object.values(properties ?? {})) schemaNode(child);
    schemaNode(schema.items);
    if (typeof schema.additionalProperties === "object") schemaNode(schema.additionalProperties);
    for (const key of ["allOf", "anyOf", "oneOf"])
      for (const child of (schema[key] as unknown[]) ?? []) schemaNode(child);
  };
  // Schemas stand under `components.schemas` and wherever a key is called `schema`.
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const child of node) walk(child);
      return;
    }
    if (node === null || typeof node !== "object") return;
    for (const [key, child] of Object.entries(node)) {
      if (key === "schema") schemaNode(child);
      else if (key !== "schemas") walk(child);
    }
  };
  const components = copy.components as { schemas?: Record<string, unknown> } | undefined;
  for (const schema of Object.values(components?.schemas ?? {})) schemaNode(schema);
  walk(copy);
  return copy;
}

function valueAt(body: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (value, key) =>
        (value as Record<string, unknown> | undefined)?.[key.replaceAll("~1", "/").replaceAll("~0", "~")],
      body,
    );
}

/** `customFieldNames`: what may stand in a filter beside the described keys, where custom fields may. */
export function createValidator(specs: Specs, customFieldNames: readonly string[] = []): Validator {
  const custom = new Set(customFieldNames.map((name) => name.toLowerCase()));
  const rewrites = new Map<string, number>();
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, validateFormats: true });
  // The package is CommonJS: its default export is the module under some loaders.
  const formats = (addFormats as unknown as { default?: typeof addFormats.default }).default ?? addFormats;
  (formats as unknown as (one: Ajv2020) => void)(ajv);
  ajv.addSchema(closeSchemas(specs.v1, rewrites), "v1", undefined, false);
  ajv.addSchema(closeSchemas(specs.v2, rewrites), "v2", undefined, false);
  const compiled = new Map<string, ValidateFunction>();
  const compile = (reference: string) => {
    let validate = compiled.get(reference);
    if (!validate) {
      validate = ajv.compile({ $ref: reference });
      compiled.set(reference, validate);
    }
    return validate;
  };
  const alternatives = departures.flatMap((departure) =>
    departure.answer
      ? [{ id: departure.id, ...departure.answer, validate: ajv.compile(departure.answer.schema) }]
      : [],
  );

  const fromErrors = (
    errors: readonly ErrorObject[] | null | undefined,
    operation: Operation,
    part: "body" | "answer",
    body: unknown,
  ): Finding[] =>
    (errors ?? []).map((error) => ({
      operation: operation.id,
      part,
      message: `${error.instancePath || "/"} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
      at: error.instancePath,
      keyword: error.keyword,
      value: valueAt(body, error.instancePath),
      params: error.params,
    }));

  return {
    rewrites,
    operationOf: ({ method, url }) => specs.find(method, decodeURI(url.pathname).slice(prefix.length)),

    checkRequest(operation, request) {
      return [
        ...checkParameters(operation, request),
        ...checkWords(operation, request.url, custom),
        ...checkBody(operation, request),
      ];
    },

    checkAnswer(operation, { status, body }) {
      let parsed: unknown;
      try {
        parsed = body === "" ? undefined : JSON.parse(body);
      } catch {
        return { findings: [finding(operation, "answer", "is not JSON", { status })], departures: [] };
      }
      const pointer = operation.responses.get(String(status));
      const validate = pointer ? compile(`${operation.version}${pointer}`) : undefined;
      if (pointer && validate && parsed !== undefined && validate(parsed))
        return { findings: [], departures: [] };
      const other = alternatives.find(
        (one) => one.status === status && one.versions.includes(operation.version) && one.validate(parsed),
      );
      if (other) return { findings: [], departures: [other.id] };
      if (pointer === undefined) {
        const declared = [...operation.responses.keys()].join(", ");
        return {
          findings: [finding(operation, "status", `${status} is not declared (${declared})`, { status })],
          departures: [],
        };
      }
      if (pointer === null) {
        if (parsed === undefined) return { findings: [], departures: [] };
        return {
          findings: [finding(operation, "answer", `${status} has a body, none is declared`, { status })],
          departures: [],
        };
      }
      if (parsed === undefined) {
        return {
          findings: [finding(operation, "answer", `${status} has no body, one is declared`, { status })],
          departures: [],
        };
      }
      return { findings: fromErrors(validate?.errors, operation, "answer", parsed), departures: [] };
    },
  };

  function checkBody(operation: Operation, request: SentRequest): Finding[] {
    if (!operation.body) return request.body === "" ? [] : [finding(operation, "body", "takes no body")];
    if (request.body === "") {
      return operation.body.required ? [finding(operation, "body", "needs a body")] : [];
    }
    if (!/^application\/json\b/.test(request.headers.get("content-type") ?? "")) {
      return [finding(operation, "header", "must be sent as application/json")];
    }
    const parsed: unknown = JSON.parse(request.body);
    const validate = compile(`${operation.version}${operation.body.pointer}`);
    return validate(parsed) ? [] : fromErrors(validate.errors, operation, "body", parsed);
  }
}

function finding(
  operation: Operation,
  part: Finding["part"],
  message: string,
  more: Partial<Finding> = {},
): Finding {
  return { operation: operation.id, part, message, ...more };
}

/** Does a text stand for a value of the declared type? */
function checkValue(schema: Schema | undefined, value: string): string | undefined {
  const {
    type,
    enum: values,
    maximum,
    minimum,
  } = (schema ?? {}) as {
    type?: string;
    enum?: unknown[];
    maximum?: number;
    minimum?: number;
  };
  if (type === "integer" && !/^-?\d+$/.test(value)) return `"${value}" is not an integer`;
  if (type === "boolean" && value !== "true" && value !== "false") return `"${value}" is not a boolean`;
  if (type === "integer" && maximum !== undefined && Number(value) > maximum)
    return `${value} is above ${maximum}`;
  if (type === "integer" && minimum !== undefined && Number(value) < minimum)
    return `${value} is below ${minimum}`;
  if (values && !values.map(String).includes(value)) return `"${value}" is none of ${values.join(", ")}`;
  return undefined;
}

function queryValues(parameter: Parameter, given: string[]): string[] {
  const schema = parameter.schema ?? {};
  if (schema.type !== "array") return given;
  // explode: false = one parameter with commas; OpenAPI's default for query arrays = repeated parameters.
  return parameter.explode === false ? given.flatMap((value) => value.split(",")) : given;
}

function checkParameters(operation: Operation, { url, headers }: SentRequest): Finding[] {
  const findings: Finding[] = [];
  const parts = operation.pattern.exec(decodeURI(url.pathname).slice(prefix.length)) ?? [];
  operation.names.forEach((name, index) => {
    const parameter = operation.parameters.find((one) => one.in === "path" && one.name === name);
    const problem = checkValue(parameter?.schema, decodeURIComponent(parts[index + 1] ?? ""));
    if (problem) findings.push(finding(operation, "path", `{${name}}: ${problem}`));
  });
  const declared = operation.parameters.filter((one) => one.in === "query");
  for (const name of new Set(url.searchParams.keys())) {
    const parameter = declared.find((one) => one.name === name);
    if (!parameter) {
      findings.push(finding(operation, "query", `?${name} is not declared`));
      continue;
    }
    const given = url.searchParams.getAll(name);
    const isList = parameter.schema?.type === "array";
    if (given.length > 1 && (!isList || parameter.explode === false)) {
      findings.push(finding(operation, "query", `?${name} may stand once only`));
    }
    const schema = (isList ? parameter.schema?.items : parameter.schema) as Schema | undefined;
    for (const value of queryValues(parameter, given)) {
      const problem = checkValue(schema, value);
      if (problem) findings.push(finding(operation, "query", `?${name}: ${problem}`));
    }
  }
  for (const parameter of declared) {
    if (parameter.required && !url.searchParams.has(parameter.name)) {
      findings.push(finding(operation, "query", `?${parameter.name} is required`));
    }
  }
  for (const parameter of operation.parameters) {
    if (parameter.in === "header" && parameter.required && !headers.has(parameter.name)) {
      findings.push(finding(operation, "header", `${parameter.name} is required`));
    }
  }
  return findings;
}

/** Filter keys, order keys and fields stand only in the descriptions: hold requests to those too. */
function checkWords(operation: Operation, url: URL, custom: ReadonlySet<string>): Finding[] {
  const words = listWords(operation);
  const findings: Finding[] = [];
  const filter = url.searchParams.get("filter");
  if (filter && words.filterKeys.length > 0) {
    for (const clause of filter.split(";")) {
      const key = /^(\w+)\s*(==|!=|>=|<=|>|<)/.exec(clause)?.[1];
      const known =
        key && (words.filterKeys.includes(key) || (words.custom && custom.has(key.toLowerCase())));
      if (!known) findings.push(finding(operation, "query", `filter "${clause}" is not described`));
    }
  }
  const order = url.searchParams.get("order_by");
  if (order && words.orderKeys.length > 0) {
    const [key = "", direction = ""] = order.split(" ");
    if (!words.orderKeys.includes(key) || !["asc", "desc"].includes(direction)) {
      findings.push(finding(operation, "query", `order_by "${order}" is not described`));
    }
  }
  const fields = url.searchParams.getAll("fields").flatMap((value) => value.split(","));
  const unknown = words.fields.length > 0 ? fields.filter((field) => !words.fields.includes(field)) : [];
  if (unknown.length > 0)
    findings.push(finding(operation, "query", `fields ${unknown.join(", ")} are not described`));
  return findings;
}
