import { describe, expect, it } from "vitest";
import { otherCurrencies, ownTotal } from "./own-total";
import type { QueryResult } from "./result";

const result = (totals: QueryResult["totals"], rows: QueryResult["rows"] = []) =>
  ({ totals, rows }) as QueryResult;
const both = result([
  { currency: "EUR", revenue_collected: 700 },
  { currency: "USD", revenue_collected: 100 },
]);

describe("the one number of a question", () => {
  it("is that of the account's own currency, wherever it stands", () => {
    expect(ownTotal(both, "revenue_collected", "USD")).toBe(100);
    expect(ownTotal(both, "revenue_collected", "EUR")).toBe(700);
    expect(otherCurrencies(both, "USD")).toEqual(["EUR"]);
  });

  it("is nothing where only another currency came in", () => {
    expect(ownTotal(both, "revenue_collected", "GBP")).toBe(0);
  });

  it("is the number itself where it is no money", () => {
    expect(ownTotal(result([{ orders: 4 }]), "orders", "USD")).toBe(4);
    expect(ownTotal(result([], [{ refund_rate: null }]), "refund_rate", "USD")).toBeNull();
    expect(otherCurrencies(result([{ orders: 4 }]), "USD")).toEqual([]);
  });
});
