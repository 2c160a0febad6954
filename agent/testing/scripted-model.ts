import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";

/** One answer of a scripted model: what it says and calls, or how it fails. */
export type ScriptedTurn =
  | {
      say?: string;
      call?: { tool: string; input: unknown; raw?: string }[];
      finish?: "content-filter" | "length";
    }
  | { fail: Error }
  /** Says something, perhaps calls, perhaps begins a call (`half`), then the stream breaks. */
  | {
      say: string;
      call?: { tool: string; input: unknown }[];
      half?: string;
      cut: Error | "end" | "error part";
    }
  /** Says something, then nothing comes any more. */
  | { say: string; stall: true };

export interface ScriptedModel {
  model: LanguageModelV4;
  /** What the model was given, call by call. */
  calls: LanguageModelV4CallOptions[];
}

const usage = {
  inputTokens: { total: 100, noCache: 100, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 10, text: 10, reasoning: 0 },
};

/** A model that plays a script, turn by turn; a function decides from what it was given. The last turn repeats. */
export function scriptedModel(
  script: ScriptedTurn[] | ((call: LanguageModelV4CallOptions, turn: number) => ScriptedTurn),
): ScriptedModel {
  const calls: LanguageModelV4CallOptions[] = [];
  const next = (call: LanguageModelV4CallOptions): ScriptedTurn => {
    const turn = calls.push(call) - 1;
    if (typeof script === "function") return script(call, turn);
    return script[Math.min(turn, script.length - 1)] ?? { say: "" };
  };
  return {
    calls,
    model: {
      specificationVersion: "v4",
      provider: "scripted",
      modelId: "scripted-model",
      supportedUrls: {},
      doGenerate: async () => {
        throw new Error("The chat streams.");
      },
      doStream: async (call) => {
        const turn = next(call);
        if ("fail" in turn) throw turn.fail;
        return { stream: play(turn) };
      },
    },
  };
}

function play(turn: Exclude<ScriptedTurn, { fail: Error }>): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue({ type: "stream-start", warnings: [] });
      if (turn.say) {
        controller.enqueue({ type: "text-start", id: "t" });
        controller.enqueue({ type: "text-delta", id: "t", delta: turn.say });
      }
      if ("stall" in turn) return;
      if ("cut" in turn) {
        for (const [index, { tool, input }] of (turn.call ?? []).entries())
          controller.enqueue({
            type: "tool-call",
            toolCallId: `whole-${index}`,
            toolName: tool,
            input: JSON.stringify(input),
          });
        if (turn.half) {
          controller.enqueue({ type: "tool-input-start", id: "half", toolName: "query_metric" });
          controller.enqueue({ type: "tool-input-delta", id: "half", delta: turn.half });
        }
        if (turn.cut === "end") controller.close();
        else if (turn.cut === "error part") {
          controller.enqueue({ type: "error", error: { message: "secret upstream text" } });
          controller.close();
        } else controller.error(turn.cut);
        return;
      }
      if (turn.say) controller.enqueue({ type: "text-end", id: "t" });
      for (const [index, { tool, input, raw }] of (turn.call ?? []).entries()) {
        controller.enqueue({
          type: "tool-call",
          toolCallId: `c${Math.random()}-${index}`,
          toolName: tool,
          input: raw ?? JSON.stringify(input),
        });
      }
      controller.enqueue({
        type: "finish",
        usage,
        finishReason: { unified: turn.finish ?? (turn.call?.length ? "tool-calls" : "stop"), raw: undefined },
      });
      controller.close();
    },
  });
}
