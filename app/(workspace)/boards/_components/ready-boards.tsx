"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { useToast } from "../../../_components/toast";
import { plural } from "../../../_lib/format";
import { addReadyBoard } from "../actions";

export interface ReadyBoardCard {
  id: string;
  name: string;
  description: string;
  charts: number;
}

/** Boards to start from: choosing one makes a copy that is yours to change. */
export function ReadyBoards({ boards }: { boards: readonly ReadyBoardCard[] }) {
  const [adding, setAdding] = useState<string>();
  const [pending, start] = useTransition();
  const router = useRouter();
  const notify = useToast();
  function add(id: string) {
    setAdding(id);
    start(async () => {
      const answer = await addReadyBoard(id);
      if (answer.ok) router.push(`/boards/${answer.board_id}`);
      else notify(answer.message, "error");
    });
  }
  return (
    <section aria-labelledby="ready-boards" className="mt-10">
      <h2 id="ready-boards" className="text-sm font-medium">
        Start from a ready board
      </h2>
      <p className="mt-0.5 text-[13px] text-muted">
        You get a copy of your own: move, change or remove its charts.
      </p>
      <ul className="mt-3 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {boards.map(({ id, name, description, charts }) => (
          <li key={id}>
            <button
              type="button"
              disabled={pending}
              onClick={() => add(id)}
              className="flex h-full w-full items-start gap-3 rounded-xl border border-dashed border-line p-4 text-left transition-colors hover:border-accent/50 hover:bg-surface disabled:cursor-wait"
            >
              <Plus aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
              <span>
                <span className="block font-medium">{name}</span>
                <span className="mt-0.5 block text-[13px] text-muted">{description}</span>
                <span className="mt-1 block text-[13px] text-muted">
                  {pending && adding === id ? "Making your copy …" : plural(charts, "chart")}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
