import { z } from "zod";
import { runMetricQuery } from "@/analytics/query/run";
import { chatTools } from "./chat/chat-tools";
import { estimateTokens, promptBudget, systemPrompt } from "./chat/system-prompt";
import { makeBusiness } from "./testing/business";
import { contextFor, openWorlds } from "./testing/context";
import { answerTo, userMessage } from "./testing/read-chat";
import { scriptedModel } from "./testing/scripted-model";
import { toolList } from "./tools/catalog";
import { loadVocabulary } from "./vocabulary";

/**
 * What the agent adds to a query: question to chart rows offline, our own work per model turn, and what a model is sent.
 * Budgets (DESIGN 14): p95 ≤ 300 ms over the query itself; ≤ 50 ms per model turn.
 */

const questions = [
  "revenue by month this year",
  "top 5 products last quarter",
  "revenue from California this year vs last year",
  "new leads by lead source last 90 days",
  "average order value by quarter in 2025",
];
const rounds = 8;

async function main(): Promise<void> {
  const worlds = await openWorlds();
  try {
    const world = await worlds.world();
    await makeBusiness(world);
    const context = await contextFor(world);
    const over: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      for (const question of questions) {
        let asked = performance.now();
        const message = await answerTo({ messages: [userMessage(question)], context });
        const whole = performance.now() - asked;
        const part = message.parts.find(({ type }) => type === "tool-query_metric");
        if (part?.type !== "tool-query_metric" || part.state !== "output-available")
          throw new Error(`No rows for "${question}".`);
        asked = performance.now();
        await runMetricQuery(part.output.result.query, {
          door: context.door,
          principal: context.principal,
          account: context.account,
          clock: context.clock,
        });
        // The first round warms the vocabulary and the planner's caches.
        if (round > 0) over.push(Math.max(0, whole - (performance.now() - asked)));
      }
    }
    print("offline, question to rows, over the query itself", over, 300);

    const turns: number[] = [];
    for (let round = 0; round < 30; round++) {
      const scripted = scriptedModel([{ call: [{ tool: "list_metrics", input: {} }] }, { say: "Done." }]);
      const started = performance.now();
      await answerTo({
        messages: [userMessage("which numbers do you know?")],
        context,
        model: scripted.model,
      });
      if (round > 4) turns.push((performance.now() - started) / 2);
    }
    print("our own work per model turn", turns, 50);

    const prompt = systemPrompt(context, await loadVocabulary(context));
    const offered = Object.keys(chatTools(context, new Map()));
    const tools = JSON.stringify(
      toolList
        .filter(({ name }) => offered.includes(name))
        .map(({ name, description, input }) => ({
          name,
          description,
          parameters: z.toJSONSchema(input, { io: "input" }),
        })),
    );
    console.log(
      `sent to a model: prompt about ${estimateTokens(prompt)} tokens (budget ${promptBudget}), ${offered.length} tools about ${estimateTokens(tools)} tokens`,
    );
  } finally {
    await worlds.stop();
  }
}

function print(what: string, times: number[], budget: number): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  console.log(
    `${what}: p50 ${at(0.5).toFixed(0)} ms, p95 ${at(0.95).toFixed(0)} ms (budget ${budget} ms, ${sorted.length} measured)`,
  );
}

await main();
