"use client";

import { Bookmark } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { Button } from "../../_components/button";
import { Dialog } from "../../_components/dialog";
import { Field, Input } from "../../_components/field";
import { useToast } from "../../_components/toast";
import { keepQuestion } from "../saved/actions";

/** Asks under which name a question is kept. */
export function SaveDialog({
  spec,
  question,
  onClose,
}: {
  spec: AnyChart;
  question: string;
  onClose: () => void;
}) {
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const router = useRouter();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "");
    start(async () => {
      const answer = await keepQuestion({ name, question, chart: spec });
      if (!answer.ok) return setError(answer.message);
      notify(`Saved as ${name}. It stands under Saved.`);
      router.prefetch(`/saved/${answer.id}`);
      onClose();
    });
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save the question"
      description="It is computed anew each time it is opened, here or by “run my saved question …”."
    >
      <form onSubmit={submit} className="space-y-4">
        <Field label="Name" htmlFor="save-name" error={error}>
          <Input id="save-name" name="name" required maxLength={200} defaultValue={spec.title} />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={pending}>
            {!pending && <Bookmark aria-hidden className="size-4" />} Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
