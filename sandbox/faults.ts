import { z } from "zod";
import { createRandom } from "./random";

export const faultKinds = [
  "status",
  "throttle",
  "html",
  "empty",
  "slow",
  "reset_before",
  "reset_after",
  "truncate",
  "field_add",
  "field_rename",
  "field_retype",
  "field_drop",
  "hook_lost",
  "hook_double",
  "hook_late",
  "hook_reorder",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export const faultRuleSchema = z.strictObject({
  kind: z.enum(faultKinds),
  method: z.string().optional().describe("Only calls of this method."),
  path: z
    .string()
    .optional()
    .describe("Only paths that contain this text; * stands for anything. Hooks: the event key."),
  after: z.number().int().min(0).default(0).describe("Matching calls to let pass first."),
  times: z.number().int().min(1).optional().describe("Fire at most so often; then the rule is spent."),
  probability: z.number().min(0).max(1).default(1).describe("Chance per matching call, from the seed."),
  status: z.number().int().min(400).max(599).default(500).describe("status, html: which status."),
  retry_after: z
    .number()
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe("throttle: seconds in Retry-After; null = no such header."),
  delay_ms: z
    .number()
    .int()
    .min(0)
    .default(60_000)
    .describe("slow, hook_late: milliseconds of sandbox time."),
  field: z.string().default("email_addresses").describe("field_*: name of the field, at any depth."),
  to: z.string().default("renamed_field").describe("field_rename: the new name."),
});
export type FaultRule = z.infer<typeof faultRuleSchema>;
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

export interface ArmedFault extends FaultRule {
  id: number;
  seen: number;
  fired: number;
}

const hookKinds = new Set<FaultKind>(["hook_lost", "hook_double", "hook_late", "hook_reorder"]);

function matches(text: string, pattern: string | undefined): boolean {
  if (!pattern) return true;
  const source = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(source.join(".*")).test(text);
}

/** The faults a sandbox is told to produce. With the same seed and the same calls the same ones fire. */
export function createFaults(seed: number) {
  const random = createRandom(seed);
  const rules = new Map<number, ArmedFault>();
  let lastId = 0;

  function fires(rule: ArmedFault): boolean {
    if (rule.times !== undefined && rule.fired >= rule.times) return false;
    rule.seen += 1;
    if (rule.seen <= rule.after) return false;
    if (rule.probability < 1 && random() >= rule.probability) return false;
    rule.fired += 1;
    return true;
  }

  return {
    /** Arms a fault and answers it; an unknown option is refused with a zod error. */
    add(input: FaultRuleInput): ArmedFault {
      const rule = faultRuleSchema.parse(input);
      lastId += 1;
      const armed = { ...rule, id: lastId, seen: 0, fired: 0 };
      rules.set(lastId, armed);
      return armed;
    },
    remove: (id: number): boolean => rules.delete(id),
    clear: (): void => rules.clear(),
    list: (): ArmedFault[] => [...rules.values()],
    /** The faults that fire on this call. */
    forCall(method: string, path: string): ArmedFault[] {
      return [...rules.values()].filter(
        (rule) =>
          !hookKinds.has(rule.kind) &&
          (!rule.method || rule.method.toUpperCase() === method) &&
          matches(path, rule.path) &&
          fires(rule),
      );
    },
    /** The faults that fire on this hook delivery. */
    forHook(eventKey: string): ArmedFault[] {
      return [...rules.values()].filter(
        (rule) => hookKinds.has(rule.kind) && matches(eventKey, rule.path) && fires(rule),
      );
    },
    random,
  };
}

export type Faults = ReturnType<typeof createFaults>;

/** Changes the shape of an answer as a new version of Keap might: wherever the field stands. */
export function bendFields(body: unknown, faults: readonly FaultRule[]): unknown {
  if (Array.isArray(body)) return body.map((item) => bendFields(item, faults));
  if (typeof body !== "object" || body === null) return body;
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const fault = faults.find((one) => one.field === name && one.kind !== "field_add");
    if (fault?.kind === "field_drop") continue;
    const bent = bendFields(value, faults);
    if (fault?.kind === "field_rename") out[fault.to] = bent;
    else if (fault?.kind === "field_retype")
      out[name] = typeof bent === "string" ? { value: bent } : JSON.stringify(bent);
    else out[name] = bent;
  }
  // Only records (things with an id) gain the field.
  if ("id" in body)
    for (const fault of faults) if (fault.kind === "field_add") out[fault.field] = "a field nobody announced";
  return out;
}
