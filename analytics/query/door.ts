import type { Principal } from "@/supabase/contract/principal";
import { QueryDoorError } from "./errors";
import type { ResultRow } from "./result";

/** What came through the door. `as_of` is the instant up to which the account was synced; null before the first copy is complete. */
export interface DoorAnswer {
  rows: ResultRow[];
  row_count: number;
  /** True when the row cap cut the answer. */
  truncated: boolean;
  as_of: string | null;
}

/**
 * Runs one read-only statement for one principal, over the analytics views of its account. Parameters are read in the
 * statement as `($1->>0)::type`, counted from 0. Throws QueryDoorError.
 */
export type QueryDoor = (
  sql: string,
  params: readonly unknown[],
  principal: Principal,
) => Promise<DoorAnswer>;

/** The only thing needed of a Supabase client; a service client has it. */
export interface RpcClient {
  rpc(
    name: string,
    args: Record<string, unknown>,
  ): PromiseLike<{ data: unknown; error: { message: string; code?: string } | null }>;
}

const retryableCodes = new Set(["40001", "40P01", "53300", "57014", "57P01", "08006", ""]);

/**
 * Opens the query door with a service client. This is the one place that calls `run_query`; it must only ever be given
 * SQL compiled here or allowed by the parser, since the function runs what it is given.
 */
export function openQueryDoor(service: RpcClient): QueryDoor {
  return async (sql, params, principal) => {
    const { data, error } = await service.rpc("run_query", { query: sql, params, principal });
    if (error) {
      const retryable = retryableCodes.has(error.code ?? "");
      throw new QueryDoorError(
        retryable
          ? "The database did not answer in time. Ask again in a moment, or for a shorter range."
          : "The database refused this question. That is a fault of ours, not of the question; see the server's log.",
        retryable,
        { cause: error },
      );
    }
    const answer = data as Partial<DoorAnswer> | null;
    const rows = Array.isArray(answer?.rows) ? answer.rows : [];
    return {
      rows,
      row_count: answer?.row_count ?? rows.length,
      truncated: answer?.truncated ?? false,
      as_of: answer?.as_of ?? null,
    };
  };
}
