import { describe, expect, it } from "vitest";
import { writeEffect, writeReason } from "./effect";

describe("effects of a proposal in words", () => {
  it("names the tag before and after", () => {
    expect(writeEffect({ tags: { "At risk": false } })).toBe("no tag At risk");
    expect(writeEffect({ tags: { "At risk": true }, person: { name: "Ann" } })).toBe("tag At risk");
  });

  it("names changed fields", () => {
    expect(writeEffect({ given_name: "Zoë", email: null })).toBe("given name: Zoë; email: –");
    expect(writeEffect({})).toBe("–");
  });

  it("gives the numbers behind a risk", () => {
    const after = { risk: { days_since: 525.6, gap_days: 30.2, value_minor: 125_800, currency: "USD" } };
    expect(writeReason(after)).toBe("526 days since the last purchase, usually 30 days, $1,258.00 so far");
    expect(writeReason({ tags: { VIP: true } })).toBeNull();
  });
});
