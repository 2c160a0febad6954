import { readFileSync } from "node:fs";
import { z } from "zod";
import { faultRuleSchema } from "../faults";
import { restPrefix } from "../http/pipeline";
import { removeContact } from "../resources/contacts";
import { refundPayment } from "../resources/order-payments";
import type { Sandbox } from "../sandbox";
import { removeRecord } from "../state";
import { switchesSchema } from "../switches";
import { countTables, editRecord, isTable, relatedTo, searchRecords } from "./records";

const prefix = "/_sandbox/";

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json;charset=UTF-8", "cache-control": "no-store" },
  });
}

const refuse = (status: number, message: string) => json({ message }, status);

function asset(name: string, type: string): Response {
  const text = readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
  return new Response(text, {
    headers: { "content-type": `${type};charset=UTF-8`, "cache-control": "no-store" },
  });
}

const asUserSchema = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
  path: z.string().startsWith("/v"),
  body: z.unknown(),
});
const clockSchema = z.strictObject({
  scale: z.number().min(0).max(100_000).optional(),
  advance_ms: z.number().int().min(0).optional(),
});
const tokenSchema = z.strictObject({
  action: z.enum(["expire", "revoke", "restore", "issue"]),
  token: z.string().optional(),
  kind: z.enum(["pat", "sak", "oauth"]).default("pat"),
  user_id: z.string().optional(),
  expires_in: z.number().int().positive().optional(),
});
const refundSchema = z.strictObject({
  payment_id: z.string(),
  amount_minor: z.number().int().positive().optional(),
});
const editSchema = z.record(z.string(), z.unknown());

function status(sandbox: Sandbox) {
  const { account, clock, limiter, log, faults, hooks } = sandbox;
  return {
    business: account.businessProfile,
    tenant_id: account.tenantId,
    clock: { now: clock.iso(), scale: clock.scale },
    tables: countTables(account),
    memberships: [...account.contactTags.values()].reduce((sum, tags) => sum + tags.size, 0),
    quota: limiter.usage(),
    calls: log.summary(),
    faults: faults.list(),
    hooks: [...account.hooks.values()],
    hooks_waiting: hooks.waiting(),
  };
}

function changeToken(sandbox: Sandbox, body: z.infer<typeof tokenSchema>): Response {
  const { credentials, clock } = sandbox;
  if (body.action === "issue") {
    const token = body.token ?? crypto.randomUUID();
    credentials.set(token, {
      token,
      kind: body.kind,
      ...(body.user_id ? { userId: body.user_id } : {}),
      ...(body.expires_in ? { expiresAt: clock.now() + body.expires_in * 1000 } : {}),
    });
    return json({ token }, 201);
  }
  const held = credentials.get(body.token ?? sandbox.token);
  if (!held) return refuse(404, "No such token.");
  if (body.action === "expire") credentials.set(held.token, { ...held, expiresAt: clock.now() });
  else if (body.action === "revoke") credentials.set(held.token, { ...held, revoked: true });
  else
    credentials.set(held.token, {
      token: held.token,
      kind: held.kind,
      ...(held.userId ? { userId: held.userId } : {}),
      ...(held.clientId ? { clientId: held.clientId } : {}),
    });
  return json({ done: body.action });
}

function records(sandbox: Sandbox, method: string, parts: string[], url: URL, body: unknown): Response {
  const [table = "", idText] = parts;
  const { account, clock } = sandbox;
  if (!isTable(table)) return refuse(404, `There is no table "${table}".`);
  if (idText === undefined) {
    const number = (name: string, fallback: number) =>
      Number(url.searchParams.get(name) ?? fallback) || fallback;
    return json(
      searchRecords(
        account,
        table,
        url.searchParams.get("search") ?? "",
        number("offset", 0),
        Math.min(200, number("limit", 50)),
      ),
    );
  }
  const id = Number(idText);
  const record = account[table].get(id);
  if (!record) return refuse(404, `There is no record ${idText} in ${table}.`);
  if (method === "GET")
    return json({ record, ...(table === "contacts" ? { related: relatedTo(account, String(id)) } : {}) });
  if (method === "PATCH") {
    const quiet = url.searchParams.get("via") === "action_set";
    return json({ record: editRecord(account, table, id, editSchema.parse(body), clock.iso(), { quiet }) });
  }
  if (method === "DELETE") return json({ deleted: removeRecord(account, table, id) });
  return refuse(405, "Use GET, PATCH or DELETE.");
}

async function asUser(sandbox: Sandbox, body: unknown): Promise<Response> {
  const call = asUserSchema.parse(body);
  return json(await sandbox.asUser(call.method, call.path, call.body));
}

async function moveClock(sandbox: Sandbox, body: unknown): Promise<Response> {
  const { scale, advance_ms } = clockSchema.parse(body);
  if (scale !== undefined) sandbox.clock.setScale(scale);
  if (advance_ms !== undefined) await sandbox.clock.advance(advance_ms);
  return json({ now: sandbox.clock.iso(), scale: sandbox.clock.scale });
}

function refund(sandbox: Sandbox, body: unknown): Response {
  const { payment_id, amount_minor } = refundSchema.parse(body);
  return json(refundPayment(sandbox.insideCall(), payment_id, amount_minor), 201);
}

/** A person is erased on request: the contact goes, and the hook says redact instead of delete. */
function redact(sandbox: Sandbox, body: unknown): Response {
  const id = Number(z.strictObject({ contact_id: z.string() }).parse(body).contact_id);
  const contact = sandbox.account.contacts.get(id);
  if (!contact) return refuse(404, `There is no contact ${id}.`);
  removeContact(sandbox.account, contact, { quiet: true });
  sandbox.hooks.emit({ eventKey: "contact.redact", id });
  return json({ redacted: contact.id });
}

/** The log since an entry, and what was tried with hooks. */
function logSince(sandbox: Sandbox, url: URL) {
  const since = Number(url.searchParams.get("since") ?? 0);
  const limit = Math.min(2_000, Number(url.searchParams.get("limit") ?? 200));
  return {
    entries: sandbox.log.entries.filter((entry) => entry.n > since).slice(-limit),
    summary: sandbox.log.summary(),
  };
}

async function route(sandbox: Sandbox, request: Request, url: URL): Promise<Response> {
  const [thing = "", ...parts] = url.pathname.slice(prefix.length).split("/").map(decodeURIComponent);
  const { method } = request;
  const text = method === "GET" || method === "DELETE" ? "" : await request.text();
  const body: unknown = text ? JSON.parse(text) : {};
  switch (thing) {
    case "status":
      return json(status(sandbox));
    case "records":
      return records(sandbox, method, parts, url, body);
    case "as-user":
      return asUser(sandbox, body);
    case "refund":
      return refund(sandbox, body);
    case "redact":
      return redact(sandbox, body);
    case "clock":
      return method === "GET"
        ? json({ now: sandbox.clock.iso(), scale: sandbox.clock.scale })
        : moveClock(sandbox, body);
    case "tokens":
      return changeToken(sandbox, tokenSchema.parse(body));
    case "limits":
      sandbox.limiter.reset();
      return json({ done: "reset" });
    case "log":
      if (method === "DELETE") sandbox.log.clear();
      return json(logSince(sandbox, url));
    case "hooks":
      return json({
        hooks: [...sandbox.account.hooks.values()],
        waiting: sandbox.hooks.waiting(),
        attempts: sandbox.hooks.attempts(),
      });
    case "faults":
      if (method === "POST") return json(sandbox.faults.add(faultRuleSchema.parse(body)), 201);
      if (method === "DELETE" && parts[0]) return json({ removed: sandbox.faults.remove(Number(parts[0])) });
      if (method === "DELETE") sandbox.faults.clear();
      return json(sandbox.faults.list());
    case "switches":
      if (method === "PATCH") sandbox.setSwitches(body as Partial<Sandbox["switches"]>);
      return json({ values: sandbox.switches, schema: z.toJSONSchema(switchesSchema) });
    default:
      return refuse(404, `There is no control "${thing}".`);
  }
}

/** Only pages of this very address may use the controls: another site open in the browser may not. */
function isForeign(request: Request, url: URL): boolean {
  const origin = request.headers.get("origin");
  const host = request.headers.get("host")?.replace(/:\d+$/, "") ?? url.hostname;
  return (
    (origin !== null && new URL(origin).host !== (request.headers.get("host") ?? url.host)) ||
    !["127.0.0.1", "localhost", "[::1]"].includes(host)
  );
}

/** Answers the control page and its JSON API; null for a call that is Keap's. */
export async function handleControl(sandbox: Sandbox, request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  const isPage =
    request.method === "GET" && ["/", "/control.css", "/control.js", "/favicon.ico"].includes(url.pathname);
  if (!isPage && !url.pathname.startsWith(prefix)) return null;
  if (url.pathname.startsWith(restPrefix)) return null;
  if (isForeign(request, url)) return refuse(403, "The controls answer only this machine's own page.");
  if (url.pathname === "/") return asset("page.html", "text/html");
  if (url.pathname === "/control.css") return asset("page.css", "text/css");
  if (url.pathname === "/control.js") return asset("page.js", "text/javascript");
  if (url.pathname === "/favicon.ico") return new Response(null, { status: 204 });
  try {
    return await route(sandbox, request, url);
  } catch (error) {
    if (error instanceof z.ZodError)
      return refuse(
        400,
        error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; "),
      );
    if (error instanceof SyntaxError) return refuse(400, "The body is not JSON.");
    const body = (error as { body?: unknown }).body;
    if (body) return json(body, (error as { status?: number }).status ?? 400);
    throw error;
  }
}
