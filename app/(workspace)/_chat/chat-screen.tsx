"use client";

import { ArrowDown, CircleAlert, RotateCw } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useMemo, useRef, useState } from "react";
import { useSWRConfig } from "swr";
import type { ChatMessage } from "@/agent/chat/messages";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { Button } from "../../_components/button";
import { useMediaQuery } from "../../_lib/use-media-query";
import { Canvas } from "./canvas";
import { Composer } from "./composer";
import { Doing, Message } from "./message";
import { chartsOf, questionBefore } from "./parts";
import { useChatStream } from "./use-chat-stream";
import { Welcome } from "./welcome";

const SaveDialog = dynamic(() => import("./save-dialog").then((m) => m.SaveDialog), { ssr: false });
const PinDialog = dynamic(() => import("./pin-dialog").then((m) => m.PinDialog), { ssr: false });

export interface ChatScreenProps {
  id: string;
  /** Stored turns; empty for a new chat. */
  messages: ChatMessage[];
  /** A question to ask at once (from the palette or a link). */
  ask: string | null;
  accountName: string;
  canPin: boolean;
  /** An admin may mark answers as checked. */
  canVerify: boolean;
  /** Set while the first copy of Keap is still under way. */
  dataNote: string | null;
}

/** Ask and read: the thread at the left, its charts on a canvas at the right; on a phone one under the other. */
export function ChatScreen({
  id,
  messages: stored,
  ask: firstQuestion,
  accountName,
  canPin,
  canVerify,
  dataNote,
}: ChatScreenProps) {
  const wide = useMediaQuery("(min-width: 1024px)", true);
  const [pinning, setPinning] = useState<AnyChart | null>(null);
  const [saving, setSaving] = useState<{ spec: AnyChart; question: string } | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const { mutate } = useSWRConfig();
  const { messages, status, error, send, retry, stop } = useChatStream({
    id,
    stored,
    onDone: () => void mutate("/api/chats"),
  });
  const busy = status === "submitted" || status === "streaming";

  function ask(text: string) {
    // A new chat gets its address with its first question, without leaving the page.
    if (messages.length === 0) window.history.replaceState(null, "", `/chat/${id}`);
    send(text);
  }

  const asked = useRef(false);
  useEffect(() => {
    if (!firstQuestion || asked.current) return;
    asked.current = true;
    ask(firstQuestion);
  });

  const charts = useMemo(() => chartsOf(messages), [messages]);
  const pin = canPin ? setPinning : undefined;
  const save = canPin ? (spec: AnyChart, question: string) => setSaving({ spec, question }) : undefined;
  const composer = (placeholder: string) => (
    <Composer onSend={ask} onStop={stop} busy={busy} autoFocus={wide} placeholder={placeholder} />
  );

  if (messages.length === 0) {
    return (
      <Welcome accountName={accountName} dataNote={dataNote} onAsk={ask}>
        {composer("Ask about revenue, orders, leads…")}
      </Welcome>
    );
  }
  const beside = wide && charts.length > 0;
  return (
    <div className={`h-full ${beside ? "grid grid-cols-[minmax(22rem,30rem)_1fr]" : "mx-auto max-w-3xl"}`}>
      <section
        aria-label="Conversation"
        className={`flex h-full min-h-0 flex-col ${beside ? "border-r border-line" : ""}`}
      >
        <Thread turns={messages.length} streaming={busy}>
          {dataNote && <p className="rounded-lg bg-info-soft px-3 py-2 text-[13px] text-info">{dataNote}</p>}
          {messages.map((message, index) => (
            <Message
              key={message.id}
              message={message}
              chartsInline={!beside}
              onShowChart={setShown}
              onPin={pin}
              onSave={save}
              onAsk={ask}
              busy={busy}
              newest={index === messages.length - 1}
              chat={id}
              question={questionBefore(messages, index)}
              canVerify={canVerify}
            />
          ))}
          {status === "submitted" && <Doing text="Reading the question…" />}
          {error && <Failure message={error} onRetry={retry} />}
        </Thread>
        <div className="px-4 pb-4 sm:px-5">
          {composer("Ask a follow-up, such as “by product” or “as a pie”")}
        </div>
      </section>
      {beside && <Canvas charts={charts} shown={shown} onPin={pin} onSave={save} />}
      {saving && <SaveDialog {...saving} onClose={() => setSaving(null)} />}
      {pinning && <PinDialog spec={pinning} onClose={() => setPinning(null)} />}
    </div>
  );
}

/** The scrolling list of turns: follows the newest unless someone scrolled up to read. */
function Thread({
  turns,
  streaming,
  children,
}: {
  turns: number;
  streaming: boolean;
  children: React.ReactNode;
}) {
  const list = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const toEnd = () => list.current?.scrollTo({ top: list.current.scrollHeight, behavior: "smooth" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is the reason to scroll, whatever is in it
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [turns]);
  useEffect(() => {
    const element = list.current;
    const content = element?.firstElementChild;
    if (!element || !content || !atEnd) return;
    const observer = new ResizeObserver(() => element.scrollTo({ top: element.scrollHeight }));
    observer.observe(content);
    return () => observer.disconnect();
  }, [atEnd]);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={list}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < 60)
        }
        className="h-full overflow-y-auto"
      >
        <div className="space-y-6 px-4 py-6 sm:px-5" aria-live="polite" aria-busy={streaming}>
          {children}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={toEnd}
          aria-label="To the newest answer"
          className="absolute bottom-3 left-1/2 grid size-8 -translate-x-1/2 place-items-center rounded-full border border-line bg-raised shadow-pop"
        >
          <ArrowDown aria-hidden className="size-4" />
        </button>
      )}
    </div>
  );
}

function Failure({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <div role="alert" className="rounded-lg bg-negative-soft px-3.5 py-3 text-sm text-negative">
      <p className="flex gap-2">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {message}
      </p>
      <Button size="small" className="mt-2.5 ml-6" onClick={onRetry}>
        <RotateCw aria-hidden className="size-3.5" /> Ask again
      </Button>
    </div>
  );
}
