"use client";

import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../../_components/button";
import { Dialog } from "../../../../_components/dialog";
import { Field, Input } from "../../../../_components/field";
import { Menu, MenuItem } from "../../../../_components/menu";
import { deleteBoard, renameBoard } from "../../actions";

/** Rename or delete a board. */
export function BoardMenu({ id, name }: { id: string; name: string }) {
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const router = useRouter();
  const close = () => setDialog(null);

  function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("name") ?? "");
    start(async () => {
      const { ok, message } = await renameBoard(id, wanted);
      if (ok) close();
      else setError(message);
    });
  }
  const remove = () =>
    start(async () => {
      const { ok, message } = await deleteBoard(id);
      if (ok) router.push("/boards");
      else setError(message);
    });
  return (
    <>
      <Menu
        trigger={
          <Button size="icon" className="size-9" aria-label={`More for the board ${name}`}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem onSelect={() => setDialog("rename")}>
          <Pencil aria-hidden className="size-4" /> Rename
        </MenuItem>
        <MenuItem tone="danger" onSelect={() => setDialog("delete")}>
          <Trash2 aria-hidden className="size-4" /> Delete the board
        </MenuItem>
      </Menu>
      <Dialog open={dialog === "rename"} onClose={close} title="Rename the board">
        <form onSubmit={rename} className="space-y-4">
          <Field label="Name" htmlFor="board-name" error={error}>
            <Input id="board-name" name="name" required maxLength={120} defaultValue={name} />
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
        description="Its charts go with it. The data they show stays."
      >
        {error && <p className="mb-3 text-sm text-negative">{error}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Keep it</Button>
          <Button variant="danger" busy={pending} onClick={remove}>
            Delete the board
          </Button>
        </div>
      </Dialog>
    </>
  );
}
