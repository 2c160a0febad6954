import { getMetric } from "./catalog";
import { facts } from "./facts";

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
