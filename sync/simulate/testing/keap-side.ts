import type { KeapAccount } from "@/sandbox/account";
import type { SandboxClock } from "@/sandbox/clock";
import { createSandbox, type Sandbox } from "@/sandbox/sandbox";
import { createKeapClient, type KeapClient } from "../../keap/client";
import type { Clock } from "../../keap/clock";
import type { QuotaGate } from "../../keap/quota";
import { cellsOf } from "../cells";
import { type KindName, kindNames, kinds, targetOf } from "../kinds";
import type { KeapFault, SimProcess } from "./process";

/** A call the engine made, as Keap saw it. */
export interface KeapCall {
  method: string;
  path: string;
  query: string;
  body: unknown;
  status: number;
}

/** Keap's side: a sandbox with a clock of the simulation's, and clients that a process can be killed in. */
export interface KeapSide {
  sandbox: Sandbox;
  account: KeapAccount;
  calls: KeapCall[];
  /** Records the engine deleted, as it had last been told of them. */
  deletedAs: Map<string, ReadonlyMap<string, string | null>>;
  /** Values a PATCH overwrote that came after the last read: the race no call can close. */
  raced: Set<string>;
  /** A client for one process. */
  client(process: SimProcess): KeapClient;
  /** Somebody works in Keap. */
  asPerson(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

const unlimited: QuotaGate = {
  acquire: async () => ({ settle: () => undefined }),
  observe: () => undefined,
  forecast: () => {
    throw new Error("The simulation has no quota to forecast.");
  },
  snapshot: () => {
    throw new Error("The simulation keeps no counts.");
  },
};

const prefix = "/crm/rest";
const engine = { kind: "pat", userId: "1" } as const;
const noHeaders = new Headers();

export interface KeapSideOptions {
  account: KeapAccount;
  now: () => number;
  /** Lets time pass. */
  wait: (ms: number) => void;
  quota?: QuotaGate;
  onCall?: () => void;
}

export function createKeapSide({ account, now, wait, quota = unlimited, onCall }: KeapSideOptions): KeapSide {
  const clock: SandboxClock = {
    now,
    iso: () => new Date(now()).toISOString(),
    scale: 0,
    setScale: () => undefined,
    advance: async () => undefined,
    after: () => () => undefined,
    sleep: async () => undefined,
    stop: () => undefined,
  };
  const sandbox = createSandbox({ account, clock, limits: "off" });
  const calls: KeapCall[] = [];
  const raced = new Set<string>();
  const deletedAs: KeapSide["deletedAs"] = new Map();
  const clientClock: Clock = {
    now,
    sleep: async (ms) => wait(ms),
    doze: async () => undefined,
  };

  function client(process: SimProcess): KeapClient {
    /** What this process was last told about each record. */
    const told = new Map<string, Map<string, string | null>>();
    const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const url = new URL(String(input));
      const method = init?.method ?? "GET";
      const path = url.pathname.slice(prefix.length);
      const name = `${method} ${path}`;
      onCall?.();
      await process.boundary("keap", "before", name);
      const fault = process.nextFault("keap", name);
      const early = before(fault);
      if (early) {
        if (early === "reset") throw broken();
        return early;
      }
      const body = typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : undefined;
      const target = targetOf(path);
      const held = method === "PATCH" && target ? cellsIn(account, target.kind, target.id) : null;
      const result = await sandbox.asUser(method, path + url.search, body, engine);
      calls.push({ method, path, query: url.search, body, status: result.status });
      if (process.plan.trace)
        process.plan.trace(
          `    ${method} ${path}${decodeURIComponent(url.search).slice(0, 80)} ${JSON.stringify(body) ?? ""} → ${result.status}`,
        );
      if (held && target && result.status < 300) {
        const key = `${target.kind}:${target.id}`;
        const after = cellsIn(account, target.kind, target.id);
        for (const [cell, value] of held)
          if (value !== null && after.get(cell) !== value && told.get(key)?.get(cell) !== value)
            raced.add(`${key}:${cell}:${value}`);
      }
      const known = method === "DELETE" && target ? told.get(`${target.kind}:${target.id}`) : undefined;
      if (known && target && result.status < 300) deletedAs.set(`${target.kind}:${target.id}`, known);
      if (fault === "leaves_out" && leavesOut(path, url.searchParams)) leaveOneOut(result.body);
      remember(account, told, path, result.body);
      await process.boundary("keap", "after", name);
      if (fault === "reset_after") throw broken();
      if (fault === "status_500_after") return response(500, { code: 500, message: "Internal error" });
      if (fault === "cut_short" && method === "GET")
        return response(result.status, undefined, JSON.stringify(result.body ?? null).slice(0, -3));
      return response(result.status, result.body);
    };
    return createKeapClient({
      auth: { kind: "token", token: sandbox.token },
      quota,
      clock: clientClock,
      random: () => 0.5,
      maxAttempts: 2,
      fetch: answer as typeof fetch,
    });
  }

  return {
    sandbox,
    account,
    calls,
    deletedAs,
    raced,
    client,
    asPerson: (method, path, body) => sandbox.asUser(method, path, body, { kind: "user", userId: "2" }),
  };
}

function before(fault: KeapFault | null): Response | "reset" | null {
  switch (fault) {
    case "reset_before":
      return "reset";
    case "status_500":
      return response(500, { code: 500, message: "Internal error" });
    case "throttled":
      return response(429, { code: "429", message: "Quota Exceeded", status: "Request Throttled" });
    case "web_page":
      return response(503, undefined, "<html><body>We'll be right back</body></html>");
    default:
      return null;
  }
}

function broken(): TypeError {
  return new TypeError("fetch failed", {
    cause: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
  });
}

/** As much of a Response as the client reads: the real one costs ten times as much. */
function response(status: number, body: unknown, text?: string): Response {
  const content = text ?? (body === undefined ? "" : JSON.stringify(body));
  return { status, headers: noHeaders, text: async () => content } as Response;
}

/**
 * Lists of changes are read with an overlap and nothing else; a record left out there is Keap's own loss. People and tags
 * may also be missing from an answer by ids: of those each is asked for once more by itself.
 */
function leavesOut(path: string, query: URLSearchParams): boolean {
  if (query.get("order_by") === "id asc") return listOf(path) !== null;
  return /^\/v2\/(contacts|tags)$/.test(path) && /ids==/.test(query.get("filter") ?? "");
}

/** The kind a list's path is of. */
function listOf(path: string): KindName | null {
  const found = /^\/v2\/(\w+)$/.exec(path)?.[1] as KindName | undefined;
  return found && kindNames.includes(found) ? found : null;
}

function leaveOneOut(body: unknown): void {
  for (const list of Object.values(body as object)) if (Array.isArray(list)) list.pop();
}

export function cellsIn(
  account: KeapAccount,
  kind: KindName,
  id: number | string,
): Map<string, string | null> {
  const record = kinds[kind].records(account).get(Number(id));
  const found = new Map<string, string | null>();
  if (record) for (const cell of cellsOf(kind)) found.set(cell.name, cell.ofKeap(record));
  return found;
}

/** A process has been told what an answer holds. */
function remember(
  account: KeapAccount,
  told: Map<string, Map<string, string | null>>,
  path: string,
  body: unknown,
): void {
  if (typeof body !== "object" || body === null) return;
  const note = (kind: KindName, id: number | string) => told.set(`${kind}:${id}`, cellsIn(account, kind, id));
  const target = targetOf(path);
  const kind = target?.kind ?? listOf(path);
  if (!kind) return;
  const found = target ? [body] : ((body as Record<string, unknown>)[kind] ?? []);
  for (const one of found as { id?: string; order_items?: { id: string }[] }[]) {
    if (one.id) note(kind, one.id);
    for (const item of one.order_items ?? []) note("order_items", item.id);
  }
}
