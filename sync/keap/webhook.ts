import { z } from "zod";

/** The header of Keap's handshake. It verifies a subscription; deliveries are not signed. */
export const hookSecretHeader = "x-hook-secret";

const objectSchema = z.looseObject({
  /** Number or text on the wire. For `contactGroup.applied` and `.removed` it is the tag. */
  id: z.union([z.int(), z.string().min(1)]).transform(String),
  apiUrl: z.string().nullish(),
  timestamp: z.string().nullish(),
});

/** One delivery: one event, up to 1,000 records. A hint only: read every record again. */
export const hookDeliverySchema = z.looseObject({
  event_key: z.string().min(1),
  object_type: z.string().nullish(),
  object_keys: z.array(z.unknown()),
});

export interface HookDelivery {
  eventKey: string;
  objectType: string | null;
  objects: { id: string; timestamp: string | null }[];
  /** Entries without an id that we know. */
  unreadable: number;
  raw: unknown;
}

/**
 * Reads a delivered body. Throws a ZodError when it is no delivery at all; single entries that cannot be read are
 * counted, and an unknown shape must then be treated as "something of this kind changed".
 */
export function readHookDelivery(body: unknown): HookDelivery {
  const { event_key, object_type, object_keys } = hookDeliverySchema.parse(body);
  const parsed = object_keys.map((entry) => objectSchema.safeParse(entry));
  const objects = parsed.flatMap((entry) =>
    entry.success ? [{ id: entry.data.id, timestamp: entry.data.timestamp ?? null }] : [],
  );
  return {
    eventKey: event_key,
    objectType: object_type ?? null,
    objects,
    unreadable: object_keys.length - objects.length,
    raw: body,
  };
}

/** The secret to send straight back, with status 200, when the request is Keap's handshake; null for a delivery. */
export function readHandshake(headers: Headers): string | null {
  return headers.get(hookSecretHeader) || null;
}
