import { describe, expect, it } from "vitest";
import type { DimensionId } from "../metrics/dimensions";
import { QueryError } from "./errors";
import type { NamedValue } from "./names";
import type { QueryInput } from "./query";
import { resolveQuery } from "./resolve";

const account = { id: "a", name: "Test", time_zone: "America/New_York", currency: "USD", week_start: 1 };
const values: Partial<Record<DimensionId, NamedValue[]>> = {
  tag: [
    { id: "t1", names: ["VIP", "12"] },
    { id: "t2", names: ["Webinar 2026"] },
    { id: "t3", names: ["Newsletter"] },
    { id: "t4", names: ["newsletter"] },
  ],
  product: [{ id: "p1", names: ["Starter kit"] }],
};
const resolve = (query: QueryInput) =>
  resolveQuery(query, account, new Date("2026-11-22T17:00:00Z"), {
    values: async (dimension) => values[dimension] ?? [],
    firstInstant: async () => null,
  });

async function refusal(query: QueryInput): Promise<QueryError> {
  const error = await resolve(query).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(QueryError);
  return error as QueryError;
}

describe("resolving a query", () => {
  it("names the metric nearest to a wrong one", async () => {
    expect(await refusal({ metrics: ["revenue_colected"] })).toMatchObject({
      code: "unknown_metric",
      suggestions: expect.arrayContaining(["revenue_collected"]),
    });
    expect((await refusal({ metrics: ["turnover"] })).suggestions[0]).toBe("revenue_collected");
  });

  it("names the dimension nearest to a wrong one", async () => {
    const error = await refusal({ metrics: ["orders"], dimensions: ["contry"] });
    expect(error.code).toBe("unknown_dimension");
    expect(error.message).toContain("country");
  });

  it("says which dimensions a metric allows", async () => {
    const error = await refusal({ metrics: ["orders", "new_leads"], dimensions: ["product"] });
    expect(error.code).toBe("dimension_not_allowed");
    expect(error.message).toContain("New leads (new_leads) cannot be split by product");
    expect(
      (await refusal({ metrics: ["new_leads"], filters: { dimension: "product", is: ["Starter kit"] } }))
        .message,
    ).toContain("bought_product");
  });

  it("names the value nearest to a wrong one", async () => {
    const error = await refusal({ metrics: ["orders"], filters: { has_tag: ["Webinar 2025"] } });
    expect(error).toMatchObject({ code: "unknown_value", suggestions: ["Webinar 2026"] });
    expect(error.message).toContain('No tag is called "Webinar 2025"');
  });

  it("takes the capitals that were written to decide between two names", async () => {
    const found = async (name: string) =>
      (await resolve({ metrics: ["orders"], filters: { has_tag: [name] } })).filter;
    expect(await found("Newsletter")).toEqual({ tags: ["t3"] });
    expect(await found("newsletter")).toEqual({ tags: ["t4"] });
    expect(await found("NEWSLETTER")).toEqual({ tags: ["t3", "t4"] });
    expect(await found("vip")).toEqual({ tags: ["t1"] });
  });

  it("finds values by name or id", async () => {
    const { filter } = await resolve({
      metrics: ["orders"],
      filters: { or: [{ has_tag: ["vip", "t2"] }, { dimension: "product", is: ["UNKNOWN"] }] },
    });
    expect(filter).toEqual({ or: [{ tags: ["t1", "t2"] }, { dimension: "product", ids: ["unknown"] }] });
  });

  it("refuses an order the query lacks", async () => {
    expect((await refusal({ metrics: ["orders"], order: { by: "aov" } })).code).toBe("unknown_order");
  });

  it("refuses fields it does not know", async () => {
    const wrong = { metrics: ["orders"], limits: 3 } as unknown as QueryInput;
    expect((await refusal(wrong)).code).toBe("invalid_query");
  });

  it("reads a grain as time", async () => {
    expect(await resolve({ metrics: ["orders"], dimensions: ["week"] })).toMatchObject({
      grain: "week",
      query: { dimensions: ["time"] },
    });
    expect(await resolve({ metrics: ["orders"], grain: "day" })).toMatchObject({
      grain: "day",
      query: { dimensions: ["time"] },
    });
    expect(
      (await resolve({ metrics: ["orders"], dimensions: ["time"], range: { preset: "this_year" } })).grain,
    ).toBe("month");
  });
});
