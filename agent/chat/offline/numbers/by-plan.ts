import type { FoundName } from "../read-names";
import type { MetricsReading } from "../read-shape";

/** Numbers of who stays: they are of people, and so know no plans. */
const staying = new Set(["stick_rate", "customer_churn_rate", "retention_rate", "cohort_retention"]);

/**
 * `monthly or annual, which sticks better`: who stays is known by plan as the renewal rate alone, of the paid cycles
 * that ran out how many were renewed. A churn rate asked for by its name is not traded for it.
 */
export function stayingByPlan(metrics: MetricsReading, names: readonly FoundName[]): void {
  const vague = metrics.meanings.every(({ said }) =>
    /^(?:sticks?|stays?|lasts?|remains?|leav|quit|cancel)/.test(said),
  );
  if (
    metrics.ids.length === 0 ||
    !metrics.ids.every((id) => staying.has(id)) ||
    !vague ||
    !names.some(({ kind }) => kind === "plan")
  )
    return;
  metrics.ids = ["renewal_rate"];
  metrics.meanings = metrics.meanings.map(({ said }) => ({ said, id: "renewal_rate" }));
}
