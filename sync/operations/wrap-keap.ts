import type { KeapClient } from "../keap/client";

/** One call of the client: resource and method, such as `contacts.update`, its arguments, and the call itself. */
export interface KeapCall {
  resource: string;
  method: string;
  args: readonly unknown[];
  invoke: () => unknown;
}

/** The same client with every call passing through `around`. */
export function wrapKeap(keap: KeapClient, around: (call: KeapCall) => unknown): KeapClient {
  const wrapped = Object.entries(keap).map(([name, part]: [string, unknown]) => {
    if (name === "inLane")
      return [name, (lane: Parameters<KeapClient["inLane"]>[0]) => wrapKeap(keap.inLane(lane), around)];
    if (name === "quota" || name === "lane") return [name, part];
    if (typeof part === "function") return [name, passing(name, "call", part as Method, around)];
    if (typeof part !== "object" || part === null) return [name, part];
    const methods = Object.entries(part).map(([method, run]: [string, unknown]) => [
      method,
      typeof run === "function" ? passing(name, method, run as Method, around) : run,
    ]);
    return [name, Object.fromEntries(methods)];
  });
  return Object.fromEntries(wrapped) as KeapClient;
}

type Method = (...args: unknown[]) => unknown;

function passing(resource: string, method: string, run: Method, around: (call: KeapCall) => unknown): Method {
  return (...args) => around({ resource, method, args, invoke: () => run(...args) });
}

/** Counts the calls a client makes. */
export function countCalls(keap: KeapClient): { keap: KeapClient; readonly calls: number } {
  let calls = 0;
  return {
    keap: wrapKeap(keap, ({ invoke }) => {
      calls += 1;
      return invoke();
    }),
    get calls() {
      return calls;
    },
  };
}
