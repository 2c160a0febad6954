import { createHash } from "node:crypto";
import { hookSecretHeader, readHandshake } from "../keap/webhook";
import type { Json } from "../mapping/types";
import type { HookStore } from "./store";

/** A full batch of 1,000 objects is about 150 kB; more than this is no hook of Keap's. */
export const maxBodyBytes = 1_000_000;

/** What is stored of the secret in a hook's address. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

export interface HookAnswer {
  response: Response;
  /** The account whose queue has just got its first delivery: ask for a run, after the answer is out. */
  wake: string | null;
}

/**
 * Keap calls: shake hands, or store the body and answer. Nothing is read, compared or decided here, because Keap gives
 * up on an address that answers late; the job reads every record again by its id. A body that cannot be kept is refused
 * with its reason, and the tables are read from their watermarks instead, so that nothing it may have said is lost.
 */
export async function receiveHook(
  request: Request,
  secret: string,
  store: Pick<HookStore, "receive" | "findEndpoint">,
): Promise<HookAnswer> {
  const secretHash = hashSecret(secret);
  const handshake = readHandshake(request.headers);
  const body = await readLimited(request, maxBodyBytes);
  if (handshake !== null && (!body.ok || body.text.trim() === "")) {
    const endpoint = await store.findEndpoint(secretHash);
    if (!endpoint) return answer(404, "No account has this address.");
    if (endpoint.retired) return answer(410, "This address is no longer used.");
    return { response: shake(handshake), wake: null };
  }
  const read = body.ok
    ? parse(body.text)
    : refuse(413, `A hook's body was refused: at most ${maxBodyBytes} bytes are taken.`);
  const received = await store.receive({ secret_hash: secretHash, ...read.hook });
  if (received.outcome === "full")
    return answer(
      429,
      "Too many deliveries wait; the tables are read from their watermarks.",
      wakeOf(received),
    );
  if (received.outcome === "unknown") return answer(404, "No account has this address.");
  if (received.outcome === "gone") return answer(410, "This address is no longer used.");
  const wake = wakeOf(received);
  if (received.outcome === "refused") return answer(read.status, read.hook.refusal ?? "Refused.", wake);
  return { response: handshake === null ? new Response(null, { status: 200 }) : shake(handshake), wake };
}

function wakeOf(received: { wake: boolean; account_id: string }): string | null {
  return received.wake ? received.account_id : null;
}

function shake(secret: string): Response {
  return new Response(null, { status: 200, headers: { [hookSecretHeader]: secret } });
}

function answer(status: number, message: string, wake: string | null = null): HookAnswer {
  return { response: Response.json({ message }, { status }), wake };
}

interface ReadHook {
  status: number;
  hook: Omit<Parameters<HookStore["receive"]>[0], "secret_hash">;
}

function refuse(status: number, refusal: string): ReadHook {
  const body_hash = createHash("sha256").update(refusal).digest("hex");
  return {
    status,
    hook: { body: null, body_hash, event_key: null, objects: 0, dated: false, refusal },
  };
}

/** Only as far as it takes to know a repeat from something new. */
function parse(text: string): ReadHook {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refuse(400, "A hook's body was refused: it is no JSON.");
  }
  // the database's text has no such character, and no name of Keap's needs one
  if (text.includes("\\u0000"))
    return refuse(400, "A hook's body was refused: it holds a character that cannot be stored.");
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return refuse(400, "A hook's body was refused: it is no object.");
  const { event_key, object_keys } = body as { event_key?: unknown; object_keys?: unknown };
  const objects: unknown[] = Array.isArray(object_keys) ? object_keys : [];
  return {
    status: 200,
    hook: {
      body: body as Json,
      body_hash: createHash("sha256").update(text).digest("hex"),
      event_key: typeof event_key === "string" ? event_key.slice(0, 100) : null,
      objects: objects.length,
      dated:
        objects.length > 0 && objects.every((one) => Boolean((one as { timestamp?: unknown })?.timestamp)),
    },
  };
}

/** Reads a body up to a limit; what is longer is not kept, nor even read to its end. */
export async function readLimited(
  request: Request,
  limit: number,
): Promise<{ ok: true; text: string } | { ok: false; bytes: number }> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > limit) return { ok: false, bytes: announced };
  if (!request.body) return { ok: true, text: "" };
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > limit) {
      await reader.cancel().catch(() => undefined);
      return { ok: false, bytes };
    }
    chunks.push(value);
  }
  return { ok: true, text: Buffer.concat(chunks).toString("utf8") };
}
