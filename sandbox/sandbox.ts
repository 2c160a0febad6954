import { type HttpHandler, HttpResponse, http } from "msw";
import { createEmptyAccount, type KeapAccount } from "./account";
import { createClock, type SandboxClock } from "./clock";
import { createFaults, type Faults } from "./faults";
import { generateAccount } from "./generator/generate";
import { createHookDelivery, type HookDelivery } from "./hooks/delivery";
import type { Credential } from "./http/auth";
import type { Actor, Call } from "./http/call";
import { Refusal } from "./http/errors";
import { createLimiter, keapLimits, type Limiter, type Limits } from "./http/limits";
import { createLog, type RequestLog } from "./http/log";
import { createOAuth, type OAuth, type OAuthClient } from "./http/oauth";
import { handleCall, restPrefix, runCall, type WireAnswer } from "./http/pipeline";
import { createRouter } from "./http/router";
import { routes } from "./resources/index";
import { type Switches, switchesSchema } from "./switches";

export interface SandboxOptions {
  /** The account to serve; without one, a generated account of `contacts`, or an empty one. */
  account?: KeapAccount;
  /** Contacts of the generated account. */
  contacts?: number;
  /** Seed of the generated account, and of the faults that fire by chance. */
  seed?: number;
  /** The time the sandbox starts at; default now. */
  now?: Date | string | number;
  /** Seconds of sandbox time per second; 0 stands still until moved. Default 1. */
  scale?: number;
  clock?: SandboxClock;
  /** The personal access token the account accepts. Default "sandbox-token". */
  token?: string;
  /** More credentials. */
  credentials?: Credential[];
  oauthClients?: OAuthClient[];
  /** Keap's published limits by default; "off" for none; or numbers of one's own. */
  limits?: "keap" | "off" | Partial<Limits>;
  switches?: Partial<Switches>;
  /** How hooks are delivered; default the global fetch. */
  send?: typeof fetch;
}

/** An answer to a call made from inside, as a user of Keap's own screens. */
export interface InsideAnswer {
  status: number;
  body: unknown;
}

export interface Sandbox {
  /** The one set of handlers, for `setupServer` in tests and for the HTTP server. They match any host. */
  handlers: HttpHandler[];
  /** Answers a request without a network; rejects as fetch does when the connection breaks. */
  fetch(request: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Makes a call past credential, limits and faults, as the given user (default: another than the token's). */
  asUser(method: string, path: string, body?: unknown, actor?: Actor): Promise<InsideAnswer>;
  /** A call as that user, for what users do inside Keap and no API call can (a refund). */
  insideCall(): Call;
  account: KeapAccount;
  clock: SandboxClock;
  faults: Faults;
  hooks: HookDelivery;
  log: RequestLog;
  limiter: Limiter;
  oauth: OAuth;
  credentials: Map<string, Credential>;
  oauthClients: Map<string, OAuthClient>;
  /** A token the account accepts. */
  token: string;
  /** The open questions about Keap, as answered now. */
  switches: Switches;
  setSwitches(changes: Partial<Switches>): void;
  stop(): void;
}

function broken(): TypeError {
  return new TypeError("fetch failed", {
    cause: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
  });
}

function makeAccount(seed: number, contacts: number, now: number): KeapAccount {
  return contacts === 0 ? createEmptyAccount() : generateAccount({ seed, contacts, endDate: new Date(now) });
}

/** A simulated Keap account. Every answer comes from `handlers`, whichever way the request arrives. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const start = options.now === undefined ? Date.now() : new Date(options.now).getTime();
  const account = options.account ?? makeAccount(options.seed ?? 1, options.contacts ?? 0, start);
  const clock = options.clock ?? createClock({ start, scale: options.scale ?? 1 });
  const token = options.token ?? "sandbox-token";
  let switches = switchesSchema.parse(options.switches ?? {});
  const firstUser = String([...account.users.keys()][0] ?? 1);
  // Who changes things "in Keap": somebody other than the token's user, so that the two can be told apart.
  const person = () =>
    [...account.users.values()].find((one) => one.status === "ACTIVE" && one.id !== firstUser)?.id ??
    firstUser;
  const credentials = new Map<string, Credential>(
    [{ token, kind: "pat" as const, userId: firstUser }, ...(options.credentials ?? [])].map((one) => [
      one.token,
      one,
    ]),
  );
  const oauthClients = new Map(
    (options.oauthClients ?? [{ client_id: "sandbox-client", client_secret: "sandbox-secret" }]).map(
      (one) => [one.client_id, one],
    ),
  );
  const currentSwitches = () => switches;
  const limitsFor = (credential: Credential): Limits | null => {
    if (options.limits === "off") return null;
    return { ...keapLimits[credential.kind], ...(typeof options.limits === "object" ? options.limits : {}) };
  };
  const limiter = createLimiter({ clock, tenantId: account.tenantId, switches: currentSwitches, limitsFor });
  const oauth = createOAuth({
    clock,
    tenantId: () => account.tenantId,
    credentials,
    clients: oauthClients,
    switches: currentSwitches,
  });
  const faults = createFaults(options.seed ?? 1);
  const log = createLog();
  const send: typeof fetch = options.send ?? ((input, init) => fetch(input, init));
  const hooks = createHookDelivery({ account, clock, faults, switches: currentSwitches, send });
  const parts = {
    account,
    clock,
    switches: currentSwitches,
    credentials,
    limiter,
    faults,
    hooks,
    log,
    router: createRouter(routes),
  };

  async function tokenCall(request: Request): Promise<WireAnswer> {
    const fault = faults.forCall("POST", "/token");
    if (fault.some((one) => one.kind === "reset_before")) return { kind: "reset" };
    const answer = oauth.token(new URLSearchParams(await request.text()), request.headers);
    if (fault.some((one) => one.kind === "reset_after")) return { kind: "reset" };
    return {
      kind: "answer",
      status: answer.status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(answer.body),
    };
  }

  const toResponse = (answer: WireAnswer) =>
    answer.kind === "reset"
      ? HttpResponse.error()
      : new HttpResponse(answer.body, { status: answer.status, headers: answer.headers });

  const handlers = [
    http.all(`*${restPrefix}/*`, async ({ request }) => toResponse(await handleCall(parts, request))),
    http.post("*/token", async ({ request }) => toResponse(await tokenCall(request))),
    http.get("*/app/oauth/authorize", ({ request }) => {
      const to = oauth.authorize(new URL(request.url));
      return to
        ? new HttpResponse(null, { status: 302, headers: { location: to } })
        : new HttpResponse("Unknown client", { status: 400 });
    }),
  ];

  return {
    handlers,
    async fetch(input, init) {
      const request = new Request(input, init);
      for (const handler of handlers) {
        const result = await handler.run({ request, requestId: crypto.randomUUID() });
        if (result?.response?.type === "error") throw broken();
        if (result?.response) return result.response;
      }
      return new Response("Not found", { status: 404 });
    },
    async asUser(method, path, body, actor = { kind: "user", userId: person() }) {
      const url = new URL(`${restPrefix}${path}`, "http://keap.test");
      try {
        const answer = await runCall(parts, { method, url, headers: new Headers(), body }, actor);
        return { status: answer.status, body: answer.body };
      } catch (error) {
        if (error instanceof Refusal) return { status: error.status, body: error.body };
        throw error;
      }
    },
    insideCall: () => ({
      account,
      clock,
      switches,
      hooks,
      actor: { kind: "user", userId: person() },
      method: "POST",
      url: new URL(restPrefix, "http://keap.test"),
      params: {},
      headers: new Headers(),
      body: undefined,
      now: clock.iso(),
    }),
    account,
    clock,
    faults,
    hooks,
    log,
    limiter,
    oauth,
    credentials,
    oauthClients,
    token,
    get switches() {
      return switches;
    },
    setSwitches(changes) {
      switches = switchesSchema.parse({ ...switches, ...changes });
    },
    stop() {
      hooks.stop();
      clock.stop();
    },
  };
}
