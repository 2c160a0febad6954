import type { KeapAccount } from "@/sandbox/account";
import type { SandboxClock } from "@/sandbox/clock";
import { createSandbox, type Sandbox } from "@/sandbox/sandbox";
import { createKeapClient, type KeapClient } from "../../keap/client";
import type { Clock } from "../../keap/clock";
import type { QuotaGate } from "../../keap/quota";
import { type Cell, cells } from "../cells";
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
      const target = /^\/v2\/(contacts|tags)\/(\d+)$/.exec(path);
      const held = method === "PATCH" && target ? cellsIn(account, target[1], target[2]) : null;
      const result = await sandbox.asUser(method, path + url.search, body, engine);
      calls.push({ method, path, query: url.search, body, status: result.status });
      if (process.plan.trace)
        process.plan.trace(
          `    ${method} ${path}${decodeURIComponent(url.search).slice(0, 80)} ${JSON.stringify(body) ?? ""} → ${result.status}`,
        );
      if (held && target && result.status < 300) {
        const key = `${target[1]}:${target[2]}`;
        const after = cellsIn(account, target[1], target[2]);
        for (const [cell, value] of held)
          if (value !== null && after.get(cell) !== value && told.get(key)?.get(cell) !== value)
            raced.add(`${key}:${cell}:${value}`);
      }
      if (fault === "leaves_out" && /^\/v2\/(contacts|tags)$/.test(path) && isById(url.searchParams))
        leaveOneOut(result.body);
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

/** Lists of changes are read with an overlap and nothing else; a record left out there is Keap's own loss. */
function isById(query: URLSearchParams): boolean {
  return query.get("order_by") === "id asc" || /ids==/.test(query.get("filter") ?? "");
}

function leaveOneOut(body: unknown): void {
  for (const list of Object.values(body as object)) if (Array.isArray(list)) list.pop();
}

function recordIn(
  account: KeapAccount,
  entity: string | undefined,
  id: string | undefined,
): Record<string, unknown> | undefined {
  const table = entity === "tags" ? account.tags : account.contacts;
  return table.get(Number(id)) as Record<string, unknown> | undefined;
}

export function cellsIn(
  account: KeapAccount,
  entity: string | undefined,
  id: string | undefined,
): Map<string, string | null> {
  const record = recordIn(account, entity, id);
  const found = new Map<string, string | null>();
  if (record)
    for (const cell of cells as readonly Cell[])
      if (cell.entity === entity) found.set(cell.name, cell.ofKeap(record));
  return found;
}

function remember(
  account: KeapAccount,
  told: Map<string, Map<string, string | null>>,
  path: string,
  body: unknown,
): void {
  const list = /^\/v2\/(contacts|tags)(?:\/(\d+))?$/.exec(path);
  const entity = list?.[1];
  if (!entity || typeof body !== "object" || body === null) return;
  const found = list[2] ? [body] : ((body as Record<string, unknown>)[entity] ?? []);
  for (const one of found as { id?: string }[])
    if (one.id) told.set(`${entity}:${one.id}`, cellsIn(account, entity, one.id));
}
