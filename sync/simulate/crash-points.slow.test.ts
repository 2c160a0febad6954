import { describe, expect, it } from "vitest";
import { failEverywhere, killEverywhere, scripts } from "./testing/crash-points";

describe.each(scripts.filter((one) => one.guests))("$name", (script) => {
  it("ends the same when killed at any boundary", async () => {
    const { tried, found } = await killEverywhere(script);
    expect(found).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });

  it("ends the same when any call fails", async () => {
    const { tried, found } = await failEverywhere(script);
    expect(found).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(16);
  });
});
