import { describe, expect, it } from "vitest";
import { flagAnomalies } from "./anomalies";
import { forecastSeries } from "./forecast";
import { expectedAt, fitSmoothing, smooth } from "./holt-winters";

/** Airline passengers by month, 1949–1960, in thousands (Box and Jenkins 1976, series G; R's AirPassengers). */
const passengers = [
  112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158,
  133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218,
  230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235,
  227, 234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
  284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404,
  347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
  548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
];

describe("seasonal smoothing", () => {
  const halves = { alpha: 0.5, beta: 0.5, gamma: 0.5 };

  it("follows multiplicative seasons by hand", () => {
    // Seasons of two: 8, 30, 12, 42. Moving averages (8/2 + 30 + 12/2) ÷ 2 = 20 and (30/2 + 12 + 42/2) ÷ 2 = 24, so the
    // level begins at 16 and rises by 4; the figures are 12 ÷ 24 = 0.5 and 30 ÷ 20 = 1.5, whose mean is 1.
    // 12: expected (16 + 4) × 0.5 = 10. Level ½ · 12/0.5 + ½ · 20 = 22, trend ½ · 6 + ½ · 4 = 5, figure ½ · 12/22 + ½ · 0.5.
    // 42: expected (22 + 5) × 1.5 = 40.5. Level ½ · 28 + ½ · 27 = 27.5, trend ½ · 5.5 + ½ · 5 = 5.25, figure ½ · 42/27.5 + ½ · 1.5.
    const smoothing = { seasonal: "multiplicative", ...halves } as const;
    const state = smooth([8, 30, 12, 42], 2, smoothing);
    expect(state.fitted).toEqual([10, 40.5]);
    expect(state.sse).toBeCloseTo(4 + 2.25, 12);
    expect([state.level, state.trend]).toEqual([27.5, 5.25]);
    expect(state.season[0]).toBeCloseTo(23 / 44, 12);
    expect(state.season[1]).toBeCloseTo(333 / 220, 12);
    // Next: (27.5 + 5.25) × 23/44; the one after: (27.5 + 10.5) × 333/220.
    expect(expectedAt(state, smoothing, 1)).toBeCloseTo((32.75 * 23) / 44, 12);
    expect(expectedAt(state, smoothing, 2)).toBeCloseTo((38 * 333) / 220, 12);
  });

  it("follows additive seasons by hand", () => {
    // 11, 25, 19, 33: moving averages 20 and 24 again, figures 19 − 24 = −5 and 25 − 20 = 5.
    // 19: expected 16 + 4 − 5 = 15. Level ½ · 24 + ½ · 20 = 22, trend 5, figure ½ · (19 − 22) + ½ · (−5) = −4.
    // 33: expected 22 + 5 + 5 = 32. Level ½ · 28 + ½ · 27 = 27.5, trend 5.25, figure ½ · 5.5 + ½ · 5 = 5.25.
    const smoothing = { seasonal: "additive", ...halves } as const;
    const state = smooth([11, 25, 19, 33], 2, smoothing);
    expect(state).toMatchObject({ fitted: [15, 32], sse: 17, level: 27.5, trend: 5.25, season: [-4, 5.25] });
    // 27.5 + 5.25 − 4, 27.5 + 10.5 + 5.25, 27.5 + 15.75 − 4.
    expect([1, 2, 3].map((ahead) => expectedAt(state, smoothing, ahead))).toEqual([28.75, 43.25, 39.25]);
  });

  it("follows a trend without season by hand", () => {
    // 10, 12, 16: level 12, trend 2; expected 14. Level ½ · 16 + ½ · 14 = 15, trend ½ · 3 + ½ · 2 = 2.5.
    const smoothing = { seasonal: "none", ...halves } as const;
    const state = smooth([10, 12, 16], 1, smoothing);
    expect(state).toMatchObject({ fitted: [14], level: 15, trend: 2.5 });
    expect(expectedAt(state, smoothing, 2)).toBe(20);
  });

  it("finds weights that no grid beats", () => {
    const cost = (alpha: number, beta: number, gamma: number) =>
      smooth(passengers, 12, { seasonal: "multiplicative", alpha, beta, gamma }).sse;
    const found = fitSmoothing(passengers, 12, { seasonal: "multiplicative", trend: true });
    const least = cost(found.alpha, found.beta ?? 0, found.gamma);
    const tenths = Array.from({ length: 11 }, (_, at) => at / 10);
    for (const alpha of tenths)
      for (const beta of tenths)
        for (const gamma of tenths) expect(least).toBeLessThanOrEqual(cost(alpha, beta, gamma));
  });

  it("refuses a season it has not seen twice", () => {
    expect(() => smooth(passengers.slice(0, 20), 12, { seasonal: "multiplicative", ...halves })).toThrow(
      "needs at least 24 values",
    );
  });
});

describe("forecasting a series", () => {
  it("beats the naive forecast of a year", () => {
    const forecast = forecastSeries(passengers.slice(0, -12), { period: 12, ahead: 12 });
    expect(forecast?.method).toMatch(/^seasonal/);
    expect(forecast?.error).toBeLessThan(forecast?.naive_error ?? 0);
    const actual = passengers.slice(-12);
    const inside = actual.filter((value, at) => {
      const step = forecast?.steps[at];
      return step && value >= step.low && value <= step.high;
    });
    // Four of five are meant to lie inside; chance may take some more.
    expect(inside.length).toBeGreaterThanOrEqual(7);
  });

  it("says the naive error by hand", () => {
    // Two seasons of 1, 2, 3, 4 and a third of 2, 3, 4, 5, which the naive forecast misses by 1 each.
    const values = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 5];
    expect(forecastSeries(values, { period: 4, ahead: 1 })).toMatchObject({ naive_error: 1, held_back: 4 });
  });

  it("keeps a constant constant", () => {
    const forecast = forecastSeries(Array(30).fill(50), { period: 12, ahead: 3 });
    for (const step of forecast?.steps ?? []) {
      expect(step.expected).toBeCloseTo(50, 6);
      expect(step.high - step.low).toBeCloseTo(0, 6);
    }
  });

  it("widens the interval with distance", () => {
    const steps = forecastSeries(passengers, { period: 12, ahead: 24 })?.steps ?? [];
    const width = (at: number) =>
      ((steps[at]?.high ?? 0) - (steps[at]?.low ?? 0)) / (steps[at]?.expected ?? 1);
    expect(width(23)).toBeGreaterThan(width(11));
    expect(width(11)).toBeGreaterThan(width(0));
  });

  it("stays silent on too little history", () => {
    expect(forecastSeries([1, 2, 3], { period: 12, ahead: 1 })).toBeNull();
  });
});

describe("flagging anomalies", () => {
  const weeks = Array.from(
    { length: 56 },
    (_, day) => 100 + day + (day % 7 === 5 ? 80 : 0) + ((day * 7) % 5),
  );

  it("passes over trend and weekly season", () => {
    expect(flagAnomalies(weeks, { period: 7 })).toEqual([]);
  });

  it("finds a drop and a leap", () => {
    const odd = weeks.map((value, day) => (day === 20 ? value - 60 : day === 41 ? value + 90 : value));
    expect(flagAnomalies(odd, { period: 7 }).map(({ index }) => index)).toEqual([20, 41]);
  });

  it("needs two whole seasons", () => {
    expect(flagAnomalies([1, 1, 1, 50, 1, 1, 1, 1], { period: 7 })).toEqual([]);
  });
});
