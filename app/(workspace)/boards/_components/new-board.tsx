"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input } from "../../../_components/field";
import { createBoard } from "../actions";

/** Makes an empty board and opens it. */
export function NewBoard() {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const router = useRouter();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "");
    start(async () => {
      const answer = await createBoard(name);
      if (answer.ok) router.push(`/boards/${answer.board_id}`);
      else setError(answer.message);
    });
  }
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <Plus aria-hidden className="size-4" /> New board
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="New board">
        <form onSubmit={submit} className="space-y-4">
          <Field label="Name" htmlFor="board-name" error={error}>
            <Input id="board-name" name="name" required maxLength={120} placeholder="Monday numbers" />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={pending}>
              Make the board
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
