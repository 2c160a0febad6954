import { type Call, noContent, ok } from "../http/call";
import { v1Error } from "../http/errors";
import { del, get, post, put, type Route } from "../http/router";
import * as b from "../query/body";
import type { HookRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { eventKeys } from "./events";

function hookWire({ key, eventKey, hookUrl, status }: HookRecord) {
  return { key, eventKey, hookUrl, status };
}

function find(call: Call): HookRecord {
  const hook = [...call.account.hooks.values()].find((one) => one.key === call.params.key);
  if (!hook) throw v1Error(404, "Hook subscription not found");
  return hook;
}

function readHook(call: Call): { eventKey: string; hookUrl: string } {
  const body = b.readBody(call, { eventKey: b.filled(), hookUrl: b.filled() }, ["eventKey", "hookUrl"]) as {
    eventKey: string;
    hookUrl: string;
  };
  if (!(eventKeys as readonly string[]).includes(body.eventKey))
    throw v1Error(400, `Unknown eventKey: ${body.eventKey}`);
  if (!/^https?:\/\//.test(body.hookUrl) || !URL.canParse(body.hookUrl))
    throw v1Error(400, "hookUrl must be an absolute URL");
  return body;
}

/** Create, update, verify and delayedVerify all answer 200 with the hook; whether it became Verified is in `status`. */
export const hookRoutes: Route[] = [
  get("/v1/hooks/event_keys", () => ok([...eventKeys])),
  get("/v1/hooks", (call) => ok([...call.account.hooks.values()].map(hookWire))),
  post("/v1/hooks", async (call) => {
    const { eventKey, hookUrl } = readHook(call);
    const id = takeId(call.account, "hooks");
    const hook = putRecord(call.account, "hooks", { id, key: id, eventKey, hookUrl, status: "Unverified" });
    return ok(hookWire((await call.hooks.verify(hook.key)) ?? hook));
  }),
  get("/v1/hooks/{key}", (call) => ok(hookWire(find(call)))),
  put("/v1/hooks/{key}", async (call) => {
    const hook = find(call);
    const next = putRecord(call.account, "hooks", { ...hook, ...readHook(call), status: "Unverified" });
    return ok(hookWire((await call.hooks.verify(next.key)) ?? next));
  }),
  del("/v1/hooks/{key}", (call) => {
    removeRecord(call.account, "hooks", Number(find(call).id));
    return noContent();
  }),
  post("/v1/hooks/{key}/verify", async (call) => {
    const hook = find(call);
    return ok(hookWire((await call.hooks.verify(hook.key)) ?? hook));
  }),
  post("/v1/hooks/{key}/delayedVerify", (call) => {
    const hook = find(call);
    const secret = call.headers.get("x-hook-secret");
    if (!secret) throw v1Error(400, "X-Hook-Secret is required");
    return ok(hookWire(call.hooks.verifyLater(hook.key, secret) ?? hook));
  }),
];
