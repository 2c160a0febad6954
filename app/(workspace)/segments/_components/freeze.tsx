"use client";

import { Snowflake } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input } from "../../../_components/field";
import { useToast } from "../../../_components/toast";
import { freezeSegment } from "../actions";

/** Keeps the people who are in a live segment now as a segment of its own. */
export function Freeze({ id, suggested }: { id: string; suggested: string }) {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const router = useRouter();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "");
    start(async () => {
      const answer = await freezeSegment(id, name);
      if (!answer.ok) return setError(answer.message);
      notify(`Frozen as ${name}`);
      router.push(`/segments/${answer.id}`);
    });
  }
  return (
    <>
      <Button
        onClick={() => {
          setError(undefined);
          setOpen(true);
        }}
      >
        <Snowflake aria-hidden className="size-4" /> Freeze
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Freeze these people"
        description="Makes a second segment of those who fit now. It does not change when they do; this one stays live."
      >
        <form onSubmit={submit} className="space-y-4">
          <Field label="Name" htmlFor="freeze-name" error={error}>
            <Input id="freeze-name" name="name" required maxLength={200} defaultValue={suggested} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={pending}>
              Freeze
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
