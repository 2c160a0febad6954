import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { pay } from "@/analytics/testing/sell";
import { agentSettingsSchema } from "../settings";
import { contextFor, openWorlds } from "../testing/context";
import { talk, textOf } from "../testing/read-chat";
import type { ToolContext } from "../tools/context";
import type { ChatMessage } from "./messages";
import { chooseModel, pricesOf } from "./model";

/** The real provider package against a server that speaks the chat protocol on loopback, as compatible servers do. */
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let context: ToolContext;
let server: Server | undefined;
const key = "sk-key-of-this-test";

beforeAll(async () => {
  worlds = await openWorlds();
  const world = await worlds.world();
  await pay(world, [{ keap_id: 1, at: "2026-02-10T15:00:00Z", amount: 12_345 }]);
  context = { ...(await contextFor(world)), report: () => undefined };
});
afterAll(() => worlds.stop());
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answer = (request: Record<string, unknown>, response: ServerResponse, turn: number) => void;
interface Seen {
  authorization: string | undefined;
  body: Record<string, unknown>;
}

async function provider(answer: Answer): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    readBody(request)
      .then((body) => {
        seen.push({ authorization: request.headers.authorization, body });
        answer(body, response, seen.length - 1);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString());
}

/** One piece of a streamed chat completion. */
const piece = (delta: unknown, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const usage = `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: { prompt_tokens: 900, completion_tokens: 30, total_tokens: 930 } })}\n\n`;
const stream = (response: ServerResponse, pieces: string[]) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end([...pieces, usage, "data: [DONE]\n\n"].join(""));
};
const call = JSON.stringify({
  query: { metrics: ["revenue_collected"], range: { preset: "this_year" } },
});
const calls = [
  piece({
    role: "assistant",
    tool_calls: [{ index: 0, id: "t1", type: "function", function: { name: "query_metric", arguments: "" } }],
  }),
  // Arguments come in pieces, cut anywhere.
  ...(call.match(/.{1,9}/g) ?? []).map((part) =>
    piece({ tool_calls: [{ index: 0, function: { arguments: part } }] }),
  ),
  piece({}, "tool_calls"),
];
const says = [
  piece({ role: "assistant", content: "Revenue this year " }),
  piece({ content: "was $123.45." }),
  piece({}, "stop"),
];

async function ask(url: string): Promise<ChatMessage> {
  const settings = agentSettingsSchema.parse({
    OPENAI_API_KEY: key,
    OPENAI_BASE_URL: url,
    OPENAI_MODEL: "m",
    OPENAI_PRICES: "1,10",
  });
  const [message] = await talk(["revenue this year"], {
    context,
    model: chooseModel(settings),
    prices: pricesOf(settings),
    limits: { retryDelayMs: 1 },
  });
  return message as ChatMessage;
}
const notices = (message: ChatMessage) =>
  message.parts.flatMap((part) => (part.type === "data-notice" ? [part.data.text] : []));

it("answers through a compatible server", async () => {
  const { url, seen } = await provider((_, response, turn) => stream(response, turn === 0 ? calls : says));
  const message = await ask(url);
  expect(textOf(message)).toBe("Revenue this year was $123.45.");
  expect(notices(message)).toEqual([]);
  expect(message.metadata).toMatchObject({ input_tokens: 1_800, output_tokens: 60 });
  // 1,800 tokens at 1 and 60 at 10 dollars a million.
  expect(message.metadata?.cost_usd).toBeCloseTo(0.0024, 10);
  expect(seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${key}`, `Bearer ${key}`]);
  const [first, second] = seen;
  const tools = first?.body.tools as { function: { name: string; parameters: unknown } }[];
  expect(tools.find(({ function: { name } }) => name === "query_metric")?.function.parameters).toMatchObject({
    type: "object",
    properties: { query: { properties: { metrics: { type: "array" } } } },
  });
  // The result goes back under the call's id, between marks nobody can guess.
  expect(JSON.stringify(second?.body.messages)).toMatch(/"tool_call_id":"t1".*<data-[0-9a-f]{16}>/);
  expect(JSON.stringify(message)).not.toContain(key);
});

it.each([
  [401, "refused the key", 1],
  [429, "limit is used up", 2],
  [503, "has a problem", 2],
])("hands over after its %i", async (status, words, times) => {
  const { url, seen } = await provider((_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `secret ${key}`, type: "x", code: "x" } }));
  });
  const message = await ask(url);
  expect(notices(message)).toEqual([expect.stringContaining(words)]);
  expect(textOf(message)).toContain("$123.45");
  expect(JSON.stringify(message)).not.toContain(key);
  expect(seen).toHaveLength(times);
});

it("hands over when the connection breaks in a sentence", async () => {
  const { url } = await provider((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(says[0] ?? "");
    setTimeout(() => response.destroy(), 20);
  });
  const message = await ask(url);
  expect(notices(message)).toHaveLength(1);
  expect(textOf(message)).toContain("$123.45");
});

it("hands over when what comes is no stream of its protocol", async () => {
  const { url } = await provider((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<html>Sign in to the wireless network</html>");
  });
  const message = await ask(url);
  expect(notices(message)).toHaveLength(1);
  expect(textOf(message)).toContain("$123.45");
});

it("hands over when nobody listens there", async () => {
  const message = await ask("http://127.0.0.1:9/v1");
  expect(notices(message)).toEqual([expect.stringContaining("could not be reached")]);
  expect(textOf(message)).toContain("$123.45");
});
