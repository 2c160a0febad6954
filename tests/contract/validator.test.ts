import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createObserver } from "./observe";
import { loadSpecs, type Specs } from "./spec";
import { createValidator, type Validator } from "./validator";

// A small specification written for this test: the real ones are not part of the project.
const response = (schema: unknown) => ({ content: { "application/json": { schema } } });
const thing = { $ref: "#/components/schemas/Thing" };
const small = {
  openapi: "3.1.0",
  components: {
    schemas: {
      Thing: {
        type: "object",
        properties: {
          id: { type: "string" },
          made: { type: "string", format: "date-time" },
          minutes: { type: "integer", enum: ["5", "10"] },
          part: { type: "object", properties: { size: { type: "integer" } } },
        },
      },
      Change: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
      Error: { type: "object", properties: { code: { type: "integer" } } },
    },
  },
  paths: {
    "/rest/v2/things": {
      get: {
        parameters: [
          { name: "page_size", in: "query", schema: { type: "integer", maximum: 1000 } },
          {
            name: "filter",
            in: "query",
            description: "Allowed:\n- (String) `name`\n- (String) `since_time`\n",
          },
          { name: "order_by", in: "query", description: "One of:\n- `name`\n\n- `asc`\n- `desc`" },
          {
            name: "fields",
            in: "query",
            explode: false,
            schema: { type: "array", items: { type: "string", enum: ["id", "made"] } },
          },
        ],
        responses: {
          "200": response({ type: "array", items: thing }),
          "401": response({ $ref: "#/components/schemas/Error" }),
        },
      },
    },
    "/rest/v2/things/{thing_id}": {
      patch: {
        parameters: [
          { name: "thing_id", in: "path", required: true, schema: { type: "string" } },
          {
            name: "update_mask",
            in: "query",
            schema: { type: "array", items: { type: "string", enum: ["name"] } },
          },
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/Change" } } },
        },
        responses: { "200": response(thing) },
      },
      delete: {
        parameters: [{ name: "thing_id", in: "path", required: true, schema: { type: "string" } }],
        responses: { "204": {} },
      },
    },
  },
};

let validator: Validator;
let specs: Specs;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "contract-"));
  writeFileSync(join(folder, "keap-rest-v2.json"), JSON.stringify(small));
  writeFileSync(
    join(folder, "keap-rest-v1.json"),
    JSON.stringify({ openapi: "3.0.1", paths: {}, components: {} }),
  );
  specs = loadSpecs(folder);
  rmSync(folder, { recursive: true });
  validator = createValidator(specs);
});

function findingsOf(method: string, path: string, body?: unknown): string[] {
  const request = {
    method,
    url: new URL(`https://keap.test/crm/rest${path}`),
    headers: new Headers(body === undefined ? {} : { "content-type": "application/json" }),
    body: body === undefined ? "" : JSON.stringify(body),
  };
  const operation = validator.operationOf(request);
  if (!operation) return ["no operation"];
  return validator.checkRequest(operation, request).map((finding) => `${finding.part} ${finding.message}`);
}

function answerFindings(
  method: string,
  path: string,
  status: number,
  body: unknown,
): { count: number; departures: string[] } {
  const url = new URL(`https://keap.test/crm/rest${path}`);
  const operation = validator.operationOf({ method, url, headers: new Headers(), body: "" });
  if (!operation) throw new Error("no operation");
  const text = body === undefined ? "" : JSON.stringify(body);
  const { findings, departures } = validator.checkAnswer(operation, { status, body: text });
  return { count: findings.length, departures };
}

describe("requests", () => {
  it("lets a declared request pass", () => {
    expect(
      findingsOf(
        "GET",
        "/v2/things?page_size=5&filter=name%3D%3DA%3Bsince_time%3D%3D2026&order_by=name%20desc&fields=id,made",
      ),
    ).toEqual([]);
    expect(findingsOf("PATCH", "/v2/things/1?update_mask=name", { name: "x" })).toEqual([]);
    expect(findingsOf("DELETE", "/v2/things/1")).toEqual([]);
  });

  it("finds every undeclared part", () => {
    const wrong: [string, string, unknown?][] = [
      ["GET", "/v2/nothing"],
      ["GET", "/v2/things?email=a"],
      ["GET", "/v2/things?page_size=many"],
      ["GET", "/v2/things?page_size=1001"],
      ["GET", "/v2/things?page_size=1&page_size=2"],
      ["GET", "/v2/things?filter=email%3D%3Da"],
      ["GET", "/v2/things?order_by=id%20asc"],
      ["GET", "/v2/things?fields=id,secret"],
      ["PATCH", "/v2/things/1?update_mask=id", { name: "x" }],
      ["PATCH", "/v2/things/1", { name: "x", invented: 1 }],
      ["PATCH", "/v2/things/1", {}],
      ["PATCH", "/v2/things/1"],
      ["DELETE", "/v2/things/1", { name: "x" }],
    ];
    for (const [method, path, body] of wrong)
      expect(findingsOf(method, path, body), `${method} ${path}`).toHaveLength(1);
  });
});

describe("answers", () => {
  it("lets a declared answer pass", () => {
    const made = "2026-01-01T00:00:00.000Z";
    expect(
      answerFindings("GET", "/v2/things", 200, [{ id: "1", made, minutes: 5, part: { size: 1 } }]).count,
    ).toBe(0);
    expect(answerFindings("DELETE", "/v2/things/1", 204, undefined).count).toBe(0);
  });

  it("finds every undeclared answer", () => {
    const wrong: [string, string, number, unknown][] = [
      ["GET", "/v2/things", 200, [{ id: 1 }]],
      ["GET", "/v2/things", 200, [{ id: "1", invented: true }]],
      ["GET", "/v2/things", 200, [{ part: { size: 1, depth: 2 } }]],
      ["GET", "/v2/things", 200, [{ made: "yesterday" }]],
      ["GET", "/v2/things", 200, [{ id: null }]],
      ["GET", "/v2/things", 200, undefined],
      ["GET", "/v2/things", 418, []],
      ["DELETE", "/v2/things/1", 204, {}],
    ];
    for (const [method, path, status, body] of wrong) {
      expect(answerFindings(method, path, status, body).count, JSON.stringify(body)).toBe(1);
    }
  });

  it("names the departure it admits", () => {
    const fault = { fault: { faultstring: "Invalid Access Token", detail: { errorcode: "x" } } };
    expect(answerFindings("GET", "/v2/things", 401, fault)).toEqual({
      count: 0,
      departures: ["gateway-fault"],
    });
    expect(answerFindings("GET", "/v2/things", 401, { ...fault, more: 1 }).count).toBeGreaterThan(0);
    expect(answerFindings("GET", "/v2/things", 200, fault).count).toBeGreaterThan(0);
    expect(validator.rewrites.get("text-enum-of-integers")).toBe(1);
  });
});

describe("observer", () => {
  it("checks both ways and counts once", async () => {
    const observer = createObserver(validator, async () =>
      Response.json([
        { id: "1", invented: 1 },
        { id: "2", invented: 1 },
      ]),
    );
    const send = observer.fetch("right");
    await send("https://keap.test/crm/rest/v2/things?email=a");
    await send("https://keap.test/crm/rest/v2/things?email=a");
    expect([...observer.failures.values()].map((failure) => [failure.part, failure.times])).toEqual([
      ["query", 2],
      ["answer", 4],
    ]);
    expect(observer.coverage.get("GET /v2/things")).toEqual({ requests: 2, answers: new Map([[200, 2]]) });
    expect(specs.operations).toHaveLength(3);
  });

  it("judges only the answer of a wrong request", async () => {
    const observer = createObserver(validator, async () => Response.json([]));
    await observer.fetch("wrong")("https://keap.test/crm/rest/v2/things?email=a");
    expect(observer.failures.size).toBe(0);
  });
});
