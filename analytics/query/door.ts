import type { Principal } from "@/supabase/contract/principal";
import { refreshRollups } from "../rollups/refresh";
import { nameRollup, peopleRollup, standingsKey } from "../rollups/statement";
import type { AnalyticsAccount } from "./account";
import { QueryDoorError } from "./errors";
import type { ResultRow } from "./result";
import type { RollupUses } from "./rolled";
import { openTogether } from "./together";

/** What came through the door. `as_of` is the instant up to which the account was synced; null before the first copy is complete. */
export interface DoorAnswer {
  rows: ResultRow[];
  row_count: number;
  /** True when the row cap cut the answer. */
  truncated: boolean;
  as_of: string | null;
  /** The account's choices that change a figure's meaning, as they were when it was asked. */
  settings?: Record<string, unknown>;
}

/**
 * Runs one read-only statement for one principal, over the analytics views of its account. Parameters are read in the
 * statement as `($1->>0)::type`, counted from 0. Throws QueryDoorError.
 */
export interface QueryDoor {
  (sql: string, params: readonly unknown[], principal: Principal): Promise<DoorAnswer>;
  /**
   * The same over rollups, where they are kept and true to the data (brought up to date first, if that is quick); null
   * where they are not, then the facts themselves must be asked. Left out by doors that know no rollups.
   */
  rolled?: (
    sql: string,
    params: readonly unknown[],
    principal: Principal,
    account: AnalyticsAccount,
    uses: RollupUses,
  ) => Promise<DoorAnswer | null>;
}

/** The only thing needed of a Supabase client; a service client has it. */
export interface RpcClient {
  rpc(
    name: string,
    args: Record<string, unknown>,
  ): PromiseLike<{ data: unknown; error: { message: string; code?: string } | null }>;
}

const retryableCodes = new Set(["40001", "40P01", "53300", "57014", "57P01", "08006", ""]);

/** Longest that a question waits for rollups to be brought up to date; after that the facts themselves are asked. */
const refreshBudgetMs = 1_500;
/** How long an account without rollups is not asked for them again. */
const unbuiltMs = 5_000;

/**
 * Opens the query door with a service client. This is the one place that calls `run_query`; it must only ever be given
 * SQL compiled here or allowed by the parser, since the function runs what it is given.
 */
export function openQueryDoor(service: RpcClient): QueryDoor {
  const unbuilt = new Map<string, number>();
  const refreshing = new Map<string, Promise<unknown>>();
  const askRolled = openTogether(service);
  async function answered(asked: ReturnType<RpcClient["rpc"]>): Promise<unknown> {
    const { data, error } = await asked;
    if (!error) return data;
    const retryable = retryableCodes.has(error.code ?? "");
    throw new QueryDoorError(
      retryable
        ? "The database did not answer in time. Ask again in a moment, or for a shorter range."
        : "The database refused this question. That is a fault of ours, not of the question; see the server's log.",
      retryable,
      { cause: error },
    );
  }
  const answerOf = (data: unknown): DoorAnswer => {
    const answer = data as Partial<DoorAnswer> | null;
    const rows = Array.isArray(answer?.rows) ? answer.rows : [];
    return {
      rows,
      row_count: answer?.row_count ?? rows.length,
      truncated: answer?.truncated ?? false,
      as_of: answer?.as_of ?? null,
      settings: answer?.settings ?? {},
    };
  };
  const door: QueryDoor = async (sql, params, principal) =>
    answerOf(await answered(service.rpc("run_query", { query: sql, params, principal })));
  door.rolled = async (sql, params, principal, account, uses) => {
    if ((unbuilt.get(account.id) ?? 0) > Date.now()) return null;
    const rollups = [
      peopleRollup,
      ...[...uses.values()].map(({ rollup, until }) => ({
        ...nameRollup(rollup),
        ...(until ? { until: until.instant, day: until.day, earlier: until.earlier ?? false } : {}),
      })),
      ...(uses.standings ? [{ key: standingsKey, version: "1", days: uses.standings }] : []),
    ];
    for (let attempt = 0; ; attempt++) {
      const data = await answered(askRolled({ query: sql, params, rollups }, principal));
      const { stale } = (data ?? {}) as { stale?: string[] };
      if (!stale) return answerOf(data);
      if (attempt === 2) return null;
      // A board's charts find the same change at once: what one brings up to date serves the others.
      const under = refreshing.get(account.id);
      if (under && attempt === 0) {
        await under.catch(() => undefined);
        continue;
      }
      const behind = [...uses.values()].filter(({ rollup }) => stale.includes(nameRollup(rollup).key));
      const own = refreshRollups(service, {
        account,
        rollups: behind.map(({ rollup }) => rollup),
        ...(uses.standings ? { standings: uses.standings } : {}),
        create: false,
        budgetMs: refreshBudgetMs,
      });
      refreshing.set(account.id, own);
      const refreshed = await own.finally(() => {
        if (refreshing.get(account.id) === own) refreshing.delete(account.id);
      });
      if (!refreshed.ready) {
        unbuilt.set(account.id, Date.now() + unbuiltMs);
        return null;
      }
    }
  };
  return door;
}
