"use client";

import { Pin } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import useSWR from "swr";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { Button } from "../../_components/button";
import { Dialog } from "../../_components/dialog";
import { Field, Input, Select } from "../../_components/field";
import { Skeleton } from "../../_components/surface";
import { useToast } from "../../_components/toast";
import { pinChart } from "../boards/actions";

const anotherBoard = "new";

/** Chooses a title and a board for a chart; "New board" makes one. */
export function PinDialog({ spec, onClose }: { spec: AnyChart; onClose: () => void }) {
  const { data: boards, error: failed } = useSWR<{ id: string; name: string }[]>("/api/boards", fetchBoards);
  const [board, setBoard] = useState<string | null>(null);
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const router = useRouter();
  const chosen = board ?? boards?.[0]?.id ?? anotherBoard;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const title = String(form.get("title") ?? "");
    const target = chosen === anotherBoard ? { name: String(form.get("name") ?? "") } : { id: chosen };
    start(async () => {
      const answer = await pinChart({ spec, title, board: target });
      if (!answer.ok) return setError(answer.message);
      notify(`Pinned to ${answer.board_name}`);
      router.prefetch(`/boards/${answer.board_id}`);
      onClose();
    });
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Pin to a board"
      description="It is computed again each time the board is opened."
    >
      <form onSubmit={submit} className="space-y-4">
        <Field label="Title" htmlFor="pin-title">
          <Input id="pin-title" name="title" required maxLength={200} defaultValue={spec.title} />
        </Field>
        {boards || failed ? (
          <Field
            label="Board"
            htmlFor="pin-board"
            error={failed ? "The boards could not be read. You can make a new one." : undefined}
          >
            <Select id="pin-board" value={chosen} onChange={(event) => setBoard(event.target.value)}>
              {(boards ?? []).map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              <option value={anotherBoard}>New board…</option>
            </Select>
          </Field>
        ) : (
          <Skeleton className="h-9" label="Reading the boards" />
        )}
        {(boards || failed) && chosen === anotherBoard && (
          <Field label="Name of the new board" htmlFor="pin-name">
            <Input
              id="pin-name"
              name="name"
              required
              maxLength={120}
              defaultValue={boards?.length ? "" : "Overview"}
            />
          </Field>
        )}
        {error && (
          <p role="alert" className="text-sm text-negative">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={pending} disabled={!boards && !failed}>
            {!pending && <Pin aria-hidden className="size-4" />} Pin
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

async function fetchBoards(url: string): Promise<{ id: string; name: string }[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error("The boards could not be read.");
  return (await response.json()) as { id: string; name: string }[];
}
