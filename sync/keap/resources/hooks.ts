import { z } from "zod";
import type { Calls } from "../calls";
import { readRecords } from "../pages";
import { hookSchema } from "../schemas";
import type { CallOptions } from "../transport";

const hookPath = "/v1/hooks/{key}";

/** REST hooks, v1 only: one subscription per event, silent once Inactive, so look at `list` and `verify` again. */
export function hooksResource(calls: Calls) {
  const params = (key: string) => ({ key });
  return {
    /** The events this tenant knows. */
    eventKeys: (options?: CallOptions) =>
      calls.record(z.array(z.string()), { method: "GET", path: "/v1/hooks/event_keys" }, options),
    /** A bare list, without pages. */
    async list(options?: CallOptions) {
      return readRecords(
        await calls.record(z.array(z.unknown()), { method: "GET", path: "/v1/hooks" }, options),
        hookSchema,
      );
    },
    get: (key: string, options?: CallOptions) =>
      calls.record(hookSchema, { method: "GET", path: hookPath, params: params(key) }, options),
    /** Keap calls `hookUrl` at once with `X-Hook-Secret`; nothing is delivered before that is answered. */
    create: (body: { eventKey: string; hookUrl: string }, options?: CallOptions) =>
      calls.record(hookSchema, { method: "POST", path: "/v1/hooks", body }, options),
    update: (key: string, body: { eventKey: string; hookUrl: string }, options?: CallOptions) =>
      calls.record(hookSchema, { method: "PUT", path: hookPath, params: params(key), body }, options),
    delete: (key: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: hookPath, params: params(key) }, options),
    /** Asks Keap for the handshake again: the way back from Inactive. */
    verify: (key: string, options?: CallOptions) =>
      calls.record(hookSchema, { method: "POST", path: `${hookPath}/verify`, params: params(key) }, options),
    /** Sends back a secret that was stored when Keap asked. */
    delayedVerify: (key: string, secret: string, options?: CallOptions) =>
      calls.record(
        hookSchema,
        {
          method: "POST",
          path: `${hookPath}/delayedVerify`,
          params: params(key),
          headers: { "x-hook-secret": secret },
        },
        options,
      ),
  };
}

/** Words per tag id when many tags are put on one contact. */
const manyTagsAnswer = z.array(z.union([z.string(), z.record(z.string(), z.unknown())]));

/** What only v1 can do for contacts. */
export function contactTagsV1(calls: Calls) {
  const path = "/v1/contacts/{contact_id}/tags";
  return {
    /** Puts many tags on one contact. The answer's shape is not settled by the spec: read the tags back to know. */
    applyTags: (contactId: string, tagIds: readonly string[], options?: CallOptions) =>
      calls.record(
        manyTagsAnswer,
        { method: "POST", path, params: { contact_id: contactId }, body: { tagIds: tagIds.map(Number) } },
        options,
      ),
    removeTags: (contactId: string, tagIds: readonly string[], options?: CallOptions) =>
      calls.nothing(
        {
          method: "DELETE",
          path,
          params: { contact_id: contactId },
          query: [`ids=${encodeURIComponent(tagIds.join(","))}`],
        },
        options,
      ),
  };
}
