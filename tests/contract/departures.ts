import type { Schema } from "./spec";

/**
 * Where the real API is known to differ from its own specification. Each entry says what, why we believe it (a
 * section of the project's Keap API reference, with that reference's own source key) and exactly what it admits.
 * No schema is loosened for it: an answer or a finding that fits no entry fails the test.
 */
export interface Departure {
  id: string;
  what: string;
  source: string;
  /** An answer of this status may have this body instead of the declared one (or none declared). */
  answer?: { status: number; versions: readonly ("v1" | "v2")[]; schema: Schema };
  /** One finding of a check that is admitted. */
  admits?: (finding: Finding) => boolean;
  /** A change to the specification that says what its text says where its schema contradicts it. */
  rewrite?: (schema: Schema) => boolean;
}

/** One thing wrong with a request or an answer. */
export interface Finding {
  operation: string;
  part: "operation" | "path" | "query" | "header" | "body" | "status" | "answer";
  message: string;
  /** JSON pointer into the body, where the finding is about one. */
  at?: string;
  keyword?: string;
  value?: unknown;
  status?: number;
  params?: Record<string, unknown>;
}

const text: Schema = { type: "string" };

function object(properties: Record<string, Schema>): Schema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

export const departures: readonly Departure[] = [
  {
    id: "gateway-fault",
    what: 'A refused credential is answered by the gateway: {"fault":{"faultstring","detail":{"errorcode"}}}, in no schema',
    source: "API.md 5 (errors, gateway row) [M S8, S9]",
    answer: {
      status: 401,
      versions: ["v1", "v2"],
      schema: object({ fault: object({ faultstring: text, detail: object({ errorcode: text }) }) }),
    },
  },
  {
    id: "throttle",
    what: "429 is declared by no operation; its `code` is a text",
    source: "API.md 4 (rate limits) [F S17, S20]",
    answer: {
      status: 429,
      versions: ["v1", "v2"],
      schema: object({
        code: { const: "429" },
        message: text,
        status: text,
        details: { type: "null" },
      }),
    },
  },
  {
    id: "v1-error-statuses",
    what: "v1 answers 400, 404, 405 and 409 everywhere; the stored file declares 401, 403 and 500, and 404 on some calls only; the live one of 2026-08 declares 400 to 501",
    source: "API.md 5 (declared error statuses) [C S2; M S9]",
    admits: (finding) =>
      finding.part === "status" &&
      finding.operation.includes(" /v1/") &&
      [400, 404, 405, 409].includes(finding.status ?? 0),
  },
  {
    id: "text-enum-of-integers",
    what: "`remind_time_mins` is typed integer but lists its values as text, so that no value at all would be valid: numbers are meant",
    source: "API.md 12 (notes and tasks) [C S1]",
    rewrite: (schema) => {
      const { type, enum: values } = schema;
      if (type !== "integer" || !Array.isArray(values) || !values.every((value) => typeof value === "string"))
        return false;
      schema.enum = values.map(Number);
      return true;
    },
  },
  {
    id: "null-blanks-a-field",
    what: "A field is blanked by naming it in `update_mask` and sending null; no schema says nullable anywhere",
    source:
      "API.md 6 (nullability: treat every field as nullable; a mask is the only clean way to blank a field) [C S1]",
    admits: (finding) =>
      finding.part === "body" &&
      finding.keyword === "type" &&
      finding.value === null &&
      finding.operation.startsWith("PATCH "),
  },
  {
    id: "notes-of-a-contact",
    what: "`fields=notes` is listed for contacts, but the contact's schema has no `notes`",
    source: "API.md 7 (always send `fields`) [C S1]",
    admits: (finding) =>
      finding.part === "answer" &&
      finding.params?.additionalProperty === "notes" &&
      /\/v2\/contacts(\/\{contact_id\}|:merge)?$/.test(finding.operation),
  },
];
