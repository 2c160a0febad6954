import { z } from "zod";
import { describeCopying, entitiesOfShape } from "../query/copying";
import { QueryError } from "../query/errors";
import { nearest } from "../query/nearest";
import type { QueryContext } from "../query/run";
import { runAttribution } from "./attribution";
import { runFunnel } from "./funnel";
import { runBridge } from "./mrr-bridge";
import { runReconciliation } from "./reconciliation";
import { runRetentionCohorts } from "./retention-cohorts";
import { runRevenueCohorts } from "./revenue-cohorts";
import { runRfmMoves } from "./rfm-moves";
import {
  currenciesOf,
  type ShapeCore,
  type ShapeQuery,
  type ShapeQueryInput,
  type ShapeResult,
  shapeKinds,
  shapeQuerySchema,
} from "./shape";
import { runSurvival } from "./survival";

/** Checks what was asked. Throws QueryError, naming the nearest shape there is. */
export function parseShape(input: unknown): ShapeQuery {
  const asked = (input as { shape?: unknown } | null)?.shape;
  if (typeof asked === "string" && !(shapeKinds as readonly string[]).includes(asked)) {
    const close = nearest(
      asked,
      shapeKinds.map((id) => ({ id, names: [id.replaceAll("_", " ")] })),
    );
    throw new QueryError(
      "invalid_query",
      `There is no shape "${asked}". The nearest ${close.length > 1 ? "are" : "is"} ${close.join(", ")}. There are ${shapeKinds.join(", ")}.`,
      close,
    );
  }
  const parsed = shapeQuerySchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new QueryError("invalid_query", `The question is not valid.\n${z.prettifyError(parsed.error)}`);
}

/** Answers a shape for a principal. Throws QueryError for what cannot be asked so, naming what can. */
export async function runShape(input: ShapeQueryInput, context: QueryContext): Promise<ShapeResult> {
  const query = parseShape(input);
  const core = await workOut(query, context);
  const copying = core.as_of === null ? await describeCopying(entitiesOfShape(query.shape), context) : null;
  const currencies = currenciesOf(core.rows);
  return {
    ...core,
    query,
    totals: [],
    comparison_range: null,
    grain: null,
    currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
    definitions: [
      {
        id: query.shape,
        version: 1,
        label: core.title,
        description: "",
        formula: core.definition,
        edge_cases: [],
      },
    ],
    row_count: core.rows.length,
    truncated: false,
    ...(copying ? { copying } : {}),
    notes: [
      ...(copying ? [copying] : []),
      ...(core.range.complete ? [] : [`The period is still running: the numbers end on ${core.range.to}.`]),
      ...core.notes,
      ...(currencies.length > 1
        ? [`Amounts in ${currencies.join(", ")} are kept apart and never added.`]
        : []),
    ],
  };
}

function workOut(query: ShapeQuery, context: QueryContext): Promise<ShapeCore> {
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
    case "retention_cohorts":
      return runRetentionCohorts(query, context);
    case "mrr_bridge":
      return runBridge(query, context);
  }
}
