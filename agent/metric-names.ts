import Fuse from "fuse.js";
import { getMetric, metrics } from "@/analytics/metrics/catalog";
import type { MetricDefinition } from "@/analytics/metrics/definition";
import { facts } from "@/analytics/metrics/facts";

/** True for a number that holds at an instant (contacts, recurring revenue): over a range it is taken at its end. */
export function isStock(id: string): boolean {
  const measure = getMetric(id)?.measure;
  if (!measure) return false;
  const aggregate =
    measure.kind === "value"
      ? measure.value
      : measure.kind === "difference"
        ? measure.plus
        : measure.kind === "formula"
          ? Object.values(measure.parts)[0]
          : measure.denominator;
  const kind = aggregate && facts[aggregate.fact].kind;
  return kind === "stock" || kind === "cumulative";
}

let index: Fuse<MetricDefinition> | undefined;

/** Registered metrics closest in name to what was asked for, best first; the fallback is the catalogue's own order. */
export function nearestMetrics(text: string, count: number): MetricDefinition[] {
  index ??= new Fuse([...metrics], {
    keys: [
      { name: "label", weight: 2 },
      { name: "id", weight: 2 },
      { name: "synonyms", weight: 1 },
      { name: "description", weight: 0.3 },
    ],
    threshold: 0.5,
    ignoreLocation: true,
  });
  const found = index.search(text.replaceAll("_", " ").slice(0, 100)).map(({ item }) => item);
  return [...new Set([...found, ...metrics])].slice(0, count);
}
