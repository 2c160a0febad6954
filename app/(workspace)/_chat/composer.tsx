"use client";

import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { questionProblem } from "../../_lib/question";

/** Where a question is typed. Enter sends, Shift Enter makes a line; while an answer runs the button stops it. */
export function Composer(props: {
  onSend: (text: string) => void;
  onStop: () => void;
  busy: boolean;
  autoFocus?: boolean;
  placeholder: string;
}) {
  const { onSend, onStop, busy, autoFocus = false, placeholder } = props;
  const [text, setText] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const problem = text.trim() ? questionProblem(text) : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    const question = text.trim();
    if (!question || problem || busy) return;
    setText("");
    onSend(question);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    form.current?.requestSubmit();
  }

  return (
    <form
      ref={form}
      onSubmit={submit}
      className="flex flex-wrap items-end gap-2 rounded-2xl border border-line-strong/50 bg-surface p-2 pl-4 shadow-card transition-colors focus-within:border-ring"
    >
      <label htmlFor="question" className="sr-only">
        Your question
      </label>
      <textarea
        id="question"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        // The page exists to be typed into.
        // biome-ignore lint/a11y/noAutofocus: see above
        autoFocus={autoFocus}
        rows={1}
        aria-invalid={problem !== null}
        aria-describedby={problem ? "question-problem" : undefined}
        placeholder={placeholder}
        className="field-sizing-content max-h-40 min-h-9 flex-1 resize-none bg-transparent py-1.5 text-[15px] leading-6 outline-none placeholder:text-muted"
      />
      {busy ? (
        <button
          type="button"
          onClick={onStop}
          aria-label="Stop the answer"
          className="grid size-9 place-items-center rounded-xl bg-ink text-paper"
        >
          <Square aria-hidden className="size-3.5 fill-current" />
        </button>
      ) : (
        <button
          type="submit"
          disabled={!text.trim() || problem !== null}
          aria-label="Ask"
          className="grid size-9 place-items-center rounded-xl bg-accent text-on-accent transition-colors hover:bg-accent-strong disabled:bg-line disabled:text-muted"
        >
          <ArrowUp aria-hidden className="size-4.5" />
        </button>
      )}
      {problem && (
        <p id="question-problem" role="alert" className="w-full pr-2 text-[13px] text-negative">
          {problem}
        </p>
      )}
    </form>
  );
}
