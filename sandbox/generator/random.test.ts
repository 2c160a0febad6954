import { describe, expect, it } from "vitest";
import { createRandom } from "./random";

function mean(count: number, draw: () => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += draw();
  return sum / count;
}

describe("random source", () => {
  it("repeats for the same labels only", () => {
    const draw = (...labels: (string | number)[]) => {
      const random = createRandom(...labels);
      return [random.next(), random.next(), random.int(1, 100)];
    };
    expect(draw("a", 1)).toEqual(draw("a", 1));
    expect(draw("a", 1)).not.toEqual(draw("a", 2));
    expect(draw("a", 1)).not.toEqual(draw("b", 1));
  });

  it("draws every distribution at its mean", () => {
    const random = createRandom("means");
    expect(mean(40_000, () => random.next())).toBeCloseTo(0.5, 1);
    expect(mean(40_000, () => random.int(1, 6))).toBeCloseTo(3.5, 1);
    expect(mean(40_000, () => random.exponential(10))).toBeCloseTo(10, 0);
    expect(mean(40_000, () => random.gamma(2, 3))).toBeCloseTo(6, 0);
    expect(mean(40_000, () => random.gamma(0.5, 2))).toBeCloseTo(1, 1);
    expect(mean(40_000, () => random.beta(2, 6))).toBeCloseTo(0.25, 1);
    expect(mean(40_000, () => random.normal())).toBeCloseTo(0, 1);
    expect(mean(40_000, () => (random.chance(0.3) ? 1 : 0))).toBeCloseTo(0.3, 1);
  });

  it("picks by weight", () => {
    const random = createRandom("weights");
    const share = mean(40_000, () =>
      random.weighted([
        [1, 3],
        [0, 1],
      ] as const),
    );
    expect(share).toBeCloseTo(0.75, 1);
  });
});
