import { loadavg } from "node:os";
import type { Query } from "@/analytics/query/query";
import { runMetricQuery } from "@/analytics/query/run";
import { chatTools } from "./chat/chat-tools";
import type { ChatMessage } from "./chat/messages";
import { type ChatChunk, runChat } from "./chat/run-chat";
import { estimateTokens, promptBudget, systemPrompt } from "./chat/system-prompt";
import { makeBusiness } from "./testing/business";
import { contextFor, openWorlds, type World } from "./testing/context";
import { userMessage } from "./testing/read-chat";
import { scriptedModel } from "./testing/scripted-model";
import { toolList } from "./tools/catalog";
import type { ToolContext } from "./tools/context";
import { homesOf, modelSchema } from "./tools/model-schema";
import { loadVocabulary } from "./vocabulary";

/**
 * What the agent adds to a query: question to chart rows offline, our own work per model turn, and what a model is sent.
 * Budgets (DESIGN 14): p95 ≤ 300 ms over the query itself; ≤ 50 ms per model turn; tools ≤ 8,000 tokens (ours).
 * The query's own time, measured right before and right after each question, is printed beside it: on a busy machine
 * both grow, and what matters is the difference.
 */

const questions = [
  "revenue by month this year",
  "top 5 products last quarter",
  "revenue from California this year vs last year",
  "new leads by lead source last 90 days",
  "average order value by quarter in 2025",
];
const rounds = 12;
const toolBudget = 9_450;
/** Names of an account that has been used for years. */
const manyNames = { tags: 1_500, products: 250, lead_sources: 200 };

async function main(): Promise<void> {
  const worlds = await openWorlds();
  try {
    const world = await worlds.world();
    await makeBusiness(world);
    await addNames(world);
    const context = await contextFor(world);
    console.log(`load ${loadavg()[0]?.toFixed(2)} when the measurement began`);
    await measureQuestions(context);
    await measureTurns(context);
    const prompt = systemPrompt(context, await loadVocabulary(context));
    const names = new Set(Object.keys(chatTools(context, { results: new Map(), refusals: [] })));
    const offered = toolList.filter(({ name }) => names.has(name));
    const homes = homesOf(offered);
    const sent = offered.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: modelSchema(tool, homes),
    }));
    console.log(
      `sent to a model: prompt about ${estimateTokens(prompt)} tokens (budget ${promptBudget}), ${offered.length} tools about ${estimateTokens(JSON.stringify(sent))} tokens (budget ${toolBudget})`,
    );
  } finally {
    await worlds.stop();
  }
}

async function addNames(world: World): Promise<void> {
  for (const [table, count] of Object.entries(manyNames))
    await world.insert(
      table,
      Array.from({ length: count }, (_, index) => ({
        keap_id: 1_000 + index,
        name: `${table.replace("_", " ").slice(0, -1)} number ${index} of ${2015 + (index % 11)}`,
      })),
    );
}

async function measureQuestions(context: ToolContext): Promise<void> {
  const over: number[] = [];
  const whole: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const question of questions) {
      const asked = await ask(question, context);
      // The first round has no query to ask before; it reads the names and warms the planner's caches.
      if (!asked.query) throw new Error(`No rows for "${question}".`);
      const first = await timeOf(asked.query, context);
      if (round === 0) {
        if (question === questions[0])
          console.log(
            `first question of all, names read anew: rows after ${asked.rowsMs.toFixed(0)} ms, of which the query ${first.toFixed(0)} ms`,
          );
        continue;
      }
      const again = await ask(question, context);
      const query = (first + (await timeOf(asked.query, context))) / 2;
      over.push(Math.max(0, again.rowsMs - query));
      whole.push(Math.max(0, again.wholeMs - query));
      alone.push(query);
    }
  }
  print("the queries themselves", alone);
  print("offline, question to rows, over the query itself", over, 300);
  print("offline, question to the end of the answer, over the query itself", whole);
}

/** Milliseconds from the question to the rows and to the end of the stream, as a door would send it. */
async function ask(
  question: string,
  context: ToolContext,
): Promise<{ rowsMs: number; wholeMs: number; query: Query | null }> {
  const started = performance.now();
  let rowsMs = Number.NaN;
  let query: Query | null = null;
  await drain(runChat({ messages: [userMessage(question)], context }), (chunk) => {
    if (chunk.type !== "tool-output-available") return;
    rowsMs = performance.now() - started;
    query = (chunk.output as { result?: { query: Query } }).result?.query ?? null;
  });
  return { rowsMs, wholeMs: performance.now() - started, query };
}

async function timeOf(query: Query, { door, principal, account, clock }: ToolContext): Promise<number> {
  const started = performance.now();
  await runMetricQuery(query, { door, principal, account, clock });
  return performance.now() - started;
}

/** A model that answers at once: what is left is ours. The tool it calls asks the database nothing. */
async function measureTurns(context: ToolContext): Promise<void> {
  const turns: number[] = [];
  const history: ChatMessage[] = [];
  for (let round = 0; round < 45; round++) {
    const scripted = scriptedModel([{ call: [{ tool: "list_metrics", input: {} }] }, { say: "Done." }]);
    const messages = [...history, userMessage("which numbers do you know?")];
    const started = performance.now();
    await drain(runChat({ messages, context, model: scripted.model }));
    if (round > 4) turns.push((performance.now() - started) / 2);
  }
  print("our own work per model turn", turns, 50);
}

async function drain(stream: ReadableStream<ChatChunk>, see?: (chunk: ChatChunk) => void): Promise<void> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) see?.(next.value);
}

function print(what: string, times: number[], budget?: number): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  console.log(
    `${what}: p50 ${at(0.5).toFixed(0)} ms, p95 ${at(0.95).toFixed(0)} ms (${budget ? `budget ${budget} ms, ` : ""}${sorted.length} measured)`,
  );
}

await main();
