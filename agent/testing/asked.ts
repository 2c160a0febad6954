import type { Memory } from "@/agent/chat/offline/memory";
import { type PlanContext, plan } from "@/agent/chat/offline/plan";

/** What a question asks the tools, however it is titled; the reply in words where it asks none. */
export function asked(question: string, context: PlanContext, past: Memory = {}) {
  const reply = plan(question, past, context);
  if (reply.kind !== "call") return `not answered: ${reply.text}`;
  return reply.calls.map(({ tool, input: { title: _, ...input } }) => ({ tool, input }));
}
