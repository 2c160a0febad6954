import { departures, type Finding } from "./departures";
import type { Operation } from "./spec";
import { prefix, type Validator } from "./validator";

/** What was seen of one operation. */
export interface Coverage {
  /** Well-formed requests sent. */
  requests: number;
  /** Answers by status. */
  answers: Map<number, number>;
}

export interface Failure extends Finding {
  /** The call that showed it first. */
  call: string;
  times: number;
}

export interface Observer {
  /** A `fetch` that checks what passes through. `wrong`: the request is wrong on purpose, only the answer is checked. */
  fetch(requests: "right" | "wrong"): typeof fetch;
  coverage: Map<string, Coverage>;
  failures: Map<string, Failure>;
  /** Departures met, by id. */
  departed: Map<string, number>;
  calls: number;
}

/** Watches everything that passes between a client and the sandbox. */
export function createObserver(
  validator: Validator,
  target: (request: Request) => Promise<Response>,
): Observer {
  const coverage: Observer["coverage"] = new Map();
  const failures: Observer["failures"] = new Map();
  const departed: Observer["departed"] = new Map();
  const count = (id: string) => departed.set(id, (departed.get(id) ?? 0) + 1);

  const judge = (finding: Finding, call: string) => {
    const departure = departures.find((one) => one.admits?.(finding));
    if (departure) return count(departure.id);
    // The same fault on a thousand rows is one failure: list positions do not tell failures apart.
    const key = `${finding.operation} ${finding.part} ${finding.message.replaceAll(/\/\d+(?=\/|\s)/g, "/*")}`;
    const known = failures.get(key);
    if (known) known.times++;
    else failures.set(key, { ...finding, call, times: 1 });
    return undefined;
  };

  const coverageOf = (operation: Operation): Coverage => {
    let known = coverage.get(operation.id);
    if (!known) {
      known = { requests: 0, answers: new Map() };
      coverage.set(operation.id, known);
    }
    return known;
  };

  const observer: Observer = {
    coverage,
    failures,
    departed,
    calls: 0,
    fetch: (requests) => async (input, init) => {
      const request = new Request(input, init);
      const sent = {
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        body: await request.clone().text(),
      };
      const response = await target(request);
      const body = await response.clone().text();
      observer.calls++;
      if (!sent.url.pathname.startsWith(prefix)) return response;
      const call = `${sent.method} ${sent.url.pathname.slice(prefix.length)}${sent.url.search.slice(0, 120)}`;
      const operation = validator.operationOf(sent);
      if (!operation) {
        if (requests === "right") {
          judge({ operation: call, part: "operation", message: "is in neither specification" }, call);
        }
        return response;
      }
      const seen = coverageOf(operation);
      if (requests === "right") {
        seen.requests++;
        for (const finding of validator.checkRequest(operation, sent)) judge(finding, call);
      }
      seen.answers.set(response.status, (seen.answers.get(response.status) ?? 0) + 1);
      const checked = validator.checkAnswer(operation, { status: response.status, body });
      for (const id of checked.departures) count(id);
      for (const finding of checked.findings) judge(finding, call);
      return response;
    },
  };
  return observer;
}
