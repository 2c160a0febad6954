import type { RpcClient } from "@/analytics/query/door";
import type { Principal } from "@/supabase/contract/principal";

/** What the database expects a statement to cost, found out without running it. */
export interface PlanEstimate {
  total_cost: number;
  plan_rows: number;
  largest_node_rows: number;
}

/** Estimates a statement for one principal; rejects when the database can't plan it. `code` is the SQLSTATE. */
export type Planner = (sql: string, principal: Principal) => Promise<PlanEstimate>;

export class PlanError extends Error {
  override readonly name = "PlanError";

  constructor(
    readonly code: string,
    options?: { cause?: unknown },
  ) {
    super("The database could not plan the statement.", options);
  }
}

/** Opens the planner with a service client; the gate in front of ad-hoc SQL. */
export function openPlanner(service: RpcClient): Planner {
  return async (query, principal) => {
    const { data, error } = await service.rpc("explain_query", { query, params: [], principal });
    if (error) throw new PlanError(error.code ?? "", { cause: error });
    const plan = data as Partial<Record<keyof PlanEstimate, unknown>> | null;
    return {
      total_cost: Number(plan?.total_cost ?? Number.POSITIVE_INFINITY),
      plan_rows: Number(plan?.plan_rows ?? Number.POSITIVE_INFINITY),
      largest_node_rows: Number(plan?.largest_node_rows ?? Number.POSITIVE_INFINITY),
    };
  };
}
