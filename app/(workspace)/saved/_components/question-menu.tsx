"use client";

import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input } from "../../../_components/field";
import { Menu, MenuItem } from "../../../_components/menu";
import { useToast } from "../../../_components/toast";
import { deleteQuestion, renameQuestion } from "../actions";

/** Rename or delete a saved question. */
export function QuestionMenu({ id, name }: { id: string; name: string }) {
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const router = useRouter();
  const open = (which: typeof dialog) => {
    setError(undefined);
    setDialog(which);
  };
  const close = () => setDialog(null);

  function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("name") ?? "");
    start(async () => {
      const { ok, message } = await renameQuestion(id, wanted);
      if (ok) close();
      else setError(message);
    });
  }
  const remove = () =>
    start(async () => {
      const { ok, message } = await deleteQuestion(id);
      if (!ok) return setError(message);
      notify(`Deleted ${name}`);
      close();
      router.push("/saved");
    });
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={`More for ${name}`}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem onSelect={() => open("rename")}>
          <Pencil aria-hidden className="size-4" /> Rename
        </MenuItem>
        <MenuItem tone="danger" onSelect={() => open("delete")}>
          <Trash2 aria-hidden className="size-4" /> Delete
        </MenuItem>
      </Menu>
      <Dialog open={dialog === "rename"} onClose={close} title="Rename the question">
        <form onSubmit={rename} className="space-y-4">
          <Field label="Name" htmlFor={`name-${id}`} error={error}>
            <Input id={`name-${id}`} name="name" required maxLength={200} defaultValue={name} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" busy={pending}>
              Rename
            </Button>
          </div>
        </form>
      </Dialog>
      <Dialog
        open={dialog === "delete"}
        onClose={close}
        title={`Delete “${name}”?`}
        description="The question is forgotten. The data it showed stays, and so do charts on boards."
      >
        {error && <p className="mb-3 text-sm text-negative">{error}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Keep it</Button>
          <Button variant="danger" busy={pending} onClick={remove}>
            Delete
          </Button>
        </div>
      </Dialog>
    </>
  );
}
