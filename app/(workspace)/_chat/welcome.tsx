import type { ReactNode } from "react";
import { Mark } from "../../_components/wordmark";
import { RecentChats } from "../_components/recent-chats";
import { firstQuestions } from "./suggestions";

/** An empty chat: what can be asked here, with questions to start from. */
export function Welcome(props: {
  accountName: string;
  dataNote: string | null;
  onAsk: (question: string) => void;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto flex min-h-full w-full max-w-2xl flex-col justify-center px-4 py-10">
      <Mark className="mb-5 size-10" />
      <h1 className="text-2xl font-semibold tracking-tight text-balance sm:text-[28px]">
        What would you like to know?
      </h1>
      <p className="mt-2 mb-6 text-[15px] text-pretty text-muted">
        Ask about {props.accountName} in plain words. Every number comes with its definition, its SQL and how
        fresh it is.
      </p>
      {props.dataNote && (
        <p className="mb-4 rounded-lg bg-info-soft px-3.5 py-2.5 text-sm text-info">{props.dataNote}</p>
      )}
      {props.children}
      <h2 className="sr-only">Questions to start from</h2>
      <ul className="mt-6 grid gap-2 sm:grid-cols-2">
        {firstQuestions.map(({ label, question }) => (
          <li key={question}>
            <button
              type="button"
              onClick={() => props.onAsk(question)}
              className="h-full w-full rounded-xl border border-line bg-surface px-4 py-3 text-left shadow-card transition-colors hover:border-accent/50 hover:bg-accent-soft/40"
            >
              <span className="block text-sm font-medium">{label}</span>
              <span className="mt-0.5 block text-[13px] text-muted">{question}</span>
            </button>
          </li>
        ))}
      </ul>
      {/* On a wide screen the list stands in the side bar. */}
      <div className="-mx-3 md:hidden">
        <RecentChats />
      </div>
    </div>
  );
}
