import { describe, expect, it } from "vitest";
import { flagAnomalies } from "./anomalies";
import { forecastSeries } from "./forecast";
import { fitSmoothing, smooth } from "./holt-winters";

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
  // What R 4 prints for HoltWinters(AirPassengers, seasonal = "mult").
  const published = {
    seasonal: "multiplicative",
    alpha: 0.2755925,
    beta: 0.03269295,
    gamma: 0.8707292,
  } as const;

  it("reaches the coefficients R publishes", () => {
    const state = smooth(passengers, 12, published);
    expect(state.level).toBeCloseTo(469.3232206, 3);
    expect(state.trend).toBeCloseTo(3.0215391, 4);
    const seasons = [
      0.9464611, 0.8829239, 0.9717369, 1.0304825, 1.0476884, 1.1805272, 1.3590778, 1.3331706, 1.1083381,
      0.9868813, 0.8361333, 0.9209877,
    ];
    for (const [place, figure] of seasons.entries()) expect(state.season[place]).toBeCloseTo(figure, 4);
  });

  it("finds weights as good as R's", () => {
    const found = fitSmoothing(passengers, 12, { seasonal: "multiplicative", trend: true });
    expect(smooth(passengers, 12, found).sse).toBeLessThanOrEqual(
      smooth(passengers, 12, published).sse * 1.001,
    );
  });

  it("refuses a season it has not seen twice", () => {
    expect(() => smooth(passengers.slice(0, 20), 12, published)).toThrow("needs at least 24 values");
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
