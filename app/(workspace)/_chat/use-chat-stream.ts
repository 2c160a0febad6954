"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { ChatMessage } from "@/agent/chat/messages";
import { applyChunk, type PartialAnswer, readChunks, startAnswer } from "./message-stream";

export type ChatStatus = "ready" | "submitted" | "streaming" | "error";

export interface ChatStream {
  messages: ChatMessage[];
  /** `submitted`: sent, nothing back yet; `streaming`: the answer is arriving. */
  status: ChatStatus;
  error: string | null;
  send: (text: string) => void;
  /** Asks the last question again; its first answer goes. */
  retry: () => void;
  stop: () => void;
}

const lost = "The answer was cut off: the server could not be reached. Your question is still here.";

/** A conversation with /api/chat: keeps the turns, sends questions and reads answers as they arrive. */
export function useChatStream(options: {
  id: string;
  stored: ChatMessage[];
  onDone: () => void;
}): ChatStream {
  const { id, stored, onDone } = options;
  const [messages, setMessages] = useState(stored);
  const [status, setStatus] = useState<ChatStatus>("ready");
  const [error, setError] = useState<string | null>(null);
  const running = useRef<AbortController | null>(null);
  const latest = useRef(onDone);
  latest.current = onDone;
  useEffect(() => () => running.current?.abort(), []);

  const ask = useCallback(
    async (before: ChatMessage[], question: ChatMessage) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setMessages([...before, question]);
      setError(null);
      setStatus("submitted");
      const show = paint((answer) => setMessages([...before, question, answer.message]));
      let answer = startAnswer(crypto.randomUUID());
      try {
        for await (const chunk of await post(id, question, abort.signal)) {
          answer = applyChunk(answer, chunk);
          if (answer.message.parts.some(isVisible)) setStatus("streaming");
          show.soon(answer);
        }
        if (answer.error) throw new AnswerError(answer.error);
        setStatus("ready");
      } catch (cause) {
        if (abort.signal.aborted) setStatus("ready");
        else {
          setError(cause instanceof AnswerError ? cause.message : lost);
          setStatus("error");
        }
      } finally {
        if (answer.message.parts.length > 0) show.now(answer);
        if (running.current === abort) running.current = null;
        latest.current();
      }
    },
    [id],
  );

  const send = (text: string) => {
    void ask(messages, { id: crypto.randomUUID(), role: "user", parts: [{ type: "text", text }] });
  };
  const retry = () => {
    const place = messages.findLastIndex(({ role }) => role === "user");
    const question = messages[place];
    if (question) void ask(messages.slice(0, place), question);
  };
  return { messages, status, error, send, retry, stop: () => running.current?.abort() };
}

/** A failure that the server put into words. */
class AnswerError extends Error {
  override name = "AnswerError";
}

async function post(id: string, message: ChatMessage, signal: AbortSignal) {
  const response = await fetch("/api/chat", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id, message }),
    signal,
  });
  if (!response.ok || !response.body) {
    const told = (await response.json().catch(() => null)) as { error?: string } | null;
    throw new AnswerError(
      told?.error ?? `The server could not answer (${response.status}). Ask again in a moment.`,
    );
  }
  return readChunks(response.body);
}

const isVisible = ({ type }: { type: string }) => type !== "step-start";

/** Draws at most once a frame, however fast the chunks arrive. */
function paint(draw: (answer: PartialAnswer) => void) {
  let waiting: PartialAnswer | null = null;
  let frame = 0;
  return {
    soon(answer: PartialAnswer) {
      waiting = answer;
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        if (waiting) draw(waiting);
      });
    },
    now(answer: PartialAnswer) {
      cancelAnimationFrame(frame);
      draw(answer);
    },
  };
}
