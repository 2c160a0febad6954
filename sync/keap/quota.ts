import { QuotaCore } from "./quota-core";
import type { QuotaGate, QuotaOptions } from "./quota-rules";

export {
  type AcquireOptions,
  documentedLimits,
  type Lane,
  lanes,
  type Pace,
  type QuotaForecast,
  type QuotaGate,
  type QuotaLimits,
  type QuotaOptions,
  type QuotaPermit,
  type QuotaSnapshot,
} from "./quota-rules";

/** A gate for one process. `createDatabaseQuota` shares the same limits between processes. */
export function createMemoryQuota(options: QuotaOptions = {}): QuotaGate {
  return new QuotaCore(options);
}
