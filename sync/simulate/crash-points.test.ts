import { describe, expect, it } from "vitest";
import { failEverywhere, killEverywhere, scripts } from "./testing/crash-points";
import { encounters, meet } from "./testing/encounters";

describe("two things that meet", () => {
  it.each(encounters)("hold every invariant: $name", async (encounter) => {
    expect(await meet(encounter)).toEqual([]);
  });
});

// those with other kinds of record are many times as long: crash-points.slow.test.ts
describe.each(scripts.filter((one) => !one.guests))("$name", (script) => {
  it("ends the same when killed at any boundary", async () => {
    const { tried, found } = await killEverywhere(script);
    expect(found).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  }, 120_000);

  it("ends the same when any call fails", async () => {
    const { tried, found } = await failEverywhere(script);
    expect(found).toEqual([]);
    // eight ways for every call
    expect(tried).toBeGreaterThanOrEqual(16);
  }, 120_000);
});
