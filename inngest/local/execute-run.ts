import { z } from "zod";
import {
  type FunctionConfig,
  type JobEvent,
  type Op,
  opSchema,
  retryAfterMs,
  type StepState,
} from "./protocol";

export type RunOutcome =
  | { status: "completed"; data: unknown }
  | { status: "failed"; message: string; error: unknown };

export interface RunInput {
  config: FunctionConfig;
  event: JobEvent;
  runId: string;
  call: (url: string, body: unknown) => Promise<Response>;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  stopped: () => boolean;
  onAttempt?: () => void;
}

/** A run of more steps than this would not fit Inngest's free plan either. */
const maxSteps = 200;
const defaultRetries = 3;

/** 1 s, 2 s, 4 s … at most a minute: the embedded account is small and a person is watching. */
function backoffMs(attempt: number): number {
  return Math.min(60_000, 1_000 * 2 ** attempt);
}

type Answer =
  | { kind: "done"; data: unknown }
  | { kind: "ops"; ops: Op[]; retryInMs: number | null }
  | { kind: "retry"; inMs: number | null; message: string; error: unknown }
  | { kind: "failed"; message: string; error: unknown };

const errorSchema = z.looseObject({ message: z.string() });

function messageOf(error: unknown): string {
  return (
    errorSchema.safeParse(error).data?.message ?? (typeof error === "string" ? error : JSON.stringify(error))
  );
}

/** Drives one run to its end: calls the function, remembers finished steps, retries what may be retried. */
export async function executeRun(input: RunInput): Promise<RunOutcome> {
  const step = Object.values(input.config.steps)[0];
  if (!step) return failed(`Function ${input.config.id} declares no step to call.`);
  const maxAttempts =
    (step.runtime && step.retries?.attempts !== undefined ? step.retries.attempts : defaultRetries) + 1;
  const steps: Record<string, StepState> = {};
  const stack: string[] = [];

  const request = (attempt: number) => ({
    version: 2,
    event: input.event,
    events: [input.event],
    steps,
    ctx: {
      run_id: input.runId,
      attempt,
      max_attempts: maxAttempts,
      disable_immediate_execution: false,
      use_api: false,
      stack: { stack, current: Math.max(0, stack.length - 1) },
    },
  });

  /** Calls one target until it answers with something other than "try again". */
  const settle = async (stepId: string): Promise<Answer> => {
    for (let attempt = 0; ; attempt += 1) {
      if (input.stopped()) return { kind: "failed", message: "stopped", error: null };
      input.onAttempt?.();
      const url = new URL(step.runtime.url);
      url.searchParams.set("stepId", stepId);
      const answer = await ask(url.href, request(attempt), input);
      const retry = retryOf(answer);
      if (!retry) return answer;
      if (attempt + 1 >= maxAttempts) return { kind: "failed", message: retry.message, error: retry.error };
      await input.sleep(retry.inMs ?? backoffMs(attempt));
    }
  };

  let queue: string[] = ["step"];
  while (queue.length > 0) {
    // Steps planned together run together, as under Inngest.
    const answers = await Promise.all(queue.map(settle));
    const planned: string[] = [];
    for (const answer of answers) {
      if (answer.kind === "failed") return { status: "failed", message: answer.message, error: answer.error };
      if (answer.kind === "done") return { status: "completed", data: answer.data };
      if (answer.kind !== "ops") continue;
      for (const op of answer.ops) {
        const unsupported = remember(op, steps, stack, planned);
        if (unsupported) return failed(unsupported);
      }
    }
    if (stack.length > maxSteps)
      return failed(`The run took more than ${maxSteps} steps; split it into batches.`);
    queue = planned.length > 0 ? planned : ["step"];
  }
  return failed("The run ended without a result.");
}

function failed(message: string): RunOutcome {
  return { status: "failed", message, error: { name: "Error", message } };
}

/** Stores what an operation came to; returns a sentence when the runner cannot do what it asks. */
function remember(
  op: Op,
  steps: Record<string, StepState>,
  stack: string[],
  planned: string[],
): string | null {
  switch (op.op) {
    case "StepRun":
    case "Step":
      steps[op.id] = { type: "data", data: op.data ?? null };
      stack.push(op.id);
      return null;
    case "StepFailed":
      steps[op.id] = { type: "error", error: op.error };
      stack.push(op.id);
      return null;
    case "StepPlanned":
      planned.push(op.id);
      return null;
    default:
      return `The function asked for "${op.op}", which the embedded runner does not have: waits are rows with a due time.`;
  }
}

function retryOf(answer: Answer): { inMs: number | null; message: string; error: unknown } | null {
  if (answer.kind === "retry") return answer;
  if (answer.kind !== "ops") return null;
  const error = answer.ops.find((op) => op.op === "StepError")?.error;
  return error === undefined ? null : { inMs: answer.retryInMs, message: messageOf(error), error };
}

async function ask(url: string, body: unknown, input: RunInput): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await input.call(url, JSON.parse(JSON.stringify(body)));
    text = await response.text();
  } catch (cause) {
    const message = `The app did not answer: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { kind: "retry", inMs: null, message, error: { name: "Error", message } };
  }
  const inMs = retryAfterMs(response.headers.get("retry-after"), input.now());
  const data = parseJson(text);
  if (response.status === 200) return { kind: "done", data };
  if (response.status === 206) {
    const ops = z.array(opSchema).safeParse(Array.isArray(data) ? data : [data]);
    if (ops.success) return { kind: "ops", ops: ops.data, retryInMs: inMs };
    return { kind: "failed", message: "The app answered 206 without operations.", error: data };
  }
  const message = messageOf(data) || `The app answered ${response.status}.`;
  const final = response.headers.get("x-inngest-no-retry") === "true" || response.status === 401;
  return final ? { kind: "failed", message, error: data } : { kind: "retry", inMs, message, error: data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
