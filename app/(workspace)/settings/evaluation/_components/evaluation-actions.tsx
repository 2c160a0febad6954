"use client";

import { Play, Trash2 } from "lucide-react";
import { useTransition } from "react";
import { Button } from "../../../../_components/button";
import { useToast } from "../../../../_components/toast";
import { removeQuestion, runEvaluation } from "../actions";

export function RunEvaluation() {
  const [pending, start] = useTransition();
  const notify = useToast();
  return (
    <Button
      variant="primary"
      busy={pending}
      onClick={() =>
        start(async () => {
          const { ok, message } = await runEvaluation();
          notify(message, ok ? "success" : "error");
        })
      }
    >
      {!pending && <Play aria-hidden className="size-4" />} {pending ? "Asking all of them" : "Ask them all"}
    </Button>
  );
}

export function RemoveQuestion({ id, question }: { id: string; question: string }) {
  const [pending, start] = useTransition();
  const notify = useToast();
  return (
    <Button
      size="icon"
      variant="ghost"
      aria-label={`Remove the question ${question}`}
      disabled={pending}
      onClick={() =>
        start(async () => {
          const { ok, message } = await removeQuestion(id);
          notify(message, ok ? "success" : "error");
        })
      }
    >
      <Trash2 aria-hidden className="size-4" />
    </Button>
  );
}
