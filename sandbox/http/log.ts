export interface LogEntry {
  n: number;
  /** Sandbox time, ISO 8601. */
  at: string;
  method: string;
  path: string;
  query: string;
  status: number | "reset";
  /** Wall-clock milliseconds. */
  took_ms: number;
  who: string;
  /** Kinds of the faults that fired. */
  faults: string[];
  /** Body of a write. */
  body?: unknown;
}

const keep = 2_000;

/** What was asked of the sandbox: the newest entries and sums over everything. */
export function createLog() {
  let entries: LogEntry[] = [];
  let n = 0;
  const byStatus = new Map<string, number>();
  const byMethod = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  return {
    add(entry: Omit<LogEntry, "n">): void {
      n += 1;
      count(byStatus, String(entry.status));
      count(byMethod, entry.method);
      entries.push({ n, ...entry });
      if (entries.length > keep * 1.5) entries = entries.slice(-keep);
    },
    /** Oldest first. */
    get entries(): readonly LogEntry[] {
      return entries;
    },
    /** Calls that would change something: all but GET. */
    writes: (): LogEntry[] => entries.filter((entry) => entry.method !== "GET"),
    summary: () => ({
      calls: n,
      by_status: Object.fromEntries(byStatus),
      by_method: Object.fromEntries(byMethod),
    }),
    clear(): void {
      entries = [];
      n = 0;
      byStatus.clear();
      byMethod.clear();
    },
  };
}

export type RequestLog = ReturnType<typeof createLog>;
