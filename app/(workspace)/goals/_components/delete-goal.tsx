"use client";

import { Trash2 } from "lucide-react";
import { useTransition } from "react";
import { Button } from "../../../_components/button";
import { useToast } from "../../../_components/toast";
import { deleteGoal } from "../actions";

export function DeleteGoal({ id, name }: { id: string; name: string }) {
  const [pending, start] = useTransition();
  const notify = useToast();
  const remove = () =>
    start(async () => {
      const { ok, message } = await deleteGoal(id);
      notify(message, ok ? "success" : "error");
    });
  return (
    <Button
      size="icon"
      variant="ghost"
      aria-label={`Delete the goal ${name}`}
      disabled={pending}
      onClick={remove}
    >
      <Trash2 aria-hidden className="size-4" />
    </Button>
  );
}
