import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The parts of an OpenAPI document that a contract needs. Schemas stay untouched JSON. */
export type Schema = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required?: boolean;
  description?: string;
  explode?: boolean;
  schema?: Schema;
}

export interface Operation {
  /** `GET /v2/contacts/{contact_id}`, the placeholders as Keap names them. */
  id: string;
  version: "v1" | "v2";
  method: string;
  /** Below `/crm/rest`. */
  path: string;
  pattern: RegExp;
  names: string[];
  parameters: Parameter[];
  /** JSON pointer of the JSON request body's schema, when the operation takes one. */
  body?: { pointer: string; required: boolean };
  /** By status: JSON pointer of the schema, or null where the answer has no body. */
  responses: Map<string, string | null>;
}

export interface Specs {
  v1: Schema;
  v2: Schema;
  operations: Operation[];
  find(method: string, path: string): Operation | undefined;
}

/** A name inside a JSON pointer. */
function pointerPart(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function readSpec(folder: string, prefix: string): Schema {
  const name = readdirSync(folder).find((file) => file.startsWith(prefix) && /\.(ya?ml|json)$/.test(file));
  if (!name)
    throw new Error(`No ${prefix}*.yml or .json in ${folder}. Give the folder of Keap's two specifications.`);
  const text = readFileSync(join(folder, name), "utf8");
  return name.endsWith(".json") ? (JSON.parse(text) as Schema) : (parse(text) as Schema);
}

interface RawOperation {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;

function readOperations(version: "v1" | "v2", spec: Schema): Operation[] {
  const paths = spec.paths as Record<string, Record<string, RawOperation>>;
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const raw = item[method];
      if (!raw) return [];
      const at = `#/paths/${pointerPart(path)}/${method}`;
      // v2 paths begin with /rest/v2, v1's with /v1.
      const below = path.replace(/^\/rest/, "");
      const names: string[] = [];
      const source = below.replaceAll(/\{(\w+)\}|[.*+?^$()|[\]\\]/g, (token, name: string | undefined) => {
        if (!name) return `\\${token}`;
        names.push(name);
        return "([^/:]+)";
      });
      const body = raw.requestBody?.content?.["application/json"];
      const operation: Operation = {
        id: `${method.toUpperCase()} ${below}`,
        version,
        method: method.toUpperCase(),
        path: below,
        pattern: new RegExp(`^${source}$`),
        names,
        parameters: raw.parameters ?? [],
        ...(body?.schema && {
          body: {
            pointer: `${at}/requestBody/content/${pointerPart("application/json")}/schema`,
            required: raw.requestBody?.required ?? false,
          },
        }),
        responses: new Map(
          Object.entries(raw.responses ?? {}).map(([status, response]) => [
            status,
            response.content?.["application/json"]?.schema
              ? `${at}/responses/${status}/content/${pointerPart("application/json")}/schema`
              : null,
          ]),
        ),
      };
      return [operation];
    }),
  );
}

/** Literal paths before placeholders, so that `/v2/opportunities/stages` is not an opportunity. */
function rank(operation: Operation): string {
  return operation.path
    .split("/")
    .map((segment) => (segment.includes("{") ? "1" : "0"))
    .join("");
}

/** Loads both of Keap's specifications from a folder; nothing of them is copied. */
export function loadSpecs(folder: string): Specs {
  const v1 = readSpec(folder, "keap-rest-v1");
  const v2 = readSpec(folder, "keap-rest-v2");
  const operations = [...readOperations("v2", v2), ...readOperations("v1", v1)].sort((a, b) =>
    rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0,
  );
  return {
    v1,
    v2,
    operations,
    find: (method, path) =>
      operations.find((operation) => operation.method === method && operation.pattern.test(path)),
  };
}

/** What a list's `filter`, `order_by` and `fields` may hold stands only in their descriptions. */
export interface ListWords {
  filterKeys: string[];
  /** Filters by a custom field's name are allowed beside the keys. */
  custom: boolean;
  orderKeys: string[];
  fields: string[];
}

export function listWords(operation: Operation): ListWords {
  const text = (name: string) =>
    operation.parameters.find((one) => one.name === name && one.in === "query")?.description ?? "";
  const filter = text("filter");
  // "- (String) `email` — …", "- (String) contact_id", "- `name` (String): …"
  const filterKeys = [...filter.matchAll(/^- *(?:\([^)]*\) *`?(\w+)`?|`(\w+)` *\([A-Z])/gm)].map(
    (m) => m[1] ?? m[2] ?? "",
  );
  const order = text("order_by");
  const orderKeys = [...order.matchAll(/^- *`(\w+)`/gm)].map((m) => m[1] ?? "");
  const inline = /Supported fields: ([^\n]*)/.exec(order)?.[1] ?? "";
  const fields = /\(?Available fields are: ([^)]*)\)?/i.exec(text("fields").replaceAll("\n", " "))?.[1] ?? "";
  return {
    filterKeys,
    custom: /custom field/i.test(filter),
    orderKeys: [...orderKeys, ...[...inline.matchAll(/`(\w+)`/g)].map((m) => m[1] ?? "")].filter(
      (key) => key !== "asc" && key !== "desc",
    ),
    fields: fields
      .split(",")
      .map((field) => field.trim().replaceAll("`", "").replace(/\.$/, ""))
      .filter(Boolean),
  };
}
