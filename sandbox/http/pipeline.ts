import type { KeapAccount } from "../account";
import type { SandboxClock } from "../clock";
import { type ArmedFault, bendFields, type Faults } from "../faults";
import type { HookDelivery } from "../hooks/delivery";
import type { Switches } from "../switches";
import { actorOf, authenticate, type Credential } from "./auth";
import type { Actor, Answer, Call } from "./call";
import { badRequest, Refusal, v1Error, v2Error } from "./errors";
import { type Limiter, throttled } from "./limits";
import type { RequestLog } from "./log";
import type { createRouter } from "./router";

export const restPrefix = "/crm/rest";

export interface PipelineParts {
  account: KeapAccount;
  clock: SandboxClock;
  switches: () => Switches;
  credentials: Map<string, Credential>;
  limiter: Limiter;
  hooks: HookDelivery;
  faults: Faults;
  log: RequestLog;
  router: ReturnType<typeof createRouter>;
}

/** What goes back over the wire; `reset` breaks the connection instead. */
export type WireAnswer =
  | { kind: "answer"; status: number; headers: Record<string, string>; body: string | null }
  | { kind: "reset" };

const htmlPage =
  "<!DOCTYPE html><html><head><title>Keap</title></head><body><h1>We'll be right back</h1><p>Keap is being updated.</p></body></html>";

async function readBodyOf(request: Request): Promise<{ text: string; json: unknown; broken: boolean }> {
  if (request.method === "GET" || request.method === "HEAD")
    return { text: "", json: undefined, broken: false };
  const text = await request.text();
  if (text.trim() === "") return { text, json: undefined, broken: false };
  try {
    return { text, json: JSON.parse(text), broken: false };
  } catch {
    return { text, json: undefined, broken: true };
  }
}

function answered(status: number, body: unknown, headers: Record<string, string>): WireAnswer {
  const text = body === undefined ? null : JSON.stringify(body);
  return {
    kind: "answer",
    status,
    headers: { ...(text === null ? {} : { "content-type": "application/json;charset=UTF-8" }), ...headers },
    body: text,
  };
}

/** Runs a call's own handler: route, parse, act. Throws a Refusal for everything Keap refuses. */
export async function runCall(
  parts: PipelineParts,
  request: { method: string; url: URL; headers: Headers; body: unknown; broken?: boolean },
  actor: Actor,
): Promise<Answer> {
  const path = request.url.pathname.slice(restPrefix.length);
  const isV1 = path.startsWith("/v1/");
  const found = parts.router(request.method, path);
  if (found === "no path") throw isV1 ? v1Error(404, "Not Found") : v2Error(404, "Resource not found");
  if (found === "no method")
    throw isV1
      ? v1Error(405, "Method Not Allowed")
      : v2Error(405, `Method ${request.method} is not supported here`);
  if (request.broken)
    throw isV1 ? v1Error(400, "Malformed JSON") : badRequest("Malformed JSON in request body");
  const call: Call = {
    account: parts.account,
    clock: parts.clock,
    switches: parts.switches(),
    hooks: parts.hooks,
    actor,
    method: request.method,
    url: request.url,
    params: found.params,
    headers: request.headers,
    body: request.body,
    now: parts.clock.iso(),
  };
  try {
    return await found.route.handle(call);
  } catch (error) {
    if (isV1 && error instanceof Refusal && error.status !== 429) throw asV1(error);
    throw error;
  }
}

/** v1 has an error shape of its own. */
function asV1(refusal: Refusal): Refusal {
  const message = (refusal.body as { message?: string }).message;
  return v1Error(refusal.status, message ?? refusal.message);
}

function before(faults: ArmedFault[]): WireAnswer | null {
  const fault = faults.find((one) =>
    ["reset_before", "status", "throttle", "html", "empty"].includes(one.kind),
  );
  if (!fault) return null;
  switch (fault.kind) {
    case "reset_before":
      return { kind: "reset" };
    case "throttle": {
      const refusal = throttled(
        fault.retry_after === null ? {} : { "retry-after": String(fault.retry_after) },
      );
      return answered(429, refusal.body, refusal.headers);
    }
    case "html":
      return {
        kind: "answer",
        status: fault.status,
        headers: { "content-type": "text/html;charset=UTF-8" },
        body: htmlPage,
      };
    case "empty":
      return { kind: "answer", status: fault.status, headers: {}, body: "" };
    default:
      return answered(fault.status, v2Error(fault.status, "Internal error").body, {});
  }
}

function after(faults: ArmedFault[], answer: Answer, headers: Record<string, string>): WireAnswer {
  if (faults.some((one) => one.kind === "reset_after")) return { kind: "reset" };
  const bends = faults.filter((one) => one.kind.startsWith("field_"));
  const wire = answered(answer.status, bends.length ? bendFields(answer.body, bends) : answer.body, {
    ...headers,
    ...answer.headers,
  });
  if (wire.kind === "answer" && wire.body && faults.some((one) => one.kind === "truncate")) {
    return { ...wire, body: wire.body.slice(0, Math.ceil(wire.body.length * 0.6)) };
  }
  return wire;
}

/** One call from outside: faults, credential, limits, route, faults again; written to the log. */
export async function handleCall(parts: PipelineParts, request: Request): Promise<WireAnswer> {
  const started = performance.now();
  const url = new URL(request.url);
  const sent = await readBodyOf(request);
  const faults = parts.faults.forCall(request.method, url.pathname);
  let who = "nobody";
  const conclude = (answer: WireAnswer): WireAnswer => {
    parts.log.add({
      at: parts.clock.iso(),
      method: request.method,
      path: url.pathname,
      query: url.search,
      status: answer.kind === "reset" ? "reset" : answer.status,
      took_ms: Math.round((performance.now() - started) * 10) / 10,
      who,
      faults: faults.map((one) => one.kind),
      ...(sent.json === undefined ? {} : { body: sent.json }),
    });
    return answer;
  };
  const slow = faults.find((one) => one.kind === "slow");
  if (slow) await parts.clock.sleep(slow.delay_ms);
  const early = before(faults);
  if (early) return conclude(early);
  let limitHeaders: Record<string, string> = {};
  try {
    const credential = authenticate(request.headers, parts.credentials, parts.clock, parts.switches());
    who = `${credential.kind}:${credential.userId ?? "-"}`;
    const limit = parts.limiter.take(credential);
    limitHeaders = limit.headers;
    if (limit.refusal) throw limit.refusal;
    const answer = await runCall(
      parts,
      { method: request.method, url, headers: request.headers, body: sent.json, broken: sent.broken },
      actorOf(credential),
    );
    return conclude(after(faults, answer, limitHeaders));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return conclude(answered(error.status, error.body, { ...limitHeaders, ...error.headers }));
  }
}
