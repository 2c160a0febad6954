"use client";

import {
  Bookmark,
  ChartNoAxesCombined,
  CircleAlert,
  CircleCheckBig,
  CornerDownRight,
  Info,
  LoaderCircle,
  Pin,
} from "lucide-react";
import Link from "next/link";
import { useMemo } from "react";
import type { ChatMessage } from "@/agent/chat/messages";
import { cellsOf, linkPerson, markNumbers, peopleIn } from "@/agent/chat/number-cells";
import { shownBy } from "@/agent/chat/shown";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { ChartCard } from "../../_charts/chart-card";
import { DownloadAll } from "../../_charts/download-all";
import { AnswerText, type Mark } from "../../_components/answer-text";
import { plural } from "../../_lib/format";
import { AdHocTable } from "./ad-hoc-table";
import { AnswerTrust } from "./answer-trust";
import { Basis } from "./basis";
import { type ChatChart, describeRunning, failureOf } from "./parts";
import { Sources } from "./sources";

export interface MessageProps {
  message: ChatMessage;
  /** True on a narrow screen: charts stand in the thread, since there is no canvas beside it. */
  chartsInline: boolean;
  onShowChart: (id: string) => void;
  onPin: ((spec: AnyChart) => void) | undefined;
  onSave: ((spec: AnyChart, question: string) => void) | undefined;
  onAsk: (question: string) => void;
  busy: boolean;
  /** Follow-ups are offered under the newest answer alone. */
  newest: boolean;
  chat: string;
  /** The question this answers. */
  question: string;
  canVerify: boolean;
}

/** One turn: a question at the right, or an answer with its text, charts, notices and follow-ups. */
export function Message(props: MessageProps) {
  const { message } = props;
  const mark = useMark(message);
  if (message.role === "user") {
    const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    return (
      <div className="ml-auto w-fit max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2 text-[14.5px] whitespace-pre-wrap">
        <span className="sr-only">You asked: </span>
        {text}
      </div>
    );
  }
  return (
    <div className="space-y-3">
      <span className="sr-only">Keapsake answered:</span>
      <Unproven message={message} />
      {message.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a message are only ever appended
        <Part key={index} part={part} mark={mark} {...props} />
      ))}
      {message.parts.map(
        (part) =>
          part.type === "tool-search_knowledge" &&
          part.state === "output-available" && (
            <Sources key={part.toolCallId} results={part.output.results} />
          ),
      )}
      {message.parts.map(
        (part) => part.type === "data-basis" && <Basis key={part.data.tool_call_id} basis={part.data} />,
      )}
      <Footnote message={message} />
      {message.metadata?.duration_ms !== undefined && !(props.busy && props.newest) && (
        <AnswerTrust
          chat={props.chat}
          message={message}
          question={props.question}
          canVerify={props.canVerify}
        />
      )}
    </div>
  );
}

/** Above everything an answer says: the numbers in it that stand in no result, each of them marked where it stands. */
function Unproven({ message: { parts } }: { message: ChatMessage }) {
  const notices = parts.flatMap((part) =>
    part.type === "data-notice" && part.data.kind === "unproven_number" ? [part.data] : [],
  );
  const [only, another] = notices;
  if (!only) return null;
  const numbers = [...new Set(notices.flatMap((notice) => notice.numbers ?? []))];
  const looked = parts.some((part) => "output" in part && part.output !== undefined);
  const text = another
    ? `Careful: ${numbers.join(", ")} stand in no result. ${looked ? "Trust the tables, not these sentences." : "Nothing was looked up for this answer."}`
    : only.text;
  return <Notice kind="unproven_number" text={text} />;
}

/** Marks the numbers of a message's prose: which cell of its results each is, or that it is none. */
function useMark({ parts }: ChatMessage): Mark {
  return useMemo(() => {
    const outputs = parts.flatMap((part) =>
      "output" in part && part.output !== undefined ? [part.output] : [],
    );
    const [cells, people] = [cellsOf(outputs), peopleIn(outputs)];
    const flagged = new Set(
      parts.flatMap((part) => (part.type === "data-notice" ? (part.data.numbers ?? []) : [])),
    );
    return (text) => {
      const [person, rest] = linkPerson(text, people);
      return [...(person ? [person] : []), ...markNumbers(rest, cells, flagged)];
    };
  }, [parts]);
}

function Part({
  part,
  mark,
  chartsInline,
  onShowChart,
  onPin,
  onSave,
  onAsk,
  busy,
  newest,
  question,
  message,
}: MessageProps & { part: ChatMessage["parts"][number]; mark: Mark }) {
  const chart = shownBy(part);
  if (chart)
    return chartsInline ? (
      <ChartCard
        spec={chart.spec}
        result={chart.result}
        height={230}
        canOpen={onPin !== undefined}
        {...(onPin && chart.keeps ? { onPin } : {})}
        {...(onSave && chart.keeps ? { onSave: (spec: AnyChart) => onSave(spec, question) } : {})}
      />
    ) : (
      <ChartChip chart={chart} onShow={onShowChart} />
    );
  const doing = describeRunning(part);
  if (doing) return <Doing text={doing} />;
  const failure = mended(message, part) ? null : failureOf(part);
  // The analyst passes a tool's refusal on in the same words: once is enough.
  const passedOn = message.parts.some((each) => each.type === "text" && each.text.includes(failure ?? ""));
  if (failure) return passedOn ? null : <Notice kind="limit" text={failure} />;
  switch (part.type) {
    case "text":
      return part.text ? <AnswerText text={part.text} mark={mark} /> : null;
    case "data-notice":
      return part.data.kind === "unproven_number" ? null : (
        <Notice kind={part.data.kind} text={part.data.text} />
      );
    case "data-suggestions":
      return newest ? <Suggestions questions={part.data.questions} onAsk={onAsk} disabled={busy} /> : null;
    case "tool-propose_tags":
    case "tool-propose_update":
    case "tool-propose_outreach":
      return part.state === "output-available" ? (
        <Link
          href={`/approvals/${part.output.proposal_id}`}
          className="inline-flex items-center gap-2 rounded-lg border border-line bg-surface px-3 py-1.5 text-[13px] hover:bg-sunken"
        >
          <CircleCheckBig aria-hidden className="size-3.5 text-accent" /> Review: {part.output.title}
        </Link>
      ) : null;
    case "tool-find_contacts":
      return part.state === "output-available" && part.output.total > 0 ? (
        <DownloadAll what={{ kind: "people", people: allOf(part.input) }} count={part.output.total} />
      ) : null;
    case "tool-run_sql":
      return part.state === "output-available" ? <AdHocTable output={part.output} /> : null;
    case "tool-save_question":
      return part.state === "output-available" ? (
        <Link
          href={`/saved/${part.output.id}`}
          className="inline-flex items-center gap-2 rounded-lg border border-line bg-surface px-3 py-1.5 text-[13px] hover:bg-sunken"
        >
          <Bookmark aria-hidden className="size-3.5 text-accent" /> Saved as {part.output.name}
        </Link>
      ) : null;
    case "tool-pin_chart":
      return part.state === "output-available" ? (
        <Link
          href={`/boards/${part.output.board_id}`}
          className="inline-flex items-center gap-2 rounded-lg border border-line bg-surface px-3 py-1.5 text-[13px] hover:bg-sunken"
        >
          <Pin aria-hidden className="size-3.5 text-accent" /> Pinned to {part.output.board_name}
        </Link>
      ) : null;
    default:
      return null;
  }
}

/** A step that failed and was done again is nothing to read about. */
function mended({ parts }: ChatMessage, part: ChatMessage["parts"][number]): boolean {
  const later = parts.slice(parts.indexOf(part) + 1);
  return later.some(
    (each) => each.type === part.type && "state" in each && each.state === "output-available",
  );
}

/** The list a page of people was cut from. */
function allOf<T extends { limit?: unknown; cursor?: unknown }>(input: T): Omit<T, "limit" | "cursor"> {
  const { limit: _, cursor: __, ...list } = input;
  return list;
}

function ChartChip({ chart, onShow }: { chart: ChatChart; onShow: (id: string) => void }) {
  return (
    <button
      type="button"
      onClick={() => onShow(chart.id)}
      className="flex w-full items-center gap-2.5 rounded-lg border border-line bg-surface px-3 py-2 text-left text-[13px] shadow-card hover:border-line-strong/60"
    >
      <ChartNoAxesCombined aria-hidden className="size-4 shrink-0 text-accent" />
      <span className="min-w-0 flex-1 truncate font-medium">{chart.spec.title}</span>
      <span className="shrink-0 text-muted">{plural(chart.result.row_count, "row")}</span>
    </button>
  );
}

/** Says what is being waited for. */
export function Doing({ text }: { text: string }) {
  return (
    <p role="status" className="flex items-center gap-2 text-[13px] text-muted">
      <LoaderCircle aria-hidden className="size-3.5 animate-spin" /> {text}
    </p>
  );
}

type NoticeKind = "fallback" | "limit" | "unproven_number" | "data_incomplete" | "error";

function Notice({ kind, text }: { kind: NoticeKind; text: string }) {
  const serious = kind === "error" || kind === "unproven_number";
  const Icon = serious ? CircleAlert : Info;
  return (
    <p
      className={`flex gap-2 rounded-lg px-3 py-2 text-[13px] ${serious ? "bg-negative-soft text-negative" : "bg-warning-soft text-warning"}`}
    >
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0" /> {text}
    </p>
  );
}

function Suggestions({
  questions,
  onAsk,
  disabled,
}: {
  questions: string[];
  onAsk: (question: string) => void;
  disabled: boolean;
}) {
  return (
    <ul className="flex flex-wrap gap-1.5 pt-0.5">
      {questions.map((question) => (
        <li key={question}>
          <button
            type="button"
            disabled={disabled}
            onClick={() => onAsk(question)}
            className="flex items-center gap-1.5 rounded-full border border-line bg-surface px-3 py-1 text-left text-[13px] text-muted hover:border-line-strong/60 hover:text-ink disabled:opacity-60"
          >
            <CornerDownRight aria-hidden className="size-3 shrink-0" />
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Footnote({ message: { metadata } }: { message: ChatMessage }) {
  if (!metadata?.duration_ms) return null;
  const seconds =
    metadata.duration_ms < 1_000
      ? `${Math.round(metadata.duration_ms)} ms`
      : `${(metadata.duration_ms / 1_000).toFixed(1)} s`;
  const tokens =
    metadata.input_tokens || metadata.output_tokens
      ? ` · ${(metadata.input_tokens ?? 0) + (metadata.output_tokens ?? 0)} tokens`
      : "";
  const cost = metadata.cost_usd === undefined ? "" : ` · $${metadata.cost_usd.toFixed(4)}`;
  return (
    <p className="text-xs text-muted">
      {metadata.model === "offline-analyst"
        ? "Answered by the built-in analyst"
        : `Answered by ${metadata.model}`}{" "}
      in {seconds}
      {tokens}
      {cost}
    </p>
  );
}
