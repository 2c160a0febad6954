import { describe, expect, it } from "vitest";
import { differences, writeOrigin } from "./changes";

describe("changes in words", () => {
  it("names the leaf that differs", () => {
    const before = { BILLING: { line1: "3 Main Street", line2: null } };
    const after = { BILLING: { line1: "4 Main Street" } };
    expect(differences("addresses", before, after)).toEqual([
      { path: "addresses · BILLING · line1", before: "3 Main Street", after: "4 Main Street" },
    ]);
  });

  it("takes null and missing as the same", () => {
    expect(differences("phone_numbers", { PHONE1: { extension: null } }, { PHONE1: {} })).toEqual([]);
  });

  it("shows a field that was emptied", () => {
    expect(differences("given_name", "Casey", null)).toEqual([
      { path: "given name", before: "Casey", after: "empty" },
    ]);
  });

  it("names who wrote, without their id", () => {
    expect(writeOrigin("user:01a20633-362b")).toBe("a member");
    expect(writeOrigin("automation:recency-risk")).toBe("automation recency risk");
    expect(writeOrigin("keap")).toBe("Keap");
  });
});
