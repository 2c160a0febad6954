import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeapError } from "./errors";
import { buildFilter, type FilterRules, inBatches } from "./filter";
import { lists } from "./lists";

const rules: FilterRules = {
  operation: "GET /v2/contacts",
  keys: lists.contacts.filter,
  custom: true,
  needs: lists.contacts.needs,
};

describe("buildFilter", () => {
  it("joins clauses and encodes their operators", () => {
    expect(
      buildFilter(rules, { ids: [1, "2", 3], start_update_time: new Date("2026-04-16T20:33:02.321Z") }),
    ).toBe("ids%3D%3D1,2,3%3Bstart_update_time%3D%3D2026-04-16T20%3A33%3A02.321Z");
    expect(buildFilter(rules, { contact_id: { gte: 5 } })).toBe("contact_id%3E%3D5");
    expect(buildFilter(rules, { given_name: { startsWith: "Ann Mar" } })).toBe(
      "given_name%3D%3DAnn%20Mar%2A",
    );
    expect(buildFilter(rules, { custom: { _OrderValue1: { gt: 100 }, _Vip: true } })).toBe(
      "_OrderValue1%3E100%3B_Vip%3D%3Dtrue",
    );
  });

  it("sends nothing where nothing is asked", () => {
    expect(buildFilter(rules, undefined)).toBeNull();
    expect(buildFilter(rules, { email: undefined })).toBeNull();
  });

  it.each([
    ["an undeclared key", { owner_id: 3 }],
    ["a key of the object prototype", { toString: "x" }],
    ["an empty id list", { ids: [] }],
    ["more ids than one call takes", { ids: Array.from({ length: 101 }, (_, at) => at) }],
    ["a semicolon that would start a clause", { email: "a@b.c;ids==1" }],
    ["a star that would be a wildcard", { email: "john*" }],
    ["a star in front", { email: { startsWith: "*john" } }],
    ["a comma inside a list", { ids: ["1,2"] }],
    ["a time that is none", { start_update_time: "yesterday" }],
    ["a comparison the key lacks", { contact_id: { not: 3 } }],
    ["two bounds of one key", { contact_id: { gt: 5, lte: 900 } }],
    ["a phone without its fields", { phone_number: "555" }],
    ["a custom field under a standard name", { custom: { Email: "x" } }],
    ["a custom field with a label", { custom: { "My field": "x" } }],
    ["an empty value", { email: "" }],
    ["a number that is none", { contact_id: Number.NaN }],
  ])("refuses %s", (_, filter) => {
    expect(() => buildFilter(rules, filter)).toThrow(KeapError);
  });

  it("refuses keys that exclude each other", () => {
    const notes = {
      operation: "GET /v2/notes",
      keys: lists.notes.filter,
      custom: true,
      exclusive: lists.notes.exclusive,
    };
    expect(() => buildFilter(notes, { ids: [1], id: 2 })).toThrow("exclude each other");
  });

  it("decodes back to the clauses it was given", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
      .filter((value) => !/[;*]/.test(value));
    fc.assert(
      fc.property(text, text, (email, city) => {
        const encoded = buildFilter(rules, { email, city: { startsWith: city } });
        expect(encoded).toMatch(/^[A-Za-z0-9_.~%,-]*$/);
        const url = new URL(`https://keap.test/?filter=${encoded}`);
        expect(url.searchParams.get("filter")).toBe(`email==${email};city==${city}*`);
      }),
      { numRuns: 1000 },
    );
  });
});

it("splits ids into batches of a hundred", () => {
  const batches = inBatches(Array.from({ length: 201 }, (_, at) => at));
  expect(batches.map((batch) => batch.length)).toEqual([100, 100, 1]);
  expect(inBatches([])).toEqual([]);
});
