import { ask } from "./ask";
import { compileQuery, needsCurrency } from "./compile";
import { dimensionColumn } from "./fact-selects";
import { type After, type Key, pageOf, readPage } from "./pages";
import type { Query, QueryInput } from "./query";
import type { QueryResult, ResultRow } from "./result";
import { namedRows, type QueryContext, resolveFor, runMetricQuery } from "./run";

/** What comes through the door at once. */
export const pageSize = 10_000;

/**
 * Every row of an answer, page by page, first the answer as it is shown. Where that was cut, its pages are read by
 * their groups instead; periods in which a group has nothing are then left out. Throws as `runMetricQuery` does.
 */
export async function* allRows(
  query: QueryInput | Query,
  context: QueryContext,
  size = pageSize,
): AsyncGenerator<{ result: QueryResult; rows: readonly ResultRow[] }> {
  const result = await runMetricQuery(query, context);
  if (!result.truncated) {
    yield { result, rows: result.rows };
    return;
  }
  const resolved = await resolveFor(query, context);
  const keys: Key[] = [
    ...(resolved.grain ? [{ sql: "q.bucket", type: "numeric" } as const] : []),
    ...resolved.dimensions.map((dimension) => ({
      sql: `q.${dimensionColumn(dimension)}`,
      type: "text" as const,
    })),
    ...(needsCurrency(resolved) ? [{ sql: "q.currency", type: "text" } as const] : []),
  ];
  let after: After | null = [];
  while (after) {
    const from: After = after;
    const answer = await ask((uses) => {
      const whole = compileQuery(resolved, uses);
      return { ...whole, ...pageOf(whole, keys, from, size) };
    }, context);
    const page = readPage(answer.rows, keys, size);
    yield { result, rows: namedRows(resolved, page.rows) };
    after = page.next;
  }
}
