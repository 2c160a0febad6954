import { z } from "zod";
import { QueryError } from "../query/errors";
import type { QueryContext } from "../query/run";
import { runAttribution } from "./attribution";
import { runFunnel } from "./funnel";
import { runReconciliation } from "./reconciliation";
import { runRevenueCohorts } from "./revenue-cohorts";
import { runRfmMoves } from "./rfm-moves";
import { type ShapeQueryInput, type ShapeResult, shapeQuerySchema } from "./shape";
import { runSurvival } from "./survival";

/** Answers a shape for a principal. Throws QueryError for what cannot be asked so, naming what can. */
export async function runShape(input: ShapeQueryInput, context: QueryContext): Promise<ShapeResult> {
  const parsed = shapeQuerySchema.safeParse(input);
  if (!parsed.success)
    throw new QueryError("invalid_query", `The question is not valid.\n${z.prettifyError(parsed.error)}`);
  const query = parsed.data;
  switch (query.shape) {
    case "funnel":
      return runFunnel(query, context);
    case "survival":
      return runSurvival(query, context);
    case "rfm_moves":
      return runRfmMoves(query, context);
    case "reconciliation":
      return runReconciliation(query, context);
    case "attribution":
      return runAttribution(query, context);
    case "revenue_cohorts":
      return runRevenueCohorts(query, context);
  }
}
