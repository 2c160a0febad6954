import { z } from "zod";
import type { Slot } from "./keyed-slots";
import type { FunctionConfig, JobEvent } from "./protocol";

const concurrencySchema = z.object({ limit: z.number().int().positive(), key: z.string().optional() });

/** Flow control that changes what a function means; running it without would be wrong, so it is refused. */
const refused = ["debounce", "batchEvents", "idempotency", "rateLimit", "cancel", "singleton"] as const;

/** @throws when a function uses what the embedded runner does not do, naming the function and the option. */
export function assertSupported(config: FunctionConfig, log: (line: string) => void): void {
  const options = config as Record<string, unknown>;
  for (const option of refused) {
    if (options[option] !== undefined && options[option] !== null) {
      throw new Error(
        `Function ${config.id} uses "${option}", which the embedded runner does not have. Keep that state in the database instead, or run a real Inngest server.`,
      );
    }
  }
  if (options.throttle) log(`${config.id}: throttle is left to the Keap quota here`);
  for (const trigger of config.triggers)
    if (trigger.expression) readExpression(trigger.expression, config.id);
}

/** Whether an event starts the function, its `if` expression included. */
export function matchesTrigger(trigger: FunctionConfig["triggers"][number], event: JobEvent): boolean {
  if (trigger.event !== event.name) return false;
  if (!trigger.expression) return true;
  const { path, value } = readExpression(trigger.expression, trigger.event);
  return valueAt(event, path) === value;
}

/** The slots a run needs: `limit` runs for each distinct value of its `key`. */
export function concurrencyOf(config: FunctionConfig, event: JobEvent): Slot[] {
  if (config.concurrency === undefined || config.concurrency === null) return [];
  const raw = typeof config.concurrency === "number" ? { limit: config.concurrency } : config.concurrency;
  const limits = z.array(concurrencySchema).parse(Array.isArray(raw) ? raw : [raw]);
  return limits.map(({ limit, key }) => ({
    limit,
    key: `${config.id}:${key ? `${key}=${JSON.stringify(keyValue(key, event, config.id))}` : ""}`,
  }));
}

function keyValue(key: string, event: JobEvent, functionId: string): unknown {
  // A literal in quotes is one shared key; otherwise the one form we write is a path into the event.
  if (/^(['"]).*\1$/.test(key)) return key;
  if (/^event(\.\w+)+$/.test(key)) return valueAt(event, key) ?? null;
  throw new Error(
    `Function ${functionId} has the concurrency key ${key}; the embedded runner reads only event.… paths.`,
  );
}

function readExpression(expression: string, functionId: string): { path: string; value: string } {
  const match = /^(event(?:\.\w+)+) == '([^']*)'$/.exec(expression);
  if (!match?.[1] || match[2] === undefined) {
    throw new Error(
      `Function ${functionId} has the condition ${expression}; the embedded runner reads only event.path == 'text'.`,
    );
  }
  return { path: match[1], value: match[2] };
}

function valueAt(event: JobEvent, path: string): unknown {
  return path
    .split(".")
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], event);
}
