"use client";

import { BadgeCheck, ThumbsDown, ThumbsUp } from "lucide-react";
import { type FormEvent, useState, useTransition } from "react";
import useSWR from "swr";
import type { ChatMessage } from "@/agent/chat/messages";
import { shownBy } from "@/agent/chat/shown";
import type { Query } from "@/analytics/query/query";
import { Button } from "../../_components/button";
import { Dialog } from "../../_components/dialog";
import { Badge } from "../../_components/surface";
import { useToast } from "../../_components/toast";
import { rateAnswer, readVerified, takeBack, verifyAnswer } from "./actions";
import type { ChatChart } from "./parts";

/** What stands under an answer: whether it was checked, thumbs, and for an admin the mark to set. */
export function AnswerTrust({
  chat,
  message,
  question,
  canVerify,
}: {
  chat: string;
  message: ChatMessage;
  question: string;
  canVerify: boolean;
}) {
  // What is checked is a number that was asked for, not the rows behind a reason or a forecast.
  const chart =
    message.parts
      .filter(({ type }) => type !== "tool-explain_change" && type !== "tool-forecast")
      .map(shownBy)
      .find((each) => each !== null) ?? null;
  const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  const [rated, setRated] = useState<1 | -1 | null>(null);
  /** The rating that a comment is written to. */
  const [asking, setAsking] = useState<1 | -1 | null>(null);
  const [pending, start] = useTransition();
  const notify = useToast();
  const rate = (rating: 1 | -1, comment?: string) =>
    start(async () => {
      const { ok, message: words } = await rateAnswer({
        chat,
        message: message.id,
        rating,
        question: question.slice(0, 2_000),
        text: text.slice(0, 20_000),
        query: chart && "query" in chart.spec ? chart.spec.query : null,
        ...(comment ? { comment } : {}),
      });
      if (ok) setRated(rating);
      setAsking(null);
      notify(words, ok ? "success" : "error");
    });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    rate(asking ?? -1, String(new FormData(event.currentTarget).get("comment") ?? ""));
  }
  const thumb = (on: boolean) =>
    `grid size-8 place-items-center rounded-md hover:bg-sunken hover:text-ink ${on ? "text-accent" : "text-muted"}`;
  return (
    <div className="-ml-2 flex flex-wrap items-center gap-x-1 gap-y-1.5">
      <button
        type="button"
        className={thumb(rated === 1)}
        aria-label="Good answer"
        aria-pressed={rated === 1}
        disabled={pending}
        onClick={() => rate(1)}
      >
        <ThumbsUp aria-hidden className="size-3.5" />
      </button>
      <button
        type="button"
        className={thumb(rated === -1)}
        aria-label="Bad answer"
        aria-pressed={rated === -1}
        disabled={pending}
        onClick={() => setAsking(-1)}
      >
        <ThumbsDown aria-hidden className="size-3.5" />
      </button>
      {rated === 1 && (
        <Button size="small" variant="ghost" onClick={() => setAsking(1)}>
          Add a comment
        </Button>
      )}
      {chart && "query" in chart.spec && (
        <Verified query={chart.spec.query} chart={chart} question={question} canVerify={canVerify} />
      )}
      <Dialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={asking === 1 ? "What was good?" : "What was wrong?"}
        description="It goes to your admins and into the evaluation of the analyst."
      >
        <form onSubmit={submit} className="space-y-4">
          <label className="sr-only" htmlFor={`comment-${message.id}`}>
            Comment
          </label>
          <textarea
            id={`comment-${message.id}`}
            name="comment"
            rows={4}
            maxLength={4_000}
            placeholder={
              asking === 1
                ? "This is the number we report, for example"
                : "The number should leave out refunds, for example"
            }
            className="w-full rounded-md border border-line-strong/60 bg-surface px-3 py-2 text-sm shadow-card placeholder:text-muted"
          />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(null)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={pending}>
              Send
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}

function Verified({
  chart,
  query,
  question,
  canVerify,
}: {
  chart: ChatChart;
  query: Query;
  question: string;
  canVerify: boolean;
}) {
  const { data, mutate } = useSWR(["verified", JSON.stringify(query)], () => readVerified([query]), {
    revalidateOnFocus: false,
  });
  const [pending, start] = useTransition();
  const notify = useToast();
  const [since] = data ?? [];
  if (since)
    return (
      <>
        <Badge
          tone="positive"
          title={`Checked by an admin on ${since.slice(0, 10)}. The badge drops when the query or the definition of its metric changes.`}
        >
          <BadgeCheck aria-hidden className="size-3.5" /> Verified answer
        </Badge>
        {canVerify && (
          <Button
            size="small"
            variant="ghost"
            busy={pending}
            onClick={() =>
              start(async () => {
                const { ok, message } = await takeBack(query);
                notify(message, ok ? "success" : "error");
                if (ok) await mutate();
              })
            }
          >
            Take back
          </Button>
        )}
      </>
    );
  if (!canVerify || data === undefined) return null;
  return (
    <Button
      size="small"
      variant="ghost"
      busy={pending}
      onClick={() =>
        start(async () => {
          const { ok, message } = await verifyAnswer(
            question.slice(0, 2_000) || chart.spec.title,
            chart.spec,
          );
          notify(message, ok ? "success" : "error");
          if (ok) await mutate();
        })
      }
    >
      <BadgeCheck aria-hidden className="size-3.5" /> Mark as verified
    </Button>
  );
}
