import type { Drawing } from "@/analytics/charts/chart-spec";
import type { Filter, QueryInput as LooseQueryInput } from "@/analytics/query/query";

/** The schema is recursive there, so its input type is loose. */
export type QueryInput = Omit<LooseQueryInput, "filters"> & { filters?: Filter };

/** A query on its way to becoming a call. */
export interface Draft {
  query: QueryInput;
  drawing?: Drawing;
  /** The other period of a comparison that is no calendar neighbour. */
  second?: QueryInput;
  keptTitle?: string;
  meanings: string[];
  average?: boolean;
  behind?: boolean;
}
