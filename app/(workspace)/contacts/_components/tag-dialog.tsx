"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Select } from "../../../_components/field";
import { useToast } from "../../../_components/toast";
import { plural } from "../../../_lib/format";
import { changeTag } from "../actions";

/** Chooses a tag and puts it on the people given. */
export function TagDialog(props: {
  open: boolean;
  onClose: () => void;
  onDone?: () => void;
  contacts: string[];
  tags: { supabase_id: string; name: string }[];
}) {
  const { open, onClose, onDone, contacts, tags } = props;
  const [tag, setTag] = useState("");
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const router = useRouter();

  function submit(event: FormEvent) {
    event.preventDefault();
    start(async () => {
      const { ok, message } = await changeTag({ contacts, tag, apply: true });
      if (!ok) return setError(message);
      notify(message);
      onDone?.();
      onClose();
      router.refresh();
    });
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Put a tag on"
      description={`On ${plural(contacts.length, "person", "people")}. It goes to Keap, where it may start campaigns.`}
    >
      <form onSubmit={submit} className="space-y-4">
        <Field label="Tag" htmlFor="tag" error={error}>
          <Select
            id="tag"
            required
            value={tag}
            onChange={(event) => setTag(event.target.value)}
            aria-describedby={error ? "tag-error" : undefined}
          >
            <option value="" disabled>
              Choose a tag
            </option>
            {tags.map(({ supabase_id, name }) => (
              <option key={supabase_id} value={supabase_id}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={pending} disabled={!tag}>
            Put on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
